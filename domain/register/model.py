"""A register: everything that differs from one municipality to the next."""

from datetime import date, time
from functools import cached_property
from typing import Annotated, Literal, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, StringConstraints, field_validator, model_validator

from domain.calendar import Calendar
from domain.errors import Code, NotFound
from domain.register.naming import Named
from domain.register.retention import RetentionRule
from domain.register.strategy import FocusArea, Strategy, unserved
from domain.values import (
    Actor,
    Authority,
    CategoryCode,
    Done,
    Evidence,
    Kind,
    Point,
    ReasonCode,
    Value,
)

Days = Annotated[int, Field(ge=0, le=1000)]
MonthDay = Annotated[str, StringConstraints(pattern=r"^\d{2}-\d{2}$")]
GroupId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,59}$")]


class Bounds(Value):
    """A box on the map; degrees, WGS 84."""

    south: float
    north: float
    west: float
    east: float

    def contains(self, point: Point) -> bool:
        """Whether `point` lies in the box."""
        inside_lat = self.south <= point.lat <= self.north
        return inside_lat and self.west <= point.lon <= self.east


class CalendarRules(Value):
    """Which days are off; `public_holidays` is filled in at adoption.

    The dates become part of the adopted register, so a later version of the
    holiday library never moves an old deadline.
    """

    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    first_year: Annotated[int, Field(ge=1990, le=2100)]
    last_year: Annotated[int, Field(ge=1990, le=2100)]
    closing_days: tuple[MonthDay, ...] = ()
    extra_closing_days: tuple[date, ...] = ()
    public_holidays: tuple[date, ...] = ()


class ClockRules(Value):
    """When the clock speaks; local times, counts in working days."""

    remind_at: time
    digest_at: time
    time_zone: str
    remind_before_due: Days
    remind_every: Annotated[int, Field(ge=1, le=100)]

    @field_validator("time_zone")
    @classmethod
    def _is_a_time_zone(cls, name: str) -> str:
        """Refuse a zone that the time zone database does not have."""
        try:
            ZoneInfo(name)
        except (OSError, ValueError, KeyError) as problem:
            message = f"unknown time zone {name}"
            raise ValueError(message) from problem
        return name


class Limits(Value):
    """How far a person may stretch things; days are working days unless said.

    `reopen_days`, `duplicate_days` and `order_days` are calendar days.
    `evidence_from` is the first day on which a fix and its verification must show
    the evidence of their category; history before it is taken as it was written.
    `photo_from` is the first day on which a fix that is shown by a photo must have
    one in the store.
    """

    hold_days: Days
    reopen_days: Days
    handover_days: Days
    text_length: Annotated[int, Field(ge=1, le=100_000)]
    decision_days: Days = 2
    refusals: Annotated[int, Field(ge=1, le=9)] = 2
    ownership_days: Days = 5
    meeting_days: Days = 5
    hearing_days: Days = 10
    order_days: Days = 28
    reopenings: Annotated[int, Field(ge=1, le=99)] = 3
    approval_hours: Annotated[int, Field(ge=1, le=1000)] = 72
    call_minutes: Annotated[int, Field(ge=1, le=10_000)] = 60
    duplicate_metres: Annotated[int, Field(ge=1, le=1000)] = 25
    duplicate_days: Days = 180
    evidence_from: date | None = None
    photo_from: date | None = None


class WalkRules(Value):
    """The timetable of a walk: working days, and calendar months after it.

    `planned_before` and `invited_before` count back from the day of the walk.
    """

    answer_days: Days = 10
    planned_before: Days = 20
    invited_before: Days = 15
    draft_days: Days = 5
    minutes_days: Days = 10
    plan_days: Days = 15
    feedback_days: Days = 20
    follow_up_months: Annotated[int, Field(ge=1, le=36)] = 6
    evaluation_months: Annotated[int, Field(ge=1, le=36)] = 8


class Coordinators(Value):
    """Who keeps the walk's cases together, at each authority."""

    municipality: Actor
    police: Actor


class EscalationLevel(Named):
    """One rung: `after` working days past due, tell `to`.

    `to` holds unit ids and the words `team`, `leader`, `coordinator` and
    `counterpart` (the other authority's coordinator).
    """

    level: Annotated[int, Field(ge=1, le=9)]
    after: Annotated[int, Field(ge=1, le=1000)]
    to: tuple[str, ...]


class Unit(Named):
    """A unit that can own a case; partners have a `responsible` unit behind them.

    `parent` takes over while the unit is closed; without one, its leader does.
    """

    id: Actor
    mail: str
    leader: Actor | None = None
    responsible: Actor | None = None
    parent: Actor | None = None


class Overseer(Named):
    """A unit that looks on and treats no case: it has this role and no other."""

    id: Actor
    role: Literal[
        "verifier",
        "council_reader",
        "auditor",
        "police_auditor",
        "data_protection_officer",
        "admin",
    ]


class Group(Named):
    """A group that takes part in walks."""

    id: GroupId


class Season(Named):
    """A part of the year, from month-day to month-day; may span New Year."""

    code: ReasonCode
    first: MonthDay
    last: MonthDay

    def contains(self, day: date) -> bool:
        """Whether `day` lies in the season, first and last day included."""
        key = f"{day:%m-%d}"
        if self.first <= self.last:
            return self.first <= key <= self.last
        return key >= self.first or key <= self.last


class Category(Named):
    """What a finding is about, with its three clocks in working days.

    `done` says what must have happened (R15); `after_dark` that a fix shows only
    in the dark (R10); `work_season` and `verify_season` name the seasons in which
    the work can be done and the problem shows (R9).
    """

    code: CategoryCode
    acknowledge: Days
    fix: Days
    verify: Days
    kind: Kind
    focus: tuple[str, ...] = ()
    evidence: Evidence = Evidence.PHOTO
    done: Done = Done.MENDED
    after_dark: bool = False
    work_season: ReasonCode | None = None
    verify_season: ReasonCode | None = None
    suggested_unit: Actor | None = None
    task: bool = True
    triage: bool = False


class Reason(Named):
    """Why something waits or is declined."""

    code: ReasonCode


class DeclineReason(Reason):
    """Why something is declined; some must name who can help instead."""

    needs_referral: bool = False
    needs_link: bool = False


R = TypeVar("R", Reason, DeclineReason, Season)


def _is_empty(listed: tuple[object, ...]) -> bool:
    return not listed


class Register(Value):
    """The rules in force, complete and self-contained."""

    schema_: Literal["register/1"] = Field(alias="schema")
    title: Named
    bounds: Bounds
    calendar: CalendarRules
    clock: ClockRules
    limits: Limits
    walk: WalkRules = WalkRules()
    coordinators: Coordinators
    escalation: tuple[EscalationLevel, ...]
    units: tuple[Unit, ...]
    groups: tuple[Group, ...]
    categories: tuple[Category, ...]
    hold_reasons: tuple[Reason, ...]
    decline_reasons: tuple[DeclineReason, ...]
    focus_areas: tuple[FocusArea, ...] = ()
    legal_bases: tuple[Reason, ...] = ()
    seasons: tuple[Season, ...] = ()
    # Left out where there are none: what older programs adopted keeps its digest.
    overseers: Annotated[tuple[Overseer, ...], Field(exclude_if=_is_empty)] = ()
    retention: Annotated[tuple[RetentionRule, ...], Field(exclude_if=_is_empty)] = ()
    strategy: Annotated[
        Strategy | None, Field(exclude_if=lambda found: found is None)
    ] = None

    @model_validator(mode="after")
    def _refers_only_to_what_it_has(self) -> "Register":
        """Refuse a register that points to units or focus areas it does not list."""
        known = {unit.id for unit in self.units}
        named = [self.coordinators.municipality, self.coordinators.police]
        for unit in self.units:
            others = (unit.leader, unit.responsible, unit.parent)
            named += [other for other in others if other]
        named += [c.suggested_unit for c in self.categories if c.suggested_unit]
        for area in self.focus_areas:
            named += area.owners.both if area.owners else ()
        words = {"team", "leader", "coordinator", "counterpart"}
        named += [Actor(to) for e in self.escalation for to in e.to if to not in words]
        if missing := sorted({str(actor) for actor in named if actor not in known}):
            message = f"units that are not listed: {', '.join(missing)}"
            raise ValueError(message)
        focus = {code for category in self.categories for code in category.focus}
        if unlisted := sorted(focus - {area.code for area in self.focus_areas}):
            message = f"focus areas that are not listed: {', '.join(unlisted)}"
            raise ValueError(message)
        serves = {category.code: category.focus for category in self.categories}
        if astray := unserved(self.focus_areas, serves):
            message = f"categories of another focus area: {', '.join(astray)}"
            raise ValueError(message)
        seasons = {season.code for season in self.seasons}
        for category in self.categories:
            for code in filter(None, (category.work_season, category.verify_season)):
                if code not in seasons:
                    message = f"{category.code}: no such season as {code}"
                    raise ValueError(message)
        for unit in self.units:
            if unit.id.authority is Authority.PARTNER and unit.responsible is None:
                message = f"{unit.id} is a partner and needs a responsible unit"
                raise ValueError(message)
        for what, codes in (
            ("units", [unit.id for unit in self.units] + self.overseeing),
            ("categories", [category.code for category in self.categories]),
            ("escalation levels", [str(step.level) for step in self.escalation]),
            ("retention rules", [rule.code for rule in self.retention]),
        ):
            if len(set(codes)) != len(codes):
                message = f"{what} are listed twice"
                raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _has_a_calendar(self) -> "Register":
        """Refuse closing days that do not exist and unknown time zones."""
        try:
            _ = self.working_days
        except ZoneInfoNotFoundError as problem:
            raise ValueError(str(problem)) from problem
        return self

    @cached_property
    def working_days(self) -> Calendar:
        """The calendar of this register."""
        rules = self.calendar
        years = range(rules.first_year, rules.last_year + 1)
        closing = {
            date.fromisoformat(f"{year}-{month_day}")
            for year in years
            for month_day in rules.closing_days
        }
        return Calendar(
            days_off=frozenset(
                closing | set(rules.extra_closing_days) | set(rules.public_holidays)
            ),
            zone=ZoneInfo(self.clock.time_zone),
            first=date(rules.first_year, 1, 1),
            last=date(rules.last_year, 12, 31),
        )

    @cached_property
    def _units(self) -> dict[Actor, Unit]:
        return {unit.id: unit for unit in self.units}

    @cached_property
    def _leaders(self) -> frozenset[Actor]:
        return frozenset(unit.leader for unit in self.units if unit.leader)

    @cached_property
    def _overseers(self) -> dict[Actor, Overseer]:
        return {overseer.id: overseer for overseer in self.overseers}

    @cached_property
    def _categories(self) -> dict[str, Category]:
        return {category.code: category for category in self.categories}

    @cached_property
    def _focus_areas(self) -> dict[str, FocusArea]:
        return {area.code: area for area in self.focus_areas}

    @cached_property
    def _groups(self) -> frozenset[str]:
        return frozenset(group.id for group in self.groups)

    def unit(self, actor: Actor) -> Unit:
        """Return the unit of `actor`.

        Raises: NotFound (unknown_unit).
        """
        if (unit := self._units.get(actor.unit)) is None:
            raise NotFound(Code.UNKNOWN_UNIT, unit=str(actor.unit))
        return unit

    def has_group(self, group: str) -> bool:
        """Whether `group` takes part in walks."""
        return group in self._groups

    def lists(self, actor: Actor) -> bool:
        """Whether `actor` is one of the units, which can own work."""
        return actor.unit in self._units

    def knows(self, actor: Actor) -> bool:
        """Whether `actor` may appear in this register at all."""
        if actor.authority in {Authority.CITIZEN, Authority.CLOCK}:
            return True
        if actor.authority is Authority.PARTICIPANT:
            return actor.partition("/")[2] in self._groups
        return self.lists(actor) or self.overseer(actor) is not None

    @property
    def overseeing(self) -> list[Actor]:
        """Every unit that looks on."""
        return [overseer.id for overseer in self.overseers]

    def overseer(self, actor: Actor) -> Overseer | None:
        """Return as what `actor` looks on; nothing for who works with cases."""
        return self._overseers.get(actor.unit)

    def category(self, code: str) -> Category:
        """Return one category.

        Raises: NotFound (unknown_category).
        """
        if (category := self._categories.get(code)) is None:
            raise NotFound(Code.UNKNOWN_CATEGORY, category=code)
        return category

    def has_category(self, code: str) -> bool:
        """Whether this register still lists a category."""
        return code in self._categories

    def focus_area(self, code: str) -> FocusArea:
        """Return one effort of the strategy.

        Raises: NotFound (unknown_focus_area).
        """
        if (area := self._focus_areas.get(code)) is None:
            known = list(self._focus_areas)
            raise NotFound(Code.UNKNOWN_FOCUS_AREA, focus=code, known=known)
        return area

    def hold_reason(self, code: str) -> Reason:
        """Return one reason to wait.

        Raises: NotFound (unknown_reason).
        """
        return _by_code(self.hold_reasons, code)

    def decline_reason(self, code: str) -> DeclineReason:
        """Return one reason to decline.

        Raises: NotFound (unknown_reason).
        """
        return _by_code(self.decline_reasons, code)

    def season(self, code: str) -> Season:
        """Return one season.

        Raises: NotFound (unknown_reason).
        """
        return _by_code(self.seasons, code)

    def coordinator(self, authority: Authority) -> Actor:
        """Return who coordinates for `authority`; the municipality by default."""
        if authority is Authority.POLICE:
            return self.coordinators.police
        return self.coordinators.municipality

    def counterpart(self, authority: Authority) -> Actor:
        """Return who coordinates at the other authority."""
        if authority is Authority.POLICE:
            return self.coordinators.municipality
        return self.coordinators.police

    def behind(self, owner: Actor) -> Actor:
        """Return the unit that answers for `owner`: itself, or a partner's caseworker.

        For a unit that the register no longer lists it is the coordinator: no case
        may be without somebody (R17).
        """
        if not self.lists(owner):
            return self.coordinator(owner.authority)
        return self.unit(owner).responsible or owner.unit

    def leader_of(self, owner: Actor) -> Actor:
        """Return who leads `owner`, or the coordinator where nobody is named."""
        answering = self.behind(owner)
        for actor in (owner, answering):
            if self.lists(actor) and (leader := self.unit(actor).leader):
                return leader
        return self.coordinator(answering.authority)

    def is_coordinator(self, actor: Actor) -> bool:
        """Whether `actor` keeps a walk's cases together."""
        return actor.unit in {self.coordinators.municipality, self.coordinators.police}

    def is_leader(self, actor: Actor) -> bool:
        """Whether `actor` leads a unit."""
        return actor.unit in self._leaders


def _by_code(reasons: tuple[R, ...], code: str) -> R:
    for reason in reasons:
        if reason.code == code:
            return reason
    raise NotFound(
        Code.UNKNOWN_REASON, reason=code, known=[reason.code for reason in reasons]
    )
