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
    DisputeOwner,
    HandOver,
    HoldFinding,
    MarkFixed,
    MergeInto,
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
    VerifyFix,
)
from domain.finding.decide import decide
from domain.finding.events import (
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
    NoteAdded,
    Occasion,
    ReminderRaised,
    SubtaskCompleted,
)
from domain.finding.plan import Reminder, Step, plan
from domain.finding.rules.checks import BEFORE_FIX, Given
from domain.finding.state import Finding, Status, evolve
from domain.messages import Stamp, derived_id
from domain.values import Actor, Evidence, Severity
from tests.domain.stories import case, taken
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
    moment,
    register,
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
        self.planned: tuple[Step, ...] = ()
        self.planned_at: tuple[int, datetime] | None = None

    # --- Asking -----------------------------------------------------------------

    def stamp(self, by: Actor) -> Stamp:
        self.asked += 1
        return Stamp(by=by, at=self.now, command_id=derived_id("any", self.asked))

    def ask(self, command: AnyFindingCommand) -> int:
        """Ask, and return how many facts it led to; a refusal leads to none."""
        given = Given(register(), OTHERS)
        try:
            facts = decide(self.finding, command, given)
        except DomainError:
            return 0
        for fact in facts:
            self.finding = evolve(self.finding, fact)
        self.history += facts
        return len(facts)

    def steps(self) -> tuple[Step, ...]:
        """Return the plan as it is now; made once however often it is asked for."""
        seen = (len(self.history), self.now)
        if self.finding and seen != self.planned_at:
            self.planned = plan(self.finding, register(), self.now)
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

            assert facts == 1, f"due, but nothing happened: {steps[0].key}"
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

        assert len(set(per_clock)) == len(per_clock)
        assert sum(not isinstance(step, Reminder) for step in past) <= 1

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
