"""What is taken in as a measurement, and what is refused."""

from typing import Any

import pytest
from pydantic import ValidationError

from domain.errors import Code, DomainError, NotAllowed, NotFound, Refused
from domain.measurement.commands import (
    AnySeriesCommand,
    CorrectValue,
    DescribeSeries,
    ListArea,
    RecordIndicator,
    RecordValue,
    WithdrawValue,
)
from domain.measurement.decide import decide, decide_told
from domain.measurement.events import (
    AreaListed,
    IndicatorRecorded,
    MeasurementEvent,
    SeriesDescribed,
    ValueCorrected,
    ValueRecorded,
    ValueWithdrawn,
)
from domain.measurement.state import Series, fold, fold_told
from domain.measurement.terms import Cell, Figure
from domain.messages import Event
from domain.register.model import Register
from domain.values import CITIZEN
from tests.examples import (
    NEW_SERIES,
    OLD_SERIES,
    cell,
    described,
    register,
    share,
    stamp,
    told,
)
from tests.given_when_then import Answer, Situation
from tests.projections.folding import recorded

DESCRIBED = SeriesDescribed(stamp=stamp(), series=NEW_SERIES, description=described())


def taken_in(at: Cell | None = None, figure: Figure | None = None) -> ValueRecorded:
    return ValueRecorded(
        stamp=stamp(),
        series=NEW_SERIES,
        cell=at or cell(),
        figure=figure or share(),
    )


def series(*facts: Event) -> Situation[AnySeriesCommand, MeasurementEvent]:
    known = fold(recorded(*facts, stream=f"measurement/{NEW_SERIES}"))
    return Situation(lambda command: decide(known, Series(), command, register()))


def record(at: Cell | None = None, figure: Figure | None = None) -> RecordValue:
    return RecordValue(
        stamp=stamp(), series=NEW_SERIES, cell=at or cell(), figure=figure or share()
    )


def correct(figure: Figure, reason: str = "Tastefejl.") -> CorrectValue:
    return CorrectValue(
        stamp=stamp(), series=NEW_SERIES, cell=cell(), figure=figure, reason=reason
    )


def withdraw(reason: str = "Det forkerte område.") -> WithdrawValue:
    return WithdrawValue(stamp=stamp(), series=NEW_SERIES, cell=cell(), reason=reason)


def list_area(area: str, year: int, *, listed: bool) -> ListArea:
    return ListArea(
        stamp=stamp(), series=NEW_SERIES, area=area, year=year, listed=listed
    )


def refusal(answer: Answer[MeasurementEvent]) -> DomainError:
    with pytest.raises(DomainError) as refused:
        answer.ask()
    return refused.value


# ---- figures ----


def test_a_published_share_is_taken_in() -> None:
    series(DESCRIBED).when(record()).then(taken_in())


def test_the_same_figure_again_is_nothing_new() -> None:
    series(DESCRIBED, taken_in()).when(record()).then()


def test_another_figure_for_the_same_place_is_refused() -> None:
    refused = refusal(series(DESCRIBED, taken_in()).when(record(figure=share(81))))

    assert (refused.code, type(refused)) == (Code.FIGURE_DIFFERS, Refused)
    assert refused.context["known"] == 80.5
    assert refused.context["new"] == 81
    assert refused.context["differs"] == ["value"]


def test_another_remark_is_not_dropped_in_silence() -> None:
    same = record(figure=share(note="Vægtet."))

    assert refusal(series(DESCRIBED, taken_in()).when(same)).context["differs"] == [
        "note"
    ]


@pytest.mark.parametrize(
    ("figure", "code"),
    [
        (share(100.1), Code.FIGURE_OUT_OF_RANGE),
        (share(-1), Code.FIGURE_OUT_OF_RANGE),
        (share(n=None), Code.SAMPLE_MISSING),
        (share(n=0), Code.SAMPLE_MISSING),
        (share(low=79), Code.INTERVAL_WRONG),
        (share(low=81, high=82), Code.INTERVAL_WRONG),
        (share(low=79, high=101), Code.FIGURE_OUT_OF_RANGE),
        (share(unit="index"), Code.WRONG_UNIT),
        (share(unit="count"), Code.WRONG_UNIT),
    ],
)
def test_a_figure_that_cannot_be_is_refused(figure: Figure, code: Code) -> None:
    series(DESCRIBED).when(record(figure=figure)).then_refused(code)
    series(DESCRIBED, taken_in()).when(correct(figure)).then_refused(code)


@pytest.mark.parametrize("n", [1, 293, "unknown"])
def test_a_share_says_how_many_answered_or_that_nobody_says(n: int | str) -> None:
    series(DESCRIBED).when(record(figure=share(n=n))).then(taken_in(figure=share(n=n)))


@pytest.mark.parametrize("value", [0, 100])
def test_nobody_and_everybody_are_shares_too(value: int) -> None:
    assert series(DESCRIBED).when(record(figure=share(value))).ask()


def test_shares_indexes_and_reports_are_never_in_one_series() -> None:
    index = record(cell(metric="index_total"), share(55, None, unit="index"))
    reports = record(cell(metric="report_count"), share(55, None, unit="count"))

    for mixed in (index, reports):
        assert series(DESCRIBED).when(mixed).ask()
        series(DESCRIBED, taken_in()).when(mixed).then_refused(Code.MIXED_METRICS)


def test_safe_unsafe_and_trust_share_a_scale() -> None:
    for metric in ("share_unsafe", "trust_police"):
        assert series(DESCRIBED, taken_in()).when(record(cell(metric=metric))).ask()


def test_half_a_report_to_the_police_is_refused() -> None:
    half = record(cell(metric="report_count"), share(55.5, None, unit="count"))
    refused = refusal(series(DESCRIBED).when(half))

    assert refused.code is Code.FIGURE_OUT_OF_RANGE
    assert refused.context["nearest"] == 56


@pytest.mark.parametrize(
    ("at", "code", "kind"),
    [
        (cell("Skagen"), Code.UNKNOWN_SERIES_AREA, NotFound),
        (cell(year=2020), Code.YEAR_OUTSIDE, Refused),
    ],
)
def test_a_place_outside_the_series_is_refused(
    at: Cell, code: Code, kind: type[DomainError]
) -> None:
    series(DESCRIBED).when(record(at)).then_refused(code, kind)


def test_a_series_that_nobody_described_takes_nothing() -> None:
    for command in (record(), correct(share()), withdraw()):
        series().when(command).then_refused(Code.UNKNOWN_SERIES, NotFound)


# ---- mending ----


def test_a_correction_needs_a_reason_and_something_to_correct() -> None:
    there = series(DESCRIBED, taken_in())

    there.when(correct(share(81))).then(
        ValueCorrected(
            stamp=stamp(),
            series=NEW_SERIES,
            cell=cell(),
            figure=share(81),
            reason="Tastefejl.",
        )
    )
    there.when(correct(share(81), " ")).then_refused(Code.TEXT_MISSING)
    there.when(correct(share(81), 5000 * "x")).then_refused(Code.TEXT_TOO_LONG)
    there.when(correct(share())).then_refused(Code.FIGURE_UNCHANGED)
    series(DESCRIBED).when(correct(share())).then_refused(Code.UNKNOWN_FIGURE, NotFound)


def test_a_wrong_metric_alone_in_its_series_can_be_corrected() -> None:
    alone = cell(metric="index_total")
    there = taken_in(alone, share(55, None, unit="index"))
    mended = CorrectValue(
        stamp=stamp(),
        series=NEW_SERIES,
        cell=alone,
        figure=share(56, None, unit="index"),
        reason="Tastefejl.",
    )

    assert series(DESCRIBED, there).when(mended).ask()


def test_a_figure_taken_out_leaves_its_place_empty() -> None:
    gone = ValueWithdrawn(
        stamp=stamp(), series=NEW_SERIES, cell=cell(), reason="Det forkerte område."
    )

    series(DESCRIBED, taken_in()).when(withdraw()).then(gone)
    series(DESCRIBED, taken_in()).when(withdraw("")).then_refused(Code.TEXT_MISSING)
    series(DESCRIBED, taken_in(), gone).when(withdraw()).then_refused(
        Code.UNKNOWN_FIGURE, NotFound
    )
    series(DESCRIBED, taken_in(), gone).when(record()).then(taken_in())


# ---- areas that leave the list ----


def test_an_area_that_left_the_list_takes_no_later_figure() -> None:
    left = AreaListed(
        stamp=stamp(), series=NEW_SERIES, area="Løvvangen", year=2023, listed=False
    )
    back = AreaListed(
        stamp=stamp(), series=NEW_SERIES, area="Løvvangen", year=2025, listed=True
    )

    series(DESCRIBED).when(list_area("Løvvangen", 2023, listed=False)).then(left)
    gone = series(DESCRIBED, left)
    gone.when(record(cell("Løvvangen", 2023))).then_refused(Code.AREA_NOT_LISTED)
    assert gone.when(record(cell("Løvvangen", 2022))).ask()
    gone.when(list_area("Løvvangen", 2025, listed=True)).then(back)
    again = series(DESCRIBED, left, back)
    again.when(record(cell("Løvvangen", 2024))).then_refused(Code.AREA_NOT_LISTED)
    assert again.when(record(cell("Løvvangen", 2025))).ask()


def test_the_list_grows_but_only_what_was_on_it_leaves() -> None:
    assert series(DESCRIBED).when(list_area("Skagen", 2024, listed=True)).ask()
    series(DESCRIBED).when(list_area("Løvvangen", 2024, listed=True)).then()
    series(DESCRIBED).when(list_area("Skagen", 2024, listed=False)).then_refused(
        Code.UNKNOWN_SERIES_AREA, NotFound
    )


def test_an_area_with_figures_does_not_leave_before_them() -> None:
    there = series(DESCRIBED, taken_in(cell("Løvvangen", 2024)))

    there.when(list_area("Løvvangen", 2023, listed=False)).then_refused(
        Code.SERIES_HOLDS_FIGURES
    )
    assert there.when(list_area("Løvvangen", 2025, listed=False)).ask()


# ---- series ----


def describe(**changes: Any) -> DescribeSeries:
    return DescribeSeries(
        stamp=stamp(), series=NEW_SERIES, description=described(**changes)
    )


def test_a_series_is_described_and_described_anew() -> None:
    series().when(describe()).then(DESCRIBED)
    series(DESCRIBED).when(describe()).then()
    assert series(DESCRIBED).when(describe(last_year=2025)).ask()


@pytest.mark.parametrize(
    "changes",
    [{"last_year": 2020, "first_year": 2013}, {"areas": ("Løvvangen",)}],
    ids=["years", "areas"],
)
def test_a_new_description_leaves_no_figure_outside(changes: dict[str, Any]) -> None:
    there = series(DESCRIBED, taken_in())

    there.when(describe(**changes)).then_refused(Code.SERIES_HOLDS_FIGURES)


def test_a_series_follows_another_that_is_known() -> None:
    old = Series(described())
    follows = describe(follows=OLD_SERIES)

    assert decide(Series(), old, follows, register())
    series().when(follows).then_refused(Code.UNKNOWN_SERIES, NotFound)
    series().when(describe(follows=NEW_SERIES)).then_refused(Code.SERIES_FOLLOWS_ITSELF)


@pytest.mark.parametrize(
    "changes",
    [
        {"first_year": 2022, "last_year": 2021},
        {"areas": ()},
        {"areas": ("Løvvangen", "Løvvangen")},
        {"source_url": "javascript:alert(1)"},
    ],
)
def test_a_description_that_makes_no_sense_is_none(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        described(**changes)


def test_only_the_two_authorities_take_measurements_in() -> None:
    asked = record().model_copy(update={"stamp": stamp(CITIZEN)})

    series(DESCRIBED).when(asked).then_refused(Code.NOT_YOUR_CASE, NotAllowed)


# ---- what owners tell ----


def telling(
    *facts: Event, rules: Register | None = None
) -> Situation[RecordIndicator, MeasurementEvent]:
    known = fold_told(recorded(*facts, stream="measurement/F5/agreements"))
    in_force = rules or register()
    return Situation(lambda command: decide_told(known, command, in_force))


def was_told(command: RecordIndicator) -> IndicatorRecorded:
    return IndicatorRecorded.model_validate(dict(command))


def test_an_owner_tells_an_indicator_with_source_and_method() -> None:
    telling().when(told()).then(was_told(told()))
    telling(was_told(told())).when(told()).then()


def test_another_figure_for_the_same_time_needs_a_reason() -> None:
    there = telling(was_told(told()))
    why = told(13, reason="Én var glemt.")

    there.when(told(13)).then_refused(Code.FIGURE_DIFFERS)
    there.when(told(13, reason=" ")).then_refused(Code.TEXT_MISSING)
    there.when(why).then(was_told(why))
    assert there.when(told(13, first="2027-01-01", last="2027-01-08")).ask()


@pytest.mark.parametrize(
    ("changes", "code", "kind"),
    [
        ({"focus": "F9"}, Code.UNKNOWN_FOCUS_AREA, NotFound),
        ({"indicator": "talks-held"}, Code.UNKNOWN_INDICATOR, NotFound),
        (
            {"focus": "F4", "indicator": "talks-held"},
            Code.INDICATOR_DERIVED,
            Refused,
        ),
        ({"value": -1}, Code.FIGURE_OUT_OF_RANGE, Refused),
        ({"value": 1.5}, Code.FIGURE_OUT_OF_RANGE, Refused),
        ({"indicator": "pupils-back"}, Code.SAMPLE_MISSING, Refused),
        (
            {"indicator": "pupils-back", "value": 101, "n": 40},
            Code.FIGURE_OUT_OF_RANGE,
            Refused,
        ),
        ({"first": "2027-01-02"}, Code.PERIOD_REVERSED, Refused),
        ({"last": "2027-01-12"}, Code.DATE_IN_FUTURE, Refused),
    ],
)
def test_what_cannot_be_told_is_refused(
    changes: dict[str, Any], code: Code, kind: type[DomainError]
) -> None:
    telling().when(told(**changes)).then_refused(code, kind)


def test_a_share_is_told_with_how_many_were_asked() -> None:
    assert telling().when(told(62.5, indicator="pupils-back", n=40)).ask()
