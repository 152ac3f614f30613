"""Who hears of a late case on each rung of the escalation ladder.

Source: R3; the rungs themselves are data of the register.
"""

from domain.finding.state import Finding
from domain.register.model import Register
from domain.values import Actor, Authority


def recipients(finding: Finding, level: int, register: Register) -> tuple[Actor, ...]:
    """Return who hears of `level`, in the register's order, each once."""
    owner = finding.assignee or finding.triage
    rungs = [rung for rung in register.escalation if rung.level == level]
    told = [_meant(word, owner, register) for rung in rungs for word in rung.to]
    return tuple(dict.fromkeys(told))


def behind(owner: Actor, register: Register) -> Actor:
    """Return the unit that answers for `owner`: itself, or a partner's caseworker.

    For a unit that the register no longer lists it is the coordinator: no case
    may be without somebody (R17).
    """
    return register.behind(owner)


def leader_of(owner: Actor, register: Register) -> Actor:
    """Return who leads `owner`, or the coordinator where nobody is named."""
    return register.leader_of(owner)


def _meant(word: str, owner: Actor, register: Register) -> Actor:
    authority = _inner_authority(owner, register)
    match word:
        case "team":
            return owner.unit if register.lists(owner) else behind(owner, register)
        case "leader":
            return leader_of(owner, register)
        case "coordinator":
            return register.coordinator(authority)
        case "counterpart":
            return register.counterpart(authority)
        case _:
            return Actor(word)


def _inner_authority(owner: Actor, register: Register) -> Authority:
    return behind(owner, register).authority
