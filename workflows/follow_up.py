"""One finding's follow-up: reminders, escalation, and what the rules ask besides."""

from temporalio import workflow

from workflows.following import Following, Plan


@workflow.defn(name="follow-up")
class FollowUp(Following):
    """Waits for one finding; id `finding/<number>`."""

    @workflow.init
    def __init__(self, first: Plan) -> None:
        """Start from the plan that came with the start."""
        super().__init__(first)

    @workflow.run
    async def run(self, first: Plan) -> int:  # noqa: ARG002 - see __init__
        """Return how many steps were asked for in this run."""
        return await self.follow()
