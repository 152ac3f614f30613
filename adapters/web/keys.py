"""Keys for programs: each acts as one actor, and only a digest of it is kept."""

import secrets
import tomllib
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from pydantic import Field, ValidationError

from adapters.errors import first_problem
from domain.errors import Code, Refused
from domain.values import Actor, ContentHash, Value

Table = TypeVar("Table", bound=Value)
PREFIX = "gadelys_"
"""How a key begins, so that whoever finds one in a file knows what it is."""

DEMO = "demo."
"""How a key of the demo begins: what follows is the actor."""


class ApiKey(Value):
    """One key: its name in the log, as whom it acts, and the digest of the key."""

    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")
    actor: Actor
    sha256: ContentHash


class ApiKeys(Value):
    """Every key that is let in."""

    keys: tuple[ApiKey, ...] = Field(max_length=200)


def new_key() -> str:
    """Return a key nobody can guess: 256 bits, so a plain digest protects it."""
    return f"{PREFIX}{secrets.token_urlsafe(32)}"


def digest_of(key: str) -> str:
    """Return what is kept of a key."""
    return sha256(key.encode()).hexdigest()


def read_keys(path: Path) -> tuple[ApiKey, ...]:
    """Return the keys of a file.

    Raises: Refused (bad_file) when it cannot be used.
    """
    return read_toml(path, ApiKeys).keys


def read_toml(path: Path, kind: type[Table]) -> Table:
    """Return what a file of this kind says.

    Raises: Refused (bad_file) when it cannot be used.
    """
    try:
        return kind.model_validate(tomllib.loads(path.read_text("utf-8")))
    except ValidationError as problem:
        told_problem = first_problem(problem)
    except (OSError, ValueError) as problem:
        told_problem = str(problem)
    raise Refused(Code.BAD_FILE, file=path.name, problem=told_problem)
