"""What a message says, and what it never says."""

import email
import re
from datetime import UTC
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from adapters.notify.addresses import address
from adapters.notify.deliverer import Deliverer
from adapters.notify.mail import DOMAIN
from adapters.system import Gadelys
from domain.delivery.events import DeliveryAttempted, DeliveryGivenUp, DeliverySent
from domain.finding.commands import PersonCommand
from domain.messages import Event, derived_id
from domain.register.model import Register
from domain.values import Actor, Severity, StreamId
from projections.notices import NoticeRow
from tests import examples as ex
from tests.conftest import StandingClock
from workflows.delivery import DeliveryRequest

SECRET = "Fru Jensens lampe i nummer 12"
REASON = "Naboen hedder Olsen"
TO_LIGHTING = DeliveryRequest(recipient=str(ex.LIGHTING))


class Postbox:
    """A mailer that keeps what it is given, and can break after that."""

    def __init__(self) -> None:
        self.sent: list[EmailMessage] = []
        self.breaks = 0

    def send(self, message: EmailMessage) -> None:
        """Keep `message`; then raise while it is broken."""
        self.sent.append(message)
        if self.breaks:
            self.breaks -= 1
            raise ConnectionError("the line went dead")


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()


@pytest.fixture
def deliverer(system: Gadelys, postbox: Postbox, now: StandingClock) -> Deliverer:
    """Return a deliverer in an installation with one case, told to the lamp unit."""
    told = ex.report().model_copy(update={"text": SECRET, "place": REASON})
    ask(system, now, told)
    ask(system, now, ex.assign(day="2026-10-21 12:05"))
    return Deliverer(system, postbox)


def ask(system: Gadelys, now: StandingClock, command: PersonCommand) -> None:
    now.moment = command.stamp.at.astimezone(UTC)
    identity = derived_id("mailed", command.NAME, command.number, command.stamp.at)
    stamp = command.stamp.model_copy(update={"command_id": identity})
    system.submit(command.model_copy(update={"stamp": stamp}))


def delivered(system: Gadelys, key: str = str(ex.LIGHTING)) -> list[Event]:
    return [fact.event for fact in system.store.load(StreamId(f"delivery/{key}"))]


def text_of(message: EmailMessage) -> str:
    """Return all a mail program would show, after a journey as bytes."""
    read = email.message_from_bytes(message.as_bytes(policy=SMTP), policy=SMTP)
    assert isinstance(read, EmailMessage)
    headers = "\n".join(f"{name}: {value}" for name, value in read.items())
    parts = [part.get_content() for part in read.walk() if not part.is_multipart()]
    return "\n".join([headers, *map(str, parts)])


def test_a_digest_names_the_case_and_its_day(
    deliverer: Deliverer, postbox: Postbox
) -> None:
    assert deliverer.deliver(TO_LIGHTING) == 1

    [message] = postbox.sent
    assert message["To"] == "vejbelysning@kommune.example"
    assert ex.NUMBER in text_of(message)
    assert "Lampe slukket" in text_of(message)
    assert message["Auto-Submitted"] == "auto-generated"


def test_a_message_never_says_what_people_wrote(
    deliverer: Deliverer, postbox: Postbox, system: Gadelys, now: StandingClock
) -> None:
    for command in (
        ex.dispute_owner(day="2026-10-21 12:10"),
        ex.hand_over(day="2026-10-21 12:15"),
        ex.refuse_handover(day="2026-10-21 12:20"),
        ex.propose_decline(day="2026-10-21 12:25"),
        ex.refuse_decline(day="2026-10-21 12:30"),
        ex.mark_fixed(day="2026-10-21 12:35"),
        ex.reject_fix(day="2026-10-21 12:40"),
    ):
        ask(system, now, command)
    for who in (ex.LIGHTING, ex.POLICE, ex.LEADER, ex.COORDINATOR):
        deliverer.deliver(DeliveryRequest(recipient=str(who)))

    said = "\n".join(text_of(message) for message in postbox.sent)
    assert len(postbox.sent) == 4
    for words in (SECRET, REASON, "Privat vej", "skydes ud", "Stien", "politiets opg"):
        assert words not in said
    assert "Jensen" not in said


def test_nothing_waiting_is_no_message_and_no_fact(
    deliverer: Deliverer, postbox: Postbox, system: Gadelys
) -> None:
    parks = DeliveryRequest(recipient="municipality/parks")

    assert deliverer.deliver(parks) == 0
    assert postbox.sent == []
    assert delivered(system, "municipality/parks") == []


def test_what_was_sent_is_not_sent_again(
    deliverer: Deliverer, postbox: Postbox, system: Gadelys
) -> None:
    deliverer.deliver(TO_LIGHTING)

    assert deliverer.deliver(TO_LIGHTING) == 0
    assert len(postbox.sent) == 1
    assert [type(event) for event in delivered(system)] == [
        DeliveryAttempted,
        DeliverySent,
    ]


def test_the_next_digest_has_only_what_is_new(
    deliverer: Deliverer, postbox: Postbox, system: Gadelys, now: StandingClock
) -> None:
    deliverer.deliver(TO_LIGHTING)
    ask(system, now, ex.mark_fixed(day="2026-10-22"))
    ask(system, now, ex.reject_fix(day="2026-10-22 13:00"))

    assert deliverer.deliver(TO_LIGHTING) == 1
    first, second = postbox.sent
    assert first["Message-ID"] != second["Message-ID"]
    sent = [event for event in delivered(system) if isinstance(event, DeliverySent)]
    assert [event.batch for event in sent] == [1, 2]


def test_a_crash_between_sending_and_confirming_is_the_same_mail_again(
    deliverer: Deliverer, postbox: Postbox, system: Gadelys
) -> None:
    postbox.breaks = 1
    with pytest.raises(ConnectionError):
        deliverer.deliver(TO_LIGHTING)

    assert deliverer.deliver(TO_LIGHTING) == 1

    first, second = postbox.sent
    assert first["Message-ID"] == second["Message-ID"]
    assert re.fullmatch(rf"<[0-9a-f-]{{36}}@{re.escape(DOMAIN)}>", first["Message-ID"])
    assert [first["X-Gadelys-Attempt"], second["X-Gadelys-Attempt"]] == ["1", "2"]
    one, two, sent = delivered(system)
    assert isinstance(one, DeliveryAttempted)
    assert isinstance(two, DeliveryAttempted)
    assert isinstance(sent, DeliverySent)
    assert [(e.batch, e.attempt) for e in (one, two)] == [(1, 1), (1, 2)]
    assert one.notices == two.notices == sent.notices
    assert sent.message_id == first["Message-ID"]


def test_a_repetition_tells_no_more_than_the_first_attempt(
    deliverer: Deliverer, postbox: Postbox, system: Gadelys, now: StandingClock
) -> None:
    """What happened meanwhile is told by a message of its own, right after."""
    postbox.breaks = 1
    with pytest.raises(ConnectionError):
        deliverer.deliver(TO_LIGHTING)
    ask(system, now, ex.mark_fixed(day="2026-10-22"))
    ask(system, now, ex.reject_fix(day="2026-10-22 13:00"))

    assert deliverer.deliver(TO_LIGHTING) == 2
    assert deliverer.deliver(TO_LIGHTING) == 0
    assert len({message["Message-ID"] for message in postbox.sent}) == 2


def test_giving_up_is_a_fact_and_the_next_message_is_another_one(
    deliverer: Deliverer, postbox: Postbox, system: Gadelys, now: StandingClock
) -> None:
    postbox.breaks = 1
    with pytest.raises(ConnectionError):
        deliverer.deliver(TO_LIGHTING)
    now.move(days=5)
    deliverer.give_up(TO_LIGHTING)
    deliverer.give_up(TO_LIGHTING)

    assert [type(event) for event in delivered(system)] == [
        DeliveryAttempted,
        DeliveryGivenUp,
    ]
    assert deliverer.deliver(TO_LIGHTING) == 0
    ask(system, now, ex.mark_fixed(day="2026-10-27"))
    ask(system, now, ex.reject_fix(day="2026-10-27 13:00"))
    assert deliverer.deliver(TO_LIGHTING) == 1


def test_giving_up_ends_only_what_was_tried_for_days(
    deliverer: Deliverer, postbox: Postbox, system: Gadelys, now: StandingClock
) -> None:
    """A run that is over finds the next message, which another run has begun."""
    postbox.breaks = 1
    with pytest.raises(ConnectionError):
        deliverer.deliver(TO_LIGHTING)
    now.move(days=4)
    deliverer.give_up(TO_LIGHTING)

    assert [type(event) for event in delivered(system)] == [DeliveryAttempted]
    assert deliverer.deliver(TO_LIGHTING) == 1


def test_what_is_acute_goes_alone(
    system: Gadelys, postbox: Postbox, now: StandingClock
) -> None:
    ask(system, now, ex.report(by=ex.COUNCIL, severity=Severity.ACUTE))
    [fact] = system.store.load(StreamId(f"finding/{ex.NUMBER}"))
    deliverer = Deliverer(system, postbox)
    digest = DeliveryRequest(recipient=str(ex.COORDINATOR))
    alone = digest.model_copy(update={"event_id": str(fact.event_id)})

    assert deliverer.deliver(digest) == 0
    assert deliverer.deliver(alone) == 1
    assert deliverer.deliver(alone) == 0
    [message] = postbox.sent
    assert ex.NUMBER in message["Subject"]
    assert "112" in text_of(message)


def test_every_unit_has_an_address(register: Register) -> None:
    for unit in register.units:
        assert re.fullmatch(r"[^@\s]+@[^@\s]+\.example", address(unit.id, register))


def test_a_partner_without_mail_is_reached_through_whoever_answers_for_it(
    register: Register,
) -> None:
    grid = register.unit(ex.GRID)
    assert grid.responsible is not None
    units = tuple(
        unit.model_copy(update={"mail": ""}) if unit.id == ex.GRID else unit
        for unit in register.units
    )
    without = register.model_copy(update={"units": units})
    without.__dict__.pop("_units", None)

    assert address(Actor(ex.GRID), without) == register.unit(grid.responsible).mail


def test_two_digests_at_once_tell_a_notice_once(
    deliverer: Deliverer, postbox: Postbox, system: Gadelys, now: StandingClock
) -> None:
    """Another run begins and sends between this one's look and its decision."""
    waiting = deliverer._waiting
    raced: list[bool] = []

    def meanwhile(request: DeliveryRequest, after: int) -> list[NoticeRow]:
        seen = waiting(request, after)
        if not raced:
            raced.append(True)
            ask(system, now, ex.mark_fixed(day="2026-10-22"))
            ask(system, now, ex.reject_fix(day="2026-10-22 13:00"))
            Deliverer(system, postbox).deliver(request)
        return seen

    deliverer._waiting = meanwhile  # type: ignore[method-assign]
    deliverer.deliver(TO_LIGHTING)

    told = [
        notice
        for event in delivered(system)
        if isinstance(event, DeliverySent)
        for notice in event.notices
    ]
    assert len(told) == len(set(told)) == 2
