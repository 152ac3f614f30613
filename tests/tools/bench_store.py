"""How fast facts are stored, against the bare driver and the library's recorder."""

import statistics
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from uuid import uuid4

from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from psycopg.conninfo import conninfo_to_dict

from adapters.persistence.event_store import FactStore
from adapters.persistence.sqlite_engine import connect
from domain.messages import Event
from domain.ports import Decision
from domain.values import StreamId
from tests.adapters.postgres_server import Database
from tests.tools.measuring import Row, least, most

ROUNDS = 5
COMMITS = 200
WRITERS = 8
CLIENTS = 16
STEADY_PER_S = 300
Write = Callable[[], object]


def one_at_a_time(store: FactStore, event: Event) -> Write:
    """Return what stores one fact of a stream of its own, in one commit."""
    names = count()
    prefix = uuid4().hex

    def write() -> None:
        stream = StreamId(f"finding/{prefix}-{next(names)}")
        store.append(
            [Decision(stream, 0, uuid4(), "bench", 1, (event,))], event.stamp.at
        )

    return write


def bare_sqlite(folder: Path, size: int) -> Write:
    """Return what inserts as many bytes with the bare driver, in one commit."""
    connection = connect(folder / f"bare-{uuid4()}.db", durable=True)
    connection.execute(
        "CREATE TABLE facts (rowid INTEGER PRIMARY KEY AUTOINCREMENT, stream TEXT, "
        "version INTEGER, topic TEXT, state BLOB, event_id TEXT UNIQUE, "
        "UNIQUE (stream, version))"
    )
    body = b"x" * size

    def write() -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(
            "INSERT INTO facts (stream, version, topic, state, event_id) "
            "VALUES (?,?,?,?,?)",
            (f"finding/{uuid4()}", 1, "x", body, str(uuid4())),
        )
        connection.execute("COMMIT")

    return write


def library_recorder(database: Database, size: int) -> Write:
    """Return what stores as many bytes with the library's own recorder."""
    database.run(
        database.superuser,
        "CREATE SCHEMA IF NOT EXISTS stock AUTHORIZATION gadelys_owner",
    )
    parts = conninfo_to_dict(database.owner.get_secret_value())
    datastore = PostgresDatastore(
        dbname=str(parts["dbname"]),
        host=str(parts["host"]),
        port="5432",
        user=str(parts["user"]),
        password=str(parts["password"]),
        schema="stock",
        originator_id_type="text",
        pool_size=WRITERS,
    )
    recorder = PostgresApplicationRecorder(datastore, events_table_name="events")
    recorder.create_table()
    body = b"x" * size

    def write() -> None:
        recorder.insert_events([StoredEvent(f"finding/{uuid4()}", 1, "x", body)])

    return write


def against(what: str, ours: Write, theirs: Write, writers: int, goal: float) -> Row:
    """Return how many times as many commits we do, in turns, median of the rounds."""
    ratios = [
        _per_second(ours, writers) / _per_second(theirs, writers) for _ in range(ROUNDS)
    ]
    return least(what, statistics.median(ratios), "x", goal)


def _per_second(write: Write, writers: int) -> float:
    began = time.perf_counter()
    with ThreadPoolExecutor(writers) as threads:
        for done in [threads.submit(write) for _ in range(COMMITS)]:
            done.result()
    return COMMITS / (time.perf_counter() - began)


def steady(command: Callable[[int], object], for_s: float) -> Iterator[Row]:
    """Yield how whole commands fare when several clients give them without a pause.

    Each client gives its share of 300 a second, on the beat; a late one is late.
    """
    took: list[float] = []
    failed: list[BaseException] = []
    begin = time.monotonic() + 1
    beat = CLIENTS / STEADY_PER_S

    def client(nth: int) -> None:
        moment = begin + nth * beat / CLIENTS
        while moment < begin + for_s:
            time.sleep(max(0.0, moment - time.monotonic()))
            started = time.perf_counter()
            try:
                command(nth)
            except Exception as problem:  # noqa: BLE001 - counted
                failed.append(problem)
            took.append(time.perf_counter() - started)
            moment += beat

    threads = [threading.Thread(target=client, args=(nth,)) for nth in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    over = time.monotonic() - begin
    what = f"commands of {CLIENTS} clients for {for_s:.0f} s on PostgreSQL"
    rate = (len(took) - len(failed)) / over
    yield least(f"{what}, done", rate, "per s", STEADY_PER_S * 0.99)
    yield most(f"{what}, p50", statistics.median(took) * 1000, "ms", 5)
    yield most(f"{what}, errors", len(failed), "", 0)
