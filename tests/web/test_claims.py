"""What would somebody be here, by what is claimed of them: nothing of it is kept."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from adapters.cli import main as program
from adapters.settings import Settings
from adapters.texts import Texts
from adapters.web.claims import claims_in, outcome_of, provider_for
from adapters.web.site import Provider, Unit
from adapters.web.vouching import actor_of
from domain.register.model import Register
from domain.values import Actor, Authority
from tests.conftest import StandingClock
from tests.web.conftest import COORDINATOR, OPERATIONS, PARTNER, Browser, Opening

PATH = "/administration/claims"
SECRET = "noget-kun-udbyderen-ved"
KOMMUNE = Provider(
    da="Kommunens login",
    en="Login of the municipality",
    name="kommune",
    issuer="https://login.kommune.example",
    client_id="gadelys",
    authority=Authority.MUNICIPALITY,
    units=(
        Unit(value="tryg-drift", unit=Actor("municipality/operations")),
        Unit(value="tryg-vandring", unit=Actor("municipality/walk-coordinator")),
        Unit(value="tryg-revision", unit=Actor("municipality/audit")),
        Unit(value="tryg-ukendt", unit=Actor("municipality/nowhere")),
        Unit(value="forkert", unit=Actor("police/prevention")),
    ),
)
POLITI = KOMMUNE.model_copy(
    update={
        "da": "Politiets login",
        "en": "Login of the police",
        "name": "politi",
        "issuer": "https://login.politi.example",
        "authority": Authority.POLICE,
    }
)


def claimed(**claims: object) -> str:
    found = {"preferred_username": "A17", "note": SECRET, **claims}
    return json.dumps(found, indent=1)


@pytest.fixture
def tester(opening: Opening) -> Browser:
    """Return the browser of a coordinator, where two providers vouch for people."""
    return opening(providers=(KOMMUNE, POLITI)).log_in(COORDINATOR)


def ask(browser: Browser, text: str, status: int = 200, provider: str = "") -> str:
    browser.get(PATH)
    return browser.post(PATH, status, claims=text, provider=provider)


def test_roles_units_and_reasons_are_said(tester: Browser) -> None:
    page = ask(tester, claimed(groups=["x", "tryg-vandring"]), provider="kommune")

    assert "Kommunens login: personen ville komme ind" in page
    assert "municipality/walk-coordinator/a17" in page
    assert "sagsbehandler, vandringsleder" in page
    assert (
        "»groups« har værdien »tryg-vandring«. Det er linje 2 under units og giver "
        "municipality/walk-coordinator. Den første linje, der passer, gælder." in page
    )
    assert "»preferred_username« giver medarbejder-id’et a17." in page
    assert (
        "vandringsleder: registret nævner municipality/walk-coordinator under "
        "coordinators." in page
    )


def test_it_says_what_a_login_says(register: Register) -> None:
    claims = claims_in(claimed(groups=["tryg-drift", "tryg-vandring"]))

    found = outcome_of(KOMMUNE, claims, register, Texts("da", register))

    assert found.actor == actor_of(KOMMUNE, claims) == "municipality/operations/a17"


def test_limits_are_those_of_the_table(register: Register) -> None:
    def limits(group: str) -> dict[str, str]:
        found = outcome_of(
            KOMMUNE, claims_in(claimed(groups=group)), register, Texts("da", register)
        )
        return {one.action: one.limit for one in found.limits}

    assert limits("tryg-drift")["læse historikken"] == "nej"
    assert limits("tryg-drift")["sætte i bero, genoptage og melde udført"].startswith(
        "kun egen enheds"
    )
    assert (
        "uden personlig tekst" in limits("tryg-revision")["læse personlige oplysninger"]
    )


def test_the_issuer_tells_which_provider_it_is() -> None:
    both = (KOMMUNE, POLITI)

    assert provider_for(both, "", {"iss": "https://login.politi.example/"}) is POLITI
    assert provider_for((KOMMUNE,), "", {}) is KOMMUNE


@pytest.mark.parametrize(
    ("claims", "why", "hint"),
    [
        (
            {"groups": []},
            "Claimet »groups« mangler eller er tomt.",
            "Bed den, der styrer kommune, om at sende »groups« med",
        ),
        (
            {"groups": ["andet"]},
            "Ingen værdi i »groups« svarer til en enhed i opsætningen.",
            "Opsætningen kender: tryg-drift, tryg-vandring",
        ),
        (
            {"groups": "forkert"},
            "peger på en enhed hos en anden myndighed end udbyderens egen.",
            "En udbyder kan kun stå inde for sin egen myndigheds enheder.",
        ),
        (
            {"groups": "tryg-drift", "preferred_username": ""},
            "Claimet »preferred_username« mangler eller er tomt.",
            "Bed den, der styrer kommune, om at sende »preferred_username« med",
        ),
        (
            {"groups": "tryg-drift", "preferred_username": "a17@kommune.example"},
            "Værdien af »preferred_username« kan ikke bruges som medarbejder-id.",
            "Det er aldrig et navn eller en mailadresse.",
        ),
        (
            {"groups": "tryg-ukendt"},
            "Dit login hører til municipality/nowhere, som ikke står i registret.",
            "Sæt et register i kraft, som har enheden municipality/nowhere",
        ),
    ],
)
def test_whoever_would_not_be_let_in_is_explained(
    tester: Browser, claims: dict[str, object], why: str, hint: str
) -> None:
    page = ask(tester, claimed(**claims), provider="kommune")

    assert "Kommunens login: personen ville ikke komme ind" in page
    assert why in page
    assert hint in page


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "Der er ikke indsat noget. Indsæt claims som JSON."),
        ('{"groups": ["x",\n"y"}', "Linje 2 er ikke gyldig JSON."),
        ("[1]", "Det er ikke et JSON-objekt."),
        ("a.b.c", "Det ligner et token. Del det ikke med nogen"),
        ("{" * 20_001, "Teksten er længere end 20000 tegn."),
        ("[" * 20_000, "Det er ikke et JSON-objekt."),
        ("{}", "Vælg selv én: kommune, politi."),
    ],
    ids=["empty", "json", "list", "token", "long", "deep", "which"],
)
def test_what_cannot_be_read_is_explained(tester: Browser, text: str, why: str) -> None:
    assert why in ask(tester, text, 422)


def test_nothing_of_what_was_pasted_is_kept_or_logged(
    tester: Browser,
    settings: Settings,
    now: StandingClock,
    capfd: pytest.CaptureFixture[str],
) -> None:
    ask(tester, claimed(groups="tryg-drift"), provider="kommune")
    ask(tester, claimed() + "!", 422)
    now.move(minutes=31)  # the login runs out; other forms keep what was typed
    tester.post(PATH, 401, claims=claimed(groups="tryg-drift"))

    kept = [file.read_bytes() for file in _files(settings.data)]
    said = "".join(capfd.readouterr())
    assert not any(SECRET.encode() in body for body in kept)
    assert SECRET not in said
    tester.log_in(COORDINATOR)
    assert SECRET not in tester.get(PATH)


def _files(folder: Path) -> list[Path]:
    return [one for one in folder.rglob("*") if one.is_file()]


@pytest.mark.parametrize("actor", [OPERATIONS, PARTNER])
def test_only_who_sees_to_roles_may_ask(opening: Opening, actor: str) -> None:
    browser = opening(providers=(KOMMUNE,)).log_in(actor)

    page = browser.get(PATH, 403)

    assert "må ikke dette: tildele roller" in page


def test_administration_leads_there_only_for_who_may(
    tester: Browser, operations: Browser
) -> None:
    assert f'href="{PATH}"' in tester.get("/administration")
    assert PATH not in operations.get("/administration")


def test_without_a_provider_people_are_told_who_sets_one_up(
    coordinator: Browser,
) -> None:
    assert "i filen bag GADELYS_WEB_LOGIN" in coordinator.get(PATH)


def test_every_reason_is_said_in_english_as_well(
    tester: Browser,
) -> None:
    tester.get(f"/language/en?back={PATH}", 303)

    page = ask(tester, claimed(groups="tryg-vandring"), provider="kommune")

    assert "Login of the municipality: the person would be let in" in page
    assert "That is line 2 under units" in page


# ---- on the command line ----

LOGINS = """
[[providers]]
name = "kommune"
da = "Kommunens login"
en = "Login of the municipality"
issuer = "https://login.kommune.example"
client_id = "gadelys"
authority = "municipality"
units = [{ value = "tryg-drift", unit = "municipality/operations" }]
"""


@pytest.fixture
def configured(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Let the command line find the installation and its providers."""
    logins = tmp_path / "logins.toml"
    logins.write_text(LOGINS, "utf-8")
    monkeypatch.setenv("GADELYS_DATA", str(settings.data))
    monkeypatch.setenv("GADELYS_WEB_LOGIN", str(logins))


@pytest.mark.usefixtures("configured")
def test_the_command_line_says_the_same() -> None:
    said = CliRunner().invoke(
        program.app, ["config", "claims", "-"], input=claimed(groups="tryg-drift")
    )

    assert said.exit_code == 0
    assert said.stdout.startswith("municipality/operations/a17: sagsbehandler\n")
    assert "Det er linje 1 under units" in said.stdout
    assert SECRET not in said.output


@pytest.mark.usefixtures("configured")
def test_who_would_not_be_let_in_ends_with_one(tmp_path: Path) -> None:
    file = tmp_path / "claims.json"
    file.write_text(claimed(groups="andet"), "utf-8")

    said = CliRunner().invoke(program.app, ["config", "claims", str(file), "--json"])

    assert said.exit_code == 1
    assert json.loads(said.stdout)["problem"] == (
        "Ingen værdi i »groups« svarer til en enhed i opsætningen."
    )


@pytest.mark.usefixtures("configured")
def test_what_cannot_be_read_ends_with_two(tmp_path: Path) -> None:
    for words in (["-"], [str(tmp_path / "missing.json")]):
        said = CliRunner().invoke(program.app, ["config", "claims", *words], input="x")

        assert said.exit_code == 2
