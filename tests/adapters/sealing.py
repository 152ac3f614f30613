"""Keys of persons for tests, and stores whose words are sealed with them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from eventsourcing.persistence import StoredEvent

from adapters.persistence.mapper import FactMapper, StoredFact
from adapters.persistence.subject_keys import SubjectKeys, make_subject_keys
from adapters.persistence.vault import Vault
from domain.messages import Event
from tests.adapters.writing import LEARNED


@dataclass
class KeyPlace:
    """Where keys lie, for as many processes as want to open them."""

    path: Path
    folder: Path
    opened: list[Vault] = field(default_factory=list)

    def make(self) -> None:
        """Make the file and the key around all others."""
        self.folder.mkdir(exist_ok=True)
        make_subject_keys(self.path, self.folder)

    def vault(self) -> Vault:
        """Open them once more."""
        self.opened.append(Vault(SubjectKeys(self.path, self.folder)))
        return self.opened[-1]

    def close(self) -> None:
        """Close all that were opened."""
        for vault in self.opened:
            vault.close()

    def bytes_on_disk(self) -> bytes:
        """Return every byte of the keys, and of whatever lies beside them."""
        found = self.path.parent.glob(f"{self.path.name}*")
        return b"".join(file.read_bytes() for file in found)


@contextmanager
def keys_in(folder: Path) -> Iterator[KeyPlace]:
    """Give keys of a test's own."""
    place = KeyPlace(folder / "keys.db", folder / "keys")
    place.make()
    try:
        yield place
    finally:
        place.close()


def sealing_with(vault: Vault) -> FactMapper:
    """Return a mapper that seals words in `vault`."""
    return FactMapper(vaulting=always(vault))


def always(vault: Vault) -> Callable[[], Vault]:
    """Return what returns `vault`."""
    return lambda: vault


def stored_fact(
    event: Event, stream: str = "finding/2026-04", version: int = 1
) -> StoredFact:
    """Return a fact with an envelope."""
    return StoredFact(
        originator_id=stream,
        originator_version=version,
        event=event,
        event_id=UUID(int=version),
        asked="a digest of what was asked",
        nth=1,
        of=1,
        recorded_at=LEARNED,
        register=1,
    )


def read_again(mapper: FactMapper, stored: StoredEvent) -> Event:
    """Return the fact as readers see it."""
    stream, version = str(stored.originator_id), stored.originator_version
    return mapper.recorded(1, stream, version, stored.topic, stored.state).event
