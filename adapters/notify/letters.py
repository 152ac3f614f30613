"""A folder of letters to print and post: one HTML file for each message.

A file holds a postal address, so only its owner can read it, and it is removed
when somebody says that it was posted.
"""

import os
from pathlib import Path

_OWNER_ONLY = 0o600


class Letters:
    """Writes each letter whole or not at all, and only once."""

    def __init__(self, folder: Path) -> None:
        """Write into `folder`, which is made if needed."""
        self._folder = folder

    def path(self, identity: object) -> Path:
        """Return where the letter `identity` lies."""
        return self._folder / f"{identity}.html"

    def write(self, identity: object, page: str) -> Path:
        """Write a letter unless it is there, and return where it lies."""
        final = self.path(identity)
        if final.exists():
            return final
        self._folder.mkdir(parents=True, exist_ok=True)
        half = self._folder / f".{identity}.{os.getpid()}"
        half.touch(mode=_OWNER_ONLY)
        half.write_text(page, encoding="utf-8")
        half.replace(final)
        return final

    def has(self, identity: object) -> bool:
        """Whether the letter `identity` lies ready."""
        return self.path(identity).exists()

    def remove(self, identity: object) -> None:
        """Remove a letter, if it is there."""
        self.path(identity).unlink(missing_ok=True)
