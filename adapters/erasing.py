"""Erasing somebody's words, step by step; each can be repeated, in this order.

The key is destroyed first: from then on nobody can read the words, wherever they lie.
What was made of them goes next, then the address, then the fact is recorded. Stopped
anywhere, it is taken up again from the step after the key.
"""

from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic_core import from_json

from adapters.notify.letters import Letters
from adapters.notify.mailbox import Mailbox
from adapters.persistence.contacts import Contact, Contacts
from adapters.persistence.sealed_words import SUBJECT
from adapters.persistence.subject_keys import KeyState, SubjectKey
from adapters.system import Gadelys
from domain.delivery.decide import fold as fold_delivery
from domain.errors import Code, NotFound, Refused
from domain.finding.events import PhotoAdded
from domain.messages import Event, Recorded, Stamp, derived_id
from domain.personal import DELIVERY, is_participant, personal_paths, subject_of
from domain.register.retention import Disposal
from domain.subject.commands import RecordErasure, stream_of
from domain.subject.decide import check_erasable
from domain.subject.events import SubjectErased
from domain.subject.state import Subject, SubjectStatus, fold
from domain.values import CLOCK, Actor, Shows, StreamId, SubjectRef

PAGE = 5000

RECORDS = ("finding/", "walk/")


@dataclass(frozen=True, slots=True)
class Said:
    """What one fact holds of somebody's words, by field."""

    stream: StreamId
    version: int
    topic: str
    at: datetime
    words: dict[str, str]


@dataclass(frozen=True, slots=True)
class Pictured:
    """One photo that is kept under somebody's key."""

    stream: StreamId
    version: int
    at: datetime
    shows: Shows
    content: str
    jpeg: str | None
    """The photo itself, in base64; none when it was lost."""


def known_subject(system: Gadelys, name: str) -> SubjectKey:
    """Return the entry of whoever is named, by name or reference; make it if needed.

    Raises: NotFound (unknown_subject) when nothing is kept of them.
    """
    keys = system.vault().keys
    found = keys.by_ref(name) or keys.by_name(name)
    if found is None and _is_kept(system, name):
        keys.ensure([name])
        found = keys.by_name(name)
    if found is None:
        raise NotFound(Code.UNKNOWN_SUBJECT, subject=name)
    return found


def subject_state(system: Gadelys, ref: SubjectRef) -> Subject:
    """Return what the rules remember of somebody's words."""
    return fold(system.store.load(stream_of(ref)))


def erase(system: Gadelys, subject: SubjectKey) -> None:
    """Erase somebody's words as two persons have agreed, or go on where it stopped.

    Raises: Refused (subject_held, erasure_not_approved, not_archived) while the key
        is there; Unavailable when a step cannot be done now.
    """
    if subject.state is KeyState.OPEN:
        state = subject_state(system, subject.ref)
        check_erasable(state, subject.ref)
        if state.keeps is not None:
            _refuse_unarchived(system, subject)
        system.vault().destroy(subject.ref)
    finish(system, [subject])


def finish(system: Gadelys, gone: Sequence[SubjectKey]) -> None:
    """Remove what was made of words whose keys are gone, and record that they are."""
    theirs = [(subject, streams_of(system, subject.name)) for subject in gone]
    concerned = dict.fromkeys(stream for _, streams in theirs for stream in streams)
    system.rows.retell(system.store, [*concerned])
    for subject, streams in theirs:
        system.photos.remove_all(subject.ref)
        if is_participant(subject.name):
            _remove_messages(system, streams)
            _remove_address(system, subject.name)
        _record(system, subject, streams)
        system.vault().keys.finish(subject.ref)


def unfinished(system: Gadelys) -> list[SubjectKey]:
    """Return whose words have no key any more, and yet were not erased everywhere."""
    return system.vault().keys.in_state(KeyState.ERASING)


def erase_again(system: Gadelys) -> int:
    """Erase what was erased before facts or keys came back from a backup.

    Also whom keys do not know that are older than somebody's first words.

    Returns: how many subjects were concerned.
    """
    vault = system.vault()
    for ref in _told_erased(system):
        if vault.keys.by_ref(ref) is None:
            vault.keys.enter_erasing(ref, _name_behind(system, ref))
    for open_one in vault.keys.in_state(KeyState.OPEN):
        if subject_state(system, open_one.ref).status is SubjectStatus.ERASED:
            vault.destroy(open_one.ref)
    gone = vault.keys.in_state(KeyState.ERASING, KeyState.ERASED)
    if gone:
        finish(system, gone)
    return len(gone)


def _told_erased(system: Gadelys) -> Iterator[SubjectRef]:
    """Yield whom facts call erased."""
    position = 0
    while rows := system.store.rows(position, PAGE):
        position = rows[-1].position
        for row in rows:
            if row.topic == SubjectErased.TOPIC:
                yield SubjectRef(row.stream.partition("/")[2])


def _name_behind(system: Gadelys, ref: SubjectRef) -> str:
    """Return whose words are sealed under a reference; without any, the reference."""
    sealed = f'"{SUBJECT}":"{ref}"'.encode()
    for stream in system.store.streams_holding(sealed):
        for row in system.store.rows_of(stream):
            if sealed in row.state:
                by = from_json(row.state)["event"]["stamp"]["by"]
                return subject_of(stream, Actor(by))
    return ref


def streams_of(system: Gadelys, name: str) -> tuple[StreamId, ...]:
    """Return the streams that can hold somebody's words; a case's are its own.

    Of a participant, all that mention them: every fact is looked at.
    """
    if is_participant(name):
        return system.store.streams_holding(f'"{name}"'.encode())
    return (StreamId(name),)


def words_of(system: Gadelys, name: str) -> Iterator[Said]:
    """Yield all that is kept of somebody's words, stream by stream, restricted too."""
    store = system.store.with_restricted()
    for stream in streams_of(system, name):
        for fact in store.load(stream):
            words = _words_in(fact.event) if _belongs(fact, name) else {}
            if words:
                at = fact.event.stamp.at
                yield Said(fact.stream, fact.version, fact.event.TOPIC, at, words)


def photos_of(system: Gadelys, name: str) -> Iterator[Pictured]:
    """Yield every photo that is kept under somebody's key.

    Raises: Unavailable (photo_damaged).
    """
    for stream in streams_of(system, name):
        for fact in system.store.load(stream):
            event = fact.event
            if isinstance(event, PhotoAdded) and _belongs(fact, name):
                yield Pictured(
                    stream,
                    fact.version,
                    event.stamp.at,
                    event.shows,
                    event.content,
                    _encoded(system, name, event.content),
                )


def _encoded(system: Gadelys, name: str, content: str) -> str | None:
    try:
        return b64encode(
            system.photos.open(name, content, restricted_too=True)
        ).decode()
    except NotFound:
        return None


def address_of(system: Gadelys, name: str) -> Contact | None:
    """Return how a participant is reached, if that is known."""
    path = system.settings.contacts_file
    if not is_participant(name) or not path.exists():
        return None
    with closing(Contacts(path)) as contacts:
        return contacts.get(_person(name))


def _refuse_unarchived(system: Gadelys, subject: SubjectKey) -> None:
    """Refuse to dispose of words in a record of which the archive lacks a fact.

    A participant's words are part of the cases and walks in which they stand.

    Raises: Refused (not_archived).
    """
    newest: dict[StreamId, int] = {}
    if is_record(subject.name):
        stream = StreamId(subject.name)
        newest[stream] = system.store.version_of(stream)
    for said in words_of(system, subject.name):
        if is_record(said.stream):
            newest[said.stream] = max(said.version, newest.get(said.stream, 0))
    missing = [
        stream
        for stream, version in newest.items()
        if _archived(system, stream) < version
    ]
    if missing and _is_archived_first(system):
        raise Refused(Code.NOT_ARCHIVED, subject=", ".join(sorted(missing)))


def _archived(system: Gadelys, stream: StreamId) -> int:
    """Return how many facts of a stream the archive has."""
    known = system.vault().keys.by_name(stream)
    return (subject_state(system, known.ref).archived or 0) if known else 0


def _is_archived_first(system: Gadelys) -> bool:
    rules = system.rules().register.retention
    return any(rule.then is Disposal.ARCHIVE_THEN_DISPOSE for rule in rules)


def is_record(name: str) -> bool:
    """Whether a stream is a case or a walk, for which there is an archive."""
    return name.startswith(RECORDS)


def _is_kept(system: Gadelys, name: str) -> bool:
    if address_of(system, name) is not None:
        return True
    if is_participant(name):
        return bool(streams_of(system, name))
    return system.store.version_of(StreamId(name)) > 0


def _belongs(fact: Recorded, name: str) -> bool:
    return subject_of(fact.stream, fact.event.stamp.by) == name


def _is_erased(event: Event) -> bool:
    return bool(personal_paths(type(event))) or isinstance(event, PhotoAdded)


def _words_in(event: Event) -> dict[str, str]:
    body = event.model_dump(mode="json", by_alias=True, exclude_none=True)
    found = {}
    for path in personal_paths(type(event)):
        value: Any = body
        for name in path:
            value = value.get(name) if isinstance(value, dict) else None
        if value:
            found[".".join(path)] = value
    return found


def _remove_messages(system: Gadelys, streams: tuple[StreamId, ...]) -> None:
    """Remove letters and mails that lie here with an address on them."""
    letters = Letters(system.settings.letters)
    mailbox = Mailbox(system.settings.mailbox)
    for stream in streams:
        if not stream.startswith(DELIVERY):
            continue
        messages = fold_delivery(system.store.load(stream))
        for batch in range(1, messages.batch + 1 if messages else 0):
            identity = derived_id("message", stream.removeprefix(DELIVERY), batch)
            letters.remove(identity)
            mailbox.remove(identity)


def _remove_address(system: Gadelys, name: str) -> None:
    path = system.settings.contacts_file
    if path.exists():
        with closing(Contacts(path)) as contacts:
            contacts.erase(_person(name))


def _person(name: str) -> str:
    return name.rpartition("/")[2]


def _record(
    system: Gadelys, subject: SubjectKey, streams: tuple[StreamId, ...]
) -> None:
    """Record the erasure once; how much it was is counted from the facts."""
    if subject_state(system, subject.ref).status is SubjectStatus.ERASED:
        return
    facts = [
        fact
        for stream in streams
        for fact in system.store.load(stream)
        if _belongs(fact, subject.name) and _is_erased(fact.event)
    ]
    command_id = derived_id("erasure", subject.ref)
    system.submit(
        RecordErasure(
            stamp=Stamp(by=CLOCK, at=system.now(), command_id=command_id),
            ref=subject.ref,
            facts=len(facts),
            streams=len({fact.stream for fact in facts}),
        )
    )
