"""One message for one recipient: try until it is sent, for days.

A digest takes every notice that is there when it begins; what is acute goes alone
and at once. Ids keep a message from being started twice; the notices in it are
fixed by a fact before it is sent. The sending itself is done by a worker of the
recipient's authority, with that authority's credentials.
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta

from pydantic import AwareDatetime, BaseModel, ConfigDict
from temporalio import activity, workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError

SHORT = timedelta(seconds=30)
GIVE_UP_AFTER = timedelta(days=5)
PATIENCE = RetryPolicy(
    initial_interval=timedelta(seconds=5), maximum_interval=timedelta(hours=1)
)


class DeliveryRequest(BaseModel):
    """Which message; ids only, never text.

    `event_id` is set for what goes alone; `queue` names whose worker sends it.
    `at` (aware) is only in runs of earlier versions, which waited by themselves.
    """

    model_config = ConfigDict(frozen=True)

    recipient: str
    event_id: str | None = None
    queue: str | None = None
    at: AwareDatetime | None = None

    @property
    def key(self) -> str:
        """Under which the facts about it are kept."""
        if self.event_id:
            return f"{self.event_id}/{self.recipient}"
        return self.recipient


class DeliveryActivities:
    """What a delivery asks of the world; both are safe to repeat."""

    def __init__(
        self,
        deliver: Callable[[DeliveryRequest], int],
        give_up: Callable[[DeliveryRequest], None],
    ) -> None:
        """Use `deliver` to send what is waiting and `give_up` to record defeat."""
        self._deliver = deliver
        self._give_up = give_up

    @activity.defn(name="deliver")
    def deliver(self, request: DeliveryRequest) -> int:
        """Send what is waiting; return how many notices left."""
        return self._deliver(request)

    @activity.defn(name="give-up-delivery")
    def give_up(self, request: DeliveryRequest) -> None:
        """Record that a person has to look."""
        self._give_up(request)


@workflow.defn(name="deliver")
class Delivery:
    """Delivers; id `deliver/<day or event id>/<recipient>`."""

    def __init__(self) -> None:
        """Start with nothing asked for."""
        self._asked = 0

    @workflow.signal
    def notice(self) -> None:
        """Say that there is something to tell; repeating it changes nothing."""
        self._asked += 1

    @workflow.run
    async def run(self, request: DeliveryRequest) -> int:
        """Return how many notices left."""
        if request.at:
            await _until(request.at)
        sent, answered = 0, -1
        while answered < self._asked:
            answered = self._asked
            sent += await self._send(request)
        return sent

    async def _send(self, request: DeliveryRequest) -> int:
        try:
            return await workflow.execute_activity_method(
                DeliveryActivities.deliver,
                request,
                task_queue=request.queue,
                start_to_close_timeout=SHORT,
                schedule_to_close_timeout=GIVE_UP_AFTER,
                retry_policy=PATIENCE,
            )
        except ActivityError:
            await workflow.execute_activity_method(
                DeliveryActivities.give_up,
                request,
                start_to_close_timeout=SHORT,
                retry_policy=PATIENCE,
            )
            return 0


async def _until(moment: AwareDatetime) -> None:
    delay = moment - workflow.now()
    if delay > timedelta(0):
        await asyncio.sleep(delay.total_seconds())
