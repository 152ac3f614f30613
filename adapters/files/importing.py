"""Importing a walk file: everything is checked before anything is stored."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from adapters.files.documents import Documents
from adapters.files.walk_file import (
    FileEntry,
    WalkFile,
    entries,
    read_walk_file,
    refuse_entry,
)
from adapters.persistence.contacts import Contact, Contacts
from adapters.system import Gadelys
from domain.errors import Code, Conflict, DomainError
from domain.free_text import free_texts
from domain.handling import handle
from domain.persons import persons
from domain.ports import RulesInForce
from domain.rehearsal import Rehearsal, RehearsedRules
from domain.values import WalkNumber

ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did; `future` counts entries that lie ahead of now.

    `persons` are the entries with a text that may name a person, as section and
    place; one that has several such texts is there as often.
    """

    walk: WalkNumber
    facts: int
    findings: int
    future: int
    persons: tuple[tuple[str, int], ...] = ()


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
        keep_beside(system, file, path.name)
        try:
            system.store.append(rehearsal.decisions, system.now())
        except Conflict as conflict:
            # Somebody worked on the same cases while the file was checked.
            if conflict.code is not Code.STALE_VERSION:
                raise
            continue
        ordered = entries(file, path.name, system.rules().register)
        for entry in ordered:
            lay_out(system, entry)
        return _outcome(system, file, ordered, rehearsal)
    raise Conflict(Code.BUSY, stream=file.walk.number, attempts=ATTEMPTS)


def rehearse(
    system: Gadelys,
    file: WalkFile,
    name: str,
    on_entry: Callable[[int, int], None] = lambda *_: None,
    *,
    played: bool = False,
) -> Rehearsal:
    """Decide every entry of `file` in order, storing nothing.

    Args:
        system: where it will be stored.
        file: what was read.
        name: of the file, for errors.
        on_entry: is told how many entries of how many were checked.
        played: whether messages will be sent between the entries, so that nobody
            can know beforehand who has been answered.

    Raises: DomainError naming file, finding and entry.
    """
    rehearsal = Rehearsal(system.store.with_restricted())
    ordered = entries(file, name, system.rules().register)
    rules = RehearsedRules(system.rules, rehearsal)
    for nth, entry in enumerate(ordered, start=1):
        try:
            _decide(system, rules, rehearsal, entry, name)
        except DomainError as refusal:
            if not played or refusal.code is not Code.PARTICIPANTS_UNANSWERED:
                raise
        on_entry(nth, len(ordered))
    return rehearsal


def _decide(
    system: Gadelys,
    rules: RulesInForce,
    rehearsal: Rehearsal,
    entry: FileEntry,
    name: str,
) -> None:
    try:
        handle(entry.command, rehearsal, rules, system.now(), time_matters=True)
    except DomainError as refusal:
        refuse_entry(refusal, name, entry.section, entry.index)


def lay_out(system: Gadelys, entry: FileEntry) -> None:
    """Bring the public folder in line with what happened to a publication."""
    stream = entry.stream
    if stream and stream.startswith("publication/"):
        number = stream.partition("/")[2]
        _documents(system).lay_out(number, system.store.load(stream))


def _documents(system: Gadelys) -> Documents:
    settings = system.settings
    return Documents(settings.documents_folder, settings.published_folder)


def keep_beside(system: Gadelys, file: WalkFile, name: str) -> None:
    """Keep what belongs to a file but is no fact: its texts and its contacts."""
    documents = _documents(system)
    for entry in entries(file, name, system.rules().register):
        if entry.document:
            documents.keep(entry.document)
    if file.contacts:
        with closing(Contacts(system.settings.contacts_file)) as contacts:
            for one in file.contacts:
                contacts.keep(Contact(one.id, one.channel, one.address, one.lang))


def _outcome(
    system: Gadelys, file: WalkFile, ordered: Sequence[FileEntry], rehearsal: Rehearsal
) -> Imported:
    now = system.now()
    events = [event for decision in rehearsal.decisions for event in decision.events]
    streams = {d.stream for d in rehearsal.decisions if d.events}
    stored = {d.command_id for d in rehearsal.decisions if d.events}
    new = [entry for entry in ordered if entry.command.stamp.command_id in stored]
    return Imported(
        walk=file.walk.number,
        facts=len(events),
        findings=sum(stream.startswith("finding/") for stream in streams),
        future=sum(event.stamp.at > now for event in events),
        persons=tuple(_naming(new)),
    )


def _naming(new: Iterable[FileEntry]) -> Iterator[tuple[str, int]]:
    """Yield each text among new entries that may name a person, by its place."""
    for entry in new:
        document = entry.document.text if entry.document else ""
        for _, text in (*free_texts(entry.command), ("document", document)):
            if persons(text):
                yield entry.section, entry.index
