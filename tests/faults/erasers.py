"""Erases people one after the other, as a program that may be killed at any moment."""

import sys
from pathlib import Path

from adapters import erasing
from adapters import system as installation
from adapters.persistence.subject_keys import KeyState
from adapters.settings import Settings

READY = "ready\n"


def main(data: str, *names: str) -> None:
    """Erase whoever is named, or go on with it."""
    with installation.opened(Settings(data=Path(data))) as system:
        system.catch_up()
        sys.stdout.write(READY)
        sys.stdout.flush()
        for name in names:
            subject = erasing.known_subject(system, name)
            if subject.state is not KeyState.ERASED:
                erasing.erase(system, subject)


if __name__ == "__main__":
    main(*sys.argv[1:])
