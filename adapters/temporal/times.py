"""The time of cases and the time of workflows.

In real life they are the same. When time is skipped, each workflow has a clock
of its own, which started at another moment than the calendar that is played.
"""

from datetime import datetime
from typing import Protocol


class Times(Protocol):
    """Turns case time into a workflow's time and back."""

    def to_workflow(self, workflow_id: str, moment: datetime) -> datetime:
        """Return `moment` on the clock of one workflow."""
        ...

    def to_case(self, workflow_id: str, moment: datetime) -> datetime:
        """Return what a workflow calls `moment` in the time of its case."""
        ...


class SameTime:
    """Case time is workflow time."""

    def to_workflow(self, _workflow_id: str, moment: datetime) -> datetime:
        """Return `moment`."""
        return moment

    def to_case(self, _workflow_id: str, moment: datetime) -> datetime:
        """Return `moment`."""
        return moment
