"""Photos beside a case: how many, and of what nothing is kept."""

from domain.errors import Code, Refused
from domain.finding.commands import AddPhoto
from domain.finding.events import PhotoAdded
from domain.finding.rules.checks import Facts, refuse_referred
from domain.finding.state import Finding

MOST_PHOTOS = 40


def add_photo(finding: Finding, command: AddPhoto) -> Facts:
    """Note a photo once; the same one again is no other photo."""
    refuse_referred(finding)
    if command.content in finding.photos:
        return ()
    if len(finding.photos) >= MOST_PHOTOS:
        raise Refused(Code.PHOTOS_FULL, count=len(finding.photos))
    return (
        PhotoAdded(
            stamp=command.stamp,
            content=command.content,
            shows=command.shows,
            size=command.size,
            width=command.width,
            height=command.height,
        ),
    )
