"""The register in force, read once per version."""

from adapters.persistence.event_store import SqliteEventStore
from domain.errors import Code, NotFound
from domain.ports import Rules
from domain.register.adoption import REGISTER_STREAM, RegisterAdopted


class StoredRules:
    """Finds the newest adopted register; decoding it again only when it changed."""

    def __init__(self, store: SqliteEventStore) -> None:
        """Look in `store`."""
        self._store = store
        self._known: Rules | None = None

    def __call__(self) -> Rules:
        """Return the rules in force now.

        Raises: NotFound (no_register) before the first adoption.
        """
        version = self._store.version_of(REGISTER_STREAM)
        if self._known is None or self._known.version != version:
            self._known = self._load(version)
        return self._known

    def _load(self, version: int) -> Rules:
        for fact in reversed(self._store.load(REGISTER_STREAM)):
            if isinstance(fact.event, RegisterAdopted):
                return Rules(version, fact.event.rules)
        raise NotFound(Code.NO_REGISTER)
