"""One installation: its facts, rules and rows behind one way in for commands."""

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from pydantic import SecretStr

from adapters.errors import Unavailable
from adapters.persistence import migrations
from adapters.persistence.blobs import FolderBlobs
from adapters.persistence.event_store import (
    FactStore,
    Sealer,
    Sealing,
    SqliteEventStore,
)
from adapters.persistence.leases import PROJECTOR
from adapters.persistence.mapper import FactMapper, Vaulting
from adapters.persistence.photos import Photos
from adapters.persistence.rules import StoredRules
from adapters.settings import Settings
from adapters.tracing import NoSpans, Spans, spans_of
from domain.errors import Code, Conflict, DomainError, Refused
from domain.finding.commands import stream_of
from domain.finding.state import Finding, fold
from domain.handling import AnyCommand, handle
from domain.ports import Receipt, RulesInForce
from domain.values import FindingNumber

if TYPE_CHECKING:
    from adapters.persistence.row_store import Fill, RowStore
    from adapters.persistence.vault import Vault

log = structlog.get_logger()
MANY_FACTS = 50_000
MOST_PARTS = 8
Now = Callable[[], datetime]

SEEN_WITHIN_S = 5.0
GLANCE_S = 0.02
"""How often who waits for the projector looks where it is."""


def real_now() -> datetime:
    """Return the present moment, aware UTC."""
    return datetime.now(UTC)


@dataclass
class Gadelys:
    """One running installation: facts, rules, rows, and the clock on the wall."""

    settings: Settings
    store: FactStore
    rules: RulesInForce
    vault: "LazyVault"
    now: Now
    spans: Spans = field(default_factory=NoSpans)
    on_command: Callable[[str, str], None] = lambda *_: None
    """Is told each command and what came of it: `handled`, or the code of a refusal."""

    _rows: "RowStore | None" = None
    _apart: dict[str, "Gadelys"] = field(default_factory=dict)
    _opening: threading.Lock = field(default_factory=threading.Lock)

    def submit(
        self,
        command: AnyCommand,
        *,
        expected: int | None = None,
        time_matters: bool = False,
    ) -> Receipt:
        """Handle one command and return its receipt; nobody's role is asked.

        For the clock, for an import and for what is played. Persons `ask`.

        Raises: Refused, NotFound, Conflict, NotAllowed or Unavailable.
        """
        return self._handled(command, expected, time_matters=time_matters)

    def ask(self, command: AnyCommand, *, expected: int | None = None) -> Receipt:
        """Handle what a person asks, if the table of permissions allows it to them.

        Raises: as `submit`; NotAllowed (not_your_role, not_your_case) besides.
        """
        return self._handled(command, expected, by_person=True)

    def _handled(
        self,
        command: AnyCommand,
        expected: int | None,
        *,
        time_matters: bool = False,
        by_person: bool = False,
    ) -> Receipt:
        name = command.NAME
        with self.spans.around("command", command=name) as tell:
            try:
                receipt = handle(
                    command,
                    self.store.with_restricted(),
                    self.rules,
                    self.now(),
                    expected=expected,
                    time_matters=time_matters,
                    by_person=by_person,
                )
            except DomainError as refusal:
                code = str(refusal.code)
                log.info("command.refused", command=name, code=code)
                self.on_command(name, code)
                tell(outcome=code)
                raise
            tell(outcome="handled", stream=receipt.stream, position=receipt.position)
        self.on_command(name, "handled")
        log.debug(
            "command.handled",
            command=name,
            stream=receipt.stream,
            position=receipt.position,
            facts=receipt.facts,
        )
        return receipt

    def finding(self, number: FindingNumber) -> tuple[Finding | None, int]:
        """Return the rules' memory of a finding and its version."""
        history = self.store.load(stream_of(number))
        return fold(history), len(history)

    @property
    def rows(self) -> "RowStore":
        """The read models; opened when somebody first asks."""
        with self._opening:  # threads that ask at once share one
            if self._rows is None:
                self._rows = _open_rows(self.settings)
        return self._rows

    @property
    def access(self) -> "Gadelys":
        """The log of who has read what here; opened when somebody first reads.

        Raises: Unavailable (store_missing).
        """
        return self._opened_apart(self.settings.access)

    @property
    def police(self) -> "Gadelys | None":
        """What only the police know, where it may be known.

        Raises: Unavailable (store_missing).
        """
        settings = self.settings.police
        return self._opened_apart(settings) if settings else None

    @property
    def photos(self) -> Photos:
        """The photos beside the cases."""
        return Photos(FolderBlobs(self.settings.photos_folder), self.vault)

    @property
    def name(self) -> str:
        """Which store this is: `cases`, `access`, `police`, `police_access`."""
        return self.settings.holds

    def every_store(self) -> "Iterator[Gadelys]":
        """Yield every store there is here, the cases first.

        Raises: Unavailable (store_missing).
        """
        yield self
        if not self.settings.is_log:
            yield self.access
        if self.police:
            yield from self.police.every_store()

    def stores_with_words(self) -> "Iterator[Gadelys]":
        """Yield every store there is here that holds what people wrote.

        Raises: Unavailable (store_missing).
        """
        return (one for one in self.every_store() if not one.settings.is_log)

    def _opened_apart(self, settings: Settings) -> "Gadelys":
        """Return a store beside the cases, under the rules of the cases."""
        with self._opening:
            if settings.holds not in self._apart:
                self._apart[settings.holds] = _open(settings, self.now, self.rules)
        return self._apart[settings.holds]

    def catch_up(
        self,
        names: Sequence[str] = (),
        on_page: Callable[[int], None] = lambda _: None,
    ) -> int:
        """Bring read models up to the newest fact; return how many were read.

        Raises: Unavailable (projection_stopped) when one of `names` stands still.
        """
        began = time.time_ns()

        def after_page(position: int) -> None:
            nonlocal began
            self.spans.took("projections.page", began, position=position)
            on_page(position)
            began = time.time_ns()

        read = self.rows.catch_up(self.store, names, after_page)
        self._refuse_stopped(names)
        return read

    def keep_up(self, on_page: Callable[[int], None]) -> None:
        """Bring all read models up to the newest fact, those far behind by a rebuild.

        For the one projector of a store: two who rebuild would stop each other.
        """
        self._renew(self._far_behind(), on_page)
        self.catch_up(on_page=on_page)

    def see(
        self,
        receipt: Receipt,
        names: Sequence[str],
        patience_s: float = SEEN_WITHIN_S,
    ) -> None:
        """Let these read models come as far as a command that was just stored.

        Waits for the projector where one is at work; reads by itself where none is.

        Raises: Unavailable (not_yet_seen) when `patience_s` seconds are over,
            (projection_stopped) when one of `names` stands still.
        """
        deadline = time.monotonic() + patience_s
        while behind := self._behind(receipt.position, names):
            if not self.store.is_read(PROJECTOR):
                self.catch_up(behind)
                return
            self._refuse_stopped(behind)
            if time.monotonic() >= deadline:
                raise Unavailable(
                    Code.NOT_YET_SEEN, projection=behind[0], position=receipt.position
                )
            time.sleep(GLANCE_S)

    def _behind(self, position: int, names: Sequence[str]) -> list[str]:
        reached = self.rows.positions()
        return [name for name in names if reached.get(name, 0) < position]

    def _refuse_stopped(self, names: Sequence[str]) -> None:
        problems = self.rows.problems() if names else {}
        for name in names:
            if problem := problems.get(name):
                raise Unavailable(
                    Code.PROJECTION_STOPPED, projection=name, problem=problem
                )

    def _far_behind(self) -> list[str]:
        """Return the projections that are sooner folded anew than further."""
        last = self.store.last_position()
        if last < MANY_FACTS:
            return []
        reached, stopped = self.rows.positions(), self.rows.problems()
        begun = {name: reached.get(name, 0) for name in self.rows.names()}
        return [
            name
            for name, position in begun.items()
            if name not in stopped and last - position > max(MANY_FACTS, position)
        ]

    def _renew(self, names: Sequence[str], on_page: Callable[[int], None]) -> None:
        """Fold `names` anew; should that fail, it is said when they are read on."""
        if not names:
            return
        try:
            self.rebuild(names, on_page)
        except (Conflict, Unavailable) as refusal:
            log.warning("projections.not_renewed", reason=str(refusal.code))

    def rebuild(
        self, names: Sequence[str], on_page: Callable[[int], None] = lambda _: None
    ) -> int:
        """Fold read models again from fact one; return the position they reach.

        Raises: Unavailable (projection_stopped); then the old ones stay in use.
        """
        return self.rows.rebuild(self.store, names, on_page, self._fill(on_page))

    def _fill(self, on_page: Callable[[int], None]) -> "Fill | None":
        """Return how to rebuild with all processors; not worth it for a few facts."""
        last, parts = self.store.last_position(), min(os.cpu_count() or 1, MOST_PARTS)
        is_spread = self.settings.holds == "cases"
        if last < MANY_FACTS or parts == 1 or not is_spread:
            return None
        from adapters.persistence.row_parts import (  # noqa: PLC0415
            Where,
            fill_in_parts,
        )

        url = self.settings.database_url
        where = Where(
            database=url.get_secret_value() if url else None,
            events=str(self.settings.events_file),
            views=str(self.settings.views_file),
            keys=str(self.settings.subject_keys_file),
            keys_folder=str(self.settings.keys_folder),
        )
        return fill_in_parts(where, last, parts, on_page)

    def close(self) -> None:
        """Close all files."""
        for one in self._apart.values():
            one.close()
        self.store.close()
        self.vault.close()
        if self._rows is not None:
            self._rows.close()


@contextmanager
def opened(settings: Settings, now: Now = real_now) -> Iterator[Gadelys]:
    """Open an installation that has been migrated, and close it again.

    Raises: Unavailable (store_missing, store_outdated) when it has not; Refused
        (extra_missing) when traces are wanted and cannot be sent.
    """
    system = _open(settings, now)
    try:
        yield system
    finally:
        system.close()


def _open(settings: Settings, now: Now, rules: RulesInForce | None = None) -> Gadelys:
    spans, vault = spans_of(settings), LazyVault(settings)
    store = _store(settings, _sealing(settings), vault)
    return Gadelys(settings, store, rules or StoredRules(store), vault, now, spans)


def stores(settings: Settings) -> Iterator[Settings]:
    """Yield the settings of every store there is here, the cases first."""
    yield settings
    if not settings.is_log:
        yield settings.access
    if settings.police:
        yield from stores(settings.police)


def migrate(settings: Settings) -> int:
    """Create or bring up to date all files, and the database if there is one.

    Returns: the version of the schema of the facts.

    Raises: Unavailable (store_unavailable) when the folder cannot be written;
        Refused (trust_missing, subject_keys_missing) when keys were lost;
        Refused (owner_needed, role_too_strong) when the database's roles are not
        as they must be.
    """
    try:
        settings.mailbox.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise Unavailable(
            Code.STORE_UNAVAILABLE, path=str(settings.data), problem=problem.strerror
        ) from problem
    version, *_ = [_migrate_store(one) for one in stores(settings)]
    return version


def _migrate_store(settings: Settings) -> int:
    version = _migrate_facts(settings)
    _make_keys(settings)
    if not settings.is_log:  # it holds no words
        _make_subject_keys(settings)
    with closing(_open_rows(settings)) as rows:
        rows.create()
    return version


def is_made(settings: Settings) -> bool:
    """Whether there are files of facts already; a database is made on purpose."""
    return settings.database_url is not None or settings.events_file.exists()


def sqlite_store(
    path: Path, sealing: Sealing | None = None, vaulting: Vaulting | None = None
) -> FactStore:
    """Open the events file at `path`.

    Raises: Unavailable (store_missing, store_outdated).
    """
    migrations.check(path)
    return SqliteEventStore(path, FactMapper(vaulting=vaulting), sealing)


def postgres_store(
    url: SecretStr, sealing: Sealing | None = None, vaulting: Vaulting | None = None
) -> FactStore:
    """Open the database at `url`, with its run-time role.

    Raises: Unavailable (store_missing, store_outdated, store_unavailable); Refused
        (role_too_strong).
    """
    # Whoever has no database need not wait for its driver.
    from adapters.persistence import postgres_migrations  # noqa: PLC0415
    from adapters.persistence.postgres_event_store import (  # noqa: PLC0415
        PostgresEventStore,
    )

    postgres_migrations.check(url)
    return PostgresEventStore(url, FactMapper(vaulting=vaulting), sealing)


def _store(
    settings: Settings,
    sealing: Sealing | None = None,
    vaulting: Vaulting | None = None,
) -> FactStore:
    if settings.database_url is not None:
        return postgres_store(settings.database_url, sealing, vaulting)
    return sqlite_store(settings.events_file, sealing, vaulting)


class LazyVault:
    """Opens the keys of persons when words are met, and closes them with the rest."""

    def __init__(self, settings: Settings) -> None:
        """Open nothing yet."""
        self._settings = settings
        self._opening = threading.Lock()
        self._vault: Vault | None = None

    def __call__(self) -> "Vault":
        """Return the vault.

        Raises: Refused (subject_keys_missing, key_exposed).
        """
        with self._opening:
            if self._vault is None:
                # Whoever meets no words need not wait for cryptography.
                from adapters.persistence.vault import opened_vault  # noqa: PLC0415

                keys, folder = (
                    self._settings.subject_keys_file,
                    self._settings.keys_folder,
                )
                self._vault = opened_vault(keys, folder)
        return self._vault

    def close(self) -> None:
        """Close the vault if it was opened."""
        if self._vault is not None:
            self._vault.close()


def _sealing(settings: Settings) -> Sealing:
    """Return what reads the key when a fact is stored, and again after a renewal."""
    kept: dict[tuple[int, int], Sealer] = {}

    def sealing() -> Sealer:
        trust = _which(settings.trust_file)
        if trust not in kept:
            # Whoever only asks need not wait for cryptography.
            from adapters.persistence.key_files import sealer  # noqa: PLC0415

            kept.clear()
            kept[trust] = sealer(settings)
        return kept[trust]

    return sealing


def _which(path: Path) -> tuple[int, int]:
    """Return what tells a file from the one that was there before it.

    Its time alone does not: two can be written within one tick of the clock.
    """
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_ino


def _make_keys(settings: Settings) -> None:
    """Make the keys of an installation that has none.

    Raises: Refused (trust_missing) when facts were sealed with keys that nobody knows.
    """
    if settings.trust_file.exists():
        return
    from adapters.persistence.key_files import make_keys  # noqa: PLC0415

    with closing(_store(settings)) as store:
        if store.is_sealed():
            raise Refused(Code.TRUST_MISSING, path=str(settings.trust_file))
        make_keys(settings, store.last_position() + 1)


def _make_subject_keys(settings: Settings) -> None:
    """Make the keys of persons for an installation that has none.

    Raises: Refused (subject_keys_missing) when words were sealed with keys that are
        gone.
    """
    path = settings.subject_keys_file
    if not path.exists():
        with closing(_store(settings)) as store:
            if store.has_words():
                raise Refused(Code.SUBJECT_KEYS_MISSING, path=str(path))
    from adapters.persistence.subject_keys import make_subject_keys  # noqa: PLC0415

    make_subject_keys(path, settings.keys_folder)


def _migrate_facts(settings: Settings) -> int:
    if settings.database_url is None:
        return migrations.migrate(settings.events_file)
    from adapters.persistence import postgres_migrations  # noqa: PLC0415

    settings.data.mkdir(parents=True, exist_ok=True)
    return postgres_migrations.migrate(
        settings.database_owner_url, settings.database_url
    )


def _open_rows(settings: Settings) -> "RowStore":
    # SQLAlchemy takes longer to import than a command takes to run.
    from adapters.persistence.row_engine import (  # noqa: PLC0415
        PostgresRows,
        SqliteRows,
    )
    from adapters.persistence.row_store import RowStore  # noqa: PLC0415

    url = settings.database_url
    engine = PostgresRows(url) if url else SqliteRows(settings.views_file)
    return RowStore(engine, projections(settings.holds))


def projections(holds: str = "cases") -> tuple[Any, ...]:
    """Return every projection of one kind of store."""
    from projections.every import OF_STORE  # noqa: PLC0415

    return OF_STORE[holds]
