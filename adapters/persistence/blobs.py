"""Where sealed photos lie: in groups, by the digest of their bytes.

A group is removed as a whole. Whoever looks into the store sees how many there are and
how large, and nothing of what they show.
"""

import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from adapters.persistence.durable_files import (
    OWNER_ONLY_FILE,
    OWNER_ONLY_FOLDER,
    disk_faults,
    put,
    settle,
)


class Blobs(Protocol):
    """A store of bytes: a folder here; a bucket would do as well."""

    def put(self, group: str, name: str, body: bytes) -> None:
        """Keep these bytes; they are safe when this returns, and twice is once.

        Raises: Unavailable (store_unavailable).
        """
        ...

    def get(self, group: str, name: str) -> bytes | None:
        """Return the bytes under a name, if there are any.

        Raises: Unavailable (store_unavailable).
        """
        ...

    def remove(self, group: str, name: str) -> None:
        """Remove one; without effect when it is gone.

        Raises: Unavailable (store_unavailable).
        """
        ...

    def remove_group(self, group: str) -> None:
        """Remove everything of one group; without effect when it is gone.

        Raises: Unavailable (store_unavailable).
        """
        ...

    def names(self) -> Iterator[tuple[str, str]]:
        """Yield the group and the name of everything there is."""
        ...


class FolderBlobs:
    """Files in one folder for each group, for nobody but their owner."""

    def __init__(self, folder: Path) -> None:
        """Use `folder`, which is made when something is first kept."""
        self._folder = folder

    def put(self, group: str, name: str, body: bytes) -> None:
        """Write a file whole or not at all."""
        place = self._folder / group
        with disk_faults(place):
            place.mkdir(mode=OWNER_ONLY_FOLDER, parents=True, exist_ok=True)
            put(place / name, body, OWNER_ONLY_FILE)
            settle(place)
            settle(self._folder)

    def get(self, group: str, name: str) -> bytes | None:
        """Read a file."""
        path = self._folder / group / name
        with disk_faults(path), suppress(FileNotFoundError):
            return path.read_bytes()
        return None

    def remove(self, group: str, name: str) -> None:
        """Remove a file."""
        path = self._folder / group / name
        with disk_faults(path):
            path.unlink(missing_ok=True)

    def remove_group(self, group: str) -> None:
        """Remove a folder with all that is in it."""
        place = self._folder / group
        with disk_faults(place), suppress(FileNotFoundError):
            shutil.rmtree(place)
            settle(self._folder)

    def names(self) -> Iterator[tuple[str, str]]:
        """Look into every folder; half-written files are none."""
        if not self._folder.exists():
            return
        for path in sorted(self._folder.glob("*/*")):
            if not path.name.startswith("."):
                yield path.parent.name, path.name
