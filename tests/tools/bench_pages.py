"""How long people wait for a page: on this machine, in a browser, and in statements."""

import statistics
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from itertools import cycle, islice
from urllib.parse import urlsplit

import httpx2
import pysqlite3.dbapi2 as sqlite
from playwright.sync_api import Browser

from adapters import system as installation
from adapters.persistence.case_lists import Wanted, listed
from adapters.settings import Settings
from adapters.system import Gadelys
from tests.tools.bench_web import report
from tests.tools.country import OPEN_ONE_IN, Shape
from tests.tools.measuring import Row, most, p95_ms, rate_on_one_core
from tests.tools.served import get, person, program, served
from tests.web.chromium import chromium

ASKED = 200
VIEWS = 5
WARM = 3
WORKLISTS = (
    *("/worklist?unit=all", "/worklist?unit=all&tab=late"),
    *("/worklist?unit=all&category=PTH-SURF", "/worklist?unit=municipality/unit-7"),
)
FIRST_VIEW = WORKLISTS[0]
SAME_LIVES = range(0, 6 * OPEN_ONE_IN, OPEN_ONE_IN)
"""Open cases that have lived the same life in a country of any size."""

PAINTED = """() => new Promise(done => new PerformanceObserver(
    list => done(list.getEntries().at(-1).startTime)
  ).observe({type: "largest-contentful-paint", buffered: true}))"""
"""When the largest thing of a page was painted, in ms after it was asked for."""


def people_wait(system: Gadelys, what: str) -> Iterator[Row]:
    """Yield how long lists and cases take, and what a browser makes of the first."""
    with served(system) as address, person(address) as browser:
        system.catch_up()
        lists = _asking(browser, WORKLISTS)
        cases = _asking(browser, _open_cases(system))
        yield most(f"{what}: worklist, p95", p95_ms(lists), "ms", 60)
        yield most(f"{what}: case page, p95", p95_ms(cases), "ms", 40)
        yield rate_on_one_core(f"{what}: worklists", lists, 30)
        yield rate_on_one_core(f"{what}: case pages", cases, 30)
        with chromium() as driven:
            views = [_first_view(driven, address, browser) for _ in range(VIEWS)]
        weight, painted = map(statistics.median, zip(*views, strict=True))
        yield most(f"{what}: first view, weight on the wire", weight, "kB", 200)
        yield most(f"{what}: largest contentful paint", painted, "ms", 1000)


def statements(settings: Settings) -> dict[str, int]:
    """Return how many SQL statements each page takes, on all connections there are."""
    with (
        _noted() as said,
        installation.opened(settings) as system,
        served(system) as address,
        person(address) as browser,
        program(address) as client,
    ):
        numbers = map(Shape(len(SAME_LIVES)).number, SAME_LIVES)
        cases = [f"/cases/{number}" for number in numbers]
        asked: dict[str, Callable[[], object]] = {
            "a worklist": partial(get, browser, FIRST_VIEW),
            f"{len(cases)} case pages": lambda: [get(browser, one) for one in cases],
            "a JSON list of 100": partial(get, client, "/api/v1/cases?limit=100"),
            "a new case": partial(report, client),
        }
        return {name: _usual(ask, said) for name, ask in asked.items()}


def constant(
    few: Mapping[str, int], many: Mapping[str, int], what: str
) -> Iterator[Row]:
    """Yield whether pages of a large country take more statements than of a small."""
    for name, count in many.items():
        yield most(f"{what}: SQL statements of {name}", count, "", few[name])


def _asking(
    browser: httpx2.Client, paths: tuple[str, ...]
) -> list[Callable[[], object]]:
    return [partial(get, browser, path) for path in islice(cycle(paths), ASKED)]


def _open_cases(system: Gadelys) -> tuple[str, ...]:
    found = listed(system.rows, Wanted(), limit=ASKED).rows
    return tuple(f"/cases/{row.number}" for row in found)


def _first_view(
    driven: Browser, address: str, browser: httpx2.Client
) -> tuple[float, float]:
    """Return what somebody waits for who has nothing of it yet: kB, ms to its paint."""
    weights: list[float] = []
    with driven.new_context(viewport={"width": 1280, "height": 900}) as context:
        host = urlsplit(address).hostname
        for name, value in browser.cookies.items():
            cookie = {"name": name, "value": value, "domain": host, "path": "/"}
            context.add_cookies([cookie])  # type: ignore[list-item]
        page = context.new_page()
        wire = context.new_cdp_session(page)
        wire.send("Network.enable")
        wire.on(
            "Network.loadingFinished",
            lambda told: weights.append(told["encodedDataLength"]),
        )
        page.goto(f"{address}{FIRST_VIEW}", wait_until="networkidle")
        painted: float = page.evaluate(PAINTED)
    return sum(weights) / 1000, painted


def _usual(ask: Callable[[], object], said: list[str]) -> int:
    """Return how many statements it takes when everything has been opened before."""
    for _ in range(WARM):
        ask()
    counts = []
    for _ in range(VIEWS):
        said.clear()
        ask()
        counts.append(len(said))
    return int(statistics.median(counts))


@contextmanager
def _noted() -> Iterator[list[str]]:
    """Note every statement that SQLite runs on connections opened meanwhile."""
    said: list[str] = []
    plain = sqlite.connect

    def note(statement: str) -> None:
        if not statement.startswith("--"):  # what a trigger does of its own accord
            said.append(statement)

    def connect(*args: object, **kwargs: object) -> sqlite.Connection:
        connection = plain(*args, **kwargs)
        connection.set_trace_callback(note)
        return connection

    sqlite.connect = connect
    try:
        yield said
    finally:
        sqlite.connect = plain
