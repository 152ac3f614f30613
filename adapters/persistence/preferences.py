"""What people have put by, for themselves or their unit: lists to be seen again.

A file of its own beside the facts. It holds filters under names that people chose,
nothing of any case; whoever loses it loses no more than that.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pysqlite3.dbapi2 as sqlite

from adapters.errors import Unavailable
from adapters.persistence.durable_files import OWNER_ONLY_FILE
from adapters.persistence.sqlite_engine import connect
from domain.errors import Code, Refused
from domain.values import Actor

MOST = 20
_SCHEMA = """CREATE TABLE IF NOT EXISTS saved_lists (
    actor TEXT NOT NULL,
    name TEXT NOT NULL,
    query TEXT NOT NULL,
    PRIMARY KEY (actor, name)) WITHOUT ROWID"""


@dataclass(frozen=True, slots=True)
class SavedList:
    """A list under the name that somebody gave it; `query` is that of its address.

    One that is `shared` belongs to a unit: everybody in it sees it and may forget it.
    """

    name: str
    query: str
    shared: bool = False


class Preferences:
    """What each person has put by; the file is made when first used."""

    def __init__(self, path: Path) -> None:
        """Use the file at `path`, in a folder that must exist."""
        self._path = path

    def lists_of(self, actor: Actor) -> list[SavedList]:
        """Return what somebody has put by, by name, then what their unit shares."""
        if not self._path.exists():
            return []
        shared = self._owned_by(actor.unit, shared=True) if actor.person else []
        return [*self._owned_by(actor, shared=False), *shared]

    def _owned_by(self, owner: Actor, *, shared: bool) -> list[SavedList]:
        with self._opened() as connection:
            rows = connection.execute(
                "SELECT name, query FROM saved_lists WHERE actor=? ORDER BY name",
                (str(owner),),
            ).fetchall()
        return [SavedList(row["name"], row["query"], shared) for row in rows]

    def keep(self, actor: Actor, saved: SavedList) -> None:
        """Put a list by for a person or a unit; one with the same name is replaced.

        Raises: Refused (bad_input) when there are too many already.
        """
        there = self.lists_of(actor)
        names = {one.name for one in there if not one.shared}
        if saved.name not in names and len(names) >= MOST:
            raise Refused(Code.BAD_INPUT, field="title", known=MOST)
        with self._opened() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO saved_lists VALUES (?,?,?)",
                (str(actor), saved.name, saved.query),
            )

    def forget(self, actor: Actor, name: str) -> None:
        """Forget one; nothing happens if there is none of that name."""
        with self._opened() as connection:
            connection.execute(
                "DELETE FROM saved_lists WHERE actor=? AND name=?", (str(actor), name)
            )

    @contextmanager
    def _opened(self) -> Iterator[sqlite.Connection]:
        """Open the file.

        Raises: Unavailable (store_unavailable) when it cannot be used.
        """
        try:
            self._path.touch(mode=OWNER_ONLY_FILE)
            with closing(connect(self._path, durable=True)) as connection:
                connection.execute(_SCHEMA)
                yield connection
        except (OSError, sqlite.OperationalError) as problem:
            raise Unavailable(
                Code.STORE_UNAVAILABLE, path=str(self._path), problem=str(problem)
            ) from problem
