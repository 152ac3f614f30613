"""The register in force and the roster, read once per version."""

from adapters.persistence.event_store import FactStore
from domain.errors import Code, NotFound
from domain.ports import Rules
from domain.register.adoption import REGISTER_STREAM, RegisterAdopted
from domain.register.model import Register
from domain.roster.commands import ROSTER_STREAM
from domain.roster.state import Roster
from domain.roster.state import fold as fold_roster


class StoredRules:
    """Finds the newest register and roster; decodes them only when they changed."""

    def __init__(self, store: FactStore) -> None:
        """Look in `store`."""
        self._store = store
        self._known: Rules | None = None
        self._roster_version = 0

    def __call__(self) -> Rules:
        """Return the rules in force now.

        Raises: NotFound (no_register) before the first adoption.
        """
        version, roster = self._store.versions_of(REGISTER_STREAM, ROSTER_STREAM)
        known = self._known
        if known is None or known.version != version:
            known = Rules(version, self._register(), self._roster())
        elif self._roster_version != roster:
            known = Rules(version, known.register, self._roster())
        self._known, self._roster_version = known, roster
        return known

    def _register(self) -> Register:
        for fact in reversed(self._store.load(REGISTER_STREAM)):
            if isinstance(fact.event, RegisterAdopted):
                return fact.event.rules
        raise NotFound(Code.NO_REGISTER)

    def _roster(self) -> Roster:
        return fold_roster(self._store.load(ROSTER_STREAM))
