"""One message at a time: begun, repeated, and then sent or given up."""

from collections.abc import Callable
from typing import get_args

import pytest
from hypothesis import given as for_any
from hypothesis import settings
from hypothesis import strategies as st

from domain.delivery.answering import answering
from domain.delivery.decide import (
    BeginDelivery,
    ConfirmDelivery,
    Delivery,
    GiveUpDelivery,
    RetryDelivery,
    SettleDelivery,
    evolve,
    fold,
)
from domain.delivery.events import (
    DeliveryAttempted,
    DeliveryChannel,
    DeliveryEvent,
    DeliveryGivenUp,
    DeliveryRetried,
    DeliverySent,
    DeliverySettled,
    GiveUpReason,
)
from domain.errors import Code, NotAllowed, NotFound
from domain.messages import Event, Recorded, derived_id
from domain.values import CLOCK, Actor, StreamId
from tests.examples import (
    COORDINATOR,
    COUNCIL,
    GRID,
    LEADER,
    LIGHTING,
    LOCAL_POLICE,
    POLICE,
    REPORTED,
    STRANGER,
    register,
    stamp,
)
from tests.given_when_then import given_messages

ONE, TWO, THREE = (derived_id("notice", nth) for nth in (1, 2, 3))
BY_CLOCK = stamp(CLOCK)


def begin(
    until: int = 7, *, to: Actor = LIGHTING, empty: bool = False
) -> BeginDelivery:
    return BeginDelivery(
        stamp=BY_CLOCK,
        key=str(to),
        recipient=to,
        until=until,
        notices=() if empty else (ONE, TWO),
    )


def confirm(batch: int = 1) -> ConfirmDelivery:
    return ConfirmDelivery(
        stamp=BY_CLOCK, key=str(LIGHTING), batch=batch, message_id="<1@example>"
    )


def give_up(batch: int = 1) -> GiveUpDelivery:
    return GiveUpDelivery(stamp=BY_CLOCK, key=str(LIGHTING), batch=batch)


def attempted(batch: int = 1, attempt: int = 1, until: int = 7) -> DeliveryAttempted:
    return DeliveryAttempted(
        stamp=BY_CLOCK,
        recipient=LIGHTING,
        batch=batch,
        attempt=attempt,
        until=until,
        notices=(ONE, TWO),
    )


SENT = DeliverySent(
    stamp=BY_CLOCK,
    recipient=LIGHTING,
    batch=1,
    message_id="<1@example>",
    notices=(ONE, TWO),
)
GIVEN_UP = DeliveryGivenUp(
    stamp=BY_CLOCK, recipient=LIGHTING, batch=1, notices=(ONE, TWO)
)
RETRIED = DeliveryRetried(
    stamp=stamp(COORDINATOR), recipient=LIGHTING, batch=1, notices=(ONE, TWO)
)
SETTLED = DeliverySettled(
    stamp=stamp(COORDINATOR),
    recipient=LIGHTING,
    batch=1,
    notices=(ONE, TWO),
    reason="Fortalt i telefonen.",
)


def retry(batch: int = 1, *, by: Actor = COORDINATOR) -> RetryDelivery:
    return RetryDelivery(stamp=stamp(by), key=str(LIGHTING), batch=batch)


def settle(
    batch: int = 1, *, by: Actor = COORDINATOR, reason: str = "Fortalt i telefonen."
) -> SettleDelivery:
    return SettleDelivery(
        stamp=stamp(by), key=str(LIGHTING), batch=batch, reason=reason
    )


def test_a_message_is_begun_with_its_notices() -> None:
    given_messages().when(begin()).then(attempted())


def test_a_message_that_was_begun_is_repeated_as_it_was() -> None:
    later = BeginDelivery(
        stamp=BY_CLOCK,
        key=str(LIGHTING),
        recipient=LIGHTING,
        until=9,
        notices=(ONE, TWO, THREE),
    )

    given_messages(attempted()).when(later).then(attempted(attempt=2))


def test_a_repeated_message_is_repeated_again() -> None:
    given_messages(attempted(), attempted(attempt=2)).when(begin()).then(
        attempted(attempt=3)
    )


@pytest.mark.parametrize("end", [SENT, GIVEN_UP])
def test_the_next_message_has_the_next_number(end: DeliveryEvent) -> None:
    given_messages(attempted(), end).when(begin(9)).then(attempted(batch=2, until=9))


def test_a_message_without_notices_is_not_begun() -> None:
    given_messages().when(begin(empty=True)).then()


@pytest.mark.parametrize("until", [6, 7])
@pytest.mark.parametrize("end", [SENT, GIVEN_UP])
def test_what_was_told_is_not_told_again(until: int, end: DeliveryEvent) -> None:
    given_messages(attempted(), end).when(begin(until)).then()


def test_a_unit_that_left_the_register_still_gets_its_messages() -> None:
    given_messages().when(begin(to=STRANGER)).then(
        attempted().model_copy(update={"recipient": STRANGER})
    )


def test_a_begun_message_is_sent() -> None:
    given_messages(attempted()).when(confirm()).then(SENT)


def test_a_begun_message_is_given_up() -> None:
    given_messages(attempted()).when(give_up()).then(GIVEN_UP)


@pytest.mark.parametrize("end", [confirm, give_up])
@pytest.mark.parametrize(
    "facts", [(), (attempted(), SENT), (attempted(), GIVEN_UP), (attempted(batch=2),)]
)
def test_what_was_not_begun_has_no_end(
    end: Callable[[], ConfirmDelivery | GiveUpDelivery],
    facts: tuple[DeliveryEvent, ...],
) -> None:
    given_messages(*facts).when(end()).then()


def test_messages_have_a_stream_of_their_own() -> None:
    assert begin().stream == "delivery/municipality/street-lighting"


def stored(event: Event, nth: int) -> Recorded:
    return Recorded(
        event=event,
        stream=StreamId("delivery/x"),
        version=nth,
        position=nth,
        event_id=derived_id("stored", nth),
        recorded_at=BY_CLOCK.at,
        register=1,
    )


def test_only_messages_are_remembered() -> None:
    assert fold([stored(REPORTED, 1), stored(attempted(), 2)]) == Delivery(
        until=7, batch=1, pending=attempted(), since=BY_CLOCK.at
    )


def test_nothing_is_remembered_of_nothing() -> None:
    assert fold([]) is None


@for_any(
    history=st.lists(
        st.sampled_from(
            [attempted(), attempted(batch=2), SENT, GIVEN_UP, RETRIED, SETTLED]
        ),
        max_size=9,
    )
)
@settings(deadline=None, derandomize=True)
def test_every_history_can_be_remembered(history: list[DeliveryEvent]) -> None:
    delivery: Delivery | None = None
    for fact in history:
        delivery = evolve(delivery, fact)

    assert delivery is None or (delivery.pending is None) == (delivery.since is None)
    batches = [failed.batch for failed in delivery.failed] if delivery else []
    assert len(batches) == len(set(batches))


EVERY_FACT = (attempted(), SENT, GIVEN_UP, RETRIED, SETTLED)


def test_every_fact_of_a_message_has_an_example() -> None:
    assert {type(fact) for fact in EVERY_FACT} == set(get_args(DeliveryEvent))


# --- What a person does about it --------------------------------------------------


def memory(*facts: DeliveryEvent) -> Delivery:
    found = fold([stored(fact, nth) for nth, fact in enumerate(facts, start=1)])
    assert found is not None
    return found


def test_a_message_is_given_up_with_its_reason() -> None:
    refused = give_up().model_copy(
        update={"reason": GiveUpReason.REFUSED, "answering": COORDINATOR}
    )

    given_messages(attempted()).when(refused).then(
        GIVEN_UP.model_copy(
            update={"reason": GiveUpReason.REFUSED, "answering": COORDINATOR}
        )
    )


def test_a_message_that_was_given_up_is_tried_again_as_it_was() -> None:
    given_messages(attempted(attempt=9), GIVEN_UP).when(retry()).then(RETRIED)
    given_messages(attempted(attempt=9), GIVEN_UP, RETRIED).when(begin(99)).then(
        attempted(attempt=10)
    )


def test_a_message_is_tried_again_after_newer_ones() -> None:
    newer = (attempted(batch=2, until=9), SENT.model_copy(update={"batch": 2}))
    facts = (attempted(), GIVEN_UP, *newer)

    given_messages(*facts).when(retry()).then(RETRIED)
    given_messages(*facts, RETRIED).when(begin(99)).then(attempted(attempt=2))
    given_messages(*facts, RETRIED, attempted(attempt=2), SENT).when(begin(9)).then()
    assert memory(*facts, RETRIED, attempted(attempt=2), SENT).batch == 2


def test_a_message_on_its_way_need_not_be_tried_again() -> None:
    given_messages(attempted()).when(retry()).then()
    given_messages(attempted(), GIVEN_UP, RETRIED).when(retry()).then()


def test_one_message_at_a_time() -> None:
    given_messages(attempted(), GIVEN_UP, attempted(batch=2)).when(
        retry()
    ).then_refused(Code.DELIVERY_PENDING)


@pytest.mark.parametrize("asked", [retry, settle])
@pytest.mark.parametrize("facts", [(), (attempted(), SENT), (attempted(batch=2),)])
def test_what_was_not_given_up_is_nobody_s_task(
    asked: Callable[[], RetryDelivery | SettleDelivery],
    facts: tuple[DeliveryEvent, ...],
) -> None:
    given_messages(*facts).when(asked()).then_refused(Code.UNKNOWN_DELIVERY, NotFound)


@pytest.mark.parametrize("asked", [retry, settle])
@pytest.mark.parametrize("by", [CLOCK, COUNCIL, GRID])
def test_only_the_authorities_say_what_becomes_of_it(
    asked: Callable[..., RetryDelivery | SettleDelivery], by: Actor
) -> None:
    given_messages(attempted(), GIVEN_UP).when(asked(by=by)).then_refused(
        Code.NOT_YOUR_CASE, NotAllowed
    )


@pytest.mark.parametrize("facts", [(attempted(), GIVEN_UP), (attempted(),)])
def test_a_recipient_is_told_in_another_way(facts: tuple[DeliveryEvent, ...]) -> None:
    given_messages(*facts).when(settle()).then(SETTLED)


def test_how_somebody_was_told_must_be_said() -> None:
    given_messages(attempted(), GIVEN_UP).when(settle(reason=" ")).then_refused(
        Code.TEXT_MISSING
    )


@pytest.mark.parametrize(
    ("facts", "told_until"),
    [
        ((attempted(),), 0),
        ((attempted(), SENT), 7),
        ((attempted(), GIVEN_UP), 0),
        ((attempted(), GIVEN_UP, SETTLED), 7),
        ((attempted(), GIVEN_UP, attempted(batch=2, until=9)), 0),
        (
            (
                *(attempted(batch=2, until=9), SENT.model_copy(update={"batch": 2})),
                *(attempted(), GIVEN_UP, SETTLED),
            ),
            9,
        ),
    ],
)
def test_what_somebody_was_told_is_known(
    facts: tuple[DeliveryEvent, ...], told_until: int
) -> None:
    assert memory(*facts).told_until == told_until


def test_a_letter_waits_to_be_posted() -> None:
    letter = begin().model_copy(update={"channel": DeliveryChannel.LETTER})
    printed = attempted().model_copy(update={"channel": DeliveryChannel.LETTER})

    given_messages().when(letter).then(printed)
    assert memory(printed).awaits_posting
    assert not memory(attempted()).awaits_posting
    assert not memory(printed, SENT).awaits_posting


def test_the_days_of_a_message_count_from_its_first_attempt() -> None:
    later = attempted(attempt=2).model_copy(
        update={"stamp": stamp(CLOCK, "2026-10-26")}
    )
    again = RETRIED.model_copy(update={"stamp": stamp(COORDINATOR, "2026-11-02")})

    assert memory(attempted(), later).since == BY_CLOCK.at
    assert memory(attempted(), later, GIVEN_UP, again).since == again.stamp.at


@pytest.mark.parametrize(
    ("recipient", "who"),
    [
        (LIGHTING, COORDINATOR),
        (GRID, COORDINATOR),
        (LOCAL_POLICE, POLICE),
        (Actor("participant/residents/a1b2c3"), COORDINATOR),
        (STRANGER, COORDINATOR),
        (COORDINATOR, LEADER),
    ],
)
def test_it_is_a_task_for_somebody(recipient: Actor, who: Actor) -> None:
    assert answering(recipient, register()) == who
