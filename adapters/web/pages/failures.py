"""What people see when something cannot be done: what, why, and what to do now."""

import secrets
from http import HTTPStatus

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from adapters.web.asked import LoginNeeded, NotOurForm, TooOften
from adapters.web.guard import STATIC
from adapters.web.pages.purpose import asking_for_purpose
from adapters.web.pages.start import login_page
from adapters.web.rendering import is_public, page, rendered, start_of
from adapters.web.statuses import LATER, RETRY_S, status_of
from adapters.web.visiting import KEPT, visitor_of
from domain.errors import Code, DomainError

log = structlog.get_logger()

EXPLAINED = frozenset({400, 403, 404, 405, 409, 412, 413, 429, 500, 503})


def handle_failures(app: FastAPI) -> None:
    """Turn every failure into a page."""
    app.add_exception_handler(DomainError, _refused)
    app.add_exception_handler(LoginNeeded, _login_needed)
    app.add_exception_handler(NotOurForm, _not_our_form)
    app.add_exception_handler(TooOften, _too_often)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(Exception, _unexpected)


def failure(
    request: Request,
    status: HTTPStatus,
    *,
    why: str = "",
    code: str = "",
    error_id: str = "",
) -> HTMLResponse:
    """Return the page of a failure."""
    visitor = visitor_of(request)
    kind = status if status in EXPLAINED else HTTPStatus.BAD_REQUEST
    if visitor.system.settings.public_pages and is_public(request.url.path):
        told = {"kind": str(int(kind)), "error_id": error_id}
        return _waited(
            HTMLResponse(rendered(request, "public_failure.html", told), status)
        )
    answer = page(
        request,
        "failure.html",
        status,
        kind=str(int(kind)),
        why=why,
        code=code,
        error_id=error_id,
        start=start_of(visitor),
    )
    return _waited(answer)


def _waited(answer: HTMLResponse) -> HTMLResponse:
    """Say when to ask again, if that can help."""
    if answer.status_code in LATER:
        answer.headers["Retry-After"] = RETRY_S
    return answer


def _refused(request: Request, refusal: Exception) -> Response:
    if not isinstance(refusal, DomainError):
        raise refusal
    if refusal.code is Code.PURPOSE_MISSING and request.method == "GET":
        query = f"?{request.url.query}" if request.url.query else ""
        back = f"{request.url.path}{query}"
        return asking_for_purpose(request, back, HTTPStatus.FORBIDDEN)
    why, _ = visitor_of(request).texts.refusal(refusal)
    return failure(request, status_of(refusal), why=why, code=str(refusal.code))


def _login_needed(request: Request, needed: Exception) -> Response:
    """Ask to log in; what was typed comes back afterwards, to the same person."""
    visitor = visitor_of(request)
    if isinstance(needed, LoginNeeded) and needed.typed is not None:
        before = visitor.known_before
        visitor.memory[KEPT] = {
            "path": needed.path,
            "typed": needed.typed,
            "actor": str(before) if before else None,
        }
    back = needed.path if isinstance(needed, LoginNeeded) else "/"
    return login_page(request, HTTPStatus.UNAUTHORIZED, back=back)


def _not_our_form(request: Request, _: Exception) -> Response:
    return failure(request, HTTPStatus.FORBIDDEN, code="form")


def _too_often(request: Request, _: Exception) -> Response:
    return failure(request, HTTPStatus.TOO_MANY_REQUESTS)


def _http(request: Request, problem: Exception) -> Response:
    code = problem.status_code if isinstance(problem, HTTPException) else 500
    status = HTTPStatus(code)
    if request.url.path.startswith(STATIC):
        return PlainTextResponse(status.phrase, status)
    return failure(request, status)


def _malformed(request: Request, _: Exception) -> Response:
    return failure(request, HTTPStatus.BAD_REQUEST)


def _unexpected(request: Request, problem: Exception) -> Response:
    """Say under which number the fault can be found; never what it says."""
    error_id = secrets.token_hex(4)
    log.error("page.failed", error_id=error_id, kind=type(problem).__name__)
    return failure(request, HTTPStatus.INTERNAL_SERVER_ERROR, error_id=error_id)
