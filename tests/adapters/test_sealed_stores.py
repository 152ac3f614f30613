"""Facts are sealed when they are stored, and keep their seals wherever they go."""

from contextlib import closing
from pathlib import Path

import pytest
from typing_extensions import override

from adapters import system as installation
from adapters.persistence import migrations
from adapters.persistence.backup import back_up, verify
from adapters.persistence.backup_restoring import restore
from adapters.persistence.copying import account_of, copy
from adapters.persistence.event_store import FactStore, SqliteEventStore, leaf_in
from adapters.persistence.postgres_event_store import PostgresEventStore
from adapters.persistence.postgres_migrations import migrate
from adapters.persistence.postgres_recorder import TABLES
from adapters.persistence.trust import read_trust
from adapters.proof.encoding import from_base64
from adapters.proof.sealing import Sealer, is_sealed
from adapters.proof.signing import Signer
from adapters.settings import Settings
from domain.errors import Code, Conflict, Refused
from domain.ports import Receipt
from domain.values import StreamId
from tests.adapters.drafting import holdings
from tests.adapters.stores import Backend, PostgresBackend, SqliteBackend
from tests.adapters.writing import AT, LEARNED, decision

ORIGIN = "gadelys.example/1"
KEY = Signer(f"{ORIGIN}/seals", b"k" * 32)
COLUMNS = "originator_id, originator_version, topic, state, event_id"


def sealing() -> Sealer:
    return Sealer(ORIGIN, KEY)


def sealed(backend: Backend) -> FactStore:
    """Return the store of `backend`, which seals."""
    store: FactStore
    match backend:
        case SqliteBackend(path=path):
            store = SqliteEventStore(path, sealing=sealing)
        case PostgresBackend(database=database):
            store = PostgresEventStore(database.app, sealing=sealing)
        case _:
            raise AssertionError(backend)
    backend.opened.append(store)
    return store


def holds(receipt: Receipt, store: FactStore) -> bool:
    """Whether a receipt promises what is stored, fact by fact."""
    last = receipt.version
    rows = store.rows_of(receipt.stream)[last - receipt.facts : last]
    return [
        (from_base64(one.leaf), from_base64(one.seal)) for one in receipt.sealed
    ] == [(leaf_in(row), row.seal) for row in rows] and all(
        is_sealed(ORIGIN, leaf_in(row), row.seal, [KEY.verifier]) for row in rows
    )


def test_a_command_returns_the_seals_of_its_facts(backend: Backend) -> None:
    store = sealed(backend)
    receipts = store.append(
        [decision("finding/1", 0, "a", "Æ"), decision("finding/2", 0, "b")], LEARNED
    )

    assert [len(one.sealed) for one in receipts] == [2, 1]
    assert all(holds(one, store) for one in receipts)
    assert store.is_sealed()


def test_a_repeated_command_returns_the_same_seals(backend: Backend) -> None:
    store = sealed(backend)
    asked = decision("finding/1", 0, "a", "b")
    [first] = store.append([asked], LEARNED)
    store.append([decision("finding/1", 2, "c")], LEARNED)
    [again] = store.append([asked], AT)

    assert again == first
    assert store.receipt_of(asked.command_id, asked.asked) == first
    assert holds(again, sealed(backend))


def test_the_facts_of_a_conflict_leave_no_seal(backend: Backend) -> None:
    store = sealed(backend)
    store.append([decision("finding/1", 0, "a")], LEARNED)
    with pytest.raises(Conflict):
        store.append([decision("finding/1", 0, "b", name="other")], LEARNED)

    assert len(store.rows(0, 10)) == 1


def test_without_a_key_nothing_is_sealed(store: FactStore) -> None:
    [receipt] = store.append([decision("finding/1", 0, "a")], LEARNED)

    assert receipt.sealed == ()
    assert [row.seal for row in store.rows(0, 9)] == [None]
    assert not store.is_sealed()


def test_the_key_is_read_when_the_first_fact_comes(backend: Backend) -> None:
    asked: list[str] = []

    def reading() -> Sealer:
        asked.append("read")
        return sealing()

    store = sealed(backend)
    store._sealing = reading
    store.rows(0, 10)
    store.version_of(StreamId("finding/1"))
    assert asked == []
    store.append([decision("finding/1", 0, "a")], LEARNED)

    assert asked == ["read"]


def test_what_cannot_be_sealed_is_not_stored(backend: Backend) -> None:
    store = sealed(backend)

    def missing() -> Sealer:
        raise Refused(Code.KEYS_MISSING, path="seal.key")

    store._sealing = missing
    with pytest.raises(Refused):
        store.append([decision("finding/1", 0, "a")], LEARNED)

    assert store.last_position() == 0


def test_a_copy_keeps_the_seals(
    sqlite: SqliteBackend, postgres: PostgresBackend
) -> None:
    old, new = sqlite.open(), sealed(sqlite)
    old.append([decision("finding/0", 0, "old")], LEARNED)
    receipts = new.append([decision("finding/1", 0, "a", "b")], LEARNED)
    there = sealed(postgres)
    copy(new, there)
    receipts += there.append([decision("finding/2", 0, "c")], LEARNED)
    with closing(SqliteBackend(sqlite.path.with_name("back.db"))) as back:
        copy(there, back.open())

        assert back.opened[0].rows(0, 10) == there.rows(0, 10)
        assert account_of(back.opened[0]) == account_of(there)
        assert all(holds(one, back.opened[0]) for one in receipts)
    assert [row.seal is None for row in there.rows(0, 10)] == [True, *[False] * 3]


def test_a_seal_counts_in_the_digest_of_a_copy(backend: Backend) -> None:
    store = sealed(backend)
    store.append([decision("finding/1", 0, "a")], LEARNED)
    [row] = store.rows(0, 10)
    before = account_of(store)
    on = "" if isinstance(backend, SqliteBackend) else " ON {table}"
    backend.below(f"DROP TRIGGER facts_are_never_changed{on}")
    backend.below("UPDATE {table} SET seal = NULL")

    assert account_of(store) != before
    assert row.seal


def test_a_backup_keeps_the_seals(backend: Backend, tmp_path: Path) -> None:
    store = sealed(backend)
    [receipt] = store.append([decision("finding/1", 0, "a", "b")], LEARNED)
    (tmp_path / "data").mkdir()
    back_up(holdings(store, tmp_path / "data"), tmp_path / "saved", AT)
    (tmp_path / "new").mkdir()
    with closing(SqliteBackend(tmp_path / "new" / "events.db")) as empty:
        there = empty.open()
        manifest = verify(tmp_path / "saved")
        restore(tmp_path / "saved", manifest, holdings(there, tmp_path / "new"))

        assert there.rows(0, 10) == store.rows(0, 10)
        assert holds(receipt, there)


# ---- from before there were seals ----


def test_an_older_file_keeps_its_facts_and_seals_new_ones(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data")
    path, steps = settings.events_file, migrations.STEPS
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(migrations, "STEPS", steps[:2])
        migrations.migrate(path)
    backend = Unsealed(path)
    backend.put(3)
    before = backend.below(f"SELECT rowid, {COLUMNS} FROM stored_events")
    installation.migrate(settings)
    with installation.opened(settings) as system:
        [receipt] = system.store.append([decision("finding/0", 1, "b")], LEARNED)
        rows = system.store.rows(0, 10)
        trust = read_trust(settings.trust_file)

    assert backend.below(f"SELECT rowid, {COLUMNS} FROM stored_events")[:3] == before
    assert [row.seal is None for row in rows] == [True, True, True, False]
    assert [one.first for one in trust.seal] == [4]
    assert len(receipt.sealed) == 1
    assert is_sealed(trust.origin, leaf_in(rows[3]), rows[3].seal, trust.seal_keys(4))


def test_an_older_database_keeps_its_facts_and_seals_new_ones(
    postgres: PostgresBackend, tmp_path: Path
) -> None:
    with closing(SqliteBackend(tmp_path / "some.db")) as some:
        there = some.open()
        there.append([decision("finding/0", 0, "a", "b")], LEARNED)
        old = there.rows(0, 10)
    postgres.below("DROP FUNCTION gadelys.link CASCADE")
    postgres.below("ALTER TABLE gadelys.stored_events DROP COLUMN seal")
    postgres.below("DROP FUNCTION gadelys.append")
    postgres.below(TABLES[-1])
    postgres.below("UPDATE gadelys.schema_version SET version = 1")
    postgres.below(
        "SELECT gadelys.append(?::text[], ?::bigint[], ?::text[], ?::bytea[], "
        "?::uuid[])",
        *([row.stream for row in old], [row.version for row in old]),
        *([row.topic for row in old], [row.state for row in old]),
        [row.event_id for row in old],
    )
    migrate(postgres.database.owner, postgres.database.app)
    store = sealed(postgres)
    [receipt] = store.append([decision("finding/0", 2, "c")], LEARNED)

    assert store.rows(0, 2) == old
    assert holds(receipt, store)
    assert [row.seal is None for row in store.rows(0, 10)] == [True, True, False]


class Unsealed(SqliteBackend):
    """A file of an older program."""

    @override
    def __post_init__(self) -> None:
        """Leave it as it is."""

    def put(self, count: int) -> None:
        """Store facts as that program did."""
        with closing(SqliteBackend(self.path.with_name("newer.db"))) as newer:
            store = newer.open()
            for nth in range(count):
                store.append([decision(f"finding/{nth}", 0, "a")], LEARNED)
            for row in store.rows(0, 10):
                self.below(
                    f"INSERT INTO {{table}} ({COLUMNS}) VALUES (?,?,?,?,?)",
                    *(row.stream, row.version, row.topic, row.state, row.event_id),
                )


def test_keys_that_were_lost_are_not_made_again_in_silence(settings: Settings) -> None:
    installation.migrate(settings)
    with installation.opened(settings) as system:
        system.store.append([decision("finding/1", 0, "a")], LEARNED)
    settings.trust_file.unlink()

    with pytest.raises(Refused) as caught:
        installation.migrate(settings)

    assert caught.value.code is Code.TRUST_MISSING
    assert not settings.trust_file.exists()


# ---- what readers never meet ----


def test_facts_below_the_first_position_are_listed(backend: Backend) -> None:
    store = backend.open()
    store.append([decision("finding/1", 0, "a", "b")], LEARNED)
    for position in (0, -5, -(2**63)):
        backend.below(
            f"INSERT INTO {{table}} ({{position}}, {COLUMNS}) VALUES (?,?,?,?,?,?)",
            *(position, "finding/1", 10 + position % 7, "t", b'{"event":{}}'),
            f"00000000-0000-0000-0000-{position % 10**12:012}",
        )

    assert [row.position for row in store.misplaced(9)] == [-(2**63), -5, 0]
    assert [row.position for row in store.misplaced(1)] == [-(2**63)]
    assert [row.position for row in store.rows(0, 9)] == [1, 2]
    assert [store.count(until) for until in (0, 1, 2, 9)] == [0, 1, 2, 2]
