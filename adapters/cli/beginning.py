"""Beginning: a register to edit, and an invented history to try things out with."""

from datetime import date
from pathlib import Path

from adapters import system as installation
from adapters.cli import saying
from adapters.cli.asking import moment
from adapters.cli.session import Session
from adapters.files.register_file import read_register
from adapters.files.register_template import register_text
from adapters.files.shipped import DEFAULT_REGISTER, shipped
from adapters.generating.filling import begun_on, fill, size_of
from adapters.persistence.durable_files import ANYBODY_S_FILE, put
from adapters.persistence.saving import refuse_taken, saving
from adapters.publishing.published import lay_out_all
from adapters.system import Gadelys
from domain.errors import Code
from domain.register.model import Register
from domain.values import Point

FINDINGS_PER_WALK = 25


def init(
    session: Session, *, municipality: str, out: Path, country: str, zone: str
) -> None:
    """Write a register to edit; refuse to write over anything."""
    written = register_text(municipality, country, zone)
    refuse_taken(out, Code.FILE_EXISTS)
    with saving(out):
        put(out, written.encode(), ANYBODY_S_FILE)
    if session.as_json:
        saying.say_json({"register": str(out)})
    else:
        saying.say(session.texts.say("say.register_written", file=str(out)))


def generate(
    session: Session,
    *,
    walks: int,
    years: int,
    seed: int,
    findings: int | None,
    until: str | None,
    centre: str | None,
    register: Path | None,
) -> None:
    """Fill an empty installation, or go on where it was interrupted."""
    rules = read_register(register or shipped(DEFAULT_REGISTER))
    if not installation.is_made(session.settings):
        installation.migrate(session.settings)
    with session.system() as system:
        size = size_of(
            rules,
            walks=walks,
            findings=findings or walks * FINDINGS_PER_WALK,
            years=years,
            seed=seed,
            end=_end(system, rules, years, until),
            centre=_point(centre),
        )
        texts = session.texts
        with saying.progress(texts.say("say.generating")) as show:
            filled = fill(
                system,
                rules,
                size,
                lambda facts: show(texts.say("say.generated_so_far", facts=facts)),
            )
        with saying.progress(texts.say("say.folding")) as show:
            system.rebuild(system.rows.names(), lambda n: show(f"{n}/{filled.facts}"))
            for number in lay_out_all(system):
                show(number)
    if session.as_json:
        saying.say_json({"facts": filled.facts, "before": filled.before})
    else:
        new = filled.facts - filled.before
        saying.say(texts.say("say.generated", facts=filled.facts, new=new))


def _end(system: Gadelys, rules: Register, years: int, until: str | None) -> date:
    """Return the last day: what was asked for, that of what was begun, or today."""
    zone = rules.working_days.zone
    if until:
        return moment(until, zone).date()
    begun = begun_on(system, rules)
    if begun:
        return begun.replace(year=begun.year + years)
    return rules.working_days.local_day(system.now())


def _point(centre: str | None) -> Point | None:
    if centre is None:
        return None
    try:
        lat, lon = map(float, centre.split(","))
        return Point(lat=lat, lon=lon)
    except ValueError as problem:
        raise saying.bad_value(f"--centre {centre}") from problem
