"""What an archive gets of a case or a walk: files that need no program of ours.

Everything is in it twice: as JSON for machines, as HTML and text for people. Restricted
words are in it, for what goes to an archive is kept by law; erased ones are gone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from importlib.metadata import version
from typing import Any

from adapters.archive_pages import (
    FORMAT,
    Files,
    Record,
    as_json,
    index_page,
    readable,
)
from adapters.erasing import RECORDS
from adapters.files.documents import Documents
from adapters.ledger.book import Book
from adapters.ledger.evidence import gather
from adapters.ledger.evidence_bundle import bundled
from adapters.ledger.evidence_page import evidence_page
from adapters.persistence.subject_keys import KeyState
from adapters.persistence.trust import read_trust
from adapters.system import Gadelys
from adapters.texts import Texts
from domain.errors import Code, NotFound
from domain.finding.events import PhotoAdded
from domain.personal import subject_of
from domain.publication.events import PublicationDrafted
from domain.register.adoption import REGISTER_STREAM, RegisterAdopted
from domain.values import StreamId
from projections.publications import PUBLICATIONS, PublicationRow

INDEX, MANIFEST, SUMS = "indeks.html", "manifest.json", "SHA256SUMS"
DOCUMENTS, PHOTOS = "dokumenter", "fotos"
PROOF, REGISTERS = "bevis", "register"


@dataclass(frozen=True, slots=True)
class Package:
    """The files of a package by name, and what is in it."""

    files: Mapping[str, bytes]
    records: Sequence[Record]

    @property
    def digest(self) -> str:
        """The SHA-256 of the list of its files."""
        return sha256(self.files[MANIFEST]).hexdigest()


def record_of(system: Gadelys, name: str) -> StreamId:
    """Return the stream of a case or a walk: by its number, or as `walk/NUMBER`.

    Raises: NotFound (unknown_subject).
    """
    asked = [name] if name.startswith(RECORDS) else [one + name for one in RECORDS]
    for stream in map(StreamId, asked):
        if system.store.version_of(stream):
            return stream
    raise NotFound(Code.UNKNOWN_SUBJECT, subject=name)


def package(
    system: Gadelys, streams: Iterable[StreamId], texts: Texts, now: datetime
) -> Package:
    """Return everything about some cases and walks, with the texts about them.

    Raises: NotFound (unknown_document, unknown_photo); Unavailable (document_damaged,
        photo_damaged, unreadable_fact): what is not whole goes to no archive.
    """
    records = [_record(system, stream) for stream in dict.fromkeys(streams)]
    about = [text for one in records for text in _texts_about(system, one)]
    everything = [*records, *{one.stream: one for one in about}.values()]
    files: Files = {}
    for one in everything:
        files |= _in_folder(one, readable(one, texts))
        files |= _in_folder(one, _documents(system, one))
        files |= _in_folder(one, _photos(system, one))
    for one in records:
        files |= _in_folder(one, _proof(system, one, texts))
    files |= _registers(system, everything)
    files[INDEX] = index_page(everything, files, texts, now).encode()
    files[MANIFEST] = as_json(_manifest(everything, files, now))
    files[SUMS] = _sums(files)
    return Package(files, records)


def _record(system: Gadelys, stream: StreamId) -> Record:
    return Record(stream, system.store.with_restricted().load(stream))


def _texts_about(system: Gadelys, record: Record) -> list[Record]:
    system.catch_up([PUBLICATIONS.name])
    rows: list[PublicationRow] = system.rows.rows(PUBLICATIONS)
    return [
        _record(system, StreamId(f"publication/{row.number}"))
        for row in sorted(rows, key=lambda row: row.number)
        if record.number == (row.walk if record.kind == "walk" else row.finding)
    ]


def _in_folder(record: Record, files: Files) -> Files:
    return {f"{record.folder}/{name}": body for name, body in files.items()}


def _documents(system: Gadelys, record: Record) -> Files:
    """Return the exact bytes of every text that was drafted, named by its digest."""
    settings = system.settings
    kept = Documents(settings.documents_folder, settings.published_folder)
    drafts = [
        fact.event
        for fact in record.facts
        if isinstance(fact.event, PublicationDrafted)
    ]
    return {
        f"{DOCUMENTS}/{one.draft}-{one.content}.{one.form}": kept.body(one.content)
        for one in drafts
    }


def _photos(system: Gadelys, record: Record) -> Files:
    """Return every photo that was put beside a case, named by its digest.

    One that was erased is gone from here as well; one that was lost stops it.

    Raises: NotFound (unknown_photo); Unavailable (photo_damaged).
    """
    added = [
        (subject_of(record.stream, fact.event.stamp.by), fact.event)
        for fact in record.facts
        if isinstance(fact.event, PhotoAdded)
    ]
    return {
        f"{PHOTOS}/{event.shows}-{event.content}.jpg": system.photos.open(
            subject, event.content, restricted_too=True
        )
        for subject, event in added
        if _is_open(system, subject)
    }


def _is_open(system: Gadelys, subject: str) -> bool:
    owner = system.vault().keys.by_name(subject)
    return owner is not None and owner.state is KeyState.OPEN


def _proof(system: Gadelys, record: Record, texts: Texts) -> Files:
    """Return what proves a case, where its history was signed."""
    book = Book(system.settings.ledger_folder)
    if record.kind != "finding" or book.latest() is None:
        return {}
    trust = read_trust(system.settings.trust_file)
    found = gather(record.number, system.store.with_restricted(), book, trust)
    proof = bundled(found, evidence_page(found, (), "", texts))
    return {f"{PROOF}/{name}": body for name, body in proof.items()}


def _registers(system: Gadelys, records: Iterable[Record]) -> Files:
    """Return every register under which a fact was decided."""
    used = {fact.register for one in records for fact in one.facts}
    adopted = [
        fact.event.rules
        for fact in system.store.load(REGISTER_STREAM)
        if isinstance(fact.event, RegisterAdopted)
    ]
    return {
        f"{REGISTERS}/{nth}.json": as_json(rules.model_dump(mode="json", by_alias=True))
        for nth, rules in enumerate(adopted, start=1)
        if nth in used
    }


def _manifest(
    records: Sequence[Record], files: Mapping[str, bytes], now: datetime
) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "gadelys": version("gadelys"),
        "made_at": now.isoformat(),
        "records": [
            {
                "stream": one.stream,
                "folder": one.folder,
                "facts": len(one.facts),
                "registers": sorted({fact.register for fact in one.facts}),
            }
            for one in records
        ],
        "files": [
            {"name": name, "size": len(body), "sha256": sha256(body).hexdigest()}
            for name, body in sorted(files.items())
        ],
    }


def _sums(files: Mapping[str, bytes]) -> bytes:
    """Return the sums as `sha256sum --check` reads them."""
    found = sorted(files.items())
    lines = [f"{sha256(body).hexdigest()}  {name}\n" for name, body in found]
    return "".join(lines).encode()
