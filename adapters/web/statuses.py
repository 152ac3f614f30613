"""Which status an answer has that refuses, on pages and for programs alike."""

from collections.abc import Mapping
from http import HTTPStatus

from adapters.errors import Unavailable
from domain.errors import Conflict, DomainError, NotAllowed, NotFound, Refused

STATUS_OF: Mapping[type[DomainError], HTTPStatus] = {
    NotFound: HTTPStatus.NOT_FOUND,
    NotAllowed: HTTPStatus.FORBIDDEN,
    Conflict: HTTPStatus.CONFLICT,
    Refused: HTTPStatus.UNPROCESSABLE_ENTITY,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}
LATER = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
"""What can be asked again, and is told when."""

RETRY_S = "30"


def status_of(refusal: DomainError) -> HTTPStatus:
    """Return the status of an answer that refuses."""
    kinds = (status for kind, status in STATUS_OF.items() if isinstance(refusal, kind))
    return next(kinds, HTTPStatus.UNPROCESSABLE_ENTITY)
