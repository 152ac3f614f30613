"""Participants: a mail, a letter that somebody posts, or nobody to be found."""

import json
import stat
from datetime import date
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path

import pytest
from typing_extensions import override

from adapters.notify.deliverer import Deliverer
from adapters.notify.html import letter_page, mail_page
from adapters.notify.mailbox import Mailbox
from adapters.notify.wording import Item, Wording
from adapters.system import Gadelys
from domain.delivery.events import (
    DeliveryAttempted,
    DeliveryChannel,
    DeliveryGivenUp,
    DeliverySent,
    GiveUpReason,
)
from domain.finding.events import FindingDeclined, FindingMerged, FixVerified
from domain.messages import Event, derived_id
from domain.values import Actor, StreamId
from domain.walk.events import MinutesPublished, PlanAgreed, WalkStatusDue
from projections.deliveries import DELIVERIES, DeliveryState
from tests import examples as ex
from tests.adapters.conftest import Line
from tests.adapters.telling import MAIL, POSTAL, contact, erase, stored
from tests.conftest import StandingClock
from workflows.delivery import DeliveryRequest

WALK = f"walk/{ex.WALK}"


class Postbox:
    """A mailer that keeps what it is given."""

    def __init__(self) -> None:
        self.sent: list[EmailMessage] = []

    def send(self, message: EmailMessage) -> None:
        """Keep `message`."""
        self.sent.append(message)


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()


@pytest.fixture
def deliverer(system: Gadelys, postbox: Postbox) -> Deliverer:
    return Deliverer(system, postbox)


def verified(tell: Actor) -> FixVerified:
    return FixVerified(stamp=ex.stamp(ex.POLICE), tell=(tell,))


def told(system: Gadelys, to: Actor) -> DeliveryRequest:
    """Let a case end well, and return how its participant is told."""
    stored(system, ex.reported(), verified(to))
    return DeliveryRequest(recipient=str(to))


def delivered(system: Gadelys, to: Actor) -> list[Event]:
    return [fact.event for fact in system.store.load(StreamId(f"delivery/{to}"))]


def letters(system: Gadelys) -> list[Path]:
    return sorted(system.settings.letters.glob("*"))


def text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert isinstance(text, str)
    return text


# --- By mail --------------------------------------------------------------------


def test_a_participant_hears_what_became_of_it(
    system: Gadelys, deliverer: Deliverer, postbox: Postbox
) -> None:
    anna = contact(system)

    assert deliverer.deliver(told(system, anna)) == 1

    [mail] = postbox.sent
    assert mail["To"] == MAIL
    assert mail["Subject"] == "Nyt fra tryghedsvandringen: 2026-04"
    assert "Fund 2026-04: Problemet er løst" in text_of(mail)
    assert "STOP" in text_of(mail)
    assert mail["Reply-To"] == "tryghedsvandring@kommune.example"
    assert "mailto:tryghedsvandring@kommune.example" in mail["List-Unsubscribe"]
    assert "gadelys" not in text_of(mail)
    assert [part.get_content_type() for part in mail.walk()][-1] == "text/html"


def test_a_participant_reads_their_own_language(
    system: Gadelys, deliverer: Deliverer, postbox: Postbox
) -> None:
    deliverer.deliver(told(system, contact(system, lang="en")))

    [mail] = postbox.sent
    assert "The problem is solved" in text_of(mail)
    html = mail.get_body(("html",))
    assert html is not None
    assert '<html lang="en">' in html.get_content()


def test_everything_that_participants_are_told_is_one_plain_sentence(
    system: Gadelys, deliverer: Deliverer, postbox: Postbox
) -> None:
    anna = contact(system)
    stamp = ex.stamp(ex.POLICE)
    stored(system, ex.reported(), ex.PROPOSED)
    stored(system, FindingDeclined(stamp=stamp, tell=(anna,)))
    stored(
        system,
        FindingMerged(stamp=stamp, master="2026-02", tell=(anna,)),
        stream="finding/2026-05",
    )
    stored(
        system,
        MinutesPublished(stamp=stamp, tell=(anna,)),
        PlanAgreed(stamp=stamp, tell=(anna,)),
        WalkStatusDue(stamp=stamp, tell=(anna,)),
        stream=WALK,
    )

    assert deliverer.deliver(DeliveryRequest(recipient=str(anna))) == 5

    [mail] = postbox.sent
    text = text_of(mail)
    assert mail["Subject"] == "Nyt fra tryghedsvandringen"
    for sentence in (
        "Fund 2026-04: Vi gør ikke mere ved det. Grund: ",
        "Fund 2026-05: Det er det samme som fund 2026-02.",
        f"Vandring {ex.WALK}: Referatet er klar.",
        f"Vandring {ex.WALK}: Planen er aftalt.",
        f"Vandring {ex.WALK}: Her er status seks måneder efter.",
    ):
        assert sentence in text
    assert "Stien nedlægges" not in text
    assert "–:" not in text


def test_a_link_leads_to_what_everybody_may_see(
    system: Gadelys, deliverer: Deliverer, postbox: Postbox
) -> None:
    system.settings = system.settings.model_copy(
        update={"public_url": "https://tryg.kommune.example/"}
    )
    deliverer.deliver(told(system, contact(system)))

    [mail] = postbox.sent
    link = "https://tryg.kommune.example/public/cases/2026-04"
    assert link in text_of(mail)
    html = mail.get_body(("html",))
    assert html is not None
    assert f'href="{link}"' in html.get_content()


@pytest.mark.parametrize("erased_while", ["waiting", "unknown"])
def test_nobody_to_be_found_is_a_task_for_a_person(
    system: Gadelys, deliverer: Deliverer, postbox: Postbox, erased_while: str
) -> None:
    anna = (
        contact(system)
        if erased_while == "waiting"
        else Actor("participant/residents/nobody00")
    )
    request = told(system, anna)
    erase(system, anna)

    assert deliverer.deliver(request) == 0

    assert postbox.sent == []
    begun, given_up = delivered(system, anna)
    assert isinstance(begun, DeliveryAttempted)
    assert isinstance(given_up, DeliveryGivenUp)
    assert given_up.reason is GiveUpReason.NO_ADDRESS
    assert given_up.answering == ex.COORDINATOR


def test_facts_never_hold_an_address(system: Gadelys, deliverer: Deliverer) -> None:
    deliverer.deliver(told(system, contact(system)))
    deliverer.deliver(told(system, contact(system, "letter")))

    said = " ".join(
        fact.event.model_dump_json() for fact in system.store.after(1, 1000)
    )
    assert MAIL not in said
    assert "Kirkegade" not in said


# --- By letter ------------------------------------------------------------------


def test_a_letter_lies_ready_and_is_not_confirmed(
    system: Gadelys, deliverer: Deliverer, postbox: Postbox
) -> None:
    anna = contact(system, "letter")

    assert deliverer.deliver(told(system, anna)) == 0

    [letter] = letters(system)
    page = letter.read_text("utf-8")
    assert postbox.sent == []
    assert letter.name == f"{derived_id('message', anna, 1)}.html"
    assert stat.S_IMODE(letter.stat().st_mode) == 0o600
    assert f"<address>{POSTAL}</address>" in page
    assert "Fund 2026-04: Problemet er løst" in page
    assert "size: A4" in page
    [begun] = delivered(system, anna)
    assert isinstance(begun, DeliveryAttempted)
    assert begun.channel is DeliveryChannel.LETTER


def test_repeating_a_letter_changes_nothing(
    system: Gadelys, deliverer: Deliverer, now: StandingClock
) -> None:
    anna = contact(system, "letter")
    request = told(system, anna)
    deliverer.deliver(request)
    [letter] = letters(system)
    letter.write_text("rørt", "utf-8")
    now.move(days=9)

    assert deliverer.deliver(request) == 0
    deliverer.give_up(request)

    assert letter.read_text("utf-8") == "rørt"
    assert len(delivered(system, anna)) == 1


def test_a_letter_that_a_crash_has_cost_is_printed_again(
    system: Gadelys, deliverer: Deliverer
) -> None:
    anna = contact(system, "letter")
    request = told(system, anna)
    deliverer.deliver(request)
    [letter] = letters(system)
    letter.unlink()

    deliverer.deliver(request)

    assert letters(system) == [letter]
    assert len(delivered(system, anna)) == 1


def test_an_address_that_is_erased_takes_its_letter_along(
    system: Gadelys, deliverer: Deliverer
) -> None:
    anna = contact(system, "letter")
    request = told(system, anna)
    deliverer.deliver(request)
    erase(system, anna)

    deliverer.deliver(request)

    assert letters(system) == []
    last = delivered(system, anna)[-1]
    assert isinstance(last, DeliveryGivenUp)
    assert last.reason is GiveUpReason.NO_ADDRESS


# --- On the command line --------------------------------------------------------


@pytest.fixture
def ours(empty_line: Line, system: Gadelys) -> Line:
    """Return a command line for the installation of this test."""
    assert empty_line.data == system.settings.data
    return empty_line


BY = ("--by", "municipality/walk-coordinator")


def key_of(line: Line, *list_verb: str) -> str:
    [row] = line(*list_verb, "--json").json["rows"]
    key = row["key"]
    assert isinstance(key, str)
    return key


def test_a_letter_is_posted_and_forgotten(
    system: Gadelys, deliverer: Deliverer, ours: Line
) -> None:
    anna = contact(system, "letter")
    deliverer.deliver(told(system, anna))
    [letter] = letters(system)
    [row] = ours("letters", "list", "--json").json["rows"]
    assert row["file"] == str(letter)
    assert "brev, der skal postes" in ours("deliveries", "list").out

    assert ours("letters", "posted", row["key"], *BY).code == 0

    assert letters(system) == []
    sent = delivered(system, anna)[-1]
    assert isinstance(sent, DeliverySent)
    assert sent.stamp.by == ex.COORDINATOR
    assert sent.message_id == f"<{derived_id('message', anna, 1)}@gadelys.example>"
    assert ours("letters", "list", "--json").json["rows"] == []
    assert ours("letters", "list").out.strip() == "Ingen breve skal postes."


def test_what_comes_after_a_letter_is_told_when_it_was_posted(
    system: Gadelys, deliverer: Deliverer, ours: Line
) -> None:
    anna = contact(system, "letter")
    request = told(system, anna)
    deliverer.deliver(request)
    stored(system, PlanAgreed(stamp=ex.stamp(ex.POLICE), tell=(anna,)), stream=WALK)
    deliverer.deliver(request)
    assert len(letters(system)) == 1

    ours("letters", "posted", key_of(ours, "letters", "list"), *BY)
    deliverer.deliver(request)

    [letter] = letters(system)
    assert "Planen er aftalt" in letter.read_text("utf-8")


def test_only_a_letter_is_posted(system: Gadelys, ours: Line) -> None:
    answer = ours("letters", "posted", f"{ex.LIGHTING}/1", *BY)
    nonsense = ours("letters", "posted", "nonsense", *BY)

    assert (answer.code, nonsense.code) == (1, 1)
    assert "unknown_delivery" in answer.err


def test_what_was_given_up_is_tried_again(
    system: Gadelys, deliverer: Deliverer, postbox: Postbox, ours: Line
) -> None:
    anna = contact(system)
    request = told(system, anna)
    erase(system, anna)
    deliverer.deliver(request)
    key = key_of(ours, "deliveries", "list", "--failed")
    shown = ours("deliveries", "list").out
    assert "der er ingen adresse" in shown
    assert "Vandringsleder" in shown

    assert ours("deliveries", "retry", key, *BY).code == 0

    [row] = system_rows(system)
    assert row == DeliveryState.PENDING
    deliverer.deliver(request)
    assert [type(e) for e in delivered(system, anna)][-2:] == [
        DeliveryAttempted,
        DeliveryGivenUp,
    ]
    assert postbox.sent == []


def system_rows(system: Gadelys) -> list[DeliveryState]:
    system.catch_up([DELIVERIES.name])
    return [row.state for row in system.rows.rows(DELIVERIES)]


def test_what_was_given_up_is_told_in_another_way(
    system: Gadelys, deliverer: Deliverer, ours: Line
) -> None:
    anna = contact(system)
    request = told(system, anna)
    erase(system, anna)
    deliverer.deliver(request)
    key = key_of(ours, "deliveries", "list")

    done = ours("deliveries", "settle", key, "--reason", "Fortalt i telefonen", *BY)

    assert done.code == 0
    assert "på en anden måde" in done.out
    assert ours("deliveries", "list").out.strip() == "Ingen beskeder venter på nogen."
    assert system_rows(system) == [DeliveryState.SETTLED]
    assert ours("deliveries", "settle", key, "--reason", "Igen", *BY).code == 1


def test_a_letter_that_is_settled_is_forgotten(
    system: Gadelys, deliverer: Deliverer, ours: Line
) -> None:
    deliverer.deliver(told(system, contact(system, "letter")))
    key = key_of(ours, "deliveries", "list")

    ours("deliveries", "settle", key, "--reason", "Afleveret", *BY)

    assert letters(system) == []


def test_without_a_server_a_participant_s_mail_is_a_file(
    system: Gadelys, ours: Line
) -> None:
    request = told(system, contact(system))

    Deliverer(system, Mailbox(system.settings.mailbox)).deliver(request)

    assert len(list(system.settings.mailbox.glob("*.eml"))) == 1
    assert json.loads(ours("deliveries", "list", "--json").out)["rows"] == []


# --- As HTML --------------------------------------------------------------------

NASTY = "<script>alert(\"æ\")</script> & 'co'"


class Reader(HTMLParser):
    """Reads a page as a browser would: which elements, and what text."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.text = ""

    @override
    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.seen.append(tag)
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    @override
    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    @override
    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("kind", ["mail", "letter"])
def test_everything_is_escaped_and_every_element_closed(kind: str) -> None:
    wording = Wording(
        lang="da",
        subject=NASTY,
        greeting=NASTY,
        intro=NASTY,
        items=(Item(NASTY, NASTY), Item(NASTY, link=f"https://x.example/?{NASTY}")),
        closing=(NASTY, f"{NASTY}\n\n{NASTY}"),
        open_link=NASTY,
    )
    page = mail_page(wording)
    if kind == "letter":
        page = letter_page(wording, NASTY, str(date(2026, 11, 22)))
    reader = Reader()
    reader.feed(page)

    assert reader.open == []
    assert "script" not in reader.seen
    assert not {"img", "link", "iframe"} & set(reader.seen)
    assert reader.text.count(NASTY) >= 7
