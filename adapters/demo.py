"""Playing a walk file: its entries at their times, the follow-up by Temporal."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import partial
from pathlib import Path
from typing import Any

from adapters import system as installation
from adapters.bootstrap import dispatcher_of, working
from adapters.files.importing import keep_beside, lay_out, rehearse
from adapters.files.walk_file import (
    FileEntry,
    WalkFile,
    entries,
    read_walk_file,
    refuse_entry,
)
from adapters.ledger.checking import Verdict, check
from adapters.ledger.signing import ledger_of, sign_now
from adapters.reports import walk_report_of
from adapters.settings import Settings
from adapters.system import Gadelys
from adapters.temporal import server
from adapters.temporal.client import connect
from adapters.temporal.skipping import Calendar, Entry, PlayedTimes
from domain.errors import DomainError
from domain.messages import Stamp, derived_id
from domain.register.adoption import AdoptRegister
from domain.register.model import Register

END_OF_DAY = time(23, 59, 59)
START_PATIENCE_S = 20


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure of the report that is not what the file expects."""

    what: str
    expected: object
    found: object


@dataclass(frozen=True, slots=True)
class Played:
    """The end of a demo: the report, and how it differs from what is expected.

    `expected` says whether the file expects anything on that day;
    `from_the_request` whether it tells of the walk from its very beginning;
    `verdict` whether its history is what was signed.
    """

    walk: str
    notice: str
    day: date
    report: dict[str, Any]
    expected: bool
    from_the_request: bool
    differences: tuple[Difference, ...]
    verdict: Verdict


async def play(
    settings: Settings,
    register: Register,
    path: Path,
    until: date | None,
    on_moment: Callable[[datetime], None],
    on_end: Callable[[Gadelys, Played], None],
) -> Played:
    """Play the walk file at `path` in the empty store of `settings`.

    Args:
        settings: where the temporary store lies.
        register: the rules to adopt.
        path: the walk file.
        until: last day, local; default: the day the file expects something, or
            else that of its last entry.
        on_moment: is told each moment that is played.
        on_end: is given the store while it is still open.

    Raises: DomainError, before anything is played, when the file is refused.
    """
    file = read_walk_file(path)
    ordered = entries(file, path.name, register)
    times = PlayedTimes(now=_begin(ordered, register))
    installation.migrate(settings)
    with installation.opened(settings, now=lambda: times.now) as system:
        _adopt(system, register)
        rehearse(system, file, path.name, played=True)
        keep_beside(system, file, path.name)
        last = until or _last_day(file, register)
        await _play(system, times, file, path.name, last, on_moment)
        played = _outcome(system, file, last, await _verified(system))
        on_end(system, played)
    return played


async def _play(
    system: Gadelys,
    times: PlayedTimes,
    file: WalkFile,
    name: str,
    last: date,
    on_moment: Callable[[datetime], None],
) -> None:
    register = system.rules().register
    acts = [
        Entry(one.at, one.stream, partial(_submit, system, one, name))
        for one in entries(file, name, register)
    ]
    port = server.free_port()
    process = server.start(port, options=server.SKIPPING_TIME)
    try:
        address = f"{server.LOOPBACK}:{port}"
        client = await connect(address, patience_s=START_PATIENCE_S)
        dispatcher = dispatcher_of(system, client, times)
        async with working(system, client, times):
            calendar = Calendar(system, client, dispatcher, times)
            until = register.working_days.moment(last, END_OF_DAY)
            await calendar.play(acts, until, on_moment)
    finally:
        server.stop(process)


def _submit(system: Gadelys, entry: FileEntry, name: str) -> None:
    try:
        system.submit(entry.command, time_matters=True)
        lay_out(system, entry)
    except DomainError as refusal:
        refuse_entry(refusal, name, entry.section, entry.index)


def _begin(ordered: Sequence[FileEntry], register: Register) -> datetime:
    """Return when the calendar starts: the first midnight before everything."""
    calendar = register.working_days
    first_day = calendar.local_day(min(entry.at for entry in ordered))
    return calendar.moment(first_day, time(0))


def _adopt(system: Gadelys, register: Register) -> None:
    by = register.coordinators.municipality
    command_id = derived_id("demo", "register")
    stamp = Stamp(by=by, at=system.now(), command_id=command_id)
    system.submit(AdoptRegister(stamp=stamp, rules=register))


def _last_day(file: WalkFile, register: Register) -> date:
    if file.expected:
        return max(file.expected)
    ordered = entries(file, "", register)
    return register.working_days.local_day(max(entry.at for entry in ordered))


async def _verified(system: Gadelys) -> Verdict:
    """Sign all that was stored, and check it as an auditor would."""
    await sign_now(system)
    ledger = ledger_of(system)
    return check(ledger.store, ledger.book, ledger.trust)


def _outcome(system: Gadelys, file: WalkFile, day: date, verdict: Verdict) -> Played:
    report = walk_report_of(system, file.walk.number, day)
    expected = file.expected.get(day)
    return Played(
        walk=file.walk.number,
        notice=file.notice,
        day=day,
        report=report,
        expected=expected is not None,
        from_the_request=bool(file.walk.history),
        differences=tuple(_differences(expected or {}, report)),
        verdict=verdict,
    )


def _differences(
    expected: Mapping[str, Any], report: dict[str, Any]
) -> list[Difference]:
    """Compare what the file names; `verify_due` and the like are per finding."""
    per_finding = {"verify_due": "verify_due", "fix_due_after_reopen": "fix_due"}
    differences = []
    for what, wanted in expected.items():
        if what == "scope":
            continue
        if field := per_finding.get(what):
            cases = report["findings"]
            found: object = {n: cases.get(n, {}).get(field) for n in wanted}
        else:
            found = report.get(what)
        if found != wanted:
            differences.append(Difference(what, wanted, found))
    return differences
