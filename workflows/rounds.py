"""What comes round by the calendar: the weekly list, the half-yearly status.

A round is a fact; people hear of it in the morning's digest like of any other.
"""

from collections.abc import Callable
from datetime import timedelta

from pydantic import AwareDatetime, BaseModel, ConfigDict
from temporalio import activity, workflow
from temporalio.common import RetryPolicy

SHORT = timedelta(seconds=30)
PATIENCE = RetryPolicy(
    initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=5)
)


class RoundRequest(BaseModel):
    """Which round; `now` is filled in by the workflow."""

    model_config = ConfigDict(frozen=True)

    kind: str
    now: AwareDatetime | None = None


class RoundActivities:
    """What a round asks of the world; safe to repeat."""

    def __init__(self, hold: Callable[[RoundRequest], bool]) -> None:
        """Use `hold` to record that the round has come."""
        self._hold = hold

    @activity.defn(name="hold-round")
    def hold_round(self, request: RoundRequest) -> bool:
        """Record the round once for its period; tell whether it was new."""
        return self._hold(request)


@workflow.defn(name="round")
class Round:
    """One round; id `round/<kind>` and the moment of the schedule."""

    @workflow.run
    async def run(self, request: RoundRequest) -> bool:
        """Return whether this period's round was new."""
        return await workflow.execute_activity_method(
            RoundActivities.hold_round,
            RoundRequest(kind=request.kind, now=workflow.now()),
            start_to_close_timeout=SHORT,
            retry_policy=PATIENCE,
        )
