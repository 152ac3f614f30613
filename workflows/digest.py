"""The morning round of one authority: one message for everybody with news.

Started by a schedule on every working day, after the morning's reminders.
"""

from collections.abc import Callable
from datetime import timedelta

from pydantic import AwareDatetime, BaseModel, ConfigDict
from temporalio import activity, workflow
from temporalio.common import RetryPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.workflow import ParentClosePolicy

from workflows.delivery import Delivery, DeliveryRequest

SHORT = timedelta(seconds=60)
PATIENCE = RetryPolicy(
    initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=5)
)


class DigestRequest(BaseModel):
    """Whose round, on which queue; `now` is filled in by the workflow."""

    model_config = ConfigDict(frozen=True)

    authority: str
    now: AwareDatetime | None = None


class DigestStart(BaseModel):
    """One message that has to go out this morning, and under which id."""

    model_config = ConfigDict(frozen=True)

    workflow_id: str
    request: DeliveryRequest


class DigestActivities:
    """What a round asks of the world; safe to repeat."""

    def __init__(
        self, waiting: Callable[[DigestRequest], tuple[DigestStart, ...]]
    ) -> None:
        """Use `waiting` to find everybody for whom news is waiting."""
        self._waiting = waiting

    @activity.defn(name="waiting-news")
    def waiting_news(self, request: DigestRequest) -> tuple[DigestStart, ...]:
        """Return the messages to send; none on a day off."""
        return self._waiting(request)


@workflow.defn(name="digest")
class Digest:
    """One round; id `digest/<authority>` and the moment of the schedule."""

    @workflow.run
    async def run(self, request: DigestRequest) -> list[str]:
        """Return the ids of the deliveries that were started; they go on alone."""
        starts = await workflow.execute_activity_method(
            DigestActivities.waiting_news,
            DigestRequest(authority=request.authority, now=workflow.now()),
            start_to_close_timeout=SHORT,
            retry_policy=PATIENCE,
        )
        for start in starts:
            await _started(start)
        return [start.workflow_id for start in starts]


async def _started(start: DigestStart) -> None:
    """See to it that a delivery runs that will take these news.

    One that is still being tried takes them as well. It may end in the very moment
    it is told: then a new one is started.
    """
    told = False
    while not told:
        try:
            await workflow.start_child_workflow(
                Delivery.run,
                start.request,
                id=start.workflow_id,
                parent_close_policy=ParentClosePolicy.ABANDON,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            )
            told = True
        except WorkflowAlreadyStartedError:
            told = await _told(start.workflow_id)


async def _told(workflow_id: str) -> bool:
    """Tell a delivery that there is more; return whether it was still there."""
    running = workflow.get_external_workflow_handle_for(Delivery.run, workflow_id)
    try:
        await running.signal(Delivery.notice)
    except ApplicationError:
        return False
    return True
