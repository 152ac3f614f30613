"""The plan of whatever is followed: which steps are still to come, and when."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from domain.finding.handover import handover_plan
from domain.finding.plan import plan as finding_plan
from domain.finding.state import fold as fold_finding
from domain.messages import Recorded
from domain.publication.plan import plan as publication_plan
from domain.publication.state import fold as fold_publication
from domain.register.model import Register
from domain.values import StreamId
from domain.walk.plan import plan as walk_plan
from domain.walk.state import fold as fold_walk


class AnyStep(Protocol):
    """What the steps of every plan have in common."""

    @property
    def key(self) -> str:
        """Which step; the same until it was taken or is wanted no more."""
        ...

    @property
    def at(self) -> datetime:
        """When it comes due."""
        ...


def stream_of(subject: str) -> StreamId:
    """Return where the facts about a subject are kept."""
    kind, _, number = subject.partition("/")
    return StreamId(f"finding/{number}" if kind == "handover" else subject)


def planned(
    subject: str, history: Sequence[Recorded], register: Register, now: datetime
) -> Sequence[AnyStep]:
    """Return the steps of a subject that are still to come, seen at `now`.

    Args:
        subject: the id of its workflow: `finding/2026-04`, `handover/2026-04`,
            `walk/…`, `publication/…`.
        history: the facts of its stream.
        register: the rules in force.
        now: aware.
    """
    match subject.partition("/")[0]:
        case "walk" if walk := fold_walk(history):
            return walk_plan(walk, register, now)
        case "publication" if publication := fold_publication(history):
            return publication_plan(publication, register, now)
        case "handover" if finding := fold_finding(history):
            return handover_plan(finding, register, now)
        case "finding" if finding := fold_finding(history):
            return finding_plan(finding, register, now)
        case _:
            return ()
