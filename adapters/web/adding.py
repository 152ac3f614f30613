"""A photo on its way in: drawn anew, kept, and only then a fact."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapters.files.pictures import Picture, read_picture
from adapters.system import Gadelys
from adapters.viewing import sees
from adapters.web.asking import ask
from domain.errors import Code, DomainError, NotFound
from domain.finding.commands import AddPhoto, stream_of
from domain.finding.events import PhotoAdded
from domain.messages import Recorded, Stamp
from domain.permissions.asking import require_permitted
from domain.personal import subject_of
from domain.ports import Receipt
from domain.values import FindingNumber, Shows

UNSEEN: Mapping[str, Any] = {"content": "0" * 64, "size": 1, "width": 1, "height": 1}
"""What stands for a photo that nobody has looked at yet."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A photo that somebody sends, and what it shows."""

    body: bytes
    shows: Shows


def add_photo(
    system: Gadelys, number: FindingNumber, sent: Sent, stamp: Stamp
) -> Receipt:
    """Put a photo beside a case; the same command again is the same photo.

    The bytes are safe before the fact is there. What is refused leaves none behind.

    Raises: Refused (as `read_picture`, photos_full, subject_erased, command_reused);
        NotFound (unknown_finding); NotAllowed.
    """
    require_addable(system, number, stamp, sent.shows)
    picture = read_picture(sent.body)
    return _added(system, number, sent.shows, stamp, picture)


def require_addable(
    system: Gadelys, number: FindingNumber, stamp: Stamp, shows: Shows
) -> None:
    """Refuse a photo by whoever may add none, before anybody looks at it.

    Raises: NotFound (unknown_finding), also for a case that they may not see;
        NotAllowed.
    """
    if not sees(system, stamp.by, number):
        raise NotFound(Code.UNKNOWN_FINDING, number=number)
    asked = AddPhoto(number=number, stamp=stamp, shows=shows, **UNSEEN)
    require_permitted(asked, system.store.load(stream_of(number)), system.rules())


def _added(
    system: Gadelys,
    number: FindingNumber,
    shows: Shows,
    stamp: Stamp,
    picture: Picture,
) -> Receipt:
    subject = subject_of(stream_of(number), stamp.by)
    content = system.photos.keep(subject, picture.jpeg)
    command = AddPhoto(
        number=number,
        stamp=stamp,
        content=content,
        shows=shows,
        size=len(picture.jpeg),
        width=picture.width,
        height=picture.height,
    )
    try:
        return ask(system, command, None, checked=True)
    except DomainError:
        if not _is_named(system.store.load(stream_of(number)), content):
            system.photos.remove(subject, content)
        raise


def _is_named(history: tuple[Recorded, ...], content: str) -> bool:
    events = (fact.event for fact in history)
    return any(
        isinstance(event, PhotoAdded) and event.content == content for event in events
    )
