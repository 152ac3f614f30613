"""The doctor tries, has an end, says who it is, and repeats no password."""

import re
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from adapters import doctor
from adapters.doctor import Check, examine
from adapters.errors import Unavailable
from adapters.persistence.write_check import try_database, try_facts, try_folder
from adapters.settings import Settings
from adapters.temporal.health import seconds_ahead
from adapters.texts import Texts
from tests.adapters.conftest import Line
from tests.adapters.mail_server import MailServer, serving
from tests.adapters.postgres_server import OWNER_PASSWORD
from tests.adapters.stores import Backend, PostgresBackend
from tests.adapters.writing import LEARNED, decision

NOBODY = "127.0.0.1:9"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def found(settings: Settings) -> dict[str, Check]:
    """Return what the doctor finds, by name; each name once."""
    checks = examine(settings)
    by_name = {check.name: check for check in checks}
    assert len(by_name) == len(checks)
    return by_name


def of(line: Line, **more: object) -> Settings:
    given: dict[str, object] = {"data": line.data, "temporal_address": NOBODY}
    return Settings.model_validate(given | more)


@pytest.fixture
def silent() -> Iterator[str]:
    """Return host:port of a server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=50) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


# ---- writing, and taking it back ----


def test_writing_is_tried_and_leaves_no_fact(backend: Backend) -> None:
    store = backend.open()
    store.append([decision("finding/1", 0, "a")], LEARNED)
    before = store.rows(0, 100)

    try_facts(store)

    assert store.rows(0, 100) == before
    [receipt] = store.append([decision("finding/1", 1, "b")], LEARNED)
    assert receipt.position == 2


def test_a_database_that_takes_nothing_is_noticed(postgres: PostgresBackend) -> None:
    name = postgres.database.name
    setting = f"ALTER DATABASE {name} SET default_transaction_read_only"
    postgres.below(f"{setting} = on")
    try:
        with pytest.raises(Unavailable):
            try_facts(postgres.open())
    finally:
        postgres.below(f"BEGIN READ WRITE; {setting} = off; COMMIT")


def test_folders_and_files_are_left_as_they_were(line: Line) -> None:
    before = sorted(line.data.iterdir())

    try_database(line.data / "views.db")
    try_folder(line.data)

    assert sorted(line.data.iterdir()) == before


def test_a_folder_that_is_gone_is_noticed(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        try_folder(tmp_path / "gone")


def test_what_cannot_be_written_to_is_named_and_stops_nothing(line: Line) -> None:
    (line.data / "contacts.db").write_bytes(b"not a database at all, but long enough")

    checks = found(of(line))

    assert checks["writing"].state == "broken"
    assert checks["writing"].found == "contacts.db: file is not a database"
    assert checks["register"].state == checks["schema"].state == "ok"


# ---- readers ----


def test_readers_that_are_behind_are_named_with_their_facts_and_age(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    checks = found(of(line))
    age = re.fullmatch(r"1 \((\d+) s\): \w+_v\d, .*dispatcher", behind(checks))
    monkeypatch.setattr(doctor, "LATE_S", -1)

    assert age
    assert found(of(line))["readers"].state == "warning"


def behind(checks: dict[str, Check]) -> str:
    return checks["readers"].found


def test_a_reader_that_has_read_everything_is_not_named(line: Line) -> None:
    line("rebuild", "all")

    assert re.fullmatch(r"1 \(\d+ s\): dispatcher", behind(found(of(line))))


# ---- databases and roles ----


def test_a_database_is_asked_who_it_is_and_what_time_it_has(
    postgres: PostgresBackend, line: Line
) -> None:
    url = postgres.database.app
    line("migrate", database_url=url.get_secret_value())

    checks = found(of(line, database_url=url))

    assert checks["postgres"].found.startswith("18")
    names = ("postgres", "clock_database", "schema", "roles", "writing")
    assert {checks[name].state for name in names} == {"ok"}


def test_a_role_that_may_do_too_much_is_named(
    postgres: PostgresBackend, line: Line
) -> None:
    checks = found(of(line, database_url=postgres.database.owner))

    assert checks["roles"] == Check("roles", "broken", "gadelys_owner")
    assert checks["schema"].state == "broken"
    assert OWNER_PASSWORD not in str(checks)


# ---- clocks, room ----


@pytest.mark.parametrize(
    ("told", "ahead"), [(-5, -5.0), (0, 0.0), (0.5, 0.0), (1, 0.0), (4, 3.0)]
)
def test_a_clock_is_ahead_by_what_the_question_took_no_part_in(
    told: float, ahead: float
) -> None:
    answered = NOON + timedelta(seconds=1)

    assert seconds_ahead(NOON, NOON + timedelta(seconds=told), answered) == ahead


@pytest.mark.parametrize(
    ("ahead", "state"),
    [(0.0, "ok"), (-2.0, "ok"), (2.1, "warning"), (-60.0, "warning"), (61, "broken")],
)
def test_a_clock_may_differ_a_little(ahead: float, state: str) -> None:
    check = doctor._clock("clock_database", ahead)

    assert check.state == state
    assert check.found == f"{ahead:+.1f} s"


@pytest.mark.parametrize(
    ("gib", "state"), [(10.0, "ok"), (0.9, "warning"), (0.01, "broken")]
)
def test_little_room_is_said_in_time(gib: float, state: str) -> None:
    assert doctor._room(int(gib * doctor.GIB)) == state


# ---- mail ----


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    """Return a real mail server."""
    made = MailServer()
    with serving(made):
        yield made


def test_a_mail_server_is_greeted_and_nothing_is_sent(
    mail_server: MailServer, line: Line
) -> None:
    settings = mail_server.settings(of(line), temporal_address=NOBODY)

    assert found(settings)["mail"].state == "ok"
    assert (mail_server.taken, mail_server.asked) == ([], [])


def test_a_mail_server_that_is_away_is_no_stop(line: Line) -> None:
    mail = found(of(line, smtp_host="127.0.0.1", smtp_port=9))["mail"]

    assert mail.state == "warning"
    assert mail.found.startswith("127.0.0.1:9: mail server")


def test_without_a_mail_server_nothing_is_said_of_it(line: Line) -> None:
    assert "mail" not in found(of(line))


# ---- nothing hangs, nothing stops the others ----


def test_servers_that_never_answer_are_not_waited_for(
    line: Line, silent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "PATIENCE_S", 2.0)
    host, _, port = silent.partition(":")
    url = SecretStr(f"postgresql://app:geheim@{silent}/db")

    checks = found(
        of(
            line,
            database_url=url,
            smtp_host=host,
            smtp_port=port,
            temporal_address=silent,
        )
    )

    asked = ("schema", "postgres", "temporal", "mail")
    assert [name for name in asked if checks[name].state == "ok"] == []
    assert checks["python"].state == checks["disk"].state == "ok"
    assert "geheim" not in str(checks)


def test_a_check_that_falls_over_is_told_as_broken(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fall(*_: object) -> Iterator[Check]:
        raise RuntimeError("geheim")

    monkeypatch.setattr(doctor, "_disk", fall)
    checks = found(of(line))

    assert checks["disk"] == Check("disk", "broken", "RuntimeError")
    assert checks["writing"].state == "ok"


# ---- what people read ----


def test_every_check_has_a_name_and_a_hint_in_both_languages() -> None:
    source = Path(doctor.__file__).read_text("utf-8")
    names = set(re.findall(r"(?:Check|_seen|_clock)\(\"([a-z_]+)\"", source))

    assert {"python", "readers", "clock_temporal", "mail", "roles"} <= names
    for lang in ("da", "en"):
        for name in names:
            for key in (f"say.doctor_{name}", f"say.doctor_{name}_hint"):
                assert Texts(lang).say(key) != key


def test_a_broken_check_comes_with_a_command_to_type(line: Line) -> None:
    (line.data / "views.db").unlink()

    answer = line("doctor", temporal_address=NOBODY)

    assert answer.code == 1
    assert "gadelys migrate" in answer.out
