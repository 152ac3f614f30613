"""What programs can do: ask, give commands, follow what happens."""

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from typer.testing import CliRunner

from adapters.cli import main as program
from adapters.notify.webhooks import source_of
from adapters.settings import Settings
from adapters.system import Gadelys
from adapters.web.api.bodies import body_of
from adapters.web.api.document import bodies
from adapters.web.keys import ApiKey, digest_of, new_key, read_keys
from adapters.web.site import site_of
from domain.delivery.decide import RetryDelivery, SettleDelivery
from domain.errors import Refused
from domain.finding.commands import BY_NAME as FINDING
from domain.publication.commands import BY_NAME as PUBLICATION
from domain.roster.commands import BY_NAME as ROSTER
from domain.values import WITHHELD, Actor
from domain.walk.commands import BY_NAME as WALK
from tests.web.api.conftest import Calling, Program
from tests.web.conftest import COORDINATOR, OPERATIONS, PARTNER, POLICE, Opening

LAMP = {"category": "LGT-FAIL", "text": "Tre lamper på stien er slukket."}
STATED = "2026-04"


def version_of(program: Program, number: str) -> str:
    tag: str = program.get(f"/cases/{number}").headers["etag"]
    return tag


# ---- cases ----


def test_a_list_holds_what_the_page_holds(coordinating: Program) -> None:
    told = coordinating.get("/cases?limit=5").json()

    assert len(told["cases"]) == 5
    assert told["behind"] == 0
    assert [one["due_on"] for one in told["cases"]] == sorted(
        one["due_on"] for one in told["cases"]
    )


def test_pages_follow_each_other_without_a_gap(coordinating: Program) -> None:
    whole = coordinating.get("/cases").json()["cases"]
    found: list[Any] = []
    after = ""
    while True:
        page = coordinating.get(f"/cases?limit=3{after}").json()
        found += page["cases"]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"

    assert found == whole


def test_filters_say_which_cases(coordinating: Program) -> None:
    unit = "municipality/operations"
    own = coordinating.get(f"/cases?unit={unit}").json()["cases"]
    ended = coordinating.get("/cases?status=verified&status=declined").json()["cases"]

    assert own
    assert {one["unit"] for one in own} == {unit}
    assert {one["status"] for one in ended} <= {"verified", "declined"}
    assert coordinating.get("/tally").json()["every"] == len(
        coordinating.get("/cases").json()["cases"]
    )


@pytest.mark.parametrize(
    "query",
    [
        "colour=red",
        "limit=0",
        "limit=201",
        "status=lost",
        "as_of=5",
        "as_of=0001-01-01",
    ],
)
def test_what_is_not_described_is_refused(query: str, coordinating: Program) -> None:
    problem = coordinating.get(f"/cases?{query}", 422).json()

    assert problem["code"] == "bad_input"
    assert problem["faults"]


def test_a_case_tells_its_story_and_its_version(coordinating: Program) -> None:
    answer = coordinating.get(f"/cases/{STATED}")
    told = answer.json()

    assert answer.headers["etag"] == f'"{told["version"]}"'
    assert told["facts"][0]["topic"] == "finding.reported.v1"
    assert told["facts"][-1]["version"] == told["version"]


def test_the_past_is_for_who_may_look_at_it(
    calling: Calling, coordinating: Program
) -> None:
    leader = calling("municipality/unit-leader/u1")
    path = f"/cases/{STATED}?as_of=2026-10-09"

    assert coordinating.get(path, 403).json()["code"] == "not_your_role"
    assert "etag" not in leader.get(path).headers
    now = leader.get(f"/cases/{STATED}").json()
    assert len(leader.get(path).json()["facts"]) < len(now["facts"])
    assert leader.get(f"/cases/{STATED}/history").json()["facts"] == now["facts"]


def test_steps_are_those_of_the_rules(coordinating: Program) -> None:
    told = coordinating.get(f"/cases/{STATED}/steps").json()

    names = {one["name"] for one in told["steps"]}
    assert names == FINDING.keys() - {"report"}
    assert all(one["is_open"] is (one["refused"] is None) for one in told["steps"])


def test_hidden_and_absent_look_the_same(calling: Calling) -> None:
    partner = calling(PARTNER)
    for path in ("", "/history", "/steps", "/duplicates"):
        hidden = partner.get(f"/cases/{STATED}{path}", 404)
        absent = partner.get(f"/cases/2026-99{path}", 404)
        assert hidden.text.replace(STATED, "2026-99") == absent.text

    for match in ("*", '"1"'):
        hidden = partner.post(f"/cases/{STATED}/note", 404, match=match, text="Hej.")
        absent = partner.post("/cases/2026-99/note", 404, match=match, text="Hej.")
        assert hidden.text.replace(STATED, "2026-99") == absent.text


def test_a_case_is_reported_assigned_and_fixed(
    coordinating: Program, operating: Program
) -> None:
    made = coordinating.post("/cases", 201, **LAMP)
    path = made.headers["location"].removeprefix("/api/v1")
    assert made.json()["about"] in path

    done = coordinating.post(
        f"{path}/assign", match=made.headers["etag"], to="municipality/operations"
    )
    operating.post(f"{path}/mark-fixed", match=done.headers["etag"], evidence="photo")

    assert operating.get(path).json()["status"] == "fixed"
    assert made.json()["sealed"]


def test_the_same_key_is_the_same_case(coordinating: Program) -> None:
    key = str(uuid4())
    first = coordinating.post("/cases", 201, key=key, **LAMP)
    again = coordinating.post("/cases", 201, key=key, **LAMP)
    other = {**LAMP, "text": "Noget andet."}

    assert (first.json(), first.headers["location"]) == (
        *(again.json(), again.headers["location"]),
    )
    assert coordinating.post("/cases", 409, key=key, **other).json()["code"] == (
        "command_reused"
    )


def test_the_same_key_is_the_same_answer_though_the_case_moved_on(
    coordinating: Program,
) -> None:
    key, seen = str(uuid4()), version_of(coordinating, STATED)
    first = coordinating.post(f"/cases/{STATED}/note", match=seen, key=key, text="Én.")
    coordinating.post(f"/cases/{STATED}/note", text="To.")
    again = coordinating.post(f"/cases/{STATED}/note", match=seen, key=key, text="Én.")

    assert first.json() == again.json()


def test_who_has_seen_an_older_version_is_told_so(coordinating: Program) -> None:
    seen = version_of(coordinating, STATED)
    coordinating.post(f"/cases/{STATED}/note", match=seen, text="Én.")
    problem = coordinating.post(f"/cases/{STATED}/note", 412, match=seen, text="To.")

    assert problem.json()["code"] == "stale_version"
    assert problem.json()["context"]["current"] == int(seen.strip('"')) + 1
    for strange in ("W/" + seen, "abc", '"x"'):
        coordinating.post(f"/cases/{STATED}/note", 412, match=strange, text="To.")


def test_a_version_must_be_named(coordinating: Program) -> None:
    path = f"/cases/{STATED}/note"
    problem = coordinating.post(path, 428, match=None, text="Én.")

    assert problem.json()["code"] == "precondition_required"


def test_persons_are_asked_about_and_numbers_of_persons_never_taken(
    coordinating: Program,
) -> None:
    path, text = f"/cases/{STATED}/note", "Ring til Anna Hansen."
    problem = coordinating.post(path, 422, text=text).json()
    cpr = coordinating.post(path, 422, text="010190-1234", checked=True).json()

    assert (problem["code"], cpr["code"]) == ("persons_named", "cpr_number")
    mark = problem["marks"][0]
    assert text[mark["start"] : mark["end"]] == "Anna Hansen"
    assert "Anna" not in json.dumps(problem)
    coordinating.post(path, text=text, checked=True)


@pytest.mark.parametrize(
    "body",
    [
        {"to": "municipality/operations", "colour": "red"},
        {"to": 5},
        {},
        {"to": "nobody"},
        {"to": "municipality/operations", "checked": "yes"},
        {"to": "municipality/operations", "at": "0001-01-01T00:00:00Z"},
        {"to": "municipality/operations", "at": "2026-01-01T00:00:00"},
    ],
)
def test_a_body_is_read_strictly(body: dict[str, Any], coordinating: Program) -> None:
    problem = coordinating.post(f"/cases/{STATED}/assign", 422, **body).json()

    assert problem["code"] == "bad_input"
    assert problem["faults"][0]["where"].startswith("body.")


def test_only_json_is_taken(coordinating: Program) -> None:
    url, headers = "/api/v1/cases", dict(coordinating.headers)
    post = coordinating.client.post

    broken = post(
        url, content=b"{", headers={**headers, "content-type": "application/json"}
    )
    other = post(url, data={"text": "x"}, headers=headers)
    large = post(url, json={"text": "x" * 1_000_001}, headers=headers)

    def sent() -> Any:
        yield b'{"text": "'
        for _ in range(11):
            yield b"x" * 100_000

    streamed = post(
        url, content=sent(), headers={**headers, "content-type": "application/json"}
    )
    codes = [one.json()["code"] for one in (broken, other, large, streamed)]
    assert codes == [
        *("not_json", "unsupported_media_type", "body_too_large", "body_too_large"),
    ]
    assert [one.status_code for one in (broken, other, large, streamed)] == [
        *(400, 415, 413, 413)
    ]
    for one in (broken, other, large, streamed):
        coordinating.check(one)


def test_words_are_withheld_as_on_the_pages(calling: Calling) -> None:
    council = calling("municipality/audit/a1")
    told = council.get(f"/cases/{STATED}?for=audit").json()

    assert told["text"] == WITHHELD
    assert council.get(f"/cases/{STATED}", 422).json()["code"] == "purpose_missing"


def test_duplicates_are_suggested(coordinating: Program) -> None:
    near: Any = {**LAMP, "point": {"lat": 57.0412, "lon": 9.9631}}
    first, second = (
        coordinating.post("/cases", 201, **near).json()["about"] for _ in range(2)
    )
    [row] = [
        row
        for row in coordinating.get(f"/cases/{second}/duplicates").json()["rows"]
        if row["number"] == first
    ]

    assert row["metres"] == 0


# ---- walks, texts, offices ----


def test_walks_are_listed_shown_and_reported_on(coordinating: Program) -> None:
    [walk, *_] = coordinating.get("/walks").json()["walks"]
    number = walk["number"]
    whole = coordinating.get(f"/walks/{number}")
    report = coordinating.get(f"/walks/{number}/report").json()

    assert sum(whole.json()["findings"].values()) == len(report["findings"])
    assert whole.headers["etag"] == f'"{whole.json()["version"]}"'
    coordinating.get("/walks/NOWHERE", 404)
    coordinating.post("/walks/NOWHERE/close", 404, match='"3"')


def test_a_walk_is_requested_and_answered(coordinating: Program) -> None:
    made = coordinating.post("/walks/ØST-2/request", match=None, area="Øst")
    done = coordinating.post(
        "/walks/ØST-2/answer", match=made.headers["etag"], accepted=True
    )

    assert done.json()["facts"] == 1
    assert coordinating.get("/walks/ØST-2").json()["area"] == "Øst"


def test_a_text_is_laid_before_both_and_signed(
    calling: Calling, coordinating: Program
) -> None:
    key, text = str(uuid4()), "# Lyset er tændt\n"
    body: Any = {"kind": "message", "title": "Lyset", "document": text}
    made = coordinating.post("/publications", 201, match=None, key=key, **body)
    again = coordinating.post("/publications", 201, match=None, key=key, **body)
    number = made.json()["about"]
    shown = coordinating.get(f"/publications/{number}").json()
    signed = {"content": shown["content"]}
    for one in (coordinating, calling("police/prevention/p1")):
        one.post(f"/publications/{number}/approve", **signed)

    assert again.json() == made.json()
    assert shown["text"] == text
    assert coordinating.get(f"/publications/{number}").json()["status"] == "published"
    coordinating.post(f"/publications/{number}/withdraw", reason="Forkert.")
    assert len(coordinating.get("/publications").json()["publications"]) >= 1


def test_absences_are_noted_and_listed(operating: Program) -> None:
    days: Any = {"first": "2026-11-23", "last": "2026-11-27"}
    operating.post("/roster/note-absence", match=None, absent=OPERATIONS, **days)
    told = operating.get("/roster").json()["absences"]
    operating.post(
        "/roster/end-absence", match=None, absent=OPERATIONS, last="2026-11-24"
    )

    assert OPERATIONS in {one["absent"] for one in told}


def test_messages_and_rules_can_be_seen(operating: Program, system: Gadelys) -> None:
    operating.get("/deliveries?state=given_up&state=sent")
    problem = operating.client.post(
        "/api/v1/deliveries/retry",
        json={"key": "municipality/nowhere", "batch": 1},
        headers=dict(operating.headers),
    )

    assert problem.status_code == 404
    assert operating.get("/register").json()["version"] == system.rules().version


def test_offices_are_for_the_two_authorities(calling: Calling) -> None:
    partner = calling(PARTNER)
    for path in ("/publications", "/roster", "/deliveries", "/register"):
        assert partner.get(path, 403).json()["code"] == "not_your_role"


# ---- the feed ----


def test_the_feed_tells_everything_once_and_no_words(
    coordinating: Program, system: Gadelys
) -> None:
    found: list[Any] = []
    after, more = 0, True
    while more:
        page = coordinating.get(f"/feed?after={after}&limit=50").json()
        found += page["events"]
        after, more = page["next"], page["more"]

    places = [one["data"]["position"] for one in found]
    assert places == sorted(set(places))
    assert after == system.store.last_position()
    text = json.dumps(found, ensure_ascii=False)
    for fact in system.store.after(0):
        words = getattr(fact.event, "text", None)
        assert not words or words not in text
    assert {one["subject"].partition("/")[0] for one in found} <= {
        *("finding", "walk", "publication", "roster", "register", "round")
    }


def test_the_feed_names_the_source_that_webhooks_name(
    coordinating: Program, system: Gadelys
) -> None:
    [first] = coordinating.get("/feed?limit=1").json()["events"]

    assert first["source"] == source_of(system.settings) == "urn:gadelys"


def test_a_partner_follows_their_own_cases_only(
    calling: Calling, coordinating: Program
) -> None:
    partner = calling(PARTNER)
    number = coordinating.post("/cases", 201, **LAMP).json()["about"]
    coordinating.post(f"/cases/{number}/assign", to="partner/housing-organisation")
    told = partner.get("/feed?limit=500").json()
    own = {row["number"] for row in partner.get("/cases").json()["cases"]}

    cases = {
        one["subject"].removeprefix("finding/")
        for one in told["events"]
        if one["subject"].startswith("finding/")
    }
    assert number in own <= cases
    for other in cases:
        partner.get(f"/cases/{other}")


def test_who_sees_no_case_follows_none(calling: Calling) -> None:
    citizen = calling("citizen")
    assert citizen.get("/feed", 403).json()["code"] == "not_your_role"
    assert citizen.get("/feed/stream", 403).json()["code"] == "not_your_role"


def test_what_happens_is_sent_as_it_happens(coordinating: Program) -> None:
    app: Any = coordinating.client.app
    app._app._app._programs.state.streams.longest_s = 0.2
    answer = coordinating.client.get(
        "/api/v1/feed/stream?limit=500",
        headers={**coordinating.headers, "last-event-id": "3"},
    )

    assert answer.headers["content-type"].startswith("text/event-stream")
    events = [one for one in answer.text.split("\n\n") if "data: " in one]
    first = dict(line.split(": ", 1) for line in events[0].splitlines())
    assert int(first["id"]) == json.loads(first["data"])["data"]["position"] > 3


# ---- who calls ----


def test_nobody_is_let_in_without_a_key(calling: Calling) -> None:
    nobody = calling(None)
    answer = nobody.get("/cases", 401)

    assert answer.headers["www-authenticate"].startswith("Bearer")
    for told in ("Bearer x", "Basic eDp4", "Bearer demo.nobody", "Bearer demo.clock/x"):
        nobody.get("/cases", 401, authorization=told)


def test_a_key_acts_as_its_actor_and_is_kept_as_a_digest(
    calling: Calling, tmp_path: Path
) -> None:
    key, file = new_key(), tmp_path / "keys.toml"
    file.write_text(
        f'[[keys]]\nname = "gis"\nactor = "{OPERATIONS}"\n'
        f'sha256 = "{digest_of(key)}"\n',
        "utf-8",
    )
    keys = site_of(Settings(data=tmp_path, web_keys=file)).keys
    program = calling(None, key, keys=keys, demo=False)

    program.get("/cases")
    calling(None, f"{key}x", keys=keys).get("/cases", 401)
    calling(OPERATIONS, keys=keys, demo=False).get("/cases", 401)
    assert keys == (ApiKey(name="gis", actor=Actor(OPERATIONS), sha256=digest_of(key)),)


@pytest.mark.parametrize("text", ["keys = 1", "x", '[[keys]]\nname = "a"', None])
def test_a_file_of_keys_that_cannot_be_used_is_refused(
    text: str | None, tmp_path: Path
) -> None:
    file = tmp_path / "keys.toml"
    if text is not None:
        file.write_text(text, "utf-8")
    with pytest.raises(Refused, match="bad_file"):
        read_keys(file)


def test_who_guesses_keys_has_to_wait(calling: Calling) -> None:
    nobody = calling(None, "guess")
    for _ in range(20):
        nobody.get("/cases", 401)

    assert nobody.get("/cases", 429).headers["retry-after"]


def test_a_visit_may_call_but_changes_things_with_its_token_only(
    opening: Opening,
) -> None:
    browser = opening().log_in(COORDINATOR)
    token = dict(
        part.split('" value="')
        for part in browser.get("/worklist").split('name="')
        if part.startswith("csrf")
    )["csrf"].partition('"')[0]
    url = f"/api/v1/cases/{STATED}/note"

    def note(**headers: str) -> Any:
        return browser.client.post(
            url, json={"text": "Én."}, headers={"if-match": "*", **headers}
        )

    assert browser.client.get("/api/v1/cases").status_code == 200
    assert note().json()["code"] == "csrf_missing"
    assert note(**{"x-csrf-token": token}).status_code == 200
    strange = note(**{"x-csrf-token": token, "origin": "https://elsewhere.example"})
    assert strange.json()["code"] == "foreign_origin"


def test_other_names_and_other_addresses_are_problems_too(
    coordinating: Program,
) -> None:
    client, headers = coordinating.client, dict(coordinating.headers)
    wrong = client.get("/api/v1/cases", headers={**headers, "host": "elsewhere"})
    absent = client.get("/api/v1/nothing", headers=headers)
    method = client.delete("/api/v1/cases", headers=headers)

    assert [one.json()["code"] for one in (wrong, absent, method)] == [
        *("wrong_host", "no_such_address", "method_not_allowed")
    ]
    assert method.headers["allow"]
    for one in (wrong, absent, method):
        coordinating.check(one)


# ---- the document ----


def test_every_command_has_an_address(coordinating: Program) -> None:
    document = coordinating.client.get("/openapi.json").json()
    commands = [*FINDING.values(), *WALK.values(), *ROSTER.values()]
    commands += [*PUBLICATION.values(), RetryDelivery, SettleDelivery]
    sent = {
        operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
        for paths in document["paths"].values()
        for operation in paths.values()
        if "requestBody" in operation
    }
    names = {ref.rpartition("/")[2] for ref in sent}

    assert document["openapi"].startswith("3.1")
    assert names == {one.__name__ for one in bodies()}
    missing = {f"{one.__name__}Body" for one in commands} - names
    assert missing == {"AskForAnswerBody"}
    assert names <= document["components"]["schemas"].keys()


def test_a_body_has_the_fields_of_its_command() -> None:
    for kind in (*FINDING.values(), *WALK.values()):
        own = kind.model_fields.keys() - {"number", "stamp"}
        assert body_of(kind).model_fields.keys() == own | {"at", "checked"}


def test_police_and_municipality_see_the_same_cases(calling: Calling) -> None:
    ours = calling(COORDINATOR).get("/cases").json()["cases"]
    theirs = calling(POLICE).get("/cases").json()["cases"]

    assert {one["number"] for one in ours} == {one["number"] for one in theirs}


def test_the_page_describes_every_address_without_scripts_of_others(
    opening: Opening,
) -> None:
    browser = opening()
    shown = browser.get("/api")
    document = browser.client.get("/openapi.json").json()

    for path, methods in document["paths"].items():
        assert path in shown
        for operation in methods.values():
            assert f'id="{operation["operationId"]}"' in shown
    assert "https://" not in shown


def test_a_key_is_made_on_the_command_line(tmp_path: Path) -> None:
    runner = CliRunner()
    made = runner.invoke(program.app, ["web-key", "gis", "--by", OPERATIONS])
    wrong = runner.invoke(program.app, ["web-key", "GIS!", "--by", OPERATIONS])
    key, _, kept = made.stdout.partition("\n")
    (tmp_path / "keys.toml").write_text(kept, "utf-8")
    [told] = read_keys(tmp_path / "keys.toml")

    assert (told.name, told.actor, told.sha256) == ("gis", OPERATIONS, digest_of(key))
    assert wrong.exit_code == 2
