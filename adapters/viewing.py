"""The one door through which people see cases: only what the table lets them see.

What is shown of what people wrote is on the disk of the access log before it is
returned. Where that cannot be written, nothing is shown. What may not be seen and what
is not there give the same answer.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple, TypeVar, get_args, get_type_hints
from uuid import uuid4

from sqlalchemy import select

from adapters.persistence.case_lists import (
    NOW,
    Listed,
    Order,
    Tally,
    Wanted,
    changed_since,
    listed,
    tally,
)
from adapters.persistence.fact_lists import FactsWanted, facts_found
from adapters.police import store_of
from adapters.reports import known
from adapters.system import Gadelys
from domain.access import Looked, NoteReading, Purpose, decide, purpose_for
from domain.errors import Code, NotAllowed, NotFound
from domain.finding.commands import stream_of
from domain.handling import digest
from domain.messages import Recorded, Stamp
from domain.permissions.asking import not_your_role
from domain.permissions.roles import roles_of
from domain.permissions.standing import standing_to_case
from domain.permissions.table import may_any
from domain.permissions.viewing import NOTHING, Extent, Sight, extent, sight
from domain.permissions.words import Action, Compartment, Relation, Role
from domain.personal import subject_of, without_words
from domain.police.commands import stream_of as police_stream
from domain.ports import Decision, Rules
from domain.register.model import Register
from domain.values import WITHHELD, Actor, Authority, FindingNumber, Personal, StreamId
from domain.walk.commands import stream_of as walk_stream
from projections.case_page import case_page
from projections.cases import CaseRow
from projections.versions import Asked
from projections.walks import WALKS, WalkRow

Row = TypeVar("Row")
ANYBODY = frozenset({Relation.OTHER})
CASE = "finding"
HANDED_ON = frozenset({CASE, "walk", "publication", "roster", "register", "round"})
"""Kinds of streams of which other programs are told: no messages, no persons."""

MOST_LOOKS = 5
"""How often a page looks on when much of what it finds is not for whoever asks."""


class Searched(NamedTuple):
    """Facts that fit, with words or without, and where to look on; 0 for nowhere."""

    facts: list[Recorded]
    reached: int


class Viewer:
    """Somebody who looks, in the roles that they have, for a purpose."""

    def __init__(
        self, system: Gadelys, by: Actor, purpose: Purpose | None = None
    ) -> None:
        """Look at `system` as `by`.

        Raises: NotFound (unknown_unit, no_register); Refused (purpose_missing) when
            their role does not tell what they read for.
        """
        self.by = by
        self._system = system
        if not self._rules.register.knows(by):
            raise NotFound(Code.UNKNOWN_UNIT, unit=str(by))
        self.purpose = purpose_for(self.roles, purpose, by)

    @cached_property
    def roles(self) -> frozenset[Role]:
        """The roles that the register gives them."""
        return roles_of(self.by, self._rules.register)

    @property
    def _rules(self) -> Rules:
        return self._system.rules()

    def require(self, action: Action, where: Compartment = Compartment.SHARED) -> Sight:
        """Return what they see of anything in a compartment, whoever it waits for.

        Raises: NotAllowed (not_your_role).
        """
        seen = sight(self.roles, action, ANYBODY, where)
        if not seen.facts:
            raise self.refusal(action, where)
        return seen

    def may(self, action: Action, where: Compartment = Compartment.SHARED) -> bool:
        """Whether they see anything of that in a compartment, whoever it waits for."""
        return bool(sight(self.roles, action, ANYBODY, where).facts)

    def require_past(self) -> None:
        """Refuse who may look at no case as it was.

        Raises: NotAllowed (not_your_role).
        """
        if not may_look_back(self.roles):
            raise self.refusal(Action.READ_HISTORY)

    def listed(
        self,
        wanted: Wanted,
        *,
        asked: Asked = NOW,
        order: Order = Order.DUE,
        after: str | None = None,
        limit: int = 100,
        looked: Looked = Looked.AT_LIST,
    ) -> Listed:
        """Return one page of cases, as `case_lists.listed` does.

        Raises: NotAllowed (not_your_role) for who may see no lists, may not look at
            the past, or asks for words that they may not read; Refused (bad_cursor).
        """
        action = Action.READ_CASE if asked.is_now else Action.READ_HISTORY
        chosen = self._within_reach(wanted, action)
        if chosen.text or order is Order.PLACE:
            self._require_words(chosen)
        found = listed(
            self._system.rows,
            chosen,
            asked=asked,
            order=order,
            after=after,
            limit=limit,
        )
        return replace(found, rows=self.rows(found.rows, looked, action))

    def walks(self) -> list[WalkRow]:
        """Return all walks, the latest first.

        Raises: NotAllowed (not_your_role).
        """
        seen = self.require(Action.READ_CASE)
        table = self._system.rows.table(WALKS)
        newest = select(table).order_by(table.c.starts_at.desc())
        found: list[WalkRow] = self._system.rows.rows(WALKS, newest)
        logged = [walk_stream(row.number) for row in found if seen.logs]
        self.note(Looked.AT_LIST, logged)
        return found if seen.words else [withheld(row) for row in found]

    def tally(self, wanted: Wanted, today: date, week_ends: date) -> Tally:
        """Return how many of the cases that they may find call for what.

        Raises: NotAllowed (not_your_role).
        """
        return tally(self._system.rows, self._countable(wanted), today, week_ends)

    def changed_since(self, wanted: Wanted, position: int) -> int:
        """Return how many of them have a fact after `position`.

        Raises: NotAllowed (not_your_role).
        """
        return changed_since(self._system.rows, self._countable(wanted), position)

    def _countable(self, wanted: Wanted) -> Wanted:
        chosen = self._within_reach(wanted, Action.READ_CASE)
        if chosen.text:
            self._require_words(chosen)
        return chosen

    def rows(
        self,
        rows: Iterable[CaseRow],
        looked: Looked = Looked.AT_LIST,
        action: Action = Action.READ_CASE,
    ) -> list[CaseRow]:
        """Return those of the cases that they may see, with words or without."""
        shown, about, register = [], [], self._rules.register
        for row in rows:
            seen = sight(self.roles, action, self._stand_to(row, register))
            if seen.facts:
                shown.append(row if seen.words else withheld(row))
            if seen.logs:
                about.append(stream_of(row.number))
        self.note(looked, about)
        return shown

    def facts(
        self,
        number: FindingNumber,
        happened: datetime | None = None,
        recorded: datetime | None = None,
        *,
        looked: Looked = Looked.AT_CASE,
    ) -> tuple[Recorded, ...]:
        """Return the facts of a case that had happened, and were known, by then.

        Raises: NotFound (unknown_finding) when there is no such case for them;
            NotAllowed (not_your_role) when they may see it, but not its past.
        """
        history = self._system.store.load(stream_of(number))
        seen = self._seen_of(history, Action.READ_CASE)
        if not history or not seen.facts:
            raise NotFound(Code.UNKNOWN_FINDING, number=number)
        if happened or recorded or looked is Looked.AT_HISTORY:
            seen = self._seen_of(history, Action.READ_HISTORY)
            if not seen.facts:
                raise self.refusal(Action.READ_HISTORY)
        found = known(history, happened, recorded)
        return self._shown(found, seen, looked, stream_of(number))

    def facts_after(
        self, position: int, limit: int
    ) -> tuple[list[Recorded], int, bool]:
        """Return facts after a position that they may know of, for other programs.

        Their words are still in them: only what has no words may be handed on. How
        somebody stands to a case is asked of the case as it is now.

        Returns: the facts, the position reached, and whether there is more to read.
        Raises: NotAllowed (not_your_role) for who may see no cases.
        """
        if extent(self.roles, Action.READ_CASE) is Extent.NONE:
            raise self.refusal(Action.READ_CASE)
        page = self._system.store.after(position, limit)
        sights = {one: self._sight_of(one) for one in {fact.stream for fact in page}}
        shown = [fact for fact in page if sights[fact.stream].facts]
        logged = [one for one in sights if sights[one].logs and not sights[one].words]
        self.note(Looked.AT_LIST, sorted(logged))
        reached = page[-1].position if page else position
        return shown, reached, len(page) == limit

    def facts_like(
        self,
        wanted: FactsWanted,
        among: Sequence[StreamId] = (),
        *,
        before: int,
        limit: int,
    ) -> Searched:
        """Return facts of all cases, walks and rules that fit, the newest first.

        How somebody stands to a case is asked of the case as it is now. Whoever may
        look back at some cases only is shown no other streams. What is hidden and
        what is not there are both not found.

        Args:
            wanted: which facts.
            among: the streams to which they belong; of all of them without any.
            before: the position below which to look.
            limit: how many at most.

        Raises: NotAllowed (not_your_role) for who may look at no past.
        """
        self.require_past()
        shown: list[Recorded] = []
        read = dict[StreamId, tuple[tuple[Recorded, ...], Sight]]()
        kinds = sorted(HANDED_ON)
        if extent(self.roles, Action.READ_HISTORY) is not Extent.ALL:
            kinds = [CASE]
        chosen = replace(wanted, kinds=kinds)
        if among:
            every = [fact for one in among for fact in self._system.store.load(one)]
            chosen = replace(chosen, positions=[fact.position for fact in every])
        reached = before
        for _ in range(MOST_LOOKS):
            found = facts_found(self._system.rows, chosen, reached, limit)
            for row in found.rows:
                if row.stream not in read:
                    read[row.stream] = self._past_of(row.stream)
                facts, seen = read[row.stream]
                if seen.facts:
                    shown.append(_as_seen(facts[row.version - 1], seen))
                reached = row.position
                if len(shown) == limit:
                    break
            else:
                reached = found.reached
            if len(shown) == limit or not reached:
                break
        logged = {fact.stream for fact in shown if read[fact.stream][1].logs}
        self.note(Looked.AT_HISTORY, sorted(logged))
        return Searched(shown, reached)

    def _past_of(self, stream: StreamId) -> tuple[tuple[Recorded, ...], Sight]:
        """Return a stream, and what they see of its past."""
        facts = self._system.store.load(stream)
        if stream.startswith(f"{CASE}/"):
            return facts, self._seen_of(facts, Action.READ_HISTORY)
        return facts, sight(self.roles, Action.READ_HISTORY, ANYBODY)

    def _sight_of(self, stream: StreamId) -> Sight:
        kind, _, _ = stream.partition("/")
        if kind not in HANDED_ON:
            return NOTHING
        if kind != CASE or extent(self.roles, Action.READ_CASE) is Extent.ALL:
            return sight(self.roles, Action.READ_CASE, ANYBODY)
        return self._seen_of(self._system.store.load(stream), Action.READ_CASE)

    def sees(self, number: FindingNumber) -> bool:
        """Whether there is such a case for them; they are shown nothing of it."""
        return sees(self._system, self.by, number)

    def sees_words(self, history: tuple[Recorded, ...]) -> bool:
        """Whether they may read what people wrote in a case, and see its photos."""
        return self._seen_of(history, Action.READ_CASE).words

    def photo(self, number: FindingNumber, content: str) -> bytes:
        """Return a photo of a case, as a JPEG; that it was looked at is written down.

        Raises: NotFound (unknown_finding, unknown_photo), also for what they may not
            see; Unavailable (photo_damaged).
        """
        history = self._system.store.load(stream_of(number))
        page = case_page(history)
        if page is None or not self.sees_words(history):
            raise NotFound(Code.UNKNOWN_FINDING, number=number)
        named = [photo for photo in page.photos if photo.content == content]
        if not named:
            raise NotFound(Code.UNKNOWN_PHOTO, content=content)
        subject = subject_of(stream_of(number), named[0].by)
        body = self._system.photos.open(subject, content)
        self.note(Looked.AT_CASE, [stream_of(number)])
        return body

    def require_export(self, number: FindingNumber) -> None:
        """Write down that a case is handed out, if they may do that.

        Raises: NotFound (unknown_finding), NotAllowed (not_your_role).
        """
        history = self._system.store.load(stream_of(number))
        if not history or not self._seen_of(history, Action.READ_CASE).facts:
            raise NotFound(Code.UNKNOWN_FINDING, number=number)
        if not self._seen_of(history, Action.EXPORT_CASE).facts:
            raise self.refusal(Action.EXPORT_CASE)
        self.note(Looked.AT_EXPORT, [stream_of(number)])

    def handed_out(self, wanted: Wanted, limit: int) -> Listed:
        """Return the cases of a list that they may hand out, as far as `limit`.

        Raises: NotAllowed (not_your_role), Refused (purpose_missing).
        """
        self.require(Action.EXPORT_CASE)
        return self.listed(wanted, limit=limit, looked=Looked.AT_EXPORT)

    @property
    def sees_police_notes(self) -> bool:
        """Whether there is, here and for them, a way to what only the police know."""
        seen = sight(self.roles, Action.READ_CASE, ANYBODY, Compartment.POLICE)
        return seen.words and self._system.settings.police is not None

    def police(self, number: FindingNumber) -> tuple[Recorded, ...]:
        """Return what the police keep beside a case.

        Raises: NotAllowed (not_your_role) before anything is looked at; Unavailable
            (police_store_missing); NotFound (unknown_finding).
        """
        if not self.require(Action.READ_CASE, Compartment.POLICE).words:
            raise self.refusal(Action.READ_PERSONAL, Compartment.POLICE)
        own = store_of(self._system)
        if not self._system.store.version_of(stream_of(number)):
            raise NotFound(Code.UNKNOWN_FINDING, number=number)
        self.note(Looked.AT_NOTES, [police_stream(number)])
        return own.store.load(police_stream(number))

    def row(self, row: Row, stream: StreamId, looked: Looked = Looked.AT_CASE) -> Row:
        """Return one row that is no case, with its words or without.

        Raises: NotAllowed (not_your_role).
        """
        seen = self.require(Action.READ_CASE)
        self.note(looked, [stream] if seen.logs else [])
        return row if seen.words else withheld(row)

    def note(self, looked: Looked, about: Iterable[StreamId]) -> None:
        """Write down what they are about to be shown; nothing where it is nothing.

        Raises: Unavailable when that cannot be kept: then it must not be shown.
        """
        if named := tuple(dict.fromkeys(about)):
            note_reading(self._system, self.by, looked, self.purpose, named)

    def _shown(
        self,
        facts: tuple[Recorded, ...],
        seen: Sight,
        looked: Looked,
        stream: StreamId,
    ) -> tuple[Recorded, ...]:
        self.note(looked, [stream] if seen.logs else [])
        return tuple(_as_seen(one, seen) for one in facts)

    def _seen_of(self, history: tuple[Recorded, ...], action: Action) -> Sight:
        stamp = Stamp(by=self.by, at=self._system.now(), command_id=uuid4())
        stands = standing_to_case(stamp, history, self._rules)
        return sight(self.roles, action, stands.relations if stands else ())

    def _stand_to(self, row: CaseRow, register: Register) -> frozenset[Relation]:
        """Return how they stand to a case, as far as its row tells."""
        found = set[Relation]()
        if row.unit == self.by.unit:
            found.add(Relation.OWN_UNIT)
            if row.person in {None, self.by.person}:
                found.add(Relation.ASSIGNED)
        answering = register.behind(row.unit).authority
        if self.by.authority in {row.authority, answering}:
            found.add(Relation.OWN_AUTHORITY)
        return frozenset(found) or ANYBODY

    def _within_reach(self, wanted: Wanted, action: Action) -> Wanted:
        """Return what is wanted, narrowed to what they may find in a list."""
        match extent(self.roles, action):
            case Extent.ALL:
                return wanted
            case Extent.OWN_AUTHORITY:
                return replace(wanted, authority=self.by.authority)
            case Extent.ASSIGNED if wanted.unit in {None, str(self.by.unit)}:
                return replace(wanted, unit=str(self.by.unit))
            case _:
                raise self.refusal(action)

    def _require_words(self, wanted: Wanted) -> None:
        """Refuse to search for words, or to order by them, who may not read them."""
        is_own = wanted.unit == self.by.unit
        stands = {Relation.ASSIGNED} if is_own else ANYBODY
        if not sight(self.roles, Action.READ_CASE, stands).words:
            raise self.refusal(Action.READ_PERSONAL)

    def refusal(
        self, action: Action, where: Compartment = Compartment.SHARED
    ) -> NotAllowed:
        """Return the refusal of what their roles do not allow in a compartment."""
        return not_your_role(self.by, action, where, self._rules.register)


def _as_seen(fact: Recorded, seen: Sight) -> Recorded:
    """Return a fact with its words, or without them."""
    return fact if seen.words else replace(fact, event=without_words(fact.event))


def may_look_back(roles: Iterable[Role]) -> bool:
    """Whether somebody with these roles may look at any case as it was."""
    held = frozenset(roles)
    sees = extent(held, Action.READ_CASE) is not Extent.NONE
    return sees and extent(held, Action.READ_HISTORY) is not Extent.NONE


def may_see_to_roles(roles: Iterable[Role]) -> bool:
    """Whether somebody with these roles proposes or grants those of others."""
    held = frozenset(roles)
    return any(
        may_any(held, action, where, ANYBODY).allowed
        for action in (Action.PROPOSE_ROLES, Action.GRANT_ROLES)
        for where in Compartment
    )


def may_read_cases(roles: Iterable[Role]) -> bool:
    """Whether somebody with these roles may read any case, whoever it waits for."""
    held = frozenset(roles)
    return sight(held, Action.READ_CASE, ANYBODY).facts


def may_read_reports(roles: Iterable[Role]) -> bool:
    """Whether somebody with these roles may read how the whole of it goes."""
    held = frozenset(roles)
    return bool(sight(held, Action.READ_REPORT, ANYBODY, Compartment.SHARED).facts)


def sees(system: Gadelys, by: Actor, number: FindingNumber) -> bool:
    """Whether somebody may know that a case is there; they are shown nothing of it."""
    history, rules = system.store.load(stream_of(number)), system.rules()
    stamp = Stamp(by=by, at=system.now(), command_id=uuid4())
    stands = standing_to_case(stamp, history, rules)
    roles = roles_of(by, rules.register)
    relations = stands.relations if stands else ()
    return bool(history) and sight(roles, Action.READ_CASE, relations).facts


def note_reading(
    system: Gadelys,
    by: Actor,
    looked: Looked,
    purpose: Purpose,
    about: tuple[StreamId, ...],
) -> None:
    """Write a reading into the log of whoever answers for the reader.

    The police keep their own log where they keep their own store.

    Raises: Unavailable.
    """
    log = log_of(system, by.authority)
    stamp = Stamp(by=by, at=system.now(), command_id=uuid4())
    command = NoteReading(stamp=stamp, looked=looked, purpose=purpose, about=about)
    # Nothing is decided upon what stands there already: each line is its own stream.
    line = Decision(
        stream=command.stream,
        after=0,
        command_id=stamp.command_id,
        asked=digest(command, with_time=False),
        register=0,
        events=decide(command),
    )
    log.store.append([line], system.now())


def log_of(system: Gadelys, authority: Authority) -> Gadelys:
    """Return the log of what one authority's people read."""
    own = system.police if authority is Authority.POLICE else None
    return (own or system).access


def withheld(row: Row) -> Row:
    """Return a row in which every word of somebody's own is withheld."""
    kind: type[Any] = type(row)
    kept: dict[str, Any] = {
        name: WITHHELD for name in _words_of(kind) if getattr(row, name)
    }
    return replace(row, **kept)  # type: ignore[type-var]


def _words_of(kind: type[Any]) -> list[str]:
    if kind not in _FOUND:
        hints = get_type_hints(kind, include_extras=True)
        _FOUND[kind] = [name for name in hints if _is_personal(hints[name])]
    return _FOUND[kind]


_FOUND: dict[type, list[str]] = {}


def _is_personal(hint: object) -> bool:
    marks = getattr(hint, "__metadata__", ())
    own = any(isinstance(mark, Personal) for mark in marks)
    return own or any(_is_personal(inner) for inner in get_args(hint))
