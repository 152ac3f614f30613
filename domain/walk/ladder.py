"""Who hears of a promise that must be kept, and of one that is late.

The ladder is the register's; on a walk its first rungs mean the coordinator and
the leader behind, and from the second on both authorities hear.

Source: R3.
"""

from domain.register.model import Register
from domain.values import BOTH_AUTHORITIES, Actor
from domain.walk.events import WalkClock
from domain.walk.state import SafetyWalk, WalkStatus

_ROLES = frozenset({"team", "leader", "coordinator", "counterpart"})


def reminded(
    walk: SafetyWalk, clock: WalkClock, register: Register
) -> tuple[Actor, ...]:
    """Return who has to keep the promise of `clock`.

    It is the coordinator; minutes that lie ready wait for whoever has not agreed.
    """
    if clock is WalkClock.MINUTES and walk.status is WalkStatus.MINUTES_DRAFT:
        missing = (one for one in BOTH_AUTHORITIES if one not in walk.approved_by)
        return tuple(register.coordinator(authority) for authority in missing)
    return (register.coordinator(walk.led_by),)


def escalated(walk: SafetyWalk, level: int, register: Register) -> tuple[Actor, ...]:
    """Return who hears that a promise is late, each once."""
    own = register.coordinator(walk.led_by)
    both = (own, register.counterpart(walk.led_by))
    match level:
        case 1:
            told = [own, register.leader_of(own)]
        case 2:
            told = [register.leader_of(own), *both]
        case _:
            told = [*both, *_named(level, register)]
    return tuple(dict.fromkeys(told))


def _named(level: int, register: Register) -> list[Actor]:
    """Return the units that the register itself names on a rung."""
    rungs = (rung for rung in register.escalation if rung.level == level)
    return [Actor(word) for rung in rungs for word in rung.to if word not in _ROLES]
