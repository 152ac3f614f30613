"""What is in the way of a form: fields, words that may name somebody, or a rule."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from adapters.web.asking import Marked, PersonsNamed
from adapters.web.building import BadFields
from adapters.web.statuses import status_of
from domain.errors import DomainError


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why nothing was stored, to be shown beside what was typed.

    `faults` has the key of a sentence for each field that cannot be read.
    """

    status: HTTPStatus = HTTPStatus.OK
    faults: Mapping[str, str] = field(default_factory=dict)
    marks: tuple[Marked, ...] = ()
    refusal: DomainError | None = None


CLEAR = Obstacle()
"""Nothing is in the way, or nothing was asked yet."""

OBSTACLES = (BadFields, PersonsNamed, DomainError)


def obstacle_of(problem: BadFields | PersonsNamed | DomainError) -> Obstacle:
    """Return what is in the way, with the status of the answer that says so."""
    match problem:
        case BadFields(faults=faults):
            return Obstacle(HTTPStatus.UNPROCESSABLE_ENTITY, faults=faults)
        case PersonsNamed(marks=marks):
            return Obstacle(HTTPStatus.UNPROCESSABLE_ENTITY, marks=marks)
        case DomainError():
            return Obstacle(status_of(problem), refusal=problem)
