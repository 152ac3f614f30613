"""Sag: one case, what can be done with it now, and what has happened to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from adapters.duplicates import Suggestion, suggestions
from adapters.system import Gadelys
from adapters.texts import Texts
from adapters.viewing import may_look_back
from adapters.web.asked import Here, Person, Posted, System, typed
from adapters.web.asking import ask
from adapters.web.building import BadFields, command_of, expected_of, stamp_of
from adapters.web.coming import coming_of
from adapters.web.editing import ONLY, fields_for, standing_in, ways_to_edit
from adapters.web.forms import FORMS, TO, WORDS_OF, Field, Kind, values_of
from adapters.web.obstacles import CLEAR, OBSTACLES, Obstacle, obstacle_of
from adapters.web.reading import kept_for, viewer_of
from adapters.web.receivers import receivers
from adapters.web.rehearsing import BESIDE, Chance, Rehearsal, proposed
from adapters.web.rendering import page
from adapters.web.statuses import LATER, RETRY_S, status_of
from adapters.web.undo import undo_of
from adapters.web.visiting import Visitor
from adapters.web.wording import (
    Due,
    Told,
    choices_of,
    consequences,
    due_of,
    marks_of,
    told_of,
)
from domain.errors import Code, Conflict, NotFound
from domain.finding.events import ClockName
from domain.finding.rules.photos import MOST_PHOTOS
from domain.finding.state import Finding, Status
from domain.messages import Recorded
from domain.permissions.roles import roles_of
from domain.permissions.words import Action
from domain.ports import Receipt
from domain.publication.decide import AT_AN_END
from domain.register.model import Register
from domain.values import Actor, Shows
from projections.case_page import CasePage, case_page

router = APIRouter(include_in_schema=False)

GROUPS: Mapping[str, tuple[str, ...]] = {
    "owner": (
        *("assign", "accept", "return", "dispute_owner", "seek_owner"),
        *("look_up_owner", "hand_over", "accept_handover", "refuse_handover"),
        "decide_handover",
    ),
    "work": (
        *("mark_fixed", "hold", "resume", "change_deadline", "add_subtask"),
        *("complete_subtask", "enforce"),
    ),
    "end": (
        *("verify", "reject_fix", "move_verification", "propose_decline"),
        *("approve_decline", "refuse_decline", "merge_into", "refer_out", "reopen"),
    ),
    "words": ("note", "correct", "log_call"),
}
"""The steps under the headings where people look for them."""

CLOCKS = (ClockName.ACKNOWLEDGE, ClockName.FIX, ClockName.VERIFY)
SHOWN = ("all", "people", "messages", "system")


@dataclass(frozen=True, slots=True)
class ClockLine:
    """One clock: its last day, and whether it runs, stands still or is over."""

    name: str
    due: Due | None
    state: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One field of a form, with what stands in it and what can be chosen."""

    field: Field
    label: str
    value: str
    choices: list[tuple[str, str]]
    fault: str


class Looking:
    """One case in front of one person."""

    def __init__(self, visitor: Visitor, by: Actor, number: str) -> None:
        """Look at it.

        Raises: NotFound (unknown_finding).
        """
        self.visitor = visitor
        self.by = by
        self.number = number
        self.system: Gadelys = visitor.system
        self.texts: Texts = visitor.texts
        self.register: Register = self.system.rules().register
        self.viewer = viewer_of(visitor, by)
        self.history: tuple[Recorded, ...] = self.viewer.facts(number)
        self.sees_words = self.viewer.sees_words(self.history)
        self.case: CasePage = self._folded()
        self.today: date = self.register.working_days.local_day(visitor.now)

    def _folded(self) -> CasePage:
        page = case_page(self.history)
        if page is None:
            raise NotFound(Code.UNKNOWN_FINDING, number=self.number)
        return page

    @property
    def memory(self) -> Finding:
        """What the rules remember of it."""
        return self.case.memory

    def rehearsal(self) -> Rehearsal:
        """Return what can be done with it."""
        return Rehearsal(self.system, self.history, self.memory, self.by)

    def head(self) -> dict[str, Any]:
        """Return what stands at the top of every page about it."""
        texts, memory = self.texts, self.memory
        clock = min(
            memory.running, key=lambda name: memory.clocks[name].due, default=None
        )
        due = memory.clocks[clock].due if clock else None
        return {
            "case": self.case,
            "memory": memory,
            "category": texts.category(memory.category),
            "standing": texts.status(memory.status),
            "overlays": marks_of(self.case, texts),
            "due": due_of(due, self.today, self.register.working_days, texts),
            "due_clock": texts.word("clock", clock) if clock else "",
            "responsible": texts.actor(memory.next_actor or memory.responsible),
        }


@router.get("/cases/{number}")
def show(
    request: Request,
    visitor: Here,
    by: Person,
    number: str,
    shown: Annotated[str, Query(alias="show", max_length=10)] = "all",
) -> Response:
    """Show one case."""
    looking = Looking(visitor, by, number)
    rehearsal, texts = looking.rehearsal(), visitor.texts
    chances = rehearsal.chances(number)
    primary = rehearsal.primary(number)
    return page(
        request,
        "case.html",
        **looking.head(),
        primary=primary,
        beside=BESIDE.get(primary.name, "") if primary and primary.is_open else "",
        follows=consequences(primary.facts, texts) if primary else [],
        why=_why(primary, texts),
        groups=_groups(chances),
        chances=chances,
        clocks=_clocks(looking),
        edits=ways_to_edit(number, chances),
        deadline=_deadline(looking),
        coming=coming_of(looking.memory, looking.register, visitor.now, texts),
        story=_story(looking.history, shown, texts),
        shown=shown,
        filters=SHOWN,
        looks_back=may_look_back(roles_of(by, looking.register)),
        duplicates=_duplicates(looking),
        undo=_can_undo(looking, rehearsal),
        command_id=str(uuid4()),
        since=_reported(looking.case, texts),
        may_tell=looking.memory.status in AT_AN_END
        and looking.viewer.may(Action.PROPOSE_TEXT),
        has_police_notes=looking.viewer.sees_police_notes,
        **_photos(looking, may_add="note" in chances),
    )


def _photos(looking: Looking, *, may_add: bool) -> dict[str, Any]:
    """Return the photos: the newest before and after side by side, then the others."""
    photos = looking.case.photos
    newest = {photo.shows: photo for photo in photos}
    pair = [newest[one] for one in (Shows.BEFORE, Shows.AFTER) if one in newest]
    pair = pair if len(pair) == len((Shows.BEFORE, Shows.AFTER)) else []
    return {
        "pair": pair,
        "others": [photo for photo in photos if photo not in pair],
        "photos_hidden": bool(photos) and not looking.sees_words,
        "may_photo": may_add and len(photos) < MOST_PHOTOS,
    }


def _can_undo(looking: Looking, rehearsal: Rehearsal) -> bool:
    """Whether the last step can be taken back, by person, time and rules."""
    visitor = looking.visitor
    reason = visitor.texts.say("web.undo_reason")
    undo = undo_of(looking.history, looking.by, visitor.now, reason)
    if undo is None:
        return False
    command = undo.by(looking.number, stamp_of({}, looking.by, visitor.now))
    return rehearsal.tried(command).refusal is None


def _reported(case: CasePage, texts: Texts) -> str:
    by = texts.actor(case.reported_by)
    at = texts.show(case.memory.reported_at)
    return texts.say("web.reported_by", by=by, at=at)


def _why(primary: Chance | None, texts: Texts) -> str:
    """Return why whoever looks cannot take the step that the case waits for."""
    if primary is None or primary.is_open or primary.refusal is None:
        return ""
    return texts.refusal(primary.refusal)[0]


def _groups(chances: Mapping[str, Chance]) -> list[tuple[str, list[str]]]:
    found = (
        (group, [name for name in names if name in chances])
        for group, names in GROUPS.items()
    )
    return [(group, names) for group, names in found if names]


def _clocks(looking: Looking) -> list[ClockLine]:
    memory, texts = looking.memory, looking.texts
    calendar = looking.register.working_days
    lines = []
    for name in (*CLOCKS, *(one for one in memory.running if one not in CLOCKS)):
        clock = memory.clocks.get(name)
        if clock is None:
            lines.append(ClockLine(texts.word("clock", name), None, "waiting"))
            continue
        stands = name is ClockName.FIX and memory.hold is not None
        state = "runs" if name in memory.running else "stands" if stands else "over"
        due = due_of(clock.due, looking.today, calendar, texts)
        lines.append(ClockLine(texts.word("clock", name), due, state))
    return lines


def _deadline(looking: Looking) -> Due | None:
    """Return the day by which the work must be done, while that can still change."""
    memory = looking.memory
    clock = memory.clocks.get(ClockName.FIX)
    if clock is None or not memory.is_open or memory.status is Status.FIXED:
        return None
    calendar = looking.register.working_days
    return due_of(clock.due, looking.today, calendar, looking.texts)


def _story(history: Sequence[Recorded], shown: str, texts: Texts) -> list[Told]:
    """Return what has happened, the newest first."""
    told = [told_of(fact, texts) for fact in reversed(history)]
    match shown:
        case "people":
            return [one for one in told if not one.by_clock]
        case "messages":
            return [one for one in told if one.is_message]
        case "system":
            return [one for one in told if one.by_clock]
        case _:
            return told


def _duplicates(looking: Looking) -> list[Suggestion]:
    """Return the cases that may be the same, of those that may be seen."""
    if not looking.memory.is_open:
        return []
    found = suggestions(looking.system, looking.number)
    seen = {row.number for row in looking.viewer.rows(one.case for one in found)}
    return [one for one in found if one.case.number in seen]


# ---- steps ----


def _name_of(verb: str) -> str:
    """Return the step that an address names.

    Raises: NotFound.
    """
    name = verb.replace("-", "_")
    if name not in FORMS:
        raise NotFound(Code.UNKNOWN_FINDING, number=verb)
    return name


@router.get("/cases/{number}/{verb}")
def ask_step(
    request: Request,
    visitor: Here,
    by: Person,
    number: str,
    verb: str,
    only: Annotated[str, Query(alias=ONLY, max_length=10)] = "",
) -> Response:
    """Show the form of one step, or why it cannot be taken now."""
    name, looking = _name_of(verb), Looking(visitor, by, number)
    chance = looking.rehearsal().chance(name, number)
    if not chance.is_open and chance.refusal:
        why = visitor.texts.refusal(chance.refusal)[0]
        return page(
            request,
            "locked.html",
            status_of(chance.refusal),
            **looking.head(),
            name=name,
            why=why,
        )
    if told := kept_for(visitor, request.url.path):
        return _form_page(request, looking, name, told, news=_news(looking, told))
    standing = standing_in(looking.case, only) or _prefilled(name, looking)
    return _form_page(request, looking, name, standing)


def _news(looking: Looking, told: Mapping[str, str]) -> list[Told]:
    """Return what has happened since whoever filled a form in has opened it."""
    since = looking.history[expected_of(told) :]
    return [told_of(fact, looking.texts) for fact in since]


def _prefilled(name: str, looking: Looking) -> dict[str, str]:
    found = {
        field.name: proposed(field, looking.register, looking.memory)
        for field in FORMS[name]
    }
    return {field: value for field, value in found.items() if value}


@router.post("/cases/{number}/{verb}")
def take_step(
    request: Request,
    visitor: Here,
    by: Person,
    system: System,
    form: Posted,
    number: str,
    verb: str,
) -> Response:
    """Take one step, or show what is in the way; nothing typed is lost."""
    name, told = _name_of(verb), typed(form)
    looking = Looking(visitor, by, number)
    try:
        stamp = stamp_of(told, by, visitor.now)
        command = command_of(name, number, told, stamp, looking.register)
        if "preview" in told:
            return _previewed(request, looking, name, told)
        checked = "checked" in told
        receipt = ask(system, command, expected_of(told), checked=checked)
    except Conflict as conflict:
        return _conflict(request, looking, name, told, conflict)
    except OBSTACLES as problem:
        return _form_page(request, looking, name, told, obstacle_of(problem))
    _note_done(visitor, looking, receipt)
    return RedirectResponse(f"/cases/{number}", HTTPStatus.SEE_OTHER)


def _note_done(visitor: Visitor, looking: Looking, receipt: Receipt) -> None:
    """Remember to say on the next page what was stored."""
    if not receipt.facts:
        visitor.memory["notice"] = visitor.texts.say("say.nothing_left")
        return
    facts = looking.system.store.load(receipt.stream)
    new = facts[receipt.version - receipt.facts : receipt.version]
    words = "; ".join(told_of(fact, visitor.texts).words for fact in new)
    visitor.memory["notice"] = visitor.texts.say("web.saved", what=words)


def _previewed(
    request: Request, looking: Looking, name: str, told: dict[str, str]
) -> Response:
    """Show what would follow from what was typed."""
    stamp = stamp_of(told, looking.by, looking.visitor.now)
    command = command_of(name, looking.number, told, stamp, looking.register)
    chance = looking.rehearsal().tried(command)
    return _form_page(
        request,
        looking,
        name,
        told,
        obstacle_of(chance.refusal) if chance.refusal else CLEAR,
        follows=consequences(chance.facts, looking.texts),
    )


def _conflict(
    request: Request,
    looking: Looking,
    name: str,
    told: dict[str, str],
    conflict: Conflict,
) -> Response:
    """Show what others have done meanwhile, beside what was typed."""
    news = _news(looking, told)
    stamp = stamp_of(told, looking.by, looking.visitor.now)
    command = command_of(name, looking.number, told, stamp, looking.register)
    chance = looking.rehearsal().tried(command)
    return _form_page(
        request,
        looking,
        name,
        told,
        Obstacle(HTTPStatus.CONFLICT, refusal=conflict if not news else None),
        news=news,
        still=chance.is_open,
        follows=consequences(chance.facts, looking.texts),
        why=_why(chance, looking.texts),
    )


def _form_page(
    request: Request,
    looking: Looking,
    name: str,
    told: Mapping[str, str],
    obstacle: Obstacle = CLEAR,
    *,
    follows: Sequence[str] | None = None,
    news: Sequence[Told] = (),
    still: bool = True,
    why: str = "",
) -> Response:
    texts, refusal = looking.texts, obstacle.refusal
    fields = [
        shown_field(field, looking, told, obstacle.faults)
        for field in fields_for(name, told.get(ONLY, ""))
    ]
    answer = page(
        request,
        "step.html",
        obstacle.status,
        **looking.head(),
        name=name,
        fields=fields,
        told=told,
        groups=[(one.id, texts.show_named(one)) for one in looking.register.groups],
        faults=[one for one in fields if one.fault],
        marks=obstacle.marks,
        refusal=texts.refusal(refusal, number=looking.number)[0] if refusal else "",
        follows=_follows(looking, name, told) if follows is None else follows,
        news=news,
        still=still,
        why=why,
        version=len(looking.history),
        command_id=told.get("command_id") or str(uuid4()),
        limit=looking.register.limits.text_length,
    )
    if answer.status_code in LATER:
        answer.headers["Retry-After"] = RETRY_S
    return answer


def _follows(looking: Looking, name: str, told: Mapping[str, str]) -> list[str]:
    """Return what would follow from a form as it stands, if it is complete."""
    try:
        stamp = stamp_of({}, looking.by, looking.visitor.now)
        command = command_of(name, looking.number, told, stamp, looking.register)
    except BadFields:
        return []
    return consequences(looking.rehearsal().tried(command).facts, looking.texts)


def shown_field(
    field: Field, looking: Looking, told: Mapping[str, str], faults: Mapping[str, str]
) -> Shown:
    """Return one field of a form about a case, with what stands in it."""
    texts = looking.texts
    key = faults.get(field.name, "")
    return Shown(
        field=field,
        label=_label(field, texts),
        value=told.get(field.name, ""),
        choices=_choices(field, looking) if field.kind is Kind.CHOICE else [],
        fault=texts.say(key) if key else "",
    )


def _label(field: Field, texts: Texts) -> str:
    key = f"web_field.{field.label}"
    if texts.has(key):
        return texts.say(key)
    word = texts.word("field", field.label)
    return f"{word[:1].upper()}{word[1:]}"


def _choices(field: Field, looking: Looking) -> list[tuple[str, str]]:
    if field.source is None:
        return []
    texts = looking.texts
    values = values_of(field.source, looking.register, looking.memory, looking.by)
    if table := WORDS_OF.get(field.source):
        return [(value, texts.word(table, value)) for value in values]
    if field.name == TO.name and field.source is TO.source:
        return receivers(looking.system, looking.memory, looking.by, texts)
    if field.name == "subtask":
        return [(value, value) for value in values]
    return choices_of(values, field.name, texts)


@router.get("/cases/{number}/undo/last")
def ask_undo(_: Person, number: str) -> Response:
    """Go to the case, where the last step can be taken back."""
    return RedirectResponse(f"/cases/{number}", HTTPStatus.SEE_OTHER)


@router.post("/cases/{number}/undo/last")
def undo(
    visitor: Here, by: Person, system: System, form: Posted, number: str
) -> Response:
    """Take back what the same person did last, by another fact.

    Raises: Conflict (stale_version) when somebody has acted since.
    """
    looking, told = Looking(visitor, by, number), typed(form)
    reason = visitor.texts.say("web.undo_reason")
    found = undo_of(looking.history, by, visitor.now, reason)
    if found is None:
        raise Conflict(Code.STALE_VERSION, stream=f"finding/{number}")
    command = found.by(number, stamp_of(told, by, visitor.now))
    receipt = ask(system, command, expected_of(told), checked=True)
    _note_done(visitor, looking, receipt)
    return RedirectResponse(f"/cases/{number}", HTTPStatus.SEE_OTHER)
