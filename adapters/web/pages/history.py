"""Historik: every case, list and report as it was, for who answers for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from adapters.ledger.book import Book
from adapters.ledger.fact_proof import FactProof, proofs_of
from adapters.persistence.case_lists import Wanted
from adapters.persistence.trust import read_trust
from adapters.system import Gadelys
from adapters.texts import Texts
from adapters.viewing import Viewer
from adapters.web.asked import Here, Person, System
from adapters.web.exporting import as_csv, as_json, download, fact_body
from adapters.web.moments import Moments, Then, moments_of
from adapters.web.pages.work import (
    EVERYBODY,
    Asked,
    Filters,
    in_tab,
    line_of,
    wanted_of,
)
from adapters.web.reading import fresh, newest_walks, viewer_of, walk_choices
from adapters.web.rendering import page, query
from adapters.web.replaying import lines_between
from adapters.web.visiting import Visitor
from adapters.web.walk_figures import walk_values
from adapters.web.wording import Told, told_of, unit_names
from domain.access import Looked
from domain.errors import Code, NotFound, Refused
from domain.finding.commands import stream_of
from domain.messages import Recorded
from domain.permissions.words import Action
from domain.values import Actor
from projections.cases import CASES

router = APIRouter(include_in_schema=False)
PAGE = 50
Facts = tuple[Recorded, ...]
Step = Annotated[int, Query(ge=0, le=1_000_000)]


@dataclass(frozen=True, slots=True)
class Dot:
    """One fact on the line of time; `state` is held, here, later or left out."""

    version: int
    words: str
    state: str


class Past:
    """One case in front of somebody who may look at its past."""

    def __init__(self, visitor: Visitor, by: Actor, number: str) -> None:
        """Look at all of it, which is written down.

        Raises: NotFound (unknown_finding); NotAllowed (not_your_role).
        """
        self.visitor = visitor
        self.number = number
        self.system: Gadelys = visitor.system
        self.texts: Texts = visitor.texts
        self.viewer: Viewer = viewer_of(visitor, by)
        self.facts: Facts = self.viewer.facts(number, looked=Looked.AT_HISTORY)

    def until(self, step: int, then: Moments) -> Facts:
        """Return the facts up to a step, or those of a moment; all for neither."""
        return self.facts[:step] if step else then.of(self.facts)

    def fact(self, version: int) -> Recorded:
        """Return one fact.

        Raises: NotFound (unknown_finding) when there are fewer.
        """
        if not 1 <= version <= len(self.facts):
            raise NotFound(Code.UNKNOWN_FINDING, number=f"{self.number}/{version}")
        return self.facts[version - 1]

    def proofs(self, facts: Facts) -> tuple[FactProof, ...]:
        """Return how far each of some facts of the case is proved.

        Raises: NotAllowed (not_your_role); Refused (trust_missing, bad_file).
        """
        self.viewer.require(Action.READ_PROOFS)
        settings = self.system.settings
        rows = self.system.store.rows_of(stream_of(self.number))
        book, trust = Book(settings.ledger_folder), read_trust(settings.trust_file)
        return proofs_of([rows[fact.version - 1] for fact in facts], book, trust)


@router.get("/history")
def front(
    request: Request,
    visitor: Here,
    by: Person,
    system: System,
    then: Then,
    number: Annotated[str, Query(max_length=60)] = "",
) -> Response:
    """Offer what can be looked at as it was, or go to the case that is meant."""
    viewer = viewer_of(visitor, by)
    viewer.require_past()
    if number.strip():
        path = f"/history/cases/{number.strip()}"
        return RedirectResponse(f"{path}{query(then.values)}", HTTPStatus.SEE_OTHER)
    return page(
        request,
        "history.html",
        then=then,
        walks=[(row.number, row.area) for row in newest_walks(system)],
    )


@router.get("/history/cases/{number}")
def replay(
    request: Request,
    visitor: Here,
    by: Person,
    number: str,
    then: Then,
    step: Step = 0,
) -> Response:
    """Show one case as it was after one of its facts, or at a moment."""
    past = Past(visitor, by, number)
    chosen = past.until(step, then)
    return page(
        request,
        "history_case.html",
        number=number,
        then=then,
        total=len(past.facts),
        is_now=len(chosen) == len(past.facts),
        banner=_banner(chosen, then, step, visitor.texts),
        dots=_dots(past.facts, chosen, visitor.texts),
        **_step_values(past, chosen),
    )


def _step_values(past: Past, chosen: Facts) -> Mapping[str, Any]:
    """Return what is shown of the last fact that somebody stands at."""
    if not chosen:
        return {"told": None, "fact": None, "lines": [], "proof": None, "raw": ""}
    fact, texts = chosen[-1], past.texts
    [proof] = past.proofs((fact,))
    return {
        "told": told_of(fact, texts),
        "fact": fact,
        "lines": lines_between(chosen[:-1], chosen, texts),
        "proof": proof,
        "raw": as_json(fact_body(fact, proof, texts)).decode(),
    }


def _banner(chosen: Facts, then: Moments, step: int, texts: Texts) -> str:
    if not then.is_now and not step:
        return then.words(texts)
    if not chosen:
        return texts.say("web_past.before")
    last = chosen[-1]
    return texts.say("web_past.step", n=last.version, at=last.event.stamp.at)


def _dots(every: Facts, chosen: Facts, texts: Texts) -> list[Dot]:
    held = {fact.version for fact in chosen}
    last = chosen[-1].version if chosen else 0

    def state(version: int) -> str:
        if version == last:
            return "here"
        if version in held:
            return "held"
        return "later" if version > last else "left_out"

    told = [told_of(fact, texts) for fact in every]
    return [
        Dot(one.version, f"{one.at} {one.words}", state(one.version)) for one in told
    ]


@router.get("/history/cases/{number}/compare")
def compare(
    request: Request,
    visitor: Here,
    by: Person,
    number: str,
    system: System,
    a: Step = 0,
    b: Step = 0,
    a_at: str = "",
    a_known: str = "",
    b_at: str = "",
    b_known: str = "",
) -> Response:
    """Show what is different between two moments of a case; the second can be now."""
    past, texts = Past(visitor, by, number), visitor.texts
    zone = system.rules().register.working_days.zone
    first, second = moments_of(a_at, a_known, zone), moments_of(b_at, b_known, zone)
    old, new = past.until(a, first), past.until(b, second)
    return page(
        request,
        "history_compare.html",
        number=number,
        a=a,
        b=b,
        first=first,
        second=second,
        names=(_side(old, first, a, past), _side(new, second, b, past)),
        lines=lines_between(old, new, texts),
        between=_only_in(new, old, texts),
        gone=_only_in(old, new, texts),
        stories=[told_of(fact, texts) for fact in past.facts],
    )


def _side(chosen: Facts, then: Moments, step: int, past: Past) -> str:
    """Return the name of one of the two moments."""
    if len(chosen) == len(past.facts) and then.is_now:
        return past.texts.say("web_past.now")
    return _banner(chosen, then, step, past.texts)


def _only_in(some: Facts, others: Facts, texts: Texts) -> list[Told]:
    known = {fact.version for fact in others}
    return [told_of(fact, texts) for fact in some if fact.version not in known]


@router.get("/history/cases/{number}/facts/{version}")
def raw(visitor: Here, by: Person, number: str, version: int) -> Response:
    """Return one fact as it is stored, with receipt and proof, as JSON.

    Words that are not for whoever asks are withheld.
    """
    past = Past(visitor, by, number)
    fact = past.fact(version)
    [proof] = past.proofs((fact,))
    body = fact_body(fact, proof, visitor.texts)
    return Response(
        as_json({"schema": "fact/1", **body}), media_type="application/json"
    )


@router.get("/history/cases/{number}/export.{kind}")
def export(
    visitor: Here,
    by: Person,
    number: str,
    kind: str,
    then: Then,
) -> Response:
    """Hand out the history of a case as CSV or JSON; that is written down.

    Raises: Refused (bad_input) for another kind; NotAllowed (not_your_role).
    """
    if kind not in {"csv", "json"}:
        raise Refused(Code.BAD_INPUT, field="kind")
    past, texts = Past(visitor, by, number), visitor.texts
    past.viewer.require_export(number)
    facts = then.of(past.facts)
    proofs = past.proofs(facts)
    today = past.system.rules().register.working_days.local_day(visitor.now)
    name = f"gadelys-{number}-{today:%Y%m%d}.{kind}"
    if kind == "csv":
        return download(as_csv(facts, proofs, texts), name, "text/csv; charset=utf-8")
    body = {
        "schema": "history/1",
        "number": number,
        "as_of": then.happened.isoformat() if then.happened else None,
        "as_known": then.recorded.isoformat() if then.recorded else None,
        "facts": [
            fact_body(fact, proof, texts)
            for fact, proof in zip(facts, proofs, strict=True)
        ],
    }
    return download(as_json(body), name, "application/json")


@router.get("/history/worklist")
def work(
    request: Request,
    visitor: Here,
    by: Person,
    system: System,
    then: Then,
    asked: Filters,
) -> Response:
    """Show the list of cases as it was."""
    viewer = viewer_of(visitor, by)
    viewer.require_past()
    register, texts = system.rules().register, visitor.texts
    today = then.day(visitor.now, register.working_days.zone)
    fresh(system, CASES.name)
    found = viewer.listed(
        in_tab(_everybody_s(asked, by), asked.tab, today),
        asked=then.asked(system),
        after=asked.after or None,
        limit=PAGE,
        looked=Looked.AT_HISTORY,
    )
    return page(
        request,
        "history_work.html",
        then=then,
        banner=then.words(texts),
        is_now=then.is_now,
        asked=asked,
        lines=[line_of(row, register, texts, today) for row in found.rows],
        next=found.next,
        units=unit_names(register, texts),
        categories=[(one.code, texts.show_named(one)) for one in register.categories],
        walks=walk_choices(system, by),
    )


def _everybody_s(asked: Asked, by: Actor) -> Wanted:
    """Return which cases are meant; without a unit those of everybody."""
    unit = asked.unit or EVERYBODY
    return wanted_of(asked.of_unit(unit), by)


@router.get("/history/walks/{number}")
def report(
    request: Request,
    visitor: Here,
    by: Person,
    system: System,
    number: str,
    then: Then,
) -> Response:
    """Show the report of a walk as it was.

    Raises: NotFound (unknown_walk); NotAllowed (not_your_role).
    """
    viewer = viewer_of(visitor, by)
    viewer.require_past()
    viewer.require(Action.READ_REPORT)
    texts, zone = visitor.texts, system.rules().register.working_days.zone
    day = then.day(visitor.now, zone)
    return page(
        request,
        "history_report.html",
        number=number,
        then=then,
        banner=then.words(texts),
        is_now=then.is_now,
        **walk_values(system, number, day, then.recorded, texts),
    )
