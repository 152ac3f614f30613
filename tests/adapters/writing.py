"""Facts for tests of the store, and a process that writes them as fast as it can.

`python writing.py append PLACE NAME COUNT` waits for a line on stdin, so that several
can be let go at once. A place is an events file or the address of a database; who
migrates a database gives the owner's address and then, after a space, the other one.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from pydantic import SecretStr

from adapters.persistence import migrations
from adapters.persistence.event_store import FactStore, SqliteEventStore
from adapters.persistence.recorder import EVENTS_TABLE, FactDatastore
from domain.errors import Code, Conflict
from domain.finding.events import NoteAdded
from domain.messages import Event, Stamp, derived_id
from domain.ports import Decision, Receipt
from domain.values import Actor, StreamId

AT = datetime(2026, 10, 9, 10, tzinfo=UTC)
LEARNED = datetime(2026, 10, 12, 6, 30, 15, 123456, tzinfo=UTC)
BY = Actor("municipality/operations")
SHARED = StreamId("finding/shared")


def note(text: str, command_id: UUID | None = None) -> NoteAdded:
    """Return a small fact."""
    identity = command_id or derived_id("written by a test", text)
    return NoteAdded(stamp=Stamp(by=BY, at=AT, command_id=identity), text=text)


def decision(
    stream: str, after: int, *texts: str, name: str = "", asked: str = "asked"
) -> Decision:
    """Return a decision that adds notes; `name` tells commands apart."""
    command_id = derived_id("decided by a test", stream, after, name)
    events: tuple[Event, ...] = tuple(note(text, command_id) for text in texts)
    return Decision(
        stream=StreamId(stream),
        after=after,
        command_id=command_id,
        asked=asked,
        register=3,
        events=events,
    )


def store_at(place: str) -> FactStore:
    """Open the store at a place."""
    if place.startswith("postgresql:"):
        from adapters.persistence.postgres_event_store import PostgresEventStore

        return PostgresEventStore(SecretStr(place))
    return SqliteEventStore(Path(place))


def migrate_at(place: str) -> None:
    """Migrate the store at a place."""
    if not place.startswith("postgresql:"):
        migrations.migrate(Path(place))
        return
    from adapters.persistence import postgres_migrations

    owner, _, run_time = place.partition(" ")
    postgres_migrations.migrate(SecretStr(owner), SecretStr(run_time))


def append_again_and_again(store: FactStore, name: str, count: int) -> None:
    """Append two facts to a stream of one's own and one to a shared one, `count` times.

    Everybody writes to the shared stream, so that there are conflicts.
    """
    own = f"finding/{name}"
    for nth in range(count):
        store.append([decision(own, 2 * nth, f"{nth} a", f"{nth} b")], LEARNED)
        append_to_shared(store, f"{name} {nth}")


def append_to_shared(store: FactStore, name: str) -> Receipt:
    """Append one fact to the shared stream, however many others do."""
    while True:
        after = store.version_of(SHARED)
        try:
            return store.append([decision(SHARED, after, name, name=name)], LEARNED)[0]
        except Conflict as conflict:
            if conflict.code is not Code.STALE_VERSION:
                raise


def read_then_write(path: Path, count: int) -> None:
    """Read and then write in one transaction, `count` times."""
    datastore = FactDatastore(path)
    for _ in range(count):
        with datastore.transaction(commit=True) as cursor:
            cursor.execute(
                f"SELECT COALESCE(MAX(originator_version), 0) FROM {EVENTS_TABLE}"
            )
            version = cursor.fetchone()[0] + 1
            cursor.execute(
                f"INSERT INTO {EVENTS_TABLE} "
                "(originator_id, originator_version, topic, state, event_id) "
                "VALUES ('finding/raw', ?, 'raw', x'00', ?)",
                (version, f"raw {version}"),
            )
    datastore.close()


def main(task: str, place: str, name: str, count: str) -> None:
    """Do one task when told to begin."""
    print("ready", flush=True)
    sys.stdin.readline()
    match task:
        case "append":
            store = store_at(place)
            append_again_and_again(store, name, int(count))
            store.close()
        case "read-then-write":
            read_then_write(Path(place), int(count))
        case "migrate":
            migrate_at(place)
        case _:
            raise SystemExit(f"unknown task {task}")


if __name__ == "__main__":
    main(*sys.argv[1:])
