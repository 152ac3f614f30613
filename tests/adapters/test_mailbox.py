"""A folder of messages: whole files, one for each message."""

import email
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from adapters.notify.deliverer import Deliverer
from adapters.notify.mailbox import Mailbox
from adapters.system import Gadelys
from tests import examples as ex
from workflows.delivery import DeliveryRequest


def message(identity: str, text: str) -> EmailMessage:
    made = EmailMessage()
    made["Message-ID"] = f"<{identity}@gadelys.example>"
    made["Subject"] = "Tryghedssager: 1 sag"
    made.set_content(text)
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "mailbox"


def test_a_message_is_a_file_that_mail_programs_can_read(folder: Path) -> None:
    Mailbox(folder).send(message("1234", "Sag 2026-04: rykker – æøå"))

    [path] = folder.iterdir()
    read = email.message_from_bytes(path.read_bytes(), policy=SMTP)
    assert path.name == "1234.eml"
    assert read["Subject"] == "Tryghedssager: 1 sag"
    assert read.get_content().strip() == "Sag 2026-04: rykker – æøå"
    assert read.defects == []


def test_the_same_message_is_one_file(folder: Path) -> None:
    mailbox = Mailbox(folder)
    mailbox.send(message("1234", "første forsøg"))
    mailbox.send(message("1234", "andet forsøg"))
    mailbox.send(message("5678", "en anden"))

    assert sorted(path.name for path in folder.iterdir()) == ["1234.eml", "5678.eml"]


def test_a_message_is_there_whole_or_not_at_all(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: Path, __: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space"):
        Mailbox(folder).send(message("1234", "halv"))

    assert list(folder.glob("*.eml")) == []


def test_a_delivery_ends_up_in_the_folder(system: Gadelys) -> None:
    system.submit(ex.report())
    system.submit(ex.assign(day="2026-10-21 12:05"))
    deliverer = Deliverer(system, Mailbox(system.settings.mailbox))

    deliverer.deliver(DeliveryRequest(recipient=str(ex.LIGHTING)))

    [path] = system.settings.mailbox.glob("*.eml")
    read = email.message_from_bytes(path.read_bytes(), policy=SMTP)
    assert isinstance(read, EmailMessage)
    assert read["Message-ID"] == f"<{path.stem}@gadelys.example>"
    body = read.get_body(("plain",))
    assert body is not None
    assert ex.NUMBER in body.get_content()
