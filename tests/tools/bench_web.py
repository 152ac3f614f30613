"""How long programs wait for the interface, over HTTP on this machine."""

from collections.abc import Callable, Iterator
from functools import partial
from uuid import uuid4

import httpx2

from adapters.system import Gadelys
from tests.tools.measuring import Row, median_ms, most, p95_ms, rate_on_one_core
from tests.tools.served import get, program, served

ASKED = 200
MADE = 100
LAMP = {"category": "LGT-FAIL", "text": "Tre lamper på stien er slukket."}


def programs_wait(system: Gadelys, what: str) -> Iterator[Row]:
    """Yield how long a list, a case and a new case take over HTTP."""
    with served(system) as address, program(address) as client:
        system.catch_up()
        cases = get(client, "/api/v1/cases").json()["cases"]
        pages: list[Callable[[], object]] = [
            partial(get, client, f"/api/v1/cases?{query}")
            for query in (["limit=100", "late=true", "status=assigned"] * ASKED)[:ASKED]
        ]
        yield most(f"{what}: JSON list of 100, p95", p95_ms(pages), "ms", 25)
        one = [
            partial(get, client, f"/api/v1/cases/{case['number']}")
            for case in (cases * ASKED)[:ASKED]
        ]
        yield most(f"{what}: JSON case, p95", p95_ms(one), "ms", 25)
        yield rate_on_one_core(f"{what}: JSON lists of 100", pages, 40)
        made = median_ms(partial(report, client), MADE)
        yield most(f"{what}: create over HTTP, p50", made, "ms", 10)


def report(client: httpx2.Client) -> None:
    """Report a finding."""
    headers = {"Idempotency-Key": str(uuid4())}
    client.post("/api/v1/cases", json=LAMP, headers=headers).raise_for_status()
