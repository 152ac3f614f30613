"""Who is away: noting it, ending it, and a list with who stands in."""

from dataclasses import asdict

from adapters.cli import saying
from adapters.cli.asking import ask_about, moment
from adapters.cli.session import Session
from adapters.cli.views import new_table, today_of
from adapters.standing import absences_on
from domain.roster.commands import EndAbsence, NoteAbsence


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
            absences_on(system, day, later=on is None),
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
