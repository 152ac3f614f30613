"""Programs are asked the table, too: somebody of each role tries every command.

Who is who, and how they stand to the case, is taken from the tests of the command
line; what follows from it is the table's.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from typing_extensions import override

from adapters import system as installation
from adapters.settings import Settings
from adapters.web.api.describing import path_of
from adapters.web.api.walks import NOT_HERE
from domain.access import WORKING
from domain.errors import Code
from domain.finding.commands import BY_NAME as FINDING
from domain.permissions.asking import ACTIONS, MAKES_NEW
from domain.permissions.table import may_any
from domain.permissions.viewing import extent, sight
from domain.permissions.words import Action, Compartment, Relation
from domain.register.model import Register
from domain.values import WITHHELD
from domain.walk.commands import BY_NAME as WALK
from tests.adapters.test_cli import COORDINATOR, EVERY_OPTION, LIGHTING, NUMBER
from tests.adapters.test_permissions import (
    ANNA,
    PEOPLE,
    RULES_SAY_NO_TOO,
    WALK_OPTIONS,
    Person,
)
from tests.adapters.test_permissions import WALK as WALK_NUMBER
from tests.adapters.test_reading import EVERYBODY
from tests.conftest import StandingClock, adopt
from tests.web.api.conftest import Program, unhurried
from tests.web.conftest import HERE
from tests.web.desk import DAY, Reopened

TEXT = "To lamper er slukket."
NOWHERE = "2025-99"
REFUSED = {"not_your_role", "not_your_case"}
PLAN = {
    "area": "Øst",
    "starts_at": "2025-03-09T17:00:00+01:00",
    "ends_at": "2025-03-09T19:00:00+01:00",
}
OTHERWISE: dict[str, Any] = {
    "called_at": "2025-03-10T11:30:00+01:00",
    "plan": PLAN,
    "accepted": True,
    "groups": ["residents"],
    "informed": 3,
    "reason_code": "budget",
    "stops": [{"name": "Tunnelen", "lat": 57.0264, "lon": 9.9989}],
}
WHOEVER = pytest.mark.parametrize("who", EVERYBODY, ids=lambda who: str(who.name))


@dataclass(frozen=True)
class Try:
    """One command as it is sent, its action, and to what."""

    path: str
    body: dict[str, Any]
    action: Action
    to: str
    rule: bool = False


class Desk(Reopened):
    """An installation that is as before for each command that was taken."""

    @override
    def open(self) -> None:
        super().open()
        unhurried(self.app)

    def program(self, who: str) -> Program:
        client = TestClient(self.app, HERE, raise_server_exceptions=False)
        return Program(client, {"authorization": f"Bearer demo.{who}"})

    def code(self, who: str, path: str, body: dict[str, Any]) -> str:
        """Give a command; return why it was refused, if it was."""
        before = self.system.store.last_position()
        answer = self.program(who).client.post(
            f"/api/v1{path}",
            json=body,
            headers={"authorization": f"Bearer demo.{who}", "if-match": "*"},
        )
        self.as_before(before)
        return str(answer.json().get("code", ""))

    def get(self, who: Person, path: str) -> Any:
        """Ask; who has no work here says what for."""
        mark = "&" if "?" in path else "?"
        purpose = "" if who.roles & WORKING else f"{mark}for=audit"
        return self.program(who.name).client.get(
            f"/api/v1{path}{purpose}",
            headers={"authorization": f"Bearer demo.{who.name}"},
        )


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, register: Register) -> Path:
    """Return an installation with a case of the lighting, a walk and a draft."""
    folder = tmp_path_factory.mktemp("table")
    settings = Settings(data=folder / "made", demo=True)
    installation.migrate(settings)
    with installation.opened(settings, StandingClock(DAY)) as system:
        adopt(system, register)
    with ExitStack() as stack:
        desk = Desk(settings.data, folder / "used", stack)
        desk.open = lambda: None  # type: ignore[method-assign]
        for path, body in (
            ("/cases", {"number": NUMBER, "category": "LGT-FAIL", "text": TEXT}),
            (f"/cases/{NUMBER}/assign", {"to": LIGHTING}),
            (f"/walks/{WALK_NUMBER}/request", {"area": "Øst", "theme": "Lys"}),
            (
                "/publications",
                {
                    "number": "2025-001",
                    "kind": "message",
                    "title": "Lys",
                    "document": "# Lys\n",
                },
            ),
        ):
            assert desk.code(COORDINATOR, path, body) == ""
        desk.system.catch_up()
    return folder / "used"


@pytest.fixture
def desk(prepared: Path, tmp_path: Path) -> Iterator[Desk]:
    """Return it, for one person alone."""
    with ExitStack() as stack:
        yield Desk(prepared, tmp_path / "data", stack)


def body_of(kind: Any) -> dict[str, Any]:
    """Return what must be sent for a command."""
    needed = [
        name
        for name, field in kind.model_fields.items()
        if field.is_required() and name not in {"number", "stamp"}
    ]
    known = {**EVERY_OPTION, **WALK_OPTIONS, **OTHERWISE}
    return {name: known[name] for name in needed}


def every_command(content: str) -> Iterator[Try]:
    """Yield each command that has an address."""
    for name, kind in FINDING.items():
        if name == "report":
            new = {"number": "2025-77", **body_of(kind)}
            yield Try("/cases", new, Action.REPORT, "new")
            continue
        path = f"/cases/{NUMBER}/{path_of(name)}"
        rule = name in RULES_SAY_NO_TOO
        yield Try(path, body_of(kind), ACTIONS[kind], "to_case", rule)
    for name, asked in WALK.items():
        if asked.NAME not in {one.NAME for one in NOT_HERE}:
            path = f"/walks/{WALK_NUMBER}/{path_of(name)}"
            yield Try(path, body_of(asked), ACTIONS[asked], "to_walk")
    text = {"kind": "message", "title": "Nyt", "document": "# Nyt\n"}
    yield Try("/publications", text, Action.PROPOSE_TEXT, "new")
    for name, body in (
        ("approve", {"content": content}),
        ("withdraw", {"reason": "Forkert."}),
    ):
        path = f"/publications/2025-001/{name}"
        yield Try(path, body, Action.APPROVE_TEXT, "to_text")
    days = {"absent": ANNA, "first": "2025-03-17", "last": "2025-03-21"}
    yield Try("/roster/note-absence", days, Action.NOTE_ABSENCE, "to_anna")
    back = {"absent": ANNA, "last": "2025-03-19"}
    yield Try("/roster/end-absence", back, Action.NOTE_ABSENCE, "to_anna")


def allowed(who: Person, action: Action, stands: set[Relation]) -> bool:
    return may_any(who.roles, action, Compartment.SHARED, stands).allowed


@pytest.mark.parametrize("who", PEOPLE, ids=lambda who: str(who.name))
def test_each_command_is_for_whom_the_table_says(who: Person, desk: Desk) -> None:
    content = desk.program(COORDINATOR).get("/publications/2025-001").json()["content"]
    sees = sight(who.roles, Action.READ_CASE, who.to_case).facts
    wrong = []
    for one in every_command(content):
        stands = (
            {Relation.OWN, Relation.OWN_AUTHORITY}
            if one.to == "new"
            else getattr(who, one.to)
        )
        code = desk.code(who.name, one.path, {"checked": True, **one.body})
        assert code not in {"bad_input", "precondition_required"}, one
        hidden = one.to == "to_case" and not sees and not _makes_new(one)
        refused = code in ({Code.UNKNOWN_FINDING} if hidden else REFUSED)
        is_allowed = allowed(who, one.action, stands)
        if refused is is_allowed and not (is_allowed and (one.rule or hidden)):
            wrong.append((one.path, code, is_allowed))

    assert wrong == []


def _makes_new(one: Try) -> bool:
    name = one.path.rpartition("/")[2].replace("-", "_")
    return FINDING.get(name) in MAKES_NEW


@WHOEVER
def test_a_case_is_shown_to_whom_the_table_says(who: Person, desk: Desk) -> None:
    seen = sight(who.roles, Action.READ_CASE, who.to_case)
    past = allowed(who, Action.READ_HISTORY, who.to_case)
    for path in ("", "/steps", "/duplicates", "?as_of=2025-03-11", "/history"):
        needs_past = path in {"?as_of=2025-03-11", "/history"}
        answer = desk.get(who, f"/cases/{NUMBER}{path}")
        if not seen.facts:
            nothing = desk.get(who, f"/cases/{NOWHERE}{path}")
            assert answer.status_code == 404
            assert answer.text.replace(NUMBER, NOWHERE) == nothing.text
        elif needs_past and not past:
            assert answer.json()["code"] == Code.NOT_YOUR_ROLE
        else:
            assert answer.status_code == 200
            words = TEXT if seen.words else WITHHELD
            shown = answer.json()
            assert shown.get("text", words) == words
            assert seen.words or TEXT not in answer.text


@WHOEVER
def test_lists_are_for_whom_the_table_says(who: Person, desk: Desk) -> None:
    reach = extent(who.roles, Action.READ_CASE)
    cases, tally, feed = (desk.get(who, one) for one in ("/cases", "/tally", "/feed"))
    past = desk.get(who, "/cases?as_of=2025-03-11")
    if reach == "none":
        for answer in (cases, tally, feed):
            assert answer.json()["code"] == Code.NOT_YOUR_ROLE
    else:
        seen = reach != "assigned"
        assert len(cases.json()["cases"]) == tally.json()["every"] == int(seen)
        told = {one["subject"] for one in feed.json()["events"]}
        assert (f"finding/{NUMBER}" in told) is seen
        assert TEXT not in feed.text
    has_past = extent(who.roles, Action.READ_HISTORY) != "none"
    assert (past.status_code == 200) is has_past


@WHOEVER
def test_everything_else_is_for_whom_the_table_says(who: Person, desk: Desk) -> None:
    for path, action in (
        (f"/walks/{WALK_NUMBER}", Action.READ_CASE),
        ("/walks", Action.READ_CASE),
        (f"/walks/{WALK_NUMBER}/report", Action.READ_REPORT),
    ):
        refused = desk.get(who, path).status_code == 403

        assert refused is not allowed(who, action, {Relation.OTHER}), path
