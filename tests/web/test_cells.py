"""Role by page by action: what a browser gets is what the table of permissions says.

Every route of the pages has its cells here; a new route without any is a failure. Who
is who, and how they stand to the case, is taken from the tests of the command line;
what follows from it is the table's. Three outcomes count: let in, refused, and not
there, which nobody can tell from a case that is hidden.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi.routing import iter_route_contexts
from starlette.testclient import TestClient
from typing_extensions import override

from adapters import police
from adapters import system as installation
from adapters.files.documents import document_of
from adapters.persistence.visits import Visit, new_token
from adapters.settings import Settings
from adapters.standing import documents_of
from adapters.web.adding import Sent, add_photo
from adapters.web.forms import FORMS, Kind
from adapters.web.limits import Limiter
from adapters.web.pages.claims import PATH as CLAIMS
from adapters.web.reading import PURPOSE
from adapters.web.rendering import PUBLIC
from adapters.web.walk_forms import WALK_FORMS
from domain.access import WORKING
from domain.delivery.decide import BeginDelivery, GiveUpDelivery
from domain.finding.commands import BY_NAME as FINDING
from domain.finding.commands import AssignFinding, ReportFinding
from domain.messages import Stamp, derived_id
from domain.permissions.asking import ACTIONS
from domain.permissions.standing import NEW
from domain.permissions.table import may_any
from domain.permissions.viewing import Extent, extent, sight
from domain.permissions.words import Action, Compartment, Relation, Role
from domain.police.commands import AddPoliceNote
from domain.police.events import NoteKind
from domain.publication.commands import DraftPublication
from domain.publication.events import Form, PublicationKind
from domain.register.model import Overseer, Register
from domain.values import CLOCK, Actor, Shows
from domain.walk.commands import BY_NAME as WALK_COMMANDS
from domain.walk.commands import RequestWalk
from tests.adapters.test_cli import COORDINATOR, EVERY_OPTION, LIGHTING, NUMBER
from tests.adapters.test_permissions import (
    ANNA,
    AUTHORITY,
    RULES_SAY_NO_TOO,
    WALK,
    WALK_OPTIONS,
    Person,
)
from tests.adapters.test_pictures import picture
from tests.adapters.test_reading import EVERYBODY
from tests.conftest import StandingClock, adopt
from tests.web.conftest import HERE
from tests.web.desk import DAY, Reopened

TEXT = "2025-001"
NOWHERE = "2025-99"
VERIFIER, ADMIN = "municipality/verifiers", "municipality/it-operations"
MORE = (
    Person(VERIFIER, {Role.VERIFIER}, {AUTHORITY}, {AUTHORITY}, {AUTHORITY}),
    Person(ADMIN, {Role.ADMIN}),
)
VISITOR = Person("", set())
SHOWN = ('<p class="state">', 'id="notes-title"')
"""What stands on each page about a case, or its notes, that somebody may see."""

STAFF = ("municipality/", "police/")
WHOEVER = (*EVERYBODY, *MORE, VISITOR)
Rule = Callable[[Person], str]
IN, REFUSED, ABSENT, LOGIN = "in", "refused", "absent", "login"


# ---- what the table says ----


def asked(
    who: Person, action: Action, stands: set[Relation], where: Compartment
) -> bool:
    return may_any(who.roles, action, where, stands).allowed


def known(rule: Rule) -> Rule:
    """Return a rule for whoever is logged in; others are sent to log in."""
    return lambda who: rule(who) if who.name else LOGIN


def anybody(_: Person) -> str:
    return IN


def allowed(*actions: Action, to: str = "", where: str = "shared") -> Rule:
    def rule(who: Person) -> str:
        stands = {Relation.OTHER} if not to else set(NEW)
        stands = getattr(who, to) if to.startswith("to_") else stands
        place = Compartment(where)
        fine = all(asked(who, action, stands, place) for action in actions)
        return IN if fine else REFUSED

    return known(rule)


def of_staff(rule: Rule = anybody) -> Rule:
    """Return a rule of the two authorities and of who looks on there."""

    def checked(who: Person) -> str:
        shares = asked(who, Action.READ_CASE, {Relation.OTHER}, Compartment.SHARED)
        is_staff = who.name.startswith(STAFF) and shares
        return rule(who) if is_staff else REFUSED

    return known(checked)


def of_case(*actions: Action, words: bool = False) -> Rule:
    """Return a rule of a case: hidden from who may not see it, else by the table."""

    def rule(who: Person) -> str:
        seen = sight(who.roles, Action.READ_CASE, who.to_case)
        if not seen.facts or (words and not seen.words):
            return ABSENT
        fine = all(
            asked(who, action, who.to_case, Compartment.SHARED) for action in actions
        )
        return IN if fine else REFUSED

    return known(rule)


def of_lists(action: Action = Action.READ_CASE) -> Rule:
    def rule(who: Person) -> str:
        return REFUSED if extent(who.roles, action) is Extent.NONE else IN

    return known(rule)


def of_the_past(who: Person) -> str:
    both = (Action.READ_CASE, Action.READ_HISTORY)
    return (
        IN
        if all(extent(who.roles, one) is not Extent.NONE for one in both)
        else REFUSED
    )


def both(*rules: Rule) -> Rule:
    """Return what is let in when each of some rules does."""

    def rule(who: Person) -> str:
        found = [one(who) for one in rules]
        return next((one for one in found if one != IN), IN)

    return rule


def of_notes(action: Action | None = None) -> Rule:
    def rule(who: Person) -> str:
        seen = sight(who.roles, Action.READ_CASE, {Relation.OTHER}, Compartment.POLICE)
        if action is None:
            return IN if seen.words else REFUSED
        own = set(NEW)
        return IN if asked(who, action, own, Compartment.POLICE) else REFUSED

    return known(rule)


def of_rosters(who: Person) -> str:
    notes = asked(who, Action.NOTE_ABSENCE, set(Relation), Compartment.SHARED)
    return IN if notes else of_staff()(who)


def of_drafts(who: Person) -> str:
    fine = asked(who, Action.PROPOSE_TEXT, {Relation.OTHER}, Compartment.SHARED)
    return IN if fine else ABSENT


def of_deliveries(who: Person) -> str:
    is_theirs = who.name.startswith("municipality/")
    stands = {Relation.OWN_AUTHORITY} if is_theirs else {Relation.OTHER}
    fine = asked(who, Action.SETTLE_DELIVERY, stands, Compartment.SHARED)
    return IN if fine else REFUSED


# ---- what is tried ----


@dataclass(frozen=True)
class Cell:
    """One request and what the table says of it for each person.

    `rule` is for what the rules of a case may refuse besides; `by_facts` for what is
    let in only if something was stored.
    """

    route: str
    path: str
    expects: Rule
    sent: Mapping[str, str] | None = None
    rule: bool = False
    by_facts: bool = False
    file: bytes = b""

    @property
    def method(self) -> str:
        return self.route.partition(" ")[0]


PLAN = {
    "area": "Øst",
    "starts_at": "2025-04-09T17:00",
    "ends_at": "2025-04-09T19:00",
    f"owners.{LIGHTING}": "1",
    "follow_up_on": "2025-05-09",
    "groups.residents": "1",
    "walk_on": "2025-04-09",
    "accepted": "1",
}
NOTED = {"text": "Det blæser.", "checked": "1"}
SEEN = {"expected_version": "3", "checked": "1"}


def filled(name: str) -> dict[str, str]:
    """Return what is typed into the form of a step."""
    needed = (one for one in FORMS[name] if one.required)
    told = {one.name: EVERY_OPTION.get(one.name, "1") for one in needed}
    days = {one.name for one in FORMS[name] if one.kind is Kind.MOMENT}
    return {**told, **dict.fromkeys(days, "2025-03-10T11:30"), **SEEN}


def steps() -> Iterator[Cell]:
    for name in FORMS:
        path, expects = name.replace("_", "-"), of_case(ACTIONS[FINDING[name]])
        rule = name in RULES_SAY_NO_TOO
        get, post = "GET /cases/{number}/{verb}", "POST /cases/{number}/{verb}"
        yield Cell(get, f"/cases/{NUMBER}/{path}", expects, rule=rule)
        yield Cell(post, f"/cases/{NUMBER}/{path}", expects, filled(name), rule)


def walk_steps() -> Iterator[Cell]:
    for name in WALK_FORMS:
        if name == "request":
            continue
        expects = of_staff(allowed(ACTIONS[WALK_COMMANDS[name]]))
        path = f"/walks/{WALK}/step/{name.replace('_', '-')}"
        told = {**WALK_OPTIONS, **PLAN, "checked": "1"}
        yield Cell("GET /walks/{number}/step/{verb}", path, expects)
        yield Cell("POST /walks/{number}/step/{verb}", path, expects, told)


def open_to_all() -> Iterator[Cell]:
    for path in ("/", "/roles", "/accessibility", "/login", "/api"):
        yield Cell(f"GET {path}", path, anybody)
    yield Cell("GET /reports/style.css", "/reports/style.css", anybody)
    yield Cell("GET /language/{lang}", "/language/en", anybody)
    yield Cell("GET /login/{name}", "/login/nobody", lambda _: ABSENT)
    yield Cell("GET /login/{name}/back", "/login/nobody/back", lambda _: ABSENT)
    yield Cell("POST /demo", "/demo", lambda _: ABSENT, {"actor": "nobody"})
    yield Cell("GET /felt", "/felt", anybody)
    yield Cell("GET /felt/sw.js", "/felt/sw.js", anybody)


def of_one_s_own() -> Iterator[Cell]:
    """Yield what belongs to whoever is logged in, and tells of no case."""
    mine = known(anybody)
    for path in ("/settings", "/purpose"):
        yield Cell(f"GET {path}", path, mine)
    yield Cell("POST /settings", "/settings", mine, {"keys": "on"})
    yield Cell("POST /purpose", "/purpose", mine, {"purpose": "audit", "back": "/"})
    yield Cell("GET /palette", f"/palette?q={NUMBER}", mine)
    yield Cell("GET /palette/found", f"/palette/found?q={NUMBER}", mine)
    yield Cell("POST /worklist/saved", "/worklist/saved", mine, {"name": "Min"})
    forget = "/worklist/saved/forget"
    yield Cell(f"POST {forget}", forget, mine, {"saved": "Min"})
    yield Cell("GET /several/result", "/several/result", mine)
    box = "south=57&west=9.9&north=57.1&east=10"
    yield Cell("GET /map/grid", f"/map/grid?{box}", mine)
    tiles = "GET /map/tiles/{z}/{x}/{y}"
    yield Cell(tiles, "/map/tiles/1/1/1", lambda who: ABSENT if who.name else REFUSED)
    yield Cell("GET /cases/{number}/undo/last", f"/cases/{NUMBER}/undo/last", mine)


def of_cases(content: str, jpeg: bytes) -> Iterator[Cell]:
    case, words = f"/cases/{NUMBER}", of_case(words=True)
    yield Cell("GET /cases/{number}", case, of_case())
    yield Cell("POST /cases/{number}/undo/last", f"{case}/undo/last", of_case(), SEEN)
    noting = of_case(Action.NOTE)
    photos = "/cases/{number}/photos"
    yield Cell(f"GET {photos}", f"{case}/photos", noting)
    shown = {"shows": "before"}
    yield Cell(f"POST {photos}", f"{case}/photos", noting, shown, file=jpeg)
    yield Cell(f"GET {photos}/{{content}}.jpg", f"{case}/photos/{content}.jpg", words)
    yield Cell("GET /cases/{number}/police", f"{case}/police", of_notes())
    verbs = "POST /cases/{number}/police/{verb}"
    for verb, action in (
        ("note", Action.NOTE),
        ("share", Action.PROPOSE_SHARING),
        ("approve", Action.APPROVE_SHARING),
    ):
        told = {**NOTED, "nth": "1", "content": "0" * 64}
        # Who proposed the words is no second person.
        rule = verb == "approve"
        yield Cell(verbs, f"{case}/police/{verb}", of_notes(action), told, rule)
    for path in ("/worklist", "/worklist/print", "/worklist/news", "/map"):
        seen = "?seen=0" if path.endswith("news") else ""
        yield Cell(f"GET {path}", f"{path}{seen}", of_lists())
    handed = both(of_lists(), allowed(Action.EXPORT_CASE))
    yield Cell("GET /worklist/export.csv", "/worklist/export.csv", handed)
    several = {"verb": "note", "case": NUMBER, f"expected.{NUMBER}": "3", "save": "1"}
    asking = f"/several?verb=note&case={NUMBER}"
    yield Cell("GET /several", asking, of_case())
    yield Cell("POST /several", "/several", noting, {**several, **NOTED}, by_facts=True)


def of_new_things() -> Iterator[Cell]:
    new = {**NOTED, "category": "LGT-FAIL"}
    reporting = allowed(Action.REPORT, to="new")
    yield Cell("GET /report", "/report", reporting)
    yield Cell("POST /report", "/report", reporting, new)
    walking = of_staff(allowed(Action.REPORT, Action.NOTE, to="new"))
    yield Cell("GET /felt/", "/felt/", walking)
    yield Cell("POST /felt/", "/felt/", walking, new)
    yield Cell("GET /felt/adgang", "/felt/adgang", walking)
    finding = "PUT /felt/fund/{command_id}"
    yield Cell(finding, f"/felt/fund/{uuid4()}", walking, {"seen_at": DAY.isoformat()})
    photo = "PUT /felt/sager/{number}/foto/{command_id}"
    noting = both(walking, of_case(Action.NOTE))
    yield Cell(photo, f"/felt/sager/{NUMBER}/foto/{uuid4()}", noting, {})
    asking = allowed(Action.REQUEST_WALK, to="new")
    yield Cell("GET /walks/new", "/walks/new", asking)
    walk = {"number": "V-2025-09", "area": "Vest"}
    yield Cell("POST /walks/new", "/walks/new", asking, walk)


def of_walks() -> Iterator[Cell]:
    one, reading = f"/walks/{WALK}", of_staff(allowed(Action.READ_CASE))
    yield Cell("GET /walks", "/walks", reading)
    for part in ("", "/paper", "/board"):
        yield Cell(f"GET /walks/{{number}}{part}", f"{one}{part}", reading)
    leading = of_staff(allowed(Action.RUN_WALK))
    stop = {"name.1": "Tunnelen", "lat.1": "57,04", "lon.1": "9,93", "do": "save"}
    yield Cell("GET /walks/{number}/route", f"{one}/route", leading)
    yield Cell("POST /walks/{number}/route", f"{one}/route", leading, stop)
    writing = of_staff(allowed(Action.PROPOSE_TEXT))
    minutes = {"title": "Referat", "text": "Vi gik.", "checked": "1"}
    yield Cell("GET /walks/{number}/minutes", f"{one}/minutes", writing)
    yield Cell("POST /walks/{number}/minutes", f"{one}/minutes", writing, minutes)


def of_offices(content: str) -> Iterator[Cell]:
    for path in ("/administration", "/deliveries"):
        yield Cell(f"GET {path}", path, of_staff())
    yield Cell("GET /approvals", "/approvals", of_staff(of_lists()))
    yield Cell("GET /publications/{number}", f"/publications/{TEXT}", of_staff())
    files = "GET /publications/{number}/files"
    yield Cell(files, f"/publications/{TEXT}/files", known(of_drafts))
    none = f"/publications/{TEXT}/files/none.txt"
    yield Cell(f"{files}/{{name:path}}", none, known(lambda _: ABSENT))
    telling = of_staff(both(allowed(Action.PROPOSE_TEXT), of_case()))
    learning, path = "/cases/{number}/learning", f"/cases/{NUMBER}/learning"
    told = {"title": "Lys", "text": "Lamperne er skiftet.", "checked": "1"}
    yield Cell(f"GET {learning}", path, telling)
    yield Cell(f"POST {learning}", path, telling, told)
    signing = of_staff(allowed(Action.APPROVE_TEXT, to="to_text"))
    signed = {"content": content}
    approve, withdraw = (
        "publications/{number}/approve",
        "publications/{number}/withdraw",
    )
    yield Cell(f"POST /{approve}", f"/publications/{TEXT}/approve", signing, signed)
    told = {"reason": "Forkert.", "checked": "1"}
    yield Cell(f"POST /{withdraw}", f"/publications/{TEXT}/withdraw", signing, told)
    yield Cell("GET /roster", "/roster", known(of_rosters))
    away = {"absent": ANNA, "first": "2025-03-17", "last": "2025-03-21"}
    noting = both(known(of_rosters), allowed(Action.NOTE_ABSENCE, to="to_anna"))
    yield Cell("POST /roster", "/roster", noting, away)
    for verb in ("retry", "settle"):
        told = {"key": f"{LIGHTING}/1", "reason": "Ringet op.", "checked": "1"}
        path = f"/deliveries/{verb}"
        yield Cell("POST /deliveries/{verb}", path, of_staff(of_deliveries), told)


def of_reports() -> Iterator[Cell]:
    reading = allowed(Action.READ_REPORT)
    year = "from=2025-01-01&to=2025-03-10"
    yield Cell("GET /reports", "/reports", reading)
    yield Cell("GET /reports/council", f"/reports/council?{year}", reading)
    inside = allowed(Action.READ_REPORT, Action.READ_CASE)
    yield Cell("GET /reports/council", f"/reports/council?{year}&internal=1", inside)
    name = "GET /reports/council/{name}"
    yield Cell(name, f"/reports/council/none.txt?{year}", known(_absent_or(reading)))
    walk = "GET /reports/walks/{number}"
    yield Cell(walk, f"/reports/walks/{WALK}", reading)
    none = known(_absent_or(reading))
    yield Cell(f"{walk}/{{name}}", f"/reports/walks/{WALK}/none.txt", none)
    yield Cell("GET /reports/measurements", "/reports/measurements", reading)
    lay, period = "/reports/council/lay", {"from": "2025-01-01", "to": "2025-03-10"}
    building = allowed(Action.READ_REPORT, Action.BUILD_REPORT)
    yield Cell(f"GET {lay}", lay, reading)
    yield Cell(f"POST {lay}", lay, building, period)


def _absent_or(rule: Rule) -> Rule:
    return lambda who: ABSENT if rule(who) == IN else rule(who)


def of_history() -> Iterator[Cell]:
    past = known(of_the_past)
    yield Cell("GET /history", "/history", past)
    yield Cell("GET /history/worklist", "/history/worklist", past)
    yield Cell("GET /history/facts", "/history/facts", past)
    report = both(past, allowed(Action.READ_REPORT))
    yield Cell("GET /history/walks/{number}", f"/history/walks/{WALK}", report)
    case, one = "GET /history/cases/{number}", f"/history/cases/{NUMBER}"
    proved = of_case(Action.READ_HISTORY, Action.READ_PROOFS)
    yield Cell(case, one, proved)
    yield Cell(f"{case}/compare", f"{one}/compare", of_case(Action.READ_HISTORY))
    yield Cell(f"{case}/facts/{{version}}", f"{one}/facts/1", proved)
    handed = of_case(Action.READ_HISTORY, Action.EXPORT_CASE, Action.READ_PROOFS)
    yield Cell(f"{case}/export.{{kind}}", f"{one}/export.json", handed)


def of_the_public() -> Iterator[Cell]:
    """Yield what is published: it asks nobody who they are."""
    yield Cell("GET /robots.txt", "/robots.txt", anybody)
    for part in (
        *("", "/", "/vandringer", "/udgivelser", "/erfaringer", "/tilgaengelighed"),
        *("/privatliv", "/strategi"),
    ):
        yield Cell(f"GET {PUBLIC}{part}", f"{PUBLIC}{part}", anybody)
    hidden = (
        ("/vandringer/{number}", f"/vandringer/{WALK}"),
        ("/vandringer/{number}/nyt.xml", f"/vandringer/{WALK}/nyt.xml"),
        ("/udgivelser/{number}", f"/udgivelser/{TEXT}"),
        ("/udgivelser/{number}/fil", f"/udgivelser/{TEXT}/fil"),
        ("/udgivelser/{number}/fil/{name:path}", f"/udgivelser/{TEXT}/fil/1.md"),
    )
    for part, path in hidden:
        yield Cell(f"GET {PUBLIC}{part}", f"{PUBLIC}{path}", lambda _: ABSENT)


def sees_to_roles(who: Person) -> str:
    actions = (Action.PROPOSE_ROLES, Action.GRANT_ROLES)
    fine = any(
        asked(who, action, {Relation.OTHER}, where)
        for action in actions
        for where in Compartment
    )
    return IN if fine else REFUSED


def of_claims() -> Iterator[Cell]:
    for method, sent in (("GET", None), ("POST", {"claims": "{}"})):
        yield Cell(f"{method} {CLAIMS}", CLAIMS, known(sees_to_roles), sent)


def every_cell(content: str, photo: str, jpeg: bytes) -> Iterator[Cell]:
    yield from open_to_all()
    yield from of_one_s_own()
    yield from of_cases(photo, jpeg)
    yield from steps()
    yield from of_new_things()
    yield from of_walks()
    yield from walk_steps()
    yield from of_offices(content)
    yield from of_reports()
    yield from of_the_public()
    yield from of_claims()
    yield from of_history()
    yield Cell("POST /logout", "/logout", anybody, {})  # the last: then it is over


# ---- the installation ----


class Desk(Reopened):
    """Pages that are as before for each form that was taken."""

    @override
    def settings(self) -> Settings:
        data = self._folder
        police_data = data / "of-police"
        return Settings(
            data=data, police_data=police_data, demo=True, public_pages=True
        )

    @override
    def open(self) -> None:
        super().open()
        minutes = count()
        pages = self.app._app._app._pages
        pages.state.limiter = Limiter(lambda: next(minutes) * 60.0)
        self.pages = pages

    def outcome(self, who: Person, cell: Cell) -> tuple[str, str]:
        """Ask as somebody; return what came of it, and what was shown."""
        before = self.system.store.last_position()
        answer = self._ask(who, cell)
        stored = self.system.store.last_position() != before
        self.as_before(before)
        named = {401: LOGIN, 403: REFUSED, 404: ABSENT}
        found = named.get(answer.status_code, IN)
        if found == ABSENT and any(one in answer.text for one in SHOWN):
            found = IN  # of the case; something else that was named is not there
        shown = " ".join(re.findall(r"alert-text\">(.*?)<", answer.text))
        assert answer.status_code < 500, (cell.path, shown)
        if cell.by_facts and found == IN and not stored:
            found = REFUSED
        return found, answer.text

    def _ask(self, who: Person, cell: Cell) -> Any:
        visit = Visit(
            new_token(), DAY, DAY, Actor.parse(who.name) if who.name else None
        )
        if who.name and not who.roles & WORKING:
            visit.memory[PURPOSE] = "audit"
        self.visits.keep(visit)
        client = TestClient(
            self.app, HERE, follow_redirects=False, raise_server_exceptions=False
        )
        client.cookies.set("gadelys", visit.token)
        told = {**(cell.sent or {}), "csrf": visit.csrf, "command_id": str(uuid4())}
        match cell.method:
            case "GET":
                return client.get(cell.path)
            case "PUT":
                headers = {"x-csrf-token": visit.csrf}
                return client.put(
                    cell.path, json=dict(cell.sent or {}), headers=headers
                )
            case _:
                files = {"photo": ("a.jpg", cell.file)} if cell.file else None
                return client.post(cell.path, data=told, files=files)


def stamp(name: str, by: str = COORDINATOR) -> Stamp:
    return Stamp(by=Actor.parse(by), at=DAY, command_id=derived_id("cells", name))


@dataclass(frozen=True)
class Made:
    """The installation that every person is shown, and what lies in it."""

    folder: Path
    content: str
    photo: str
    jpeg: bytes


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, register: Register) -> Made:
    """Return an installation with one of each thing that pages show."""
    folder = tmp_path_factory.mktemp("cells") / "data"
    settings = Settings(data=folder, police_data=folder / "of-police", demo=True)
    looking = [
        Overseer(id=Actor(VERIFIER), role="verifier", da="Kontrol", en="Verifiers"),
        Overseer(id=Actor(ADMIN), role="admin", da="It-drift", en="IT operations"),
    ]
    told = register.model_dump(by_alias=True)
    told["overseers"] = [*register.overseers, *looking]
    installation.migrate(settings)
    jpeg = picture()
    with installation.opened(settings, StandingClock(DAY)) as system:
        adopt(system, Register.model_validate(told))
        document = document_of(b"# Lys\n", Form.MD, "document")
        content = documents_of(system).keep(document)
        lamp = "To lamper er slukket."
        commands = (
            ReportFinding(
                number=NUMBER, category="LGT-FAIL", text=lamp, stamp=stamp("report")
            ),
            AssignFinding(number=NUMBER, to=Actor(LIGHTING), stamp=stamp("assign")),
            RequestWalk(number=WALK, area="Øst", theme="Lys", stamp=stamp("walk")),
            DraftPublication(
                number=TEXT,
                kind=PublicationKind.MESSAGE,
                title="Lys",
                content=content,
                form=Form.MD,
                stamp=stamp("text"),
            ),
        )
        for command in commands:
            system.ask(command)
        given_up(system)
        add_photo(system, NUMBER, Sent(jpeg, Shows.BEFORE), stamp("photo"))
        note = AddPoliceNote(
            number=NUMBER,
            text="Kun for os.",
            kind=NoteKind.NOTE,
            stamp=stamp("note", "police/prevention"),
        )
        police.ask(system, note)
        system.catch_up()
        facts = system.store.load(f"finding/{NUMBER}")  # type: ignore[arg-type]
        photo = str(getattr(facts[-1].event, "content"))  # noqa: B009 - a photo
    return Made(folder, str(content), photo, jpeg)


def given_up(system: installation.Gadelys) -> None:
    """Let a message to the lighting reach nobody."""
    clock = Actor(CLOCK)
    begun = {"key": LIGHTING, "recipient": Actor(LIGHTING), "until": 1}
    ids: tuple[UUID, ...] = (derived_id("cells", "notice"),)
    at = Stamp(by=clock, at=DAY, command_id=derived_id("cells", "begin"))
    system.submit(BeginDelivery(stamp=at, notices=ids, **begun))  # type: ignore[arg-type]
    at = Stamp(by=clock, at=DAY, command_id=derived_id("cells", "give up"))
    system.submit(GiveUpDelivery(stamp=at, key=LIGHTING, batch=1))


@pytest.fixture
def desk(made: Made, tmp_path: Path) -> Iterator[Desk]:
    """Return it, for one person alone."""
    with ExitStack() as stack:
        yield Desk(made.folder, tmp_path / "data", stack)


# ---- the tests ----


def test_every_route_has_its_cells(made: Made, desk: Desk) -> None:
    routes = {
        f"{method} {context.path}"
        for context in iter_route_contexts(desk.pages.routes)
        for method in context.methods or ()
        if method != "HEAD"
    }

    tried = {one.route for one in every_cell(made.content, made.photo, made.jpeg)}

    assert routes == tried


@pytest.mark.parametrize("who", WHOEVER, ids=lambda who: str(who.name or "visitor"))
def test_each_page_is_for_whom_the_table_says(
    who: Person, made: Made, desk: Desk
) -> None:
    wrong = []
    for cell in every_cell(made.content, made.photo, made.jpeg):
        found, shown = desk.outcome(who, cell)
        expected = cell.expects(who)
        if found != expected and not (cell.rule and found == REFUSED):
            wrong.append((cell.route, cell.path, found, expected))
        elif expected == ABSENT and f"/{NUMBER}" in cell.path:
            path = cell.path.replace(NUMBER, NOWHERE)
            _, nothing = desk.outcome(who, replace(cell, path=path))
            assert alike(shown) == alike(nothing), cell

    assert wrong == []


def alike(page: str) -> str:
    """Return a page without the number, and without what each visit has of its own."""
    blind = re.sub(r"[0-9a-f]{64}|[0-9a-f-]{36}", "", page)
    return blind.replace(NOWHERE, NUMBER)
