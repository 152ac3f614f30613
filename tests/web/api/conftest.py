"""Programs that call: each acts as somebody, with a key of the demo."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from adapters.persistence.visits import Visits
from adapters.settings import Settings
from adapters.system import Gadelys
from adapters.web.app import web
from adapters.web.limits import Limiter
from adapters.web.site import Site
from tests.web.conftest import COORDINATOR, HERE, OPERATIONS

V1 = "/api/v1"
PROBLEM = "application/problem+json"


@dataclass
class Program:
    """One program; `headers` go along with everything it sends."""

    client: TestClient
    headers: Mapping[str, str]

    def get(self, path: str, status: int = 200, **headers: str) -> Any:
        """Ask; return the answer, of which the status is looked at."""
        answer = self.client.get(f"{V1}{path}", headers={**self.headers, **headers})
        assert answer.status_code == status, (path, answer.status_code, answer.text)
        self.check(answer)
        return answer

    def post(
        self,
        path: str,
        status: int = 200,
        *,
        match: str | None = "*",
        key: str | None = None,
        **body: Any,
    ) -> Any:
        """Give a command; return the answer."""
        sent = {**self.headers, "Idempotency-Key": key or str(uuid4())}
        if match is not None:
            sent["If-Match"] = match
        answer = self.client.post(f"{V1}{path}", headers=sent, json=body)
        assert answer.status_code == status, (path, answer.status_code, answer.text)
        self.check(answer)
        return answer

    @staticmethod
    def check(answer: Any) -> None:
        """See that a refusal is a problem document, and nothing else is."""
        is_problem = answer.headers["content-type"] == PROBLEM
        assert is_problem is (answer.status_code >= 400), answer.headers
        if is_problem:
            told = answer.json()
            assert told["status"] == answer.status_code
            assert told["type"] == f"urn:gadelys:problem:{told['code']}"


def unhurried(app: Any) -> Any:
    """Let the interface for programs take as many requests as come; return it."""
    programs = app._app._app._programs
    minutes = count()
    programs.state.limiter = Limiter(lambda: next(minutes) * 60.0)
    programs.state.streams.longest_s = 0.0
    return programs


Calling = Callable[..., Program]


@pytest.fixture
def calling(system: Gadelys, site: Site, settings: Settings) -> Iterator[Calling]:
    """Return a function that makes one more program, acting as somebody."""
    with closing(Visits(settings.visits_file)) as visits:

        def made(actor: str | None, key: str | None = None, **changed: Any) -> Program:
            app = web(system, replace(site, **changed) if changed else site, visits)
            client = TestClient(app, base_url=HERE, raise_server_exceptions=False)
            told = key or (f"demo.{actor}" if actor else None)
            headers = {"accept-language": "en"}
            if told:
                headers["authorization"] = f"Bearer {told}"
            return Program(client, headers)

        yield made


@pytest.fixture
def coordinating(calling: Calling) -> Program:
    """Return a program that acts as the walk's coordinator."""
    return calling(COORDINATOR)


@pytest.fixture
def operating(calling: Calling) -> Program:
    """Return a program that acts as a caseworker."""
    return calling(OPERATIONS)
