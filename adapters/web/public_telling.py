"""What everybody is told of a walk in words: its cases, and what is new."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from adapters.public_viewing import PublicViewer
from adapters.texts import Texts
from adapters.web.rendering import PUBLIC
from domain.register.model import Register
from projections.public_case import PublicCase, WalkStep
from projections.publications import PublicationRow
from projections.walks import WalkRow


@dataclass(frozen=True, slots=True)
class Told:
    """One case as everybody may see it; `then` is what happens next, or why nothing."""

    case: PublicCase
    category: str
    status: str
    owner: str
    then: str
    since: str


def told_of(case: PublicCase, texts: Texts, register: Register, today: date) -> Told:
    """Return one case in words."""
    owner = register.behind(case.owner).authority
    return Told(
        case=case,
        category=texts.category(case.category),
        status=texts.status(case.status),
        owner=texts.show(owner),
        then=_then(case, texts, today),
        since=texts.show(register.working_days.local_day(case.moves[-1].at)),
    )


def _then(case: PublicCase, texts: Texts, today: date) -> str:
    """Return what happens next, or why nothing does."""
    told: dict[str, object] = {
        "due": case.due_on,
        "reason": texts.reason(case.reason) if case.reason else None,
        "master": case.master,
    }
    key = "waits" if case.waits else str(case.status)
    late = f"web_public_then.{key}_late"
    is_late = bool(case.due_on and case.due_on < today)
    return texts.say(late if is_late else f"web_public_then.{key}", **told)


@dataclass(frozen=True, slots=True)
class Entry:
    """One piece of news; `name` is the same for the same news, for ever."""

    name: str
    at: datetime
    title: str
    path: str
    words: str = ""


def entries_of(
    viewer: PublicViewer, row: WalkRow, texts: Texts, register: Register, today: date
) -> list[Entry]:
    """Return what is new of a walk, the latest first."""
    here = f"{PUBLIC}/vandringer/{row.number}"
    found = [_step_entry(one, texts, here) for one in viewer.steps(row)]
    for case in viewer.cases(row):
        told = told_of(case, texts, register, today)
        found += [
            Entry(
                name=f"{case.number}/{nth}",
                at=move.at,
                title=f"{case.number} {told.category}: {texts.show(move.status)}",
                path=f"{here}#sag-{case.number}",
                words=told.then if move is case.moves[-1] else "",
            )
            for nth, move in enumerate(case.moves, 1)
        ]
    found += [_text_entry(one, texts) for one in viewer.publications(walk=row.number)]
    return sorted(found, key=lambda one: (one.at, one.name), reverse=True)


def _step_entry(step: WalkStep, texts: Texts, here: str) -> Entry:
    title = texts.say(f"web_public_step.{step.name}")
    return Entry(f"step/{step.name}", step.at, title, here)


def _text_entry(row: PublicationRow, texts: Texts) -> Entry:
    at = row.published_at or datetime.fromtimestamp(0, UTC)
    title = f"{texts.status(row.kind)}: {row.title}"
    return Entry(f"text/{row.number}", at, title, f"{PUBLIC}/udgivelser/{row.number}")
