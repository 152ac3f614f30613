"""From a request to a command and its receipt: one way for all of them.

The key of a request is the id of its command, so that it can be sent again; the
version that was seen stands in `If-Match`, so that nobody overwrites by mistake.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import Depends, Header, Request
from starlette.responses import Response

from adapters.errors import Unavailable
from adapters.system import Gadelys
from adapters.viewing import sees
from adapters.web.api.answers import Taken, answer, tag
from adapters.web.api.bodies import Sent, told
from adapters.web.api.callers import By, System
from adapters.web.api.problems import Mark, Named, NotDone, Trouble
from adapters.web.asking import PATIENCE_S
from domain.errors import Code, Conflict, NotAllowed, NotFound, Refused
from domain.finding.commands import FindingCommand
from domain.free_text import Told, free_texts, refuse_cpr
from domain.handling import AnyCommand
from domain.messages import Command, Stamp
from domain.permissions.asking import MAKES_NEW, require_permitted
from domain.persons import persons
from domain.ports import Receipt
from domain.publication.commands import PublicationCommand
from domain.values import Actor
from domain.walk.commands import WalkCommand

KEY = r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
TAG = re.compile(r'"([0-9]{1,9})"')
TOLERANCE = timedelta(minutes=5)
"""How far two clocks may differ before a time counts as in the future."""

NO_VERSION = -1
"""Stands for a tag that is none of ours: no version has it."""

Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=KEY,
        description="a UUID: sent again with the same body, the answer is the same",
    ),
]
Match = Annotated[
    str | None,
    Header(
        alias="If-Match",
        max_length=200,
        description='the `ETag` that was seen, `"7"`; `*` for any version',
    ),
]


class Asking:
    """Somebody who wants something done."""

    def __init__(
        self,
        request: Request,
        by: By,
        system: System,
        key: Key = None,
        match: Match = None,
    ) -> None:
        """Take in who asks, under which key, having seen which version."""
        self.by: Actor = by
        self.system: Gadelys = system
        self._key = UUID(key) if key else uuid4()
        self._match = match
        self.path = request.url.path

    def command(
        self, kind: type[Command], body: Sent, about: Mapping[str, Any]
    ) -> AnyCommand:
        """Return the command that a body asks for.

        Raises: Refused (date_in_future).
        """
        now = self.system.now()
        at = body.at or now
        if at > now + TOLERANCE:
            raise Refused(Code.DATE_IN_FUTURE, field="at", date=at.isoformat())
        stamp = Stamp(by=self.by, at=at, command_id=self._key)
        built: AnyCommand = kind.model_validate(  # type: ignore[assignment]
            {**told(body, kind), **about, "stamp": stamp}
        )
        return built

    def expected(self, command: AnyCommand) -> int | None:
        """Return the version that was seen; `None` for whatever there is.

        Raises: NotDone (precondition_required) when it is not said of something
            that must be there.
        """
        match self._match:
            case None if isinstance(command, MAKES_NEW):
                return None
            case None:
                raise NotDone(Trouble.PRECONDITION_REQUIRED)
            case "*":
                return None
            case told_tag:
                found = TAG.fullmatch(told_tag.strip())
                return int(found[1]) if found else NO_VERSION

    def give(
        self,
        command: AnyCommand,
        expected: int | None,
        seen_in: Sequence[str],
        *,
        checked: bool,
    ) -> Receipt:
        """Give a command; who may not see the case is told that there is none.

        Raises: Named; else as `Gadelys.ask`.
        """
        refuse_cpr(command)
        if not checked and (marks := marks_of(free_texts(command))):
            raise Named(marks)
        try:
            receipt = self.system.ask(command, expected=expected)
        except NotAllowed:
            self._refuse_hidden(command)
            raise
        except Conflict as conflict:
            if conflict.code is Code.STALE_VERSION:
                self._refuse_unpermitted(command)
            raise
        with suppress(Unavailable):  # it is stored: a list that lags changes nothing
            self.system.see(receipt, seen_in, PATIENCE_S)
        return receipt

    def _refuse_unpermitted(self, command: AnyCommand) -> None:
        """Tell nobody the version of what they may not touch."""
        history = self.system.store.load(command.stream)
        try:
            require_permitted(command, history, self.system.rules())
        except NotAllowed:
            self._refuse_hidden(command)
            raise
        if not history:
            raise _absent(command)

    def _refuse_hidden(self, command: AnyCommand) -> None:
        if not isinstance(command, FindingCommand) or isinstance(command, MAKES_NEW):
            return
        if not sees(self.system, self.by, command.number):
            raise NotFound(Code.UNKNOWN_FINDING, number=command.number)


def _absent(command: AnyCommand) -> NotFound:
    match command:
        case WalkCommand():
            return NotFound(Code.UNKNOWN_WALK, walk=command.number)
        case PublicationCommand():
            return NotFound(Code.UNKNOWN_PUBLICATION, number=command.number)
        case FindingCommand():
            return NotFound(Code.UNKNOWN_FINDING, number=command.number)
        case _:
            return NotFound(Code.UNKNOWN_DELIVERY, key=command.stream)


Asked = Annotated[Asking, Depends()]


def marks_of(texts: Iterable[Told]) -> list[Mark]:
    """Return where texts may name somebody."""
    return [
        Mark(field=field, kind=str(mark.kind), start=mark.start, end=mark.end)
        for field, text in texts
        for mark in persons(text)
    ]


def taken(receipt: Receipt, about: str, made: str | None = None) -> Response:
    """Return the answer to a command; `made` is the address of what is new."""
    headers = tag(receipt.version)
    if made is None:
        return answer(Taken.of(receipt, about), headers=headers)
    return answer(Taken.of(receipt, about), 201, {**headers, "Location": made})
