"""One active reader per store: alike for a file and for a database."""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr

from adapters.errors import Unavailable
from adapters.persistence.event_store import FactStore
from adapters.persistence.leases import FileLease, Lease, is_locked
from adapters.persistence.postgres_leases import PostgresLease, key_of
from domain.errors import Code
from tests.adapters.postgres_server import Server
from tests.adapters.stores import Backend, PostgresBackend

NOBODY = SecretStr("postgresql://gadelys_app:word@127.0.0.1:9/nowhere")


@pytest.fixture
def lease(store: FactStore) -> Iterator[Callable[[str], Lease]]:
    """Return a function that makes leases, which are let go in the end."""
    made: list[Lease] = []

    def make(reader: str = "project") -> Lease:
        made.append(store.lease(reader))
        return made[-1]

    yield make
    for one in made:
        one.release()


Leases = Callable[..., Lease]


def test_one_holds_it_and_the_others_do_not(lease: Leases) -> None:
    first, second = lease(), lease()

    assert first.held()
    assert not second.held()
    assert first.held()


def test_each_reader_has_its_own(lease: Leases) -> None:
    assert lease("project").held()
    assert lease("dispatch").held()


def test_who_lets_go_lets_the_next_one_in(lease: Leases) -> None:
    first, second = lease(), lease()
    assert first.held()
    assert not second.held()
    first.release()

    assert second.held()
    assert not first.held()


def test_everybody_can_see_that_it_is_taken(store: FactStore, lease: Leases) -> None:
    before = store.is_read("project")
    holder = lease()
    holder.held()

    assert (before, store.is_read("project")) == (False, True)
    assert not store.is_read("dispatch")
    assert holder.held()

    holder.release()

    assert not store.is_read("project")


def test_two_stores_have_nothing_to_do_with_each_other(
    backend: Backend, lease: Leases, postgres_server: Server, tmp_path: Path
) -> None:
    other: Lease = FileLease(tmp_path / "elsewhere.lease")
    if isinstance(backend, PostgresBackend):
        other = PostgresLease(postgres_server.database().app, "project")

    assert lease().held()
    assert other.held()

    other.release()


# ---- a file ----


def test_a_lease_whose_file_was_removed_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "project.lease"
    first, second = FileLease(path), FileLease(path)
    assert first.held()
    path.unlink()

    assert second.held()
    assert not first.held()

    second.release()

    assert first.held()

    first.release()


def test_a_folder_that_is_gone_is_unavailable(tmp_path: Path) -> None:
    lost = FileLease(tmp_path / "gone" / "project.lease")

    with pytest.raises(Unavailable) as caught:
        lost.held()

    assert caught.value.code is Code.STORE_UNAVAILABLE


def test_looking_does_not_take_it_away_for_good(tmp_path: Path) -> None:
    path = tmp_path / "project.lease"
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert is_locked(path)
    mine = FileLease(path)

    assert not is_locked(path)
    assert mine.held()

    mine.release()


# ---- a database ----


@pytest.fixture
def held(postgres: PostgresBackend) -> Iterator[PostgresLease]:
    """Return a lease that is held."""
    lease = PostgresLease(postgres.database.app, "project")
    assert lease.held()
    yield lease
    lease.release()


def holders(postgres: PostgresBackend) -> list[int]:
    found = postgres.database.run(
        postgres.database.superuser,
        "SELECT pid FROM pg_locks JOIN pg_database d ON d.oid = database "
        "WHERE locktype = 'advisory' AND datname = %s",
        postgres.database.name,
    )
    return [pid for (pid,) in found]


def ended(postgres: PostgresBackend) -> None:
    """End the connection of whoever holds a lease, as a restart would."""
    main = postgres.database
    for pid in holders(postgres):
        main.run(main.superuser, "SELECT pg_terminate_backend(%s, 10000)", pid)


def test_a_connection_that_was_lost_is_a_lease_that_was_lost(
    postgres: PostgresBackend, held: PostgresLease
) -> None:
    other = PostgresLease(postgres.database.app, "project")
    assert not other.held()
    ended(postgres)

    assert other.held()
    assert not held.held()

    other.release()

    assert held.held()


def test_who_lost_it_to_nobody_has_it_again(
    postgres: PostgresBackend, held: PostgresLease
) -> None:
    before = holders(postgres)
    ended(postgres)

    assert held.held()
    assert len(holders(postgres)) == 1
    assert holders(postgres) != before


def test_asking_often_leaves_one_lock(
    postgres: PostgresBackend, held: PostgresLease
) -> None:
    assert all(held.held() for _ in range(5))
    held.release()
    with closing(psycopg.connect(postgres.place, autocommit=True)) as other:
        taken = other.execute(
            "SELECT pg_try_advisory_lock(%s)", (key_of("project"),)
        ).fetchone()

    assert taken == (True,)


def test_letting_go_of_what_is_lost_is_no_fault(
    postgres: PostgresBackend, held: PostgresLease
) -> None:
    ended(postgres)
    held.release()

    assert held.held()


def test_a_database_that_is_away_lets_nobody_hold_it() -> None:
    lost = PostgresLease(NOBODY, "project")

    with pytest.raises(Unavailable) as caught:
        lost.held()

    assert caught.value.code is Code.STORE_UNAVAILABLE
    assert "word" not in str(caught.value)


def test_both_sides_ask_a_silent_machine_every_second(
    postgres_server: Server, held: PostgresLease
) -> None:
    connection = held._connection
    assert connection
    known = connection.info.get_parameters()

    # Over a socket there is nothing to ask for: the server shows 0 and takes them.
    assert known["tcp_user_timeout"] == "4000"
    assert (known["keepalives_idle"], known["keepalives_count"]) == ("1", "3")
    shown = connection.execute("SHOW tcp_user_timeout").fetchone()
    assert shown == ("0",)
    assert connection.execute("SHOW idle_session_timeout").fetchone() == ("0",)
