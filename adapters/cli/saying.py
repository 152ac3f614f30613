"""What goes to the terminal: answers to stdout, everything else to stderr."""

import json
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

from pydantic import BaseModel

from adapters.errors import Unavailable
from domain.errors import Code, Conflict, DomainError, NotAllowed

if TYPE_CHECKING:
    from rich.console import Console

    from adapters.texts import Texts

DONE, REFUSED, MISUSED, CONFLICT, NOT_ALLOWED, AWAY = range(6)
"""Exit codes; `REFUSED` is also what a check that found a difference ends with."""

PLAIN_WIDTH = 140


class Misused(DomainError):
    """The command line itself makes no sense."""


def exit_code(error: DomainError) -> int:
    """Return the exit code for a refusal."""
    match error:
        case Misused():
            return MISUSED
        case Conflict():
            return CONFLICT
        case NotAllowed():
            return NOT_ALLOWED
        case Unavailable():
            return AWAY
        case _:
            return REFUSED


def say(text: str = "", end: str = "\n") -> None:
    """Print an answer."""
    print(text, end=end)


def say_json(answer: object) -> None:
    """Print one JSON object; nothing else goes to stdout with `--json`."""
    print(json.dumps(answer, ensure_ascii=False, indent=2, default=_plain))


def _plain(value: object) -> object:
    """Return a value that JSON knows; a point on the map keeps its parts."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    return str(value)


def console() -> "Console":
    """Return where tables go: wide enough for a pipe, plain without a terminal."""
    from rich.console import Console

    width = None if sys.stdout.isatty() else PLAIN_WIDTH
    return Console(highlight=False, markup=False, emoji=False, width=width)


def note(text: str) -> None:
    """Print a line to stderr: progress, hints, warnings."""
    print(text, file=sys.stderr)


def refuse(
    error: DomainError,
    texts: "Texts",
    *,
    as_json: bool,
    number: str | None = None,
    places: Sequence[str] = (),
    **details: object,
) -> NoReturn:
    """Say what was refused, why, and what to do; end with its exit code.

    Args:
        error: the refusal.
        texts: the language.
        as_json: whether it is said to a program.
        number: the case that was asked about.
        places: lines for people, of where it is.
        details: the same for programs.
    """
    known = {"number": number} if number else {}
    what, hint = texts.refusal(error, **known)
    if as_json:
        context = {key: value for key, value in error.context.items() if value}
        problem = {"code": error.code, "what": what, "do": hint, **context, **details}
        print(json.dumps(problem, ensure_ascii=False, default=str), file=sys.stderr)
    else:
        note(what)
        for place in places:
            note(f"  {place}")
        if hint:
            note(f"  → {hint}")
        note(f"  ({error.code})")
    raise SystemExit(exit_code(error))


@contextmanager
def progress(label: str) -> Iterator[Callable[[str], None]]:
    """Show a changing line on stderr, or nothing when nobody watches."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console

    with Console(stderr=True).status(label) as status:
        yield lambda text: status.update(f"{label} {text}")


def unexpected(problem: BaseException, *, debug: bool) -> NoReturn:
    """Say that something broke that should not; never a traceback unasked."""
    if debug:
        traceback.print_exception(problem)
    note(f"Uventet fejl / unexpected fault: {type(problem).__name__}: {problem}")
    note("  → gadelys doctor   (--debug viser alt / shows everything)")
    raise SystemExit(REFUSED)


def bad_value(problem: str) -> Misused:
    """Return the refusal of a value that cannot be read."""
    return Misused(Code.BAD_INPUT, field=problem)
