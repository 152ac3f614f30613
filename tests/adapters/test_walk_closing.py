"""A walk ends when nobody is left out: on a real store, with real messages."""

import pytest

from adapters.system import Gadelys
from domain.delivery.decide import BeginDelivery, ConfirmDelivery, GiveUpDelivery
from domain.errors import Refused
from domain.finding.commands import (
    AssignFinding,
    FindingCommand,
    ReferOut,
    ReportFinding,
)
from domain.messages import Stamp, derived_id
from domain.values import CLOCK, Actor
from domain.walk.commands import (
    AgreePlan,
    ApproveMinutes,
    AskForAnswer,
    CloseWalk,
    DraftMinutes,
    EvaluateWalk,
    FollowUpWalk,
    NoteAnswered,
    RecordWalk,
    ReportBack,
    WalkCommand,
    stream_of,
)
from domain.walk.events import AnsweredBy, ReplyChannel
from tests import examples as ex

WALK = ex.WALK


def stamp(what: str, by: Actor = ex.COORDINATOR) -> Stamp:
    return Stamp(
        by=by, at=ex.moment("2026-10-09"), command_id=derived_id("closing", what, by)
    )


def ask(system: Gadelys, *commands: WalkCommand | FindingCommand) -> None:
    for command in commands:
        system.submit(command)  # type: ignore[arg-type]


def asked(channel: ReplyChannel = ReplyChannel.MAIL) -> AskForAnswer:
    return AskForAnswer(
        number=WALK, stamp=stamp("ask"), contact=ex.RESIDENT, channel=channel
    )


@pytest.fixture
def walk(system: Gadelys) -> Gadelys:
    """Return an installation with a walk that took place."""
    ask(system, RecordWalk(number=WALK, stamp=stamp("record"), plan=ex.walk_plan()))
    return system


def publish(system: Gadelys) -> None:
    ask(
        system,
        DraftMinutes(number=WALK, stamp=stamp("draft")),
        ApproveMinutes(number=WALK, stamp=stamp("approve")),
        ApproveMinutes(number=WALK, stamp=stamp("approve", ex.POLICE)),
    )


def agree(system: Gadelys) -> None:
    ask(
        system,
        AgreePlan(number=WALK, stamp=stamp("agree")),
        ReportBack(number=WALK, stamp=stamp("report"), informed=1),
    )


def evaluate(system: Gadelys) -> None:
    ask(
        system,
        FollowUpWalk(number=WALK, stamp=stamp("follow up")),
        EvaluateWalk(number=WALK, stamp=stamp("evaluate"), learnings="Mere lys."),
    )


def tell(system: Gadelys, batch: int, *, arrives: bool = True) -> None:
    """Send what waits for the participant, as a digest would."""
    begun = stamp(f"begin {batch}", CLOCK)
    key = str(ex.RESIDENT)
    system.submit(
        BeginDelivery(
            stamp=begun,
            key=key,
            recipient=ex.RESIDENT,
            until=system.store.last_position(),
            notices=(derived_id("notice", batch),),
        )
    )
    if arrives:
        system.submit(
            ConfirmDelivery(
                stamp=stamp(f"sent {batch}", CLOCK),
                key=key,
                batch=batch,
                message_id="<x@gadelys.example>",
            )
        )
    else:
        system.submit(
            GiveUpDelivery(stamp=stamp(f"lost {batch}", CLOCK), key=key, batch=batch)
        )


def close(system: Gadelys) -> str:
    """Return "closed", or why it is not."""
    try:
        system.submit(CloseWalk(number=WALK, stamp=stamp("close")))
    except Refused as refusal:
        return str(refusal.context.get("findings", refusal.code))
    return "closed"


def test_a_walk_without_findings_and_askers_is_closed(walk: Gadelys) -> None:
    publish(walk)
    agree(walk)
    evaluate(walk)

    assert close(walk) == "closed"


def test_a_message_that_arrived_after_all_news_answers(walk: Gadelys) -> None:
    ask(walk, asked())
    publish(walk)
    agree(walk)
    tell(walk, 1)
    evaluate(walk)

    assert close(walk) == "participants_unanswered"  # the follow-up was news as well
    tell(walk, 2)
    assert close(walk) == "closed"


def test_who_asked_after_all_news_is_not_answered(walk: Gadelys) -> None:
    publish(walk)
    agree(walk)
    evaluate(walk)
    ask(walk, asked())
    tell(walk, 1)

    assert close(walk) == "participants_unanswered"


def test_a_message_that_is_on_its_way_answers_nobody(walk: Gadelys) -> None:
    ask(walk, asked())
    publish(walk)
    agree(walk)
    evaluate(walk)
    tell(walk, 1, arrives=False)

    assert close(walk) == "participants_unanswered"
    ask(
        walk,
        NoteAnswered(
            number=WALK,
            stamp=stamp("note"),
            contact=ex.RESIDENT,
            how=AnsweredBy.PHONE,
        ),
    )
    assert close(walk) == "closed"


def test_later_news_does_not_answer_what_was_given_up(walk: Gadelys) -> None:
    ask(walk, asked())
    publish(walk)
    agree(walk)
    tell(walk, 1, arrives=False)
    evaluate(walk)
    tell(walk, 2)

    assert close(walk) == "participants_unanswered"


def test_findings_need_an_owner_or_an_end(walk: Gadelys) -> None:
    def report(number: str, on_walk: str | None = WALK) -> ReportFinding:
        return ReportFinding(
            number=number,
            stamp=stamp(number),
            category="LGT-FAIL",
            text="To lamper er slukket.",
            walk=on_walk,
        )

    ask(
        walk,
        report("2026-01"),
        report("2026-02"),
        report("2026-03", None),
        ReferOut(number="2026-04", stamp=stamp("refer"), forum="SSP", walk=WALK),
        report("2026-05"),
        AssignFinding(number="2026-01", stamp=stamp("assign"), to=ex.LIGHTING),
    )
    publish(walk)
    agree(walk)
    evaluate(walk)

    assert walk.store.findings_of(WALK) == ("2026-01", "2026-02", "2026-04", "2026-05")
    assert close(walk) == "['2026-02', '2026-05']"
    ask(
        walk,
        AssignFinding(number="2026-02", stamp=stamp("assign 2"), to=ex.LIGHTING),
        ReferOut(number="2026-05", stamp=stamp("refer 5"), forum="SSP"),
    )
    assert close(walk) == "closed"


def test_facts_of_a_stream_know_their_positions(walk: Gadelys) -> None:
    ask(walk, asked())
    facts = walk.store.load(stream_of(WALK))

    assert [fact.position for fact in facts] == [
        fact.position for fact in walk.store.after(0) if fact.stream == stream_of(WALK)
    ]
    assert facts[-1].position == walk.store.last_position()
