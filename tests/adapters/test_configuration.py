"""Settings can be looked at; secrets cannot."""

from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from adapters.cli.configuration import settings_in_force, shown
from adapters.settings import Settings
from tests.adapters.conftest import Answer, Line

SECRETS = (
    "hemmelig-nøgle",
    "p@ss:w/ord?#&=%",
    '\'; DROP "x" --',
    "a b\tc",
    "***p",
    "100%25",
)
every_secret = pytest.mark.parametrize("secret", SECRETS)


def by_name(answer: Any) -> dict[str, dict[str, Any]]:
    assert answer["schema"] == "config/1"
    return {one["name"]: one for one in answer["settings"]}


def with_secrets(secret: str) -> dict[str, str]:
    """Return every setting that can hold a secret, with it in every place."""
    written = quote(secret, safe="")
    return {
        "database_url": f"postgresql://app:{written}@db.example:5433/gadelys"
        f"?sslmode=disable&password={written}",
        "database_owner_url": f"postgresql://owner:{written}@db.example/gadelys",
        "smtp_host": "127.0.0.1",
        "smtp_port": "9",
        "smtp_tls": "none",
        "smtp_user": "gadelys",
        "smtp_password": secret,
        "public_url": f"https://me:{written}@cases.example/",
        "temporal_address": "127.0.0.1:9",
    }


def unreachable(secret: str) -> dict[str, str]:
    """Return the same where nobody listens, so that drivers complain."""
    given = with_secrets(secret)
    there = given["database_url"].replace("db.example:5433", "127.0.0.1:9")
    return given | {"database_url": there}


@every_secret
@pytest.mark.parametrize(
    "verb",
    [
        ("config", "show"),
        ("config", "show", "--json"),
        ("doctor",),
        ("doctor", "--json"),
        ("backup", "TARGET"),
        ("restore", "TARGET"),
        ("migrate",),
    ],
    ids=" ".join,
)
def test_no_secret_is_ever_said(
    line: Line, tmp_path: Path, secret: str, verb: tuple[str, ...]
) -> None:
    place = str(tmp_path / "saved")
    variables = unreachable(secret)

    answer = line(*(place if word == "TARGET" else word for word in verb), **variables)

    assert_hidden(secret, answer)


def test_no_secret_is_in_a_traceback(line: Line, tmp_path: Path) -> None:
    secret = SECRETS[0]
    variables = unreachable(secret)

    answer = line.outside("backup", str(tmp_path / "x"), "--debug", **variables)

    assert "Traceback" in answer.err
    assert_hidden(secret, answer)


def assert_hidden(secret: str, answer: Answer) -> None:
    told = answer.out + answer.err
    assert told
    for form in (secret, quote(secret, safe=""), quote(secret)):
        assert form not in told


def test_every_setting_is_shown_with_its_source(line: Line, tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "gadelys_smtp_user").write_text("gadelys\n")
    (tmp_path / "secrets" / "gadelys_smtp_password").write_text("hemmelig\n")

    answer = by_name(
        line(
            *("config", "show", "--json"),
            secrets=str(tmp_path / "secrets"),
            log_level="debug",
        ).json
    )

    assert set(answer) == {f"GADELYS_{name.upper()}" for name in Settings.model_fields}
    assert answer["GADELYS_DATA"] == {
        "name": "GADELYS_DATA",
        "value": str(line.data),
        "source": "environment",
    }
    assert answer["GADELYS_LOG_LEVEL"]["value"] == "debug"
    assert answer["GADELYS_LOG_FORMAT"]["source"] == "default"
    assert answer["GADELYS_SMTP_USER"]["source"] == "file"
    assert answer["GADELYS_SMTP_PASSWORD"]["value"] == "***"
    assert answer["GADELYS_DATABASE_URL"]["value"] is None


def test_of_an_address_one_sees_where_it_leads(line: Line) -> None:
    answer = by_name(line("config", "show", "--json", **with_secrets("geheim")).json)

    assert {
        name: answer[f"GADELYS_{name}"]["value"]
        for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "PUBLIC_URL")
    } == {
        "DATABASE_URL": "postgresql://***@db.example:5433/gadelys",
        "DATABASE_OWNER_URL": "postgresql://***@db.example/gadelys",
        "PUBLIC_URL": "https://***@cases.example/",
    }


def test_people_read_it_in_their_language(line: Line) -> None:
    danish = line("config", "show").out
    english = line("config", "show", "--lang", "en").out

    assert "miljøet" in danish
    assert "standard" in danish
    assert "default" in english


def test_secrets_come_from_files_and_the_environment_goes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = "postgresql://app:word@host/db"
    (tmp_path / "gadelys_database_url").write_text(f"{url}\n")
    (tmp_path / "gadelys_lang").write_text("en")
    (tmp_path / "something_else").write_text("?")
    monkeypatch.setenv("GADELYS_SECRETS", str(tmp_path))
    monkeypatch.setenv("GADELYS_LANG", "da")

    settings = Settings()

    assert settings.database_url
    assert settings.database_url.get_secret_value() == url
    assert settings.lang == "da"
    sources = {one.name: one.source for one in settings_in_force(settings)}
    assert sources["GADELYS_DATABASE_URL"] == "file"
    assert sources["GADELYS_LANG"] == "environment"


def test_a_folder_of_secrets_that_is_not_there_is_named(line: Line) -> None:
    answer = line("config", "show", "--json", secrets=str(line.data / "nowhere"))

    assert answer.code == 2
    assert "GADELYS_SECRETS" in answer.err


@pytest.mark.parametrize(
    ("value", "seen"),
    [(None, None), (True, "true"), (0.2, "0.2"), (Path("a/b"), "a/b"), ("", "")],
)
def test_ordinary_values_are_shown_as_they_are(value: object, seen: str | None) -> None:
    assert shown(value) == seen
