"""What happens next by itself: the plan of a case, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from adapters.texts import Texts
from domain.finding.handover import HandoverStep, Indecision, Silence, handover_plan
from domain.finding.plan import (
    Escalation,
    Lapse,
    NobodysLand,
    Recomputation,
    Reminder,
    Step,
    plan,
)
from domain.finding.state import Finding
from domain.register.model import Register

SOONEST = 3


@dataclass(frozen=True, slots=True)
class Coming:
    """One step of the plan."""

    at: str
    what: str


def coming_of(
    finding: Finding, register: Register, now: datetime, texts: Texts
) -> list[Coming]:
    """Return what the clock does next, about the case itself or about an offer."""
    steps = (*plan(finding, register, now), *handover_plan(finding, register, now))
    soonest: Sequence[Step | HandoverStep] = sorted(steps, key=lambda step: step.at)
    return [
        Coming(texts.show(step.at), words_of(step, texts)) for step in soonest[:SOONEST]
    ]


def words_of(step: Step | HandoverStep, texts: Texts) -> str:
    """Return one step of a plan in words."""
    match step:
        case Reminder(occasions=occasions):
            return texts.say("say.coming_reminder", occasions=occasions)
        case Escalation(level=level):
            return texts.say("say.coming_escalation", level=level)
        case Recomputation():
            return texts.say("say.coming_recomputation")
        case Lapse():
            return texts.say("say.coming_lapse")
        case NobodysLand():
            return texts.say("say.coming_nobodys_land")
        case Silence():
            return texts.say("say.coming_silence")
        case Indecision():
            return texts.say("say.coming_indecision")
