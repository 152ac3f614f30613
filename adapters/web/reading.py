"""What pages read: rows up to the newest fact, and cases for the purpose of a visit."""

from sqlalchemy import select

from adapters.persistence.leases import PROJECTOR
from adapters.system import Gadelys
from adapters.viewing import Viewer, may_read_cases
from adapters.web.visiting import KEPT, Visitor
from domain.access import Purpose
from domain.errors import Code, NotFound
from domain.messages import Recorded
from domain.permissions.roles import roles_of
from domain.publication.commands import stream_of
from domain.values import Actor
from projections.publications import PUBLICATIONS, PublicationRow
from projections.walks import WALKS, WalkRow

PURPOSE = "purpose"
"""Under which name a visit remembers what somebody reads for."""

NOTICED_S = 5
"""A list that is behind for so long says so."""


def fresh(system: Gadelys, *names: str) -> None:
    """Let these read models be up to date, or nearly so.

    Raises: Unavailable (projection_stopped) when one of them stands still.
    """
    if not system.store.is_read(PROJECTOR):
        system.catch_up(names)


def seconds_behind(system: Gadelys, position: int) -> int:
    """Return for how long the first fact has waited that is not in a list yet.

    Args:
        system: whose facts.
        position: how far the list has read.

    A list that is hardly behind is not: 0.
    """
    if system.store.last_position() <= position:
        return 0
    first = system.store.after(position, 1)[0]
    waited = int((system.now() - first.recorded_at).total_seconds())
    return waited if waited >= NOTICED_S else 0


def publication_row(system: Gadelys, number: str) -> PublicationRow:
    """Return one text that both authorities sign, as lists show it.

    Raises: NotFound (unknown_publication).
    """
    fresh(system, PUBLICATIONS.name)
    row: PublicationRow | None = system.rows.row(PUBLICATIONS, number)
    if row is None:
        raise NotFound(Code.UNKNOWN_PUBLICATION, number=number)
    return row


def publication_facts(system: Gadelys, number: str) -> tuple[Recorded, ...]:
    """Return its story.

    Raises: NotFound (unknown_publication).
    """
    facts = system.store.load(stream_of(number))
    if not facts:
        raise NotFound(Code.UNKNOWN_PUBLICATION, number=number)
    return facts


def walk_row(system: Gadelys, number: str) -> WalkRow:
    """Return one walk.

    Raises: NotFound (unknown_walk).
    """
    fresh(system, WALKS.name)
    row: WalkRow | None = system.rows.row(WALKS, number)
    if row is None:
        raise NotFound(Code.UNKNOWN_WALK, walk=number)
    return row


def newest_walks(system: Gadelys) -> list[WalkRow]:
    """Return all walks, the latest first, for whoever may see them."""
    fresh(system, WALKS.name)
    table = system.rows.table(WALKS)
    newest = select(table).order_by(table.c.starts_at.desc())
    found: list[WalkRow] = system.rows.rows(WALKS, newest)
    return found


def walk_choices(system: Gadelys, by: Actor) -> list[tuple[str, str]]:
    """Return the walks among which somebody may choose, the latest first."""
    if not may_read_cases(roles_of(by, system.rules().register)):
        return []
    return [(row.number, walk_name(row)) for row in newest_walks(system)]


def walk_name(row: WalkRow) -> str:
    """Return what a walk is called in a list to choose from."""
    return f"{row.area} ({row.number})"


def kept_for(visitor: Visitor, path: str) -> dict[str, str]:
    """Return what was typed at an address before a login ran out, once; else nothing.

    The page around it says so.
    """
    kept = visitor.recall(KEPT)
    if not kept or kept["path"].partition("?")[0] != path:
        return {}
    visitor.take(KEPT)
    visitor.restored = True
    typed: dict[str, str] = kept["typed"]
    return typed


def viewer_of(visitor: Visitor, by: Actor) -> Viewer:
    """Return the door through which `by` looks, for what they said in this visit.

    Raises: Refused (purpose_missing) when their role needs that and they did not.
    """
    told = visitor.recall(PURPOSE)
    return Viewer(visitor.system, by, Purpose(told) if told else None)
