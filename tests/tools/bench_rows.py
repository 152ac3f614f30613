"""How fast read models are made and asked, and how that grows with the country."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from random import Random

from adapters.persistence.case_lists import Wanted, listed, of_walk, points
from adapters.system import Gadelys
from domain.finding.state import Status
from domain.values import WalkNumber
from projections.versions import Asked
from projections.walk_report import walk_report
from tests.tools.country import (
    DAYS,
    FINDINGS_PER_WALK,
    FIRST_DAY,
    OPEN_ONE_IN,
    Shape,
)
from tests.tools.measuring import Row, least, most, p95_ms, peak_mb, seconds

ASKED = 100
PAGES = 30
"""How deep a page of a worklist is that people still turn to."""

GLANCE_S = 0.1
GROWTH = 1.5
"""How much longer a page may take in a larger country."""

TODAY = FIRST_DAY + timedelta(days=DAYS)
TWO_YEARS = timedelta(days=730)
Asking = tuple[str, Callable[[], object], float]


def made(system: Gadelys, what: str) -> Iterator[Row]:
    """Yield how fast all projections are made from the first fact."""
    facts = system.store.last_position()
    with _watching_memory() as memory:
        took = seconds(lambda: system.rebuild(system.rows.names()))
    names = len(system.rows.names())
    yield least(f"{what}: all {names} projections", facts / took, "facts/s", 10_000)
    yield most(f"{what}: {facts:,} facts rebuilt", took, "s", facts * 120 / 1_000_000)
    yield most(f"{what}: memory of a process then", max(memory), "MB", 300)


def asked(system: Gadelys, shape: Shape, what: str) -> Iterator[Row]:
    """Yield how long people wait for lists, maps and reports."""
    for name, asks, goal in _questions(system, shape):
        figure = p95_ms([partial(asks, nth) for nth in range(ASKED)])
        yield most(f"{what}: {name}, p95", figure, "ms", goal)


def growth(small: list[Row], large: list[Row], what: str) -> Iterator[Row]:
    """Yield how much longer pages take in a large country than in a small one."""
    for before, after in zip(small, large, strict=True):
        if "map" in after.what:
            continue  # ten times as many points, not a page of them
        name = f"{after.what}, {what}"
        yield most(name, after.figure / before.figure, "x", GROWTH)


def _questions(
    system: Gadelys, shape: Shape
) -> Iterator[tuple[str, Callable[[int], object], float]]:
    chance, rows = Random(2), system.rows
    cases = [OPEN_ONE_IN * chance.randrange(shape.findings // OPEN_ONE_IN)] * ASKED
    units = [shape.unit(case) for case in cases]
    calendar, late = system.rules().register.working_days, TODAY.date()

    def page(nth: int, after: str | None = None) -> object:
        wanted = Wanted(unit=units[nth], statuses=(Status.ASSIGNED, Status.FIXED))
        return listed(rows, wanted, after=after)

    def everything(nth: int) -> object:
        return listed(rows, Wanted(category="PTH-SURF"), after=deep)

    def overdue(nth: int) -> object:
        return listed(rows, Wanted(late_on=late - timedelta(days=nth)))

    def then(nth: int) -> object:
        moment = TODAY - TWO_YEARS - timedelta(hours=nth)
        return listed(rows, Wanted(unit=units[nth]), asked=Asked(moment))

    def known_then(nth: int) -> object:
        known = system.store.last_position() * 4 // 5 - nth
        return listed(rows, Wanted(unit=units[nth]), asked=Asked(known=known))

    def report(nth: int) -> object:
        walk = WalkNumber(shape.walk(cases[nth] - nth * FINDINGS_PER_WALK))
        found, position = of_walk(rows, walk, Asked(TODAY - TWO_YEARS))
        return walk_report(walk, found, late - TWO_YEARS, position, calendar)

    def search(nth: int) -> object:
        return listed(rows, Wanted(unit=units[nth], text="haek tunn"))

    deep = None
    for _ in range(PAGES):
        found = listed(rows, Wanted(category="PTH-SURF"), after=deep)
        deep = found.next or deep
    yield "worklist, page of 100, two filters", page, 10
    yield f"worklist, page {PAGES} of 100, one filter", everything, 10
    yield "list of what is late, page of 100", overdue, 20
    yield "4,000 points on a map", lambda _: points(rows), 40
    yield "report of a walk two years back", report, 100
    yield "worklist of a unit two years back", then, 30
    yield "worklist of a unit as known two years ago", known_then, 30
    yield "words in the cases of a unit", search, 10


@contextmanager
def _watching_memory() -> Iterator[list[float]]:
    """Note the memory of this process and of those it has started."""
    seen, over = [0.0], threading.Event()

    def look() -> None:
        while not over.wait(GLANCE_S):
            seen.extend(_children_mb())

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield seen
    finally:
        over.set()
        watcher.join()


def _children_mb() -> Iterator[float]:
    for task in Path("/proc/self/task").iterdir():
        for child in (task / "children").read_text("utf-8").split():
            try:
                yield peak_mb(child)
            except OSError:
                continue
