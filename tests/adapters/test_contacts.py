"""Addresses lie in one file, and are gone from it when they are erased."""

import re
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.errors import Unavailable
from adapters.persistence.contacts import Contact, Contacts
from domain.errors import Code
from domain.values import Actor

ADDRESS = "beboer@example.org"
LETTER = "Trekanten 2, 1. tv.\n9220 Aalborg Øst"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "contacts.db"


@pytest.fixture
def contacts(path: Path) -> Iterator[Contacts]:
    opened = Contacts(path)
    yield opened
    opened.close()


def everything_in(path: Path) -> bytes:
    """Return the bytes of the file and of whatever lies beside it."""
    return b"".join(file.read_bytes() for file in path.parent.iterdir())


def test_a_contact_is_found_by_its_id(contacts: Contacts) -> None:
    by_mail = contacts.add("mail", ADDRESS, "da")
    by_letter = contacts.add("letter", LETTER, "en")

    assert contacts.get(by_mail) == Contact(by_mail, "mail", ADDRESS, "da")
    assert contacts.get(by_letter) == Contact(by_letter, "letter", LETTER, "en")


def test_an_id_says_nothing_and_is_never_the_same(contacts: Contacts) -> None:
    ids = {contacts.add("mail", ADDRESS, "da") for _ in range(50)}

    assert len(ids) == 50
    assert all(re.fullmatch(r"[a-z0-9]{10}", each) for each in ids)


def test_an_id_can_be_part_of_an_actor(contacts: Contacts) -> None:
    contact = contacts.add("mail", ADDRESS, "da")

    assert Actor.parse(f"participant/residents/{contact}").person == contact


def test_nobody_is_found_under_an_unknown_id(contacts: Contacts) -> None:
    assert contacts.get("0000000000") is None


def test_contacts_outlive_the_program(path: Path) -> None:
    first = Contacts(path)
    contact = first.add("mail", ADDRESS, "da")
    first.close()

    second = Contacts(path)
    assert second.get(contact) == Contact(contact, "mail", ADDRESS, "da")
    second.close()


def test_two_programs_see_the_same_contacts(path: Path, contacts: Contacts) -> None:
    beside = Contacts(path)

    contact = contacts.add("letter", LETTER, "da")

    assert beside.get(contact) == contacts.get(contact)
    beside.close()


def test_an_erased_contact_is_gone(path: Path, contacts: Contacts) -> None:
    erased = contacts.add("mail", ADDRESS, "da")
    kept = contacts.add("letter", LETTER, "da")
    contacts.erase(erased)

    assert contacts.get(erased) is None
    assert contacts.get(kept) is not None


def test_nothing_of_an_erased_contact_is_left_on_disk(
    path: Path, contacts: Contacts
) -> None:
    contact = contacts.add("mail", ADDRESS, "da")
    assert ADDRESS.encode() in everything_in(path)

    contacts.erase(contact)

    assert ADDRESS.encode() not in everything_in(path)


def test_erasing_twice_changes_nothing(contacts: Contacts) -> None:
    contact = contacts.add("mail", ADDRESS, "da")
    contacts.erase(contact)
    contacts.erase(contact)

    assert contacts.get(contact) is None


def test_only_the_owner_can_read_the_file(path: Path, contacts: Contacts) -> None:
    contacts.add("mail", ADDRESS, "da")

    modes = {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    assert modes == {0o600}


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(Unavailable) as caught:
        Contacts(tmp_path / "nowhere" / "contacts.db")

    assert caught.value.code is Code.STORE_UNAVAILABLE
