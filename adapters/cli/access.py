"""Who has read what: the log itself, and what a citizen is told of it."""

from dataclasses import asdict
from typing import Any

from adapters import access_log
from adapters.cli import saying
from adapters.cli.asking import moment
from adapters.cli.session import Session
from adapters.cli.views import new_table
from adapters.texts import Texts
from projections.access_log import AccessRow


def access(
    session: Session,
    *,
    about: str | None,
    unit: str | None,
    since: str | None,
    extract: bool,
    limit: int,
) -> None:
    """Print the log, or with `extract` what may be told to the person concerned."""
    with session.system() as system:
        viewer = session.viewer(system)
        zone = system.rules().register.working_days.zone
        asked = access_log.Asked(
            about=about,
            unit=unit,
            since=moment(since, zone) if since else None,
            limit=limit,
        )
        read = access_log.extract if extract else access_log.entries
        rows = read(system, viewer, asked)
        if session.as_json:
            shown = [_extract(row) if extract else asdict(row) for row in rows]
            schema = "access-extract/1" if extract else "access-log/1"
            saying.say_json({"schema": schema, "rows": shown})
            return
        _print(rows, session.texts, extract=extract)


def _extract(row: AccessRow) -> dict[str, Any]:
    """Return when, why and by which authority; never by whom."""
    kept = ("at", "authority", "looked", "purpose", "about")
    return {name: getattr(row, name) for name in kept}


def _print(rows: list[AccessRow], texts: Texts, *, extract: bool) -> None:
    if not rows:
        saying.say(texts.say("say.access_empty"))
        return
    shown = new_table(
        texts.say("say.access_title", count=len(rows)),
        *("when", "who", "looked", "purpose", "about"),
        texts=texts,
    )
    for row in rows:
        who = texts.show(row.authority) if extract else texts.actor(row.by)
        looked, purpose = texts.show(row.looked), texts.show(row.purpose)
        shown.add_row(texts.show(row.at), who, looked, purpose, row.about)
    saying.console().print(shown)
