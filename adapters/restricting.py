"""Hiding somebody's words, and showing them again; each step can be repeated.

What the facts say is asked for first, then the keys hide or show, then rows are told
anew. Stopped anywhere, the same command goes on; whose words those are is known.
"""

from adapters.erasing import streams_of, subject_state
from adapters.persistence.subject_keys import KeyState, Restriction, SubjectKey
from adapters.system import Gadelys
from domain.errors import DomainError
from domain.handling import AnyCommand
from domain.messages import Stamp, derived_id
from domain.ports import Receipt
from domain.subject.commands import RecordRestriction, stream_of
from domain.subject.events import RestrictionReason
from domain.values import CLOCK, SubjectRef


def ask(system: Gadelys, subject: SubjectKey, command: AnyCommand) -> Receipt:
    """Ask for somebody's words to be hidden or shown, and see to it.

    Raises: Refused, NotFound or NotAllowed; then all is as before.
    """
    keys = system.vault().keys
    before = keys.restriction(subject.ref)
    keys.unsettle(subject.ref)
    try:
        receipt = system.ask(command)
    except DomainError:
        if before is None or before.settled:
            keys.settle(subject.ref)
        raise
    settle(system, subject)
    return receipt


def settle(system: Gadelys, subject: SubjectKey) -> None:
    """Hide or show somebody's words as the facts say, everywhere.

    Raises: Unavailable when rows cannot be told anew now.
    """
    vault = system.vault()
    if subject.state is KeyState.OPEN:
        _record_again(system, vault.keys.restriction(subject.ref))
        reason = subject_state(system, subject.ref).restricted
        vault.restrict(subject.ref, reason, _version(system, subject.ref))
        system.rows.retell(system.store, streams_of(system, subject.name))
    vault.keys.settle(subject.ref)


def unfinished(system: Gadelys) -> list[SubjectRef]:
    """Return whose words were hidden or shown, and yet not everywhere."""
    return [one.ref for one in system.vault().keys.unsettled()]


def restrict_again(system: Gadelys) -> int:
    """Hide what was hidden before facts or keys came back from a backup.

    Whoever's restriction was lifted since is hidden as well, until it is lifted again.

    Returns: how many subjects were concerned.
    """
    concerned = [
        subject
        for subject in system.vault().keys.in_state(KeyState.OPEN)
        if _differs(system, subject.ref)
    ]
    for subject in concerned:
        settle(system, subject)
    return len(concerned)


def _differs(system: Gadelys, ref: SubjectRef) -> bool:
    """Whether the keys hide something else than the facts say, or were interrupted."""
    kept, state = system.vault().keys.restriction(ref), subject_state(system, ref)
    if kept is None:
        return state.restricted is not None
    return not kept.settled or kept.reason != state.restricted


def _record_again(system: Gadelys, kept: Restriction | None) -> None:
    """Record a restriction that the keys know of, and facts of an older day do not."""
    if kept is None or kept.reason is None:
        return
    version = _version(system, kept.ref)
    if version >= kept.version:
        return
    command_id = derived_id("restriction", kept.ref, version)
    system.submit(
        RecordRestriction(
            stamp=Stamp(by=CLOCK, at=system.now(), command_id=command_id),
            ref=kept.ref,
            reason=RestrictionReason(kept.reason),
        )
    )


def _version(system: Gadelys, ref: SubjectRef) -> int:
    return system.store.version_of(stream_of(ref))
