"""Every refusal as a problem document (RFC 9457), with a code that never changes."""

import secrets
from collections.abc import Mapping, Sequence
from enum import StrEnum
from http import HTTPStatus

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import Field, ValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from adapters.texts import Texts
from adapters.web import statuses
from adapters.web.asked import TooOften
from adapters.web.visiting import visitor_of
from domain.errors import Code, Conflict, DomainError, Refused
from domain.values import Value

log = structlog.get_logger()
PROBLEM_JSON = "application/problem+json"
TYPE = "urn:gadelys:problem:"
MOVED_ON = frozenset({Code.STALE_VERSION})
"""Conflicts with the version that was named in `If-Match`."""


class Trouble(StrEnum):
    """What is wrong with a request before any rule is asked; stable codes."""

    NOT_JSON = "not_json"
    UNAUTHENTICATED = "unauthenticated"
    CSRF_MISSING = "csrf_missing"
    FOREIGN_ORIGIN = "foreign_origin"
    NO_SUCH_ADDRESS = "no_such_address"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    BODY_TOO_LARGE = "body_too_large"
    UNSUPPORTED_MEDIA_TYPE = "unsupported_media_type"
    WRONG_HOST = "wrong_host"
    PRECONDITION_REQUIRED = "precondition_required"
    TOO_MANY_REQUESTS = "too_many_requests"
    INTERNAL_ERROR = "internal_error"


STATUS: Mapping[Trouble, HTTPStatus] = {
    Trouble.NOT_JSON: HTTPStatus.BAD_REQUEST,
    Trouble.UNAUTHENTICATED: HTTPStatus.UNAUTHORIZED,
    Trouble.CSRF_MISSING: HTTPStatus.FORBIDDEN,
    Trouble.FOREIGN_ORIGIN: HTTPStatus.FORBIDDEN,
    Trouble.NO_SUCH_ADDRESS: HTTPStatus.NOT_FOUND,
    Trouble.METHOD_NOT_ALLOWED: HTTPStatus.METHOD_NOT_ALLOWED,
    Trouble.BODY_TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Trouble.UNSUPPORTED_MEDIA_TYPE: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    Trouble.WRONG_HOST: HTTPStatus.MISDIRECTED_REQUEST,
    Trouble.PRECONDITION_REQUIRED: HTTPStatus.PRECONDITION_REQUIRED,
    Trouble.TOO_MANY_REQUESTS: HTTPStatus.TOO_MANY_REQUESTS,
    Trouble.INTERNAL_ERROR: HTTPStatus.INTERNAL_SERVER_ERROR,
}
OF_STATUS: Mapping[int, Trouble] = {
    400: Trouble.NOT_JSON,
    404: Trouble.NO_SUCH_ADDRESS,
    405: Trouble.METHOD_NOT_ALLOWED,
    413: Trouble.BODY_TOO_LARGE,
}
OF_GUARD: Mapping[HTTPStatus, Trouble] = {
    HTTPStatus.MISDIRECTED_REQUEST: Trouble.WRONG_HOST,
    HTTPStatus.FORBIDDEN: Trouble.FOREIGN_ORIGIN,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: Trouble.BODY_TOO_LARGE,
}


class Fault(Value):
    """One part of a request that is wrong; never what stood there."""

    where: str = Field(description="`body.reason`, `query.limit`, `header.if-match`")
    kind: str = Field(description="what is wrong: `missing`, `extra_forbidden`, …")


class Mark(Value):
    """Where in a text of the request somebody may be named."""

    field: str
    kind: str
    start: int
    end: int


class Problem(Value):
    """Why something was not done (RFC 9457). `code` never changes; build upon it."""

    type: str = Field(pattern=rf"^{TYPE}[a-z0-9_]+$")
    title: str
    status: int = Field(ge=400, le=599)
    detail: str
    code: str = Field(pattern=r"^[a-z0-9_]+$")
    context: dict[str, str | int | list[str] | None] = Field(
        default_factory=dict, description="ids, states and dates"
    )
    faults: tuple[Fault, ...] = Field(
        default=(), description="with the code `bad_input`: what to mend"
    )
    marks: tuple[Mark, ...] = Field(
        default=(), description="with the code `persons_named`: what to look at"
    )


class NotDone(Exception):
    """A request that no rule has looked at, and why."""

    def __init__(self, trouble: Trouble) -> None:
        """Say what is wrong with it."""
        super().__init__(trouble)
        self.trouble = trouble


class BadInput(Exception):
    """Parts of a request are not what the document describes."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        """Keep what is wrong and where."""
        super().__init__("bad_input")
        self.faults = tuple(faults)


class Named(Exception):
    """A text may name somebody: its author has to look at it once more."""

    def __init__(self, marks: Sequence[Mark]) -> None:
        """Keep where."""
        super().__init__("persons_named")
        self.marks = tuple(marks)


def handle_problems(app: FastAPI) -> None:
    """Turn every failure into a problem document."""
    app.add_exception_handler(DomainError, _refused)
    app.add_exception_handler(NotDone, _not_done)
    app.add_exception_handler(BadInput, _bad_input)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(Named, _named)
    app.add_exception_handler(TooOften, _too_often)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


def faults_of(
    problem: ValidationError | RequestValidationError, *where: str
) -> list[Fault]:
    """Return what is wrong in which part, without what stood there."""
    return [
        Fault(where=".".join(map(str, (*where, *fault["loc"]))), kind=fault["type"])
        for fault in problem.errors()
    ]


def short_answer(trouble: Trouble, texts: Texts, **context: str) -> Response:
    """Return the answer to a request that no rule has looked at."""
    status = STATUS[trouble]
    said = Problem(
        type=f"{TYPE}{trouble}",
        title=texts.word("problem", str(trouble)),
        status=status,
        detail=texts.word("problem_hint", str(trouble)),
        code=trouble,
        context=dict(context),
    )
    return _answer(said, texts)


def status_of(refusal: DomainError) -> HTTPStatus:
    """Return the status of a refusal; of a stale version 412."""
    if isinstance(refusal, Conflict) and refusal.code in MOVED_ON:
        return HTTPStatus.PRECONDITION_FAILED
    return statuses.status_of(refusal)


def _answer(problem: Problem, texts: Texts) -> Response:
    headers = {"Content-Language": texts.lang, "Cache-Control": "no-store"}
    if problem.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = 'Bearer realm="gadelys"'
    if problem.status in statuses.LATER:
        headers["Retry-After"] = statuses.RETRY_S
    return Response(
        problem.model_dump_json(),
        problem.status,
        media_type=PROBLEM_JSON,
        headers=headers,
    )


def _said(
    refusal: DomainError,
    texts: Texts,
    *,
    faults: Sequence[Fault] = (),
    marks: Sequence[Mark] = (),
) -> Response:
    status = status_of(refusal)
    why, _ = texts.refusal(refusal)
    said = Problem(
        type=f"{TYPE}{refusal.code}",
        title=texts.word("problem_of", str(int(status))),
        status=status,
        detail=why,
        code=refusal.code,
        context={name: _plain(value) for name, value in refusal.context.items()},
        faults=tuple(faults),
        marks=tuple(marks),
    )
    return _answer(said, texts)


def _plain(value: object) -> str | int | list[str] | None:
    match value:
        case None | int():
            return value
        case list() | tuple() | set() | frozenset():
            return [str(one) for one in value]
        case _:
            return str(value)


def _refused(request: Request, refusal: Exception) -> Response:
    if not isinstance(refusal, DomainError):
        raise refusal
    return _said(refusal, visitor_of(request).texts)


def _not_done(request: Request, problem: Exception) -> Response:
    trouble = problem.trouble if isinstance(problem, NotDone) else Trouble.NOT_JSON
    return short_answer(trouble, visitor_of(request).texts)


def _bad_input(request: Request, problem: Exception) -> Response:
    faults = problem.faults if isinstance(problem, BadInput) else ()
    return _with_faults(request, faults)


def _malformed(request: Request, problem: Exception) -> Response:
    if not isinstance(problem, RequestValidationError):
        raise problem
    return _with_faults(request, faults_of(problem))


def _with_faults(request: Request, faults: Sequence[Fault]) -> Response:
    field = ", ".join(dict.fromkeys(fault.where for fault in faults))
    refusal = Refused(Code.BAD_INPUT, field=field)
    return _said(refusal, visitor_of(request).texts, faults=faults)


def _named(request: Request, problem: Exception) -> Response:
    marks = problem.marks if isinstance(problem, Named) else ()
    refusal = Refused(Code.PERSONS_NAMED)
    return _said(refusal, visitor_of(request).texts, marks=marks)


def _too_often(request: Request, _: Exception) -> Response:
    return short_answer(Trouble.TOO_MANY_REQUESTS, visitor_of(request).texts)


def _http(request: Request, problem: Exception) -> Response:
    code = problem.status_code if isinstance(problem, HTTPException) else 400
    trouble = OF_STATUS.get(code, Trouble.NOT_JSON)
    answer = short_answer(trouble, visitor_of(request).texts)
    if isinstance(problem, HTTPException) and problem.headers:
        answer.headers.update(problem.headers)
    return answer


def _unexpected(request: Request, problem: Exception) -> Response:
    """Say under which number the fault can be found; never what it says."""
    error_id = secrets.token_hex(4)
    log.error("api.failed", error_id=error_id, kind=type(problem).__name__)
    texts = visitor_of(request).texts
    return short_answer(Trouble.INTERNAL_ERROR, texts, error_id=error_id)
