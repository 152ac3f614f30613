"""What becomes of a walk: its timetable, its minutes, and who wants to hear."""

from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from random import Random

from adapters.generating.lives import Country
from adapters.generating.luck import luck
from adapters.generating.stage import Deed, Diary, Stage
from adapters.generating.words import WEATHER
from domain.publication.commands import ApprovePublication, DraftPublication
from domain.publication.commands import stream_of as publication_stream
from domain.publication.events import PublicationKind
from domain.values import Actor, WalkNumber
from domain.walk.commands import (
    AgreePlan,
    AnswerRequest,
    ApproveMinutes,
    AskForAnswer,
    DraftMinutes,
    EvaluateWalk,
    FollowUpWalk,
    InviteToWalk,
    NoteAnswered,
    PlanWalk,
    PublishMinutes,
    RecordWalk,
    ReportBack,
    RequestWalk,
    stream_of,
)
from domain.walk.events import AnsweredBy, Attendance, ReplyChannel, WalkPlan

STARTS_AT, LASTS = 19, timedelta(hours=2)
MOST_GROUPS, MOST_ASKING = 6, 4


@dataclass(frozen=True, slots=True)
class Walk:
    """One walk of the country, before anything of it has happened."""

    number: WalkNumber
    area: str
    day: date
    findings: int

    @property
    def minutes(self) -> str:
        """The number under which its minutes are signed."""
        return f"{self.number}-R"

    @property
    def text(self) -> str:
        """The minutes, as they are published."""
        return (
            f"# Tryghedsvandring {self.number}\n\n{self.area}, {self.day:%d.%m.%Y}.\n\n"
            f"Der blev noteret {self.findings} steder. Opdigtet eksempel.\n"
        )


def contacts(country: Country, walk: Walk) -> tuple[Actor, ...]:
    """Return who wants to hear by mail what comes of the walk."""
    chance = luck(country.seed, walk.number, "asked")
    count = chance.randrange(1, MOST_ASKING)
    return tuple(_contact(country, walk, nth, chance) for nth in range(count))


def _contact(country: Country, walk: Walk, nth: int, chance: Random) -> Actor:
    group = chance.choice(country.register.groups).id
    return Actor(f"participant/{group}/{walk.number.lower()}-{nth}")


def walk_life(country: Country, walk: Walk) -> tuple[Deed, ...]:
    """Return all that happens to a walk and to its minutes."""
    chance = luck(country.seed, walk.number)
    stage = Stage(country.register, country.until)
    _before(stage, country, walk, chance)
    _held(stage, country, walk, chance)
    _after(stage, country, walk, chance)
    return tuple(sorted(stage.deeds, key=lambda deed: deed.at))


def _diary(stage: Stage, walk: Walk, day: date, chance: Random) -> Diary:
    return Diary(stage, stream_of(walk.number), day, chance)


def _before(stage: Stage, country: Country, walk: Walk, chance: Random) -> None:
    calendar, by = country.register.working_days, country.coordinator
    groups = country.register.groups
    diary = _diary(stage, walk, calendar.add(walk.day, -45), chance)
    asks = Actor(f"participant/{chance.choice(groups).id}")
    diary.does(asks, RequestWalk, area=walk.area, theme="Lys og overblik")
    diary.passes(chance.randrange(2, 9))
    diary.does(by, AnswerRequest, accepted=True, walk_on=walk.day)
    diary.passes(chance.randrange(3, 9))
    diary.does(by, PlanWalk, plan=_plan(country, walk))
    diary.passes(chance.randrange(1, 6))
    diary.does(by, InviteToWalk, groups=tuple(one.id for one in groups[:MOST_GROUPS]))
    diary.stage.clock(diary.stream, _plan(country, walk).starts_at)


def _plan(country: Country, walk: Walk) -> WalkPlan:
    begin = country.register.working_days.moment(
        walk.day, country.register.clock.remind_at.replace(hour=STARTS_AT, minute=0)
    )
    return WalkPlan(area=walk.area, starts_at=begin, ends_at=begin + LASTS)


def _held(stage: Stage, country: Country, walk: Walk, chance: Random) -> None:
    by = country.coordinator
    diary = _diary(stage, walk, walk.day, chance)
    came = chance.sample(
        country.register.groups, min(MOST_GROUPS, len(country.register.groups))
    )
    diary.does(
        by,
        RecordWalk,
        hour=STARTS_AT + 3,
        plan=_plan(country, walk),
        attendance=Attendance(
            participants=tuple((one.id, chance.randrange(1, 9)) for one in came),
            weather=chance.choice(WEATHER),
        ),
    )
    for contact in contacts(country, walk):
        asks = {"contact": contact, "channel": ReplyChannel.MAIL}
        diary.does(by, AskForAnswer, hour=STARTS_AT + 3, **asks)
    told = _contact(country, walk, MOST_ASKING, chance)
    asks = {"contact": told, "channel": ReplyChannel.NONE}
    diary.does(by, AskForAnswer, hour=STARTS_AT + 3, **asks)
    _minutes(diary, country, walk, chance)
    diary.passes(chance.randrange(5, 40))
    diary.does(by, NoteAnswered, contact=told, how=AnsweredBy.PHONE)


def _minutes(diary: Diary, country: Country, walk: Walk, chance: Random) -> None:
    """Draft, let both authorities sign, publish, agree on a plan and tell of it."""
    both = country.register.coordinators
    by = both.municipality
    content = sha256(walk.text.encode()).hexdigest()
    diary.passes(chance.randrange(2, 6))
    diary.does(by, DraftMinutes)
    text = Diary(diary.stage, publication_stream(walk.minutes), diary.day, diary.chance)
    text.does(
        by,
        DraftPublication,
        kind=PublicationKind.MINUTES,
        title=f"Referat {walk.number}",
        content=content,
        walk=walk.number,
    )
    text.passes(chance.randrange(0, 2))
    for one in (by, both.police):
        diary.does(one, ApproveMinutes)
        text.does(one, ApprovePublication, content=content)
    diary.day = text.day
    diary.passes(chance.randrange(1, 3))
    diary.does(by, PublishMinutes, publication=walk.minutes)
    diary.passes(chance.randrange(2, 12))
    diary.does(by, AgreePlan)
    diary.passes(chance.randrange(1, 9))
    diary.does(by, ReportBack, informed=chance.randrange(5, 25))


def _after(stage: Stage, country: Country, walk: Walk, chance: Random) -> None:
    calendar, by = country.register.working_days, country.coordinator
    months = country.register.walk.follow_up_months
    diary = _diary(stage, walk, calendar.add(walk.day, months * 21), chance)
    diary.does(by, FollowUpWalk)
    diary.passes(chance.randrange(10, 40))
    diary.does(
        by,
        EvaluateWalk,
        learnings="Det hjalp at gå igen, da det var mørkt.",
        helped=chance.choice((1, 2, 2, 2, 3, 3)),
    )
