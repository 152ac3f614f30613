"""Who is logged in: one row for each browser, and what it must not lose.

The browser holds a word drawn by chance; the file holds its digest only, and what
is remembered is sealed with a key that follows from the word. Whoever reads the
file can neither act for anybody nor read what they were writing.
"""

import hashlib
import hmac
import json
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pysqlite3.dbapi2 as sqlite

from adapters.errors import Unavailable
from adapters.persistence.cipher import Cipher, Sealed
from adapters.persistence.durable_files import OWNER_ONLY_FILE
from adapters.persistence.sealed_words import DoesNotOpen
from adapters.persistence.sqlite_engine import connect
from domain.errors import Code
from domain.values import Actor

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=10)
KEPT = timedelta(hours=24)
"""How long a row is kept after its last use: what was typed may be fetched."""

TOKEN_BYTES = 32

_SCHEMA = """CREATE TABLE IF NOT EXISTS visits (
    id TEXT PRIMARY KEY,
    actor TEXT,
    began_at TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    nonce BLOB NOT NULL,
    memory BLOB NOT NULL) WITHOUT ROWID"""


@dataclass
class Visit:
    """One browser: who acts in it, since when, and what it must not lose."""

    token: str
    began_at: datetime
    seen_at: datetime
    actor: Actor | None = None
    memory: dict[str, Any] = field(default_factory=dict)

    def is_over(self, now: datetime) -> bool:
        """Whether nobody has been here for too long, or it began too long ago."""
        return now - self.seen_at > IDLE or now - self.began_at > LONGEST

    @property
    def csrf(self) -> str:
        """What a form must bring along: only who holds the token can know it."""
        return csrf_of(self.token)


def new_token() -> str:
    """Return a word that nobody can guess."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def csrf_of(token: str) -> str:
    """Return what a form of the browser with this token must bring along."""
    return hmac.digest(token.encode(), b"gadelys-form/1", "sha256").hex()


class Visits:
    """The visits of one installation; the file is made when first used."""

    def __init__(self, path: Path) -> None:
        """Use the file at `path`, in a folder that must exist.

        Raises: Unavailable (store_unavailable) when it cannot be used.
        """
        try:
            path.touch(mode=OWNER_ONLY_FILE)
        except OSError as problem:
            raise Unavailable(
                Code.STORE_UNAVAILABLE, path=str(path), problem=problem.strerror
            ) from problem
        self._connection = connect(path, durable=False)
        self._one_at_a_time = threading.Lock()
        self._run("PRAGMA secure_delete=ON")
        self._run(_SCHEMA)

    def find(self, token: str) -> Visit | None:
        """Return the visit of this token, also one that is over."""
        rows = self._run("SELECT * FROM visits WHERE id=?", _id_of(token))
        return _visit(token, rows[0]) if rows else None

    def keep(self, visit: Visit) -> None:
        """Write down a visit as it is now."""
        sealed = _cipher(visit.token).seal(json.dumps(visit.memory), b"visit")
        self._run(
            "INSERT OR REPLACE INTO visits VALUES (?,?,?,?,?,?)",
            _id_of(visit.token),
            visit.actor,
            _text(visit.began_at),
            _text(visit.seen_at),
            sealed.nonce,
            sealed.words,
        )

    def end(self, token: str) -> None:
        """Forget one visit."""
        self._run("DELETE FROM visits WHERE id=?", _id_of(token))

    def forget_old(self, now: datetime) -> None:
        """Forget the visits that nobody has come back to."""
        self._run("DELETE FROM visits WHERE seen_at < ?", _text(now - KEPT))

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def _run(self, statement: str, *values: object) -> list[Mapping[str, Any]]:
        try:
            with self._one_at_a_time:
                rows = self._connection.execute(statement, values).fetchall()
        except sqlite.OperationalError as problem:
            raise Unavailable(Code.STORE_UNAVAILABLE, problem=str(problem)) from problem
        return list(rows)


def _id_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _cipher(token: str) -> Cipher:
    return Cipher(hmac.digest(token.encode(), b"gadelys-visit/1", "sha256"))


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _visit(token: str, row: Mapping[str, Any]) -> Visit | None:
    sealed = Sealed(bytes(row["nonce"]), bytes(row["memory"]))
    try:
        memory = json.loads(_cipher(token).open(sealed, b"visit"))
    except DoesNotOpen:
        return None
    return Visit(
        token=token,
        actor=Actor(row["actor"]) if row["actor"] else None,
        began_at=datetime.fromisoformat(row["began_at"]),
        seen_at=datetime.fromisoformat(row["seen_at"]),
        memory=memory,
    )
