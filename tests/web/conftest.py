"""Browsers without a screen: an application in process, and who uses it."""

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from adapters import system as installation
from adapters.files.importing import import_walk
from adapters.files.shipped import DEFAULT_WALK, shipped
from adapters.persistence.visits import Visits
from adapters.settings import Settings
from adapters.system import Gadelys
from adapters.web.app import web
from adapters.web.site import Site, site_of
from domain.register.model import Register
from tests.conftest import NOON, StandingClock, adopt

HERE = "http://127.0.0.1:8000"
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
COORDINATOR = "municipality/walk-coordinator/demo-walk-coordinator"
OPERATIONS = "municipality/operations/demo-operations"
ROADS = "municipality/roads-operations/demo-roads-operations"
POLICE = "police/prevention/demo-prevention"
PARTNER = "partner/housing-organisation/demo-housing-organisation"


@dataclass
class Browser:
    """One browser: it keeps cookies, and fills in the forms that it was given."""

    client: TestClient
    system: Gadelys
    page: Any = None

    def get(self, path: str, status: int = 200) -> str:
        """Open a page; return what it shows."""
        self.page = self.client.get(path)
        assert self.page.status_code == status, (path, self.page.text)
        return str(self.page.text)

    def post(self, path: str, status: int = 303, **typed: str) -> str:
        """Send the form of the page that is open."""
        hidden = dict(HIDDEN.findall(self.page.text))
        known = {
            name: hidden[name]
            for name in ("csrf", "command_id", "expected_version")
            if name in hidden
        }
        self.page = self.client.post(path, data={**known, **typed})
        assert self.page.status_code == status, (path, self.page.text)
        return str(self.page.text)

    def post_file(self, path: str, body: bytes, status: int = 303, **typed: str) -> str:
        """Send the form of the page that is open, with a file."""
        hidden = dict(HIDDEN.findall(self.page.text))
        known = {
            name: hidden[name] for name in ("csrf", "command_id") if name in hidden
        }
        file = {"photo": ("IMG_4711 Anden person.jpg", body, "image/jpeg")}
        self.page = self.client.post(path, data={**known, **typed}, files=file)
        assert self.page.status_code == status, (path, self.page.text)
        return str(self.page.text)

    def step(self, number: str, verb: str, status: int = 303, **typed: str) -> str:
        """Open the form of a step, fill it in and send it."""
        self.get(f"/cases/{number}/{verb}")
        return self.post(f"/cases/{number}/{verb}", status, **typed)

    def log_in(self, actor: str) -> "Browser":
        """Take a role of the demo."""
        self.get("/roles")
        self.post("/demo", actor=actor)
        return self


@pytest.fixture(scope="session")
def walked(tmp_path_factory: pytest.TempPathFactory, register: Register) -> Path:
    """Return the folder of an installation with the demo walk, to be copied."""
    folder = tmp_path_factory.mktemp("walked") / "data"
    settings = Settings(data=folder)
    installation.migrate(settings)
    with installation.opened(settings, lambda: NOON) as opened:
        adopt(opened, register)
        import_walk(opened, shipped(DEFAULT_WALK))
        opened.catch_up()
    return folder


@pytest.fixture
def settings(tmp_path: Path, walked: Path) -> Settings:
    """Return settings of an installation with the demo walk, for one test alone."""
    folder = tmp_path / "data"
    shutil.copytree(walked, folder)
    return Settings(data=folder, demo=True)


@pytest.fixture
def system(settings: Settings, now: StandingClock) -> Iterator[Gadelys]:
    """Return that installation, open."""
    with installation.opened(settings, now) as opened:
        yield opened


@pytest.fixture
def site(settings: Settings) -> Site:
    """Return how the pages are reached."""
    return site_of(settings)


Opening = Callable[..., Browser]


@pytest.fixture
def opening(system: Gadelys, site: Site, settings: Settings) -> Iterator[Opening]:
    """Return a function that opens one more browser."""
    with closing(Visits(settings.visits_file)) as visits:

        def opened(base: str = HERE, **changed: Any) -> Browser:
            app = web(system, replace(site, **changed) if changed else site, visits)
            client = TestClient(
                app,
                base_url=base,
                follow_redirects=False,
                raise_server_exceptions=False,
                headers={"accept-language": "da"},
            )
            return Browser(client, system)

        yield opened


@pytest.fixture
def browser(opening: Opening) -> Browser:
    """Return a browser in which nobody is logged in."""
    return opening()


@pytest.fixture
def coordinator(opening: Opening) -> Browser:
    """Return the browser of the walk's coordinator."""
    return opening().log_in(COORDINATOR)


@pytest.fixture
def operations(opening: Opening) -> Browser:
    """Return the browser of a caseworker."""
    return opening().log_in(OPERATIONS)
