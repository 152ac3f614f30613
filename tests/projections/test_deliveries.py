"""What became of every message, one row each."""

import pytest

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
from domain.messages import derived_id
from domain.values import CLOCK
from projections.deliveries import DELIVERIES, DeliveryRow, DeliveryState
from tests import examples as ex
from tests.projections.folding import recorded, rows_of

NOTICES = (derived_id("notice", 1), derived_id("notice", 2))
STREAM = f"delivery/{ex.LIGHTING}"
KEY = f"{ex.LIGHTING}/1"
LATER = ex.stamp(CLOCK, "2026-10-27")


def attempted(
    attempt: int = 1, *, channel: DeliveryChannel | None = None, batch: int = 1
) -> DeliveryAttempted:
    return DeliveryAttempted(
        stamp=ex.stamp(CLOCK),
        recipient=ex.LIGHTING,
        batch=batch,
        attempt=attempt,
        until=7,
        notices=NOTICES,
        channel=channel,
    )


COMMON = {"recipient": ex.LIGHTING, "batch": 1, "notices": NOTICES}
SENT = DeliverySent.model_validate(COMMON | {"stamp": LATER, "message_id": "<1@x>"})
REFUSED = DeliveryGivenUp.model_validate(
    COMMON
    | {"stamp": LATER, "reason": GiveUpReason.REFUSED, "answering": ex.COORDINATOR}
)
OLD = DeliveryGivenUp.model_validate(COMMON | {"stamp": LATER})
RETRIED = DeliveryRetried.model_validate(COMMON | {"stamp": LATER})
SETTLED = DeliverySettled.model_validate(COMMON | {"stamp": LATER, "reason": "Sagt."})


def row_after(*events: DeliveryEvent) -> DeliveryRow:
    return rows_of(DELIVERIES, recorded(*events, stream=STREAM))[KEY]


def test_the_whole_row_of_a_message_on_its_way() -> None:
    assert row_after(attempted(), attempted(2)) == DeliveryRow(
        delivery=str(ex.LIGHTING),
        batch=1,
        recipient=ex.LIGHTING,
        state=DeliveryState.PENDING,
        channel=DeliveryChannel.MAIL,
        attempts=2,
        notices=2,
        until=7,
        since=ex.moment(),
        reason=None,
        answering=None,
        position=2,
    )
    assert row_after(attempted()).key == KEY


@pytest.mark.parametrize(
    ("events", "state"),
    [
        ((attempted(),), DeliveryState.PENDING),
        ((attempted(channel=DeliveryChannel.LETTER),), DeliveryState.LETTER),
        ((attempted(channel=DeliveryChannel.WEBHOOK),), DeliveryState.PENDING),
        ((attempted(), SENT), DeliveryState.SENT),
        ((attempted(), REFUSED), DeliveryState.GIVEN_UP),
        ((attempted(), REFUSED, RETRIED), DeliveryState.PENDING),
        ((attempted(), REFUSED, RETRIED, attempted(2), SENT), DeliveryState.SENT),
        ((attempted(), REFUSED, SETTLED), DeliveryState.SETTLED),
    ],
)
def test_a_message_is_in_one_state(
    events: tuple[DeliveryEvent, ...], state: DeliveryState
) -> None:
    assert row_after(*events).state is state


def test_what_was_given_up_says_why_and_whose_task_it_is() -> None:
    row = row_after(attempted(), REFUSED)

    assert (row.reason, row.answering) == (GiveUpReason.REFUSED, ex.COORDINATOR)
    assert row.since == LATER.at
    again = row_after(attempted(), REFUSED, RETRIED)
    assert (again.reason, again.answering) == (None, None)


def test_old_facts_say_less() -> None:
    row = row_after(attempted(), OLD)

    assert (row.reason, row.answering) == (GiveUpReason.UNREACHABLE, None)


def test_every_message_has_a_row_of_its_own() -> None:
    rows = rows_of(
        DELIVERIES, recorded(attempted(), SENT, attempted(batch=2), stream=STREAM)
    )

    assert {key: row.state for key, row in rows.items()} == {
        KEY: DeliveryState.SENT,
        f"{ex.LIGHTING}/2": DeliveryState.PENDING,
    }


def test_what_is_no_message_has_no_row() -> None:
    assert rows_of(DELIVERIES, recorded(ex.REPORTED, ex.ASSIGNED)) == {}
    assert rows_of(DELIVERIES, recorded(SENT, stream=STREAM)) == {}
