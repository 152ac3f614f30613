"""Somebody's words: asking for erasure, agreeing, keeping, erasing, handing out."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from adapters import erasing, police, restricting, retaining
from adapters.cli import saying
from adapters.cli.asking import _built, _say, _stamp
from adapters.cli.session import Session
from adapters.persistence.subject_keys import KeyState, SubjectKey
from adapters.system import Gadelys
from adapters.viewing import Viewer
from domain.access import Looked
from domain.errors import Code, Refused
from domain.permissions.words import Action, Compartment
from domain.police.commands import KIND
from domain.subject.commands import (
    ApproveErasure,
    HoldSubject,
    LiftRestriction,
    ReleaseSubject,
    RequestDisposal,
    RequestErasure,
    RestrictSubject,
    SubjectCommand,
)
from domain.subject.events import ErasureBasis
from domain.values import Actor


def request(session: Session, name: str, **given: str | None) -> None:
    """Ask for somebody's words to be erased.

    Words that are no longer needed are disposed of, when the register says.
    """
    if given.get("basis") != ErasureBasis.NO_LONGER_NEEDED:
        _ask(session, RequestErasure, name, given)
        return
    with session.system() as opened:
        session.number = name
        system = _keeper(opened, name, given.get("by"))
        subject = erasing.known_subject(system, name)
        streams = erasing.streams_of(system, subject.name)
        term = retaining.term_in(system, subject.name, streams)
        told = _told(system, subject, given)
        if term is None:
            command = _built(RequestErasure, told)
        elif term.due_on is None:
            raise Refused(Code.NOT_DUE, subject=name, due_on=None)
        else:
            del told["basis"]
            command = _built(RequestDisposal, {**told, **asdict(term)})
        if isinstance(command, RestrictSubject | LiftRestriction):
            receipt = restricting.ask(system, subject, command)
        else:
            receipt = system.ask(command)
        _say(session, system, name, receipt)


def approve(session: Session, name: str, **given: str | None) -> None:
    """Agree to it as a second person."""
    _ask(session, ApproveErasure, name, given)


def restrict(session: Session, name: str, **given: str | None) -> None:
    """Keep the words and hide them, or go on where that stopped."""
    _ask(session, RestrictSubject, name, given)


def lift(session: Session, name: str, **given: str | None) -> None:
    """Show them again, as somebody else than whoever had them hidden."""
    _ask(session, LiftRestriction, name, given)


def hold(session: Session, name: str, **given: str | None) -> None:
    """Forbid to erase them."""
    _ask(session, HoldSubject, name, given)


def release(session: Session, name: str, **given: str | None) -> None:
    """Say that nothing forbids it any more."""
    _ask(session, ReleaseSubject, name, given)


def erase(session: Session, name: str) -> None:
    """Erase what two persons have agreed on, or go on where it stopped."""
    with session.system() as opened:
        session.number = name
        system = police.store_of(opened) if name.startswith(KIND) else opened
        subject = erasing.known_subject(system, name)
        erasing.erase(system, subject)
    if session.as_json:
        saying.say_json({"schema": "subject-erased/1", "subject": subject.ref})
    else:
        saying.say(session.texts.say("say.subject_erased", ref=subject.ref))


def export(session: Session, name: str) -> None:
    """Print everything that is kept of somebody's words, as JSON."""
    with session.system() as opened:
        session.number = name
        viewer = session.viewer(opened)
        viewer.require(Action.EXPORT_CASE)
        system = _keeper(opened, name, viewer.by)
        subject = erasing.known_subject(system, name)
        viewer.note(Looked.AT_EXPORT, erasing.streams_of(system, subject.name))
        state = erasing.subject_state(system, subject.ref)
        address = erasing.address_of(system, subject.name)
        photos = [asdict(one) for one in _photos_of(system, subject)]
        said = [asdict(one) for one in erasing.words_of(system, subject.name)]
    saying.say_json(
        {
            "schema": "subject-export/1",
            "subject": subject.ref,
            "name": subject.name,
            "status": state.status,
            "restricted": state.restricted,
            "held": state.held,
            "archived": state.archived,
            "contact": asdict(address) if address else None,
            "said": said,
            "photos": photos,
        }
    )


def _keeper(system: Gadelys, name: str, by: str | None) -> Gadelys:
    """Return the store that keeps somebody's words: the police's for what is theirs.

    Raises: NotAllowed (not_your_role) for whoever may not know what the police know;
        Unavailable (police_store_missing).
    """
    if not name.startswith(KIND):
        return system
    Viewer(system, Actor.parse(by or "")).require(Action.READ_CASE, Compartment.POLICE)
    return police.store_of(system)


def _photos_of(system: Gadelys, subject: SubjectKey) -> Iterator[erasing.Pictured]:
    """Yield the photos that can still be looked at."""
    if subject.state is KeyState.OPEN:
        yield from erasing.photos_of(system, subject.name)


def _ask(
    session: Session,
    kind: type[SubjectCommand],
    name: str,
    given: Mapping[str, str | None],
) -> None:
    with session.system() as opened:
        session.number = name
        system = _keeper(opened, name, given.get("by"))
        subject = erasing.known_subject(system, name)
        command = _built(kind, _told(system, subject, given))
        if isinstance(command, RestrictSubject | LiftRestriction):
            receipt = restricting.ask(system, subject, command)
        else:
            receipt = system.ask(command)
        _say(session, system, name, receipt)


def _told(
    system: Gadelys, subject: SubjectKey, given: Mapping[str, str | None]
) -> dict[str, Any]:
    told: dict[str, Any] = {
        key: value for key, value in given.items() if value is not None
    }
    stamp = _stamp(told, system)
    return {**told, "stamp": stamp, "ref": subject.ref}
