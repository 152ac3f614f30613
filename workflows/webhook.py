"""One fact for one receiver on the web: try until it is taken, for days."""

from collections.abc import Callable
from datetime import timedelta

from pydantic import BaseModel, ConfigDict
from temporalio import activity, workflow
from temporalio.exceptions import ActivityError

from workflows.delivery import GIVE_UP_AFTER, PATIENCE

SHORT = timedelta(seconds=30)


class WebhookRequest(BaseModel):
    """Which receiver, of which fact; `queue` names whose worker sends it."""

    model_config = ConfigDict(frozen=True)

    receiver: str
    position: int
    queue: str


class WebhookActivities:
    """What a webhook asks of the world; both are safe to repeat."""

    def __init__(
        self,
        tell: Callable[[str, int], int],
        give_up: Callable[[str, int], None],
    ) -> None:
        """Use `tell` to send one fact and `give_up` to record defeat."""
        self._tell = tell
        self._give_up = give_up

    @activity.defn(name="tell-receiver")
    def tell(self, request: WebhookRequest) -> int:
        """Tell the receiver; return 1 if the message left now."""
        return self._tell(request.receiver, request.position)

    @activity.defn(name="give-up-receiver")
    def give_up(self, request: WebhookRequest) -> None:
        """Record that a person has to look."""
        self._give_up(request.receiver, request.position)


@workflow.defn(name="webhook")
class Webhook:
    """Tells one receiver; id `webhook/<receiver>/<event id>`."""

    @workflow.run
    async def run(self, request: WebhookRequest) -> int:
        """Return 1 if the receiver was told, 0 if that was given up."""
        try:
            return await workflow.execute_activity_method(
                WebhookActivities.tell,
                request,
                task_queue=request.queue,
                start_to_close_timeout=SHORT,
                schedule_to_close_timeout=GIVE_UP_AFTER,
                retry_policy=PATIENCE,
            )
        except ActivityError:
            await workflow.execute_activity_method(
                WebhookActivities.give_up,
                request,
                start_to_close_timeout=SHORT,
                retry_policy=PATIENCE,
            )
            return 0
