"""Who somebody is: demo roles, providers, cookies, forms that are ours, headers."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import SecretStr, ValidationError

from adapters.persistence.visits import Visits
from adapters.settings import Settings
from adapters.system import Gadelys
from adapters.web.limits import Limiter
from adapters.web.pages.start import inside
from adapters.web.site import Provider, Unit, site_of
from adapters.web.vouching import NotVouchedFor, actor_of
from domain.errors import Refused
from domain.values import Actor, Authority
from tests.web.conftest import COORDINATOR, HERE, OPERATIONS, Browser, Opening
from tests.web.oidc import IdentityProvider, providing


def provider(name: str, authority: Authority, issuer: str = HERE) -> Provider:
    unit = "municipality/operations"
    if authority is Authority.POLICE:
        unit = "police/prevention"
    return Provider(
        name=name,
        da=f"Login {name}",
        en=f"Login {name}",
        issuer=issuer,
        client_id="gadelys",
        client_secret=SecretStr("a secret"),
        authority=authority,
        units=(Unit(value="tryg", unit=Actor(unit)),),
    )


# ---- the demo ----


def test_the_front_page_explains_the_demo_and_offers_its_roles(
    browser: Browser,
) -> None:
    page = browser.get("/")

    assert "Prøv Gadelys" in page
    assert "Aalborg Øst" in page
    assert f'value="{OPERATIONS}"' in page
    assert f'value="{COORDINATOR}"' in page


def test_nobody_becomes_somebody_who_is_not_offered(browser: Browser) -> None:
    browser.get("/")

    browser.post("/demo", 404, actor="municipality/operations/somebody-else")


def test_there_are_no_demo_roles_where_there_is_no_demo(opening: Opening) -> None:
    browser = opening(demo=False)
    page = browser.get("/")

    assert "Der er endnu ikke sat nogen login op." in page
    found = re.search(r'X-CSRF-Token":"(\w+)"', page)
    assert found
    browser.post("/demo", 404, actor=OPERATIONS, csrf=found[1])


@pytest.mark.parametrize(
    "changed",
    [
        {"web_address": "0.0.0.0:8000"},
        {"web_address": "10.0.0.5:8000"},
        {"public_url": "https://tryg.kommune.example"},
    ],
)
def test_a_demo_that_others_could_reach_does_not_start(
    tmp_path: Path, changed: dict[str, str]
) -> None:
    with pytest.raises(ValidationError, match="on this machine"):
        Settings(data=tmp_path, demo=True, **changed)  # type: ignore[arg-type]


# ---- visits ----


def test_the_word_of_a_browser_changes_when_somebody_logs_in(browser: Browser) -> None:
    browser.get("/")
    before = browser.client.cookies["gadelys"]
    browser.log_in(OPERATIONS)

    assert browser.client.cookies["gadelys"] != before


def test_a_word_that_was_used_before_logging_out_is_worth_nothing(
    operations: Browser,
) -> None:
    word = operations.client.cookies["gadelys"]
    operations.get("/worklist")
    operations.post("/logout")
    assert operations.page.headers["clear-site-data"] == '"cache"'

    operations.client.cookies.set("gadelys", word)
    operations.get("/worklist", 401)


@pytest.mark.parametrize("word", ["nonsense", "x" * 5000, "\u00e6"])
def test_a_word_that_nobody_was_given_is_nobody(browser: Browser, word: str) -> None:
    headers = {b"cookie": f"gadelys={word}".encode()}

    assert browser.client.get("/worklist", headers=headers).status_code == 401


def test_over_tls_the_cookie_is_for_this_host_alone(opening: Opening) -> None:
    host = "tryg.kommune.example"
    browser = opening(
        f"https://{host}", origin=f"https://{host}", hosts=frozenset({host}), demo=False
    )
    browser.get("/")
    cookie = browser.page.headers["set-cookie"]

    assert cookie.startswith("__Host-gadelys=")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert "max-age=31536000" in browser.page.headers["strict-transport-security"]


def test_old_visits_are_forgotten(settings: Settings, opening: Opening) -> None:
    operations = opening().log_in(OPERATIONS)
    word = operations.client.cookies["gadelys"]
    visits = Visits(settings.visits_file)
    found = visits.find(word)
    assert found

    visits.forget_old(found.seen_at.replace(year=2030))
    assert visits.find(word) is None
    visits.close()


# ---- forms ----


@pytest.mark.parametrize("csrf", ["", "0" * 64, "æ"])
def test_a_form_that_is_not_ours_is_refused(operations: Browser, csrf: str) -> None:
    answer = operations.client.post(
        "/cases/2026-04/note", data={"csrf": csrf, "text": "noget"}
    )

    assert answer.status_code == 403
    assert "hører ikke til dette besøg" in answer.text


def test_every_page_that_takes_something_in_asks_for_its_own_form(
    operations: Browser,
) -> None:
    posts = (
        *("/demo", "/logout", "/report", "/roster", "/deliveries/retry"),
        *("/cases/2026-04/note", "/cases/2026-04/undo/last"),
        *("/publications/1/approve", "/publications/1/withdraw"),
    )
    for path in posts:
        assert operations.client.post(path, data={}).status_code == 403, path


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
    ],
)
def test_a_form_from_another_site_is_refused(
    operations: Browser, headers: dict[str, str]
) -> None:
    page = operations.get("/cases/2026-04/note")
    found = re.search(r'name="csrf" value="(\w+)"', page)
    assert found
    answer = operations.client.post(
        "/cases/2026-04/note", data={"csrf": found[1], "text": "x"}, headers=headers
    )

    assert answer.status_code == 403


def test_another_name_for_this_machine_is_refused(operations: Browser) -> None:
    answer = operations.client.get("/worklist", headers={"host": "evil.example"})

    assert answer.status_code == 421


def test_what_is_too_large_is_refused(operations: Browser) -> None:
    operations.get("/cases/2026-04/note")

    answer = operations.client.post(
        "/cases/2026-04/note", data={"text": "x" * 1_100_000}
    )

    assert answer.status_code == 413


def test_every_answer_carries_what_protects_it(operations: Browser) -> None:
    for path, status in (
        ("/worklist", 200),
        ("/nowhere", 404),
        ("/static/lamp.svg", 200),
    ):
        operations.get(path, status)
        headers = operations.page.headers
        policy = headers["content-security-policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
        assert "frame-ancestors 'none'" in policy


def test_an_unexpected_fault_has_a_number_and_tells_nothing(
    operations: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise RuntimeError("the secret of the case")

    monkeypatch.setattr("adapters.web.pages.work.line_of", breaks)
    page = operations.get("/worklist", 500)

    assert "Fejlens nummer:" in page
    assert "secret" not in page
    assert "content-security-policy" in operations.page.headers


def test_who_asks_too_often_has_to_wait(browser: Browser) -> None:
    for _ in range(20):
        browser.client.get("/login/nobody")

    answer = browser.client.get("/login/nobody")
    assert answer.status_code == 429
    assert answer.headers["retry-after"]
    assert "Vent et minut" in answer.text


def test_a_limit_counts_each_minute_anew() -> None:
    now = [0.0]
    limiter = Limiter(lambda: now[0])
    assert [limiter.allows("a", 2) for _ in range(3)] == [True, True, False]
    assert limiter.allows("b", 2)

    now[0] = 60.0
    assert limiter.allows("a", 2)


@pytest.mark.parametrize(
    ("path", "goes"),
    [
        ("/worklist?tab=late", "/worklist?tab=late"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("/x\r\nset-cookie: a=b", "/"),
    ],
)
def test_nobody_is_sent_away_from_here(path: str, goes: str) -> None:
    assert inside(path) == goes


def test_the_language_follows_the_browser_until_somebody_chooses(
    browser: Browser,
) -> None:
    english = browser.client.get("/", headers={"accept-language": "en-GB,en;q=0.9"})
    assert '<html lang="en">' in english.text
    assert '<html lang="da">' in browser.get("/")

    browser.get("/language/en?back=/", 303)
    assert '<html lang="en">' in browser.get("/")


# ---- providers ----


@pytest.fixture(scope="module")
def identity() -> Iterator[IdentityProvider]:
    with providing() as running:
        yield running


@pytest.fixture
def vouched(opening: Opening, identity: IdentityProvider) -> Browser:
    both = (
        provider("kommune", Authority.MUNICIPALITY, identity.issuer),
        provider("politi", Authority.POLICE, identity.issuer),
    )
    return opening(demo=False, providers=both)


def sent(browser: Browser, name: str) -> str:
    browser.get(f"/login/{name}", 302)
    return str(browser.page.headers["location"])


def back(location: str) -> str:
    url = urlsplit(location)
    return f"{url.path}?{url.query}"


@pytest.mark.parametrize(
    ("name", "actor"),
    [
        ("kommune", "municipality/operations/a17"),
        ("politi", "police/prevention/a17"),
    ],
)
def test_two_providers_vouch_for_their_own_people(
    vouched: Browser, identity: IdentityProvider, name: str, actor: str
) -> None:
    identity.claims("anna", groups=["x", "tryg"], preferred_username="A17")
    page = vouched.get("/login")
    assert {"Login kommune", "Login politi"} <= set(re.findall(r"Login \w+", page))

    vouched.get(back(identity.agree(sent(vouched, name), "anna")), 303)

    assert "a17" in vouched.get("/worklist")
    assert Actor(actor).person == "a17"


def test_a_login_uses_pkce_state_and_nonce(vouched: Browser) -> None:
    asked = parse_qs(urlsplit(sent(vouched, "kommune")).query)

    assert asked["code_challenge_method"] == ["S256"]
    assert asked["response_type"] == ["code"]
    assert all(asked[name][0] for name in ("state", "nonce", "code_challenge"))
    assert asked["redirect_uri"] == [f"{HERE}/login/kommune/back"]


def test_an_answer_with_another_state_logs_nobody_in(
    vouched: Browser, identity: IdentityProvider
) -> None:
    identity.claims("anna", groups=["tryg"], preferred_username="a17")
    location = identity.agree(sent(vouched, "kommune"), "anna")

    page = vouched.get(back(location).replace("state=", "state=x"), 403)

    assert "Du har ikke adgang" in page
    vouched.get("/worklist", 401)


def test_an_answer_counts_once(vouched: Browser, identity: IdentityProvider) -> None:
    identity.claims("anna", groups=["tryg"], preferred_username="a17")
    location = back(identity.agree(sent(vouched, "kommune"), "anna"))
    vouched.get(location, 303)
    vouched.get("/worklist")
    vouched.post("/logout")

    vouched.get(location, 403)


def test_somebody_without_a_unit_is_told_which_claim_is_missing(
    vouched: Browser, identity: IdentityProvider
) -> None:
    identity.claims("bo", groups=["other"], preferred_username="b2")

    page = vouched.get(back(identity.agree(sent(vouched, "kommune"), "bo")), 403)

    assert "Det drejer sig om »groups«." in page


def test_a_provider_that_is_away_is_said_to_be(opening: Opening) -> None:
    gone = provider("kommune", Authority.MUNICIPALITY, "http://127.0.0.1:9")
    browser = opening(demo=False, providers=(gone,))

    page = browser.get("/login/kommune", 503)

    assert "kommune kan ikke nås" in page


@pytest.mark.parametrize(
    ("claims", "missing"),
    [
        ({"groups": ["tryg"]}, "preferred_username"),
        ({"groups": ["tryg"], "preferred_username": "a@b"}, "preferred_username"),
        ({"preferred_username": "a17"}, "groups"),
        ({"groups": "nothing", "preferred_username": "a17"}, "groups"),
    ],
)
def test_claims_that_make_nobody(claims: dict[str, object], missing: str) -> None:
    with pytest.raises(NotVouchedFor) as problem:
        actor_of(provider("kommune", Authority.MUNICIPALITY), claims)

    assert problem.value.missing == missing


def test_no_provider_vouches_for_the_other_authority() -> None:
    crossed = provider("kommune", Authority.MUNICIPALITY).model_copy(
        update={"units": (Unit(value="tryg", unit=Actor("police/prevention")),)}
    )

    with pytest.raises(NotVouchedFor):
        actor_of(crossed, {"groups": "tryg", "preferred_username": "a17"})


def test_the_providers_stand_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "login.toml"
    file.write_text(
        """
[[providers]]
name = "kommune"
da = "Kommunens login"
en = "Login of the municipality"
issuer = "https://login.kommune.example"
client_id = "gadelys"
authority = "municipality"
units = [{ value = "drift", unit = "municipality/operations" }]
""",
        "utf-8",
    )
    settings = Settings(
        data=tmp_path, web_login=file, public_url="https://tryg.kommune.example/"
    )

    site = site_of(settings)

    assert site.is_secure
    assert site.origin == "https://tryg.kommune.example"
    assert [one.name for one in site.providers] == ["kommune"]


@pytest.mark.parametrize("text", ["", "[[providers]]\nname = 1", "= nonsense"])
def test_a_file_of_providers_that_is_wrong_is_refused(
    tmp_path: Path, text: str
) -> None:
    file = tmp_path / "login.toml"
    file.write_text(text, "utf-8")

    with pytest.raises(Refused, match=r"login\.toml"):
        site_of(Settings(data=tmp_path, web_login=file))


def test_every_reading_of_a_case_is_in_the_log(
    operations: Browser, system: Gadelys
) -> None:
    before = system.access.store.last_position()

    operations.get("/cases/2026-04")

    assert system.access.store.last_position() > before
