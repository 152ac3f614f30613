"""The pages and the interface as `gadelys web` serves them, and who asks for them."""

import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from itertools import count

import httpx2
import uvicorn

from adapters.persistence.visits import Visits
from adapters.system import Gadelys
from adapters.web.app import web
from adapters.web.site import site_of

COORDINATOR = "municipality/walk-coordinator/demo-walk-coordinator"
TOKEN = re.compile(r'name="csrf" value="([^"]+)"')
PATIENCE_S = 60


@contextmanager
def served(system: Gadelys) -> Iterator[str]:
    """Serve an installation as a demo and yield the address; nobody asks too often."""
    settings, minutes = system.settings, count()
    with (
        socket.create_server(("127.0.0.1", 0)) as here,
        closing(Visits(settings.visits_file)) as visits,
    ):
        host = f"127.0.0.1:{here.getsockname()[1]}"
        site = replace(site_of(settings), hosts=frozenset({host}), demo=True)
        app = web(system, site, visits, clock=lambda: next(minutes) * 60.0)
        config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(
            target=server.run, kwargs={"sockets": [here]}, daemon=True
        )
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield f"http://{host}"
        server.should_exit = True
        thread.join()


def program(address: str) -> httpx2.Client:
    """Return a program that asks with the coordinator's key."""
    told = {"Authorization": f"Bearer demo.{COORDINATOR}"}
    return httpx2.Client(base_url=address, headers=told, timeout=PATIENCE_S)


@contextmanager
def person(address: str) -> Iterator[httpx2.Client]:
    """Yield the browser of the coordinator, logged in."""
    with httpx2.Client(base_url=address, timeout=PATIENCE_S) as browser:
        [token] = set(TOKEN.findall(get(browser, "/roles").text))
        taken = {"csrf": token, "actor": COORDINATOR}
        assert browser.post("/demo", data=taken).has_redirect_location
        yield browser


def get(client: httpx2.Client, path: str) -> httpx2.Response:
    """Return an answer that is no refusal."""
    answer = client.get(path)
    answer.raise_for_status()
    return answer
