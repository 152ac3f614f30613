"""The page that describes the interface for programs, from the document itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from adapters.web.rendering import page
from adapters.web.visiting import visitor_of

router = APIRouter(include_in_schema=False)
JSON = "application/json"
"""Only what is sent as JSON is listed field by field."""


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that is sent along: in the address, a header or the body."""

    name: str
    place: str
    kind: str
    required: bool
    about: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One address and what can be done there."""

    name: str
    method: str
    path: str
    summary: str
    about: str
    parts: tuple[Part, ...]
    answers: tuple[tuple[str, str, str], ...]


@router.get("/api")
def interface(request: Request) -> Response:
    """Show what programs can ask and do here."""
    document = request.app.state.document()
    groups = [
        (tag["name"], tag["description"], _operations(document, tag["name"]))
        for tag in document["tags"]
    ]
    return page(
        request,
        "interface.html",
        groups=groups,
        version=document["info"]["version"],
        schemas=_schemas(document),
        demo=visitor_of(request).site.demo,
        origin=visitor_of(request).site.origin,
    )


def _operations(document: dict[str, Any], tag: str) -> list[Operation]:
    return [
        _operation(document, path, method, told)
        for path, methods in document["paths"].items()
        for method, told in methods.items()
        if tag in told["tags"]
    ]


def _operation(
    document: dict[str, Any], path: str, method: str, told: dict[str, Any]
) -> Operation:
    answers = (
        (status, one["description"], _answered(one))
        for status, one in sorted(told["responses"].items())
    )
    return Operation(
        name=told["operationId"],
        method=method.upper(),
        path=path,
        summary=told["summary"],
        about=told.get("description", ""),
        parts=(*_parameters(told), *_fields(document, told)),
        answers=tuple(answers),
    )


def _answered(answer: dict[str, Any]) -> str:
    schemas = (one["schema"] for one in answer.get("content", {}).values())
    return next((_kind(schema) for schema in schemas), "")


def _parameters(told: dict[str, Any]) -> Iterator[Part]:
    for one in told.get("parameters", ()):
        about = one.get("description", "")
        kind = _kind(one["schema"])
        yield Part(one["name"], one["in"], kind, one.get("required", False), about)


def _fields(document: dict[str, Any], told: dict[str, Any]) -> Iterator[Part]:
    content = told.get("requestBody", {}).get("content", {})
    if JSON not in content:
        return
    name = _name(content[JSON]["schema"]["$ref"])
    schema = document["components"]["schemas"][name]
    yield from _properties(schema, "body")


def _properties(schema: dict[str, Any], place: str) -> Iterator[Part]:
    needed = schema.get("required", ())
    for name, part in schema.get("properties", {}).items():
        about = part.get("description", "")
        yield Part(name, place, _kind(part), name in needed, about)


def _schemas(document: dict[str, Any]) -> list[tuple[str, str, list[Part], list[str]]]:
    """Return every shape: its name, what it is, its fields, its values."""
    return [
        (
            name,
            schema.get("description", ""),
            list(_properties(schema, "")),
            [str(one) for one in schema.get("enum", ())],
        )
        for name, schema in sorted(document["components"]["schemas"].items())
        if not name.endswith("Body")
    ]


def _name(ref: str) -> str:
    return ref.rpartition("/")[2]


def _kind(schema: dict[str, Any]) -> str:
    """Return in a few words what may stand there."""
    if "$ref" in schema:
        return _name(schema["$ref"])
    if alternatives := schema.get("anyOf"):
        return " | ".join(dict.fromkeys(map(_kind, alternatives)))
    kind = str(schema.get("format") or schema.get("type", "any"))
    if kind == "array":
        return f"[{_kind(schema.get('items', {}))}]"
    return kind
