"""Which version of a row holds: always the row folded from what is asked for."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.finding.events import FindingResumed, NoteAdded
from domain.finding.state import Status
from domain.messages import Recorded
from projections.cases import CASES, CaseRow
from projections.versions import NEVER, OPEN_END, UNKNOWN, Asked, Version, history
from tests import examples as ex
from tests.domain.golden_facts import FACTS
from tests.projections.folding import recorded
from tests.projections.many_cases import FIRST, moved
from tests.projections.past import known_rows

CI = settings(max_examples=150, deadline=None, derandomize=True)
HOURS = 6
FIRST_POSITION = 5
DEEDS = st.sampled_from(
    (
        *(ex.ASSIGNED, ex.ASSIGNED, ex.HELD, ex.FIXED, ex.FIXED, ex.OFFERED),
        *(fact for fact in FACTS if fact.TOPIC.startswith("finding.")),
    )
)
"""What can become of a case; what is usual comes up more often."""


@st.composite
def streams(draw: st.DrawFn) -> tuple[Recorded, ...]:
    """Draw facts of one case that happened in any order, some at one moment."""
    deeds = draw(st.lists(DEEDS, max_size=6))
    facts = recorded(ex.REPORTED, *deeds, first=FIRST_POSITION)
    return tuple(moved(fact, draw(st.integers(1, HOURS))) for fact in facts)


def questions(facts: tuple[Recorded, ...]) -> list[Asked]:
    """Return every question that could have an answer of its own, and some more."""
    moments = [FIRST + timedelta(minutes=30 * half) for half in range(2 * HOURS + 3)]
    positions = range(FIRST_POSITION + len(facts) + 1)
    return [
        Asked(happened, known)
        for happened in (None, *moments)
        for known in (None, *positions)
    ]


def held(versions: list[Version[CaseRow]], asked: Asked) -> list[object]:
    return [CASES.seen(version.row) for version in versions if version.holds(asked)]


@CI
@given(streams())
def test_exactly_the_version_holds_that_is_folded_from_what_is_asked_for(
    facts: tuple[Recorded, ...],
) -> None:
    versions = history(CASES, facts)

    for asked in questions(facts):
        wanted = [CASES.seen(row) for row in known_rows(facts, asked).values()]
        assert held(versions, asked) == wanted, asked


@CI
@given(streams())
def test_the_last_version_is_the_only_current_one(facts: tuple[Recorded, ...]) -> None:
    versions = history(CASES, facts)

    assert [version.is_current for version in versions[:-1]] == [False] * (
        len(versions) - 1
    )
    assert versions[-1].is_current
    assert versions[-1].row == CASES.folded(facts)


@CI
@given(streams())
def test_no_two_versions_have_one_name(facts: tuple[Recorded, ...]) -> None:
    """By moment and position a stored version is found again to be ended."""
    names = [(v.from_at, v.known_from) for v in history(CASES, facts)]

    assert len(set(names)) == len(names)


@CI
@given(streams())
def test_a_version_holds_no_longer_than_its_span_says(
    facts: tuple[Recorded, ...],
) -> None:
    for version in history(CASES, facts):
        if version.happened_span != OPEN_END:
            longest = timedelta(days=2**version.happened_span)
            assert version.until_at - version.from_at < longest
        else:
            assert version.until_at == NEVER
        last = min(version.known_until, version.superseded)
        if version.known_span != OPEN_END:
            assert last - version.known_from < 2**version.known_span
        else:
            assert last == UNKNOWN


def test_a_stream_without_facts_has_no_versions() -> None:
    assert history(CASES, ()) == []


def test_in_order_each_fact_ends_the_version_before() -> None:
    facts = recorded(ex.REPORTED, ex.ASSIGNED, ex.FIXED, first=40)

    versions = history(CASES, facts)

    ends = [(v.from_at, v.until_at, v.known_from, v.known_until) for v in versions]
    moments = [fact.event.stamp.at for fact in facts]
    assert ends == [
        (moments[0], moments[1], 40, 41),
        (moments[1], moments[2], 41, 42),
        (moments[2], NEVER, 42, UNKNOWN),
    ]
    assert {v.superseded for v in versions} == {UNKNOWN}


def test_a_late_fact_supersedes_what_was_known() -> None:
    """Fixed on the 19th; on the 20th somebody types in the assignment of the 12th.

    On the 19th it was answered, which reports count.
    """
    versions = history(CASES, recorded(ex.REPORTED, ex.FIXED, ex.ASSIGNED))

    before = [v for v in versions if v.superseded != UNKNOWN]
    after = [v for v in versions if v.superseded == UNKNOWN]

    assert [(v.known_from, v.superseded) for v in before] == [(1, 3), (2, 3)]
    assert [(v.known_from, v.row.status, v.row.assignee) for v in after] == [
        (3, Status.REPORTED, None),
        (3, Status.ASSIGNED, ex.LIGHTING),
        (3, Status.ASSIGNED, ex.LIGHTING),
    ]


def test_a_fact_is_late_even_if_nobody_saw_the_one_it_comes_after() -> None:
    """On hold from the 14th; a part added on the 16th changes no list until it ends.

    Then somebody types in that it ended on the 15th: on that day nobody knew of parts.
    """
    part = ex.joint().model_copy(update={"stamp": ex.stamp(day="2026-10-16")})
    ended = FindingResumed(
        stamp=ex.stamp(day="2026-10-15"), held_days=1, fix_due=ex.on("2026-10-26")
    )
    facts = recorded(ex.REPORTED, ex.ASSIGNED, ex.HELD, part, ended)
    asked = Asked(ex.moment("2026-10-15 23:00"))

    wanted = [CASES.seen(row) for row in known_rows(facts, asked).values()]

    assert held(history(CASES, facts), asked) == wanted


@pytest.mark.parametrize("asked", [Asked(known=0), Asked(FIRST), Asked(FIRST, 0)])
def test_before_the_first_fact_nothing_holds(asked: Asked) -> None:
    versions = history(CASES, recorded(ex.REPORTED, ex.ASSIGNED))

    assert held(versions, asked) == []
    assert not asked.is_now


def test_who_asks_for_nothing_asks_for_now() -> None:
    versions = history(CASES, recorded(ex.REPORTED, ex.ASSIGNED))

    assert Asked().is_now
    assert held(versions, Asked()) == [CASES.seen(versions[-1].row)]


def test_what_nobody_sees_makes_no_version_of_its_own() -> None:
    note = NoteAdded(stamp=ex.stamp(), text="Ringet.")

    [version] = history(CASES, recorded(ex.REPORTED, note))

    assert (version.known_from, version.row.version) == (1, 2)
