"""What becomes of a finding: a dozen ways, each decided by the rules on real days."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from adapters.generating.luck import luck
from adapters.generating.stage import Deed, Diary, Stage
from domain.finding.commands import (
    AcceptAssignment,
    AcceptHandover,
    AddNote,
    ApproveDecline,
    AssignFinding,
    HandOver,
    HoldFinding,
    MarkFixed,
    MergeInto,
    ProposeDecline,
    ReferOut,
    RefuseHandover,
    RejectFix,
    ReopenFinding,
    ReportFinding,
    ResumeFinding,
    VerifyFix,
    stream_of,
)
from domain.register.model import Category, Register
from domain.values import Actor, Authority, Channel, Done, Evidence, StreamId
from domain.walk.commands import AskForAnswer, RecordWalk
from domain.walk.events import ReplyChannel, WalkPlan

WALK, CASE, MASTER = "GENERATED", "case", "master"
"""The names that stand in a life until it is somebody's own."""

STUB = "/asked"
"""How whoever stands for everybody that asked ends."""

SLOWEST, QUICKEST = 1.7, 0.5
SEASON = "season"
"""The reason to hold that has its day from the register."""


@dataclass(frozen=True, slots=True)
class Country:
    """What every life has in common."""

    register: Register
    seed: str
    until: datetime

    @property
    def stub(self) -> Actor:
        """Who stands for everybody that asked on a walk."""
        return Actor(f"participant/{self.register.groups[0].id}{STUB}")

    @property
    def coordinator(self) -> Actor:
        """Who keeps the cases together."""
        return self.register.coordinators.municipality

    def pace(self, unit: Actor) -> float:
        """Return how slow a unit is; each has its own pace in all the years."""
        return luck(self.seed, "pace", unit).uniform(QUICKEST, SLOWEST)


@dataclass
class Case:
    """One finding that is being lived."""

    country: Country
    category: Category
    diary: Diary
    owner: Actor

    @property
    def chance(self) -> Random:
        """The luck of this case."""
        return self.diary.chance

    @property
    def coordinator(self) -> Actor:
        """Who keeps the cases together."""
        return self.country.coordinator

    @property
    def hands(self) -> Actor:
        """Who answers for the owner: the unit behind it, if it is a partner."""
        unit = self.country.register.unit(self.owner)
        return unit.responsible or unit.id

    def is_reported(self) -> None:
        """Write down what was seen on the walk."""
        self.diary.does(
            self.coordinator,
            ReportFinding,
            category=self.category.code,
            text=self.category.da,
            walk=WALK,
            channel=Channel.WALK,
        )

    def is_assigned(self) -> None:
        """Find an owner, who often says that it is theirs."""
        self.diary.passes(self.chance.choice((0, 0, 0, 1, 1, 2, 4)))
        self.diary.does(self.coordinator, AssignFinding, to=self.owner)
        if self.chance.random() < 0.6:  # noqa: PLR2004 - most do
            self.diary.passes(self.chance.choice((0, 1, 1, 2)))
            self.diary.does(self.hands, AcceptAssignment)

    def is_worked_on(self, share: float = 1.0) -> None:
        """Let the time pass that the owner needs, more or less, for the work."""
        pace = self.country.pace(self.owner) * self.chance.lognormvariate(-0.25, 0.45)
        days = max(1, round(self.category.fix * pace * share))
        if self.chance.random() < 0.3 and days > 2:  # noqa: PLR2004 - some tell
            self.diary.passes(days // 2)
            self.diary.does(self.hands, AddNote, text="Opgaven er bestilt.")
            days -= days // 2
        self.diary.passes(days)

    def is_fixed(self) -> None:
        """Say that it is done, as the category wants it said."""
        self.diary.does(self.hands, MarkFixed, **self._shown())

    def _shown(self) -> dict[str, Any]:
        day, group = self.diary.day, self.country.register.groups[0].id
        count = self.chance.randrange(5, 30)
        match self.category.done:
            case Done.MENDED:
                return {"evidence": Evidence.ON_SITE}
            case Done.MEETING:
                came = {"held_on": day, "attendance": ((group, count),)}
            case Done.STARTED:
                came = {"held_on": day, "count": count}
            case Done.PATROLLED:
                came = {"count": count}
            case Done.TALK:
                came = {"held_on": day, "audience": "beboere", "count": count}
            case Done.TALKED:
                came = {"held_on": day}
        return {"evidence": self.category.evidence, **came}

    def is_looked_at(self) -> Actor:
        """Let whoever must see whether it helps go there; return who that is."""
        finding = self.diary.finding
        verifier = finding.verifier if finding and finding.verifier else None
        self.diary.passes(self.chance.randrange(1, self.category.verify + 2))
        return verifier or self.coordinator

    def is_verified(self) -> None:
        """Confirm, with other eyes, that the problem is gone."""
        self.diary.does(
            self.is_looked_at(),
            VerifyFix,
            evidence=Evidence.ON_SITE,
            same_point=True,
            after_dark=self.category.after_dark,
        )

    def is_held(self) -> None:
        """Let it wait for a while, for one of the reasons there are."""
        reasons = [one.code for one in self.country.register.hold_reasons]
        reason = self.chance.choice(reasons)
        limit = self.country.register.limits.hold_days
        waits = self.chance.randrange(3, max(4, limit))
        calendar = self.country.register.working_days
        review = None if reason == SEASON else calendar.add(self.diary.day, waits)
        if self.diary.does(
            self.hands, HoldFinding, reason_code=reason, review_on=review
        ):
            self.diary.passes(waits)
            self.diary.does(self.hands, ResumeFinding)


# ---- what can become of it ----


def solved(case: Case) -> None:
    """Reported, assigned, fixed, verified."""
    case.is_reported()
    case.is_assigned()
    case.is_worked_on()
    case.is_fixed()
    case.is_verified()


def held(case: Case) -> None:
    """It must wait before it can be done."""
    case.is_reported()
    case.is_assigned()
    case.diary.passes(2)
    case.is_held()
    case.is_worked_on(0.6)
    case.is_fixed()
    case.is_verified()


def rejected(case: Case) -> None:
    """The first fix does not help."""
    case.is_reported()
    case.is_assigned()
    case.is_worked_on()
    case.is_fixed()
    case.diary.does(case.is_looked_at(), RejectFix, reason="Kun halvdelen er lavet.")
    case.is_worked_on(0.5)
    case.is_fixed()
    case.is_verified()


def reopened(case: Case) -> None:
    """It comes back after it was verified."""
    solved(case)
    case.diary.passes(case.chance.randrange(5, 40))
    again = case.diary.does(case.coordinator, ReopenFinding, reason="Det er der igen.")
    if again:
        case.is_worked_on(0.5)
        case.is_fixed()
        case.is_verified()


def slow(case: Case) -> None:
    """It takes so long that others must be told."""
    case.is_reported()
    case.diary.passes(case.chance.randrange(0, 8))
    case.is_assigned()
    case.is_worked_on(2.5)
    case.is_fixed()
    case.is_verified()


def offered(case: Case) -> None:
    """The other authority takes it over."""
    _offered(case)
    case.is_worked_on()
    case.is_fixed()
    case.is_verified()


def _offered(case: Case) -> None:
    register = case.country.register
    other = register.counterpart(case.hands.authority)
    case.is_reported()
    case.is_assigned()
    case.diary.passes(case.chance.randrange(1, 4))
    made = case.diary.does(
        case.hands,
        HandOver,
        to=other,
        purpose="Opgaven ligger hos jer.",
        legal_basis=register.legal_bases[0].code if register.legal_bases else "-",
        summary="Det drejer sig om et sted, ikke om personer.",
    )
    case.diary.passes(case.chance.randrange(0, register.limits.handover_days + 1))
    if made and case.chance.random() < 0.25:  # noqa: PLR2004 - some say no
        case.diary.does(other, RefuseHandover, reason="Det er ikke vores opgave.")
    elif made and case.diary.does(other, AcceptHandover):
        case.owner = other


def declined(case: Case) -> None:
    """Nothing will be done, for a reason that two people agree on."""
    case.is_reported()
    case.is_assigned()
    case.diary.passes(case.chance.randrange(3, 15))
    register = case.country.register
    why = case.chance.choice(register.decline_reasons)
    case.diary.does(
        case.hands,
        ProposeDecline,
        reason_code=why.code,
        reason="Det kan ikke lade sig gøre her.",
        refer_to=register.coordinators.police if why.needs_referral else None,
        link="plan-for-omraadet" if why.needs_link else None,
    )
    finding = case.diary.finding
    if finding and finding.decline_approver:
        case.diary.passes(case.chance.randrange(1, 6))
        case.diary.does(finding.decline_approver, ApproveDecline)


def merged(case: Case) -> None:
    """Somebody else had seen the same."""
    case.is_reported()
    case.diary.passes(case.chance.randrange(1, 5))
    case.diary.does(case.coordinator, MergeInto, master=MASTER)


def referred(case: Case) -> None:
    """It belongs to another forum, and nothing is kept of it here."""
    case.diary.does(case.coordinator, ReferOut, forum="SSP", walk=WALK)


def forgotten(case: Case) -> None:
    """It has an owner, and nothing happens for months, or ever."""
    case.is_reported()
    case.is_assigned()
    case.diary.passes(case.chance.randrange(40, 300))
    case.is_fixed()
    case.is_verified()


FATES: dict[Callable[[Case], None], int] = {
    solved: 46,
    held: 11,
    rejected: 6,
    reopened: 5,
    slow: 9,
    offered: 6,
    declined: 7,
    merged: 4,
    referred: 1,
    forgotten: 2,
}
"""How many of a hundred findings go which way; the rest are places to keep."""

POSITIVE = 3


def life(country: Country, day: date, nth: int) -> tuple[Deed, ...]:
    """Return the `nth` life that begins on a day: the same one every time."""
    chance = luck(country.seed, day, nth)
    register = country.register
    stage = Stage(register, country.until)
    _walk(stage, country, day)
    if chance.randrange(100) < POSITIVE and (kept := _places(register)):
        case = _case(country, stage, chance.choice(kept), day, chance)
        case.is_reported()
    else:
        category = chance.choice(_tasks(register))
        fate = chance.choices([*FATES], weights=[*FATES.values()])[0]
        if fate is merged:
            _master(stage, country, category, day)
        case = _case(country, stage, category, day, chance)
        fate(case)
    case.diary.goes_on()
    return tuple(deed for deed in stage.deeds if deed.stream == case.diary.stream)


def _tasks(register: Register) -> list[Category]:
    return [one for one in register.categories if one.task and not one.triage]


def _places(register: Register) -> list[Category]:
    return [one for one in register.categories if not one.task]


def _case(
    country: Country, stage: Stage, category: Category, day: date, chance: Random
) -> Case:
    register = country.register
    everybody = [
        one.id for one in register.units if one.id.authority is Authority.MUNICIPALITY
    ]
    owner = category.suggested_unit or chance.choice(everybody)
    diary = Diary(stage, stream_of(CASE), day, chance)
    return Case(country, category, diary, owner)


def _walk(stage: Stage, country: Country, day: date) -> None:
    """Let there be a walk, and somebody on it who wants to hear."""
    begin = country.register.working_days.moment(day, country.register.clock.remind_at)
    starts = begin - timedelta(hours=14)
    plan = WalkPlan(area="-", starts_at=starts, ends_at=starts + timedelta(hours=2))
    diary = Diary(stage, StreamId(f"walk/{WALK}"), day, luck())
    diary.does(country.coordinator, RecordWalk, hour=8, plan=plan)
    asks = {"contact": country.stub, "channel": ReplyChannel.MAIL}
    diary.does(country.coordinator, AskForAnswer, hour=8, **asks)


def _master(stage: Stage, country: Country, category: Category, day: date) -> None:
    diary = Diary(stage, stream_of(MASTER), day, luck())
    diary.does(
        country.coordinator,
        ReportFinding,
        hour=8,
        category=category.code,
        text=category.da,
        walk=WALK,
    )
