"""Whose task it is when somebody cannot be told."""

from domain.register.model import Register
from domain.values import Actor


def answering(recipient: Actor, register: Register) -> Actor:
    """Return who sees to it that `recipient` hears all the same.

    It is the coordinator of the recipient's authority; for a coordinator, whoever
    leads them. Participants belong to the municipality's coordinator.
    """
    coordinator = register.coordinator(register.behind(recipient).authority)
    if coordinator == recipient.unit:
        return register.leader_of(coordinator)
    return coordinator
