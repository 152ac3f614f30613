"""Who is away: noting it, ending it, and a list with who stands in."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import select

from adapters.cli import saying
from adapters.cli.asking import ask_about, moment
from adapters.cli.session import Session
from adapters.cli.views import new_table, today_of
from adapters.system import Gadelys
from domain.roster.commands import EndAbsence, NoteAbsence
from domain.roster.state import Absence, Roster
from domain.values import Actor
from projections.roster import ROSTER


@dataclass(frozen=True, slots=True)
class AbsenceLine:
    """One absence as it is shown: who stands in on the day that is looked at."""

    absent: Actor
    first: date
    last: date
    substitute: Actor | None
    stands_in: Actor


def absent(session: Session, actor: str, **given: object) -> None:
    """Note that a person is away or a unit is closed."""
    ask_about(session, NoteAbsence, actor, {**given, "absent": actor})


def back(session: Session, actor: str, **given: object) -> None:
    """Note that somebody is back sooner."""
    ask_about(session, EndAbsence, actor, {**given, "absent": actor})


def listed(session: Session, on: str | None) -> None:
    """Print who is away now or later, or on one day."""
    with session.system() as system:
        zone = system.rules().register.working_days.zone
        day = moment(on, zone).date() if on else today_of(system)
        lines = sorted(
            _lines(system, day, later=on is None),
            key=lambda line: (line.first, line.absent),
        )
        if session.as_json:
            rows = [asdict(line) for line in lines]
            saying.say_json({"schema": "roster/1", "as_of": day, "rows": rows})
            return
        texts = session.texts
        if not lines:
            saying.say(texts.say("say.roster_empty", day=day))
            return
        shown = new_table(
            texts.say("say.roster_title", count=len(lines)),
            *("absent", "first", "last", "substitute", "stands_in"),
            texts=texts,
        )
        for line in lines:
            shown.add_row(*(texts.show(value) for value in asdict(line).values()))
        saying.console().print(shown)


def _lines(system: Gadelys, day: date, *, later: bool) -> Iterator[AbsenceLine]:
    """Return the absences that count on `day`, and `later` ones if wished."""
    system.catch_up([ROSTER.name])
    table = system.rows.table(ROSTER)
    query = select(table).where(table.c.until >= day)
    register, known = system.rules().register, system.rules().roster
    for row in system.rows.rows(ROSTER, query):
        for absence in row.absences:
            seen_on = max(day, absence.first)
            if _counts(absence, seen_on, known) and (later or seen_on == day):
                yield AbsenceLine(
                    absent=absence.absent,
                    first=absence.first,
                    last=absence.last,
                    substitute=absence.substitute,
                    stands_in=known.cover_for(absence.absent, seen_on, register),
                )


def _counts(absence: Absence, day: date, known: Roster) -> bool:
    """Whether this absence, and no newer one, is what counts on `day`."""
    return known.noted(absence.absent, day) == absence
