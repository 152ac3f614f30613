"""`make bench`: how fast, as ratios and rates on this machine, medians of several.

Prints a table and, with `--json FILE`, writes the same as JSON. Goals are those of
docs/performance.md; a row that falls short says so and the program still ends well:
speed is measured here and never asserted in a test.
"""

import json
import logging
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from uuid import uuid4

import pysqlite3.dbapi2 as sqlite
import structlog

from adapters import system as installation
from adapters.cycles import look_seldom
from adapters.files.register_file import read_register
from adapters.files.shipped import DEFAULT_REGISTER, shipped
from adapters.persistence.copying import copy
from adapters.persistence.event_store import FactStore
from adapters.persistence.sqlite_engine import connect as connect_sqlite
from adapters.reports import known
from adapters.settings import Settings
from adapters.system import Gadelys
from domain.finding.commands import (
    AddNote,
    AssignFinding,
    FindingCommand,
    HoldFinding,
    MarkFixed,
    RejectFix,
    ReportFinding,
    ResumeFinding,
    VerifyFix,
    stream_of,
)
from domain.handling import handle
from domain.messages import Event, Stamp
from domain.register.adoption import AdoptRegister
from domain.rehearsal import Rehearsal
from domain.values import Actor, Evidence
from projections.case_page import case_page
from tests.adapters import postgres_server
from tests.tools import bench_follow_ups
from tests.tools.bench_follow_ups import Measured, measure
from tests.tools.bench_pages import constant, people_wait, statements
from tests.tools.bench_proof import checked, cost, erased
from tests.tools.bench_reports import invented, reported
from tests.tools.bench_rows import asked, growth, made
from tests.tools.bench_store import (
    WRITERS,
    against,
    bare_sqlite,
    library_recorder,
    one_at_a_time,
    steady,
)
from tests.tools.bench_web import programs_wait
from tests.tools.country import Shape, fill
from tests.tools.measuring import Row, median_ms, seconds

COORDINATOR = Actor("municipality/walk-coordinator")
OWNER = Actor("municipality/operations")
POLICE = Actor("police/prevention")
REPEATS = 5
ON_DISK = {"fsync": "on", "autovacuum": "on", "shared_buffers": "128MB"}
FEW, MANY = 1_000, 10_000
BEFORE_THE_DIGEST_S = 1800
"""The morning's reminders are raised at 8:00 and told at 8:30."""


def main() -> None:
    """Measure everything and print it."""
    quiet = structlog.make_filtering_bound_logger(logging.ERROR)
    structlog.configure(wrapper_class=quiet)
    look_seldom()
    parts = {
        "commands": _commands,
        "facts": _facts,
        "proof": _proof,
        "rows": _rows,
        "reports": _reports,
        "follow-ups": _follow_ups,
        "web": _web,
        "programs": _programs,
    }
    chosen = [name for name in parts if name in sys.argv] or list(parts)
    rows = [row for name in chosen for row in _told(parts[name]())]
    machine = (
        f"{platform.machine()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, SQLite {sqlite.sqlite_version}"
    )
    print(machine)
    if "--json" in sys.argv:
        target = Path(sys.argv[sys.argv.index("--json") + 1])
        told = [{**asdict(row), "verdict": row.verdict} for row in rows]
        answer = {"machine": machine, "rows": told}
        target.write_text(json.dumps(answer, indent=2), "utf-8")


def _told(rows: Iterator[Row]) -> Iterator[Row]:
    """Print each row as soon as it is there: a whole table takes long."""
    for row in rows:
        sign = "≥" if row.at_least else "≤"
        print(
            f"{row.what:<70} {row.figure:>10.2f} {row.unit:<8} "
            f"{sign} {row.goal:<8g} {row.verdict}",
            flush=True,
        )
        yield row


def _commands() -> Iterator[Row]:
    with _installation() as system:
        ours, raw = [], []
        for nth in range(REPEATS):
            ours.append(median_ms(_ten_fact_lives(system, f"b-{nth}"), 200))
            raw.append(_raw_insert_ms(system, 200))
        yield Row(
            "one command, times a raw insert and commit of its bytes",
            statistics.median(a / b for a, b in zip(ours, raw, strict=True)),
            "x",
            3,
            at_least=False,
        )
        yield Row(
            "one command (load, decide, append, fsync), p50",
            statistics.median(ours),
            "ms",
            20,
            at_least=False,
        )
        until = datetime.now(UTC)

        def as_of() -> None:
            case_page(known(system.store.load(stream_of("b-50")), until, None))

        _fifty_facts(system)
        yield Row(
            "a case of 50 facts as of a moment, p50",
            median_ms(as_of, 200),
            "ms",
            10,
            at_least=False,
        )


def _facts() -> Iterator[Row]:
    """Yield how fast facts are stored on either engine."""
    with _installation() as system:
        [event, *_] = _one_life(system)
        size = len(event.model_dump_json()) + 250
        yield against(
            "facts, one per commit on SQLite, times the bare driver",
            one_at_a_time(system.store, event),
            bare_sqlite(system.settings.data, size),
            writers=1,
            goal=0.5,
        )
    with (
        postgres_server.running(**ON_DISK) as server,
        _on(database := server.database()) as system,
    ):
        theirs = library_recorder(database, size)
        ours = one_at_a_time(system.store, event)
        name = "facts, one per commit on PostgreSQL, times the library's recorder"
        yield against(name, ours, theirs, 1, 1.5)
        yield against(f"{name}, {WRITERS} writers", ours, theirs, WRITERS, 1.2)
        numbers = count()

        def command(nth: int) -> None:
            _submit(
                system,
                ReportFinding,
                number=f"s-{nth}-{next(numbers)}",
                category="PTH-SURF",
                text="Hul i stien.",
            )

        yield from steady(command, for_s=180)


def _proof() -> Iterator[Row]:
    """Yield what proof and forgetting cost, in a country of 10,000 cases or many."""
    shape = Shape(100_000 if "--large" in sys.argv else 10_000)
    with _installation() as system:
        yield cost(system, _ten_fact_lives)
    with _installation() as system:
        fill(system.store, shape, _one_life(system))
        yield from checked(system, shape)
        yield erased(system, shape, _stamp)


def _rows() -> Iterator[Row]:
    """Yield how fast read models are made and asked, in countries of several sizes."""
    few, many = Shape(10_000), Shape(1_000_000 if "--large" in sys.argv else 100_000)
    with _installation() as system:
        fill(system.store, few, _one_life(system))
        small = [*made(system, "SQLite, 10,000 cases")]
        pages = [*asked(system, few, "SQLite, 10,000 cases")]
        yield from (*small, *pages)
    name = f"{many.findings:,} cases"
    with _installation() as system, postgres_server.running(**ON_DISK) as server:
        fill(system.store, many, _one_life(system))
        yield from made(system, f"SQLite, {name}")
        grown = [*asked(system, many, f"SQLite, {name}")]
        yield from grown
        yield from growth(pages, grown, "times that of 10,000")
        with _on(server.database(), system.store) as other:
            yield from made(other, f"PostgreSQL, {name}")
            yield from asked(other, many, f"PostgreSQL, {name}")


def _reports() -> Iterator[Row]:
    """Yield how fast an empty installation is filled, and then reported on."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder))
        installation.migrate(settings)
        with installation.opened(settings) as system:
            yield from invented(system)
            yield from reported(system)


def _web() -> Iterator[Row]:
    """Yield how long people and programs wait, with many findings."""
    few, many = Shape(1_000), Shape(100_000)
    name = f"{many.findings:,} cases"
    with _installation() as system:
        _populate(system, few)
        small = statements(system.settings)
    with _installation() as system:
        _populate(system, many)
        yield from people_wait(system, name)
        yield from programs_wait(system, name)
        large = statements(system.settings)
    yield from constant(small, large, f"{name}, as with {few.findings:,}")


def _populate(system: Gadelys, shape: Shape) -> None:
    fill(system.store, shape, _one_life(system))
    system.rebuild(system.rows.names())


def _follow_ups() -> Iterator[Row]:
    """Yield what few and many open follow-ups take, and how that grows."""
    small = measure(FEW)
    yield from _of(small)
    large = measure(MANY, small.starts_per_s)
    yield from _of(large)
    times = f"from {FEW:,} to {MANY:,} follow-ups"
    for what, ratio, goal, at_least in bench_follow_ups.growth(small, large):
        yield Row(f"{what}, {times}", ratio, "x", goal, at_least=at_least)


def _of(measured: Measured) -> Iterator[Row]:
    many = f"{measured.count:,} follow-ups"
    yield Row(
        f"{many} started through the dispatcher",
        measured.starts_per_s,
        "per s",
        50,
        at_least=True,
    )
    yield Row(f"{many}, server", measured.server_mb, "MB", 1000, at_least=False)
    yield Row(f"{many}, worker", measured.worker_mb, "MB", 600, at_least=False)
    yield Row(f"{many}, database", measured.database_mb, "MB", 600, at_least=False)
    yield Row(
        f"{many}, a step of each in one minute",
        measured.steps_s,
        "s",
        BEFORE_THE_DIGEST_S,
        at_least=False,
    )


def _programs() -> Iterator[Row]:
    program = [sys.executable, "-m", "adapters.cli.main"]

    def run(*arguments: str) -> None:
        subprocess.run([*program, *arguments], check=True, capture_output=True)

    helps = [seconds(lambda: run("--help")) for _ in range(REPEATS)]
    yield Row("gadelys --help", statistics.median(helps), "s", 0.5, at_least=False)
    yield Row(
        "gadelys demo", seconds(lambda: run("demo", "--json")), "s", 60, at_least=False
    )


@contextmanager
def _installation() -> Iterator[Gadelys]:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder))
        installation.migrate(settings)
        with installation.opened(settings) as system:
            _adopt(system)
            yield system


@contextmanager
def _on(
    database: postgres_server.Database, facts: FactStore | None = None
) -> Iterator[Gadelys]:
    """Open an installation in PostgreSQL, with the facts of another one if given."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            data=Path(folder),
            database_url=database.app,
            database_owner_url=database.owner,
        )
        installation.migrate(settings)
        with installation.opened(settings) as system:
            if facts:
                copy(facts, system.store)
            else:
                _adopt(system)
            yield system


def _adopt(system: Gadelys) -> None:
    register = read_register(shipped(DEFAULT_REGISTER))
    system.submit(AdoptRegister(stamp=_stamp(COORDINATOR), rules=register))


def _stamp(by: Actor, at: datetime | None = None) -> Stamp:
    return Stamp(by=by, at=at or datetime.now(UTC), command_id=uuid4())


def _submit(
    system: Gadelys, kind: type[FindingCommand], *, number: str, **fields: object
) -> None:
    stamp = _stamp(COORDINATOR)
    command = kind.model_validate({"stamp": stamp, "number": number, **fields})
    system.submit(command)  # type: ignore[arg-type]


def _note(system: Gadelys, number: str) -> None:
    _submit(system, AddNote, number=number, text="Der er ringet til driften i dag.")


def _ten_fact_lives(system: Gadelys, prefix: str) -> Callable[[], None]:
    """Return one command after the other, on findings of one to ten facts."""

    def commands() -> Iterator[None]:
        for nth in count():
            number = f"{prefix}-{nth}"
            _submit(system, ReportFinding, number=number, category="PTH-SURF", text="x")
            yield
            for _ in range(9):
                _note(system, number)
                yield

    endless = commands()
    return lambda: next(endless)


def _fifty_facts(system: Gadelys) -> None:
    _submit(system, ReportFinding, number="b-50", category="PTH-SURF", text="x")
    for _ in range(49):
        _note(system, "b-50")


def _raw_insert_ms(system: Gadelys, times: int) -> float:
    """Insert rows as long as ours with the bare driver, one commit each."""
    last = system.store.last_position()
    (fact,) = system.store.after(last - 1, 1)
    body = fact.event.model_dump_json().encode() + b" " * 330
    path = system.settings.data / f"raw-{uuid4()}.db"
    connection = connect_sqlite(path, durable=True)
    connection.execute(
        "CREATE TABLE facts (rowid INTEGER PRIMARY KEY AUTOINCREMENT, stream TEXT, "
        "version INTEGER, topic TEXT, state BLOB, event_id TEXT UNIQUE, "
        "UNIQUE (stream, version))"
    )
    versions = iter(range(times))

    def insert() -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(
            "INSERT INTO facts (stream, version, topic, state, event_id) "
            "VALUES (?,?,?,?,?)",
            ("finding/b-1", next(versions), "x", body, str(uuid4())),
        )
        connection.execute("COMMIT")

    figure = median_ms(insert, times)
    connection.close()
    return figure


def _one_life(system: Gadelys) -> list[Event]:
    rehearsal = Rehearsal(system.store)
    begin = datetime(2026, 10, 9, 10, tzinfo=UTC)
    life: list[tuple[type[FindingCommand], Actor, dict[str, object]]] = [
        (ReportFinding, COORDINATOR, {"category": "PTH-SURF", "text": "Hul i stien."}),
        (AssignFinding, COORDINATOR, {"to": OWNER}),
        (AddNote, OWNER, {"text": "Bestilt hos entreprenør."}),
        (HoldFinding, OWNER, {"reason_code": "season", "review_on": "2026-11-20"}),
        (ResumeFinding, OWNER, {}),
        (MarkFixed, OWNER, {"evidence": Evidence.PHOTO}),
        (RejectFix, POLICE, {"reason": "Kun halvdelen er lagt."}),
        (MarkFixed, OWNER, {"evidence": Evidence.PHOTO}),
        (VerifyFix, POLICE, {}),
        (AddNote, COORDINATOR, {"text": "Deltagerne har fået besked."}),
    ]
    for day, (kind, by, fields) in enumerate(life):
        stamp = _stamp(by, begin + timedelta(days=day))
        command = kind.model_validate({"stamp": stamp, "number": "life", **fields})
        handle(command, rehearsal, system.rules, system.now())  # type: ignore[arg-type]
    return [event for decision in rehearsal.decisions for event in decision.events]


if __name__ == "__main__":
    main()
