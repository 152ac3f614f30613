"""Measurements: taking them in, looking, correcting, and telling of efforts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

from adapters.cli import saying
from adapters.cli.asking import _stamp as stamp_of
from adapters.cli.asking import ask_about, moment, read_options
from adapters.cli.reporting import say_section
from adapters.cli.session import Session
from adapters.measuring import (
    SERIES,
    Chosen,
    Fault,
    Faulty,
    Wish,
    import_measurements,
    measured,
)
from adapters.reporting.measured import series_sections
from adapters.system import Gadelys
from adapters.texts import Texts
from domain.calendar import END_OF_DAY
from domain.measurement.commands import (
    CorrectValue,
    ListArea,
    RecordIndicator,
    WithdrawValue,
    stream_of,
)
from domain.measurement.state import fold
from domain.measurement.terms import UNIT_OF, Cell, Figure, Metric
from domain.permissions.words import Action
from projections.measurements import Measurements

SCHEMA = "measurement-list/1"
IN_FIGURE = ("value", "n", "low", "high", "note")


def take_in(
    session: Session,
    file: Path,
    *,
    by: str,
    at: str | None,
    only_check: bool,
    checked: bool,
) -> None:
    """Store what is new in a file of measurements, or say everything that is wrong."""
    with session.system() as system:
        stamp = stamp_of({"by": by, "at": at}, system)
        wish = Wish(file, stamp.by, stamp.at, only_check=only_check, checked=checked)
        texts = session.texts
        try:
            with saying.progress(texts.say("say.measuring")) as show:
                done = import_measurements(
                    system, wish, lambda nth, of: show(f"{nth}/{of}")
                )
        except Faulty as faulty:
            _say_faults(session, faulty, texts)
        told = {"entries": done.entries, "new": done.facts, "known": done.known}
        if session.as_json:
            saying.say_json({"checked_only": only_check, **told})
            return
        key = "measurements_checked" if only_check else "measurements_imported"
        saying.say(texts.say(f"say.{key}", file=file.name, **told))


def _say_faults(session: Session, faulty: Faulty, texts: Texts) -> None:
    saying.refuse(
        faulty,
        texts,
        as_json=session.as_json,
        places=[_line(fault, texts) for fault in faulty.faults],
        faults=[_fault(fault, texts) for fault in faulty.faults],
    )


def _line(fault: Fault, texts: Texts) -> str:
    what, hint = texts.refusal(fault.error)
    return texts.say("say.fault_line", line=fault.line, what=what, hint=hint)


def _fault(fault: Fault, texts: Texts) -> dict[str, object]:
    what, hint = texts.refusal(fault.error)
    return {"line": fault.line, "code": fault.error.code, "what": what, "do": hint}


# ---- looking ----


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed: which measurements, of which past."""

    series: str | None
    area: str | None
    metric: str | None
    as_of: str | None
    as_known: str | None
    internal: bool


def listed(session: Session, **typed: Any) -> None:
    """Print every series that is asked for, each by itself."""
    asked = Asked(**typed)
    with session.system() as system:
        viewer = session.viewer(system)
        viewer.require(Action.READ_REPORT)
        if asked.internal:
            viewer.require(Action.READ_CASE)
        zone = system.rules().register.working_days.zone
        found = measured(system, _chosen(asked, zone))
        if session.as_json:
            saying.say_json({"schema": SCHEMA, "series": [as_plain(s) for s in found]})
            return
        texts = session.texts
        if not found:
            saying.say(texts.say("say.measurements_none"))
        for section in series_sections(found, texts):
            say_section(section, texts)


def _chosen(asked: Asked, zone: tzinfo) -> Chosen:
    return Chosen(
        series=asked.series,
        area=asked.area,
        metric=_metric(asked.metric) if asked.metric else None,
        happened=_ended(asked.as_of, zone),
        recorded=_ended(asked.as_known, zone),
        internal=asked.internal,
    )


def _ended(text: str | None, zone: tzinfo) -> datetime | None:
    return moment(text, zone, END_OF_DAY) if text else None


def as_plain(series: Measurements) -> object:
    """Return a series as JSON has it."""
    return SERIES.dump_python(series, mode="json")


# ---- correcting and telling ----


def correct(session: Session, series: str, **given: Any) -> None:
    """Say that a figure is another one; what is not said stays as it was."""
    with session.system() as system:
        cell = _cell(given)
        old = _figure_in(system, series, cell)
    new = {name: given.pop(name) for name in IN_FIGURE}
    said = {name: _whole(it) for name, it in new.items() if it is not None}
    body = {**(old.model_dump() if old else {}), **said, "unit": UNIT_OF[cell.metric]}
    told = {**given, "series": series, "cell": cell, "figure": body}
    ask_about(session, CorrectValue, series, told)


def _figure_in(system: Gadelys, series: str, cell: Cell) -> Figure | None:
    return fold(system.store.load(stream_of(series))).figures.get(cell)


def withdraw(session: Session, series: str, **given: Any) -> None:
    """Take a figure out that should not be there."""
    cell = _cell(given)
    ask_about(session, WithdrawValue, series, {**given, "series": series, "cell": cell})


def list_area(session: Session, series: str, **given: Any) -> None:
    """Say that an area has joined a series, or has left it."""
    ask_about(session, ListArea, series, {**given, "series": series})


def tell(session: Session, focus: str, indicator: str, **given: Any) -> None:
    """Tell one indicator of an effort."""
    value = _whole(given.pop("value"))
    told = {**given, "focus": focus, "indicator": indicator, "value": value}
    ask_about(session, RecordIndicator, f"{focus} {indicator}", told)


def _whole(value: object) -> object:
    """Return a number as it was typed: 12, although the option could hold 12.5."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _cell(given: dict[str, Any]) -> Cell:
    """Take out of the options which figure is meant.

    Raises: Misused (bad_input).
    """
    said: Mapping[str, Any] = {
        "metric": _metric(given.pop("metric")),
        "area": given.pop("area"),
        "year": given.pop("year"),
        "period": given.pop("period"),
    }
    cell: Cell = read_options(Cell, said)
    return cell


def _metric(text: str) -> Metric:
    try:
        return Metric(text)
    except ValueError as problem:
        raise saying.bad_value(f"--metric: {', '.join(Metric)}") from problem
