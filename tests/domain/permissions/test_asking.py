"""A person's command is asked of the table first, with the case as it is."""

from typing import get_args

import pytest

from domain.access import NoteReading
from domain.delivery.decide import BeginDelivery, GiveUpDelivery, RetryDelivery
from domain.delivery.events import GiveUpReason
from domain.errors import Code, DomainError, NotAllowed
from domain.finding.commands import AssignFinding
from domain.handling import AnyCommand, AnywhereCommand, handle
from domain.messages import Command, derived_id
from domain.permissions.asking import ACTIONS
from domain.permissions.words import Role
from domain.ports import Receipt, Rules
from domain.register.adoption import AdoptRegister
from domain.register.model import Register
from domain.roster.events import AbsenceNoted
from domain.roster.state import Roster, evolve
from domain.values import CITIZEN, CLOCK, Actor
from domain.walk.commands import AskForAnswer, RecordWalk, RequestWalk
from domain.walk.events import ReplyChannel, WalkPlan
from tests import examples as ex
from tests.examples import (
    COORDINATOR,
    COUNCIL,
    GRID,
    HOUSING,
    LEADER,
    LIGHTING,
    LOCAL_POLICE,
    OPERATIONS,
    POLICE,
    POLICE_LEADER,
    STRANGER,
    moment,
    on,
    register,
    stamp,
)
from tests.memory_store import MemoryStore

NOW = moment("2026-11-22")
NOTICE = derived_id("a notice")
PARKS = Actor("municipality/parks")


class Desk:
    """Somewhere to submit: for persons, and for whoever is not asked."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.rules = Rules(3, register())
        self.given = 0

    def ask(self, command: AnyCommand) -> Receipt:
        return handle(command, self.store, lambda: self.rules, NOW, by_person=True)

    def put(self, *commands: AnyCommand) -> None:
        for command in commands:
            handle(self.fresh(command), self.store, lambda: self.rules, NOW)

    def fresh(self, command: AnyCommand) -> AnyCommand:
        """Return the same under another command id."""
        self.given += 1
        identity = derived_id("desk", self.given)
        own = command.stamp.model_copy(update={"command_id": identity})
        return command.model_copy(update={"stamp": own})

    def answer(self, command: AnyCommand) -> Code | None:
        """Return why not, or nothing."""
        try:
            self.ask(self.fresh(command))
        except DomainError as refusal:
            return refusal.code
        return None


@pytest.fixture
def desk() -> Desk:
    """Return a desk with one case, reported by the coordinator."""
    desk = Desk()
    desk.put(ex.report(by=COORDINATOR))
    return desk


@pytest.fixture
def assigned(desk: Desk) -> Desk:
    """Return a desk where the case is the lighting's."""
    desk.put(ex.assign(LIGHTING))
    return desk


def test_every_command_is_something_in_the_table() -> None:
    known = {kind for union in get_args(AnywhereCommand) for kind in leaves(union)}

    # The program itself writes down who reads; nobody asks for that.
    assert set(ACTIONS) == known - {NoteReading}


def leaves(union: object) -> list[type[Command]]:
    inner = get_args(union)
    if not inner:
        assert isinstance(union, type)
        assert issubclass(union, Command)
        return [union]
    return [kind for one in inner for kind in leaves(one)]


@pytest.mark.parametrize("by", [CITIZEN, COUNCIL, GRID])
def test_who_is_no_employee_assigns_nothing(desk: Desk, by: Actor) -> None:
    assert desk.answer(ex.assign(LIGHTING, by=by)) is Code.NOT_YOUR_ROLE


def test_a_refusal_says_who_may(desk: Desk) -> None:
    with pytest.raises(NotAllowed) as refusal:
        desk.ask(ex.assign(LIGHTING, by=COUNCIL))

    context = refusal.value.context
    allowed = context["allowed"]
    assert isinstance(allowed, list)
    assert context["roles"] == [Role.PARTICIPANT]
    assert Role.WALK_COORDINATOR in allowed
    assert Role.ADMIN not in allowed  # nobody has that role yet


@pytest.mark.parametrize(
    "by",
    [
        LIGHTING,
        Actor(f"{LIGHTING}/vb07"),
        LEADER,
    ],
)
def test_the_unit_and_its_leader_do_the_work(assigned: Desk, by: Actor) -> None:
    assert assigned.answer(ex.mark_fixed(by=by)) is None


@pytest.mark.parametrize("by", [PARKS, POLICE, COORDINATOR])
def test_another_unit_does_not_say_that_it_is_done(assigned: Desk, by: Actor) -> None:
    """Their role could, with a case of their own."""
    assert assigned.answer(ex.mark_fixed(by=by)) is Code.NOT_YOUR_CASE


def test_whoever_stands_in_does_the_work(assigned: Desk) -> None:
    away = AbsenceNoted(
        stamp=stamp(COORDINATOR),
        absent=LIGHTING,
        first=on("2026-10-19"),
        last=on("2026-10-30"),
        substitute=PARKS,
        stands_in=PARKS,
        tell=(),
    )
    assigned.rules = Rules(3, register(), evolve(Roster(), away))

    assert assigned.answer(ex.mark_fixed(by=PARKS)) is None


def test_a_partner_and_the_unit_behind_it_do_what_the_partner_was_given(
    desk: Desk,
) -> None:
    desk.put(ex.assign(GRID))

    assert desk.answer(ex.hold(by=GRID)) is None
    assert desk.answer(ex.resume(by=LIGHTING)) is None
    assert desk.answer(ex.hold(by=HOUSING)) is Code.NOT_YOUR_CASE


def test_a_part_is_done_by_whom_it_was_given_to(assigned: Desk) -> None:
    assigned.put(ex.add_subtask("elskab", GRID))

    assert (
        assigned.answer(ex.complete_subtask("elskab", by=PARKS)) is Code.NOT_YOUR_CASE
    )
    assert assigned.answer(ex.complete_subtask("elskab", by=GRID)) is None


def test_a_participant_confirms_but_does_not_send_back(assigned: Desk) -> None:
    assigned.put(ex.mark_fixed(by=LIGHTING))

    assert assigned.answer(ex.reject_fix(by=COUNCIL)) is Code.NOT_YOUR_ROLE
    assert assigned.answer(ex.verify(by=COUNCIL)) is None
    assert assigned.answer(ex.reopen(by=COUNCIL)) is Code.NOT_YOUR_ROLE
    assert assigned.answer(ex.reopen(by=CITIZEN)) is Code.NOT_YOUR_ROLE


def test_four_eyes_come_after_the_table(assigned: Desk) -> None:
    assigned.put(ex.mark_fixed(by=LIGHTING))

    assert assigned.answer(ex.verify(by=CITIZEN)) is Code.NOT_YOUR_ROLE
    assert assigned.answer(ex.verify(by=LIGHTING)) is Code.SAME_HANDS


def test_a_leader_or_coordinator_is_the_second_person(assigned: Desk) -> None:
    assigned.put(ex.propose_decline(by=LIGHTING))

    assert assigned.answer(ex.refuse_decline(by=PARKS)) is Code.NOT_YOUR_ROLE
    assert assigned.answer(ex.approve_decline(by=LEADER)) is None


def test_an_offer_is_answered_where_it_was_sent(assigned: Desk) -> None:
    assigned.put(ex.hand_over(LOCAL_POLICE))

    assert assigned.answer(ex.refuse_handover(by=PARKS)) is Code.NOT_YOUR_CASE
    assert assigned.answer(ex.accept_handover(by=POLICE_LEADER)) is None


def test_a_citizen_adds_to_what_citizens_reported(desk: Desk) -> None:
    assert desk.answer(ex.note(by=CITIZEN)) is Code.NOT_YOUR_CASE

    theirs = Desk()
    theirs.put(ex.report(by=CITIZEN))

    assert theirs.answer(ex.note(by=CITIZEN)) is None


def test_a_stranger_is_unknown_and_has_no_role(desk: Desk) -> None:
    assert desk.answer(ex.assign(LIGHTING, by=STRANGER)) is Code.UNKNOWN_UNIT


def test_what_is_not_there_is_not_there_for_everybody(desk: Desk) -> None:
    gone = AssignFinding(stamp=stamp(COUNCIL), number="2026-99", to=LIGHTING)

    assert desk.answer(gone) is Code.UNKNOWN_FINDING


def test_the_same_command_again_has_its_receipt_after_the_case_moved_on(
    assigned: Desk,
) -> None:
    held = ex.hold(by=LIGHTING)
    first = assigned.ask(held)
    assigned.put(ex.assign(PARKS))

    assert assigned.ask(held) == first


def test_the_clock_is_no_person(assigned: Desk) -> None:
    assert assigned.answer(ex.note(by=CLOCK)) is Code.NOT_YOUR_ROLE


def test_whoever_coordinates_runs_the_walk() -> None:
    desk, at = Desk(), moment("2026-10-08")
    plan = WalkPlan(area="Øst", starts_at=at, ends_at=at)
    asked = RequestWalk(stamp=stamp(COUNCIL), number="W", area="Øst")

    assert desk.answer(asked) is None
    for by in (PARKS, LEADER, COUNCIL, CITIZEN):
        record = RecordWalk(stamp=stamp(by), number="W", plan=plan)
        assert desk.answer(record) is Code.NOT_YOUR_ROLE
    record = RecordWalk(stamp=stamp(LOCAL_POLICE), number="W", plan=plan)
    assert desk.answer(record) is None


def test_a_participant_asks_for_an_answer_for_their_own_group() -> None:
    desk, at = Desk(), moment("2026-10-08")
    plan = WalkPlan(area="Øst", starts_at=at, ends_at=at)
    desk.put(RecordWalk(stamp=stamp(COORDINATOR), number="W", plan=plan))

    def asks(group: str) -> Code | None:
        contact = Actor(f"participant/{group}/aaaaaaaaaa")
        return desk.answer(
            AskForAnswer(
                stamp=stamp(COUNCIL),
                number="W",
                contact=contact,
                channel=ReplyChannel.MAIL,
            )
        )

    assert asks("residents") is Code.NOT_YOUR_ROLE
    assert asks("local-council") is None


def test_a_message_is_seen_to_where_its_recipient_belongs() -> None:
    desk, key = Desk(), str(LIGHTING)
    begun = BeginDelivery(
        stamp=stamp(CLOCK), key=key, recipient=LIGHTING, until=1, notices=(NOTICE,)
    )
    given_up = GiveUpDelivery(
        stamp=stamp(CLOCK), key=key, batch=1, reason=GiveUpReason.NO_ADDRESS
    )
    desk.put(begun, given_up)

    def retried(by: Actor) -> Code | None:
        return desk.answer(RetryDelivery(stamp=stamp(by), key=key, batch=1))

    assert retried(PARKS) is Code.NOT_YOUR_ROLE
    assert retried(POLICE_LEADER) is Code.NOT_YOUR_CASE
    assert retried(LEADER) is None


def test_a_first_register_says_itself_who_adopts_it() -> None:
    assert adopted(OPERATIONS) is Code.NOT_YOUR_ROLE
    assert adopted(COORDINATOR) is None


def test_a_later_register_does_not_appoint_who_adopts_it() -> None:
    """Whoever wants to coordinate is not the one to say so."""
    mine = ex.changed_rules(coordinators={"municipality": str(OPERATIONS)})

    assert adopted(OPERATIONS, mine, before=register()) is Code.NOT_YOUR_ROLE
    assert adopted(COORDINATOR, mine, before=register()) is None


def adopted(
    by: Actor, rules: Register | None = None, before: Register | None = None
) -> Code | None:
    desk = Desk()
    if before:
        desk.put(AdoptRegister(stamp=stamp(COORDINATOR), rules=before))
    return desk.answer(AdoptRegister(stamp=stamp(by), rules=rules or register()))
