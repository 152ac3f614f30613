"""One message at a time: begun, repeated, and then sent or given up."""

from collections.abc import Callable
from typing import get_args

import pytest
from hypothesis import given as for_any
from hypothesis import settings
from hypothesis import strategies as st

from domain.delivery.decide import (
    BeginDelivery,
    ConfirmDelivery,
    Delivery,
    GiveUpDelivery,
    evolve,
    fold,
)
from domain.delivery.events import (
    DeliveryAttempted,
    DeliveryEvent,
    DeliveryGivenUp,
    DeliverySent,
)
from domain.messages import Event, Recorded, derived_id
from domain.values import CLOCK, Actor, StreamId
from tests.examples import LIGHTING, REPORTED, STRANGER, stamp
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
        until=7, batch=1, pending=attempted()
    )


def test_nothing_is_remembered_of_nothing() -> None:
    assert fold([]) is None


@for_any(history=st.lists(st.sampled_from([attempted(), SENT, GIVEN_UP]), max_size=9))
@settings(deadline=None, derandomize=True)
def test_every_history_can_be_remembered(history: list[DeliveryEvent]) -> None:
    delivery: Delivery | None = None
    for fact in history:
        delivery = evolve(delivery, fact)

    assert delivery is None or (delivery.pending is None) == (
        not isinstance(history[-1], DeliveryAttempted)
    )


def test_every_fact_of_a_message_has_an_example() -> None:
    assert {type(fact) for fact in (attempted(), SENT, GIVEN_UP)} == set(
        get_args(DeliveryEvent)
    )
