"""A whole country: its walks and cases in the order in which they were stored.

The lives that begin on one day are decided together, which can be done ahead. In a
large country several cases live the same one, each in its own place and under its own
number.
"""

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from itertools import cycle, groupby, islice
from operator import attrgetter
from random import Random
from typing import Any, NamedTuple
from uuid import UUID

from adapters.generating.ahead import Mapped
from adapters.generating.lives import MASTER, STUB, WALK, Country, life
from adapters.generating.luck import luck
from adapters.generating.stage import ASKED, Deed, Stage
from adapters.generating.walks import Walk, contacts, walk_life
from adapters.generating.words import areas, place, told
from domain.delivery.decide import BeginDelivery, ConfirmDelivery, Delivery
from domain.delivery.decide import decide as decide_delivery
from domain.delivery.decide import evolve as evolve_delivery
from domain.finding.commands import stream_of
from domain.finding.events import FindingMerged, FindingReferred, FindingReported
from domain.messages import Event, Stamp, derived_id
from domain.ports import Decision
from domain.register.adoption import AdoptRegister
from domain.register.model import Register
from domain.values import CLOCK, Actor, Point, StreamId

MOST_OWN_LIVES = 60
"""With so many cases a day each has a life of its own."""

LIVES_A_DAY = 12
"""With more than that they share so many."""

PREPARED = timedelta(days=120)
"""So long before it takes place a walk has not even been asked for."""

WIDE, NARROW = 0.03, 0.004
"""How far areas are from each other, and cases of one area; degrees."""

WALKS_PER_AREA, FEWEST_AREAS, MOST_AREAS = 5, 3, 40
WALKING_MONTHS = {3: 2, 4: 4, 5: 4, 6: 2, 8: 2, 9: 5, 10: 5, 11: 3}
WALKING_DAYS = (1, 3)
"""Tuesdays and Thursdays."""

LATE_PAPER_ONE_IN = 8
"""So seldom the notes of a walk are typed in days after it."""

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Size:
    """How much history is wanted, and of what."""

    walks: int
    findings: int
    begin: date
    years: int
    seed: int
    centre: Point

    @property
    def end(self) -> date:
        """The day on which it ends."""
        return self.begin.replace(year=self.begin.year + self.years)

    @property
    def identity(self) -> UUID:
        """What the first fact of exactly this history is known by."""
        return derived_id("generated", *(getattr(self, one) for one in self.__slots__))


class Stored(NamedTuple):
    """What was decided, and when it was stored."""

    decision: Decision
    at: datetime


@dataclass(slots=True)
class Own:
    """What makes a life that of one case or walk."""

    stream: StreamId
    chance: Random
    numbers: Mapping[str, str] = field(default_factory=dict)
    contacts: tuple[Actor, ...] = ()
    point: Point | None = None
    late: timedelta = timedelta()
    version: int = 0


class Day(NamedTuple):
    """The walks of one day, what becomes of each, and the lives of their cases."""

    walks: tuple[Walk, ...]
    of_walks: tuple[tuple[Deed, ...], ...]
    of_cases: tuple[tuple[Deed, ...], ...]


def history(size: Size, register: Register, mapped: Mapped = map) -> Iterator[Stored]:
    """Yield every decision of a country, in the order in which they are stored.

    Args:
        size: how much of it.
        register: the rules that decide it.
        mapped: how the days are worked on, one after the other or ahead.
    """
    yield _adopted(size, register)
    country = country_of(size, register)
    days = groupby(walks(size, country), attrgetter("day"))
    every = [tuple(of_day) for _, of_day in days]
    lived = mapped(partial(_day, country), every)
    yield from _Merging(size, country, lived).stored()


def _day(country: Country, of_day: tuple[Walk, ...]) -> Day:
    """Decide everything that begins on one day."""
    many = sum(walk.findings for walk in of_day)
    pool = LIVES_A_DAY if many > MOST_OWN_LIVES else many
    begin = country.register.working_days.add(of_day[0].day, 1)
    return Day(
        of_day,
        tuple(walk_life(country, walk) for walk in of_day),
        tuple(life(country, begin, nth) for nth in range(pool)),
    )


def country_of(size: Size, register: Register) -> Country:
    """Return what all lives of this history have in common."""
    until = register.working_days.moment(size.end, register.clock.remind_at)
    return Country(register, f"{size.seed}", until)


def _adopted(size: Size, register: Register) -> Stored:
    at = register.working_days.moment(size.begin, register.clock.remind_at)
    by = register.coordinators.municipality
    stamp = Stamp(by=by, at=at, command_id=size.identity)
    stage = Stage(register, at)
    command = AdoptRegister(stamp=stamp, rules=register)
    events = stage.act(command)
    return Stored(Decision(command.stream, 0, size.identity, ASKED, 0, events), at)


def walks(size: Size, country: Country) -> list[Walk]:
    """Return all walks, by day: more of them in spring and autumn."""
    chance = luck(country.seed, "walks")
    names = areas(min(MOST_AREAS, max(FEWEST_AREAS, size.walks // WALKS_PER_AREA)))
    days = _chosen_days(size, country, chance)
    shares = [chance.uniform(0.5, 1.5) for _ in days]
    counted = _shared(size.findings, shares)
    return [
        Walk(f"{day.year}-V{nth:04d}", chance.choice(names), day, findings)
        for nth, (day, findings) in enumerate(zip(days, counted, strict=True), start=1)
    ]


def _chosen_days(size: Size, country: Country, chance: Random) -> list[date]:
    """Return the days of all walks, as many in each year as in any other."""
    days = _walking_days(size, country)
    years = [
        days[nth * len(days) // size.years :][: len(days) // size.years]
        for nth in range(size.years)
    ]
    chosen = []
    for nth in range(size.walks):
        year = years[nth * size.years // size.walks]
        weights = [WALKING_MONTHS[day.month] for day in year]
        chosen += chance.choices(year, weights)
    return sorted(chosen)


def _walking_days(size: Size, country: Country) -> list[date]:
    calendar = country.register.working_days
    first = calendar.add(size.begin, 50)
    every = (first + timedelta(days=n) for n in range((size.end - first).days - 2))
    return [
        day
        for day in every
        if day.month in WALKING_MONTHS
        and day.weekday() in WALKING_DAYS
        and calendar.is_working(day)
    ]


def _shared(count: int, shares: Sequence[float]) -> list[int]:
    """Return `count` in whole parts that are in proportion to `shares`."""
    total, given, so_far = sum(shares), 0, 0.0
    parts = []
    for share in shares:
        so_far += share
        upto = round(count * so_far / total)
        parts.append(upto - given)
        given = upto
    return parts


class _Lives:
    """The lives of one day, handed out in turn."""

    def __init__(self, of_cases: tuple[tuple[Deed, ...], ...]) -> None:
        self._every = of_cases
        self._turn = cycle(of_cases[1:] + of_cases[:1])

    def next(self, *, has_master: bool) -> tuple[Deed, ...]:
        """Return the next life; none that needs a master without one, if it can be."""
        for lived in islice(self._turn, len(self._every)):
            if has_master or not any(map(_is_merged, lived)):
                break
        return lived


Happens = Callable[[datetime], Iterator[Stored]]
"""Lets something happen at a moment, and says what else will."""


class _Merging:
    """Puts the lives of all walks and cases into one order."""

    def __init__(self, size: Size, country: Country, days: Iterable[Day]) -> None:
        self._size = size
        self._country = country
        self._days = days
        self._ahead: list[tuple[datetime, int, Happens]] = []
        self._order = self._cases = 0
        self._position = 1
        self._pending: dict[Actor, list[UUID]] = {}
        self._told: dict[Actor, Delivery | None] = {}

    def stored(self) -> Iterator[Stored]:
        """Yield every decision, oldest first."""
        for day in self._days:
            lives = _Lives(day.of_cases)
            for walk, deeds in zip(day.walks, day.of_walks, strict=True):
                yield from self._until(walk.day - PREPARED)
                self._add(walk, deeds, lives)
        yield from self._until(date.max)
        for unit in self._country.register.units:
            yield from self._digest(unit.id, self._country.until)

    def _until(self, day: date) -> Iterator[Stored]:
        """Let happen what comes before a day, on which the next walk may begin."""
        while self._ahead and self._ahead[0][0].date() < day:
            at, _, happens = heapq.heappop(self._ahead)
            if at <= self._country.until:
                yield from happens(at)

    def _at(self, moment: datetime, happens: Happens) -> None:
        self._order += 1
        heapq.heappush(self._ahead, (moment, self._order, happens))

    # ---- lives ----

    def _add(self, walk: Walk, deeds: Sequence[Deed], lives: "_Lives") -> None:
        country, chance = self._country, luck(self._country.seed, walk.number, "cases")
        for stream in dict.fromkeys(deed.stream for deed in deeds):
            own = [deed for deed in deeds if deed.stream == stream]
            self._begin(own, Own(stream, chance))
        is_late = chance.randrange(LATE_PAPER_ONE_IN) == 0
        late = timedelta(days=chance.randrange(2, 12)) if is_late else timedelta()
        centre = _near(self._size.centre, WIDE, luck(country.seed, walk.area))
        asked, master = contacts(country, walk), ""
        for _ in range(walk.findings):
            lived = lives.next(has_master=bool(master))
            self._cases += 1
            number = f"{walk.day.year}-{self._cases:05d}"
            numbers = {WALK: walk.number, MASTER: master}
            point = _near(centre, NARROW, chance)
            stream = stream_of(number)
            self._begin(lived, Own(stream, chance, numbers, asked, point, late))
            master = number if _can_be_master(lived) else master

    def _begin(self, deeds: Sequence[Deed], own: Own) -> None:
        self._follow(deeds, 0, own, deeds[0].at + own.late)

    def _follow(
        self, deeds: Sequence[Deed], nth: int, own: Own, earliest: datetime
    ) -> None:
        """Let the next deed of a life be stored soon after it happened."""
        if nth == len(deeds):
            return
        deed = deeds[nth]

        def happens(at: datetime) -> Iterator[Stored]:
            yield self._own(deed, own, at)
            # What is typed in late is worked on from the next day on.
            pause = timedelta(days=1) if own.late and nth == 0 else MINUTE
            self._follow(deeds, nth + 1, own, at + pause)

        self._at(max(deed.at + MINUTE, earliest), happens)

    def _own(self, deed: Deed, own: Own, at: datetime) -> Stored:
        """Return what was decided as that of one case or walk."""
        identity = derived_id("generated", own.stream, own.version)
        stamp = deed.events[0].stamp.model_copy(update={"command_id": identity})
        events = tuple([_moved(event, stamp, own) for event in deed.events])
        decision = Decision(own.stream, own.version, identity, ASKED, 1, events)
        own.version += len(events)
        self._position += len(events)
        for nth, event in enumerate(events, start=1):
            for contact in getattr(event, "tell", ()):
                if contact in own.contacts:
                    self._must_hear(contact, derived_id(identity, nth), at)
        return Stored(decision, at)

    # ---- messages ----

    def _must_hear(self, contact: Actor, fact: UUID, at: datetime) -> None:
        """Let somebody be told of a fact with the digest of the next working day."""
        if contact not in self._pending:
            register = self._country.register
            calendar = register.working_days
            day = calendar.add(calendar.local_day(at), 1)
            morning = calendar.moment(day, register.clock.digest_at)
            self._at(morning, partial(self._digest, contact))
        self._pending.setdefault(contact, []).append(fact)

    def _digest(self, contact: Actor, at: datetime) -> Iterator[Stored]:
        """Send one message; a unit gets one in the end, about everything."""
        notices = tuple(self._pending.pop(contact, ())) or (
            derived_id(self._size.identity, 1),
        )
        before = self._told.get(contact)
        batch = before.batch + 1 if before else 1
        version = 2 * (batch - 1)
        begin = BeginDelivery(
            stamp=_clock(contact, version, at),
            key=contact,
            recipient=contact,
            until=self._position,
            notices=notices,
        )
        confirm = ConfirmDelivery(
            stamp=_clock(contact, version + 1, at),
            key=contact,
            batch=batch,
            message_id=f"<{derived_id(contact, batch)}@gadelys.example>",
        )
        yield self._sent(begin, version, at)
        yield self._sent(confirm, version + 1, at)

    def _sent(
        self, command: BeginDelivery | ConfirmDelivery, after: int, at: datetime
    ) -> Stored:
        contact = Actor(command.key)
        events = decide_delivery(self._told.get(contact), command)
        for event in events:
            self._told[contact] = evolve_delivery(self._told.get(contact), event)
        self._position += len(events)
        identity = command.stamp.command_id
        return Stored(Decision(command.stream, after, identity, ASKED, 1, events), at)


def _clock(contact: Actor, version: int, at: datetime) -> Stamp:
    identity = derived_id("generated", "delivery", contact, version)
    return Stamp(by=CLOCK, at=at, command_id=identity)


def _moved(event: Event, stamp: Stamp, own: Own) -> Event:
    """Return a fact with the place, the numbers and the people of one case."""
    changes: dict[str, Any] = {"stamp": stamp}
    match event:
        case FindingReported():
            changes |= {
                "walk": own.numbers[WALK],
                "text": told(event.text, event.kind, own.chance),
                "place": place(own.chance),
                "point": own.point,
            }
        case FindingReferred():
            changes["walk"] = own.numbers[WALK]
        case FindingMerged():
            changes["master"] = own.numbers[MASTER]
        case _:
            pass
    tell: Sequence[Actor] = getattr(event, "tell", ())
    outside = [one for one in tell if not one.endswith(STUB)]
    if len(outside) < len(tell):
        changes["tell"] = (*outside, *own.contacts)
    return event.model_copy(update=changes)


def _near(centre: Point, degrees: float, chance: Random) -> Point:
    return Point(
        lat=round(centre.lat + chance.gauss(0, degrees / 2), 6),
        lon=round(centre.lon + chance.gauss(0, degrees), 6),
    )


def _is_merged(deed: Deed) -> bool:
    return any(isinstance(event, FindingMerged) for event in deed.events)


def _can_be_master(deeds: Sequence[Deed]) -> bool:
    """Whether a case is still of use: neither merged, nor referred, nor a place."""
    ends = (FindingMerged, FindingReferred)
    every = [event for deed in deeds for event in deed.events]
    first = every[0] if every else None
    is_place = isinstance(first, FindingReported) and first.positive
    return bool(every) and not is_place and not any(isinstance(e, ends) for e in every)
