"""A case fact by fact: where one stands in it, and what is different there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.texts import DASH, Texts
from domain.messages import Recorded
from projections.case_page import CasePage, case_page
from projections.standing import state_of


@dataclass(frozen=True, slots=True)
class StateLine:
    """One thing about a case at two moments, in words."""

    label: str
    before: str
    after: str

    @property
    def changed(self) -> bool:
        """Whether it is different."""
        return self.before != self.after


def lines_between(
    before: Sequence[Recorded], after: Sequence[Recorded], texts: Texts
) -> list[StateLine]:
    """Return what a case was and became, line by line."""
    old, new = words_after(before, texts), words_after(after, texts)
    return [
        StateLine(_label(name, texts), old.get(name, DASH), new.get(name, DASH))
        for name in {**old, **new}
    ]


def words_after(facts: Sequence[Recorded], texts: Texts) -> Mapping[str, str]:
    """Return the state after some facts in words; nothing before the first."""
    page = case_page(facts)
    if page is None:
        return {}
    return {name: _shown(name, value, texts) for name, value in _state(page).items()}


def _state(page: CasePage) -> dict[str, Any]:
    point = f"{page.point.lat}, {page.point.lon}" if page.point else None
    found = {
        **state_of(page.memory),
        "category": page.memory.category,
        "text": page.text or None,
        "place": page.place,
        "point": point,
        "reopened": page.reopened or None,
        "notes": len(page.notes) or None,
    }
    return {name: value for name, value in found.items() if value is not None}


def _shown(name: str, value: object, texts: Texts) -> str:
    match name:
        case "category":
            return texts.category(str(value))
        case "status":
            return texts.status(str(value))
        case _:
            return texts.show(value)


def _label(name: str, texts: Texts) -> str:
    own = f"web_state.{name}"
    return texts.say(own if texts.has(own) else f"say.state_{name}")
