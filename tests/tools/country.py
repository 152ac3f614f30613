"""A country's walks: many cases over ten years, in the order in which they happened.

Each case lives one of a few lives that the rules have really decided, moved to
another day, unit, place and text. Most are over; one in twenty-five is open still.
"""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from random import Random
from typing import Any

from adapters.persistence.event_store import FactStore
from domain.finding.commands import stream_of
from domain.messages import Event, derived_id
from domain.ports import Decision
from domain.values import Point

YEARS = 10
FIRST_DAY = datetime(2016, 11, 1, 9, tzinfo=UTC)
DAYS = YEARS * 365
FINDINGS_PER_WALK = 25
OPEN_ONE_IN = 25
FINDINGS_PER_UNIT = 500
BATCH = 500
CATEGORIES = ("PTH-SURF", "LGT-FAIL", "VEG-HEDGE", "CLN-LITTER", "TRF-SPEED")
WORDS = (
    *("hæk", "lampe", "tunnel", "sti", "bænk", "skilt", "grøft", "rækværk", "hegn"),
    *("mørk", "knust", "løs", "våd", "høj", "skæv", "dyb", "glat", "rusten"),
)
STREETS = ("Åvej", "Østergade", "Ærøvej", "Skolegade", "Parkvej", "Zoovej", "Aagade")


@dataclass(frozen=True, slots=True)
class Shape:
    """How large the country is."""

    findings: int

    @property
    def units(self) -> int:
        """How many units share the work: a larger country has more of them."""
        return max(20, self.findings // FINDINGS_PER_UNIT)

    def unit(self, nth: int) -> str:
        """Return who works on the `nth` case."""
        return f"municipality/unit-{nth % self.units}"

    def number(self, nth: int) -> str:
        """Return what people call the `nth` case."""
        return f"c-{nth:07d}"

    def walk(self, nth: int) -> str:
        """Return the walk on which the `nth` case was found."""
        return f"W-{nth // FINDINGS_PER_WALK:05d}"


def fill(store: FactStore, shape: Shape, life: Sequence[Event]) -> int:
    """Store every case of the country; return how many facts that were."""
    facts = 0
    stored = _in_order(shape, life)
    while batch := list(islice(stored, BATCH)):
        store.append([one for one, _ in batch], batch[-1][1])
        facts += len(batch)
    return facts


def _in_order(
    shape: Shape, life: Sequence[Event]
) -> Iterator[tuple[Decision, datetime]]:
    """Yield what was decided, oldest first, and when."""
    chance = Random(1)
    begun = life[0].stamp.at
    plain = [(type(event), event.model_dump()) for event in life]
    alive: list[tuple[datetime, int, int, timedelta]] = []
    for nth in range(shape.findings + 1):
        start = FIRST_DAY + timedelta(days=DAYS) * (nth / shape.findings)
        while alive and (alive[0][0] <= start or nth == shape.findings):
            at, one, step, moved = heapq.heappop(alive)
            kind, body = plain[step]
            yield (
                _decision(
                    shape,
                    one,
                    step,
                    kind.model_validate(_moved(body, moved, shape, one)),
                ),
                at,
            )
            if step + 1 < _length(one, shape, len(plain)):
                following = life[step + 1].stamp.at + moved
                heapq.heappush(alive, (following, one, step + 1, moved))
        if nth < shape.findings:
            moved = start - begun + timedelta(minutes=chance.randrange(600))
            heapq.heappush(alive, (begun + moved, nth, 0, moved))


def _length(nth: int, shape: Shape, longest: int) -> int:
    """Return how many facts a case has: all, or fewer if it is still open."""
    return 2 + nth % (longest - 4) if nth % OPEN_ONE_IN == 0 else longest


def _decision(shape: Shape, nth: int, after: int, event: Event) -> Decision:
    return Decision(
        stream_of(shape.number(nth)),
        after,
        derived_id("country", nth, after),
        "bench",
        1,
        (event,),
    )


def _moved(
    body: dict[str, Any], by: timedelta, shape: Shape, nth: int
) -> dict[str, Any]:
    moved = {name: _later(value, by) for name, value in body.items()}
    if "category" in moved and isinstance(moved["category"], str):
        chance = Random(nth)
        moved["category"] = CATEGORIES[nth % len(CATEGORIES)]
        moved["text"] = " ".join(chance.choices(WORDS, k=6))
        moved["place"] = f"{chance.choice(STREETS)} {chance.randrange(200)}"
        moved["walk"] = shape.walk(nth)
        moved["point"] = Point(
            lat=54.6 + chance.random() * 3, lon=8.1 + chance.random() * 4.5
        )
    if "to" in moved:
        moved["to"] = shape.unit(nth)
    return moved


def _later(value: object, by: timedelta) -> object:
    match value:
        case datetime():
            return value + by
        case date():
            return value + timedelta(days=by.days)
        case dict():
            return {name: _later(inner, by) for name, inner in value.items()}
        case _:
            return value
