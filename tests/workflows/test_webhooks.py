"""Receivers on the web, told by workflows: once each, however often it takes."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from typing_extensions import override

from adapters import system as installation
from adapters.bootstrap import dispatcher_of, working
from adapters.settings import Settings
from adapters.system import Gadelys
from adapters.temporal.client import Client
from adapters.temporal.times import SameTime
from domain.delivery.decide import RetryDelivery
from domain.delivery.events import DeliveryEvent, DeliveryGivenUp, DeliverySent
from domain.finding.commands import ReportFinding
from domain.messages import Stamp, derived_id
from domain.register.model import Register
from domain.values import CITIZEN
from tests.conftest import adopt
from tests.workflows.month import COORDINATOR
from tests.workflows.servers import client_of, new_namespace
from workflows.webhook import Webhook

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
REPORTED = "finding.reported.v1"


@dataclass
class Web:
    """A receiver that answers with each of `answers`, then with 204."""

    answers: list[int]
    port: int = 0
    heard: list[dict[str, Any]] = field(default_factory=list)


@contextmanager
def receiving(*answers: int) -> Iterator[Web]:
    web = Web(list(answers))

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            told = json.loads(body)
            web.heard.append({**told, "webhook-id": self.headers["webhook-id"]})
            self.send_response(web.answers.pop(0) if web.answers else 204)
            self.end_headers()

        @override
        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    web.port = server.server_port
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield web
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def told_to(
    web: Web,
    settings: Settings,
    register: Register,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Gadelys]:
    """Return an installation whose reports go to `web`."""
    monkeypatch.setenv("ESDH_SECRET", SECRET)
    file = tmp_path / "webhooks.toml"
    file.write_text(
        "[[receiver]]\n"
        f'name = "esdh"\nurl = "http://127.0.0.1:{web.port}/"\n'
        f'secret_env = "ESDH_SECRET"\ntopics = ["{REPORTED}"]\n'
        'authority = "municipality"\n'
    )
    own = settings.model_copy(update={"webhooks": file, "webhook_allow_private": True})
    installation.migrate(own)
    with installation.opened(own) as system:
        adopt(system, register)
        yield system


def report(system: Gadelys) -> str:
    """Report something; return the id of the workflow that must tell of it."""
    stamp = Stamp(by=CITIZEN, at=system.now(), command_id=derived_id("hook"))
    system.submit(
        ReportFinding(
            stamp=stamp, number="2026-01", category="LGT-FAIL", text="Mørkt her."
        )
    )
    return f"webhook/esdh/{derived_id(stamp.command_id, 1)}"


async def ended(client: Client, workflow_id: str) -> int:
    told: int = await client.get_workflow_handle_for(Webhook.run, workflow_id).result()
    return told


def became(system: Gadelys) -> list[DeliveryEvent]:
    facts = system.store.after(0, 1000)
    return [fact.event for fact in facts if isinstance(fact.event, DeliveryEvent)]


async def test_a_receiver_that_stumbles_is_told_once(
    settings: Settings,
    register: Register,
    skipping_address: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = await client_of(skipping_address, new_namespace())
    with (
        receiving(500) as web,
        told_to(web, settings, register, tmp_path, monkeypatch) as system,
    ):
        name = report(system)
        async with working(system, client, SameTime()):
            dispatcher = dispatcher_of(system, client, SameTime())
            await dispatcher.dispatch()
            assert await ended(client, name) == 1
            await dispatcher.redispatch([])

        assert len(web.heard) == 2
        assert all(one["type"].endswith(REPORTED) for one in web.heard)
        assert len({one["webhook-id"] for one in web.heard}) == 1
        assert "Mørkt" not in json.dumps(web.heard, ensure_ascii=False)
        assert [type(one) for one in became(system)][-1] is DeliverySent


async def test_what_a_receiver_refused_leaves_when_a_person_says_so(
    settings: Settings,
    register: Register,
    skipping_address: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = await client_of(skipping_address, new_namespace())
    with (
        receiving(400) as web,
        told_to(web, settings, register, tmp_path, monkeypatch) as system,
    ):
        name = report(system)
        async with working(system, client, SameTime()):
            dispatcher = dispatcher_of(system, client, SameTime())
            await dispatcher.dispatch()
            assert await ended(client, name) == 0
            given_up = [e for e in became(system) if isinstance(e, DeliveryGivenUp)]
            stream = next(
                fact.stream
                for fact in system.store.after(0, 1000)
                if fact.event == given_up[0]
            )
            stamp = Stamp(
                by=COORDINATOR, at=system.now(), command_id=derived_id("again")
            )
            key = stream.removeprefix("delivery/")
            system.submit(RetryDelivery(stamp=stamp, key=key, batch=1))
            while await dispatcher.dispatch():
                pass
            assert await ended(client, name) == 1

        assert len(web.heard) == 2
        assert [type(one) for one in became(system)][-1] is DeliverySent
