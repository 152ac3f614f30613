"""Importing a walk file: everything is checked before anything is stored."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from adapters.files.walk_file import (
    FileEntry,
    WalkFile,
    entries,
    read_walk_file,
    refuse_entry,
)
from adapters.system import Gadelys
from domain.errors import Code, Conflict, DomainError
from domain.handling import handle
from domain.rehearsal import Rehearsal
from domain.values import WalkNumber

ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did; `future` counts entries that lie ahead of now."""

    walk: WalkNumber
    facts: int
    findings: int
    future: int


def import_walk(
    system: Gadelys, path: Path, on_entry: Callable[[int, int], None] = lambda *_: None
) -> Imported:
    """Store what is new in the walk file at `path`, all or nothing.

    The same file again stores nothing; appended entries are taken; a changed
    entry is a conflict.

    Args:
        system: where to.
        path: the file.
        on_entry: is told how many entries of how many were checked.

    Raises: DomainError naming file, finding and entry.
    """
    file = read_walk_file(path)
    for _ in range(ATTEMPTS):
        rehearsal = rehearse(system, file, path.name, on_entry)
        try:
            system.store.append(rehearsal.decisions, system.now())
        except Conflict as conflict:
            # Somebody worked on the same cases while the file was checked.
            if conflict.code is not Code.STALE_VERSION:
                raise
            continue
        return _outcome(system, file, rehearsal)
    raise Conflict(Code.BUSY, stream=file.walk.number, attempts=ATTEMPTS)


def rehearse(
    system: Gadelys,
    file: WalkFile,
    name: str,
    on_entry: Callable[[int, int], None] = lambda *_: None,
) -> Rehearsal:
    """Decide every entry of `file` in order, storing nothing.

    Raises: DomainError naming file, finding and entry.
    """
    rehearsal = Rehearsal(system.store)
    ordered = entries(file, name, system.rules().register)
    for nth, entry in enumerate(ordered, start=1):
        _decide(system, rehearsal, entry, name)
        on_entry(nth, len(ordered))
    return rehearsal


def _decide(system: Gadelys, rehearsal: Rehearsal, entry: FileEntry, name: str) -> None:
    try:
        handle(entry.command, rehearsal, system.rules, system.now(), time_matters=True)
    except DomainError as refusal:
        refuse_entry(refusal, name, entry.finding, entry.index)


def _outcome(system: Gadelys, file: WalkFile, rehearsal: Rehearsal) -> Imported:
    now = system.now()
    events = [event for decision in rehearsal.decisions for event in decision.events]
    streams = {d.stream for d in rehearsal.decisions if d.events}
    return Imported(
        walk=file.walk.number,
        facts=len(events),
        findings=sum(stream.startswith("finding/") for stream in streams),
        future=sum(event.stamp.at > now for event in events),
    )
