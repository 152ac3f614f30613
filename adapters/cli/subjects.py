"""Somebody's words: asking for erasure, agreeing, keeping, erasing, handing out."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from adapters import erasing
from adapters.cli import saying
from adapters.cli.asking import _built, _say, _stamp
from adapters.cli.session import Session
from adapters.persistence.subject_keys import KeyState, SubjectKey
from adapters.system import Gadelys
from domain.access import Looked
from domain.permissions.words import Action
from domain.subject.commands import (
    ApproveErasure,
    HoldSubject,
    ReleaseSubject,
    RequestErasure,
    RestrictSubject,
    SubjectCommand,
)


def request(session: Session, name: str, **given: str | None) -> None:
    """Ask for somebody's words to be erased."""
    _ask(session, RequestErasure, name, given)


def approve(session: Session, name: str, **given: str | None) -> None:
    """Agree to it as a second person."""
    _ask(session, ApproveErasure, name, given)


def restrict(session: Session, name: str, **given: str | None) -> None:
    """Keep the words, and say that nobody shall use them."""
    _ask(session, RestrictSubject, name, given)


def hold(session: Session, name: str, **given: str | None) -> None:
    """Forbid to erase them."""
    _ask(session, HoldSubject, name, given)


def release(session: Session, name: str, **given: str | None) -> None:
    """Say that nothing forbids it any more."""
    _ask(session, ReleaseSubject, name, given)


def erase(session: Session, name: str) -> None:
    """Erase what two persons have agreed on, or go on where it stopped."""
    with session.system() as system:
        session.number = name
        subject = erasing.known_subject(system, name)
        erasing.erase(system, subject)
    if session.as_json:
        saying.say_json({"schema": "subject-erased/1", "subject": subject.ref})
    else:
        saying.say(session.texts.say("say.subject_erased", ref=subject.ref))


def export(session: Session, name: str) -> None:
    """Print everything that is kept of somebody's words, as JSON."""
    with session.system() as system:
        session.number = name
        viewer = session.viewer(system)
        viewer.require(Action.EXPORT_CASE)
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
            "contact": asdict(address) if address else None,
            "said": said,
            "photos": photos,
        }
    )


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
    with session.system() as system:
        session.number = name
        told: dict[str, Any] = {
            key: value for key, value in given.items() if value is not None
        }
        stamp = _stamp(told, system)
        subject = erasing.known_subject(system, name)
        command = _built(kind, {**told, "stamp": stamp, "ref": subject.ref})
        _say(session, system, name, system.ask(command))
