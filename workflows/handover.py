"""A case on its way from one authority to another (R4).

Offered. The receiver is reminded on the last day and may accept or refuse. The
morning after, silence leaves it to the coordinator. When nobody decides either,
others hear of it, again and again: nothing dies between two authorities. Answers
are facts; they arrive as a plan without the steps that they make moot. After two
refusals the domain makes it a joint case, and there is no offer any more.
"""

from temporalio import workflow

from workflows.following import Following, Plan

RECEIVER_IS_REMINDED = "remind."
COORDINATOR_DECIDES = ".unanswered"
OTHERS_HEAR_OF_IT = ".undecided."


@workflow.defn(name="handover")
class Handover(Following):
    """Waits for the answer to one offer; id `handover/<number>`."""

    @workflow.init
    def __init__(self, offered: Plan) -> None:
        """Start from the plan that came with the offer."""
        super().__init__(offered)

    @workflow.run
    async def run(self, offered: Plan) -> int:  # noqa: ARG002 - see __init__
        """Return how often the clock had to speak before there was an answer."""
        await self.look()
        while self.is_open:
            await self._until_past(RECEIVER_IS_REMINDED)
            await self._until_past(COORDINATOR_DECIDES)
            await self._until_past(OTHERS_HEAR_OF_IT)
        return self._taken

    @property
    def is_open(self) -> bool:
        """Whether an answer is still awaited."""
        return self.next_step is not None

    async def _until_past(self, stage: str) -> None:
        """Wait until this stage was gone through, or an answer made it moot."""
        while (step := self.next_step) and stage in step.key:
            await self.wait_and_take(step)
