"""From options to a command: the stamp is made here, and nowhere deeper."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from adapters.cli import saying
from adapters.cli.looking import submit
from adapters.cli.session import Session
from adapters.cli.verbs import IN_PLAN
from adapters.errors import first_problem
from adapters.numbering import FINDINGS
from adapters.system import Gadelys
from domain.errors import Code, NotFound, Refused
from domain.finding.commands import BY_NAME as FINDING_COMMANDS
from domain.finding.commands import ReportFinding
from domain.handling import AnyCommand
from domain.messages import Command, Stamp
from domain.ports import Receipt
from domain.values import Actor, Severity
from domain.walk.commands import BY_NAME as WALK_COMMANDS

NOON = time(12)
STOP = ("lat", "lon", "name")
"""The parts of a stop as they are typed."""

TOLERANCE = timedelta(minutes=5)
"""How far two clocks may differ before a time counts as in the future."""


def ask_finding(session: Session, name: str, number: str | None, **given: Any) -> None:
    """Submit one command about a finding and say what came of it."""
    with session.system() as system:
        if number is None:
            FINDINGS.first_free(
                system, lambda free: _ask_finding(session, system, name, free, given)
            )
        else:
            _ask_finding(session, system, name, number, given)


def _ask_finding(
    session: Session,
    system: Gadelys,
    name: str,
    number: str,
    given: Mapping[str, Any],
) -> None:
    session.number = number
    told = {key: value for key, value in given.items() if value is not None}
    stamp, expected = _stamp(told, system), told.pop("expected_version", None)
    checked = told.pop("checked", False)
    told = _with_values(_with_point(told), _zone(system))
    body = {**told, "number": number, "stamp": stamp}
    command = _built(FINDING_COMMANDS[name], body)
    if isinstance(command, ReportFinding):
        _report(session, system, command, expected, checked=checked)
        return
    receipt = submit(session, system, command, expected, checked=checked)
    _say(session, system, number, receipt)


def _report(
    session: Session,
    system: Gadelys,
    command: ReportFinding,
    expected: int | None,
    *,
    checked: bool,
) -> None:
    """Store a report; of something acute, say whom to call before and after (R18)."""
    acute = command.severity is Severity.ACUTE
    if acute:
        saying.note(session.texts.say("say.acute_first"))
    receipt = submit(session, system, command, expected, checked=checked)
    _say(session, system, command.number, receipt)
    if acute and command.called_at is None:
        saying.note(session.texts.say("say.acute_call", number=command.number))
    if command.point and receipt.facts:
        _suggest_duplicates(session, system, command)


def ask_walk(session: Session, name: str, number: str, **given: Any) -> None:
    """Submit one command about a walk and say what came of it."""
    with session.system() as system:
        session.number = number
        told = {key: value for key, value in given.items() if value is not None}
        stamp, expected = _stamp(told, system), told.pop("expected_version", None)
        checked = told.pop("checked", False)
        for several in {"groups", "owners"} & told.keys():
            told[several] = tuple(told[several].split(","))
        if "stops" in told:
            told["stops"] = stops(told["stops"])
        if name in {"plan", "record"}:
            told = _with_plan(told, _zone(system))
        body = {**told, "number": number, "stamp": stamp}
        command = _built(WALK_COMMANDS[name], body)
        receipt = submit(session, system, command, expected, checked=checked)
        _say(session, system, number, receipt)


def _suggest_duplicates(
    session: Session, system: Gadelys, command: ReportFinding
) -> None:
    if session.as_json:
        return
    from adapters.cli.duplicates import suggest

    suggest(session, system, command.number, str(command.stamp.by))


def ask_about(
    session: Session, kind: type[Command], about: str, given: Mapping[str, Any]
) -> None:
    """Submit a command that has no number, and say what came of it."""
    with session.system() as system:
        told = {key: value for key, value in given.items() if value is not None}
        stamp, expected = _stamp(told, system), told.pop("expected_version", None)
        checked = told.pop("checked", False)
        command = _built(kind, {**told, "stamp": stamp})
        receipt = submit(session, system, command, expected, checked=checked)
        _say(session, system, about, receipt)


def moment(text: str, zone: tzinfo, of_day: time = NOON) -> datetime:
    """Return an aware moment; a bare date means `of_day`, local time.

    Raises: Misused (bad_input) when `text` is neither date nor time.
    """
    try:
        if len(text) == len("2026-11-22"):
            return datetime.combine(date.fromisoformat(text), of_day, tzinfo=zone)
        at = datetime.fromisoformat(text)
    except ValueError as problem:
        raise saying.bad_value(f"{text}: 2026-11-22, 2026-11-22T08:30") from problem
    return at if at.tzinfo else at.replace(tzinfo=zone)


def _zone(system: Gadelys) -> tzinfo:
    try:
        return system.rules().register.working_days.zone
    except NotFound:
        return ZoneInfo("Europe/Copenhagen")


def _stamp(told: dict[str, Any], system: Gadelys) -> Stamp:
    """Take who, when and which command out of the options."""
    by, at, command_id = (told.pop(key, None) for key in ("by", "at", "command_id"))
    happened = moment(at, _zone(system)) if at else datetime.now(UTC)
    if happened > system.now() + TOLERANCE:
        raise Refused(Code.DATE_IN_FUTURE, field="at", date=happened.isoformat())
    try:
        actor = Actor.parse(by or "")
        identity = UUID(command_id) if command_id else uuid4()
    except ValueError as problem:
        raise saying.bad_value(f"--by/--command-id: {problem}") from problem
    return Stamp(by=actor, at=happened, command_id=identity)


def _with_point(told: dict[str, Any]) -> dict[str, Any]:
    lat, lon = told.pop("lat", None), told.pop("lon", None)
    if (lat is None) != (lon is None):
        raise saying.bad_value("--lat, --lon")
    return told if lat is None else {**told, "point": {"lat": lat, "lon": lon}}


def _with_values(told: Mapping[str, Any], zone: tzinfo) -> dict[str, Any]:
    """Read what is more than one word: a moment, and counts of people by group."""
    values = dict(told)
    if called_at := told.get("called_at"):
        values["called_at"] = moment(called_at, zone)
    if attendance := told.get("attendance"):
        values["attendance"] = counts(attendance)
    return values


def counts(text: str) -> tuple[tuple[str, int], ...]:
    """Return the headcount of each group: `residents=12,youth=4`.

    Raises: Misused (bad_input) when `text` is something else.
    """
    pairs = [pair.partition("=") for pair in text.split(",")]
    if not all(group.strip() and number.isdecimal() for group, _, number in pairs):
        raise saying.bad_value(f"{text}: residents=12,youth=4")
    return tuple((group.strip(), int(number)) for group, _, number in pairs)


def stops(text: str) -> tuple[dict[str, str], ...]:
    """Return the stops of a route: `57.0264 9.9989 Tunnelen; 57.0270 9.9995 Torvet`.

    Raises: Misused (bad_input) when `text` is something else.
    """
    parts = [one.split(maxsplit=2) for one in text.split(";") if one.strip()]
    if not parts or any(len(part) < len(STOP) for part in parts):
        raise saying.bad_value(
            f"{text}: 57.0264 9.9989 Tunnelen; 57.0270 9.9995 Torvet"
        )
    return tuple(dict(zip(STOP, part, strict=True)) for part in parts)


def _with_plan(told: Mapping[str, Any], zone: tzinfo) -> dict[str, Any]:
    plan = {key: value for key, value in told.items() if key in IN_PLAN}
    for key in ("starts_at", "ends_at"):
        plan[key] = moment(plan[key], zone)
    rest = {key: value for key, value in told.items() if key not in IN_PLAN}
    return {**rest, "plan": plan}


def _built(command_class: type[Any], body: Mapping[str, Any]) -> AnyCommand:
    command: AnyCommand = read_options(command_class, body)
    return command


def read_options(kind: type[Any], body: Mapping[str, Any]) -> Any:
    """Return a command with what was said.

    Raises: Misused (bad_input) naming the first option that is wrong.
    """
    try:
        return kind.model_validate(body)
    except ValidationError as problem:
        raise saying.bad_value(first_problem(problem)) from problem


def _say(session: Session, system: Gadelys, number: str, receipt: Receipt) -> None:
    if session.as_json:
        saying.say_json({"number": number, **asdict(receipt)})
        return
    if not receipt.facts:
        saying.say(session.texts.say("say.nothing_left"))
        return
    first = receipt.version - receipt.facts
    for fact in system.store.load(receipt.stream)[first : receipt.version]:
        what = session.texts.told(fact.event)
        saying.say(
            session.texts.say(
                "say.done", number=number, what=what, version=fact.version
            )
        )
