"""A walk's timetable, who asked for an answer, and what blocks its end."""

from collections import Counter
from typing import Any

from adapters.cli import saying
from adapters.system import Gadelys
from adapters.texts import Texts
from domain.handling import around_walk
from domain.values import Actor, WalkNumber
from domain.walk.commands import stream_of
from domain.walk.events import WalkClock
from domain.walk.given import WalkGiven
from domain.walk.state import Clock, SafetyWalk


def around(number: WalkNumber, system: Gadelys) -> WalkGiven:
    """Return what is known besides the walk itself, as the rules would see it."""
    history = system.store.load(stream_of(number))
    return around_walk(number, history, system.store, system.rules().register)


def as_json(walk: SafetyWalk, given: WalkGiven) -> dict[str, Any]:
    """Return the timetable, the askers and what blocks the end, for programs."""
    waiting = given.unanswered(walk)
    return {
        "timetable": [
            {
                "clock": name,
                "due_on": clock.due,
                "running": name in walk.running,
                "done_at": clock.done_at,
                "escalation_level": clock.escalated,
            }
            for name, clock in _in_order(walk)
        ],
        "asked": [
            {"contact": contact, "answered": contact not in waiting}
            for contact in sorted(walk.asked)
        ],
        "blocking": {"unanswered": len(waiting), "findings": given.ownerless},
    }


def show(walk: SafetyWalk, given: WalkGiven, system: Gadelys, texts: Texts) -> None:
    """Print the timetable, the askers by group and what blocks the end."""
    from adapters.cli.views import calendar_of, lateness, new_table, today_of

    today, calendar = today_of(system), calendar_of(system)
    if walk.clocks:
        table = new_table(None, "clock", "due", "status", texts=texts)
        for name, clock in _in_order(walk):
            late = lateness(clock.due, today, calendar, texts)
            standing = _done(clock, texts) or ("" if walk.has_ended else late)
            table.add_row(texts.show(name), texts.show(clock.due), standing)
        saying.console().print(table)
    if walk.asked:
        _show_askers(walk, given, texts)
    if walk.has_ended:
        return
    if waiting := given.unanswered(walk):
        saying.say(texts.say("say.walk_blocked_people", count=len(waiting)))
    if given.ownerless:
        saying.say(texts.say("say.walk_blocked_findings", findings=given.ownerless))


def _show_askers(walk: SafetyWalk, given: WalkGiven, texts: Texts) -> None:
    waiting = given.unanswered(walk)
    asked = _by_group(walk.asked)
    open_ = _by_group(waiting)
    lines = [
        texts.say(
            "say.walk_asked_group",
            group=group,
            asked=count,
            answered=count - open_[group],
        )
        for group, count in sorted(asked.items())
    ]
    saying.say(f"{texts.say('say.walk_asked')}: {'; '.join(lines)}")
    if waiting:
        listed = ", ".join(sorted(waiting))
        saying.say(f"{texts.say('say.walk_waiting')}: {listed}")


def _by_group(contacts: frozenset[Actor]) -> Counter[Actor]:
    return Counter(contact.unit for contact in contacts)


def _in_order(walk: SafetyWalk) -> list[tuple[WalkClock, Clock]]:
    return [(name, walk.clocks[name]) for name in WalkClock if name in walk.clocks]


def _done(clock: Clock, texts: Texts) -> str:
    if clock.done_at is None:
        return ""
    return texts.say("say.walk_done", day=clock.done_at)
