"""How to reach the participants who asked: the only place with addresses.

A file of its own beside the facts. Facts know a participant as
`participant/<group>/<contact>`; which address that is stands here alone, so that
erasing a contact leaves history as it is and nobody to be found in it.
"""

import secrets
import string
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pysqlite3.dbapi2 as sqlite

from adapters.errors import Unavailable
from adapters.persistence.sqlite_engine import connect
from domain.errors import Code

ContactChannel = Literal["mail", "letter"]
ContactLang = Literal["da", "en"]

_ALPHABET = string.ascii_lowercase + string.digits
_LENGTH = 10
_OWNER_ONLY = 0o600

_SCHEMA = """CREATE TABLE IF NOT EXISTS contacts (
    id TEXT PRIMARY KEY,
    channel TEXT NOT NULL CHECK (channel IN ('mail', 'letter')),
    address TEXT NOT NULL,
    lang TEXT NOT NULL CHECK (lang IN ('da', 'en'))) WITHOUT ROWID"""


@dataclass(frozen=True, slots=True)
class Contact:
    """One way to reach one participant; `address` has lines if it is a letter's."""

    id: str
    channel: ContactChannel
    address: str
    lang: ContactLang


class Contacts:
    """The contacts of one installation; made when first used."""

    def __init__(self, path: Path) -> None:
        """Use the file at `path`, in a folder that must exist.

        Raises: Unavailable (store_unavailable) when it cannot be used.
        """
        try:
            path.touch(mode=_OWNER_ONLY)
        except OSError as problem:
            raise Unavailable(
                Code.STORE_UNAVAILABLE, path=str(path), problem=problem.strerror
            ) from problem
        self._connection = connect(path, durable=True)
        # What is erased must not be left behind in a free page.
        self._run("PRAGMA secure_delete=ON")
        self._run(_SCHEMA)

    def get(self, contact: str) -> Contact | None:
        """Return one contact by its id; `None` when it is unknown or erased."""
        found = self._run(
            "SELECT id, channel, address, lang FROM contacts WHERE id=?", contact
        )
        return Contact(*found[0]) if found else None

    def add(self, channel: ContactChannel, address: str, lang: ContactLang) -> str:
        """Keep one more contact and return its id, which says nothing."""
        contact = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
        self.keep(Contact(contact, channel, address, lang))
        return contact

    def keep(self, contact: Contact) -> None:
        """Keep a contact under the id it has; the same again changes nothing."""
        self._run(
            "INSERT OR REPLACE INTO contacts (id, channel, address, lang) "
            "VALUES (?,?,?,?)",
            contact.id,
            contact.channel,
            contact.address,
            contact.lang,
        )

    def erase(self, contact: str) -> None:
        """Forget one contact; without effect when it is not there."""
        self._run("DELETE FROM contacts WHERE id=?", contact)
        self._run("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def _run(self, statement: str, *values: str) -> list[sqlite.Row]:
        try:
            rows: list[sqlite.Row] = self._connection.execute(
                statement, values
            ).fetchall()
        except sqlite.OperationalError as problem:
            raise Unavailable(Code.STORE_UNAVAILABLE, problem=str(problem)) from problem
        return rows
