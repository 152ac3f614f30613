"""walk-file/1: a walk, its findings, and what has happened to them so far.

Source: the format's own description in docs/walk-file.md.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, tzinfo
from functools import cached_property, partial
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn, Self, cast

from pydantic import (
    AwareDatetime,
    Field,
    PrivateAttr,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic_core import from_json

from adapters.errors import first_problem
from adapters.files.documents import Document
from adapters.files.reading import read_text
from adapters.files.register_file import read_register
from domain.errors import Code, DomainError, Refused
from domain.finding.commands import BY_NAME as FINDING_COMMANDS
from domain.free_text import refuse_cpr_in
from domain.handling import AnyCommand
from domain.messages import Command, Stamp, derived_id
from domain.persons import cpr_like
from domain.publication.commands import BY_NAME as PUBLICATION_COMMANDS
from domain.publication.events import Form, PublicationKind
from domain.register.adoption import AdoptRegister
from domain.register.model import Register
from domain.roster.commands import BY_NAME as ROSTER_COMMANDS
from domain.values import (
    Actor,
    Channel,
    Count,
    FindingNumber,
    Point,
    PublicationNumber,
    Severity,
    ShortText,
    StreamId,
    Value,
    WalkNumber,
)
from domain.walk.commands import BY_NAME as WALK_COMMANDS
from domain.walk.commands import RecordWalk
from domain.walk.events import Attendance, MeetingPoint, WalkPlan

NOON = time(12)
EXPECTED = "expected_on_"
WALK, ROSTER, REGISTERS, CONTACTS = "walk", "roster", "registers", "contacts"


class WalkSection(Value):
    """The walk as it took place; `history` where more is known than that."""

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
    history: tuple[dict[str, Any], ...] = ()


class ContactSection(Value):
    """How to reach a participant who asked; kept apart from all facts."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]{10}$")]
    channel: Literal["mail", "letter"]
    address: str
    lang: Literal["da", "en"] = "da"


class PublicationSection(Value):
    """A text that both authorities sign, and what became of it."""

    number: PublicationNumber
    kind: PublicationKind
    title: ShortText
    walk: WalkNumber | None = None
    finding: FindingNumber | None = None
    supersedes: PublicationNumber | None = None
    history: Annotated[tuple[dict[str, Any], ...], Field(min_length=1)]


class RegisterSection(Value):
    """Another register comes into force; `file` lies beside this file."""

    file: str
    by: Actor
    on: str | None = None
    at: str | None = None


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
    publications: tuple[PublicationSection, ...] = ()
    roster: tuple[dict[str, Any], ...] = ()
    registers: tuple[RegisterSection, ...] = ()
    contacts: tuple[ContactSection, ...] = ()
    expected: dict[date, dict[str, Any]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _numbers_are_unique(self) -> "WalkFile":
        """Refuse a file that uses a number for two findings."""
        numbers = [found.number for found in self.all_findings]
        if twice := sorted(n for n, times in Counter(numbers).items() if times > 1):
            message = f"findings listed twice: {', '.join(twice)}"
            raise ValueError(message)
        return self

    _rules: dict[str, Register] = PrivateAttr(default_factory=dict)

    @property
    def rules(self) -> Mapping[str, Register]:
        """The registers that come into force, by the file that holds them."""
        return self._rules

    def with_rules(self, rules: Mapping[str, Register]) -> Self:
        """Return the file with the registers that lie beside it."""
        self._rules.update(rules)
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
    """One command of a file, and where it stands there; `index` counts from 1.

    `section` is the number of the finding or publication, or the word for
    another part of the file. `document` is the text that a draft is about.
    """

    at: datetime
    section: str
    index: int
    command: AnyCommand
    document: Document | None = None

    @property
    def stream(self) -> StreamId | None:
        """What it concerns; `None` for everything: other rules."""
        if isinstance(self.command, AdoptRegister):
            return None
        return self.command.stream


def read_walk_file(path: Path) -> WalkFile:
    """Return the file in `path`, checked against the format only.

    Raises: Refused (bad_file, not_utf8, file_too_large); NotFound (bad_file).
    """
    text = read_text(path)
    try:
        content = from_json(text)
        if not isinstance(content, dict):
            raise Refused(Code.BAD_FILE, file=path.name, problem="not a JSON object")
        file = WalkFile.model_validate(_with_expectations(content))
    except ValidationError as problem:
        raise Refused(
            Code.BAD_FILE, file=path.name, problem=first_problem(problem)
        ) from problem
    except ValueError as problem:
        raise Refused(Code.BAD_FILE, file=path.name, problem=str(problem)) from problem
    rules = {one.file: read_register(path.parent / one.file) for one in file.registers}
    return file.with_rules(rules)


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

    Raises: Refused (bad_file, cpr_number) naming finding and entry.
    """
    zone = register.working_days.zone
    _refuse_bad_contacts(file, name)
    found = [
        *_walk_entries(file, name, register),
        *_finding_entries(file, name, zone),
        *_publication_entries(file, name, zone),
        *_listed(
            file.roster,
            "roster",
            name,
            lambda index, raw: _roster_entry(file, index, raw, zone),
        ),
        *_register_entries(file, name, zone),
    ]
    return tuple(_in_order(found))


def _refuse_bad_contacts(file: WalkFile, name: str) -> None:
    for index, contact in enumerate(file.contacts, start=1):
        try:
            refuse_cpr_in("address", contact.address)
        except Refused as problem:
            refuse_entry(problem, name, CONTACTS, index)


def refuse_entry(problem: DomainError, file: str, section: str, index: int) -> NoReturn:
    """Raise `problem` again, naming where in the file it stands."""
    # A section can itself be what must not be repeated.
    shown = "?" if next(cpr_like(section), None) else section
    where = {"file": file, "finding": shown, "entry": index}
    raise type(problem)(problem.code, **{**problem.context, **where}) from problem


def _listed(
    history: Sequence[dict[str, Any]],
    section: str,
    name: str,
    read: Callable[[int, dict[str, Any]], FileEntry],
) -> Iterator[FileEntry]:
    """Read one list of entries; a bad one is named by its place."""
    for index, raw in enumerate(history, start=1):
        try:
            yield read(index, raw)
        except DomainError as problem:
            refuse_entry(problem, name, section, index)


def _in_order(found: list[FileEntry]) -> list[FileEntry]:
    """Sort by time, never turning the entries of one section around."""
    latest: dict[str, datetime] = {}
    keyed = []
    for place, entry in enumerate(found):
        moment = max(entry.at, latest.get(entry.section, entry.at))
        latest[entry.section] = moment
        # The walk itself begins: everything else refers to it.
        keyed.append((place > 0, moment, place, entry))
    keyed.sort(key=lambda item: item[:3])
    return [entry for *_, entry in keyed]


def _walk_entries(file: WalkFile, name: str, register: Register) -> Iterator[FileEntry]:
    """Yield what happened to the walk; without a history it just took place."""
    if not file.walk.history:
        yield _as_it_took_place(file, register)
        return
    zone = register.working_days.zone
    yield from _listed(
        file.walk.history,
        WALK,
        name,
        lambda index, raw: _walk_entry(file, index, raw, zone),
    )


def _plan_of(walk: WalkSection) -> WalkPlan:
    return WalkPlan(
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


def _record_of(walk: WalkSection) -> dict[str, Any]:
    """Return what the file says of the day itself."""
    return {
        "plan": _plan_of(walk),
        "attendance": Attendance(
            participants=walk.participants,
            of_which=walk.participants_of_which,
            weather=walk.weather,
            light=walk.light,
        ),
        "minutes_due": walk.minutes_due,
        "follow_up_on": walk.follow_up_on,
    }


def _as_it_took_place(file: WalkFile, register: Register) -> FileEntry:
    walk = file.walk
    stamp = Stamp(
        by=register.coordinators.municipality,
        at=walk.ends_at,
        command_id=derived_id("walk-file", walk.number),
    )
    command = RecordWalk(stamp=stamp, number=walk.number, **_record_of(walk))
    return FileEntry(walk.ends_at, WALK, 1, command)


def _walk_entry(
    file: WalkFile, index: int, raw: dict[str, Any], zone: tzinfo
) -> FileEntry:
    walk, do = file.walk, raw.get("do")
    told: dict[str, Any] = {"number": walk.number}
    match do:
        case "request":
            told |= {"area": walk.area, "theme": walk.theme}
        case "plan":
            told |= {"plan": _plan_of(walk), "follow_up_on": walk.follow_up_on}
        case "record":
            told |= _record_of(walk)
        case _:
            pass
    key = ("walk-file", walk.number, WALK, index)
    return _entry(raw, WALK_COMMANDS, told, key, zone, WALK, index)


def _finding_entries(file: WalkFile, name: str, zone: tzinfo) -> Iterator[FileEntry]:
    for finding in file.all_findings:
        yield from _listed(
            finding.history,
            finding.number,
            name,
            partial(_finding_entry, file, finding, zone),
        )


def _finding_entry(
    file: WalkFile,
    finding: FindingSection,
    zone: tzinfo,
    index: int,
    raw: dict[str, Any],
) -> FileEntry:
    told = _told(file, finding) if raw.get("do") in {"report", "refer_out"} else {}
    key = ("walk-file", file.walk.number, finding.number, index)
    told = {**told, "number": finding.number}
    return _entry(raw, FINDING_COMMANDS, told, key, zone, finding.number, index)


def _publication_entries(
    file: WalkFile, name: str, zone: tzinfo
) -> Iterator[FileEntry]:
    for section in file.publications:
        documents = _documents(section)
        yield from _listed(
            section.history,
            section.number,
            name,
            partial(_publication_entry, file, section, documents, zone),
        )


def _documents(section: PublicationSection) -> list[Document | None]:
    """Return the text that each entry is about: the draft before it, or its own."""
    latest: Document | None = None
    documents = []
    for raw in section.history:
        if raw.get("do") == "draft" and isinstance(text := raw.get("text"), str):
            latest = Document(text.encode(), Form.MD)
        documents.append(latest)
    return documents


def _publication_entry(
    file: WalkFile,
    section: PublicationSection,
    documents: list[Document | None],
    zone: tzinfo,
    index: int,
    raw: dict[str, Any],
) -> FileEntry:
    document, do = documents[index - 1], raw.get("do")
    if document and do == "draft":
        refuse_cpr_in("document", document.text)
    told: dict[str, Any] = {"number": section.number}
    if document and do in {"draft", "approve"}:
        told["content"] = document.content
    if do == "draft":
        told |= {
            "kind": section.kind,
            "title": section.title,
            "walk": section.walk,
            "finding": section.finding,
            "supersedes": section.supersedes,
        }
    own = {key: value for key, value in raw.items() if key != "text"}
    key = ("walk-file", file.walk.number, section.number, index)
    entry = _entry(own, PUBLICATION_COMMANDS, told, key, zone, section.number, index)
    return replace(entry, document=document if do == "draft" else None)


def _roster_entry(
    file: WalkFile, index: int, raw: dict[str, Any], zone: tzinfo
) -> FileEntry:
    key = ("walk-file", file.walk.number, ROSTER, index)
    return _entry(raw, ROSTER_COMMANDS, {}, key, zone, ROSTER, index)


def _register_entries(file: WalkFile, name: str, zone: tzinfo) -> Iterator[FileEntry]:
    def read(index: int, raw: dict[str, Any]) -> FileEntry:
        told = {"rules": file.rules[raw["file"]]}
        own = {key: value for key, value in raw.items() if key != "file"}
        key = ("walk-file", file.walk.number, REGISTERS, index)
        adopt = {"do": AdoptRegister.NAME, **own}
        commands = {AdoptRegister.NAME: AdoptRegister}
        return _entry(adopt, commands, told, key, zone, REGISTERS, index)

    sections = [one.model_dump(exclude_none=True) for one in file.registers]
    yield from _listed(sections, REGISTERS, name, read)


def _entry(
    raw: dict[str, Any],
    commands: Mapping[str, type[Command]],
    told: dict[str, Any],
    key: tuple[object, ...],
    zone: tzinfo,
    section: str,
    index: int,
) -> FileEntry:
    """Return one entry as a command; what the file says elsewhere is in `told`."""
    fields = dict(raw)
    name, by = fields.pop("do", None), fields.pop("by", None)
    at = _moment(fields.pop("on", None), fields.pop("at", None), zone)
    if (command_class := commands.get(str(name))) is None:
        raise Refused(Code.BAD_INPUT, field="do", problem=f"unknown command {name}")
    if taken := sorted({"number", "stamp"} & set(fields)):
        raise Refused(Code.BAD_INPUT, field=taken[0])
    wanted = {k: v for k, v in told.items() if k in command_class.model_fields}
    stamp = {"by": by, "at": at, "command_id": derived_id(*key)}
    try:
        command = command_class.model_validate({**wanted, **fields, "stamp": stamp})
    except ValidationError as problem:
        raise Refused(Code.BAD_INPUT, field=first_problem(problem)) from problem
    return FileEntry(at, section, index, cast("AnyCommand", command))


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
