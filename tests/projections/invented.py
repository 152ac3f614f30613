"""The facts of an invented municipality, as a store would have them."""

from datetime import date
from functools import cache

from adapters.generating.filling import size_of, with_calendar
from adapters.generating.history import history
from domain.messages import Recorded, derived_id
from domain.register.model import Register
from tests import examples as ex

END = date(2026, 11, 2)


@cache
def invented(walks: int, findings: int, years: int) -> tuple[Recorded, ...]:
    """Return all facts of a municipality that always comes out alike."""
    register = ex.register()
    size = size_of(
        register, walks=walks, findings=findings, years=years, seed=7, end=END
    )
    found: list[Recorded] = []
    for decision, at in history(size, with_calendar(register, size)):
        for nth, event in enumerate(decision.events, start=1):
            found.append(
                Recorded(
                    event=event,
                    stream=decision.stream,
                    version=decision.after + nth,
                    position=len(found) + 1,
                    event_id=derived_id(decision.command_id, nth),
                    recorded_at=at,
                    register=1,
                )
            )
    return tuple(found)


def rules() -> Register:
    """Return the register that decided it."""
    return ex.register()
