"""Every command as a form: which fields it has, and how they are filled in.

A table, so that a new command is one line, and no form can ask for what its
command does not take (a test compares both).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from domain.finding.events import EnforcementStep, HandoverOutcome, OwnershipSource
from domain.finding.state import Finding
from domain.register.model import Register
from domain.values import Actor, Evidence


class Kind(StrEnum):
    """How one field is filled in."""

    TEXT = "text"
    LINE = "line"
    NUMBER = "number"
    DAY = "day"
    MOMENT = "moment"
    CHECK = "check"
    CHOICE = "choice"
    GROUPS = "groups"
    POINT = "point"
    MANY = "many"


class Source(StrEnum):
    """Where the choices of a field come from."""

    UNITS = "units"
    OTHER_AUTHORITY = "other_authority"
    CATEGORIES = "categories"
    HOLD_REASONS = "hold_reasons"
    DECLINE_REASONS = "decline_reasons"
    LEGAL_BASES = "legal_bases"
    EVIDENCE = "evidence"
    OUTCOMES = "outcomes"
    STEPS = "steps"
    SOURCES = "sources"
    SUBTASKS = "subtasks"
    GROUPS = "groups"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form; `word` names its label where the name says too little."""

    name: str
    kind: Kind
    source: Source | None = None
    required: bool = False
    word: str = ""

    @property
    def label(self) -> str:
        """The key of its label."""
        return self.word or self.name


def _text(name: str, *, required: bool = True, word: str = "") -> Field:
    return Field(name, Kind.TEXT, required=required, word=word)


def _one_of(name: str, source: Source, *, required: bool = True) -> Field:
    return Field(name, Kind.CHOICE, source, required)


def _day(name: str, *, required: bool = False) -> Field:
    return Field(name, Kind.DAY, required=required)


def _line(name: str, *, required: bool = False) -> Field:
    return Field(name, Kind.LINE, required=required)


REASON = _text("reason")
TO = _one_of("to", Source.UNITS)

FORMS: Mapping[str, tuple[Field, ...]] = {
    "assign": (TO,),
    "accept": (),
    "return": (REASON,),
    "seek_owner": (),
    "look_up_owner": (
        _one_of("source", Source.SOURCES),
        _one_of("owner", Source.UNITS, required=False),
    ),
    "dispute_owner": (REASON, _one_of("proposed", Source.UNITS, required=False)),
    "hand_over": (
        _one_of("to", Source.OTHER_AUTHORITY),
        _text("purpose"),
        _one_of("legal_basis", Source.LEGAL_BASES),
        _text("summary", required=False),
    ),
    "accept_handover": (),
    "refuse_handover": (REASON,),
    "decide_handover": (_one_of("outcome", Source.OUTCOMES), REASON),
    "hold": (
        _one_of("reason_code", Source.HOLD_REASONS),
        _day("review_on"),
        _one_of("waiting_for", Source.UNITS, required=False),
        _day("meeting_on"),
    ),
    "resume": (),
    "enforce": (
        _one_of("step", Source.STEPS),
        _one_of("owner", Source.UNITS),
        _day("deadline"),
        _one_of("legal_basis", Source.LEGAL_BASES, required=False),
        _text("reasons", required=False),
        _text("complaint", required=False),
    ),
    "add_subtask": (
        _line("subtask", required=True),
        TO,
        _day("due"),
        _line("contact"),
    ),
    "complete_subtask": (_one_of("subtask", Source.SUBTASKS),),
    "mark_fixed": (
        _one_of("evidence", Source.EVIDENCE),
        Field("count", Kind.NUMBER),
        _day("held_on"),
        Field("attendance", Kind.GROUPS),
        _line("audience"),
    ),
    "move_verification": (_day("verify_due", required=True), REASON),
    "verify": (
        _one_of("evidence", Source.EVIDENCE, required=False),
        Field("same_point", Kind.CHECK),
        Field("after_dark", Kind.CHECK),
    ),
    "reject_fix": (REASON,),
    "propose_decline": (
        _one_of("reason_code", Source.DECLINE_REASONS),
        REASON,
        _one_of("refer_to", Source.UNITS, required=False),
        _line("link"),
    ),
    "approve_decline": (),
    "refuse_decline": (REASON,),
    "merge_into": (_line("master", required=True),),
    "refer_out": (_line("forum", required=True),),
    "reopen": (REASON,),
    "change_deadline": (_day("fix_due", required=True), REASON),
    "correct": (
        _one_of("category", Source.CATEGORIES, required=False),
        _text("text", required=False),
        _line("place"),
        Field("point", Kind.POINT),
        REASON,
    ),
    "note": (_text("text", word="note"),),
    "log_call": (
        Field("called_at", Kind.MOMENT, required=True),
        _one_of("whom", Source.UNITS),
    ),
}
"""All that people can ask about a case that is there."""

TAKEN_AT_ONCE = ("assign", "accept", "hold", "resume", "change_deadline", "note")
"""What can be done to several cases: its form asks the same of each of them."""

WORDS_OF: Mapping[Source, str] = {
    Source.EVIDENCE: "evidence",
    Source.OUTCOMES: "handover_outcome",
    Source.STEPS: "enforcement_step",
    Source.SOURCES: "ownership_source",
}
"""The table of words of those choices that are the same everywhere."""


def values_of(
    source: Source, register: Register, finding: Finding, by: Actor
) -> list[str]:
    """Return the values among which somebody may choose, in order."""
    match source:
        case Source.UNITS:
            return [*_own(by), *(str(unit.id) for unit in register.units)]
        case Source.OTHER_AUTHORITY:
            ours = register.behind(finding.responsible).authority
            units = (unit.id for unit in register.units)
            return [str(one) for one in units if register.behind(one).authority != ours]
        case Source.CATEGORIES:
            return [category.code for category in register.categories]
        case Source.HOLD_REASONS:
            return _codes(register.hold_reasons)
        case Source.DECLINE_REASONS:
            return _codes(register.decline_reasons)
        case Source.LEGAL_BASES:
            return _codes(register.legal_bases)
        case Source.SUBTASKS:
            return [part.name for part in finding.subtasks if not part.done_by]
        case _:
            return [str(one) for one in ENUMERATIONS[source]]


ENUMERATIONS: Mapping[Source, Iterable[StrEnum]] = {
    Source.EVIDENCE: Evidence,
    Source.OUTCOMES: HandoverOutcome,
    Source.STEPS: EnforcementStep,
    Source.SOURCES: OwnershipSource,
}


def _own(by: Actor) -> list[str]:
    return [str(by)] if by.person else []


def _codes(reasons: Iterable[object]) -> list[str]:
    return [str(getattr(reason, "code")) for reason in reasons]  # noqa: B009
