"""Two long histories: one that is always the same, and one made by chance.

`long_history` is the demo's walk with its 44 days of reminders and escalations,
then everything else that can happen. `random_history` is whatever the rules let
through of many random commands.
"""

import random
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from adapters import system as installation
from adapters.files.shipped import DEFAULT_WALK, shipped
from adapters.files.walk_file import WalkFile, entries, read_walk_file
from adapters.settings import Settings
from adapters.system import Gadelys
from adapters.temporal.steps import Steps
from adapters.temporal.times import SameTime
from domain.delivery.decide import (
    BeginDelivery,
    ConfirmDelivery,
    GiveUpDelivery,
    RetryDelivery,
    SettleDelivery,
)
from domain.errors import DomainError
from domain.finding.commands import AddPhoto, PersonCommand, TakeStep
from domain.finding.plan import plan
from domain.handling import AnyCommand
from domain.messages import Recorded, Stamp, derived_id
from domain.publication.commands import (
    AnyPublicationCommand,
    ApprovePublication,
    DraftPublication,
    TakePublicationStep,
    WithdrawPublication,
)
from domain.publication.events import PublicationKind
from domain.register.adoption import AdoptRegister
from domain.register.retention import RetentionClass
from domain.roster.commands import EndAbsence, NoteAbsence
from domain.rounds import HoldRound, RoundKind
from domain.subject.commands import (
    ApproveErasure,
    ArchiveSubject,
    HoldSubject,
    LiftRestriction,
    RecordErasure,
    ReleaseSubject,
    RequestDisposal,
    RequestErasure,
    RestrictSubject,
)
from domain.subject.events import ErasureBasis, HoldReason, RestrictionReason
from domain.values import CLOCK, Actor, FindingNumber, Severity, SubjectRef
from domain.walk.commands import (
    AgreePlan,
    AnyWalkCommand,
    ApproveMinutes,
    CancelWalk,
    CloseWalk,
    DraftMinutes,
    EvaluateWalk,
    FollowUpWalk,
    InviteToWalk,
    PlanWalk,
    RecordWalk,
    ReportBack,
    RequestWalk,
    SetRoute,
)
from tests import examples as ask
from workflows.following import Plan
from workflows.reactions import FOLLOWED

COORDINATOR, PARKS, LOCAL = (
    "municipality/walk-coordinator",
    "municipality/parks",
    "police/local-police",
)
OFFER = {
    "purpose": "Stedet er jeres.",
    "legal_basis": "faktisk-forvaltning",
    "summary": "Et sted uden ejer.",
}


def _found(number: str, *history: dict[str, Any], **more: Any) -> dict[str, Any]:
    reported = {"on": "2027-05-07", "do": "report", "by": COORDINATOR}
    return {
        "number": number,
        "category": "VAN-DAM",
        "text": "Bænken er brudt ned.",
        **more,
        "history": [reported, *history],
    }


def _did(on: str, do: str, by: str = COORDINATOR, **fields: Any) -> dict[str, Any]:
    return {"on": on, "do": do, "by": by, **fields}


BETWEEN_AUTHORITIES: dict[str, Any] = {
    "schema": "walk-file/1",
    "walk": {
        "number": "TEST-NORD-2027-01",
        "area": "Nord",
        "starts_at": "2026-12-10T16:00:00+01:00",
        "ends_at": "2026-12-10T18:00:00+01:00",
        "follow_up_on": "2027-06-10",
        "history": [
            _did("2026-10-05", "request", "participant/local-council"),
            _did("2026-10-07", "answer", accepted=True, walk_on="2026-12-10"),
            _did("2026-10-12", "plan", owners=[PARKS]),
            _did("2026-10-13", "invite", groups=["residents"]),
            _did("2026-12-11", "record"),
            _did(
                "2027-05-06",
                "ask_answer",
                contact="participant/residents/beboer0001",
                channel="mail",
            ),
            _did(
                "2027-05-10",
                "note_answered",
                contact="participant/residents/beboer0001",
                how="phone",
            ),
        ],
    },
    "findings": [
        _found(
            "N-01",
            _did("2027-05-10", "assign", to=PARKS),
            _did("2027-05-11", "hand_over", to=LOCAL, **OFFER),
            _did("2027-06-01", "decide_handover", outcome="joint", reason="Begge."),
        ),
        _found("N-02", _did("2027-05-10", "seek_owner")),
        _found(
            "N-03",
            _did("2027-05-10", "seek_owner"),
            _did("2027-05-11", "look_up_owner", source="property"),
        ),
        _found(
            "N-04",
            {
                "at": "2027-05-07T13:30:00+02:00",
                "do": "log_call",
                "by": COORDINATOR,
                "called_at": "2027-05-07T13:20:00+02:00",
                "whom": PARKS,
            },
            severity="acute",
        ),
        _found(
            "N-05",
            _did("2027-05-10", "assign", to=PARKS),
            _did("2027-05-11", "enforce", step="guidance", owner="partner/landowner"),
        ),
        _found(
            "N-06",
            _did("2027-05-10", "assign", to="municipality/street-lighting"),
            _did(
                "2027-05-12",
                "mark_fixed",
                "municipality/street-lighting",
                evidence="photo",
            ),
            _did(
                "2027-05-13",
                "move_verification",
                verify_due="2027-10-04",
                reason="Det ses kun i mørke.",
            ),
            category="LGT-FAIL",
        ),
        _found(
            "N-07",
            _did("2027-05-10", "assign", to=PARKS),
            _did("2027-05-11", "mark_fixed", PARKS, evidence="photo"),
            _did("2027-05-12", "verify", evidence="photo", same_point=True),
        ),
    ],
}
"""What can happen to cases between authorities, in the form of a walk file."""

NEW_WALK = "TEST-VEST-2026-01"
OTHER_WALK = "TEST-SYD-2026-01"
LAST_WALK = "AALBORG-NORD-2027-01"


@dataclass
class Player:
    """Submits commands at their moments, taking the steps that fall due between."""

    system: Gadelys
    clock: list[datetime]
    coming: dict[str, Plan] = field(default_factory=dict)
    asked: int = 0

    def __post_init__(self) -> None:
        """Follow everything that has a plan."""
        self.steps = Steps(self.system, SameTime())

    def go_to(self, moment: datetime) -> None:
        """Take every step that is due by `moment`."""
        while due := [
            (plan.steps[0].at, subject)
            for subject, plan in self.coming.items()
            if plan.steps and plan.steps[0].at <= moment
        ]:
            at, subject = min(due)
            self.clock[0] = max(at, self.clock[0])
            key = self.coming[subject].steps[0].key
            self.steps.take(subject, key, self.clock[0])
            self._look(subject)
        self.clock[0] = max(moment, self.clock[0])

    def submit(self, command: AnyCommand) -> None:
        """Submit one command and look up what is waited for now."""
        self.system.submit(command)
        for subject in self._concerned(command):
            self._look(subject)

    def _concerned(self, command: AnyCommand) -> Iterable[str]:
        if isinstance(command, AdoptRegister):
            return list(self.coming)
        kind, _, number = command.stream.partition("/")
        if kind == "finding":
            return (command.stream, f"handover/{number}")
        return (command.stream,) if kind in FOLLOWED else ()

    def _look(self, subject: str) -> None:
        number = subject.partition("/")[2]
        for one in {subject, f"finding/{number}", f"handover/{number}"}:
            if one == subject or one in self.coming:
                self.coming[one] = self.steps.due(one, self.clock[0])

    def person(self, number: FindingNumber, command: PersonCommand | AddPhoto) -> None:
        """Submit an example command as if about `number`, at its own moment."""
        self.go_to(command.stamp.at)
        self.submit(self._again(command).model_copy(update={"number": number}))

    def walk(self, command: AnyWalkCommand) -> None:
        """Submit an example command about a walk, at its own moment."""
        self.go_to(command.stamp.at)
        self.submit(self._again(command))

    def _again(self, command: PersonCommand | AddPhoto | AnyWalkCommand) -> AnyCommand:
        self.asked += 1
        stamp = Stamp(
            by=command.stamp.by,
            at=command.stamp.at,
            command_id=derived_id("long history", self.asked),
        )
        return command.model_copy(update={"stamp": stamp})


@contextmanager
def playing(first: datetime) -> Iterator[Player]:
    """Return a player in an empty installation whose register is in force."""
    clock = [first]
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder))
        installation.migrate(settings)
        with installation.opened(settings, lambda: clock[0]) as system:
            stamp = Stamp(
                by=ask.COORDINATOR, at=first, command_id=derived_id("long history")
            )
            system.submit(AdoptRegister(stamp=stamp, rules=ask.register()))
            yield Player(system, clock)


def all_facts(system: Gadelys) -> tuple[Recorded, ...]:
    """Return every fact of an installation."""
    facts: list[Recorded] = []
    while page := system.store.after(len(facts)):
        facts += page
    return tuple(facts)


@cache
def long_history() -> tuple[Recorded, ...]:
    """Return the same long history every time."""
    with long_played() as system:
        return all_facts(system)


@contextmanager
def long_played() -> Iterator[Gadelys]:
    """Return an installation in which the long history has happened."""
    with playing(ask.moment("2026-10-01")) as player:
        play_demo(player)
        _walks(player)
        _owners(player)
        _ends(player)
        _messages(player)
        _roster(player)
        _publications(player)
        _between_authorities(player)
        _photographed(player)
        _forgotten(player)
        _measurements(player)
        yield player.system


def _photographed(player: Player) -> None:
    """Put a photo beside a case that is still open."""
    day = f"{player.clock[0]:%Y-%m-%d %H:%M}"
    player.person("2026-04", ask.add_photo(by=ask.OPERATIONS, day=day))


def play_demo(player: Player) -> None:
    """Let the demo's walk happen, with its 44 days of reminders and escalations."""
    path = shipped(DEFAULT_WALK)
    for entry in entries(read_walk_file(path), path.name, ask.register()):
        player.go_to(entry.at)
        player.submit(entry.command)
    player.go_to(ask.moment("2026-11-22 23:59"))


def _walks(player: Player) -> None:
    plan = ask.walk_plan("2026-12-09 16:00", "2026-12-09 18:00", ask.TREKANTEN)
    by, police = ask.COORDINATOR, ask.POLICE

    def at(day: str, who: Actor = by) -> Stamp:
        return ask.stamp(who, day)

    for walk in (
        DraftMinutes(number=ask.WALK, stamp=at("2026-11-23")),
        ApproveMinutes(number=ask.WALK, stamp=at("2026-11-24")),
        ApproveMinutes(number=ask.WALK, stamp=at("2026-11-24", police)),
        AgreePlan(number=ask.WALK, stamp=at("2026-11-25")),
        ReportBack(number=ask.WALK, stamp=at("2026-11-26"), informed=17),
        RequestWalk(number=NEW_WALK, stamp=at("2026-11-26"), area="Vest", theme="Lys"),
        PlanWalk(
            number=NEW_WALK,
            stamp=at("2026-11-27"),
            plan=plan,
            owners=(ask.LIGHTING, police),
            follow_up_on=ask.on("2027-06-09"),
        ),
        InviteToWalk(
            number=NEW_WALK, stamp=at("2026-11-27"), groups=("residents", "youth")
        ),
        RequestWalk(number=OTHER_WALK, stamp=at("2026-11-27"), area="Syd"),
        CancelWalk(number=OTHER_WALK, stamp=at("2026-11-28"), reason="Frost."),
        RecordWalk(
            number=NEW_WALK,
            stamp=at("2026-12-09 18:30"),
            plan=plan,
            attendance=ask.ATTENDANCE,
        ),
        FollowUpWalk(number=ask.WALK, stamp=at("2026-12-10")),
        EvaluateWalk(number=ask.WALK, stamp=at("2026-12-10"), learnings="Mere lys."),
        CloseWalk(number=ask.WALK, stamp=at("2026-12-11")),
    ):
        player.walk(walk)


def _owners(player: Player) -> None:
    for command in (
        ask.report(day="2026-12-10", point=ask.TUNNEL, walk=NEW_WALK),
        ask.correct("GRF-TAG", text="Tags, ikke lamper.", day="2026-12-10"),
        ask.assign(ask.LAMP_ANNA, day="2026-12-11"),
        ask.dispute_owner(ask.HOUSING, by=ask.LAMP_ANNA, day="2026-12-11"),
        ask.accept(by=ask.LAMP_ANNA, day="2026-12-14"),
        ask.hand_over(by=ask.LAMP_ANNA, day="2026-12-14"),
        ask.refuse_handover(day="2026-12-15"),
        ask.hand_over(by=ask.LAMP_ANNA, day="2026-12-15"),
        ask.accept_handover(day="2026-12-16"),
        ask.give_back(by=ask.POLICE, day="2026-12-16"),
        ask.assign(ask.OPERATIONS, day="2026-12-17"),
        ask.change_deadline("2027-01-08", day="2026-12-17"),
        ask.note(by=ask.OPERATIONS, day="2026-12-18"),
        ask.mark_fixed(by=ask.OPERATIONS, day="2027-01-04", count=3),
        ask.reject_fix(day="2027-01-05"),
        ask.hold("2027-01-12", by=ask.OPERATIONS, day="2027-01-06"),
        ask.mark_fixed(by=ask.OPERATIONS, day="2027-01-11"),
        ask.verify(day="2027-01-12"),
    ):
        player.person("2026-40", command)


def _ends(player: Player) -> None:
    acute = ask.report("GRF-HATE", day="2027-01-13", severity=Severity.ACUTE)
    for number, command in (
        ("2027-01", acute),
        ("2027-01", ask.assign(ask.POLICE, day="2027-01-13")),
        ("2027-02", ask.report("POS-KEEP", day="2027-01-13", walk=NEW_WALK)),
        ("2027-02", ask.correct("LGT-FAIL", day="2027-01-14")),
        ("2027-02", ask.propose_decline(day="2027-01-14")),
        ("2027-02", ask.refuse_decline(day="2027-01-15")),
        ("2027-02", ask.propose_decline(day="2027-01-15")),
        ("2027-02", ask.approve_decline(day="2027-01-18")),
        ("2027-02", ask.reopen(day="2027-01-19")),
        ("2027-03", ask.refer_out(day="2027-01-19", walk=NEW_WALK)),
        ("2027-04", ask.report("OTHER", day="2027-01-19", walk=NEW_WALK)),
        ("2027-04", ask.correct("POS-KEEP", place="Torvet", day="2027-01-20")),
        ("2027-05", ask.report(by=ask.COUNCIL, day="2027-01-20")),
        ("2027-05", ask.merge_into("2027-02", day="2027-01-20")),
    ):
        player.person(number, command)
    player.go_to(ask.moment("2027-02-01 12:00"))


def _messages(player: Player) -> None:
    key, at = "municipality/operations", ask.moment("2027-02-01 12:00")

    def stamp(what: str) -> Stamp:
        return Stamp(by=CLOCK, at=at, command_id=derived_id("message", what))

    for batch, end in (
        (
            1,
            ConfirmDelivery(
                stamp=stamp("sent"), key=key, batch=1, message_id="<1@gadelys.example>"
            ),
        ),
        (2, GiveUpDelivery(stamp=stamp("given up"), key=key, batch=2)),
    ):
        player.submit(
            BeginDelivery(
                stamp=stamp(f"begin {batch}"),
                key=key,
                recipient=Actor(key),
                until=100 * batch,
                notices=(derived_id("notice", batch),),
            )
        )
        player.submit(end)
    to = "participant/residents/beboer0001"
    player.submit(
        BeginDelivery(
            stamp=stamp("begin an answer"),
            key=to,
            recipient=Actor(to),
            until=200,
            notices=(derived_id("notice", 3),),
        )
    )
    player.submit(
        ConfirmDelivery(
            stamp=stamp("answered"), key=to, batch=1, message_id="<2@gadelys.example>"
        )
    )
    person = ask.stamp(day="2027-02-01 12:30")
    again = person.model_copy(update={"command_id": derived_id("message", "again")})
    player.go_to(person.at)
    player.submit(RetryDelivery(stamp=again, key=key, batch=2))
    player.submit(
        SettleDelivery(stamp=person, key=key, batch=2, reason="Fortalt i telefonen.")
    )


def _roster(player: Player) -> None:
    """Somebody goes on holiday, a unit closes, and somebody is back early."""
    by, day = ask.COORDINATOR, "2027-02-01 13:00"
    absences = (
        (ask.LAMP_ANNA, "2027-02-15", "2027-02-26", ask.LAMP_BO),
        (ask.LIGHTING, "2027-02-22", "2027-02-23", None),
    )
    for absent, first, last, substitute in absences:
        stamp = ask.stamp(by, day)
        player.submit(
            NoteAbsence(
                stamp=stamp.model_copy(
                    update={"command_id": derived_id("away", absent)}
                ),
                absent=absent,
                first=ask.on(first),
                last=ask.on(last),
                substitute=substitute,
            )
        )
    player.submit(
        EndAbsence(
            stamp=ask.stamp(by, day), absent=ask.LAMP_ANNA, last=ask.on("2027-02-24")
        )
    )


def _measurements(player: Player) -> None:
    """Two surveys are taken in, one is mended, and an owner tells of an effort."""
    here = f"{player.clock[0]:%Y-%m-%d %H:%M}"
    for command in ask.measurements(here):
        player.submit(command)


def _publications(player: Player) -> None:
    """One message is replaced and withdrawn, another gets no second signature."""
    old, new, lone = "2027-001", "2027-002", "2027-003"
    text, better = 64 * "a", 64 * "b"

    def at(hour: str, who: Actor = ask.COORDINATOR) -> Stamp:
        moment = ask.moment(f"2027-02-{hour}")
        identity = derived_id("signed", who, hour)
        return Stamp(by=who, at=moment, command_id=identity)

    def draft(number: str, hour: str, content: str) -> DraftPublication:
        return DraftPublication(
            number=number,
            stamp=at(hour),
            kind=PublicationKind.MESSAGE,
            title="Lys i tunnelen",
            content=content,
            supersedes=old if number == new else None,
        )

    asked: tuple[AnyPublicationCommand, ...] = (
        draft(old, "02 08:00", text),
        ApprovePublication(number=old, stamp=at("02 09:00"), content=text),
        ApprovePublication(number=old, stamp=at("02 09:00", ask.POLICE), content=text),
        draft(new, "02 10:00", text),
        draft(new, "02 11:00", better),
        draft(lone, "02 12:00", text),
        ApprovePublication(number=new, stamp=at("02 13:00"), content=better),
        ApprovePublication(
            number=new, stamp=at("02 13:00", ask.POLICE), content=better
        ),
        TakePublicationStep(number=lone, stamp=at("04 00:00", CLOCK), key="remind.1"),
        TakePublicationStep(number=lone, stamp=at("05 12:00", CLOCK), key="lapse.1"),
        WithdrawPublication(
            number=new, stamp=at("05 13:00", ask.POLICE), reason="Forkert sti."
        ),
    )
    for command in asked:
        player.go_to(command.stamp.at)
        player.submit(command)


@cache
def random_history(seed: int, tries: int = 300) -> tuple[Recorded, ...]:
    """Return what the rules let through of `tries` random commands."""
    with randomly_played(seed, tries) as system:
        return all_facts(system)


@contextmanager
def randomly_played(seed: int, tries: int = 300) -> Iterator[Gadelys]:
    """Return an installation in which a random history has happened."""
    chance = random.Random(seed)
    numbers = [f"2026-{nth:02d}" for nth in range(1, 16)]
    categories = [category.code for category in ask.register().categories]
    people = [ask.COORDINATOR, ask.LIGHTING, ask.LAMP_ANNA, ask.OPERATIONS]
    people += [ask.POLICE, ask.GRID, ask.COUNCIL, ask.LEADER]
    with playing(ask.moment("2026-10-08")) as player:
        held = ask.walk_plan()
        stamp = ask.stamp(day="2026-10-08 19:30")
        player.walk(RecordWalk(number=ask.WALK, stamp=stamp, plan=held))
        for _ in range(tries):
            at = player.clock[0] + timedelta(hours=chance.choice([0, 1, 3, 5]))
            player.clock[0] = at
            number = chance.choice(numbers)
            command = _any_command(chance, categories, people)
            with suppress(DomainError):
                if chance.random() < 0.1:
                    _take_a_step(player, number)
                player.person(number, _restamped(command, at, chance, people))
        yield player.system


def _forgotten(player: Player) -> None:
    """Somebody's words are kept for a while, and erased in the end."""
    ref, at = SubjectRef("0123456789abcdef0123"), player.clock[0]

    def stamp(by: Actor) -> Stamp:
        player.asked += 1
        command_id = derived_id("long history", player.asked)
        return Stamp(by=by, at=at, command_id=command_id)

    player.submit(
        RequestErasure(
            stamp=stamp(ask.COORDINATOR), ref=ref, basis=ErasureBasis.OBJECTION
        )
    )
    player.submit(
        RestrictSubject(
            stamp=stamp(ask.COORDINATOR), ref=ref, reason=RestrictionReason.KEPT_BY_LAW
        )
    )
    player.submit(LiftRestriction(stamp=stamp(ask.POLICE), ref=ref))
    player.submit(
        HoldSubject(stamp=stamp(ask.POLICE), ref=ref, reason=HoldReason.JOURNAL_DUTY)
    )
    player.submit(ReleaseSubject(stamp=stamp(ask.POLICE), ref=ref))
    player.submit(ApproveErasure(stamp=stamp(ask.POLICE), ref=ref))
    player.submit(RecordErasure(stamp=stamp(CLOCK), ref=ref, facts=3, streams=1))
    other = SubjectRef("abcdef0123456789abcd")
    player.submit(
        RequestDisposal(
            stamp=stamp(ask.COORDINATOR),
            ref=other,
            keeps=RetentionClass.RECORD,
            due_on=at.date(),
            archive_first=True,
        )
    )
    player.submit(
        ArchiveSubject(
            stamp=stamp(ask.COORDINATOR), ref=other, facts=3, digest="ab" * 32
        )
    )


def _between_authorities(player: Player) -> None:
    """Walk with people who asked; cases nobody wants, owns or answers for."""
    file = WalkFile.model_validate(BETWEEN_AUTHORITIES)
    for entry in entries(file, "between authorities", ask.register()):
        player.go_to(entry.at)
        player.submit(entry.command)
    player.go_to(ask.moment("2027-06-14 12:00"))
    other = ask.changed_rules(
        ask.with_category("VAN-DAM", ask.without_unit(Actor(PARKS)), fix=40),
        walk={"draft_days": 6, "minutes_days": 200},
    )
    for rules in (other, ask.register()):
        stamp = Stamp(
            by=ask.COORDINATOR,
            at=player.clock[0],
            command_id=derived_id("other rules", len(rules.units)),
        )
        player.submit(AdoptRegister(stamp=stamp, rules=rules))
        player.go_to(player.clock[0] + timedelta(days=1))
    stamp = Stamp(by=CLOCK, at=player.clock[0], command_id=derived_id("round"))
    player.submit(HoldRound(stamp=stamp, kind=RoundKind.WEEKLY_LIST, period="2027-W24"))
    wished, laid = (
        Stamp(by=ask.COORDINATOR, at=player.clock[0], command_id=derived_id("route", n))
        for n in (1, 2)
    )
    player.submit(RequestWalk(number=LAST_WALK, stamp=wished, area="Nord"))
    player.submit(SetRoute(number=LAST_WALK, stamp=laid, stops=ask.ROUTE))


def _any_command(
    chance: random.Random, categories: Sequence[str], people: Sequence[Actor]
) -> PersonCommand:
    common = (
        lambda: ask.report(chance.choice(categories), walk=ask.WALK),
        lambda: ask.assign(chance.choice(people)),
        ask.mark_fixed,
        ask.verify,
        ask.reopen,
        ask.approve_decline,
        lambda: ask.correct(chance.choice(categories)),
        lambda: chance.choice(ask.EVERY_COMMAND),
        lambda: chance.choice(ask.EVERY_COMMAND),
        lambda: chance.choice(ask.EVERY_COMMAND),
    )
    return chance.choice(common)()


def _restamped(
    command: PersonCommand, at: datetime, chance: random.Random, people: Sequence[Actor]
) -> PersonCommand:
    by = chance.choice([command.stamp.by, *people[:2]])
    stamp = command.stamp.model_copy(update={"by": by, "at": at})
    return command.model_copy(update={"stamp": stamp})


def _take_a_step(player: Player, number: FindingNumber) -> None:
    """Let the clock do the latest thing that fell due for one finding."""
    found, version = player.system.finding(number)
    now = player.clock[0]
    for step in plan(found, ask.register(), now)[:1] if found else ():
        if step.at <= now:
            identity = derived_id("random step", number, version)
            stamp = Stamp(by=CLOCK, at=now, command_id=identity)
            player.submit(TakeStep(number=number, stamp=stamp, key=step.key))
