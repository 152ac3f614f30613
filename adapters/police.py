"""What only the police know: a store of its own that points to the shared cases.

References go from the police to the shared store and never back. What is shared is a
copy in new words, approved by a second person; it becomes a note of the case like any
other, under a command id that follows from the proposal, so it is shared once.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from adapters.errors import Unavailable
from adapters.persistence.event_store import FactStore
from adapters.system import Gadelys
from domain.errors import Code
from domain.finding.commands import AddNote
from domain.finding.commands import stream_of as finding_stream
from domain.handling import decided, handle
from domain.messages import Recorded, Stamp, derived_id
from domain.permissions.asking import require_permitted
from domain.police.commands import KIND, AnyPoliceCommand, ApproveSharing, stream_of
from domain.police.state import Proposal, fold
from domain.ports import Decision, Receipt
from domain.values import FindingNumber, StreamId, WalkNumber


class Beside:
    """The police's facts, with the shared ones that they point to; stores the first."""

    def __init__(self, own: FactStore, shared: FactStore) -> None:
        """Store in `own`, look at it, and at everything in `shared`."""
        self._own = own
        self._shared = shared

    def load(self, stream: StreamId) -> tuple[Recorded, ...]:
        """Return the facts of one stream, oldest first, from where they are kept."""
        is_own = stream.startswith(KIND)
        return self._own.load(stream) if is_own else self._shared.load(stream)

    def findings_of(self, walk: WalkNumber) -> tuple[FindingNumber, ...]:
        """Return the findings that were reported or referred on a walk, in order."""
        return self._shared.findings_of(walk)

    def duplicates_of(self, master: FindingNumber) -> tuple[FindingNumber, ...]:
        """Return the findings that were merged into another, in order."""
        return self._shared.duplicates_of(master)

    def receipt_of(self, command_id: UUID, asked: str) -> Receipt | None:
        """Return the receipt of a command that the police have stored.

        Raises: Conflict (command_reused) when the id stands for something else.
        """
        return self._own.receipt_of(command_id, asked)

    def append(
        self, decisions: Sequence[Decision], now: datetime
    ) -> tuple[Receipt, ...]:
        """Store all decisions with the police, in one transaction.

        Raises: Conflict (stale_version) when a stream has moved on.
        """
        return self._own.append(decisions, now)


def store_of(system: Gadelys) -> Gadelys:
    """Return the police's own store.

    Raises: Unavailable (police_store_missing) where there is none.
    """
    own = system.police
    if own is None:
        raise Unavailable(Code.POLICE_STORE_MISSING)
    return own


def require(system: Gadelys, command: AnyPoliceCommand) -> None:
    """Refuse whoever is not of the police before anything is looked at.

    Raises: NotAllowed (not_your_role); NotFound (unknown_unit).
    """
    require_permitted(command, (), system.rules())


def ask(
    system: Gadelys, command: AnyPoliceCommand, *, expected: int | None = None
) -> Receipt:
    """Handle what somebody of the police asks; nobody else learns anything.

    Raises: NotAllowed (not_your_role) before anything is looked at; Unavailable
        (police_store_missing); else as `Gadelys.ask`.
    """
    require(system, command)
    own = store_of(system)
    beside = Beside(own.store, system.store)
    if isinstance(command, ApproveSharing):
        _refuse_unshareable(system, own, command)
    receipt = handle(
        command, beside, system.rules, system.now(), expected=expected, by_person=True
    )
    if isinstance(command, ApproveSharing):
        share(system, command.number, command.nth)
    return receipt


def share(system: Gadelys, number: FindingNumber, nth: int) -> None:
    """Add the words that two persons approved to the shared case, once.

    Raises: as `Gadelys.submit`.
    """
    proposal = _proposal(store_of(system), number, nth)
    if proposal and proposal.is_approved:
        system.submit(_copy(proposal, number, nth))


def _refuse_unshareable(system: Gadelys, own: Gadelys, command: ApproveSharing) -> None:
    """Refuse an approval whose words the shared case would not take."""
    proposal = _proposal(own, command.number, command.nth)
    history = system.store.load(finding_stream(command.number))
    if proposal and not proposal.is_approved and history:
        copy = _copy(proposal, command.number, command.nth)
        decided(copy, history, system.store, system.rules, asked="")


def _proposal(own: Gadelys, number: FindingNumber, nth: int) -> Proposal | None:
    return fold(own.store.load(stream_of(number))).proposals.get(nth)


def _copy(proposal: Proposal, number: FindingNumber, nth: int) -> AddNote:
    command_id = derived_id("shared by the police", number, nth)
    stamp = Stamp(by=proposal.by, at=proposal.at, command_id=command_id)
    return AddNote(stamp=stamp, number=number, text=proposal.text)
