"""What is in the way of a form: fields, words that may name somebody, or a rule."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from adapters.texts import Texts
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


def in_one_sentence(obstacle: Obstacle, texts: Texts, **known: object) -> str:
    """Return what is in the way, where a page has one line for it; nothing if clear.

    `known` is what a refusal may be told with besides its own context.
    """
    if obstacle.refusal:
        return texts.refusal(obstacle.refusal, **known)[0]
    if obstacle.marks:
        return texts.say("web.persons_again")
    fields = ", ".join(texts.word("field", name) for name in obstacle.faults)
    return texts.say("web.fields_wrong", fields=fields) if fields else ""
