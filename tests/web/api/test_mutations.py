"""Nothing that is sent makes it fail: each answer is one that the document knows.

The short form is part of the suite; `API_FORM=long` sends 50,000 requests.
"""

import asyncio
import json
import os
from collections import Counter
from contextlib import closing
from typing import Any

import pytest

from adapters.persistence.visits import Visits
from adapters.settings import Settings
from adapters.system import Gadelys
from adapters.web.app import web
from adapters.web.site import Site
from tests.web.api.conftest import PROBLEM, unhurried
from tests.web.api.hostile import Hostile, Request

IS_LONG = os.environ.get("API_FORM") == "long"
SEED = int(os.environ.get("API_SEED", "20261122"))
COUNT = 50_000 if IS_LONG else 600
pytestmark = pytest.mark.timeout(7200 if IS_LONG else 600)


class Answered:
    """What came back for one request."""

    def __init__(self) -> None:
        """Nothing has come yet."""
        self.status = 0
        self.kind = ""
        self.body = b""

    async def __call__(self, message: Any) -> None:
        """Take in one part."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.kind = dict(message["headers"]).get(b"content-type", b"").decode()
        else:
            self.body += message.get("body", b"")


async def _ask(app: Any, request: Request) -> Answered:
    answered, parts = Answered(), [request.body]

    async def receive() -> Any:
        if parts:
            return {"type": "http.request", "body": parts.pop(), "more_body": False}
        return {"type": "http.disconnect"}

    await app(request.scope(), receive, answered)
    return answered


def _is_right(request: Request, answered: Answered) -> bool:
    if not 200 <= answered.status < 500:
        return False
    if answered.status < 400 or not request.scope()["path"].startswith("/api/"):
        return True
    if answered.kind != PROBLEM:
        return False
    return request.method == "HEAD" or json.loads(answered.body)["code"] != ""


def test_whatever_is_sent_is_answered(
    system: Gadelys, site: Site, settings: Settings
) -> None:
    counted: Counter[int] = Counter()
    wrong: list[tuple[Request, int, str]] = []

    async def campaign(app: Any) -> None:
        document = unhurried(app).openapi()
        for request in Hostile(document, SEED).requests(COUNT):
            try:
                answered = await _ask(app, request)
            except Exception as problem:  # noqa: BLE001 - what a server would log
                wrong.append((request, 500, repr(problem)))
                continue
            counted[answered.status] += 1
            if not _is_right(request, answered):
                wrong.append((request, answered.status, answered.body.decode()[:500]))

    with closing(Visits(settings.visits_file)) as visits:
        asyncio.run(campaign(web(system, site, visits)))

    print(f"\n{sum(counted.values())} requests: {dict(sorted(counted.items()))}")
    assert wrong[:5] == []
    assert not any(status >= 500 for status in counted)
