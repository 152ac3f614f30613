"""Erases people one after the other, as a program that may be killed at any moment."""

import sys
from pathlib import Path

from adapters import erasing
from adapters import system as installation
from adapters.settings import Settings

READY = "ready\n"


def main(data: str, *names: str) -> None:
    """Erase whoever is named, or go on with it."""
    with installation.opened(Settings(data=Path(data))) as system:
        system.catch_up()
        sys.stdout.write(READY)
        sys.stdout.flush()
        for name in names:
            erasing.erase(system, erasing.known_subject(system, name))


if __name__ == "__main__":
    main(*sys.argv[1:])
