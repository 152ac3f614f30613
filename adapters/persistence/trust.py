"""Whom a history is checked against: public keys, in a file for every auditor.

`trust.toml` says which keys may sign checkpoints, which sealed the facts of which
positions, and which witnesses must have seen a checkpoint. Whoever doubts the machine
checks against a copy of their own.
"""

import json
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
    model_validator,
)

from adapters.errors import first_problem
from adapters.persistence.durable_files import READ_BY_ALL, put, read, settle
from adapters.proof.keys import Kind, Verifier, is_name
from adapters.proof.sealing import is_sealed
from adapters.proof.unproven import Unproven
from domain.errors import Code, NotFound, Refused

FORMAT: Final = "gadelys-trust/1"
HEADING = """\
# Whom this history is checked against. Nothing in it is secret: give a copy to every
# auditor and every witness, and check against that copy (gadelys verify --trust FILE).
"""


def _key(given: object) -> Verifier:
    if isinstance(given, Verifier):
        return given
    try:
        return Verifier.parse(str(given))
    except Unproven as problem:
        raise ValueError(str(problem)) from problem


Key = Annotated[Verifier, BeforeValidator(_key), PlainSerializer(str)]


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class LogKey(_Entry):
    """A key that may sign checkpoints."""

    key: Key


class SealKey(_Entry):
    """A key that sealed the facts at some positions, both ends counted."""

    key: Key
    first: int = Field(ge=1)
    last: int | None = Field(default=None, ge=0)

    def covers(self, position: int) -> bool:
        """Whether the fact at `position` must have its seal."""
        return self.first <= position and (self.last is None or position <= self.last)


class WitnessKey(_Entry):
    """Somebody who cosigns checkpoints, and where to ask."""

    key: Key
    url: str = Field(pattern=r"^https?://[^\s/]+(/[^\s]*)?$")


class Trust(_Entry):
    """What is known of one installation without asking it."""

    format: Literal["gadelys-trust/1"] = FORMAT
    origin: str
    """What its ledger is called, in every checkpoint."""
    quorum: int = Field(default=0, ge=0)
    """How many witnesses must have cosigned a checkpoint."""
    log: tuple[LogKey, ...] = Field(min_length=1)
    seal: tuple[SealKey, ...] = ()
    witness: tuple[WitnessKey, ...] = ()

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if not is_name(self.origin):
            message = "origin: letters without spaces and without plus"
            raise ValueError(message)
        if self.quorum > len(self.witness):
            message = "quorum: more than there are witnesses"
            raise ValueError(message)
        notes = [one.key for one in self.log] + [one.key for one in self.seal]
        if any(key.kind is not Kind.NOTE for key in notes):
            message = "log, seal: a key of a witness signs something else"
            raise ValueError(message)
        if any(one.key.kind is not Kind.COSIGNATURE for one in self.witness):
            message = "witness: only a key that cosigns"
            raise ValueError(message)
        return self

    @property
    def log_keys(self) -> tuple[Verifier, ...]:
        """Who may sign checkpoints."""
        return tuple(one.key for one in self.log)

    @property
    def witness_keys(self) -> tuple[Verifier, ...]:
        """Who may cosign them."""
        return tuple(one.key for one in self.witness)

    def must_be_sealed(self, position: int) -> bool:
        """Whether facts were sealed already when this one came."""
        return any(one.first <= position for one in self.seal)

    def has_seal(self, position: int, leaf: bytes, seal: bytes | None) -> bool:
        """Whether the fact at `position` has the seal that it must have, if it must."""
        keys = self.seal_keys(position)
        return not self.must_be_sealed(position) or is_sealed(
            self.origin, leaf, seal, keys
        )

    def seal_keys(self, position: int) -> tuple[Verifier, ...]:
        """Who may have sealed the fact at `position`."""
        return tuple(one.key for one in self.seal if one.covers(position))

    @property
    def text(self) -> str:
        """As it stands in a file."""
        told = self.model_dump(exclude_none=True)
        entries = {name: told.pop(name) for name in ("log", "seal", "witness")}
        parts = [HEADING, _lines(told)]
        for name, tables in entries.items():
            parts += [f"\n[[{name}]]\n{_lines(table)}" for table in tables]
        return "".join(parts)


def read_trust(path: Path) -> Trust:
    """Return whom this installation trusts, as the file at `path` says.

    Raises: Refused (trust_missing) when there is none, (bad_file) when it is none.
    """
    try:
        return _trust_in(path)
    except FileNotFoundError as problem:
        raise Refused(Code.TRUST_MISSING, path=str(path)) from problem
    except OSError as problem:
        raise _bad(path, problem.strerror) from problem


def trust_in(path: Path) -> Trust:
    """Return what a file says that a person gave us.

    Raises: NotFound (bad_file) when it cannot be read; Refused (bad_file).
    """
    try:
        return _trust_in(path)
    except OSError as problem:
        raise NotFound(
            Code.BAD_FILE, file=str(path), problem=problem.strerror
        ) from problem


def _trust_in(path: Path) -> Trust:
    raw = read(path)
    try:
        return Trust.model_validate(tomllib.loads(raw.decode()))
    except ValidationError as problem:
        raise _bad(path, first_problem(problem)) from problem
    except ValueError as problem:
        raise _bad(path, str(problem)) from problem


def write_trust(path: Path, trust: Trust) -> None:
    """Write the file whole or not at all; it is on the disk when this returns."""
    put(path, trust.text.encode(), READ_BY_ALL)
    settle(path.parent)


def _lines(table: dict[str, Any]) -> str:
    return "".join(_assignments(table.items()))


def _assignments(items: Iterable[tuple[str, Any]]) -> Iterable[str]:
    # A number or a string of JSON is one of TOML, too.
    for name, value in items:
        yield f"{name} = {json.dumps(value)}\n"


def _bad(path: Path, problem: str | None) -> Refused:
    return Refused(Code.BAD_FILE, file=path.name, problem=problem)
