"""Several cases at once: one form, what would happen to each, and what did.

Each case gets a command of its own. One that is refused stops no other.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from adapters.web.asked import Here, Person, Posted, typed
from adapters.web.asking import Marked, PersonsNamed, ask, look_through
from adapters.web.building import BadFields, command_of, expected_of, stamp_of
from adapters.web.forms import FORMS, TAKEN_AT_ONCE
from adapters.web.pages.case import Looking, shown_field
from adapters.web.reading import kept_for
from adapters.web.rendering import page
from adapters.web.visiting import Visitor
from adapters.web.wording import consequences, told_of
from domain.errors import Code, DomainError, NotFound, Refused
from domain.finding.commands import AnyFindingCommand
from domain.messages import derived_id
from domain.ports import Receipt
from domain.values import Actor

router = APIRouter(include_in_schema=False)
MOST = 50
RESULT = "several"
EXPECTED = "expected."


@dataclass(frozen=True, slots=True)
class Outcome:
    """What would happen to one case, or did.

    `state` is can, cannot, left (nobody wants it with), done or failed.
    """

    number: str
    category: str
    state: str
    words: list[str]
    version: int = 0


class Several:
    """Some cases in front of one person, and what they want of all of them."""

    def __init__(
        self,
        visitor: Visitor,
        by: Actor,
        verb: str,
        numbers: list[str],
        chosen: list[str] | None = None,
    ) -> None:
        """Look at each case; only those `chosen` are meant, all if nothing is said.

        Raises: NotFound for what cannot be done to several; Refused (bad_input)
            without a case, and for too many; else as `Looking`.
        """
        if verb not in TAKEN_AT_ONCE:
            raise NotFound(Code.UNKNOWN_FINDING, number=verb)
        wanted = list(dict.fromkeys(numbers))
        if not 1 <= len(wanted) <= MOST:
            raise Refused(Code.BAD_INPUT, field="finding", known=MOST)
        self.visitor = visitor
        self.by = by
        self.verb = verb
        self.cases = [Looking(visitor, by, number) for number in wanted]
        self.chosen = frozenset(wanted if chosen is None else chosen)

    def command(self, looking: Looking, told: Mapping[str, str]) -> AnyFindingCommand:
        """Return what is asked of one case; its id follows from that of the form.

        Raises: BadFields; Refused (bad_input).
        """
        stamp = stamp_of(told, self.by, self.visitor.now)
        own = derived_id("several", stamp.command_id, looking.number)
        return command_of(
            self.verb,
            looking.number,
            told,
            stamp.model_copy(update={"command_id": own}),
            looking.register,
        )

    def possible(self) -> list[Outcome]:
        """Return whether the step can be taken, before the form is filled in."""
        found = []
        for looking in self.cases:
            chance = looking.rehearsal().chance(self.verb, looking.number)
            if chance.is_open or chance.refusal is None:
                is_meant = not self.chosen or looking.number in self.chosen
                found.append(self._outcome(looking, "can" if is_meant else "left", []))
            else:
                found.append(self._refused(looking, "cannot", chance.refusal))
        return found

    def previewed(self, told: Mapping[str, str]) -> list[Outcome]:
        """Return what would follow for each case from what was typed.

        Raises: BadFields.
        """
        found = []
        for looking in self.cases:
            chance = looking.rehearsal().tried(self.command(looking, told))
            if chance.refusal:
                found.append(self._refused(looking, "cannot", chance.refusal))
            elif looking.number in self.chosen:
                words = consequences(chance.facts, self.visitor.texts)
                found.append(self._outcome(looking, "can", words))
            else:
                found.append(self._outcome(looking, "left", []))
        return found

    def taken(self, told: Mapping[str, str]) -> list[Outcome]:
        """Take the step on every case that allows it; return what became of each.

        Raises: BadFields, PersonsNamed, Refused (cpr_number) before anything is done.
        """
        cases = [one for one in self.cases if one.number in self.chosen]
        commands = [self.command(looking, told) for looking in cases]
        look_through(commands[0], checked="checked" in told)
        pairs = zip(cases, commands, strict=True)
        return [self._took(looking, command, told) for looking, command in pairs]

    def _took(
        self, looking: Looking, command: AnyFindingCommand, told: Mapping[str, str]
    ) -> Outcome:
        seen = {"expected_version": told.get(f"{EXPECTED}{looking.number}", "")}
        try:
            receipt = ask(looking.system, command, expected_of(seen), checked=True)
        except DomainError as refusal:
            return self._refused(looking, "failed", refusal)
        return self._outcome(looking, "done", self._stored(looking, receipt))

    def _stored(self, looking: Looking, receipt: Receipt) -> list[str]:
        texts = self.visitor.texts
        if not receipt.facts:
            return [texts.say("say.nothing_left")]
        facts = looking.system.store.load(receipt.stream)
        new = facts[receipt.version - receipt.facts : receipt.version]
        return [f"{told_of(fact, texts).words}." for fact in new]

    def _refused(self, looking: Looking, state: str, refusal: DomainError) -> Outcome:
        why, _ = self.visitor.texts.refusal(refusal, number=looking.number)
        return self._outcome(looking, state, [why])

    def _outcome(self, looking: Looking, state: str, words: list[str]) -> Outcome:
        category = self.visitor.texts.category(looking.memory.category)
        version = len(looking.history)
        return Outcome(looking.number, category, state, words, version)


@router.get("/several")
def ask_several(
    request: Request,
    visitor: Here,
    by: Person,
    verb: Annotated[str, Query(max_length=40)] = "",
    case: Annotated[list[str] | None, Query(max_length=MOST)] = None,
) -> Response:
    """Show the form of one step for several cases."""
    if told := kept_for(visitor, request.url.path):
        return _restored(request, visitor, by, told)
    if not case or not verb:
        visitor.memory["notice"] = visitor.texts.say("web_several.none_chosen")
        return RedirectResponse("/worklist", HTTPStatus.SEE_OTHER)
    several = Several(visitor, by, verb, case)
    return _form(request, several, {}, several.possible())


def _restored(
    request: Request, visitor: Visitor, by: Actor, told: dict[str, str]
) -> Response:
    """Show the form as it was when a login ran out."""
    several = _several_of(visitor, by, told)
    return _form(request, several, told, several.possible())


def _several_of(visitor: Visitor, by: Actor, told: Mapping[str, str]) -> Several:
    """Return the cases of a form; those that are ticked are meant."""
    chosen = told.get("case", "").split()
    shown = [*_shown(told), *chosen]
    return Several(visitor, by, told.get("verb", ""), shown, chosen)


@router.post("/several")
def take_several(request: Request, visitor: Here, by: Person, form: Posted) -> Response:
    """Show what would happen to each case, or do it; nothing typed is lost."""
    told = typed(form)
    several = _several_of(visitor, by, told)
    if not several.chosen:
        why = visitor.texts.say("web_several.tick_one")
        return _again(request, several, told, why=why)
    try:
        if "save" not in told:
            return _form(request, several, told, several.previewed(told), seen=True)
        outcomes = several.taken(told)
    except BadFields as bad:
        return _again(request, several, told, faults=bad.faults)
    except PersonsNamed as named:
        return _again(request, several, told, marks=named.marks)
    except Refused as refusal:
        why, _ = visitor.texts.refusal(refusal)
        return _again(request, several, told, why=why)
    visitor.memory[RESULT] = {
        "verb": several.verb,
        "outcomes": [asdict(one) for one in outcomes],
    }
    return RedirectResponse("/several/result", HTTPStatus.SEE_OTHER)


def _shown(told: Mapping[str, str]) -> list[str]:
    """Return the cases of a form, chosen or not."""
    return [name.removeprefix(EXPECTED) for name in told if name.startswith(EXPECTED)]


@router.get("/several/result")
def result(request: Request, visitor: Here, _: Person) -> Response:
    """Show what became of each case."""
    kept = visitor.recall(RESULT)
    if not kept:
        return RedirectResponse("/worklist", HTTPStatus.SEE_OTHER)
    outcomes = [Outcome(**one) for one in kept["outcomes"]]
    failed = [("case", one.number) for one in outcomes if one.state == "failed"]
    return page(
        request,
        "several_result.html",
        verb=kept["verb"],
        outcomes=outcomes,
        done=sum(one.state == "done" for one in outcomes),
        failed=failed,
    )


def _again(
    request: Request,
    several: Several,
    told: Mapping[str, str],
    *,
    faults: Mapping[str, str] | None = None,
    marks: tuple[Marked, ...] = (),
    why: str = "",
) -> Response:
    """Show the form once more, with what is in the way."""
    return _form(
        request,
        several,
        told,
        several.possible(),
        HTTPStatus.UNPROCESSABLE_ENTITY,
        faults=faults,
        marks=marks,
        why=why,
    )


def _form(
    request: Request,
    several: Several,
    told: Mapping[str, str],
    outcomes: list[Outcome],
    status: HTTPStatus = HTTPStatus.OK,
    *,
    seen: bool = False,
    faults: Mapping[str, str] | None = None,
    marks: tuple[Marked, ...] = (),
    why: str = "",
) -> Response:
    first = several.cases[0]
    known = dict(faults or {})
    fields = [shown_field(one, first, told, known) for one in FORMS[several.verb]]
    able = [one for one in outcomes if one.state == "can"]
    return page(
        request,
        "several.html",
        status,
        verb=several.verb,
        fields=fields,
        told=told,
        faults=[one for one in fields if one.fault],
        marks=marks,
        refusal=why,
        outcomes=outcomes,
        able=able,
        unable=sum(one.state == "cannot" for one in outcomes),
        seen=seen,
        command_id=told.get("command_id") or str(uuid4()),
        limit=first.register.limits.text_length,
    )
