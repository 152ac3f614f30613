"""What is told of measurements: each series by itself, and each effort by its own."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from domain.finding.events import FixReported, FixVerified
from domain.measurement.events import (
    AreaListed,
    IndicatorRecorded,
    SeriesDescribed,
    ValueCorrected,
    ValueRecorded,
    ValueWithdrawn,
)
from domain.messages import Event, Recorded
from domain.publication.events import (
    Form,
    PublicationDrafted,
    PublicationKind,
    PublicationPublished,
    PublicationWithdrawn,
)
from domain.register.adoption import RegisterAdopted
from domain.register.model import Register
from domain.register.strategy import Derivation
from domain.values import Actor, Kind
from domain.walk.events import Attendance, WalkHeld
from projections.council_report import council_report
from projections.indicators import DERIVED, Reading, efforts, fit
from projections.kpis import Cohort, Period, cohort_of
from projections.measurements import (
    Interval,
    Left,
    Measured,
    measurements,
    published,
    wilson,
)
from projections.report_parts import By, Pins
from tests import examples as ex
from tests.projections.folding import recorded

DAY = date(2026, 12, 31)
AUTUMN = Period(date(2026, 7, 1), DAY)
ADOPTED = ex.stamp(day="2026-01-02")
SENIOR = Actor("participant/senior/b0001")


def series(*events: Event, name: str = ex.NEW_SERIES) -> tuple[Recorded, ...]:
    described = SeriesDescribed(
        stamp=ex.stamp(), series=name, description=ex.described()
    )
    return recorded(described, *events, stream=f"measurement/{name}")


def value(**more: object) -> ValueRecorded:
    told = {"cell": ex.cell(), "figure": ex.share(), **more}
    return ValueRecorded.model_validate(
        {"stamp": ex.stamp(), "series": ex.NEW_SERIES, **told}
    )


def figures(*events: Event) -> tuple[Measured, ...]:
    [found] = measurements(series(*events), last_year=2100)
    return found.figures


# ---- what others have measured ----


def test_an_interval_is_the_sources_or_is_said_to_be_computed() -> None:
    given = value(figure=ex.share(low=75.1, high=85.2))
    computed = value(cell=ex.cell("Løvvangen"), figure=ex.share(53.5, 293))
    unknown = value(cell=ex.cell("Hele landet"), figure=ex.share(88, "unknown"))
    found = {one.area: one for one in figures(given, computed, unknown)}

    here, there, all_of_it = (
        found[name] for name in ("Aalborg Øst", "Løvvangen", "Hele landet")
    )
    assert (here.low, here.high, here.interval) == (75.1, 85.2, Interval.GIVEN)
    assert (there.low, there.high, there.interval) == (47.8, 59.1, Interval.COMPUTED)
    assert (all_of_it.low, all_of_it.interval) == (None, None)
    assert all_of_it.n_unknown
    assert all_of_it.n is None


@pytest.mark.parametrize(
    ("share", "n", "low", "high"),
    [(53.5, 293, 47.8, 59.1), (0, 50, 0, 7.1), (100, 50, 92.9, 100)],
)
def test_wilsons_interval_stays_within_what_a_share_can_be(
    share: float, n: int, low: float, high: float
) -> None:
    assert wilson(share, n) == (low, high)


def test_a_share_of_fewer_than_thirty_is_kept_and_not_published() -> None:
    [whole] = measurements(
        series(
            value(figure=ex.share(70, 29)),
            value(cell=ex.cell("Løvvangen"), figure=ex.share(70, 30)),
        ),
        last_year=2100,
    )
    large, small = published(whole).figures

    assert [one.value for one in whole.figures] == [70, 70]
    assert (small.value, small.low, small.high, small.hidden) == (
        *(None, None, None),
        True,
    )
    assert small.n == 29
    assert large == whole.figures[0]


def test_reports_to_the_police_are_no_small_sample() -> None:
    few = value(
        cell=ex.cell(metric="report_count"), figure=ex.share(7, None, unit="count")
    )
    [whole] = measurements(series(few), last_year=2100)

    assert published(whole).figures[0].value == 7


def test_a_correction_takes_the_place_and_a_withdrawn_figure_is_gone() -> None:
    mended = ValueCorrected(
        stamp=ex.stamp(),
        series=ex.NEW_SERIES,
        cell=ex.cell(),
        figure=ex.share(82.9),
        reason="Tastefejl.",
    )
    gone = ValueWithdrawn(
        stamp=ex.stamp(), series=ex.NEW_SERIES, cell=ex.cell(), reason="Forkert."
    )

    assert [one.value for one in figures(value(), mended)] == [82.9]
    assert figures(value(), mended, gone) == ()


def test_series_are_told_apart_and_a_break_names_what_it_follows() -> None:
    old = series(value(), name=ex.OLD_SERIES)
    follows = ex.described(follows=ex.OLD_SERIES)
    told = SeriesDescribed(stamp=ex.stamp(), series=ex.NEW_SERIES, description=follows)
    before, after = measurements((*old, *series(told, value())), last_year=2100)

    assert (before.series, after.series) == (ex.OLD_SERIES, ex.NEW_SERIES)
    assert (before.follows, after.follows) == (None, ex.OLD_SERIES)
    assert len(before.figures) == len(after.figures) == 1


def test_what_is_asked_for_is_an_area_up_to_a_year() -> None:
    later = value(cell=ex.cell(year=2023))
    other = value(cell=ex.cell("Løvvangen"))
    left = AreaListed(
        stamp=ex.stamp(),
        series=ex.NEW_SERIES,
        area="Løvvangen",
        year=2022,
        listed=False,
    )
    facts = series(value(), later, other, left)
    [here] = measurements(facts, last_year=2022, area="Aalborg Øst")
    [there] = measurements(facts, last_year=2022, area="Løvvangen")

    assert [(one.area, one.year) for one in here.figures] == [("Aalborg Øst", 2021)]
    assert here.listings == ()
    assert there.listings == (Left("Løvvangen", 2022, listed=False),)


def test_figures_without_a_description_are_not_told() -> None:
    """They are known of a time when nobody had said yet what the series is."""
    alone = recorded(value(), stream=f"measurement/{ex.NEW_SERIES}")

    assert measurements(alone, last_year=2100) == ()


# ---- what each effort measures by itself: a small history, counted by hand ----


def fixed(category: str, day: str, **more: object) -> tuple[Event, ...]:
    done = ex.FIXED.model_copy(update={"stamp": ex.stamp(ex.LIGHTING, day), **more})
    assert isinstance(done, FixReported)
    return (_report(category), ex.ASSIGNED, done)


def _report(category: str, by: Actor = ex.COORDINATOR) -> Event:
    return ex.REPORTED.model_copy(
        update={
            "stamp": ex.stamp(by, "2026-10-09"),
            "category": category,
            "kind": Kind.SOCIAL,
            "walk": ex.WALK,
        }
    )


def verified(day: str) -> FixVerified:
    return ex.VERIFIED.model_copy(update={"stamp": ex.stamp(ex.COORDINATOR, day)})


CASES: Mapping[str, tuple[Event, ...]] = {
    "2026-01": fixed("EDU-SUB", "2026-11-02", held_on=date(2026, 10, 30), count=24),
    "2026-02": fixed("EDU-SUB", "2026-11-03", held_on=date(2026, 6, 30), count=90),
    "2026-03": fixed("EDU-SUB", "2026-11-04", count=None, attendance=(("youth", 31),)),
    "2026-04": fixed("NBH-START", "2026-11-05", held_on=date(2026, 11, 5), count=12),
    "2026-05": (
        _report("ELD-LIFE", SENIOR),
        *(ex.ASSIGNED, ex.fixed(day="2026-11-06"), verified("2026-11-09")),
    ),
    "2026-06": (
        _report("ELD-LIFE"),
        *(ex.ASSIGNED, ex.fixed(day="2026-11-06"), verified("2026-11-09")),
    ),
    "2026-07": (
        _report("LGT-FAIL"),
        *(ex.ASSIGNED, ex.fixed(day="2026-11-06"), verified("2026-11-09")),
    ),
}
"""01 and 03 are talks of the autumn, 24 and 31 heard them; 02 was held in June.
05 and 06 are of older people, only 05 was raised by one; 07 is a lamp."""

WALK = WalkHeld(
    stamp=ex.stamp(day="2026-10-08 20:00"),
    plan=ex.walk_plan(),
    attendance=Attendance(
        participants=(
            *(("local_council", 2), ("residents", 13), ("volunteers", 5)),
            *(("local-business", 3), ("senior", 6)),
        ),
        of_which={"senior": 8},
    ),
    draft_due=ex.on("2026-10-15"),
    minutes_due=ex.on("2026-10-22"),
    plan_due=ex.on("2026-10-29"),
    feedback_due=ex.on("2026-11-05"),
    follow_up_on=ex.on("2027-04-08"),
    evaluation_due=ex.on("2027-06-08"),
)


def published_text(number: str, kind: PublicationKind, *more: Event) -> list[Recorded]:
    drafted = PublicationDrafted(
        stamp=ex.stamp(day="2026-11-01"),
        draft=1,
        kind=kind,
        title="Lys på stien",
        content=64 * "a",
        form=Form.MD,
        approve_by=ex.moment("2026-11-04"),
        to=(),
    )
    both = PublicationPublished(
        stamp=ex.stamp(day="2026-11-02"),
        draft=1,
        content=64 * "a",
        approved_by=(ex.COORDINATOR, ex.POLICE),
        to=(),
    )
    return list(recorded(drafted, both, *more, stream=f"publication/{number}"))


def history(*more: Recorded, rules: Register | None = None) -> list[Recorded]:
    adopted = RegisterAdopted(stamp=ADOPTED, rules=rules or ex.register())
    facts = list(recorded(adopted, stream="register/main"))
    facts += recorded(WALK, stream=f"walk/{ex.WALK}")
    for number, events in CASES.items():
        facts += recorded(*events, stream=f"finding/{number}")
    taken_back = PublicationWithdrawn(
        stamp=ex.stamp(day="2026-11-03"), reason="Forkert.", to=()
    )
    facts += published_text("2026-1", PublicationKind.MESSAGE)
    facts += published_text("2026-2", PublicationKind.MESSAGE, taken_back)
    facts += published_text("2026-3", PublicationKind.LEARNING)
    return in_order([*facts, *more])


def in_order(facts: list[Recorded]) -> list[Recorded]:
    return [replace(one, position=nth) for nth, one in enumerate(facts, start=1)]


def cohort(facts: list[Recorded], period: Period = AUTUMN, as_of: date = DAY) -> Cohort:
    return cohort_of(facts, period, as_of, ex.register().working_days)


def read(
    facts: list[Recorded], rules: Register | None = None
) -> dict[str, list[Reading]]:
    areas = (rules or ex.register()).focus_areas
    return {
        f"{effort.code}/{one.code}": list(one.readings)
        for effort in efforts(areas, cohort(facts), internal=True)
        for one in effort.indicators
    }


@pytest.mark.parametrize(
    ("indicator", "value", "behind"),
    [
        ("F1/cosigned-messages", 1, ("2026-1",)),
        ("F1/learnings", 1, ("2026-3",)),
        ("F4/talks-held", 2, ("2026-01", "2026-03")),
        ("F4/talks-reach", 55, ("2026-01", "2026-03")),
        ("F6/seniors-solved", 1, ("2026-05",)),
        ("F6/seniors-attending", 8, (ex.WALK,)),
        ("F7/walks-held", 1, (ex.WALK,)),
        ("F7/findings-per-walk", 7, (ex.WALK,)),
        ("F7/citizens", 15, (ex.WALK,)),
        ("F7/business", 3, (ex.WALK,)),
        ("F7/volunteers", 5, (ex.WALK,)),
        ("F7/neighbour-watches", 1, ("2026-04",)),
        ("F2/nightlife-lighting", 0, ()),
    ],
)
def test_an_indicator_is_what_was_counted_by_hand(
    indicator: str, value: float, behind: tuple[str, ...]
) -> None:
    [reading] = read(history())[indicator]

    assert (reading.value, reading.behind) == (value, behind)
    assert (reading.first, reading.last) == (AUTUMN.first, AUTUMN.last)


def test_lamps_count_for_the_nightlife_of_the_areas_that_the_register_names() -> None:
    areas = [one.model_dump(mode="json") for one in ex.register().focus_areas]
    lamps = next(
        one
        for area in areas
        for one in area.get("indicators", ())
        if one["code"] == "nightlife-lighting"
    )
    lamps["areas"] = [ex.walk_plan().area]
    rules = ex.changed_rules(focus_areas=areas)

    [reading] = read(history(rules=rules), rules)["F2/nightlife-lighting"]
    assert reading.behind == ("2026-07",)


def test_every_derivation_that_a_register_can_name_is_counted() -> None:
    assert set(DERIVED) == set(Derivation)


def test_what_owners_tell_is_shown_in_the_period_in_which_it_ends() -> None:
    facts = history(
        *recorded(
            *(
                IndicatorRecorded.model_validate(dict(one))
                for one in (
                    ex.told(),
                    ex.told(14, reason="To var glemt."),
                    ex.told(9, first="2026-01-01", last="2026-06-30"),
                )
            ),
            stream="measurement/F5/agreements",
        )
    )
    late = [replace(one) for one in facts]

    assert read(late)["F5/agreements"] == []
    after = efforts(
        ex.register().focus_areas,
        cohort_of(facts, AUTUMN, date(2027, 2, 1), ex.register().working_days),
        internal=True,
    )
    [told] = after[4].indicators[0].readings
    assert (told.value, told.source, told.method) == (
        *(14, "Ungekontakten"),
        "Optælling",
    )


@pytest.mark.parametrize(
    ("value", "of", "is_hidden"),
    [
        (4, None, True),
        (5, None, False),
        (0, None, False),
        (26, 29, True),
        (26, 31, False),
    ],
)
def test_few_people_are_not_published_nor_all_but_a_few(
    value: int, of: int | None, *, is_hidden: bool
) -> None:
    people = Reading(AUTUMN.first, DAY, value, of=of, behind=("2026-01",))
    shown = fit(people, ex.register().focus_areas[3].indicators[1].unit)

    assert shown.hidden is is_hidden
    assert shown.behind == ()


# ---- cases by focus area, and a register that is changed in the middle ----


def with_integration() -> Register:
    """Return a later register: an eighth effort, which lamps serve as well."""
    body = ex.register().model_dump(by_alias=True, mode="json")
    integration = {"code": "F8", "da": "Integration", "en": "Integration"}
    for category in body["categories"]:
        if category["code"] == "LGT-FAIL":
            category["focus"] = [*category["focus"], "F8"]
    return ex.changed_rules(
        focus_areas=[*body["focus_areas"], integration], categories=body["categories"]
    )


def later_register() -> list[Recorded]:
    adopted = RegisterAdopted(
        stamp=ex.stamp(day="2026-10-20"), rules=with_integration()
    )
    return list(recorded(adopted, stream="register/main", version=2))


def test_an_effort_that_is_added_never_rewrites_old_cases() -> None:
    lamp = ex.REPORTED.model_copy(
        update={"stamp": ex.stamp(day="2026-10-21"), "walk": ex.WALK}
    )
    facts = history(*later_register(), *recorded(lamp, stream="finding/2026-08"))
    found = cohort(facts)
    focus = {case.number: found.focus_of(case) for case in found.counted}

    assert focus["2026-07"] == ("F2", "F6", "F7")
    assert focus["2026-08"] == ("F2", "F6", "F7", "F8")
    pins = Pins(
        AUTUMN.first, DAY, None, DAY, len(facts), ex.moment(), 2, None, internal=True
    )
    report = council_report(found, pins)
    lines = {line.key: line.reported for line in report.by(By.FOCUS)}
    assert (lines["F8"], lines["F6"], lines["F7"]) == (1, 4, 8)
    assert [one.code for one in report.efforts][-1] == "F8"


def test_a_paper_form_typed_in_later_has_the_efforts_of_its_own_day() -> None:
    lamp = ex.REPORTED.model_copy(update={"stamp": ex.stamp(day="2026-10-19")})
    facts = history(*later_register(), *recorded(lamp, stream="finding/2026-08"))
    found = cohort(facts)

    assert found.focus_of(found.counted[-1]) == ("F2", "F6", "F7")


def test_a_category_that_is_listed_only_later_serves_what_it_did_first() -> None:
    body = ex.register().model_dump(by_alias=True, mode="json")
    without = [one for one in body["categories"] if one["code"] != "LGT-FAIL"]
    areas = [{**area, "indicators": []} for area in body["focus_areas"]]
    first = ex.changed_rules(categories=without, focus_areas=areas)
    facts = history(*later_register(), rules=first)
    found = cohort(facts)
    lamp = next(case for case in found.counted if case.number == "2026-07")

    assert found.focus_of(lamp) == ("F2", "F6", "F7", "F8")
