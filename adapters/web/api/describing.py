"""How an address is described: which problems it has, and what is sent to it."""

from typing import Any

from pydantic import BaseModel

from adapters.web.api.problems import PROBLEM_JSON

ALWAYS = (401, 429, 503)
MEANT: dict[int, str] = {
    400: "The body is no JSON.",
    401: "No key, no visit, or one that is not known.",
    403: "Not the caller's role or case.",
    404: "Not there, or not for the caller.",
    409: "The key stands for another command, or the case is in the way.",
    412: "The version in `If-Match` is not the one that is there.",
    413: "The body is too large.",
    415: "The body is not `application/json`.",
    422: "The request is not as described, or the rules refuse it.",
    428: "`If-Match` is missing.",
    429: "Too many requests.",
    503: "Something is away; the same request may be sent again.",
}
Described = dict[int | str, dict[str, Any]]


def problems(*statuses: int) -> Described:
    """Return the problems of an address, as the document has them."""
    said = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {
        status: {"description": MEANT[status], "content": {PROBLEM_JSON: said}}
        for status in sorted({*ALWAYS, *statuses})
    }


READING = problems(403, 404, 422)
GIVING = problems(400, 403, 404, 409, 412, 413, 415, 422, 428)
TAGGED = {
    "ETag": {
        "description": "the version; it comes back in `If-Match`",
        "schema": {"type": "string", "pattern": '^"[0-9]+"$'},
    }
}


def tagged(description: str) -> dict[str, Any]:
    """Return the description of an answer that tells its version."""
    return {"description": description, "headers": TAGGED}


def made(place: str, **follows: str) -> dict[str, Any]:
    """Return the description of an answer about something new.

    Args:
        place: the question that shows it.
        follows: other operations by a name, which take its number as well.
    """
    links = {
        name: {
            "operationId": operation,
            "parameters": {"path.number": "$response.body#/about"},
        }
        for name, operation in {"show": place, **follows}.items()
    }
    return {**tagged("The receipt"), "links": links}


def seen(description: str, **follows: str) -> dict[str, Any]:
    """Return the description of something shown, and of what can be done with it."""
    links = {
        name: {
            "operationId": operation,
            "parameters": {
                "path.number": "$response.body#/number",
                "header.If-Match": "$response.header.ETag",
            },
        }
        for name, operation in follows.items()
    }
    return {**tagged(description), "links": links}


def sent(kind: type[BaseModel], example: object = None) -> dict[str, Any]:
    """Return the description of a body; its schema is put into the document later."""
    said: dict[str, Any] = {"schema": {"$ref": f"#/components/schemas/{kind.__name__}"}}
    if example is not None:
        said["example"] = example
    return {"requestBody": {"required": True, "content": {"application/json": said}}}


def sentence(text: str | None) -> str:
    """Return the first line of a docstring without its full stop."""
    return (text or "").strip().partition("\n")[0].rstrip(".")


def path_of(name: str) -> str:
    """Return a command's name as it stands in an address."""
    return name.replace("_", "-")
