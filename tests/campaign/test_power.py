"""Power cuts while facts are stored in SQLite (G2): nothing promised is lost.

What the product writes is recorded on its way to the disk (`tests/faults/disk.py`);
then every moment of it is cut, again and again, and what may be on the disk then is
opened by the product. With `synchronous=NORMAL` the same must lose something.

The keys of what people wrote lie in a file of their own: a fact whose key did not
survive would be lost as well.
"""

import random
import re
import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

import pysqlite3.dbapi2 as sqlite
import pytest

from adapters import system as installation
from adapters.persistence import recorder, subject_keys
from adapters.persistence.event_store import SqliteEventStore
from adapters.persistence.mapper import FactMapper
from adapters.persistence.sqlite_engine import connect
from adapters.persistence.vault import opened_vault
from adapters.settings import Settings
from domain.register.model import Register
from tests.campaign.conftest import installed
from tests.faults.disk import Deed, watched
from tests.faults.figures import SEED, either, note
from tests.faults.power import Platter, lay
from tests.faults.work import command_of, report_shared

STATES = either(short=3_000, long=50_000)
"""In each of two runs."""

COMMANDS = 300
"""Enough for the write-ahead log to be written back once on the way."""

STATES_TO_LOSE = 500
LOOK_CLOSER_EVERY = 100
IN_MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
"""States are laid out where a sync costs nothing: the disk is not what is tried."""

ROWS = "SELECT rowid, * FROM stored_events ORDER BY rowid"
WHOSE = re.compile(rb'"subject":"([^"]+)"')
WATCHED = ("events.db", "keys.db")

pytestmark = pytest.mark.timeout(3 * 3600)


@dataclass(frozen=True)
class Recording:
    """All that was done to the files, and which facts were there in the end.

    A promise stands between the deeds as the number of facts that it includes.
    `needed` has for each number of facts whose keys they need.
    """

    begin: Platter
    deeds: Sequence[Deed | str]
    rows: list[Any]
    whole: set[int]
    needed: Sequence[frozenset[str]]
    keys: Path


@dataclass
class Found:
    """How many states were looked into, and what was wrong with them."""

    states: int = 0
    lost: int = 0
    corrupt: int = 0
    partial: int = 0
    without_key: int = 0


def recorded(folder: Path, register: Register) -> Recording:
    with installed(folder, register) as system:
        settings = system.settings
    begin = Platter.of(settings.events_file, settings.subject_keys_file)
    whole = {count_of(settings)}
    with watched() as disk:
        with installation.opened(settings) as system:
            report_shared(system, "0-0")
            for nth in range(COMMANDS):
                receipt = system.submit(command_of("0-0", nth))
                disk.mark(str(receipt.position))
                whole |= {receipt.position, receipt.position - receipt.facts}
        deeds = list(disk.deeds)
    own = [
        deed
        for deed in deeds
        if isinstance(deed, str) or Path(deed.file).name.startswith(WATCHED)
    ]
    rows = rows_of(settings.events_file)
    return Recording(begin, own, rows, whole, needed_by(rows), settings.keys_folder)


def needed_by(rows: Sequence[Sequence[Any]]) -> list[frozenset[str]]:
    """Return whose keys the first 0, 1, 2, … facts need."""
    each = (
        frozenset(
            ref.decode()
            for column in row
            if isinstance(column, bytes)
            for ref in WHOSE.findall(column)
        )
        for row in rows
    )
    return list(accumulate(each, frozenset.union, initial=frozenset()))


def count_of(settings: Settings) -> int:
    return len(rows_of(settings.events_file))


def rows_of(file: Path) -> list[Any]:
    connection = connect(file, durable=True)
    try:
        return [tuple(row) for row in connection.execute(ROWS)]
    finally:
        connection.close()


def cut(recording: Recording, seed: int, states: int) -> Found:
    """Cut the power at moments spread evenly over the recording."""
    with tempfile.TemporaryDirectory(dir=IN_MEMORY) as folder:
        return _cut(recording, Path(folder), seed, states)


def _cut(recording: Recording, folder: Path, seed: int, states: int) -> Found:
    chance = random.Random(seed)
    found = Found()
    deeds = recording.deeds
    moments = sorted(chance.randrange(len(deeds)) for _ in range(states))
    platter, promised, done = recording.begin, 0, 0
    for moment in moments:
        for deed in deeds[done : moment + 1]:
            if isinstance(deed, str):
                promised = int(deed)
            else:
                platter.do(deed)
        done = moment + 1
        lay(platter.after_a_cut(chance), folder)
        look(recording, folder, promised, found)
    return found


def look(recording: Recording, folder: Path, promised: int, found: Found) -> None:
    """Open a state as the product does, and hold it against the whole."""
    found.states += 1
    file, keys = folder / "events.db", folder / "keys.db"
    connection = connect(file, durable=True)
    try:
        [[sound]] = connection.execute("PRAGMA integrity_check").fetchall()
        rows = [tuple(row) for row in connection.execute(ROWS)]
    except sqlite.DatabaseError:
        found.corrupt += 1
        return
    finally:
        connection.close()
    kept = len(rows)
    found.corrupt += sound != "ok" or rows != recording.rows[:kept]
    found.partial += kept not in recording.whole
    found.lost += kept < promised
    if not recording.needed[kept] <= kept_keys(keys):
        found.without_key += 1
    elif found.states % LOOK_CLOSER_EVERY == 0:
        with closing(opened_vault(keys, recording.keys)) as vault:
            store = SqliteEventStore(file, FactMapper(vaulting=lambda: vault))
            assert len(store.after(0, kept + 1)) == kept
            store.close()


def kept_keys(file: Path) -> set[str]:
    """Return whose keys there are."""
    with closing(connect(file, durable=True)) as connection:
        rows = connection.execute("SELECT ref FROM subjects WHERE wrapped NOT NULL")
        return {ref for (ref,) in rows}


@pytest.mark.parametrize("run", [1, 2])
def test_a_power_cut_loses_nothing_that_was_promised(
    run: int, register: Register, tmp_path: Path
) -> None:
    recording = recorded(tmp_path, register)
    found = cut(recording, SEED + run, STATES)

    kinds = [deed.kind for deed in recording.deeds if isinstance(deed, Deed)]
    note(
        f"power-{run}",
        **{"crash states": found.states, "deeds": len(kinds)},
        syncs=kinds.count("sync"),
        acknowledged=COMMANDS,
        lost=found.lost,
        corrupt=found.corrupt,
        partial=found.partial,
        **{"without their key": found.without_key},
    )
    assert recording.needed[-1], "nobody has written anything"
    assert written_back(recording.deeds), "the log was never written back on the way"
    assert found == Found(states=STATES)


def written_back(deeds: Sequence[Deed | str]) -> bool:
    """Whether the database itself was written to before the last promise."""
    last = max(nth for nth, deed in enumerate(deeds) if isinstance(deed, str))
    return any(
        deed.kind == "write" and deed.file.endswith("events.db")
        for deed in deeds[:last]
        if isinstance(deed, Deed)
    )


def test_with_less_care_a_power_cut_loses_something(
    register: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        recorder, "connect", lambda path, *, durable: connect(path, durable=not durable)
    )
    recording = recorded(tmp_path, register)
    found = cut(recording, SEED, STATES_TO_LOSE)

    note(
        "power-normal",
        **{"crash states": found.states, "lost, as must be": found.lost},
        corrupt=found.corrupt,
        partial=found.partial,
    )
    assert found.lost
    assert (found.corrupt, found.partial, found.without_key) == (0, 0, 0)


def test_with_less_care_for_keys_a_power_cut_loses_one(
    register: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        subject_keys, "connect", lambda path, *, durable: connect(path, durable=False)
    )
    found = cut(recorded(tmp_path, register), SEED, STATES_TO_LOSE)

    note(
        "power-keys",
        **{"crash states": found.states, "without their key": found.without_key},
    )
    assert found.without_key
    assert (found.lost, found.corrupt, found.partial) == (0, 0, 0)


def test_the_store_asks_for_full_care(register: Register, tmp_path: Path) -> None:
    with installed(tmp_path, register) as system:
        store = system.store
        assert isinstance(store, SqliteEventStore)
        with store._datastore.transaction(commit=False) as cursor:
            cursor.execute("PRAGMA synchronous")
            [writing] = cursor.fetchone()
            cursor.execute("PRAGMA journal_mode")
            [journal] = cursor.fetchone()
        [reading] = store._datastore.reading().execute("PRAGMA synchronous").fetchone()

    assert (writing, reading, journal) == (2, 2, "wal")
