"""Stores apart from the cases, in databases of their own."""

from pathlib import Path

from tests.adapters.conftest import Line
from tests.adapters.postgres_server import Server
from tests.adapters.test_cli import LAMP, NUMBER, by


def test_readings_and_the_police_s_notes_can_lie_in_databases_of_their_own(
    line: Line, postgres_server: Server, tmp_path: Path
) -> None:
    access, police = postgres_server.database(), postgres_server.database()
    where = {
        "access_database_url": access.app.get_secret_value(),
        "police_data": str(tmp_path / "of-police"),
        "police_database_url": police.app.get_secret_value(),
    }
    owners = {
        "access_database_owner_url": access.owner.get_secret_value(),
        "police_database_owner_url": police.owner.get_secret_value(),
    }
    assert line("migrate", **where, **owners).code == 0
    assert line("report", NUMBER, *LAMP, *by(), **where).code == 0

    line("police", "note", NUMBER, "--text", "Kun for os.", *officer(), **where)
    line("police", "show", NUMBER, *officer(), **where)
    line("case", NUMBER, **where)
    log = line("access-log", "--json", **where).json["rows"]
    verdict = line("verify", "history", "--level", "2", "--json", **where).json

    assert [(row["about"], row["looked"]) for row in log] == [
        ("access/log", "log"),
        (f"finding/{NUMBER}", "case"),
    ]
    told = {name: found["facts"] for name, found in verdict["beside"].items()}
    assert told == {"access": 2, "police": 1, "police_access": 1}
    assert not any(found["doubts"] for found in verdict["beside"].values())


def officer() -> tuple[str, ...]:
    return ("--by", "police/prevention/p01")
