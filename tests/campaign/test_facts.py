"""Facts that come twice, late, or cannot be read at all (G19).

What the dispatcher makes of facts told twice is in `tests/workflows/test_exact.py`;
here are the rows that people see.
"""

import random
import shutil
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from adapters import system as installation
from adapters.persistence.event_store import FactStore, Unreadable
from adapters.settings import Settings
from adapters.system import Gadelys
from domain.finding.commands import AddNote
from domain.messages import Recorded, Stamp, derived_id
from domain.register.model import Register
from domain.values import StreamId
from tests.adapters.stores import SqliteBackend
from tests.campaign.conftest import installed
from tests.faults.figures import SEED, either, note
from tests.faults.rebuilt import different, differing_rows
from tests.faults.work import COORDINATOR, OWN, command_of, report_shared

POISONED = either(short=50, long=1_000)
CASES = either(short=12, long=100)
OVERLAP = 7

KINDS = ("finding", "walk", "publication", "delivery", "roster", "register", "other")
UNREADABLE = (
    ("finding.never_heard_of.v1", b'{"event":{}}'),
    ("finding.note_added.v1", b'{"event":{"text":1}}'),
    ("walk.held.v1", b'{"event":{"stamp":"yesterday"}}'),
)

pytestmark = pytest.mark.timeout(3600)


class Repeated:
    """Facts of which every page begins with some that were told already."""

    def __init__(self, store: FactStore) -> None:
        """Tell the facts of `store`."""
        self._store = store

    def page(self, position: int, limit: int) -> Sequence[Recorded | Unreadable]:
        """Return the next facts, and some before them."""
        if not self._store.page(position, 1):
            return ()
        return self._store.page(max(0, position - OVERLAP), limit)

    def load(self, stream: StreamId, until: int | None = None) -> Sequence[Recorded]:
        """Return the facts of one stream."""
        return self._store.load(stream, until)


def test_facts_that_come_late_or_twice_give_the_same_rows(
    register: Register, tmp_path: Path
) -> None:
    chance = random.Random(SEED)
    with installed(tmp_path, register) as system:
        report_shared(system, "0-0")
        (tmp_path / "twice").mkdir()
        told_twice = installation._open_rows(Settings(data=tmp_path / "twice"))
        with closing(told_twice):
            told_twice.create()
            done = [0] * CASES
            while min(done) < len(OWN):
                seat = chance.choice([s for s in range(CASES) if done[s] < len(OWN)])
                system.submit(command_of(f"0-{seat}", done[seat]))
                done[seat] += 1
                late(system, chance)
                if chance.random() < 0.2:
                    system.catch_up()
                    told_twice.catch_up(Repeated(system.store))
            system.catch_up()
            told_twice.catch_up(Repeated(system.store))
            twice = different(system.rows, told_twice, system.store.last_position())
        live = differing_rows(system, tmp_path / "rebuilt")
        facts = system.store.last_position()

    note("late-and-twice", facts=facts, **{"rows differ": len(twice) + len(live)})
    assert (twice, live) == ([], [])


def late(system: Gadelys, chance: random.Random) -> None:
    """Type in what somebody saw days ago."""
    at = command_of("0-0", 1).stamp.at + timedelta(hours=chance.uniform(0, 200))
    written = derived_id("late", chance.random())
    stamp = Stamp(by=COORDINATOR, at=at, command_id=written)
    system.submit(AddNote(stamp=stamp, number="shared-0", text="Set dengang."))


def test_a_poison_fact_stops_exactly_those_that_cannot_digest_it(
    register: Register, tmp_path: Path
) -> None:
    chance = random.Random(SEED)
    with installed(tmp_path / "made", register) as system:
        report_shared(system, "0-0")
        system.catch_up()
    wrong: list[str] = []
    for nth in range(POISONED):
        folder = tmp_path / "poisoned"
        shutil.copytree(tmp_path / "made" / "data", folder)
        kind = chance.choice(KINDS)
        topic, state = chance.choice(UNREADABLE)
        with installation.opened(Settings(data=folder)) as system:
            position = poison(system, f"{kind}/poison", topic, state, nth)
            for line in range(3):
                system.submit(command_of("0-0", line))
            system.catch_up()
            wrong += wrongly_stopped(system, kind, position, topic)
        shutil.rmtree(folder)

    note("poison", injected=POISONED, **{"wrongly stopped or not": len(wrong)})
    assert wrong == []


def poison(system: Gadelys, stream: str, topic: str, state: bytes, nth: int) -> int:
    """Put a fact below the store that nobody can read; return its position."""
    position = system.store.last_position() + 1
    SqliteBackend(system.settings.events_file).below(
        "INSERT INTO {table} ({position}, originator_id, originator_version, "
        "topic, state, event_id) VALUES (?, ?, 1, ?, ?, ?)",
        *(position, stream, topic, state, str(derived_id("poison", nth))),
    )
    return position


def wrongly_stopped(system: Gadelys, kind: str, position: int, topic: str) -> list[str]:
    """Return the projections that stand still without need, or go on in spite of it."""
    stopped = {
        one.name: f"{position} {kind}/poison {topic}"
        for one in installation.projections()
        if not one.reads or kind in one.reads
    }
    problems = system.rows.problems()
    behind = [
        name
        for name in system.rows.names()
        if name not in stopped
        and system.rows.position(name) < system.store.last_position()
    ]
    unnamed = [
        name
        for name, fact in stopped.items()
        if not problems.get(name, "").startswith(fact)
    ]
    return [*behind, *unnamed, *(problems.keys() - stopped.keys())]
