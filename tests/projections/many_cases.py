"""Registers made by chance: cases of three walks, with texts, places and days.

Some facts were typed in late: they happened before one that is recorded already.
"""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import cache

from domain.finding.events import (
    FindingCorrected,
    FindingEvent,
    FindingReopened,
    NoteAdded,
)
from domain.messages import Event, Recorded, Stamp, derived_id
from domain.values import Actor, Point, StreamId
from domain.walk.events import WalkPlanned
from tests import examples as ex
from tests.projections.folding import recorded

FIRST = ex.moment("2026-01-05")
AREAS = {"OEST-1": "Aalborg Øst", "OEST-2": "Aalborg Øst", "VEST-1": "Vestbyen"}
CATEGORIES = ("LGT-FAIL", "VEG-HEDGE", "CIT-MEET")
UNITS: tuple[Actor, ...] = (
    *(ex.LIGHTING, ex.LAMP_ANNA, ex.LAMP_BO, ex.OPERATIONS),
    *(ex.POLICE, ex.GRID),
)
WORDS = (
    *("Hækken", "hække", "hæk", "Lampen", "lamper", "Åen", "aaen", "Østerbro"),
    *("østerå", "Sønder", "sti", "stien", "Mørk", "mørke", "bænk", "Bænke"),
)
PLACES = (None, "Åkirkeby", "Aarhusvej", "Zoo", "Æblevej", "Øen", "ved søen", "Alléen")


@cache
def many_cases(seed: int, count: int, *, late: bool = False) -> tuple[Recorded, ...]:
    """Return the facts of `count` cases, in the order in which they were recorded."""
    chance = random.Random(seed)
    streams = {
        StreamId(f"walk/{walk}"): [_walk(area)] for walk, area in AREAS.items()
    } | {
        StreamId(f"finding/2026-{nth:04d}"): list(_case(chance, late=late))
        for nth in range(count)
    }
    waiting = [stream for stream, events in streams.items() for _ in events]
    chance.shuffle(waiting)
    versions = dict.fromkeys(streams, 0)
    facts = []
    for position, stream in enumerate(waiting, start=1):
        event = streams[stream][versions[stream]]
        versions[stream] += 1
        [fact] = recorded(
            event, stream=stream, first=position, version=versions[stream]
        )
        facts.append(fact)
    return tuple(facts)


def _walk(area: str) -> Event:
    plan = ex.walk_plan().model_copy(update={"area": area})
    return WalkPlanned(stamp=ex.stamp(day="2026-01-02"), plan=plan)


def _case(chance: random.Random, *, late: bool) -> Iterator[FindingEvent]:
    at = FIRST + timedelta(hours=chance.randrange(600))
    for nth, event in enumerate((_report(chance), *_deeds(chance))):
        at += timedelta(hours=chance.choice((0, 0, 1, 24, 100, 1000)))
        told = at
        if late and nth and chance.random() < 0.3:
            told = at - timedelta(hours=chance.choice((1, 24, 100, 500)))
        stamp = Stamp(
            by=event.stamp.by,
            at=told,
            command_id=derived_id("many cases", chance.random()),
        )
        yield event.model_copy(update={"stamp": stamp})


def _report(chance: random.Random) -> FindingEvent:
    if chance.random() < 0.1:
        walk = chance.choice((None, *AREAS))
        return chance.choice((ex.KEPT, ex.REFERRED)).model_copy(update={"walk": walk})
    return ex.reported(chance.choice(CATEGORIES)).model_copy(
        update={
            "text": _text(chance),
            "walk": chance.choice((None, *AREAS)),
            "place": chance.choice(PLACES),
            "point": chance.choice((None, _point(chance))),
            "acknowledge_due": _day(chance),
            "fix_due": _day(chance),
        }
    )


def _deeds(chance: random.Random) -> Iterator[FindingEvent]:
    for _ in range(chance.randrange(9)):
        yield chance.choice(
            (
                ex.assigned(chance.choice(UNITS)),
                ex.assigned(chance.choice(UNITS)),
                ex.OFFERED,
                ex.HELD.model_copy(update={"review_on": _day(chance)}),
                ex.PROPOSED,
                ex.FIXED.model_copy(update={"verify_due": _day(chance)}),
                ex.VERIFIED,
                ex.DECLINED,
                NoteAdded(stamp=ex.stamp(), text="Ringet."),
                FindingCorrected(
                    stamp=ex.stamp(),
                    reason="Set.",
                    text=_text(chance),
                    place=chance.choice(PLACES),
                ),
                _reopened(chance),
            )
        )


def _reopened(chance: random.Random) -> FindingReopened:
    return FindingReopened(
        stamp=ex.stamp(),
        reason="Slukket igen.",
        fix_days=5,
        fix_due=_day(chance),
        triage=ex.COORDINATOR,
        to=ex.LIGHTING,
    )


def _text(chance: random.Random) -> str:
    return " ".join(chance.choice(WORDS) for _ in range(3))


def _point(chance: random.Random) -> Point:
    return Point(lat=57 + chance.random() / 10, lon=9.9 + chance.random() / 10)


def _day(chance: random.Random) -> date:
    return (FIRST + timedelta(days=chance.randrange(12))).date()


def moved(fact: Recorded, hours: int) -> Recorded:
    """Return `fact` as if it had happened so many hours after the first moment."""
    stamp = fact.event.stamp.model_copy(update={"at": FIRST + timedelta(hours=hours)})
    return replace(fact, event=fact.event.model_copy(update={"stamp": stamp}))
