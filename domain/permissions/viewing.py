"""What somebody sees who looks: nothing, the facts of a case, or its words as well."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from domain.permissions.table import may_any
from domain.permissions.words import Action, Compartment, Obligation, Relation, Role


@dataclass(frozen=True, slots=True)
class Sight:
    """What is shown of one thing.

    `facts` are codes, dates and numbers; `words` what people wrote. Whoever is shown
    what `logs` names is written down first.
    """

    facts: bool
    words: bool
    logs: bool


class Extent(StrEnum):
    """Which cases a list can hold for somebody."""

    ALL = "all"
    OWN_AUTHORITY = "own_authority"
    ASSIGNED = "assigned"
    NONE = "none"


_REACH = (
    (Relation.OTHER, Extent.ALL),
    (Relation.OWN_AUTHORITY, Extent.OWN_AUTHORITY),
    (Relation.ASSIGNED, Extent.ASSIGNED),
)

NOTHING = Sight(facts=False, words=False, logs=False)


def sight(
    roles: Iterable[Role],
    action: Action,
    relations: Iterable[Relation],
    where: Compartment = Compartment.SHARED,
) -> Sight:
    """Return what is shown to whoever has these roles and relations."""
    return _sight(frozenset(roles), action, frozenset(relations), where)


@cache  # a list asks the same of each of its cases
def _sight(
    held: frozenset[Role],
    action: Action,
    stands: frozenset[Relation],
    where: Compartment,
) -> Sight:
    asked = may_any(held, action, where, stands)
    if not asked.allowed:
        return NOTHING
    personal = may_any(held, Action.READ_PERSONAL, where, stands)
    words = personal.allowed and Obligation.REDACT not in personal.obligations
    return Sight(
        facts=True, words=words, logs=words or Obligation.LOG in asked.obligations
    )


def extent(roles: Iterable[Role], action: Action) -> Extent:
    """Return which of the shared cases a list may hold for these roles."""
    held = frozenset(roles)
    for stands, found in _REACH:
        if may_any(held, action, Compartment.SHARED, (stands,)).allowed:
            return found
    return Extent.NONE
