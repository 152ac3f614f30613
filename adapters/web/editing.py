"""Values of a case that are changed where they stand: each is a step of its own."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, replace

from adapters.web.forms import FORMS, Field
from domain.finding.events import ClockName
from domain.values import ERASED, RESTRICTED, WITHHELD, FindingNumber
from projections.case_page import CasePage

ONLY = "only"
"""What an address or a form says when it is about one value alone."""


NOT_THERE = frozenset({ERASED, RESTRICTED, WITHHELD})
"""What stands for words that are gone, or not for whoever looks: never to be saved."""


@dataclass(frozen=True, slots=True)
class Edit:
    """The step that changes a value, and in which field of its form."""

    step: str
    field: str


EDITS: Mapping[str, Edit] = {
    "category": Edit("correct", "category"),
    "place": Edit("correct", "place"),
    "assignee": Edit("assign", "to"),
    "deadline": Edit("change_deadline", "fix_due"),
}
"""Everything else is a step with a form of its own, so that it is a decision."""


def ways_to_edit(number: FindingNumber, chances: Container[str]) -> dict[str, str]:
    """Return where each value is changed, of those that can be changed now."""
    return {
        value: f"/cases/{number}/{edit.step.replace('_', '-')}?{ONLY}={value}"
        for value, edit in EDITS.items()
        if edit.step in chances
    }


def fields_for(step: str, only: str) -> tuple[Field, ...]:
    """Return the fields of a step; of one value its own, and those it cannot lack."""
    edit, fields = EDITS.get(only), FORMS[step]
    if edit is None or edit.step != step:
        return fields
    own = [replace(one, required=True) for one in fields if one.name == edit.field]
    needed = [one for one in fields if one.required and one.name != edit.field]
    return (*own, *needed)


def standing_in(case: CasePage, only: str) -> dict[str, str]:
    """Return the value as it is now, under the name of its field."""
    if only not in EDITS:
        return {}
    memory = case.memory
    clock = memory.clocks.get(ClockName.FIX)
    values = {
        "category": memory.category,
        "place": case.place,
        "assignee": memory.assignee,
        "deadline": clock.due.isoformat() if clock else None,
    }
    value = values[only]
    shown = "" if value is None or value in NOT_THERE else str(value)
    return {ONLY: only, EDITS[only].field: shown}
