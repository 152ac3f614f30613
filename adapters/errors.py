"""What can be away while the rules are fine, and how a bad file is told of."""

from pydantic import ValidationError

from domain.errors import DomainError


class Unavailable(DomainError):
    """Something we depend on does not answer; trying later may help."""


def first_problem(problem: ValidationError) -> str:
    """Return the first fault of a validation in words: where and what."""
    fault = problem.errors(include_input=False, include_url=False)[0]
    where = ".".join(str(part) for part in fault["loc"])
    return f"{where}: {fault['msg']}" if where else str(fault["msg"])
