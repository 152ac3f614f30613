"""How long programs wait for the interface, over HTTP on this machine."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial
from itertools import count
from uuid import uuid4

import httpx2
import uvicorn

from adapters.persistence.visits import Visits
from adapters.system import Gadelys
from adapters.web.app import web
from adapters.web.limits import Limiter
from adapters.web.site import site_of
from tests.tools.measuring import Row, least, median_ms, most, p95_ms, seconds

ASKED = 200
MADE = 100
COORDINATOR = "demo.municipality/walk-coordinator/bench"
LAMP = {"category": "LGT-FAIL", "text": "Tre lamper på stien er slukket."}


def programs_wait(system: Gadelys, what: str) -> Iterator[Row]:
    """Yield how long a list, a case and a new case take over HTTP."""
    with _served(system) as client:
        system.catch_up()
        cases = _get(client, "/api/v1/cases").json()["cases"]
        pages: list[Callable[[], object]] = [
            partial(_get, client, f"/api/v1/cases?{query}")
            for query in (["limit=100", "late=true", "status=assigned"] * ASKED)[:ASKED]
        ]
        yield most(f"{what}: JSON list of 100, p95", p95_ms(pages), "ms", 25)
        one = [
            partial(_get, client, f"/api/v1/cases/{case['number']}")
            for case in (cases * ASKED)[:ASKED]
        ]
        yield most(f"{what}: JSON case, p95", p95_ms(one), "ms", 25)
        took = seconds(lambda: [ask() for ask in pages])
        yield least(f"{what}: JSON lists of 100 on one core", ASKED / took, "/s", 40)
        made = median_ms(partial(_post, client), MADE)
        yield most(f"{what}: create over HTTP, p50", made, "ms", 10)


def _get(client: httpx2.Client, path: str) -> httpx2.Response:
    answer = client.get(path)
    answer.raise_for_status()
    return answer


def _post(client: httpx2.Client) -> None:
    headers = {"Idempotency-Key": str(uuid4())}
    client.post("/api/v1/cases", json=LAMP, headers=headers).raise_for_status()


@contextmanager
def _served(system: Gadelys) -> Iterator[httpx2.Client]:
    """Serve it as `gadelys web` does, and yield somebody who asks."""
    settings = system.settings
    here = socket.create_server(("127.0.0.1", 0))
    host = f"127.0.0.1:{here.getsockname()[1]}"
    site = replace(site_of(settings), hosts=frozenset({host}), demo=True)
    with closing(Visits(settings.visits_file)) as visits:
        app = web(system, site, visits)
        minutes = count()
        state = app._app._app._programs.state  # type: ignore[attr-defined]
        state.limiter = Limiter(lambda: next(minutes) * 60.0)
        config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(
            target=server.run, kwargs={"sockets": [here]}, daemon=True
        )
        thread.start()
        while not server.started:
            time.sleep(0.01)
        told = {"Authorization": f"Bearer {COORDINATOR}"}
        with httpx2.Client(base_url=f"http://{host}", headers=told, timeout=60) as one:
            yield one
        server.should_exit = True
        thread.join()
