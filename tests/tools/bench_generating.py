"""How fast an empty installation is filled with an invented history."""

from collections.abc import Iterator
from datetime import date

from adapters.files.register_file import read_register
from adapters.files.shipped import DEFAULT_REGISTER, shipped
from adapters.generating.filling import fill, size_of
from adapters.system import Gadelys
from tests.tools.measuring import Row, least, seconds

FINDINGS, WALKS, YEARS = 100_000, 4_000, 5
END = date(2026, 11, 2)


def invented(system: Gadelys) -> Iterator[Row]:
    """Yield how fast a country is invented and stored."""
    register = read_register(shipped(DEFAULT_REGISTER))
    size = size_of(
        register, walks=WALKS, findings=FINDINGS, years=YEARS, seed=1, end=END
    )
    took = seconds(lambda: fill(system, register, size))
    facts = system.store.last_position()
    yield least(f"{FINDINGS:,} findings invented", facts / took, "facts/s", 5_000)
