"""The keys of persons, wrapped, in a file of their own beside the facts.

Whose words a fact holds stands in it as a reference that says nothing; which key that
is stands here alone. Destroying a key makes the words unreadable wherever they lie.
What was destroyed stays listed, so that no key is ever made for it again.
"""

import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from secrets import token_hex
from typing import Any

import pysqlite3.dbapi2 as sqlite

from adapters.errors import Unavailable
from adapters.persistence import wrapping_key
from adapters.persistence.cipher import new_key, unwrap, wrap
from adapters.persistence.durable_files import OWNER_ONLY_FILE
from adapters.persistence.sealed_words import DoesNotOpen
from adapters.persistence.sqlite_engine import connect, refusing_damaged, truncate_log
from adapters.persistence.wrapping_key import COMPARTMENT, WrappingKey
from domain.errors import Code, Refused
from domain.values import SubjectRef

REF_BYTES = 10

SCHEMA = (
    """CREATE TABLE IF NOT EXISTS wrapping (
        compartment TEXT PRIMARY KEY,
        epoch INTEGER NOT NULL,
        file TEXT NOT NULL,
        destroyed INTEGER NOT NULL) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS subjects (
        ref TEXT PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        compartment TEXT NOT NULL REFERENCES wrapping,
        state TEXT NOT NULL CHECK (state IN ('open', 'erasing', 'erased')),
        wrapped BLOB,
        CHECK ((state = 'open') = (wrapped IS NOT NULL))) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS restrictions (
        ref TEXT PRIMARY KEY REFERENCES subjects,
        reason TEXT,
        version INTEGER NOT NULL,
        settled INTEGER NOT NULL) WITHOUT ROWID""",
)
"""`destroyed` grows with every key that is destroyed and every one that is hidden or
shown; `version` is how many facts about the words there were at that time.
"""


class KeyState(StrEnum):
    """Whether there is a key; while erasing there is none, and more has to follow."""

    OPEN = "open"
    ERASING = "erasing"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class SubjectKey:
    """Whose words they are, by name and by reference, and the key if there is one.

    `changes` is how often any key had been destroyed, hidden or shown when it was read.
    """

    ref: SubjectRef
    name: str
    state: KeyState
    key: bytes | None = None
    changes: int = 0
    is_hidden: bool = False


@dataclass(frozen=True, slots=True)
class Restriction:
    """Whether somebody's words are hidden, and whether all has followed from that.

    `reason` is missing where nothing is hidden; `version` is how many facts about the
    words had said so.
    """

    ref: SubjectRef
    reason: str | None
    version: int
    settled: bool


class SubjectKeys:
    """The keys of one installation; safe for several threads and processes."""

    def __init__(self, path: Path, folder: Path) -> None:
        """Use the file at `path`, and the wrapping key in `folder`.

        Raises: Refused (subject_keys_missing) when the file is not there,
            (subject_keys_damaged) when it is something else.
        """
        if not path.exists():
            raise Refused(Code.SUBJECT_KEYS_MISSING, path=str(path))
        self._path = path
        self._folder = folder
        self._line = threading.RLock()
        self._known: WrappingKey | None = None
        with self._asking():
            self._connection = connect(path, durable=True)
        # What is destroyed must not be left behind in a free page.
        self._run("PRAGMA secure_delete=ON")

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    # ---- asking ----

    def seen(self) -> int:
        """Return a number that changes when another process has written."""
        with self._line:
            found = self._connection.execute("PRAGMA data_version").fetchone()
        return int(found[0])

    def changes(self) -> int:
        """Return how often any key has been destroyed, hidden or shown."""
        return int(self._run("SELECT destroyed FROM wrapping")[0][0])

    def by_ref(self, ref: str) -> SubjectKey | None:
        """Return whose reference it is."""
        return self._one("WHERE ref=?", ref)

    def by_name(self, name: str) -> SubjectKey | None:
        """Return the entry of a participant or of a stream."""
        return self._one("WHERE name=?", name)

    def in_state(self, *states: KeyState) -> list[SubjectKey]:
        """Return all entries in one of these states, without their keys."""
        places = ",".join("?" * len(states))
        rows = self._run(
            f"SELECT ref, name, state FROM subjects WHERE state IN ({places}) "
            "ORDER BY ref",
            *states,
        )
        return [SubjectKey(ref, name, KeyState(state)) for ref, name, state in rows]

    def restriction(self, ref: SubjectRef) -> Restriction | None:
        """Return what is hidden of somebody; nothing if nobody ever asked."""
        return next(iter(self._restrictions("WHERE ref=?", ref)), None)

    def unsettled(self) -> list[Restriction]:
        """Return what was hidden or shown, and not yet everywhere; nothing erased."""
        is_open = "(SELECT ref FROM subjects WHERE state='open')"
        return self._restrictions(f"WHERE NOT settled AND ref IN {is_open}")

    def check(self) -> int:
        """Unwrap every key once; return how many entries there are.

        Raises: Refused (subject_keys_missing) when one does not open.
        """
        entries = self.in_state(*KeyState)
        for entry in entries:
            self.by_ref(entry.ref)
        return len(entries)

    # ---- writing ----

    def ensure(self, names: Collection[str]) -> None:
        """Make a key for each name that has never had one; all are on the disk then."""
        with self._writing():
            wrapping = self._wrapping_now()
            new = (wrap(new_key(), wrapping.key) for _ in names)
            self._run_many(
                "INSERT INTO subjects (ref, name, compartment, state, wrapped) "
                "VALUES (?,?,?,'open',?) ON CONFLICT (name) DO NOTHING",
                (
                    (token_hex(REF_BYTES), name, COMPARTMENT, key)
                    for name, key in zip(names, new, strict=True)
                ),
            )

    def destroy(self, ref: SubjectRef) -> None:
        """Destroy one key for ever; none is made for the same name again.

        Whoever reads may keep a trace of it in the log: `finish` waits for that to go.
        """
        with self._writing():
            self._run(
                "UPDATE subjects SET state='erasing', wrapped=NULL "
                "WHERE ref=? AND state='open'",
                ref,
            )
            self._count_change()
        with suppress(Unavailable):
            self._empty_log()

    def enter_erasing(self, ref: SubjectRef, name: str) -> None:
        """Enter somebody of whom these keys know nothing, and whose key is gone."""
        with self._writing():
            # Who has that name by now is somebody else, and has a key.
            for called in (name, ref):
                self._run(
                    "INSERT INTO subjects (ref, name, compartment, state) "
                    "VALUES (?,?,?,'erasing') ON CONFLICT DO NOTHING",
                    *(ref, called, COMPARTMENT),
                )

    def unsettle(self, ref: SubjectRef) -> None:
        """Note that somebody's words are about to be hidden or shown."""
        self._run(
            "INSERT INTO restrictions (ref, version, settled) VALUES (?,0,0) "
            "ON CONFLICT (ref) DO UPDATE SET settled=0",
            ref,
        )

    def restrict(self, ref: SubjectRef, reason: str | None, version: int) -> None:
        """Hide somebody's words, or show them where there is no reason; not settled."""
        with self._writing():
            self._run(
                "INSERT INTO restrictions (ref, reason, version, settled) "
                "VALUES (?,?,?,0) ON CONFLICT (ref) DO UPDATE SET "
                "reason=excluded.reason, version=excluded.version, settled=0",
                ref,
                reason,
                version,
            )
            self._count_change()

    def settle(self, ref: SubjectRef) -> None:
        """Note that they are hidden or shown everywhere."""
        self._run("UPDATE restrictions SET settled=1 WHERE ref=?", ref)

    def finish(self, ref: SubjectRef) -> None:
        """Note that nothing is left to do after a key was destroyed.

        Raises: Unavailable (store_unavailable) while somebody still reads the log in
            which it may be.
        """
        self._empty_log()
        self._run(
            "UPDATE subjects SET state='erased' WHERE ref=? AND state='erasing'", ref
        )

    def rotate(self) -> int:
        """Wrap all keys with a new key, and destroy the one before; return its epoch.

        Stopped in between, it leaves one file too many, which the next time removes.
        What the log keeps of old keys for a while opens with no file any more.

        Raises: Refused (subject_keys_missing) when a key does not open; Unavailable
            (keys_unwritable).
        """
        with self._writing():
            old = self._wrapping_now()
            new = wrapping_key.make(self._folder, old.epoch + 1)
            kept = self._run("SELECT wrapped, ref FROM subjects WHERE state='open'")
            self._run_many(
                "UPDATE subjects SET wrapped=? WHERE ref=?",
                ((wrap(self._unwrapped(w, old), new.key), ref) for w, ref in kept),
            )
            self._run("UPDATE wrapping SET epoch=?, file=?", new.epoch, new.file)
        self._destroy_older()
        with suppress(Unavailable):
            self._empty_log()
        return new.epoch

    # ---- below ----

    def _destroy_older(self) -> None:
        """Destroy what came before the wrapping key in use, whichever that is now.

        Nobody makes or takes into use another one meanwhile.
        """
        with self._writing():
            [(epoch, file)] = self._run("SELECT epoch, file FROM wrapping")
            wrapping_key.destroy_older(self._folder, epoch, file)

    def _empty_log(self) -> None:
        """Leave nothing old in the log; no other thread may read meanwhile."""
        with self._line:
            truncate_log(self._connection)

    def _one(self, which: str, value: str) -> SubjectKey | None:
        try:
            return self._read(which, value)
        except Refused:
            # A new wrapping key may have come between asking and opening.
            return self._read(which, value)

    def _read(self, which: str, value: str) -> SubjectKey | None:
        for ref, name, state, wrapped, epoch, file, changes, reason in self._run(
            "SELECT ref, name, state, wrapped, epoch, file, destroyed, reason "
            "FROM subjects JOIN wrapping USING (compartment) "
            f"LEFT JOIN restrictions USING (ref) {which}",
            value,
        ):
            around = self._wrapping(epoch, file) if wrapped else None
            key = self._unwrapped(wrapped, around) if around else None
            hidden = reason is not None
            return SubjectKey(ref, name, KeyState(state), key, changes, hidden)
        return None

    def _restrictions(self, which: str, *values: object) -> list[Restriction]:
        rows = self._run(
            "SELECT ref, reason, version, settled FROM restrictions "
            f"{which} ORDER BY ref",
            *values,
        )
        return [Restriction(ref, why, n, bool(done)) for ref, why, n, done in rows]

    def _count_change(self) -> None:
        self._run("UPDATE wrapping SET destroyed = destroyed + 1")

    def _unwrapped(self, wrapped: bytes, wrapping: WrappingKey) -> bytes:
        try:
            return unwrap(wrapped, wrapping.key)
        except DoesNotOpen as problem:
            raise Refused(Code.SUBJECT_KEYS_MISSING, path=wrapping.file) from problem

    def _wrapping_now(self) -> WrappingKey:
        [(epoch, file)] = self._run("SELECT epoch, file FROM wrapping")
        return self._wrapping(epoch, file)

    def _wrapping(self, epoch: int, file: str) -> WrappingKey:
        """Return the wrapping key of an epoch, which is read once."""
        known = self._known
        if known is None or known.file != file:
            known = self._known = wrapping_key.read(self._folder, epoch, file)
        return known

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._line:
            self._run("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._run("ROLLBACK")
                raise
            self._run("COMMIT")

    def _run_many(self, statement: str, values: Iterable[Sequence[object]]) -> None:
        with self._asking():
            self._connection.executemany(statement, values)

    def _run(self, statement: str, *values: object) -> list[Any]:
        with self._line, self._asking():
            return list(self._connection.execute(statement, values).fetchall())

    def _asking(self) -> AbstractContextManager[None]:
        return asking_keys(self._path)


@contextmanager
def asking_keys(path: Path) -> Iterator[None]:
    """Say what SQLite cannot do with the keys in a file.

    Raises: Unavailable (store_unavailable); Refused (subject_keys_damaged).
    """
    with refusing_damaged(path, Code.SUBJECT_KEYS_DAMAGED):
        try:
            yield
        except sqlite.DatabaseError as problem:
            raise Unavailable(
                Code.STORE_UNAVAILABLE, path=str(path), problem=str(problem)
            ) from problem


def add_what_is_new(path: Path) -> None:
    """Make the tables that keys of an older version do not have yet.

    Raises: Refused (subject_keys_damaged) for a file that has none of them.
    """
    with asking_keys(path), closing(connect(path, durable=True)) as connection:
        connection.execute("SELECT epoch FROM wrapping").fetchall()
        for statement in SCHEMA:
            connection.execute(statement)


def make_subject_keys(path: Path, folder: Path) -> None:
    """Make the file and the first wrapping key, unless they are there.

    Raises: Refused (subject_keys_damaged); Unavailable (store_unavailable,
        keys_unwritable).
    """
    path.touch(mode=OWNER_ONLY_FILE)
    with asking_keys(path), closing(connect(path, durable=True)) as connection:
        connection.execute("PRAGMA secure_delete=ON")
        connection.execute("BEGIN IMMEDIATE")
        for statement in SCHEMA:
            connection.execute(statement)
        if not connection.execute("SELECT 1 FROM wrapping").fetchone():
            first = wrapping_key.make(folder, 1)
            connection.execute(
                "INSERT INTO wrapping (compartment, epoch, file, destroyed) "
                "VALUES (?,?,?,0)",
                (COMPARTMENT, first.epoch, first.file),
            )
        connection.execute("COMMIT")
