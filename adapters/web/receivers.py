"""To whom a case can be given: oneself, colleagues and units; and who is away."""

from adapters.persistence.case_lists import people_of
from adapters.system import Gadelys
from adapters.texts import Texts
from domain.finding.state import Finding
from domain.values import Actor


def receivers(
    system: Gadelys, finding: Finding, by: Actor, texts: Texts
) -> list[tuple[str, str]]:
    """Return everybody who can be given a case, with who stands in for them today.

    Colleagues are those for whom a case of the same unit waits: there is no list of
    everybody who works somewhere.
    """
    register = system.rules().register
    own = [by] if by.person else []
    held = [finding.assignee] if finding.assignee else []
    people = people_of(system.rows, {by.unit, finding.responsible.unit})
    units = [unit.id for unit in register.units]
    every = dict.fromkeys([*own, *held, *people, *units])
    return [
        (str(one), _named(one, by, system, texts))
        for one in every
        if register.lists(one)
    ]


def _named(one: Actor, by: Actor, system: Gadelys, texts: Texts) -> str:
    """Return a name, and what has to be known before a case is given to it."""
    rules = system.rules()
    today = rules.register.working_days.local_day(system.now())
    name = texts.actor(one)
    if one == by:
        name = texts.say("web_edit.oneself", name=name)
    absence = rules.roster.absence(one, today)
    if absence is None:
        return name
    cover = texts.actor(rules.roster.cover_for(one, today, rules.register))
    return texts.say("web_edit.away", name=name, last=absence.last, cover=cover)
