"""People ask for anything in any order while time goes by.

Whatever they ask, it is refused with a code or leads to facts for which the
promises below hold. What four eyes and an end mean is worked out here once more,
from the facts alone, so that the rules are not their own witness.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import ClassVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from domain.errors import DomainError
from domain.finding.commands import (
    BY_NAME,
    AcceptAssignment,
    AcceptHandover,
    AddNote,
    AddSubtask,
    AnyFindingCommand,
    ApproveDecline,
    AssignFinding,
    ChangeDeadline,
    CompleteSubtask,
    CorrectFinding,
    DecideHandover,
    DisputeOwner,
    EnforceStep,
    HandOver,
    HoldFinding,
    LogCall,
    LookUpOwner,
    MarkFixed,
    MergeInto,
    MoveVerification,
    PersonCommand,
    ProposeDecline,
    ReferOut,
    RefuseDecline,
    RefuseHandover,
    RejectFix,
    ReopenFinding,
    ReportFinding,
    ResumeFinding,
    ReturnAssignment,
    SeekOwner,
    VerifyFix,
)
from domain.finding.decide import decide
from domain.finding.events import (
    ClockName,
    EnforcementStep,
    FindingAssigned,
    FindingCorrected,
    FindingDeclined,
    FindingEscalated,
    FindingEvent,
    FindingMerged,
    FindingReferred,
    FindingReopened,
    FindingReported,
    FixReported,
    FixVerified,
    HandoverAccepted,
    HandoverDecided,
    HandoverOutcome,
    HandoverUndecided,
    NoteAdded,
    Occasion,
    OwnershipSource,
    ReminderRaised,
    SubtaskCompleted,
)
from domain.finding.handover import HandoverStep, handover_plan
from domain.finding.plan import Recomputation, Reminder, Step
from domain.finding.rules.checks import BEFORE_FIX, Given
from domain.finding.state import Finding, Status, evolve
from domain.messages import Stamp, derived_id
from domain.register.model import Register
from domain.roster.commands import NoteAbsence
from domain.roster.decide import decide as decide_roster
from domain.roster.events import AbsenceNoted
from domain.roster.state import Roster
from domain.roster.state import evolve as evolve_roster
from domain.values import Actor, Evidence, Severity
from tests.domain.stories import case, coming, taken
from tests.examples import (
    COORDINATOR,
    COUNCIL,
    EVERY_COMMAND,
    GRID,
    HISTORIES,
    LAMP_ANNA,
    LIGHTING,
    NUMBER,
    POLICE,
    STRANGER,
    changed_rules,
    moment,
    register,
    with_category,
    without_unit,
)
from tests.given_when_then import remembered

ENDS = FixVerified | FindingDeclined | FindingMerged | FindingReferred
FINAL = FindingMerged | FindingReferred
AFTER_AN_END = NoteAdded | FindingCorrected
PATIENCE = 100

people = st.sampled_from(
    [COORDINATOR, LIGHTING, LAMP_ANNA, POLICE, GRID, COUNCIL, STRANGER]
)
owners = st.sampled_from([LIGHTING, LAMP_ANNA, POLICE, GRID, COUNCIL])
categories = st.sampled_from(["LGT-FAIL", "GRF-HATE", "VEG-HEDGE", "POS-KEEP", "OTHER"])
subtasks = st.sampled_from(["elskab", "væg"])
sources = st.sampled_from(OwnershipSource)
masters = st.sampled_from(["open", "merged", "unknown", NUMBER])
pauses = st.sampled_from([1, 20, 24, 72, 24 * 10, 24 * 45, 24 * 95])
days_ahead = st.integers(-1, 60)
BEGINNINGS = (
    None,
    Status.REPORTED,
    Status.ASSIGNED,
    Status.FIXED,
    Status.VERIFIED,
    Status.DECLINED,
    Status.POSITIVE,
)
DAYS_OFF = ["2026-10-26", "2026-11-02", "2026-11-03"]
RULES: tuple[Register, ...] = (
    register(),
    changed_rules(calendar={"extra_closing_days": DAYS_OFF}),
    with_category(acknowledge=1, fix=3, verify=1),
    with_category(acknowledge=5, fix=30, verify=20),
    changed_rules(limits={"ownership_days": 2, "handover_days": 6}),
    without_unit(LIGHTING),
    without_unit(GRID),
)
"""What may be in force: the calendar, the time limits and the units change."""

CI = settings(max_examples=50, stateful_step_count=40, deadline=None, derandomize=True)
OTHERS = {
    "open": case(HISTORIES[Status.ASSIGNED]),
    "merged": case(HISTORIES[Status.MERGED]),
}


def when(
    ready: Callable[[Finding], object],
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Ask only where it can succeed; `out_of_place` asks everywhere else."""
    return precondition(lambda self: bool(self.finding and ready(self.finding)))


before_fix = when(lambda finding: finding.status in BEFORE_FIX)
assigned = when(lambda finding: finding.status is Status.ASSIGNED)
fixed = when(lambda finding: finding.status is Status.FIXED)
offered = when(lambda finding: finding.offered_to)
proposed = when(lambda finding: finding.decline_proposed_by)
ended = when(lambda finding: finding.ended_at)
nothing_yet = precondition(lambda self: self.finding is None)


class AnyOrder(RuleBasedStateMachine):
    """One finding, many people, and a clock that nobody waits for."""

    beginning: ClassVar[Status | None] = None

    def __init__(self) -> None:
        super().__init__()
        self.now: datetime = moment()
        self.asked = 0
        self.history = HISTORIES[self.beginning] if self.beginning else ()
        self.finding: Finding | None = remembered(*self.history)
        self.in_force = register()
        self.roster = Roster()
        self.planned: tuple[Step | HandoverStep, ...] = ()
        self.planned_at: tuple[int, datetime, int] | None = None

    # --- Asking -----------------------------------------------------------------

    def stamp(self, by: Actor) -> Stamp:
        self.asked += 1
        return Stamp(by=by, at=self.now, command_id=derived_id("any", self.asked))

    def ask(self, command: AnyFindingCommand) -> int:
        """Ask, and return how many facts it led to; a refusal leads to none."""
        given = Given(self.in_force, OTHERS, roster=self.roster)
        try:
            facts = decide(self.finding, command, given)
        except DomainError:
            return 0
        for fact in facts:
            self.finding = evolve(self.finding, fact)
        self.history += facts
        return len(facts)

    def steps(self) -> tuple[Step | HandoverStep, ...]:
        """Return both plans as they are now; made once however often asked for."""
        seen = (len(self.history), self.now, id(self.in_force))
        if self.finding and seen != self.planned_at:
            self.planned = coming(self.finding, self.in_force, self.now)
            self.planned_at = seen
        return self.planned

    def ahead(self, days: int) -> date:
        return self.now.date() + timedelta(days=days)

    @nothing_yet
    @rule(by=people, category=categories, severity=st.sampled_from(Severity))
    def report(self, by: Actor, category: str, severity: Severity) -> None:
        self.ask(
            ReportFinding(
                number=NUMBER,
                stamp=self.stamp(by),
                category=category,
                text="Mørkt.",
                severity=severity,
            )
        )

    @before_fix
    @rule(by=people, to=owners)
    def assign(self, by: Actor, to: Actor) -> None:
        self.ask(AssignFinding(number=NUMBER, stamp=self.stamp(by), to=to))

    @assigned
    @rule(by=people)
    def accept(self, by: Actor) -> None:
        self.ask(AcceptAssignment(number=NUMBER, stamp=self.stamp(by)))

    @assigned
    @rule(by=people)
    def return_(self, by: Actor) -> None:
        self.ask(ReturnAssignment(number=NUMBER, stamp=self.stamp(by), reason="Nej."))

    @before_fix
    @rule(by=people, proposed=st.none() | owners)
    def dispute_owner(self, by: Actor, proposed: Actor | None) -> None:
        self.ask(
            DisputeOwner(
                number=NUMBER, stamp=self.stamp(by), reason="Nej.", proposed=proposed
            )
        )

    @before_fix
    @rule(by=people)
    def seek_owner(self, by: Actor) -> None:
        self.ask(SeekOwner(number=NUMBER, stamp=self.stamp(by)))

    @when(lambda finding: finding.search)
    @rule(by=people, source=sources, owner=st.none() | owners)
    def look_up_owner(
        self, by: Actor, source: OwnershipSource, owner: Actor | None
    ) -> None:
        self.ask(
            LookUpOwner(number=NUMBER, stamp=self.stamp(by), source=source, owner=owner)
        )

    @when(lambda finding: not finding.called)
    @rule(by=people, whom=owners)
    def log_call(self, by: Actor, whom: Actor) -> None:
        self.ask(
            LogCall(number=NUMBER, stamp=self.stamp(by), called_at=self.now, whom=whom)
        )

    @assigned
    @rule(by=people, step=st.sampled_from(EnforcementStep))
    def enforce(self, by: Actor, step: EnforcementStep) -> None:
        self.ask(
            EnforceStep(
                number=NUMBER,
                stamp=self.stamp(by),
                step=step,
                owner=GRID,
                legal_basis="vejloven",
                reasons="Sådan.",
                complaint="Her.",
            )
        )

    @fixed
    @rule(by=people, days=days_ahead)
    def move_verification(self, by: Actor, days: int) -> None:
        self.ask(
            MoveVerification(
                number=NUMBER,
                stamp=self.stamp(by),
                verify_due=self.ahead(days),
                reason="Mørke.",
            )
        )

    @assigned
    @rule(by=people, to=owners)
    def hand_over(self, by: Actor, to: Actor) -> None:
        self.ask(
            HandOver(
                number=NUMBER,
                stamp=self.stamp(by),
                to=to,
                purpose="Hjælp.",
                legal_basis="vejloven",
            )
        )

    @offered
    @rule(by=people)
    def accept_handover(self, by: Actor) -> None:
        self.ask(AcceptHandover(number=NUMBER, stamp=self.stamp(by)))

    @offered
    @rule(by=people)
    def refuse_handover(self, by: Actor) -> None:
        self.ask(RefuseHandover(number=NUMBER, stamp=self.stamp(by), reason="Nej."))

    @offered
    @rule(by=people, outcome=st.sampled_from(HandoverOutcome))
    def decide_handover(self, by: Actor, outcome: HandoverOutcome) -> None:
        self.ask(
            DecideHandover(
                number=NUMBER, stamp=self.stamp(by), outcome=outcome, reason="Sådan."
            )
        )

    @assigned
    @rule(by=people, days=days_ahead)
    def hold(self, by: Actor, days: int) -> None:
        self.ask(
            HoldFinding(
                number=NUMBER,
                stamp=self.stamp(by),
                reason_code="budget",
                review_on=self.ahead(days),
            )
        )

    @when(lambda finding: finding.hold)
    @rule(by=people)
    def resume(self, by: Actor) -> None:
        self.ask(ResumeFinding(number=NUMBER, stamp=self.stamp(by)))

    @before_fix
    @rule(by=people, subtask=subtasks, to=owners)
    def add_subtask(self, by: Actor, subtask: str, to: Actor) -> None:
        self.ask(
            AddSubtask(number=NUMBER, stamp=self.stamp(by), subtask=subtask, to=to)
        )

    @when(lambda finding: finding.subtasks)
    @rule(by=people, subtask=subtasks)
    def complete_subtask(self, by: Actor, subtask: str) -> None:
        self.ask(CompleteSubtask(number=NUMBER, stamp=self.stamp(by), subtask=subtask))

    @assigned
    @rule(by=people)
    def mark_fixed(self, by: Actor) -> None:
        self.ask(
            MarkFixed(number=NUMBER, stamp=self.stamp(by), evidence=Evidence.PHOTO)
        )

    @fixed
    @rule(by=people)
    def verify(self, by: Actor) -> None:
        self.ask(VerifyFix(number=NUMBER, stamp=self.stamp(by)))

    @fixed
    @rule(by=people)
    def reject_fix(self, by: Actor) -> None:
        self.ask(RejectFix(number=NUMBER, stamp=self.stamp(by), reason="Nej."))

    @before_fix
    @rule(by=people, refer_to=st.none() | owners)
    def propose_decline(self, by: Actor, refer_to: Actor | None) -> None:
        self.ask(
            ProposeDecline(
                number=NUMBER,
                stamp=self.stamp(by),
                reason_code="not_our_competence",
                reason="Ikke os.",
                refer_to=refer_to,
            )
        )

    @proposed
    @rule(by=people)
    def approve_decline(self, by: Actor) -> None:
        self.ask(ApproveDecline(number=NUMBER, stamp=self.stamp(by)))

    @proposed
    @rule(by=people)
    def refuse_decline(self, by: Actor) -> None:
        self.ask(RefuseDecline(number=NUMBER, stamp=self.stamp(by), reason="Jo."))

    @before_fix
    @rule(by=people, master=masters)
    def merge_into(self, by: Actor, master: str) -> None:
        self.ask(MergeInto(number=NUMBER, stamp=self.stamp(by), master=master))

    @rule(by=people)
    def refer_out(self, by: Actor) -> None:
        self.ask(ReferOut(number=NUMBER, stamp=self.stamp(by), forum="SSP"))

    @ended
    @rule(by=people)
    def reopen(self, by: Actor) -> None:
        self.ask(ReopenFinding(number=NUMBER, stamp=self.stamp(by), reason="Igen."))

    @before_fix
    @rule(by=people, days=days_ahead)
    def change_deadline(self, by: Actor, days: int) -> None:
        self.ask(
            ChangeDeadline(
                number=NUMBER,
                stamp=self.stamp(by),
                fix_due=self.ahead(days),
                reason="Frost.",
            )
        )

    @rule(by=people, category=st.none() | categories)
    def correct(self, by: Actor, category: str | None) -> None:
        self.ask(
            CorrectFinding(
                number=NUMBER,
                stamp=self.stamp(by),
                reason="Set igen.",
                category=category,
                text="Mørkt." if category is None else None,
            )
        )

    @rule(by=people)
    def note(self, by: Actor) -> None:
        self.ask(AddNote(number=NUMBER, stamp=self.stamp(by), text="Ord."))

    @rule(command=st.sampled_from(EVERY_COMMAND), by=people)
    def out_of_place(self, command: PersonCommand, by: Actor) -> None:
        """Ask for anything at any time."""
        asked = type(command).model_validate({**dict(command), "stamp": self.stamp(by)})
        assert isinstance(asked, PersonCommand)
        self.ask(asked)

    # --- The usual ways, as chance alone rarely goes them to the end ---------------

    @before_fix
    @rule(by=people, to=owners, verifier=people)
    def somebody_fixes_it(self, by: Actor, to: Actor, verifier: Actor) -> None:
        self.assign(by, to)
        self.mark_fixed(by)
        self.verify(verifier)

    @before_fix
    @rule(by=people, to=owners, other=people, subtask=subtasks)
    def several_fix_it(self, by: Actor, to: Actor, other: Actor, subtask: str) -> None:
        self.assign(by, to)
        self.add_subtask(by, subtask, to)
        self.complete_subtask(other, subtask)
        self.mark_fixed(by)

    @before_fix
    @rule(by=people, to=owners, other=owners, answer=people)
    def it_is_offered(self, by: Actor, to: Actor, other: Actor, answer: Actor) -> None:
        self.assign(by, to)
        self.hand_over(by, other)
        self.accept_handover(answer)

    @before_fix
    @rule(to=owners, other=owners)
    def it_bounces(self, to: Actor, other: Actor) -> None:
        self.assign(COORDINATOR, to)
        for _ in range(2):
            self.hand_over(COORDINATOR, other)
            self.refuse_handover(other)

    @before_fix
    @rule(by=people)
    def nobody_owns_it(self, by: Actor) -> None:
        self.seek_owner(by)
        for source in OwnershipSource:
            self.look_up_owner(by, source, None)

    @before_fix
    @rule(first=owners, second=owners, verifier=people)
    def it_takes_two_attempts(
        self, first: Actor, second: Actor, verifier: Actor
    ) -> None:
        for owner in (first, second):
            self.assign(COORDINATOR, owner)
            self.mark_fixed(second)
            self.reject_fix(COUNCIL)
        self.mark_fixed(second)
        self.verify(verifier)

    @before_fix
    @rule(by=people, second=people)
    def somebody_gives_it_up(self, by: Actor, second: Actor) -> None:
        self.propose_decline(by, LIGHTING)
        self.approve_decline(second)

    @assigned
    @rule(by=people, hours=pauses)
    def it_waits(self, by: Actor, hours: int) -> None:
        self.hold(by, 30)
        self.time_passes(hours)
        self.resume(by)

    # --- Other rules, and who is away ----------------------------------------------

    @rule(rules=st.sampled_from(RULES))
    def rules_change(self, rules: Register) -> None:
        self.in_force = rules

    @rule(absent=people, substitute=st.none() | owners, days=st.integers(0, 30))
    def somebody_is_away(
        self, absent: Actor, substitute: Actor | None, days: int
    ) -> None:
        asked = NoteAbsence(
            stamp=self.stamp(COORDINATOR),
            absent=absent,
            first=self.ahead(0),
            last=self.ahead(days),
            substitute=substitute,
        )
        try:
            facts = decide_roster(self.roster, asked, self.in_force)
        except DomainError:
            return
        for fact in facts:
            assert isinstance(fact, AbsenceNoted)
            self.roster = evolve_roster(self.roster, fact)

    # --- Time -------------------------------------------------------------------

    @rule(hours=pauses)
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @precondition(lambda self: self.finding is not None)
    @rule()
    def the_clock_catches_up(self) -> None:
        """Take every step that is due; there is an end to it, and then none is."""
        for _ in range(PATIENCE):
            steps = self.steps()
            if not steps or steps[0].at > self.now:
                return
            facts = self.ask(taken(steps[0], self.now))

            assert facts, f"due, but nothing happened: {steps[0].key}"
            again = self.ask(taken(steps[0], self.now))
            assert not again, f"it happened twice: {steps[0].key}"
        message = "the clock never came to rest"
        raise AssertionError(message)

    # --- Promises ---------------------------------------------------------------

    @invariant()
    def history_alone_gives_the_state(self) -> None:
        assert remembered(*self.history) == self.finding

    @invariant()
    def nobody_verifies_what_they_worked_on(self) -> None:
        if not self.history or not isinstance(self.history[-1], FixVerified):
            return
        by = self.history[-1].stamp.by

        assert not [hand for hand in hands_on(self.history) if by.same_hands(hand)]

    @invariant()
    def nothing_happens_after_an_end(self) -> None:
        end: FindingEvent | None = None
        for fact in self.history:
            if isinstance(fact, FindingReopened):
                assert not isinstance(end, FINAL)
                end = None
            assert end is None or isinstance(fact, AFTER_AN_END)
            if isinstance(fact, ENDS):
                end = fact

    @invariant()
    def nothing_happens_to_a_place_to_keep(self) -> None:
        kept = False
        for fact in self.history:
            assert not kept or isinstance(fact, AFTER_AN_END)
            if isinstance(fact, FindingReported):
                kept = fact.positive
            elif isinstance(fact, FindingCorrected) and fact.category:
                kept = fact.category.positive

    @invariant()
    def a_declined_case_had_two_people(self) -> None:
        if self.history and isinstance(self.history[-1], FindingDeclined):
            proposals = [f for f in self.history if f.TOPIC.endswith("proposed.v1")]

            assert not self.history[-1].stamp.by.same_hands(proposals[-1].stamp.by)

    @invariant()
    def no_moment_is_reminded_of_twice(self) -> None:
        keys = [occasion.key for occasion in recorded_occasions(self.history)]

        assert len(set(keys)) == len(keys)

    @invariant()
    def no_level_is_raised_twice_in_one_run(self) -> None:
        levels = [
            (fact.run, fact.level)
            for fact in self.history
            if isinstance(fact, FindingEscalated)
        ]

        assert all(one < next_one for one, next_one in pairwise(levels))

    @invariant()
    def nothing_that_was_raised_is_planned(self) -> None:
        planned = {
            occasion.key
            for step in self.steps()
            if isinstance(step, Reminder)
            for occasion in step.occasions
        }

        assert planned.isdisjoint(o.key for o in recorded_occasions(self.history))

    @invariant()
    def at_most_one_moment_per_clock_lies_in_the_past(self) -> None:
        past = [step for step in self.steps() if step.at <= self.now]
        per_clock = [
            clock
            for step in past
            if isinstance(step, Reminder)
            for clock in {occasion.clock for occasion in step.occasions}
        ]

        others = [type(step) for step in past if not isinstance(step, Reminder)]

        per_case = [clock for clock in per_clock if clock is not ClockName.SUBTASK]
        assert len(set(per_case)) == len(per_case)
        assert len(set(others)) == len(others)

    @invariant()
    def new_rules_are_written_down_once(self) -> None:
        recomputations = [one for one in self.steps() if isinstance(one, Recomputation)]

        assert len(recomputations) <= 1

    @invariant()
    def an_open_case_has_somebody(self) -> None:
        if self.finding is None or not self.finding.is_open:
            return
        day = self.in_force.working_days.local_day(self.now)
        somebody = self.roster.cover_for(self.finding.responsible, day, self.in_force)

        assert self.in_force.knows(somebody)
        if self.roster.is_absent(somebody, day):
            coordinator = self.in_force.coordinator(self.finding.responsible.authority)
            assert self.in_force.is_coordinator(coordinator)
            assert self.in_force.is_coordinator(somebody)

    @invariant()
    def an_offer_is_never_forgotten(self) -> None:
        if self.finding is None or self.finding.offer is None:
            return

        assert self.finding.is_open
        assert handover_plan(self.finding, self.in_force, self.now)

    @invariant()
    def indecision_is_told_in_order(self) -> None:
        told: list[int] = []
        for fact in self.history:
            if isinstance(fact, HandoverUndecided):
                assert not told or fact.nth > told[-1]
                told.append(fact.nth)
            elif fact.TOPIC == "finding.handover_offered.v1":
                told = []

    @invariant()
    def only_open_cases_are_planned(self) -> None:
        if self.finding is not None and not self.finding.is_open:
            assert self.steps() == ()


def hands_on(history: tuple[FindingEvent, ...]) -> set[Actor]:
    """Return who worked on the last fix: marked it, did a part, or had it then."""
    hands: set[Actor] = set()
    owner: Actor | None = None
    for fact in history:
        match fact:
            case FindingReopened():
                hands = set()
            case FindingAssigned(to=to) | HandoverAccepted(to=to):
                owner = to
            case HandoverDecided(outcome=HandoverOutcome.MOVED, to=to):
                owner = to
            case SubtaskCompleted():
                hands.add(fact.stamp.by)
            case FixReported():
                hands |= {fact.stamp.by} | ({owner} if owner else set())
            case _:
                pass
    return hands


def recorded_occasions(history: tuple[FindingEvent, ...]) -> list[Occasion]:
    """Return everything that was ever reminded of."""
    return [
        occasion
        for fact in history
        if isinstance(fact, ReminderRaised)
        for occasion in fact.occasions
    ]


def test_every_command_has_a_rule_of_its_own() -> None:
    assert set(BY_NAME) <= {name.rstrip("_") for name in vars(AnyOrder)}


@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_promises_hold_in_any_order(beginning: Status | None) -> None:
    """Begin in each status: by chance alone, deep stories are rare."""
    from_here = type("FromHere", (AnyOrder,), {"beginning": beginning})

    run_state_machine_as_test(from_here, settings=CI)
