"""Walks on the command line: the timetable, who asked, and what blocks the end."""

import pytest

from adapters.persistence.contacts import Contacts
from tests.adapters.conftest import Line

COORDINATOR = "municipality/walk-coordinator"
WHAT = ("--category", "LGT-FAIL", "--text", "To lamper er slukket.")


def by(who: str = COORDINATOR, at: str = "2025-04-02") -> tuple[str, ...]:
    return ("--by", who, "--at", at)


TIMES = ("--starts-at", "2025-04-01T17:00", "--ends-at", "2025-04-01T19:00")
ADDRESS = "beboer@example.org"
LETTER = "Beboeren\\nTrekanten 2\\n9220 Aalborg Øst"


@pytest.fixture
def walked(line: Line) -> Line:
    answer = line("walks", "record", "TEST-1", "--area", "Øst", *TIMES, *by())
    assert answer.code == 0
    return line


def asked(line: Line, *options: str) -> str:
    """Return the contact that was noted."""
    answer = line(
        *("walks", "ask-answer", "TEST-1", "--group", "residents"),
        *(*options, *by(), "--json"),
    )
    return str(answer.json["contact"])


def test_a_walk_shows_its_timetable(walked: Line) -> None:
    shown = walked("walk", "TEST-1")
    found = walked("walk", "TEST-1", "--json").json

    assert "udkast til referat" in shown.out
    assert "over frist" in shown.out
    assert [one["clock"] for one in found["timetable"]] == [
        *("draft", "minutes", "plan", "feedback", "follow_up", "evaluation")
    ]
    assert [one["clock"] for one in found["timetable"] if one["running"]] == [
        "draft",
        "minutes",
    ]
    assert (found["next_clock"], found["next_due"]) == ("draft", "2025-04-08")


def test_the_list_of_walks_shows_the_next_promise(walked: Line) -> None:
    (found,) = walked("walks", "list", "--json").json["walks"]

    assert (found["next_clock"], found["next_due"]) == ("draft", "2025-04-08")
    assert "udkast til referat" in walked("walks", "list").out


def test_an_address_lies_in_the_contacts_alone(walked: Line) -> None:
    by_mail = asked(walked, "--mail", ADDRESS, "--lang", "en")
    by_letter = asked(walked, "--letter", LETTER)
    walked("walk", "TEST-1")

    contacts = Contacts(walked.data / "contacts.db")
    mail, letter = (
        contacts.get(contact.rpartition("/")[2]) for contact in (by_mail, by_letter)
    )
    contacts.close()
    assert mail
    assert (mail.channel, mail.address, mail.lang) == ("mail", ADDRESS, "en")
    assert letter
    assert (letter.channel, letter.lang) == ("letter", "da")
    assert letter.address == "Beboeren\nTrekanten 2\n9220 Aalborg Øst"
    for file in ("events.db", "views.db"):
        everything = b"".join(
            path.read_bytes() for path in walked.data.glob(f"{file}*")
        )
        assert by_mail.encode() in everything
        assert ADDRESS.encode() not in everything
        assert b"Trekanten 2" not in everything


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--mail", ADDRESS, "--letter", LETTER),
        ("--mail", "beboer"),
        ("--mail", "beboer@example.org\nBcc: alle@example.org"),
        ("--letter", " "),
        ("--letter", "x" * 501),
    ],
)
def test_an_address_that_is_none_is_refused(
    walked: Line, options: tuple[str, ...]
) -> None:
    answer = walked(
        *("walks", "ask-answer", "TEST-1", "--group", "residents"), *options, *by()
    )

    assert answer.code == 2
    assert ADDRESS not in answer.err


def test_an_address_is_not_kept_for_a_walk_that_is_not_there(line: Line) -> None:
    answer = line(
        *("walks", "ask-answer", "TEST-9", "--group", "residents"),
        *("--mail", ADDRESS, *by(), "--json"),
    )

    assert answer.problem["code"] == "unknown_walk"
    kept = b"".join(path.read_bytes() for path in line.data.glob("contacts.db*"))
    assert ADDRESS.encode() not in kept


def test_a_walk_says_who_waits_and_what_blocks_its_end(walked: Line) -> None:
    contact = asked(walked, "--mail", ADDRESS)
    asked(walked, "--letter", LETTER)
    walked("report", "2025-07", *WHAT, "--walk", "TEST-1", *by())
    note = ("walks", "note-answered", "TEST-1", "--contact", contact)

    assert walked(*note, "--how", "phone", *by()).code == 0
    found = walked("walk", "TEST-1", "--json").json
    shown = walked("walk", "TEST-1").out

    assert found["blocking"] == {"unanswered": 1, "findings": ["2025-07"]}
    assert {one["contact"]: one["answered"] for one in found["asked"]}[contact]
    assert "Beboere: 2, heraf besvaret 1" in shown
    assert "fund uden ansvarlig: 2025-07" in shown


def test_a_walk_cannot_be_closed_before_everybody_is_answered(walked: Line) -> None:
    contact = asked(walked, "--mail", ADDRESS)
    for verb, *options in (
        ("draft-minutes",),
        ("approve-minutes",),
        ("approve-minutes", "--by", "police/prevention"),
        ("agree-plan",),
        ("report-back", "--informed", "1"),
        ("follow-up",),
        ("evaluate", "--learnings", "Mere lys."),
    ):
        signed = () if "--by" in options else by()
        assert walked("walks", verb, "TEST-1", *options, *signed).code == 0
    close = ("walks", "close", "TEST-1", *by(), "--json")
    refused = walked(*close)
    walked(
        *("walks", "note-answered", "TEST-1", "--contact", contact),
        *("--how", "met", *by()),
    )

    assert refused.problem["code"] == "participants_unanswered"
    assert refused.problem["count"] == 1
    assert walked(*close).code == 0


def test_a_route_is_laid_by_its_stops(line: Line) -> None:
    line("walks", "request", "TEST-2", "--area", "Øst", *by())
    stops = "57.0264 9.9989 Tunnelen ved skolen; 57.027 9.9995 Torvet"

    answer = line("walks", "set-route", "TEST-2", "--stops", stops, *by())

    assert answer.code == 0
    assert "lagde ruten: Tunnelen ved skolen → Torvet" in answer.out


@pytest.mark.parametrize("stops", ["", ";", "57.0264 Tunnelen", "57.0264 9.9989"])
def test_a_route_that_cannot_be_read_shows_how_it_is_written(
    line: Line, stops: str
) -> None:
    line("walks", "request", "TEST-2", "--area", "Øst", *by())

    answer = line("walks", "set-route", "TEST-2", "--stops", stops, *by())

    assert answer.code == 2
    assert "57.0264 9.9989 Tunnelen; 57.0270 9.9995 Torvet" in answer.err


def test_a_route_that_names_somebody_is_not_laid(line: Line) -> None:
    line("walks", "request", "TEST-2", "--area", "Øst", *by())
    stops = "57.0264 9.9989 Hos Karen Nielsen"

    answer = line("walks", "set-route", "TEST-2", "--stops", stops, *by())

    assert answer.code == 1
    assert "Karen Nielsen" in answer.err
