"""A witness with a memory of its own, and an installation that keeps a ledger."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from adapters import system as installation
from adapters.ledger.witness import Witness
from adapters.ledger.witness_memory import Memory
from adapters.settings import Settings
from tests.adapters.ledger.kept import Kept
from tests.adapters.ledger.some_log import ORIGIN, SEEN, WITNESS, SomeLog

Wakes = Callable[..., Witness]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the witness remembers."""
    return tmp_path / "witness.sqlite"


@pytest.fixture
def wakes(path: Path) -> Iterator[Wakes]:
    """Return a function that starts the witness, again and again."""
    opened = list[Memory]()

    def make(*, first: bool = False) -> Witness:
        opened.append(Memory(path, first=first))
        logs = {
            origin: [SomeLog(0, origin=origin).signer.verifier]
            for origin in (ORIGIN, "other.example/log")
        }
        return Witness(WITNESS, logs, opened[-1], lambda: SEEN)

    yield make
    for memory in opened:
        memory.close()


@pytest.fixture
def witness(wakes: Wakes) -> Witness:
    """Return a witness that has signed nothing yet."""
    return wakes(first=True)


@pytest.fixture
def kept(settings: Settings) -> Iterator[Kept]:
    """Return an installation with keys and without facts."""
    installation.migrate(settings)
    with installation.opened(settings) as system:
        yield Kept(settings, system.store)
