"""The program itself, in a calendar that another process plays.

Run as `python -m tests.faults.played VERB …`, with the file of the calendar in
`PLAYED_TIMES`. Only the clocks are others, and patience with the dead is shorter;
everything else is `gadelys VERB …`.
"""

import os
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from adapters import processes
from adapters import system as installation
from adapters.cli.main import main
from adapters.temporal.client import Client, connect
from tests.faults import impatience
from tests.faults.shared_times import SharedTimes

TIMES = "PLAYED_TIMES"
LOST_AFTER = timedelta(seconds=2)
"""Few die here and many share two cores: who is slow is not lost."""


def play_along() -> None:
    """Run the program with the times of the calendar."""
    times = SharedTimes(Path(os.environ[TIMES]))

    async def impatiently(*told: Any, **more: Any) -> Client:
        return impatience.impatient(await connect(*told, **more))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(impatience, "LOST_AFTER", LOST_AFTER)
        patch.setattr(processes, "SameTime", lambda: times)
        patch.setattr(processes, "connect", impatiently)
        opened = partial(installation.opened, now=lambda: times.now)
        patch.setattr(installation, "opened", opened)
        main()


if __name__ == "__main__":
    play_along()
