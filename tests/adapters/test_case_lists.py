"""Lists of cases against plain filters over all rows, on both engines."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import pytest

from adapters.persistence import row_store
from adapters.persistence.case_lists import (
    Order,
    Wanted,
    highest_number,
    listed,
    of_walk,
    open_numbers,
    points,
)
from adapters.persistence.row_store import RowStore
from domain.errors import Code, Refused
from domain.finding.events import FindingCorrected
from domain.finding.state import Status
from domain.register.model import Bounds
from projections.cases import CASES, CaseRow, NextStep
from projections.danish import words
from projections.versions import Asked
from projections.walks import WALKS
from tests import examples as ex
from tests.adapters.postgres_server import Server
from tests.adapters.row_stores import (
    Listed,
    Place,
    RowDatabase,
    RowFile,
    Shelves,
    statements,
)
from tests.projections.folding import recorded, rows_of
from tests.projections.many_cases import AREAS, FIRST, many_cases
from tests.projections.past import known_rows

FACTS = many_cases(1, 60, late=True)
CASES_NOW: Mapping[str, CaseRow] = rows_of(CASES, FACTS)
EVERY_STATUS = tuple(Status)
TODAY = FIRST.date() + timedelta(days=6)
ALL = 10_000


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], Place]:
    """Return a function that makes places for rows, each empty."""

    def make() -> Place:
        if request.param == "sqlite":
            folder: Path = tmp_path_factory.mktemp("rows")
            return RowFile(folder / "views.db")
        server: Server = request.getfixturevalue("postgres_server")
        return RowDatabase(server.another())

    return make


def filled(place: Place, *facts: Any, page: int = 2000) -> Iterator[RowStore]:
    with closing(Shelves(place)) as shelves, pytest.MonkeyPatch.context() as patched:
        patched.setattr(row_store, "PAGE", page)
        store = shelves.open([CASES, WALKS])
        for end in range(len(facts) // 3, len(facts) + 1, len(facts) // 3):
            store.catch_up(Listed(facts[:end]))
        store.catch_up(Listed(facts))
        yield store


@pytest.fixture(scope="module")
def rows(place: Callable[[], Place]) -> Iterator[RowStore]:
    """Return a register of sixty cases, folded in small pages, some facts late."""
    yield from filled(place(), *FACTS, page=7)


def by_day(row: CaseRow) -> tuple[date, str]:
    return row.listed_on, row.number


def by_place(row: CaseRow) -> tuple[str, str]:
    return row.place_order, row.number


def numbers(found: Iterable[CaseRow]) -> list[str]:
    return [row.number for row in found]


def is_late(row: CaseRow, today: date) -> bool:
    days = (row.acknowledge_due, row.fix_due, row.verify_due, row.review_on)
    return any(day is not None and day < today for day in days)


def says(row: CaseRow, text: str) -> bool:
    said = words(f"{row.number} {row.text} {row.place or ''}")
    return all(any(word.startswith(part) for word in said) for part in words(text))


def is_wanted(row: CaseRow, wanted: Wanted) -> bool:
    """Whether a case is asked for: one line for each filter."""
    return all(
        (
            row.status in wanted.statuses if wanted.statuses else row.is_open,
            row.next_step in wanted.steps or not wanted.steps,
            wanted.unit in {None, str(row.unit)},
            wanted.person in {None, row.person},
            wanted.category in {None, row.category},
            wanted.walk in {None, row.walk},
            wanted.area is None or AREAS.get(row.walk or "") == wanted.area,
            wanted.late_on is None or is_late(row, wanted.late_on),
            wanted.text is None or says(row, wanted.text),
        )
    )


def picked(wanted: Wanted, found: Iterable[CaseRow]) -> list[CaseRow]:
    return sorted((row for row in found if is_wanted(row, wanted)), key=by_day)


# ---- filters ----


FILTERS: Mapping[str, Any] = {
    "unit": str(ex.LIGHTING),
    "person": "a17",
    "statuses": (Status.ASSIGNED, Status.VERIFIED, Status.FIXED),
    "category": "LGT-FAIL",
    "walk": "OEST-1",
    "area": "Aalborg Øst",
    "text": "hæk",
    "late_on": TODAY,
}


def test_without_a_filter_all_open_cases_are_listed(rows: RowStore) -> None:
    found = listed(rows, Wanted(), limit=ALL)

    assert found.rows == picked(Wanted(), CASES_NOW.values())
    assert (found.next, found.position) == (None, len(FACTS))
    assert 20 < len(found.rows) < len(CASES_NOW)


@pytest.mark.parametrize("name", FILTERS)
def test_each_filter_leaves_some_and_takes_some(rows: RowStore, name: str) -> None:
    wanted = Wanted(**{name: FILTERS[name]})

    found = listed(rows, wanted, limit=ALL).rows

    assert found == picked(wanted, CASES_NOW.values())
    assert 0 < len(found) < len(CASES_NOW)


def test_filters_can_be_combined(rows: RowStore) -> None:
    met = 0
    for names in (*combinations(FILTERS, 2), *combinations(FILTERS, 3)):
        wanted = Wanted(**{name: FILTERS[name] for name in names})
        found = listed(rows, wanted, limit=ALL).rows
        assert found == picked(wanted, CASES_NOW.values()), names
        met += bool(found)
    assert met > 20


@pytest.mark.parametrize(
    "statuses", [*((status,) for status in Status), EVERY_STATUS, ()]
)
def test_any_status_can_be_asked_for(
    rows: RowStore, statuses: tuple[Status, ...]
) -> None:
    wanted = Wanted(statuses=statuses)

    assert listed(rows, wanted, limit=ALL).rows == picked(wanted, CASES_NOW.values())


@pytest.mark.parametrize("step", NextStep)
def test_what_a_case_waits_for_can_be_asked_for(rows: RowStore, step: NextStep) -> None:
    wanted = Wanted(steps=(step,), statuses=EVERY_STATUS)

    assert listed(rows, wanted, limit=ALL).rows == picked(wanted, CASES_NOW.values())


@pytest.mark.parametrize("days", range(-1, 14))
def test_late_is_what_was_due_before_today_on_any_clock(
    rows: RowStore, days: int
) -> None:
    wanted = Wanted(late_on=FIRST.date() + timedelta(days=days))

    found = listed(rows, wanted, limit=ALL).rows

    assert found == picked(wanted, CASES_NOW.values())
    assert bool(found) == (days > 0)


def test_what_nobody_asked_for_is_not_found(rows: RowStore) -> None:
    for wanted in (
        Wanted(unit="municipality/nobody"),
        Wanted(area="Ukendt"),
        Wanted(walk="OEST"),
        Wanted(text="findes ikke"),
        Wanted(category="' OR 1=1 --"),
    ):
        assert listed(rows, wanted, limit=ALL).rows == []


# ---- words ----


@pytest.mark.parametrize(
    "text",
    [
        *("hæk", "haek", "HÆK", "hække", "lamp", "Å", "aa", "aaen", "åen", "øst"),
        *("oester", "Sønder", "soender", "mørk sti", "sti mørk", "bænk hæk lampe"),
        *("zoo", "aarhusvej", "århusvej", "allé", "alle", "2026", "2026-0007", "k"),
        *("æk", "hæk!", "…", "  ", "hæk hæk", "100%", "h_k", "hæk OR lampe"),
    ],
)
def test_words_are_found_by_their_beginnings_however_they_are_typed(
    rows: RowStore, text: str
) -> None:
    wanted = Wanted(text=text, statuses=EVERY_STATUS)

    found = listed(rows, wanted, limit=ALL).rows

    assert found == picked(wanted, CASES_NOW.values())


def test_some_words_are_found_and_some_are_not(rows: RowStore) -> None:
    found = {
        text: len(listed(rows, Wanted(text=text), limit=ALL).rows)
        for text in ("hæk", "haek", "æk", "aa", "hæk lamp")
    }

    assert found["hæk"] == found["haek"] > found["hæk lamp"] > 0
    assert (found["æk"], found["aa"] > 0) == (0, True)


def test_a_corrected_text_is_found_by_its_new_words_only(
    place: Callable[[], Place],
) -> None:
    told = ex.REPORTED.model_copy(update={"text": "Hækken vokser"})
    new = FindingCorrected(stamp=ex.stamp(), reason="Set.", text="Lampen vokser")
    facts = recorded(told, new)
    with closing(Shelves(place())) as shelves:
        store = shelves.open([CASES, WALKS])

        def found(text: str) -> int:
            return len(listed(store, Wanted(text=text)).rows)

        store.catch_up(Listed(facts[:1]))
        assert (found("hæk"), found("lampe"), found("vokser")) == (1, 0, 1)
        store.catch_up(Listed(facts))
        assert (found("hæk"), found("lampe"), found("vokser")) == (0, 1, 1)


def test_nothing_is_found_by_what_went_to_another_forum(
    place: Callable[[], Place],
) -> None:
    told = ex.REPORTED.model_copy(update={"text": "Fru Jensens hæk"})
    with closing(Shelves(place())) as shelves:
        store = shelves.open([CASES, WALKS])
        store.catch_up(Listed(recorded(told, ex.REFERRED)))

        assert listed(store, Wanted(text="jensen", statuses=EVERY_STATUS)).rows == []
        assert len(listed(store, Wanted(statuses=EVERY_STATUS)).rows) == 1


# ---- pages ----


def pages(
    rows: RowStore, size: int, order: Order = Order.DUE, **more: Any
) -> list[list[CaseRow]]:
    """Return all pages, one after another."""
    found, after = [], None
    while True:
        page = listed(
            rows,
            Wanted(statuses=EVERY_STATUS),
            order=order,
            after=after,
            limit=size,
            **more,
        )
        found.append(page.rows)
        if page.next is None:
            return found
        after = page.next


@pytest.mark.parametrize("size", [1, 2, 7, 59, 60, 61])
@pytest.mark.parametrize("order", Order)
def test_all_pages_together_are_the_whole_list_once_and_in_order(
    rows: RowStore, size: int, order: Order
) -> None:
    key = by_day if order is Order.DUE else by_place
    whole = sorted(CASES_NOW.values(), key=key)

    found = pages(rows, size, order)

    assert [row for page in found for row in page] == whole
    assert {len(page) for page in found[:-1]} <= {size}
    assert 0 < len(found[-1]) <= size


def test_many_cases_are_due_on_one_day_or_lie_in_one_place() -> None:
    """Else the pages above would prove less than they seem to."""
    for key in (by_day, by_place):
        whole = sorted(CASES_NOW.values(), key=key)
        assert sum(key(a)[0] == key(b)[0] for a, b in pairwise(whole)) > 20


def test_pages_of_the_past_are_the_whole_past_list(rows: RowStore) -> None:
    asked = Asked(FIRST + timedelta(days=30))
    past = known_rows(FACTS, asked).values()

    found = [row for page in pages(rows, 3, asked=asked) for row in page]

    assert list(map(CASES.seen, found)) == [
        CASES.seen(row) for row in sorted(past, key=by_day)
    ]


NO_SUCH_DAY = "ZHVlCjIwMjYtMTMtNDEKMQ"
NO_TEXT_DUE = "ZHVlCjIwMjYtMDEtMDEKAA"
NO_TEXT_PLACE = "cGxhY2UKAAox"


@pytest.mark.parametrize(
    "after",
    [
        "",
        "garbage",
        "æøå",
        "====",
        "ZHVlCng",
        "\udcff",
        NO_SUCH_DAY,
        NO_TEXT_DUE,
        NO_TEXT_PLACE,
    ],
)
@pytest.mark.parametrize("order", Order)
def test_a_cursor_that_is_none_is_refused(
    rows: RowStore, after: str, order: Order
) -> None:
    with pytest.raises(Refused) as caught:
        listed(rows, Wanted(), after=after, order=order)

    assert caught.value.code is Code.BAD_CURSOR


@pytest.mark.parametrize("order", Order)
def test_a_cursor_of_another_order_is_refused(rows: RowStore, order: Order) -> None:
    [other] = set(Order) - {order}
    cursor = listed(rows, Wanted(), order=other, limit=1).next

    with pytest.raises(Refused) as caught:
        listed(rows, Wanted(), after=cursor, order=order)

    assert caught.value.code is Code.BAD_CURSOR


@pytest.mark.parametrize("strange", ["Ved\nsøen", "\tHer", "'; --", "Zoo|{}~", " "])
def test_pages_go_on_after_a_strange_place(
    place: Callable[[], Place], strange: str
) -> None:
    facts = [
        fact
        for nth in range(4)
        for fact in recorded(
            ex.REPORTED.model_copy(update={"place": strange}),
            stream=f"finding/2026-{nth}",
            first=nth + 1,
        )
    ]
    with closing(Shelves(place())) as shelves:
        store = shelves.open([CASES, WALKS])
        store.catch_up(Listed(facts))

        assert list(map(len, pages(store, 2, Order.PLACE))) == [2, 2]


# ---- the past ----


def questions() -> list[Asked]:
    moments = [FIRST + timedelta(days=days) for days in (-1, 10, 25, 40, 90, 4000)]
    moments.append(FACTS[70].event.stamp.at)
    positions = [0, 1, len(FACTS) // 3, len(FACTS) // 2, len(FACTS), len(FACTS) + 5]
    return [
        Asked(happened, known)
        for happened in (None, *moments)
        for known in (None, *positions)
    ]


def test_the_whole_register_is_listed_as_it_was(rows: RowStore) -> None:
    for asked in questions():
        found = listed(rows, Wanted(statuses=EVERY_STATUS), asked=asked, limit=ALL)
        past = sorted(known_rows(FACTS, asked).values(), key=by_day)
        assert list(map(CASES.seen, found.rows)) == list(map(CASES.seen, past)), asked


def test_past_lists_can_be_narrowed(rows: RowStore) -> None:
    narrow = [name for name in FILTERS if name != "text"]
    for asked in questions()[::5]:
        past = known_rows(FACTS, asked).values()
        for name in narrow:
            wanted = Wanted(**{name: FILTERS[name]})
            found = listed(rows, wanted, asked=asked, limit=ALL).rows
            assert list(map(CASES.seen, found)) == list(
                map(CASES.seen, picked(wanted, past))
            ), (asked, name)


def test_past_lists_are_not_all_alike(rows: RowStore) -> None:
    wanted = Wanted(statuses=EVERY_STATUS)
    sizes = {
        len(listed(rows, wanted, asked=asked, limit=ALL).rows) for asked in questions()
    }

    assert {0, len(CASES_NOW)} < sizes
    assert len(sizes) > 5


def test_a_walk_has_its_cases_as_they_were(rows: RowStore) -> None:
    for asked in (Asked(), *questions()[::4]):
        found, position = of_walk(rows, "OEST-2", asked)
        past = known_rows(FACTS, asked).values()
        wanted = sorted((row for row in past if row.walk == "OEST-2"), key=by_number)
        assert list(map(CASES.seen, found)) == list(map(CASES.seen, wanted)), asked
        assert position == len(FACTS)


def by_number(row: CaseRow) -> str:
    return row.number


# ---- numbers and points ----


def test_open_cases_are_named(rows: RowStore) -> None:
    opened = [row for row in CASES_NOW.values() if row.is_open]

    assert set(open_numbers(rows)) == set(numbers(opened))
    assert set(open_numbers(rows, offered=True)) == {
        row.number for row in opened if row.offered
    }
    assert 0 < len(open_numbers(rows, offered=True)) < len(opened)


NUMBERED = ("2026-7", "2026-007", "2026-12", "2026-99b", "2026-", "2026-²", "2027-3")


@pytest.mark.parametrize(
    ("beginning", "highest"),
    [
        ("2026-", 12),
        ("2026-0", 7),
        ("2026-12", 0),
        ("2027-", 3),
        ("2028-", 0),
        ("%", 0),
    ],
)
def test_the_highest_number_is_that_of_those_that_are_numbers(
    place: Callable[[], Place], beginning: str, highest: int
) -> None:
    facts = [
        fact
        for nth, number in enumerate((*NUMBERED, f"2026-{'9' * 30}"), start=1)
        for fact in recorded(ex.REPORTED, stream=f"finding/{number}", first=nth)
    ]
    for store in filled(place(), *facts):
        assert highest_number(store, beginning) == highest


def test_points_are_those_of_open_cases_in_the_box(rows: RowStore) -> None:
    box = Bounds(south=57.02, north=57.07, west=9.93, east=9.98)
    here = [row for row in CASES_NOW.values() if row.is_open and row.lat is not None]
    inside = [
        row
        for row in here
        if box.south <= (row.lat or 0) <= box.north
        and box.west <= (row.lon or 0) <= box.east
    ]

    found = points(rows, box)

    assert {point.number for point in found} == set(numbers(inside))
    assert {point.number for point in points(rows)} == set(numbers(here))
    assert 0 < len(inside) < len(here)
    for point in found:
        row = CASES_NOW[point.number]
        assert (point.lat, point.lon) == (row.lat, row.lon)
        assert (point.category, point.status) == (row.category, row.status)
        assert point.due_on == row.due_on


def test_no_more_points_than_wanted_are_returned(rows: RowStore) -> None:
    assert len(points(rows, limit=3)) == 3


# ---- how often the database is asked ----


@pytest.fixture(scope="module")
def small(place: Callable[[], Place]) -> Iterator[RowStore]:
    """Return a register of ten cases."""
    yield from filled(place(), *many_cases(2, 10))


@pytest.fixture(scope="module")
def large(place: Callable[[], Place]) -> Iterator[RowStore]:
    """Return a register of three hundred cases."""
    yield from filled(place(), *many_cases(3, 300))


PAST = Asked(FIRST + timedelta(days=30), known=20)
ASKED: Mapping[str, Callable[[RowStore, str | None], object]] = {
    "plain": lambda rows, after: listed(rows, Wanted(), after=after, limit=5),
    "all filters": lambda rows, after: listed(
        rows, Wanted(**FILTERS), after=after, limit=5
    ),
    "happened": lambda rows, after: listed(
        rows, Wanted(), asked=Asked(PAST.happened), after=after, limit=5
    ),
    "known": lambda rows, after: listed(
        rows, Wanted(), asked=replace(PAST, happened=None), after=after, limit=5
    ),
    "both": lambda rows, after: listed(
        rows, Wanted(), asked=PAST, after=after, limit=5
    ),
    "walk": lambda rows, _: of_walk(rows, "OEST-1", PAST),
    "points": lambda rows, _: points(rows, Bounds(south=57, north=58, west=9, east=10)),
    "open": lambda rows, _: open_numbers(rows),
    "numbers": lambda rows, _: highest_number(rows, "2026"),
}


@pytest.mark.parametrize("name", ASKED)
def test_the_number_of_statements_is_the_same_for_any_register_and_page(
    small: RowStore, large: RowStore, name: str
) -> None:
    ask = ASKED[name]
    first = listed(large, Wanted(), limit=3).next
    deep = listed(large, Wanted(), limit=150).next
    assert first
    assert deep
    ask(small, None), ask(large, None)
    counts = []
    for rows, after in ((small, None), (large, None), (large, first), (large, deep)):
        with statements() as said:
            ask(rows, after)
        counts.append(len(said))

    assert len(set(counts)) == 1
    assert 1 <= counts[0] <= 2
