"""Tools beside the list: put by, print, settings of this browser, and the palette."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from adapters.persistence.preferences import Preferences, SavedList
from adapters.texts import Texts
from adapters.viewing import may_look_back
from adapters.web.asked import Here, Person, Posted, System
from adapters.web.building import plain
from adapters.web.exporting import download
from adapters.web.listing import list_as_csv
from adapters.web.pages.case import Looking
from adapters.web.pages.start import inside
from adapters.web.pages.work import (
    EVERYBODY,
    Filters,
    Tab,
    in_tab,
    line_of,
    wanted_of,
)
from adapters.web.reading import fresh, kept_for, viewer_of
from adapters.web.rendering import page, places_of, query
from adapters.web.visiting import Visitor
from domain.errors import Code, DomainError, Refused
from domain.permissions.asking import is_permitted
from domain.permissions.roles import roles_of
from domain.permissions.standing import NEW
from domain.permissions.words import Action
from domain.values import Actor
from projections.cases import CASES

router = APIRouter(include_in_schema=False)
MOST_PRINTED = 500
MOST_EXPORTED = 5000
LONGEST_NAME = 60
MOST_FOUND = 40
CASE = "/cases/"


def preferences_of(visitor: Visitor) -> Preferences:
    """Return what people have put by in this installation."""
    return Preferences(visitor.system.settings.preferences_file)


# ---- lists that are put by ----


@router.post("/worklist/saved")
def save(visitor: Here, by: Person, form: Posted, asked: Filters) -> Response:
    """Put the list by, as it is filtered, under a name; for oneself or one's unit.

    Raises: Refused (bad_input) without a name, or when there are too many.
    """
    name = " ".join(plain(str(form.get("name", ""))).split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise Refused(Code.BAD_INPUT, field="title")
    saved = SavedList(name, query(asked.values))
    preferences_of(visitor).keep(_owner(by, form), saved)
    visitor.memory["notice"] = visitor.texts.say("web_list.saved", name=name)
    return RedirectResponse(f"/worklist{saved.query}", HTTPStatus.SEE_OTHER)


@router.post("/worklist/saved/forget")
def forget(visitor: Here, by: Person, form: Posted) -> Response:
    """Forget a list that was put by."""
    preferences_of(visitor).forget(_owner(by, form), str(form.get("saved", "")))
    back = inside(str(form.get("back", "/worklist")))
    return RedirectResponse(back, HTTPStatus.SEE_OTHER)


def _owner(by: Actor, form: FormData) -> Actor:
    """Return whose list it is: everybody's of the unit, or one's own."""
    return by.unit if "shared" in form else by


# ---- on paper ----


@router.get("/worklist/print")
def print_view(
    request: Request, visitor: Here, by: Person, system: System, asked: Filters
) -> Response:
    """Show the whole list on one page, with what it is filtered by, for paper."""
    register, texts = system.rules().register, visitor.texts
    today = register.working_days.local_day(visitor.now)
    fresh(system, CASES.name)
    wanted = in_tab(wanted_of(asked, by), asked.tab, today)
    found = viewer_of(visitor, by).listed(wanted, limit=MOST_PRINTED)
    return page(
        request,
        "work_print.html",
        asked=asked,
        lines=[line_of(row, register, texts, today) for row in found.rows],
        is_whole=found.next is None,
        at=texts.show(visitor.now),
        own=texts.actor(by.unit),
        told=_told(asked.values, texts),
    )


@router.get("/worklist/export.csv")
def export(visitor: Here, by: Person, system: System, asked: Filters) -> Response:
    """Hand the list out as it is filtered, as CSV; that is written down.

    Raises: NotAllowed (not_your_role) for who may hand out no cases.
    """
    register, texts = system.rules().register, visitor.texts
    today = register.working_days.local_day(visitor.now)
    fresh(system, CASES.name)
    wanted = in_tab(wanted_of(asked, by), asked.tab, today)
    found = viewer_of(visitor, by).handed_out(wanted, MOST_EXPORTED)
    unit = asked.unit or str(by.unit)
    whose = texts.say("web.all_units") if unit == EVERYBODY else texts.actor(unit)
    pile = texts.say(f"web_pile.{asked.tab}")
    head = [
        (
            texts.say("web_export.list"),
            " · ".join([pile, whose, *_told(asked.values, texts)]),
        ),
        (texts.say("web_export.as_of"), texts.show(visitor.now)),
        (texts.say("web_export.position"), str(found.position)),
        (texts.say("web_export.count"), str(len(found.rows))),
    ]
    if found.next is not None:
        head.append((texts.say("web_export.cut"), texts.say("web_list.not_whole")))
    name = f"gadelys-liste-{today:%Y%m%d}.csv"
    body = list_as_csv(found.rows, head, texts)
    return download(body, name, "text/csv; charset=utf-8")


def _told(values: dict[str, object], texts: Texts) -> list[str]:
    """Return what a list is filtered by, in words."""
    said = [
        str(values["q"]),
        texts.category(str(values["category"])) if values["category"] else "",
        str(values["walk"]),
    ]
    return [one for one in said if one]


# ---- settings of this browser ----


@router.get("/settings")
def settings(request: Request, visitor: Here, by: Person) -> Response:
    """Show what can be set for this browser, and the lists that were put by."""
    lists = preferences_of(visitor).lists_of(by)
    told = kept_for(visitor, request.url.path)
    keys = "keys" in told if told else visitor.keys
    return page(request, "settings.html", keys=keys, lists=lists)


@router.post("/settings")
def set_keys(visitor: Here, _: Person, form: Posted) -> Response:
    """Switch the keys of one letter on or off in this browser."""
    visitor.use_keys(on="keys" in form)
    visitor.memory["notice"] = visitor.texts.say("web_list.set")
    return RedirectResponse("/settings", HTTPStatus.SEE_OTHER)


# ---- the palette ----


@dataclass(frozen=True, slots=True)
class Way:
    """One place to go to, or one thing to do; `kind` names its heading."""

    kind: str
    label: str
    path: str


Words = Annotated[str, Query(max_length=100)]


@router.get("/palette")
def palette(
    request: Request, visitor: Here, by: Person, q: Words = "", here: Words = ""
) -> Response:
    """Show everywhere that one can go, as a page."""
    ways = ways_of(visitor, by, q, here)
    return page(request, "palette.html", q=q, from_here=here, ways=ways)


@router.get("/palette/found")
def palette_found(
    request: Request, visitor: Here, by: Person, q: Words = "", here: Words = ""
) -> Response:
    """Return the same without the page around it."""
    return page(request, "palette_found.html", ways=ways_of(visitor, by, q, here))


def ways_of(visitor: Visitor, by: Actor, text: str, here: str) -> list[Way]:
    """Return where one can go, by the words of a text, the nearest first."""
    words = text.casefold().split()
    about = text.strip() if _may_be_number(text) else _number_in(here)
    case = list(_case_ways(visitor, by, about)) if about else []
    always = [*_place_ways(visitor, by)]
    named = [one for one in always if _says(one.label, words)]
    asked = (
        case if about == text.strip() else [x for x in case if _says(x.label, words)]
    )
    found = [*asked, *named]
    if text.strip():
        search = query({"q": text.strip(), "unit": "all"})
        label = visitor.texts.say("web_list.search_for", text=text.strip())
        found.append(Way("search", label, f"/worklist{search}"))
    return found[:MOST_FOUND]


def _may_be_number(text: str) -> bool:
    kept = text.strip()
    return any(one.isdecimal() for one in kept) and not set(kept) & set(" /?#%")


def _number_in(path: str) -> str:
    """Return the number of the case that a page is about; nothing on another page."""
    before, _, rest = path.partition(CASE)
    return rest.partition("/")[0] if before in {"", "/history"} else ""


def _says(label: str, words: Iterable[str]) -> bool:
    said = label.casefold()
    return all(word in said for word in words)


def _case_ways(visitor: Visitor, by: Actor, number: str) -> Iterator[Way]:
    """Yield what can be done with a case, if there is one for whoever asks."""
    try:
        looking = Looking(visitor, by, number)
    except DomainError:
        return
    texts, path = visitor.texts, f"{CASE}{number}"
    yield Way("case", texts.say("web_list.open_case", number=number), path)
    for name in looking.rehearsal().chances(number):
        label = f"{number}: {texts.say(f'web_verb.{name}')}"
        yield Way("case", label, f"{path}/{name.replace('_', '-')}")
    if may_look_back(roles_of(by, looking.register)):
        label = texts.say("web_past.case_title", number=number)
        yield Way("case", label, f"/history{path}")


def _place_ways(visitor: Visitor, by: Actor) -> Iterator[Way]:
    texts = visitor.texts
    for place in places_of(visitor):
        yield Way("places", texts.say(f"web_place.{place.name}"), place.path)
    for tab in Tab:
        label = f"{texts.say('web_place.work')}: {texts.say(f'web_pile.{tab}')}"
        yield Way("lists", label, f"/worklist{query({'tab': tab})}")
    for one in preferences_of(visitor).lists_of(by):
        yield Way("lists", one.name, f"/worklist{one.query}")
    register = visitor.system.rules().register
    if is_permitted(by, Action.REPORT, NEW, register):
        yield Way("places", texts.say("web.report"), "/report")
    yield Way("places", texts.say("web_list.settings"), "/settings")
    yield Way("places", texts.say("web.accessibility"), "/accessibility")
