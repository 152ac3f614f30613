"""A walk's timetable: what was promised, from the request to the evaluation.

Each promise has a clock: reminded before, on the day and while late, escalated to
both authorities. Which one runs follows from where the walk is; six months after
it everybody who asked hears how it stands.
"""

from temporalio import workflow

from workflows.following import Following, Plan


@workflow.defn(name="walk-timetable")
class WalkTimetable(Following):
    """Waits for one walk; id `walk/<number>`."""

    @workflow.init
    def __init__(self, first: Plan) -> None:
        """Start from the plan that came with the start."""
        super().__init__(first)

    @workflow.run
    async def run(self, first: Plan) -> int:  # noqa: ARG002 - see __init__
        """Return how many steps were asked for in this run."""
        return await self.follow()
