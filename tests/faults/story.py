"""Six weeks in which everything happens that the clock has a word in.

Every command has an id that is the same in every run: so the facts of two runs,
and the mails that tell them, can be compared.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import partial
from typing import Any

from adapters.persistence.contacts import Contact, Contacts
from adapters.system import Gadelys
from adapters.temporal.skipping import Entry
from domain.finding.commands import BY_NAME as OF_FINDING
from domain.handling import AnyCommand
from domain.messages import derived_id
from domain.publication.commands import BY_NAME as OF_PUBLICATION
from domain.register.adoption import AdoptRegister
from domain.register.model import Register
from domain.values import Actor
from domain.walk.commands import BY_NAME as OF_WALK

BEGIN = datetime(2026, 10, 1, tzinfo=UTC)
END = datetime(2026, 11, 22, 22, tzinfo=UTC)
NOON = time(12)

COORDINATOR = Actor("municipality/walk-coordinator")
OPERATIONS = Actor("municipality/operations")
PARKS = Actor("municipality/parks")
PREVENTION = Actor("police/prevention")
COUNCIL = Actor("participant/local-council")
RESIDENTS = (
    Actor("participant/local-council/a-resident"),
    Actor("participant/local-council/b-resident"),
)

COMMANDS: dict[str, dict[str, Any]] = {
    "finding": dict(OF_FINDING),
    "walk": dict(OF_WALK),
    "publication": dict(OF_PUBLICATION),
}


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody does something to one stream, at noon unless a time is given."""

    when: str
    stream: str
    by: Actor
    do: str
    fields: dict[str, Any] = field(default_factory=dict)

    def command(self, register: Register) -> AnyCommand:
        """Return the command; its id follows from the line."""
        kind, _, number = self.stream.partition("/")
        command_id = derived_id("story", self.when, self.stream, self.do)
        stamp = {"by": self.by, "at": moment(self.when, register)}
        command: AnyCommand = COMMANDS[kind][self.do].model_validate(
            {
                "number": number,
                "stamp": {**stamp, "command_id": command_id},
                **self.fields,
            }
        )
        return command


def moment(when: str, register: Register) -> datetime:
    """Return a day or a local time as an aware moment."""
    days = register.working_days
    if "T" in when:
        return datetime.fromisoformat(when).replace(tzinfo=days.zone)
    return days.moment(date.fromisoformat(when), NOON)


def _reported(when: str, number: str, category: str, **fields: Any) -> Line:
    told = {"category": category, "text": "Hækken skjuler stien.", **fields}
    return Line(when, f"finding/{number}", COORDINATOR, "report", told)


def _assigned(when: str, number: str, to: Actor) -> Line:
    return Line(when, f"finding/{number}", COORDINATOR, "assign", {"to": to})


A_WALK = {
    "plan": {
        "area": "Opdigtet",
        "starts_at": "2026-05-11T17:00:00+02:00",
        "ends_at": "2026-05-11T19:00:00+02:00",
    }
}
A_MESSAGE = {"kind": "message", "title": "Nyt om lygterne", "content": "5" * 64}
AN_OFFER = {"to": PREVENTION, "purpose": "Patruljer.", "legal_basis": "R4"}

STORY = (
    # Nobody cuts the hedge: reminders and three levels, until the end.
    _reported("2026-10-09", "LATE", "VEG-HEDGE"),
    _assigned("2026-10-12", "LATE", OPERATIONS),
    # Offered, no answer, no decision; at last somebody decides.
    _reported("2026-10-09", "OFFERED", "VEG-HEDGE"),
    _assigned("2026-10-12", "OFFERED", OPERATIONS),
    Line("2026-10-13", "finding/OFFERED", OPERATIONS, "hand_over", AN_OFFER),
    Line(
        "2026-10-30",
        "finding/OFFERED",
        COORDINATOR,
        "decide_handover",
        {"outcome": "moved", "reason": "Det er politiets."},
    ),
    # Refused twice: a joint case, one part of which has a day of its own.
    _reported("2026-10-09", "JOINT", "VEG-HEDGE"),
    _assigned("2026-10-12", "JOINT", PARKS),
    Line("2026-10-13", "finding/JOINT", PARKS, "hand_over", AN_OFFER),
    Line("2026-10-14", "finding/JOINT", PREVENTION, "refuse_handover", {"reason": "-"}),
    Line("2026-10-15", "finding/JOINT", PARKS, "hand_over", AN_OFFER),
    Line("2026-10-16", "finding/JOINT", PREVENTION, "refuse_handover", {"reason": "-"}),
    Line(
        "2026-10-19",
        "finding/JOINT",
        PARKS,
        "add_subtask",
        {"subtask": "Lygten", "to": OPERATIONS, "due": "2026-11-02"},
    ),
    # On hold until a review; then the clock goes on.
    _reported("2026-10-09", "HELD", "VEG-HEDGE"),
    _assigned("2026-10-12", "HELD", PARKS),
    Line(
        "2026-10-14",
        "finding/HELD",
        PARKS,
        "hold",
        {"reason_code": "third_party", "review_on": "2026-10-28"},
    ),
    Line("2026-11-03", "finding/HELD", PARKS, "resume"),
    # Fixed, seen to be fixed, and back again.
    _reported("2026-10-09", "BACK", "VEG-HEDGE", walk="W-OLD"),
    _assigned("2026-10-12", "BACK", OPERATIONS),
    Line("2026-10-15", "finding/BACK", OPERATIONS, "mark_fixed", {"evidence": "photo"}),
    Line("2026-10-20", "finding/BACK", PREVENTION, "verify"),
    Line("2026-10-27", "finding/BACK", COUNCIL, "reopen", {"reason": "Vokset."}),
    # Acute: told at once, and nobody telephones.
    _reported("2026-10-09T14:10", "ACUTE", "LGT-LACK", severity="acute"),
    _assigned("2026-10-12", "ACUTE", OPERATIONS),
    Line(
        "2026-10-14",
        "finding/ACUTE",
        OPERATIONS,
        "log_call",
        {"called_at": "2026-10-14T11:00:00+02:00", "whom": PREVENTION},
    ),
    # Nobody knows whose place it is.
    _reported("2026-10-09", "NOBODY", "VEG-HEDGE"),
    Line("2026-10-12", "finding/NOBODY", COORDINATOR, "seek_owner"),
    # A wish for a walk that is answered late.
    Line("2026-10-02", "walk/W-NEW", COUNCIL, "request", {"area": "Opdigtet"}),
    Line("2026-10-22", "walk/W-NEW", COORDINATOR, "answer", {"accepted": True}),
    # A walk of the spring: two residents asked, and half a year has gone.
    Line("2026-10-05", "walk/W-OLD", COORDINATOR, "record", A_WALK),
    *(
        Line(
            f"2026-10-05T13:0{nth}",
            "walk/W-OLD",
            COORDINATOR,
            "ask_answer",
            {"contact": resident, "channel": "mail"},
        )
        for nth, resident in enumerate(RESIDENTS)
    ),
    # One authority signs, the other does not: reminded, then lapsed.
    Line("2026-10-13T09:00", "publication/P-1", COORDINATOR, "draft", A_MESSAGE),
    Line(
        "2026-10-13T10:00",
        "publication/P-1",
        COORDINATOR,
        "approve",
        {"content": "5" * 64},
    ),
)


def stricter(register: Register) -> Register:
    """Return the rules that are adopted on the way: one more day off."""
    rules = register.calendar
    closed = (*rules.extra_closing_days, date(2026, 11, 5))
    changed = rules.model_copy(update={"extra_closing_days": closed})
    return register.model_copy(update={"calendar": changed})


def entries(system: Gadelys, register: Register) -> list[Entry]:
    """Return the story as entries of a calendar that is played on `system`."""

    def entry(line: Line) -> Entry:
        return Entry(
            moment(line.when, register),
            line.stream,
            partial(system.submit, line.command(register)),
        )

    return [*map(entry, STORY), _adoption(system, register)]


def _adoption(system: Gadelys, register: Register) -> Entry:
    at = moment("2026-10-21T15:00", register)
    command = AdoptRegister.model_validate(
        {
            "stamp": {
                "by": COORDINATOR,
                "at": at,
                "command_id": derived_id("story", "adopts"),
            },
            "rules": stricter(register),
        }
    )
    return Entry(at, None, partial(system.submit, command))


def keep_contacts(system: Gadelys) -> None:
    """Let the residents of the story be reached."""
    contacts = Contacts(system.settings.contacts_file)
    for resident in RESIDENTS:
        name = str(resident.person)
        contacts.keep(Contact(name, "mail", f"{name}@beboer.example", "da"))
    contacts.close()
