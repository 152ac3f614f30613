"""A case or a walk retold for an archive: for machines as JSON, for people as pages.

A page loads nothing and runs nothing; it is read with what every archive has.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from adapters.ledger.evidence_page import shown
from adapters.texts import Texts
from domain.messages import Recorded
from domain.values import StreamId

FORMAT = "gadelys-archive/1"
FACTS, PAGE, TEXT = "oplysninger.json", "historik.html", "historik.txt"
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


def readable(record: Record, texts: Texts) -> Files:
    """Return all facts of a record as JSON, as a page and as text."""
    told = [(fact, _sentence(fact, texts)) for fact in record.facts]
    title = _title(record, texts)
    lines = [f"{title}\n", *(_line(fact, words, texts) for fact, words in told)]
    return {
        FACTS: as_json(_facts(record, told)),
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
    return texts.told(fact.event)


def _line(fact: Recorded, words: str, texts: Texts) -> str:
    return f"{fact.version:>4}  {texts.show(fact.event.stamp.at)}  {words}"


def index_page(
    records: Sequence[Record],
    files: Mapping[str, bytes],
    texts: Texts,
    now: datetime,
) -> str:
    """Return the page that leads to every record, and names every file."""
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


def as_json(told: Mapping[str, Any]) -> bytes:
    """Return a table as it is written."""
    return f"{json.dumps(told, ensure_ascii=False, indent=1)}\n".encode()
