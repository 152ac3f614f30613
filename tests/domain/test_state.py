"""What the rules remember: total, and made of history alone."""

from dataclasses import fields
from functools import reduce
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from domain.finding.events import (
    ClockName,
    FindingEscalated,
    FindingEvent,
    Occasion,
    OccasionKind,
    ReminderRaised,
)
from domain.finding.plan import plan
from domain.finding.state import Clock, Finding, Status, evolve, fold
from domain.messages import Recorded, derived_id
from domain.register.adoption import RegisterAdopted
from domain.values import CLOCK, StreamId
from domain.walk.events import WalkClosed
from tests.domain.chance import facts, facts_of, histories
from tests.examples import (
    HISTORIES,
    KEPT,
    LIGHTING,
    NUMBER,
    REPORTED,
    moment,
    on,
    register,
    stamp,
)
from tests.given_when_then import remembered

KINDS: tuple[type[FindingEvent], ...] = get_args(FindingEvent)
DOMAIN = settings(deadline=None, derandomize=True)


def stored(history: list[FindingEvent]) -> list[Recorded]:
    """Return facts as the store gives them back."""
    return [
        Recorded(
            event=event,
            stream=StreamId(f"finding/{NUMBER}"),
            version=nth,
            position=nth,
            event_id=derived_id("state", nth),
            recorded_at=event.stamp.at,
            register=1,
        )
        for nth, event in enumerate(history, start=1)
    ]


@pytest.mark.parametrize("status", Status)
def test_the_usual_histories_lead_to_their_status(status: Status) -> None:
    finding = remembered(*HISTORIES[status])

    assert finding is not None
    assert finding.status is status


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
@settings(DOMAIN, max_examples=10)
def test_every_fact_can_come_first(
    kind: type[FindingEvent], data: st.DataObject
) -> None:
    assert isinstance(evolve(None, data.draw(facts_of(kind))), Finding)


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
@settings(DOMAIN, max_examples=10)
def test_every_fact_can_follow_any_history(
    kind: type[FindingEvent], data: st.DataObject
) -> None:
    before = remembered(*data.draw(histories))

    assert isinstance(evolve(before, data.draw(facts_of(kind))), Finding)


@given(history=histories)
@settings(DOMAIN)
def test_folding_is_one_fact_after_the_other(history: list[FindingEvent]) -> None:
    assert fold(stored(history)) == reduce(evolve, history, None)


@given(history=histories, later=histories)
@settings(DOMAIN)
def test_history_can_be_remembered_in_two_parts(
    history: list[FindingEvent], later: list[FindingEvent]
) -> None:
    assert reduce(evolve, later, remembered(*history)) == remembered(*history, *later)


@given(fact=facts)
@settings(DOMAIN)
def test_a_fact_is_the_same_after_it_was_stored(fact: FindingEvent) -> None:
    body = fact.model_dump_json(by_alias=True, exclude_none=True)

    assert TypeAdapter(type(fact)).validate_json(body) == fact


@given(history=histories)
@settings(DOMAIN, max_examples=50)
def test_every_history_has_a_plan_with_unique_keys(history: list[FindingEvent]) -> None:
    found = remembered(*history)
    steps = plan(found, register(), moment()) if found else ()

    assert len({step.key for step in steps}) == len(steps)


@given(history=histories)
@settings(DOMAIN)
def test_only_open_cases_have_somebody_who_must_act(
    history: list[FindingEvent],
) -> None:
    found = remembered(*history)

    assert found is None or found.is_open or found.next_actor is None


def test_nothing_is_remembered_of_nothing() -> None:
    assert fold([]) is None


def test_facts_about_other_things_are_not_remembered() -> None:
    other = WalkClosed(stamp=stamp())
    adopted = RegisterAdopted(stamp=stamp(), rules=register())
    mixed = stored([REPORTED])
    strange = [
        Recorded(
            event=event,
            stream=StreamId("walk/x"),
            version=1,
            position=9,
            event_id=derived_id("strange", event.TOPIC),
            recorded_at=event.stamp.at,
            register=1,
        )
        for event in (other, adopted)
    ]

    assert fold([strange[0], *mixed, strange[1]]) == fold(mixed)


def reminded(day: str, run: int = 1) -> ReminderRaised:
    occasion = Occasion(
        clock=ClockName.FIX, run=run, kind=OccasionKind.LATE, on=on(day)
    )
    return ReminderRaised(stamp=stamp(CLOCK), occasions=(occasion,), to=LIGHTING)


def test_the_latest_reminder_is_remembered_in_whatever_order() -> None:
    finding = remembered(REPORTED, reminded("2026-11-06"), reminded("2026-10-30"))

    assert finding is not None
    assert finding.clocks[ClockName.FIX].reminded_on == on("2026-11-06")


def test_a_reminder_of_another_run_is_not_one_of_this() -> None:
    finding = remembered(REPORTED, reminded("2026-11-06", run=2))

    assert finding is not None
    assert finding.clocks[ClockName.FIX].reminded_on is None


def test_the_highest_level_is_remembered_in_whatever_order() -> None:
    finding = remembered(
        REPORTED,
        FindingEscalated(stamp=stamp(CLOCK), level=3, run=1, to=(LIGHTING,)),
        FindingEscalated(stamp=stamp(CLOCK), level=1, run=1, to=(LIGHTING,)),
    )

    assert finding is not None
    assert finding.escalated == 3


def test_a_positive_place_has_nobody_who_must_act() -> None:
    finding = remembered(KEPT)

    assert finding is not None
    assert not finding.is_open
    assert finding.next_actor is None


@pytest.mark.parametrize("memory", [Finding, Clock])
def test_the_memory_cannot_be_changed(memory: type[Finding] | type[Clock]) -> None:
    finding = remembered(REPORTED)
    assert finding is not None
    one = finding if memory is Finding else next(iter(finding.clocks.values()))

    with pytest.raises(AttributeError):
        setattr(one, fields(memory)[0].name, None)


@given(history=histories)
@settings(DOMAIN)
def test_a_report_is_the_beginning(history: list[FindingEvent]) -> None:
    assert remembered(*history, REPORTED) == remembered(REPORTED)
