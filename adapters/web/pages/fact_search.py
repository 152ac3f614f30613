"""Historik: who did what when, across all cases; every question has an address."""

from dataclasses import dataclass
from datetime import datetime, time, tzinfo
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from adapters.persistence.fact_lists import FactsWanted
from adapters.texts import Texts
from adapters.viewing import HANDED_ON
from adapters.web.asked import Here, Person, System
from adapters.web.building import day_of
from adapters.web.moments import in_zone
from adapters.web.reading import fresh, viewer_of
from adapters.web.rendering import page, query
from adapters.web.wording import Told, told_of, unit_names
from domain.calendar import END_OF_DAY
from domain.catalogue import EVENTS
from domain.errors import Code, Refused
from domain.finding.commands import stream_of
from domain.messages import Recorded
from domain.register.model import Register
from domain.values import Actor, StreamId
from domain.walk.commands import stream_of as walk_stream
from projections.audit_trail import AUDIT_TRAIL

router = APIRouter(include_in_schema=False)
PAGE = 50
Word = Annotated[str, Query(max_length=60)]
Day = Annotated[str, Query(max_length=10)]
THEMSELVES = ("clock", "citizen")
"""Who acts without being a unit of the register."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks of the history, as it stands in the address."""

    unit: str = ""
    person: str = ""
    topic: str = ""
    case: str = ""
    walk: str = ""
    first: str = ""
    last: str = ""
    learned_first: str = ""
    learned_last: str = ""

    @property
    def values(self) -> dict[str, object]:
        """The values that stand in the address."""
        return {name: getattr(self, name) for name in self.__slots__}

    @property
    def is_anything(self) -> bool:
        """Whether it asks for anything in particular."""
        return any(self.values.values())

    @property
    def streams(self) -> list[StreamId]:
        """The case and the walk that it is about."""
        cases = [stream_of(self.case)] if self.case else []
        return [*cases, *([walk_stream(self.walk)] if self.walk else [])]

    def wanted(self, zone: tzinfo) -> FactsWanted:
        """Return the facts that are meant.

        Raises: Refused (bad_input) for what is no unit, staff id or day.
        """
        return FactsWanted(
            unit=_actor(self.unit) if self.unit else None,
            person=self.person.lower(),
            topic=self.topic,
            happened=_period(self.first, self.last, zone),
            recorded=_period(self.learned_first, self.learned_last, zone),
        )


@dataclass(frozen=True, slots=True)
class Line:
    """One fact that was found; `path` leads to its case at that moment."""

    told: Told
    learned: str
    by: str
    about: str
    path: str
    topic: str


def _asked(
    unit: Annotated[str, Query(max_length=200)] = "",
    person: Word = "",
    topic: Word = "",
    case: Word = "",
    walk: Word = "",
    first: Day = "",
    last: Day = "",
    learned_first: Day = "",
    learned_last: Day = "",
) -> Asked:
    told = (unit, person, topic, case, walk, first, last, learned_first, learned_last)
    return Asked(*(one.strip() for one in told))


@router.get("/history/facts")
def search(
    request: Request,
    visitor: Here,
    by: Person,
    system: System,
    asked: Annotated[Asked, Depends(_asked)],
    before: Annotated[int, Query(ge=1, le=2**53)] = 2**53,
) -> Response:
    """Show the facts that fit, the newest first.

    Raises: NotAllowed (not_your_role) for who may look at no past.
    """
    viewer, texts = viewer_of(visitor, by), visitor.texts
    register = system.rules().register
    fresh(system, AUDIT_TRAIL.name)
    found = viewer.facts_like(
        asked.wanted(register.working_days.zone),
        asked.streams,
        before=min(before, system.store.last_position() + 1),
        limit=PAGE,
    )
    return page(
        request,
        "history_facts.html",
        asked=asked,
        lines=[_line(fact, texts) for fact in found.facts],
        reached=found.reached,
        begins=before == 2**53,
        units=_who(register, texts),
        topics=_topics(texts),
    )


def _line(fact: Recorded, texts: Texts) -> Line:
    stamp = fact.event.stamp
    kind, _, number = fact.stream.partition("/")
    path = ""
    if kind == "finding":
        path = f"/history/cases/{number}?step={fact.version}"
    if kind == "walk":
        path = f"/history/walks/{number}{query({'at': stamp.at.isoformat()})}"
    return Line(
        told=told_of(fact, texts),
        learned=texts.show(fact.recorded_at),
        by=texts.actor(stamp.by),
        about=texts.say(f"web_facts.stream_{kind}", number=number),
        path=path,
        topic=fact.event.TOPIC,
    )


def _who(register: Register, texts: Texts) -> list[tuple[str, str]]:
    """Return everybody who can have acted, but for single persons."""
    overseers = [(str(one.id), texts.show_named(one)) for one in register.overseers]
    others = [(one, texts.actor(one)) for one in THEMSELVES]
    return [*unit_names(register, texts), *overseers, *others]


def _topics(texts: Texts) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the kinds of facts by the kind of stream that they stand in."""
    names: dict[str, list[tuple[str, str]]] = {}
    for topic in EVENTS:
        kind = topic.partition(".")[0]
        if kind in HANDED_ON:
            names.setdefault(kind, []).append((topic, texts.kind_of_fact(topic)))
    return [
        (texts.say(f"web_facts.kind_{kind}"), sorted(found, key=lambda one: one[1]))
        for kind, found in names.items()
    ]


def _actor(text: str) -> Actor:
    try:
        return Actor.parse(text)
    except ValueError as problem:
        raise Refused(Code.BAD_INPUT, field="unit") from problem


def _period(
    first: str, last: str, zone: tzinfo
) -> tuple[datetime | None, datetime | None]:
    return (
        _moment(first, time.min, zone) if first else None,
        _moment(last, END_OF_DAY, zone) if last else None,
    )


def _moment(day: str, at: time, zone: tzinfo) -> datetime:
    found = day_of(day)
    try:
        if not isinstance(found, str):
            return in_zone(datetime.combine(found, at), zone)
    except ValueError:
        pass
    raise Refused(Code.BAD_INPUT, field="date")
