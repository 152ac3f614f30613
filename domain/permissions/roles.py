"""Which roles an actor has; today the register says it, later a login will too."""

from domain.permissions.words import Role
from domain.register.model import Register
from domain.values import Actor, Authority

_OF_AUTHORITY = {
    Authority.CITIZEN: Role.CITIZEN,
    Authority.CLOCK: Role.CLOCK,
    Authority.PARTICIPANT: Role.PARTICIPANT,
    Authority.PARTNER: Role.PARTNER,
    Authority.MUNICIPALITY: Role.CASEWORKER,
    Authority.POLICE: Role.PREVENTION_OFFICER,
}
_COORDINATING = {
    Authority.MUNICIPALITY: Role.WALK_COORDINATOR,
    Authority.POLICE: Role.POLICE_COORDINATOR,
}
_LEADING = {
    Authority.MUNICIPALITY: Role.UNIT_LEADER,
    Authority.POLICE: Role.POLICE_LEADER,
}


def roles_of(actor: Actor, register: Register) -> frozenset[Role]:
    """Return every role that the register gives to `actor`; none to a stranger.

    A unit of the municipality treats cases, one of the police prevents; whoever
    coordinates or leads does so besides. An overseer does nothing else.
    """
    if not register.knows(actor):
        return frozenset()
    if overseer := register.overseer(actor):
        return frozenset({Role(overseer.role)})
    found = {_OF_AUTHORITY[actor.authority]}
    if register.is_coordinator(actor) and actor.authority in _COORDINATING:
        found.add(_COORDINATING[actor.authority])
    if register.is_leader(actor) and actor.authority in _LEADING:
        found.add(_LEADING[actor.authority])
    return frozenset(found)
