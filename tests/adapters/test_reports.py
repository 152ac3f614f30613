"""Questions about some past day, by when it happened and by when it was known."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from adapters.reports import known, walk_report_of
from adapters.system import Gadelys
from domain.errors import Code, NotFound
from domain.finding.commands import PersonCommand, stream_of
from domain.messages import Stamp, derived_id
from domain.walk.commands import RecordWalk
from projections.cases import CASES
from projections.walk_report import walk_report
from tests import examples as ex
from tests.conftest import StandingClock
from tests.projections.long_history import play_demo, playing


@pytest.fixture
def walked(system: Gadelys, now: StandingClock) -> Gadelys:
    """Return an installation with one walk; everything is learned as it happens."""
    now.moment = ex.moment("2026-10-08 20:00").astimezone(UTC)
    stamp = ex.stamp(day="2026-10-08 19:30")
    system.submit(RecordWalk(number=ex.WALK, stamp=stamp, plan=ex.walk_plan()))
    return system


def ask(
    system: Gadelys,
    now: StandingClock,
    command: PersonCommand,
    learned: str | None = None,
) -> None:
    """Submit at the time of the stamp, or as late as somebody typed it in."""
    at = command.stamp.at
    now.moment = ex.moment(learned).astimezone(UTC) if learned else at.astimezone(UTC)
    identity = derived_id("report", command.NAME, at, learned)
    stamp = Stamp(by=command.stamp.by, at=at, command_id=identity)
    system.submit(command.model_copy(update={"stamp": stamp}))


def test_an_unknown_walk_has_no_report(system: Gadelys) -> None:
    with pytest.raises(NotFound) as caught:
        walk_report_of(system, "NOWHERE-1", date(2026, 10, 9))

    assert caught.value.code is Code.UNKNOWN_WALK


def test_a_walk_without_findings_has_an_empty_report(walked: Gadelys) -> None:
    answer = walk_report_of(walked, ex.WALK, date(2026, 10, 9))

    assert (answer["reported"], answer["findings"]) == (0, {})


def test_a_day_ends_at_midnight_in_copenhagen(
    walked: Gadelys, now: StandingClock
) -> None:
    ask(walked, now, ex.report(walk=ex.WALK, day="2026-10-09"))
    ask(walked, now, ex.assign(day="2026-10-12 23:59"))
    ask(walked, now, ex.mark_fixed(day="2026-10-13 00:00"))

    def status(day: str) -> object:
        return walk_report_of(walked, ex.WALK, ex.on(day))["findings"][ex.NUMBER][
            "status"
        ]

    assert status("2026-10-11") == "reported"
    assert status("2026-10-12") == "assigned"
    assert status("2026-10-13") == "fixed"


def test_what_was_typed_in_late_counts_from_when_it_happened(
    walked: Gadelys, now: StandingClock
) -> None:
    ask(walked, now, ex.report(walk=ex.WALK, day="2026-10-09"))
    ask(walked, now, ex.assign(day="2026-10-12"), learned="2026-10-15")

    happened = walk_report_of(walked, ex.WALK, date(2026, 10, 12))
    known = walk_report_of(
        walked,
        ex.WALK,
        date(2026, 10, 12),
        as_known=datetime(2026, 10, 14, tzinfo=UTC),
    )

    assert (happened["assigned"], known["assigned"]) == (1, 0)


def test_a_finding_of_another_walk_is_not_counted(
    walked: Gadelys, now: StandingClock
) -> None:
    ask(walked, now, ex.report(day="2026-10-09"))

    assert walk_report_of(walked, ex.WALK, date(2026, 10, 9))["reported"] == 0


def test_the_report_says_how_many_facts_it_knows(
    walked: Gadelys, now: StandingClock
) -> None:
    ask(walked, now, ex.report(walk=ex.WALK, day="2026-10-09"))

    answer = walk_report_of(walked, ex.WALK, date(2026, 10, 9))

    assert answer["position"] == walked.store.last_position()


# ---- every report of the demo's walk, folded anew from the facts ----


@pytest.fixture(scope="module")
def demo() -> Iterator[Gadelys]:
    """Return an installation after the demo; one report was typed in at the end."""
    with playing(ex.moment("2026-10-01")) as player:
        play_demo(player)
        late = ex.report(walk=ex.WALK, day="2026-10-12", category="LGT-FAIL")
        player.person("2026-99", late)
        yield player.system


def folded_anew(
    system: Gadelys, day: date, as_known: datetime | None
) -> dict[str, Any]:
    """Return the report from the facts alone, finding by finding."""
    calendar = system.rules().register.working_days
    until = calendar.moment(day, time(23, 59, 59, 999_999))
    rows = [
        CASES.folded(known(system.store.load(stream_of(number)), until, as_known))
        for number in system.store.findings_of(ex.WALK)
    ]
    found = [row for row in rows if row is not None]
    last = system.store.last_position()
    return walk_report(ex.WALK, found, day, last, calendar)


DAYS = [date(2026, 10, 7) + timedelta(days=days) for days in range(0, 50, 2)]
LEARNED = (
    None,
    *(ex.moment(f"2026-{day} 12:00") for day in ("10-05", "10-20", "11-05")),
)


@pytest.mark.parametrize("as_known", LEARNED)
def test_a_report_is_what_the_facts_say_when_they_are_folded_anew(
    demo: Gadelys, as_known: datetime | None
) -> None:
    reports = [walk_report_of(demo, ex.WALK, day, as_known) for day in DAYS]

    assert reports == [folded_anew(demo, day, as_known) for day in DAYS]


def test_reports_of_the_demo_differ_by_day_and_by_what_was_known(demo: Gadelys) -> None:
    """Else the reports above would prove little."""
    day = date(2026, 10, 20)
    by_day = {str(walk_report_of(demo, ex.WALK, one)) for one in DAYS}
    then = walk_report_of(demo, ex.WALK, day, ex.moment("2026-10-20 23:59"))

    assert len(by_day) == len(DAYS)
    assert "2026-99" in walk_report_of(demo, ex.WALK, day)["findings"]
    assert "2026-99" not in then["findings"]
