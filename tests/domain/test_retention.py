"""What was kept long enough: from when its time runs, and what then."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from pydantic import ValidationError

from domain.calendar import months_after
from domain.delivery.events import DeliveryAttempted, DeliverySent
from domain.messages import Event, Recorded
from domain.register.retention import (
    Disposal,
    RetentionAnchor,
    RetentionClass,
    RetentionRule,
)
from domain.retention import Due, Term, due, kept, term_of
from domain.subject.events import HoldReason, RestrictionReason
from domain.subject.state import Subject, SubjectStatus
from domain.values import CLOCK, Authority, StreamId
from domain.walk.events import AnswerAsked, ReplyChannel, WalkClosed
from tests import examples as ex

CASE, WALK = "finding/2026-04", "walk/OEST"
RESIDENT = str(ex.RESIDENT)
RECORD = RetentionClass.RECORD


def rule(
    code: str,
    then: Disposal,
    months: int,
    keeps: RetentionClass = RECORD,
    after: RetentionAnchor = RetentionAnchor.CASE_ENDED,
) -> RetentionRule:
    return RetentionRule(
        code=code, da="", en="", keeps=keeps, after=after, months=months, then=then
    )


RESTRICT = rule("restrict", Disposal.RESTRICT, 3)
ARCHIVE = rule("archive", Disposal.ARCHIVE_THEN_DISPOSE, 12)
CONTACT = rule(
    "contact",
    Disposal.DISPOSE,
    6,
    RetentionClass.CONTACT,
    RetentionAnchor.WALK_ENDED,
)
MESSAGE = rule(
    "message",
    Disposal.DISPOSE,
    12,
    RetentionClass.MESSAGE,
    RetentionAnchor.MESSAGE_ENDED,
)
REGISTER = ex.changed_rules(retention=(RESTRICT, ARCHIVE, CONTACT, MESSAGE))


def recorded(*told: tuple[str, Event]) -> list[Recorded]:
    """Return facts as they lie in a store, one after the other."""
    return [
        Recorded(
            event=event,
            stream=StreamId(stream),
            version=nth,
            position=nth,
            event_id=uuid4(),
            recorded_at=datetime(2026, 11, 22, tzinfo=UTC),
            register=1,
        )
        for nth, (stream, event) in enumerate(told, start=1)
    ]


def asked(walk: str) -> tuple[str, Event]:
    event = AnswerAsked(
        stamp=ex.stamp(), contact=ex.RESIDENT, channel=ReplyChannel.MAIL
    )
    return walk, event


def closed(walk: str, day: str) -> tuple[str, Event]:
    return walk, WalkClosed(stamp=ex.stamp(day=day))


def told(facts: Sequence[Recorded], day: str) -> list[tuple[str, str, str]]:
    found = due(kept(facts), {}, REGISTER, ex.on(day))
    return [(one.rule.code, one.kept.name, str(one.due_on)) for one in found]


ENDED = recorded((CASE, ex.REPORTED), (CASE, ex.ASSIGNED), (CASE, ex.VERIFIED))


def test_an_ended_case_is_restricted_and_later_archived() -> None:
    assert told(ENDED, "2027-01-19") == []
    assert told(ENDED, "2027-01-20") == [("restrict", CASE, "2027-01-20")]
    assert told(ENDED, "2027-10-20") == [
        ("restrict", CASE, "2027-01-20"),
        ("archive", CASE, "2027-10-20"),
    ]


def test_the_time_of_an_open_case_does_not_run() -> None:
    open_case = recorded((CASE, ex.REPORTED), (CASE, ex.ASSIGNED))

    assert told(open_case, "2040-01-01") == []


def test_what_is_done_is_not_due() -> None:
    restricted = Subject(restricted=RestrictionReason.KEPT_BY_LAW)
    erased = Subject(status=SubjectStatus.ERASED)
    day, name = "2027-10-20", CASE

    for subject, codes in ((restricted, ["archive"]), (erased, [])):
        found = due(kept(ENDED), {name: subject}, REGISTER, ex.on(day))
        assert [one.rule.code for one in found] == codes


def test_what_a_duty_holds_is_listed_and_says_so() -> None:
    held = Subject(held=HoldReason.INVESTIGATION)

    [first, *_] = due(kept(ENDED), {CASE: held}, REGISTER, ex.on("2027-01-20"))

    assert isinstance(first, Due)
    assert first.subject.held is HoldReason.INVESTIGATION


def test_the_authority_of_a_case_sees_to_it() -> None:
    facts = recorded(
        (CASE, ex.REPORTED), (CASE, ex.assigned(ex.POLICE)), (CASE, ex.VERIFIED)
    )

    [first, *_] = due(kept(facts), {}, REGISTER, ex.on("2027-01-20"))

    assert first.kept.authority is Authority.POLICE
    assert first.responsible == REGISTER.coordinators.police


def test_an_address_is_kept_until_the_last_walk_has_ended() -> None:
    one, two = "walk/ONE", "walk/TWO"
    open_one = recorded(asked(one), asked(two), closed(one, "2026-10-20"))
    both = recorded(
        asked(one), asked(two), closed(one, "2026-10-20"), closed(two, "2026-12-01")
    )

    assert told(open_one, "2040-01-01") == []
    assert told(both, "2027-05-31") == []
    assert told(both, "2027-06-01") == [("contact", RESIDENT, "2027-06-01")]


def attempted(batch: int) -> tuple[str, Event]:
    event = DeliveryAttempted(
        stamp=ex.stamp(CLOCK),
        recipient=ex.RESIDENT,
        batch=batch,
        attempt=1,
        until=1,
        notices=(),
    )
    return f"delivery/{RESIDENT}", event


def sent(batch: int) -> tuple[str, Event]:
    event = DeliverySent(
        stamp=ex.stamp(CLOCK),
        recipient=ex.RESIDENT,
        batch=batch,
        message_id="<1@gadelys.example>",
        notices=(),
    )
    return f"delivery/{RESIDENT}", event


def test_messages_are_kept_from_the_last_that_arrived() -> None:
    arrived = recorded(attempted(1), sent(1))
    under_way = recorded(attempted(1), sent(1), attempted(2))

    assert told(arrived, "2027-10-21") == [("message", RESIDENT, "2027-10-21")]
    assert told(under_way, "2040-01-01") == []


def test_the_last_term_of_a_participant_counts() -> None:
    walk = [asked(WALK), closed(WALK, "2026-10-20")]
    things = kept(recorded(*walk, attempted(1), sent(1)))
    waiting = kept(recorded(*walk, attempted(1)))

    term = Term(RetentionClass.CONTACT, ex.on("2027-10-21"), archive_first=False)
    mine = [one for one in things if one.name == RESIDENT]
    assert term_of(mine, REGISTER) == term
    later = term_of([one for one in waiting if one.name == RESIDENT], REGISTER)
    assert later
    assert later.due_on is None


def test_a_record_goes_to_the_archive_first() -> None:
    term = term_of(kept(ENDED), REGISTER)

    assert term == Term(RECORD, ex.on("2027-10-20"), archive_first=True)
    assert term_of(kept(ENDED), ex.changed_rules(retention=())) is None


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ("2026-11-30", 3, "2027-02-28"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2026-12-31", 1, "2027-01-31"),
        ("2026-10-20", 120, "2036-10-20"),
    ],
)
def test_months_end_on_a_day_that_there_is(day: str, months: int, later: str) -> None:
    assert months_after(ex.on(day), months) == ex.on(later)


def test_a_register_without_terms_is_written_as_before_there_were_any() -> None:
    assert "retention" not in ex.changed_rules(retention=()).model_dump(mode="json")
    assert "retention" in REGISTER.model_dump(mode="json")


def test_a_rule_says_what_can_happen() -> None:
    with pytest.raises(ValidationError, match="does not end with"):
        rule("wrong", Disposal.DISPOSE, 1, RetentionClass.MESSAGE)
    with pytest.raises(ValidationError, match="only a record is archived"):
        rule(
            "wrong",
            Disposal.ARCHIVE_THEN_DISPOSE,
            1,
            RetentionClass.MESSAGE,
            RetentionAnchor.MESSAGE_ENDED,
        )
