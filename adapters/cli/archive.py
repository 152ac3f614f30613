"""Handing cases and walks to an archive, and recording that it was done."""

import asyncio
from pathlib import Path
from typing import Any

from adapters import erasing
from adapters.archive_pages import Record
from adapters.archiving import Package, package, record_of
from adapters.cli import saying
from adapters.cli.asking import _built, _stamp
from adapters.cli.session import Session
from adapters.ledger.signing import sign_now
from adapters.persistence.saving import new_folder, refuse_taken
from adapters.system import Gadelys
from adapters.texts import Texts
from domain.access import Looked
from domain.errors import Code
from domain.handling import AnyCommand, handle
from domain.messages import Stamp, derived_id
from domain.permissions.words import Action
from domain.rehearsal import Rehearsal
from domain.subject.commands import ArchiveSubject

INDEX_LANGUAGE = "da"
"""An archive is read in the language of the record, whoever makes it."""


def hand_out(
    session: Session, numbers: list[str], *, out: Path, **given: str | None
) -> None:
    """Write a folder for an archive, whole or not at all, and record it.

    Whether it may be recorded is asked first: then nothing is written for nobody.
    """
    refuse_taken(out, Code.FOLDER_EXISTS)
    with session.system() as system:
        session.number = ", ".join(numbers)
        told: dict[str, Any] = {k: v for k, v in given.items() if v is not None}
        stamp = _stamp(told, system)
        viewer = session.viewer(system)
        viewer.require(Action.EXPORT_CASE)
        streams = [record_of(system, number) for number in numbers]
        viewer.note(Looked.AT_EXPORT, streams)
        asyncio.run(sign_now(system))
        texts = Texts(INDEX_LANGUAGE, system.rules().register)
        found = package(system, streams, texts, system.now())
        commands = [_command(system, one, found, stamp) for one in found.records]
        _rehearse(system, commands)
        new_folder(out, found.files)
        for command in commands:
            system.ask(command)
    _tell(session, out, found)


def _command(
    system: Gadelys, record: Record, found: Package, stamp: Stamp
) -> AnyCommand:
    subject = erasing.known_subject(system, record.stream)
    command_id = derived_id("archived", stamp.command_id, record.stream)
    own = Stamp(by=stamp.by, at=stamp.at, command_id=command_id)
    body = {"facts": len(record.facts), "digest": found.digest}
    return _built(ArchiveSubject, {**body, "ref": subject.ref, "stamp": own})


def _rehearse(system: Gadelys, commands: list[AnyCommand]) -> None:
    """Ask the rules and the table of permissions, and store nothing."""
    rehearsal = Rehearsal(system.store.with_restricted())
    for command in commands:
        handle(command, rehearsal, system.rules, system.now(), by_person=True)


def _tell(session: Session, out: Path, found: Package) -> None:
    told = {
        "folder": str(out),
        "records": len(found.records),
        "facts": sum(len(one.facts) for one in found.records),
        "files": len(found.files),
        "digest": found.digest,
    }
    if session.as_json:
        streams = [one.stream for one in found.records]
        saying.say_json({"schema": "archive/1", **told, "streams": streams})
        return
    saying.say(session.texts.say("say.archived", **told))
    saying.note(session.texts.say("say.archived_next", folder=out))
