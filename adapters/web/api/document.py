"""The document that describes the interface (OpenAPI 3.1), for programs and people."""

from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from adapters.web.api.bodies import Described, body_of
from adapters.web.api.cases import NEW_CASE
from adapters.web.api.offices import SEEING_TO
from adapters.web.api.problems import Problem
from adapters.web.api.publications import APPROVAL, NEW_TEXT, WITHDRAWAL
from adapters.web.api.walks import NOT_HERE
from domain.finding.commands import BY_NAME as FINDING
from domain.finding.commands import ReportFinding
from domain.roster.commands import BY_NAME as ROSTER
from domain.walk.commands import BY_NAME as WALK

NULL = {"type": "null"}
ABOUT = """\
Everything the pages can do with cases, walks, texts, the roster and messages.

Commands bring along an `Idempotency-Key` (sent again, the answer is the same) and,
about something that is there, its version in `If-Match`. Every refusal is
`application/problem+json` with a `code` that never changes.
"""
TAGS = {
    "cases": "Sager",
    "walks": "Vandringer",
    "publications": "Tekster, som begge myndigheder underskriver",
    "roster": "Fravær og vikarer",
    "deliveries": "Beskeder, som ingen har fået",
    "rules": "Reglerne",
    "measurements": "Hvad andre har målt",
    "feed": "Hvad der er sket, efter position",
}


def bodies() -> Iterator[type[BaseModel]]:
    """Yield everything that can be sent."""
    yield from (NEW_CASE, NEW_TEXT, APPROVAL, WITHDRAWAL)
    yield from (body_of(one) for one in FINDING.values() if one is not ReportFinding)
    yield from (body_of(one) for one in WALK.values() if one not in NOT_HERE)
    yield from (body_of(one) for one in (*ROSTER.values(), *SEEING_TO.values()))


@cache
def _schemas() -> dict[str, Any]:
    """Return the schemas of what is sent, and of a problem."""
    kinds = [(one, "validation") for one in bodies()]
    _, made = models_json_schema(
        [*kinds, (Problem, "serialization")],  # type: ignore[list-item]
        ref_template="#/components/schemas/{model}",
        schema_generator=Described,
    )
    schemas: dict[str, Any] = made["$defs"]
    return schemas


def described(app: FastAPI) -> dict[str, Any]:
    """Return the document, made once."""
    if app.openapi_schema is None:
        app.openapi_schema = _document(app)
    return app.openapi_schema


def _document(app: FastAPI) -> dict[str, Any]:
    found = get_openapi(
        title="Gadelys",
        version=version("gadelys"),
        description=ABOUT,
        routes=app.routes,
        tags=[{"name": name, "description": text} for name, text in TAGS.items()],
        servers=[{"url": "/"}],
        license_info={"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
    )
    schemas = found["components"]["schemas"]
    for name, schema in _schemas().items():
        schemas.setdefault(name, schema)
    for parameter in _parameters(found):
        parameter["schema"] = _without_null(parameter["schema"])
    for part in _parts(found):
        if (
            part.get("format") == "time"
        ):  # RFC 3339 wants an offset; the rules have none
            part.pop("format")
            part["pattern"] = "^[0-9]{2}:[0-9]{2}:[0-9]{2}$"
    return found


def _parts(value: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - any JSON
    """Yield every object of the document."""
    match value:
        case dict():
            yield value
            for one in value.values():
                yield from _parts(one)
        case list():
            for one in value:
                yield from _parts(one)
        case _:
            return


def _parameters(found: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for operations in found["paths"].values():
        for operation in operations.values():
            yield from operation.get("parameters", ())


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of what may be left out, but cannot be nothing."""
    alternatives = [one for one in schema.get("anyOf", ()) if one != NULL]
    if len(alternatives) != 1:
        return {**schema, "anyOf": alternatives} if alternatives else schema
    rest = {name: value for name, value in schema.items() if name != "anyOf"}
    return {**rest, **alternatives[0]}
