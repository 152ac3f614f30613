"""What a command and a fact have in common."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID, uuid5

from pydantic import AwareDatetime

from domain.values import Actor, StreamId, Value

NAMESPACE = UUID("5d0f8a52-6f0c-5b43-9d0e-3f6f1f2f5c11")
"""Root of every id that Gadelys derives instead of drawing it by chance."""


def derived_id(*parts: object) -> UUID:
    """Return the same id for the same `parts`, on every machine, for ever."""
    return uuid5(NAMESPACE, "\x1f".join(str(part) for part in parts))


class Stamp(Value):
    """Who did it, when it happened, and under which command.

    `at` is when it happened (aware); when the system learned it is
    `Recorded.recorded_at`.
    """

    by: Actor
    at: AwareDatetime
    command_id: UUID


class Command(Value):
    """An intention, in the imperative; may be refused."""

    NAME: ClassVar[str]
    stamp: Stamp


class Event(Value):
    """A fact, in the past tense; stored under `TOPIC`, never changed or deleted."""

    TOPIC: ClassVar[str]
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class Recorded:
    """A stored fact with what the store knows about it.

    `position` counts all facts from 1, `version` those of one stream from 1;
    `recorded_at` is aware UTC; `register` is the version of the rules in force
    when it was decided (0: before any register).
    """

    event: Event
    stream: StreamId
    version: int
    position: int
    event_id: UUID
    recorded_at: AwareDatetime
    register: int
