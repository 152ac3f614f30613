"""The document is true: whatever it allows is answered as it says, and nothing breaks.

Schemathesis makes the requests, right ones and wrong ones, from `/openapi.json`. The
short form is part of the suite; `API_FORM=long` sends at least 20,000.
"""

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed
from hypothesis import settings as examples
from hypothesis.stateful import run_state_machine_as_test
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig
from schemathesis.python.asgi import HOST, get_client

from adapters.persistence.visits import Visits
from adapters.settings import Settings
from adapters.system import Gadelys
from adapters.web.app import web
from adapters.web.site import Site
from tests.web.api.conftest import unhurried
from tests.web.conftest import COORDINATOR

IS_LONG = os.environ.get("API_FORM") == "long"
SEED = 20261122
KEY = {"Authorization": f"Bearer demo.{COORDINATOR}"}
EXAMPLES = 112 if IS_LONG else 1
RUNS, STEPS = (100, 20) if IS_LONG else (2, 5)
THERE = {
    "cases": "2026-04",
    "walks": "AALBORG-OEST-2026-01",
    "publications": "2026-001",
}
REFUSED = ["401", "403", "404", "409", "412", "413", "415", "422", "428"]
CONFIG = {
    "seed": SEED,
    "checks": {
        # What is as described may still be refused, by the rules and with a code.
        "positive_data_acceptance": {"expected-statuses": ["2xx", *REFUSED]},
        "negative_data_rejection": {"expected-statuses": ["400", *REFUSED]},
    },
}
pytestmark = pytest.mark.timeout(7200 if IS_LONG else 600)


@pytest.fixture
def counted() -> Counter[str]:
    """Return how often which status was answered."""
    return Counter()


@pytest.fixture
def schema(
    system: Gadelys, site: Site, settings: Settings, counted: Counter[str]
) -> Iterator[Any]:
    """Return what schemathesis makes of the document."""
    with closing(Visits(settings.visits_file)) as visits:
        open_site = replace(site, hosts=site.hosts | {HOST})
        app = web(system, open_site, visits)
        unhurried(app)
        config = SchemathesisConfig.from_dict(CONFIG)
        found = schemathesis.openapi.from_asgi("/openapi.json", app, config=config)
        yield found.exclude(path="/api/v1/feed/stream")
    print(f"\n{sum(counted.values())} requests: {dict(sorted(counted.items()))}")


def test_whatever_is_asked_is_answered_as_described(
    schema: Any, counted: Counter[str]
) -> None:
    failures: dict[str, str] = {}
    with get_client(schema.app) as client:
        for found in schema.get_all_operations():
            operation = found.ok()
            for name, cases in _ways(operation):
                try:
                    _ask(cases, client, counted)
                except (Exception, BaseExceptionGroup) as problem:  # noqa: BLE001 - all are told
                    failures[f"{operation.label} {name}"] = _told(problem)

    assert failures == {}


def _ways(operation: Any) -> Iterator[tuple[str, Any]]:
    """Yield right requests, wrong ones, and right ones about what is there."""
    for mode in GenerationMode.POSITIVE, GenerationMode.NEGATIVE:
        yield mode.value, operation.as_strategy(generation_mode=mode)
    place = operation.path.split("/")[3]
    if number := THERE.get(place):
        about = {"path_parameters": {"number": number}}
        yield "there", operation.as_strategy(**about, headers={"If-Match": "*"})


def _told(problem: BaseException) -> str:
    parts = getattr(problem, "exceptions", [problem])
    return "\n".join(str(part)[:1500] for part in parts)


def _ask(cases: Any, client: Any, counted: Counter[str]) -> None:
    @seed(SEED)
    @examples(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def ask(case: Any) -> None:
        answer = case.call(session=client, headers=KEY)
        counted[str(answer.status_code)] += 1
        case.validate_response(answer, headers=KEY)

    ask()


def test_what_follows_from_an_answer_is_answered_as_described(
    schema: Any, counted: Counter[str]
) -> None:
    class Following(schema.as_state_machine()):  # type: ignore[misc]
        """Somebody who goes on with what they were answered."""

        def get_call_kwargs(self, case: Any) -> dict[str, Any]:
            return {"headers": KEY}

        def after_call(self, response: Any, case: Any) -> None:
            counted[str(response.status_code)] += 1

    run_state_machine_as_test(
        seed(SEED)(Following),
        settings=examples(
            max_examples=RUNS,
            stateful_step_count=STEPS,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert not any(status.startswith("5") for status in counted)
