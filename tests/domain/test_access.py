"""Who has read what and what for is written down, whoever it was."""

import pytest

from domain.access import (
    WORKING,
    Looked,
    NoteReading,
    Purpose,
    WordsRead,
    decide,
    purpose_for,
)
from domain.errors import Code, Refused
from domain.permissions.words import Role
from domain.values import StreamId
from tests.examples import LIGHTING, stamp

ABOUT = (StreamId("finding/2026-04"), StreamId("finding/2026-05"))


def test_a_reading_is_a_line_of_the_log() -> None:
    command = NoteReading(
        stamp=stamp(LIGHTING),
        looked=Looked.AT_LIST,
        purpose=Purpose.CASEWORK,
        about=ABOUT,
    )

    assert decide(command) == (
        WordsRead(
            stamp=stamp(LIGHTING),
            looked=Looked.AT_LIST,
            purpose=Purpose.CASEWORK,
            about=ABOUT,
        ),
    )
    assert command.stream == (
        f"access/{command.stamp.at:%Y-%m-%d}/{LIGHTING}/{command.stamp.command_id.hex}"
    )


@pytest.mark.parametrize("role", list(Role))
def test_only_work_tells_what_somebody_reads_for(role: Role) -> None:
    assert purpose_for([role], Purpose.AUDIT, LIGHTING) is Purpose.AUDIT
    if role in WORKING:
        assert purpose_for([role], None, LIGHTING) is Purpose.CASEWORK
        return
    with pytest.raises(Refused) as refusal:
        purpose_for([role], None, LIGHTING)

    assert refusal.value.code is Code.PURPOSE_MISSING
