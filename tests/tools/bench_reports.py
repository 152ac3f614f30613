"""How fast a country is invented, and how long its council waits for a report."""

import statistics
from collections.abc import Iterator
from datetime import date

from adapters.files.register_file import read_register
from adapters.files.sheets import Csv
from adapters.files.shipped import DEFAULT_REGISTER, shipped
from adapters.generating.filling import fill, size_of
from adapters.reporting.forms import file_of
from adapters.reporting.making import Question, report_of
from adapters.system import Gadelys
from projections.report_parts import ReportKind
from tests.tools.measuring import Row, least, most, seconds

FINDINGS, WALKS, YEARS = 100_000, 4_000, 5
END = date(2026, 11, 2)
HALF = Question(date(2026, 1, 1), date(2026, 6, 30), date(2026, 6, 30))
TWO_YEARS_BACK = Question(date(2024, 1, 1), date(2024, 6, 30), date(2024, 6, 30))
REPEATS = 5


def invented(system: Gadelys) -> Iterator[Row]:
    """Yield how fast a country is invented and stored."""
    register = read_register(shipped(DEFAULT_REGISTER))
    size = size_of(
        register, walks=WALKS, findings=FINDINGS, years=YEARS, seed=1, end=END
    )
    took = seconds(lambda: fill(system, register, size))
    facts = system.store.last_position()
    yield least(f"{FINDINGS:,} findings invented", facts / took, "facts/s", 5_000)


def reported(system: Gadelys) -> Iterator[Row]:
    """Yield how long a report to the council takes, of now and of the past."""
    system.rebuild(system.rows.names())
    what = f"report to the council, {FINDINGS:,} findings"
    now, then = _waited(system, HALF), _waited(system, TWO_YEARS_BACK)
    yield most(what, now, "s", 2)
    yield most(f"{what}, two years back", then / now, "x", 1.5)
    made = report_of(system, ReportKind.COUNCIL, HALF)
    took = seconds(lambda: file_of(made, "rapport.pdf", "da", Csv.DANISH))
    yield most(f"{what}, on paper", took, "s", 3)


def _waited(system: Gadelys, question: Question) -> float:
    return statistics.median(
        seconds(lambda: report_of(system, ReportKind.COUNCIL, question))
        for _ in range(REPEATS)
    )
