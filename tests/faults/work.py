"""What writers ask for: real commands whose ids follow from who asks, and when.

A script that any process can write again: so whoever finds a command unanswered can
ask for the very same once more.
"""

from datetime import UTC, datetime
from typing import Any

from adapters.system import Gadelys
from domain.finding.commands import BY_NAME
from domain.handling import AnyCommand
from domain.messages import derived_id
from domain.values import Actor

COORDINATOR = Actor("municipality/walk-coordinator")
OPERATIONS = Actor("municipality/operations")
PREVENTION = Actor("police/prevention")
COUNCIL = Actor("participant/local-council")

ROUNDS_OF_A_SHARED = 8
"""How long one finding is everybody's; its history is read again for each note."""

Line = tuple[int, Actor, str, dict[str, Any]]

OWN: tuple[Line, ...] = (
    (9, COORDINATOR, "report", {"category": "VEG-HEDGE", "text": "Hækken."}),
    (12, COORDINATOR, "assign", {"to": OPERATIONS}),
    (12, OPERATIONS, "note", {"text": "Set på."}),
    (13, OPERATIONS, "note", {"text": "Til alle."}),
    (13, OPERATIONS, "add_subtask", {"subtask": "Stien", "to": OPERATIONS}),
    (14, OPERATIONS, "complete_subtask", {"subtask": "Stien"}),
    (
        14,
        OPERATIONS,
        "hold",
        {"reason_code": "third_party", "review_on": "2026-10-28"},
    ),
    # Going on and being done: two facts, both or neither.
    (15, OPERATIONS, "mark_fixed", {"evidence": "photo"}),
    (20, PREVENTION, "verify", {}),
    (27, COUNCIL, "reopen", {"reason": "Vokset."}),
)
TO_ALL = 3
"""Which line goes to the shared finding."""


def command_of(name: str, nth: int) -> AnyCommand:
    """Return the `nth` command of a writer, counted from 0.

    Args:
        name: `round-seat`, for instance `12-3`.
        nth: which of its commands.
    """
    case, line = divmod(nth, len(OWN))
    number = shared(name) if line == TO_ALL else f"{name}-{case}"
    day, by, do, fields = OWN[line]
    return _command(number, day, by, do, fields, name, nth)


def shared(name: str) -> str:
    """Return the finding to which all writers of that time add notes."""
    return f"shared-{int(name.partition('-')[0]) // ROUNDS_OF_A_SHARED}"


def report_shared(system: Gadelys, name: str) -> None:
    """Let the shared finding be there before anybody writes to it."""
    day, by, do, fields = OWN[0]
    number = shared(name)
    system.submit(_command(number, day, by, do, fields, number, 0))


def _command(
    number: str,
    day: int,
    by: Actor,
    do: str,
    fields: dict[str, Any],
    *identity: object,
) -> AnyCommand:
    at = datetime(2026, 10, day, 10, tzinfo=UTC)
    stamp = {"by": by, "at": at, "command_id": derived_id("campaign", *identity)}
    body = {"number": number, "stamp": stamp, **fields}
    commands: dict[str, Any] = dict(BY_NAME)
    command: AnyCommand = commands[do].model_validate(body)
    return command
