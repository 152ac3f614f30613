"""Mit arbejde: who must do what by when, filtered, page by page."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import RedirectResponse, Response

from adapters.persistence.case_lists import Tally, Wanted
from adapters.persistence.preferences import Preferences
from adapters.texts import Texts
from adapters.viewing import Viewer
from adapters.web.asked import Here, Person, System
from adapters.web.forms import TAKEN_AT_ONCE
from adapters.web.reading import (
    fresh,
    kept_for,
    seconds_behind,
    viewer_of,
    walk_choices,
)
from adapters.web.rendering import page
from adapters.web.wording import Due, due_of, overlays_of, unit_names
from domain.permissions.words import Action
from domain.register.model import Register
from domain.values import Actor
from projections.cases import CASES, CaseRow

router = APIRouter(include_in_schema=False)
PAGE = 25
EVERYBODY = "all"
SUNDAY = 6
TITLE_LENGTH = 90


class Tab(StrEnum):
    """The piles that work lies in."""

    LATE = "late"
    TODAY = "today"
    WEEK = "week"
    HOLD = "hold"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks of the list; all of it stands in the address."""

    tab: Tab = Tab.ALL
    q: str = ""
    unit: str = ""
    category: str = ""
    walk: str = ""
    after: str = ""

    @property
    def values(self) -> dict[str, object]:
        """The values that stand in the address."""
        return {
            "tab": "" if self.tab is Tab.ALL else str(self.tab),
            "q": self.q,
            "unit": self.unit,
            "category": self.category,
            "walk": self.walk,
        }

    def of_unit(self, unit: str) -> "Asked":
        """Return the same for the cases of another unit."""
        return replace(self, unit=unit)

    @property
    def filters(self) -> int:
        """How many filters are set."""
        return sum(map(bool, (self.q, self.unit, self.category, self.walk)))


@dataclass(frozen=True, slots=True)
class Line:
    """One case of the list, as it is shown."""

    row: CaseRow
    category: str
    title: str
    status: str
    overlays: list[str]
    due: Due | None
    responsible: str
    next: str


def _asked(
    tab: Annotated[str, Query(max_length=10)] = "",
    q: Annotated[str, Query(max_length=200)] = "",
    unit: Annotated[str, Query(max_length=200)] = "",
    category: Annotated[str, Query(max_length=60)] = "",
    walk: Annotated[str, Query(max_length=60)] = "",
    after: Annotated[str, Query(max_length=2000)] = "",
) -> Asked:
    known = Tab(tab) if tab in set(Tab) else Tab.ALL
    return Asked(known, q.strip(), unit, category, walk, after)


Filters = Annotated[Asked, Depends(_asked)]


@router.get("/worklist")
def work(
    request: Request, visitor: Here, by: Person, system: System, asked: Filters
) -> Response:
    """Show the cases that wait for somebody, or go straight to the one meant."""
    viewer = viewer_of(visitor, by)
    if asked.q and (number := _known(viewer, asked.q)):
        return RedirectResponse(f"/cases/{number}", HTTPStatus.SEE_OTHER)
    register, texts = system.rules().register, visitor.texts
    today = register.working_days.local_day(visitor.now)
    wanted = wanted_of(asked, by)
    fresh(system, CASES.name)
    found = viewer.listed(
        in_tab(wanted, asked.tab, today), after=asked.after or None, limit=PAGE
    )
    counts = viewer.tally(wanted, today, week_end(today))
    return page(
        request,
        "work.html",
        asked=asked,
        lines=[line_of(row, register, texts, today) for row in found.rows],
        tabs=_tabs(counts),
        next=found.next,
        position=found.position,
        behind=seconds_behind(system, found.position),
        units=unit_names(register, texts),
        own=texts.actor(by.unit),
        categories=[(one.code, texts.show_named(one)) for one in register.categories],
        walks=walk_choices(system, by),
        everybody=EVERYBODY,
        may_report=viewer.may(Action.REPORT),
        may_export=viewer.may(Action.EXPORT_CASE),
        view_name=kept_for(visitor, request.url.path).get("name", ""),
        step=_next_pile(asked.tab, counts),
        steps=TAKEN_AT_ONCE,
        saved=Preferences(system.settings.preferences_file).lists_of(by),
    )


@router.get("/worklist/news")
def news(
    request: Request,
    visitor: Here,
    by: Person,
    asked: Filters,
    seen: Annotated[int, Query(ge=0)],
) -> Response:
    """Say how many of these cases have changed since somebody looked."""
    count = viewer_of(visitor, by).changed_since(wanted_of(asked, by), seen)
    return page(request, "news.html", count=count, values=asked.values)


def wanted_of(asked: Asked, by: Actor) -> Wanted:
    """Return which cases are meant; without a unit those of whoever asks."""
    unit = str(by.unit) if not asked.unit else asked.unit
    return Wanted(
        unit=None if unit == EVERYBODY else unit,
        category=asked.category or None,
        walk=asked.walk or None,
        text=asked.q or None,
    )


def in_tab(wanted: Wanted, tab: Tab, today: date) -> Wanted:
    """Return the cases of one pile, as it is on a day."""
    match tab:
        case Tab.LATE:
            return replace(wanted, late_on=today)
        case Tab.TODAY:
            return replace(wanted, due_from=today, due_until=today)
        case Tab.WEEK:
            return replace(wanted, due_from=today, due_until=week_end(today))
        case Tab.HOLD:
            return replace(wanted, on_hold=True)
        case Tab.ALL:
            return wanted


def week_end(today: date) -> date:
    """Return the Sunday of this week."""
    return today + timedelta(days=SUNDAY - today.weekday())


def _tabs(counts: Tally) -> list[tuple[str, int]]:
    return [
        (Tab.LATE, counts.late),
        (Tab.TODAY, counts.today),
        (Tab.WEEK, counts.week),
        (Tab.HOLD, counts.hold),
        (Tab.ALL, counts.every),
    ]


def _next_pile(tab: Tab, counts: Tally) -> tuple[str, int] | None:
    """Return the pile to look at when this one is empty."""
    piles = [one for one in _tabs(counts) if one[1] and one[0] != tab]
    return piles[0] if piles else None


def _known(viewer: Viewer, text: str) -> str | None:
    """Return the number that was searched for, if there is such a case."""
    is_one = " " not in text and "/" not in text
    return text if is_one and viewer.sees(text) else None


def line_of(row: CaseRow, register: Register, texts: Texts, today: date) -> Line:
    """Return one case as it is shown in a list."""
    text = texts.show(row.text) if row.text else texts.say("web.no_text")
    short = text if len(text) <= TITLE_LENGTH else f"{text[: TITLE_LENGTH - 1]}…"
    person = f" ({row.person})" if row.person else ""
    return Line(
        row=row,
        category=texts.category(row.category),
        title=short,
        status=texts.status(row.status),
        overlays=overlays_of(row, texts),
        due=due_of(row.due_on, today, register.working_days, texts),
        responsible=f"{texts.actor(row.unit)}{person}",
        next=texts.word("next_step", row.next_step),
    )
