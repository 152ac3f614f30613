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
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from uuid import uuid4

import pysqlite3.dbapi2 as sqlite
import structlog

from adapters import system as installation
from adapters.cli.cases import facts_of
from adapters.files.register_file import read_register
from adapters.files.shipped import DEFAULT_REGISTER, shipped
from adapters.persistence.sqlite_engine import connect as connect_sqlite
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
from domain.ports import Decision
from domain.register.adoption import AdoptRegister
from domain.rehearsal import Rehearsal
from domain.values import Actor, Evidence
from projections.case_page import case_page

from tests.tools.bench_follow_ups import Measured, growth, measure

COORDINATOR = Actor("municipality/walk-coordinator")
OWNER = Actor("municipality/operations")
POLICE = Actor("police/prevention")
REPEATS = 5
FACTS = 100_000
FEW, MANY = 1_000, 10_000
BEFORE_THE_DIGEST_S = 1800
"""The morning's reminders are raised at 8:00 and told at 8:30."""

COHORT = 200


@dataclass(frozen=True, slots=True)
class Row:
    """One measurement and its goal; `at_least` tells which side is good."""

    what: str
    figure: float
    unit: str
    goal: float
    at_least: bool

    @property
    def verdict(self) -> str:
        """Whether the goal was reached."""
        reached = (
            self.figure >= self.goal if self.at_least else self.figure <= self.goal
        )
        return "reached" if reached else "falls short"


def main() -> None:
    """Measure everything and print it."""
    quiet = structlog.make_filtering_bound_logger(logging.ERROR)
    structlog.configure(wrapper_class=quiet)
    rows = [*_commands(), *_readers(), *_follow_ups(), *_programs()]
    machine = (
        f"{platform.machine()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, SQLite {sqlite.sqlite_version}"
    )
    print(machine)
    for row in rows:
        sign = "≥" if row.at_least else "≤"
        print(
            f"{row.what:<58} {row.figure:>10.2f} {row.unit:<10} "
            f"{sign} {row.goal:<8g} {row.verdict}"
        )
    if "--json" in sys.argv:
        target = Path(sys.argv[sys.argv.index("--json") + 1])
        told = [{**asdict(row), "verdict": row.verdict} for row in rows]
        answer = {"machine": machine, "rows": told}
        target.write_text(json.dumps(answer, indent=2), "utf-8")


def _commands() -> Iterator[Row]:
    with _installation() as system:
        ours, raw = [], []
        for nth in range(REPEATS):
            ours.append(_median_ms(_ten_fact_lives(system, f"b-{nth}"), 200))
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
            folded(CASE_PAGE, "b-50", facts_of(system, "b-50", until, None))

        _fifty_facts(system)
        yield Row(
            "a case of 50 facts as of a moment, p50",
            _median_ms(as_of, 200),
            "ms",
            10,
            at_least=False,
        )


def _readers() -> Iterator[Row]:
    with _installation() as system:
        _fill(system, FACTS)
        rates = []
        for _ in range(3):
            for name in system.rows.names():
                system.rows.reset(name)
            began = time.perf_counter()
            read = system.catch_up()
            rates.append(read / (time.perf_counter() - began))
        yield Row(
            f"all {len(system.rows.names())} projections caught up, {FACTS:,} facts",
            statistics.median(rates),
            "facts/s",
            5000,
            at_least=True,
        )


def _follow_ups() -> Iterator[Row]:
    """Yield what few and many open follow-ups take, and how that grows."""
    small = measure(FEW)
    yield from _of(small)
    large = measure(MANY, small.starts_per_s)
    yield from _of(large)
    times = f"from {FEW:,} to {MANY:,} follow-ups"
    for what, ratio, goal, at_least in growth(small, large):
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

    helps = [_seconds(lambda: run("--help")) for _ in range(REPEATS)]
    yield Row("gadelys --help", statistics.median(helps), "s", 0.5, at_least=False)
    yield Row(
        "gadelys demo", _seconds(lambda: run("demo", "--json")), "s", 60, at_least=False
    )


@contextmanager
def _installation() -> Iterator[Gadelys]:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder))
        installation.migrate(settings)
        with installation.opened(settings) as system:
            register = read_register(shipped(DEFAULT_REGISTER))
            stamp = _stamp(COORDINATOR)
            system.submit(AdoptRegister(stamp=stamp, rules=register))
            yield system


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

    figure = _median_ms(insert, times)
    connection.close()
    return figure


def _fill(system: Gadelys, facts: int) -> None:
    """Store many findings with one realistic life each, ten facts long.

    Two hundred findings live at the same time, so that neighbouring facts speak of
    different findings, as they do in life.
    """
    events = _one_life(system)
    for cohort in range(facts // len(events) // COHORT):
        for after, event in enumerate(events):
            batch = [
                Decision(
                    stream_of(f"m-{cohort}-{nth}"), after, uuid4(), "bench", 1, (event,)
                )
                for nth in range(COHORT)
            ]
            system.store.append(batch, system.now())


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


def _median_ms(act: Callable[[], object], times: int) -> float:
    return statistics.median(_seconds(act) for _ in range(times)) * 1000


def _seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
