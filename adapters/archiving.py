"""What an archive gets of a case or a walk: files that need no program of ours.

Everything is in it twice: as JSON for machines, as HTML and text for people. Restricted
words are in it, for what goes to an archive is kept by law; erased ones are gone.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from adapters.erasing import RECORDS
from adapters.files.documents import Documents
from adapters.ledger.book import Book
from adapters.ledger.evidence import gather
from adapters.ledger.evidence_bundle import bundled
from adapters.ledger.evidence_page import evidence_page, shown
from adapters.persistence.backup import whole_or_nothing
from adapters.persistence.durable_files import (
    OWNER_ONLY_FILE,
    OWNER_ONLY_FOLDER,
    settle,
    write,
)
from adapters.persistence.trust import read_trust
from adapters.system import Gadelys
from adapters.texts import Texts
from domain.errors import Code, NotFound
from domain.messages import Recorded
from domain.publication.events import PublicationDrafted
from domain.register.adoption import REGISTER_STREAM, RegisterAdopted
from domain.values import StreamId
from projections.publications import PUBLICATIONS, PublicationRow

FORMAT = "gadelys-archive/1"
INDEX, MANIFEST, SUMS = "indeks.html", "manifest.json", "SHA256SUMS"
FACTS, PAGE, TEXT = "oplysninger.json", "historik.html", "historik.txt"
DOCUMENTS, PROOF, REGISTERS = "dokumenter", "bevis", "register"
FOLDERS = {"finding": "sag", "walk": "vandring", "publication": "tekst"}
"""What a folder is called, by the kind of its stream."""

Files = dict[str, bytes]

_STYLE = """body { font: 16px/1.5 sans-serif; max-width: 62rem; margin: 2rem auto;
  padding: 0 1rem } table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top; padding: .35rem .75rem .35rem 0;
  border-bottom: 1px solid #ccc; overflow-wrap: anywhere }"""


@dataclass(frozen=True, slots=True)
class Record:
    """A case, a walk, or a text about one, with all its facts."""

    stream: StreamId
    facts: tuple[Recorded, ...]

    @property
    def kind(self) -> str:
        """Which kind of thing it is."""
        return self.stream.partition("/")[0]

    @property
    def number(self) -> str:
        """What people call it."""
        return self.stream.partition("/")[2]

    @property
    def folder(self) -> str:
        """Where it lies in the package."""
        return f"{FOLDERS[self.kind]}/{self.number}"


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

    Raises: NotFound (unknown_document); Unavailable (document_damaged,
        unreadable_fact): what is not whole goes to no archive.
    """
    records = [_record(system, stream) for stream in dict.fromkeys(streams)]
    about = [text for one in records for text in _texts_about(system, one)]
    everything = [*records, *{one.stream: one for one in about}.values()]
    files: Files = {}
    for one in everything:
        files |= _in_folder(one, _readable(one, texts))
        files |= _in_folder(one, _documents(system, one))
    for one in records:
        files |= _in_folder(one, _proof(system, one, texts))
    files |= _registers(system, everything)
    files[INDEX] = _index(everything, files, texts, now).encode()
    files[MANIFEST] = _json(_manifest(everything, files, now))
    files[SUMS] = _sums(files)
    return Package(files, records)


def hand_over(found: Package, target: Path) -> None:
    """Write a package as a new folder, whole or not at all, for its owner only.

    Raises: Refused (folder_exists); Unavailable (store_unavailable).
    """
    with whole_or_nothing(target, Code.FOLDER_EXISTS) as folder:
        for name, content in found.files.items():
            for below in reversed(Path(name).parents):
                (folder / below).mkdir(mode=OWNER_ONLY_FOLDER, exist_ok=True)
            write(folder / name, content, OWNER_ONLY_FILE)
        for below in sorted(path for path in folder.rglob("*") if path.is_dir()):
            settle(below)


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


def _readable(record: Record, texts: Texts) -> Files:
    told = [(fact, _sentence(fact, texts)) for fact in record.facts]
    title = _title(record, texts)
    lines = [f"{title}\n", *(_line(fact, words, texts) for fact, words in told)]
    return {
        FACTS: _json(_facts(record, told)),
        PAGE: _page(title, _table(told, texts), texts).encode(),
        TEXT: "\n".join([*lines, ""]).encode(),
    }


def _facts(record: Record, told: Sequence[tuple[Recorded, str]]) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "stream": record.stream,
        "count": len(told),
        "facts": [_fact(fact, words) for fact, words in told],
    }


def _fact(fact: Recorded, words: str) -> dict[str, Any]:
    return {
        "version": fact.version,
        "position": fact.position,
        "id": str(fact.event_id),
        "topic": fact.event.TOPIC,
        "recorded_at": fact.recorded_at.isoformat(),
        "register": fact.register,
        "words": words,
        "event": fact.event.model_dump(mode="json", by_alias=True, exclude_none=True),
    }


def _sentence(fact: Recorded, texts: Texts) -> str:
    details = fact.event.model_dump(mode="json", exclude={"stamp"}, exclude_none=True)
    return texts.fact(fact.event.TOPIC, fact.event.stamp.by, details)


def _line(fact: Recorded, words: str, texts: Texts) -> str:
    return f"{fact.version:>4}  {texts.show(fact.event.stamp.at)}  {words}"


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
        f"{REGISTERS}/{nth}.json": _json(rules.model_dump(mode="json", by_alias=True))
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


def _index(
    records: Sequence[Record],
    files: Mapping[str, bytes],
    texts: Texts,
    now: datetime,
) -> str:
    listed = "".join(
        f'<tr><td><a href="{shown(one.folder)}/{PAGE}">{shown(_title(one, texts))}</a>'
        f"</td><td>{len(one.facts)}</td></tr>\n"
        for one in records
    )
    named = "".join(
        f"<tr><td>{shown(name)}</td><td>{len(body)}</td>"
        f"<td>{sha256(body).hexdigest()}</td></tr>\n"
        for name, body in sorted(files.items())
    )
    body = (
        f"<p>{_say(texts, 'about', at=now)}</p>\n<p>{_say(texts, 'check')}</p>\n"
        f"<h2>{_say(texts, 'records')}</h2>\n<table>\n"
        f"{_head(texts, 'what', 'facts')}{listed}</table>\n"
        f"<h2>{_say(texts, 'files')}</h2>\n<table>\n"
        f"{_head(texts, 'name', 'size', 'digest')}{named}</table>\n"
    )
    return _page(texts.say("archive.title"), body, texts)


def _table(told: Iterable[tuple[Recorded, str]], texts: Texts) -> str:
    rows = "".join(
        f"<tr><td>{fact.version}</td><td>{shown(texts.show(fact.event.stamp.at))}</td>"
        f"<td>{shown(texts.show(fact.recorded_at))}</td><td>{shown(words)}</td></tr>\n"
        for fact, words in told
    )
    head = _head(texts, "nth", "happened", "learned", "what")
    return f"<table>\n{head}{rows}</table>\n"


def _head(texts: Texts, *columns: str) -> str:
    cells = "".join(f"<th>{_say(texts, f'column_{one}')}</th>" for one in columns)
    return f"<tr>{cells}</tr>\n"


def _page(title: str, body: str, texts: Texts) -> str:
    return (
        f'<!DOCTYPE html>\n<html lang="{texts.lang}">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{shown(title)}</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n<h1>{shown(title)}</h1>\n{body}</body>\n</html>\n"
    )


def _title(record: Record, texts: Texts) -> str:
    return texts.say(f"archive.{record.kind}", number=record.number)


def _say(texts: Texts, key: str, **values: object) -> str:
    return shown(texts.say(f"archive.{key}", **values))


def _json(told: Mapping[str, Any]) -> bytes:
    return f"{json.dumps(told, ensure_ascii=False, indent=1)}\n".encode()
