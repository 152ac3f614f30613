"""The door for everybody: what somebody sees who is not logged in, of what is public.

Beside `viewing.py`, and by the same table, for the role of a citizen. Nobody's words go
out here but those that both authorities signed, and nothing is logged, because no word
of anybody's own is shown. What may not be seen, what was erased, what may not be used
at present and what is not there give the same answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select

from adapters.files.documents import Document, Issue, issues
from adapters.persistence.case_lists import of_walk
from adapters.standing import documents_of
from adapters.system import Gadelys
from adapters.viewing import ANYBODY, withheld
from domain.errors import Code, NotFound
from domain.finding.commands import stream_of as finding_stream
from domain.finding.state import fold as fold_finding
from domain.messages import Recorded
from domain.permissions import public
from domain.permissions.roles import roles_of
from domain.permissions.viewing import sight
from domain.permissions.words import Action, Compartment
from domain.personal import HIDDEN, words_are_hidden
from domain.publication.commands import stream_of as publication_stream
from domain.publication.events import PublicationKind
from domain.publication.state import PublicationStatus
from domain.values import CITIZEN, FindingNumber, PublicationNumber, WalkNumber
from domain.walk.commands import stream_of as walk_stream
from projections.public_case import PublicCase, WalkStep, public_case, walk_steps
from projections.publications import PUBLICATIONS, PublicationRow
from projections.walk_route import WalkRoute, walk_route
from projections.walks import WALKS, WalkRow


@dataclass(frozen=True, slots=True)
class Published:
    """One text that was published, as it stands now.

    `newer` is the text that took its place; `issue` says whether it was withdrawn.
    """

    number: PublicationNumber
    issue: Issue
    newer: PublicationNumber | None


class PublicViewer:
    """Whoever looks without saying who they are."""

    def __init__(self, system: Gadelys) -> None:
        """Look at `system`.

        Raises: NotFound (no_register).
        """
        self._system = system
        self._roles = roles_of(CITIZEN, system.rules().register)

    def walks(self) -> list[WalkRow]:
        """Return the walks that are public, the latest first, without words."""
        table = self._system.rows.table(WALKS)
        newest = select(table).order_by(table.c.starts_at.desc(), table.c.number)
        rows: list[WalkRow] = self._system.rows.rows(WALKS, newest)
        return [withheld(row) for row in rows if self._sees_walk(row)]

    def walk(self, number: WalkNumber) -> WalkRow:
        """Return one walk without words.

        Raises: NotFound (unknown_walk).
        """
        row: WalkRow | None = self._system.rows.row(WALKS, number)
        if row is None or not self._sees_walk(row):
            raise NotFound(Code.UNKNOWN_WALK, walk=number)
        return withheld(row)

    def steps(self, walk: WalkRow) -> tuple[WalkStep, ...]:
        """Return what happened to a walk that was seen, oldest first."""
        return walk_steps(self._system.store.load(walk_stream(walk.number)))

    def route(self, walk: WalkRow) -> WalkRoute:
        """Return where a walk that was seen goes, by the names of its stops."""
        return walk_route(self._system.store.load(walk_stream(walk.number)))

    def cases(self, walk: WalkRow) -> list[PublicCase]:
        """Return what may be known of the findings of a walk that was seen."""
        rows, _ = of_walk(self._system.rows, walk.number)
        found = (self._case(row.number, walk) for row in rows)
        return [case for case in found if case]

    def publications(
        self, *, walk: WalkNumber | None = None, kind: PublicationKind | None = None
    ) -> list[PublicationRow]:
        """Return the texts that are published now, the latest first."""
        if not self._sees(Action.READ_REPORT, Compartment.PUBLIC):
            return []
        table = self._system.rows.table(PUBLICATIONS)
        query = select(table).where(
            table.c.status == PublicationStatus.PUBLISHED.value,
            *([table.c.walk == walk] if walk else []),
            *([table.c.kind == kind.value] if kind else []),
        )
        newest = query.order_by(table.c.published_at.desc(), table.c.number.desc())
        rows: list[PublicationRow] = self._system.rows.rows(PUBLICATIONS, newest)
        return [replace(row, superseded_by=self._newer(row)) for row in rows]

    def publication(self, number: PublicationNumber) -> Published:
        """Return one text that is or was published.

        Raises: NotFound (unknown_publication), also for what waits for signatures.
        """
        found = self._issues(number)
        row: PublicationRow | None = self._system.rows.row(PUBLICATIONS, number)
        if not found or not self._sees(Action.READ_REPORT, Compartment.PUBLIC):
            raise NotFound(Code.UNKNOWN_PUBLICATION, number=number)
        return Published(number, found[-1], self._newer(row) if row else None)

    def document(self, published: Published) -> Document:
        """Return the exact bytes that both authorities signed.

        Raises: NotFound (unknown_publication) when it was withdrawn or disposed of;
            Unavailable (document_damaged).
        """
        issue = published.issue
        try:
            body = documents_of(self._system).body(issue.content)
        except NotFound as problem:
            raise NotFound(
                Code.UNKNOWN_PUBLICATION, number=published.number
            ) from problem
        if issue.withdrawn:
            raise NotFound(Code.UNKNOWN_PUBLICATION, number=published.number)
        return Document(body, issue.form)

    def _case(self, number: FindingNumber, walk: WalkRow) -> PublicCase | None:
        facts = self._system.store.load(finding_stream(number))
        memory = fold_finding(facts)
        if memory is None or any(words_are_hidden(one.event) for one in facts):
            return None
        where = public.of_finding(memory, walk.memory)
        return public_case(facts) if self._sees(Action.READ_CASE, where) else None

    def _newer(self, row: PublicationRow) -> PublicationNumber | None:
        """Return what took the place of a text, unless that was withdrawn since."""
        number = row.superseded_by
        found = self._issues(number) if number else ()
        return number if found and not found[-1].withdrawn else None

    def _issues(self, number: PublicationNumber) -> Sequence[Issue]:
        return issues(number, self._facts(number))

    def _facts(self, number: PublicationNumber) -> tuple[Recorded, ...]:
        return self._system.store.load(publication_stream(number))

    def _sees_walk(self, row: WalkRow) -> bool:
        if row.theme in HIDDEN or row.meeting_point in HIDDEN:
            return False
        return self._sees(Action.READ_CASE, public.of_walk(row.memory))

    def _sees(self, action: Action, where: Compartment) -> bool:
        return sight(self._roles, action, ANYBODY, where).facts
