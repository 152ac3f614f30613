"""walk-file/1: a walk, its findings, and what has happened to them so far.

Source: the format's own description in docs/walk-file.md.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn

from pydantic import AwareDatetime, Field, ValidationError, model_validator
from pydantic_core import from_json

from adapters.files.reading import first_problem, read_text
from domain.errors import Code, DomainError, Refused
from domain.finding.commands import BY_NAME, PersonCommand
from domain.messages import Stamp, derived_id
from domain.register.model import Register
from domain.values import (
    Actor,
    Channel,
    Count,
    FindingNumber,
    Point,
    Severity,
    ShortText,
    Value,
    WalkNumber,
)
from domain.walk.commands import RecordWalk
from domain.walk.events import Attendance, MeetingPoint, WalkPlan

NOON = time(12)
EXPECTED = "expected_on_"


class WalkSection(Value):
    """The walk as it took place."""

    number: WalkNumber
    municipality_code: str | None = None
    police_district_code: str | None = None
    area: ShortText
    theme: str = ""
    strategy: str | None = None
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    meeting_point: MeetingPoint | None = None
    route_length_m: Count | None = None
    weather: str = ""
    light: str = ""
    minutes_due: date | None = None
    follow_up_on: date | None = None
    participants: tuple[tuple[ShortText, Count], ...] = ()
    participants_of_which: dict[str, Count] = Field(default_factory=dict)


class FindingSection(Value):
    """One finding and its history, oldest entry first.

    `responsible`, `fix_due`, `joint` and `note` are for the reader of the file:
    they follow from the history and are not imported.
    """

    number: FindingNumber
    category: str
    text: str | None = None
    point: Point | None = None
    place: str | None = None
    channel: Channel = Channel.WALK
    severity: Severity = Severity.NORMAL
    responsible: Actor | None = None
    fix_due: date | None = None
    joint: bool = False
    note: str | None = None
    history: Annotated[tuple[dict[str, Any], ...], Field(min_length=1)]


class WalkFile(Value):
    """A whole file; `expected` maps a day to what a report must then say."""

    schema_: Literal["walk-file/1"] = Field(alias="schema")
    notice: str = ""
    walk: WalkSection
    findings: tuple[FindingSection, ...] = ()
    later: tuple[FindingSection, ...] = ()
    expected: dict[date, dict[str, Any]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _numbers_are_unique(self) -> "WalkFile":
        """Refuse a file that uses a number for two findings."""
        numbers = [found.number for found in self.all_findings]
        if twice := sorted(n for n, times in Counter(numbers).items() if times > 1):
            message = f"findings listed twice: {', '.join(twice)}"
            raise ValueError(message)
        return self

    @cached_property
    def on_the_walk(self) -> frozenset[FindingNumber]:
        """The numbers of what was found on the walk itself."""
        return frozenset(finding.number for finding in self.findings)

    @property
    def all_findings(self) -> tuple[FindingSection, ...]:
        """Found on the walk, then found later."""
        return self.findings + self.later


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One command of a file, and where it stands there; `index` counts from 1."""

    at: datetime
    finding: FindingNumber | None
    index: int
    command: PersonCommand | RecordWalk


def read_walk_file(path: Path) -> WalkFile:
    """Return the file in `path`, checked against the format only.

    Raises: Refused (bad_file, not_utf8, file_too_large); NotFound (bad_file).
    """
    text = read_text(path)
    try:
        content = from_json(text)
        if not isinstance(content, dict):
            raise Refused(Code.BAD_FILE, file=path.name, problem="not a JSON object")
        return WalkFile.model_validate(_with_expectations(content))
    except ValidationError as problem:
        raise Refused(
            Code.BAD_FILE, file=path.name, problem=first_problem(problem)
        ) from problem
    except ValueError as problem:
        raise Refused(Code.BAD_FILE, file=path.name, problem=str(problem)) from problem


def _with_expectations(content: dict[str, Any]) -> dict[str, Any]:
    """Gather `expected_on_2026_11_22` and the like under one key."""
    if "expected" in content:
        return content
    dated = [key for key in content if key.startswith(EXPECTED)]
    days = {key.removeprefix(EXPECTED).replace("_", "-"): content[key] for key in dated}
    rest = {key: value for key, value in content.items() if key not in dated}
    return {**rest, "expected": days}


def entries(file: WalkFile, name: str, register: Register) -> tuple[FileEntry, ...]:
    """Return the commands of `file` in the order in which they happened.

    Entries of one finding keep their order; `on` means noon, local time.

    Args:
        file: what was read.
        name: of the file, for errors.
        register: for the time zone and the coordinator.

    Raises: Refused (bad_file) naming finding and entry.
    """
    zone = register.working_days.zone
    found: list[FileEntry] = [_walk_entry(file, register)]
    for finding in file.all_findings:
        for index, raw in enumerate(finding.history, start=1):
            try:
                entry = _entry(file, finding, index, raw, zone)
            except DomainError as problem:
                refuse_entry(problem, name, finding.number, index)
            found.append(entry)
    return tuple(_in_order(found))


def refuse_entry(
    problem: DomainError, file: str, finding: FindingNumber | None, index: int
) -> NoReturn:
    """Raise `problem` again, naming where in the file it stands."""
    where = {"file": file, "finding": finding or "walk", "entry": index}
    raise type(problem)(problem.code, **{**problem.context, **where}) from problem


def _in_order(found: list[FileEntry]) -> list[FileEntry]:
    """Sort by time, never turning the entries of one finding around."""
    latest: dict[FindingNumber | None, datetime] = {}
    keyed = []
    for place, entry in enumerate(found):
        moment = max(entry.at, latest.get(entry.finding, entry.at))
        latest[entry.finding] = moment
        keyed.append((moment, place, entry))
    # The walk itself comes first: its findings refer to it.
    keyed.sort(key=lambda item: (item[2].finding is not None, item[0], item[1]))
    return [entry for _, _, entry in keyed]


def _walk_entry(file: WalkFile, register: Register) -> FileEntry:
    walk = file.walk
    plan = WalkPlan(
        area=walk.area,
        theme=walk.theme,
        strategy=walk.strategy,
        municipality_code=walk.municipality_code,
        police_district_code=walk.police_district_code,
        starts_at=walk.starts_at,
        ends_at=walk.ends_at,
        meeting_point=walk.meeting_point,
        route_length_m=walk.route_length_m,
    )
    attendance = Attendance(
        participants=walk.participants,
        of_which=walk.participants_of_which,
        weather=walk.weather,
        light=walk.light,
    )
    stamp = Stamp(
        by=register.coordinators.municipality,
        at=walk.ends_at,
        command_id=derived_id("walk-file", walk.number),
    )
    command = RecordWalk(
        stamp=stamp,
        number=walk.number,
        plan=plan,
        attendance=attendance,
        minutes_due=walk.minutes_due,
        follow_up_on=walk.follow_up_on,
    )
    return FileEntry(walk.ends_at, None, 1, command)


def _entry(
    file: WalkFile,
    finding: FindingSection,
    index: int,
    raw: dict[str, Any],
    zone: tzinfo,
) -> FileEntry:
    fields = dict(raw)
    name, by = fields.pop("do", None), fields.pop("by", None)
    at = _moment(fields.pop("on", None), fields.pop("at", None), zone)
    if (command_class := BY_NAME.get(str(name))) is None:
        raise Refused(Code.BAD_INPUT, field="do", problem=f"unknown command {name}")
    if taken := sorted({"number", "stamp"} & set(fields)):
        raise Refused(Code.BAD_INPUT, field=taken[0])
    told = _told(file, finding) if name in {"report", "refer_out"} else {}
    wanted = {
        key: value for key, value in told.items() if key in command_class.model_fields
    }
    command_id = derived_id("walk-file", file.walk.number, finding.number, index)
    try:
        command = command_class.model_validate(
            {
                **wanted,
                **fields,
                "number": finding.number,
                "stamp": {"by": by, "at": at, "command_id": command_id},
            }
        )
    except ValidationError as problem:
        raise Refused(Code.BAD_INPUT, field=first_problem(problem)) from problem
    return FileEntry(at, finding.number, index, command)  # type: ignore[arg-type]


def _told(file: WalkFile, finding: FindingSection) -> dict[str, Any]:
    """Return what the finding itself says, for the command that reports it."""
    return {
        "category": finding.category,
        "text": finding.text or "",
        "point": finding.point,
        "place": finding.place,
        "walk": file.walk.number,
        "channel": _channel(file, finding),
        "severity": finding.severity,
    }


def _channel(file: WalkFile, finding: FindingSection) -> Channel:
    """Return how it was found; unless said, the walk or what came after it."""
    if "channel" in finding.model_fields_set or finding.number in file.on_the_walk:
        return finding.channel
    return Channel.OTHER


def _moment(on: object, at: object, zone: tzinfo) -> datetime:
    """Return when it happened: `at` as written, or noon of `on`."""
    try:
        if at is not None and on is None:
            moment = datetime.fromisoformat(_text(at))
            if moment.tzinfo is None:
                raise Refused(Code.BAD_INPUT, field="at", problem="needs an offset")
            return moment
        if on is not None and at is None:
            return datetime.combine(date.fromisoformat(_text(on)), NOON, tzinfo=zone)
    except ValueError as problem:
        raise Refused(Code.BAD_INPUT, field="on/at", problem=str(problem)) from problem
    raise Refused(Code.BAD_INPUT, field="on/at", problem="give exactly one of them")


def _text(value: object) -> str:
    if not isinstance(value, str):
        problem = f"Invalid isoformat string: {value!r}"
        raise Refused(Code.BAD_INPUT, field="on/at", problem=problem)
    return value
