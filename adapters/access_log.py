"""Reading the log of who has read what; that, too, is written into it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from adapters import erasing
from adapters.system import Gadelys
from adapters.viewing import Viewer, log_of
from domain.access import Looked
from domain.permissions.table import may_any
from domain.permissions.words import Action, Compartment, Relation
from domain.values import Authority, StreamId
from projections.access_log import ACCESS_LOG, AccessRow

LOG = StreamId("access/log")
"""What somebody has read who reads the log."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which lines of the log: about what, of which unit, since when; newest first."""

    about: str | None = None
    unit: str | None = None
    since: datetime | None = None
    limit: int = 100


def entries(system: Gadelys, viewer: Viewer, asked: Asked) -> list[AccessRow]:
    """Return the lines that the viewer may read, of their own authority's log.

    Raises: NotAllowed (not_your_role).
    """
    kept_by = viewer.by.authority
    is_police = kept_by is Authority.POLICE
    where = Compartment.POLICE if is_police else Compartment.MUNICIPALITY
    reach, log = _reach(viewer, where), log_of(system, kept_by)
    table = log.rows.table(ACCESS_LOG)
    query = _select(log, asked).where(table.c.authority == kept_by)
    if reach is not Relation.OTHER:
        query = query.where(table.c.unit == viewer.by.unit)
    if reach is Relation.OWN:
        query = query.where(table.c.by == viewer.by)
    viewer.note(Looked.AT_LOG, [LOG])
    return _read(log, query)


def extract(system: Gadelys, viewer: Viewer, asked: Asked) -> list[AccessRow]:
    """Return every reading of one citizen's or one case's words, for who answers them.

    Of readings by the police only what was read here is known.

    Raises: NotAllowed (not_your_role); NotFound (unknown_subject).
    """
    viewer.require(Action.EXPORT_CASE)
    subject = erasing.known_subject(system, asked.about or "")
    streams = erasing.streams_of(system, subject.name)
    viewer.note(Looked.AT_EXPORT, streams)
    log = system.access
    table = log.rows.table(ACCESS_LOG)
    query = _select(log, Asked(since=asked.since, limit=asked.limit))
    return _read(log, query.where(table.c.about.in_(list(streams))))


_WIDEST_FIRST = (Relation.OTHER, Relation.OWN_UNIT, Relation.OWN)


def _reach(viewer: Viewer, where: Compartment) -> Relation:
    """Return whose lines the viewer may read: all, their unit's, or their own."""
    for relation in _WIDEST_FIRST:
        found = may_any(viewer.roles, Action.READ_ACCESS_LOG, where, (relation,))
        if found.allowed:
            return relation
    raise viewer.refusal(Action.READ_ACCESS_LOG, where)


def _select(log: Gadelys, asked: Asked) -> Select[Any]:
    table = log.rows.table(ACCESS_LOG)
    query = select(table).order_by(table.c.at.desc(), table.c.position.desc())
    if asked.about:
        query = query.where(table.c.about == asked.about)
    if asked.unit:
        query = query.where(table.c.unit == asked.unit)
    if asked.since:
        query = query.where(table.c.at >= asked.since)
    return query.limit(asked.limit)


def _read(log: Gadelys, query: Select[Any]) -> list[AccessRow]:
    log.catch_up([ACCESS_LOG.name])
    rows: Iterable[AccessRow] = log.rows.rows(ACCESS_LOG, query)
    return list(rows)
