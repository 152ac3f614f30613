"""Two signatures under one text: 72 hours, a reminder half-way, then it lapses."""

from temporalio import workflow

from workflows.following import Following, Plan


@workflow.defn(name="co-signing")
class CoSigning(Following):
    """Waits for the approvals of one draft; id `publication/<number>`."""

    @workflow.init
    def __init__(self, drafted: Plan) -> None:
        """Start from the plan that came with the draft."""
        super().__init__(drafted)

    @workflow.run
    async def run(self, drafted: Plan) -> int:  # noqa: ARG002 - see __init__
        """Return how many steps were asked for in this run."""
        return await self.follow()
