"""Processes that write facts with documents, or make backups, until they are killed.

`python drafting.py write PLACE DATA NAME` drafts one text after another;
`python drafting.py save PLACE DATA TARGET` makes backups named `TARGET/0`, `1` …
Both say `ready` when they begin. DATA is the folder with documents and contacts.
"""

import sys
import time
from itertools import count
from pathlib import Path

from adapters.files.documents import Document, Documents
from adapters.persistence.backup import Holdings, back_up
from adapters.persistence.event_store import FactStore
from domain.messages import Event, Stamp, derived_id
from domain.ports import Decision
from domain.publication.events import Form, PublicationDrafted, PublicationKind
from domain.values import Actor, StreamId
from tests.adapters.writing import AT, BY, LEARNED, note, store_at

REST_S = 0.02
"""So that a test is about order, not about how much there is to copy."""


def holdings(store: FactStore, data: Path) -> Holdings:
    """Return what is saved of an installation in a test."""
    return Holdings(
        store, data / "contacts.db", data / "documents", data / "trust.toml"
    )


def draft(store: FactStore, data: Path, stream: str) -> str:
    """Keep one more text, store that it was drafted, and return its digest."""
    after = store.version_of(StreamId(stream))
    texts = Documents(data / "documents", data / "published")
    content = texts.keep(Document(f"{stream} Æ {after}".encode(), Form.TXT))
    command_id = derived_id("drafted by a test", stream, after)
    drafted = PublicationDrafted(
        stamp=Stamp(by=BY, at=AT, command_id=command_id),
        draft=1,
        kind=PublicationKind.MESSAGE,
        title="Lys på stien",
        content=content,
        form=Form.TXT,
        approve_by=LEARNED,
        to=(Actor("police/prevention"),),
    )
    events: tuple[Event, ...] = (drafted, note(f"{after}", command_id))
    decision = Decision(
        stream=StreamId(stream),
        after=after,
        command_id=command_id,
        asked="asked",
        register=1,
        events=events,
    )
    store.append([decision], LEARNED)
    return content


def main(task: str, place: str, data: str, name: str) -> None:
    """Do one task until this process is killed."""
    store = store_at(place)
    print("ready", flush=True)
    for nth in count():
        match task:
            case "write":
                draft(store, Path(data), f"publication/{name}")
                time.sleep(REST_S)
            case "save":
                back_up(holdings(store, Path(data)), Path(name) / str(nth), AT)
            case _:
                raise SystemExit(f"unknown task {task}")


if __name__ == "__main__":
    main(*sys.argv[1:])
