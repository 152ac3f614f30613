"""Honest histories are never doubted, whatever an installation goes through.

Each is drawn by chance: commands, restarts of the ledger with what a crash leaves in
its files, key renewals, backups put back, moves to another engine and back, ledgers
made again from the facts; people who are erased, and backups of facts or of keys from
before that. Auditors keep checkpoints and people keep receipts meanwhile.
"""

import random
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest

from adapters import erasing
from adapters import system as installation
from adapters.cli import operations, person_keys, proving
from adapters.cli.session import Session
from adapters.ledger.book import Book
from adapters.ledger.checking import Verdict, check
from adapters.ledger.receipts import KeptReceipt
from adapters.persistence import migrations
from adapters.persistence.backup import Holdings, back_up, verify
from adapters.persistence.backup_restoring import restore
from adapters.persistence.copying import copy
from adapters.persistence.event_store import FactStore
from adapters.persistence.key_files import renew_keys
from adapters.persistence.sealed_words import MARK
from adapters.persistence.subject_keys import KeyState
from adapters.persistence.trust import read_trust
from adapters.proof.note import Note
from adapters.proof.tree import HASH_LENGTH
from adapters.settings import Settings
from adapters.system import Gadelys
from domain.register.model import Register
from domain.values import ERASED
from tests.adapters.postgres_server import Server
from tests.adapters.telling import contact
from tests.conftest import NOON
from tests.faults.figures import SEED, either, note
from tests.faults.stage import silence
from tests.tampering.ground import BY_THE_RULES
from tests.tampering.history import (
    Author,
    before_seals,
    forget,
    kept,
    ledger,
    sign,
)

HISTORIES = either(short=500, long=10_000)
MOVED = either(short=40, long=400)
"""So many of them move to PostgreSQL and back."""

STEPS = (4, 10)
"""How much happens in one history, at least and at most."""

KINDS = 12
"""How many kinds of things happen."""

MOST_COMMANDS = 36

RESIDENTS = 0.2
"""How often it is a resident who is erased."""

LEVELS = (*[0] * 3, *[1] * 8, 2)
"""How often somebody looks at which level."""

pytestmark = pytest.mark.timeout(3 * 3600)


@dataclass
class Saved:
    """A backup, and what others had when it was made."""

    folder: Path
    notes: list[Note]
    receipts: list[KeptReceipt]
    done: list[int]


@dataclass
class House:
    """One installation, and what others keep of it."""

    settings: Settings
    chance: random.Random
    author: Author
    notes: list[Note] = field(default_factory=list)
    receipts: list[KeptReceipt] = field(default_factory=list)
    erased: set[str] = field(default_factory=set)
    """Who was erased since there are keys; whatever comes back, they never do."""
    saved: "Saved | None" = None

    def works(self) -> None:
        """Let people do something; the ledger may be behind."""
        left = MOST_COMMANDS - sum(self.author.done)
        with installation.opened(self.settings) as system:
            for receipt in self.author.writes(
                system, min(left, self.chance.randrange(1, 6))
            ):
                self.receipts.append(kept(receipt))

    def signs(self) -> None:
        """Let the ledger run for a while."""
        with installation.opened(self.settings) as system:
            if made := sign(self.settings, system):
                self.notes.append(made)

    def takes(self) -> None:
        """Let the ledger die before it has signed."""
        with installation.opened(self.settings) as system:
            ledger(self.settings, system).grow()

    def crashes(self) -> None:
        """Let the ledger die while it writes: the higher levels are written first."""
        book = Book(self.settings.ledger_folder)
        nodes = self.settings.ledger_folder / "nodes"
        for path in sorted(nodes.glob("[0-9]*"), reverse=True):
            level = int(path.name)
            most = 100 if level else HASH_LENGTH
            with path.open("r+b") as file:
                file.truncate((book.size >> level) * HASH_LENGTH)
                file.seek(0, 2)
                file.write(self.chance.randbytes(self.chance.randrange(most)))

    def forgets(self) -> None:
        """Lose the tree, or all of the ledger; it is made again from the facts."""
        folder = self.settings.ledger_folder
        gone = self.chance.choice([folder, folder / "nodes"])
        shutil.rmtree(gone, ignore_errors=True)
        self.takes()

    def renews(self) -> None:
        """Make new keys."""
        with installation.opened(self.settings) as system:
            renew_keys(self.settings, system.store.last_position())

    def rotates(self) -> None:
        """Put a new key around those of persons."""
        with installation.opened(self.settings) as system:
            system.vault().keys.rotate()

    def erases(self) -> None:
        """Forget somebody: a case, or a resident who was only written to."""
        with installation.opened(self.settings) as system:
            cases = [one.name for one in system.vault().keys.in_state(KeyState.OPEN)]
            if not cases or self.chance.random() < RESIDENTS:
                cases = [str(contact(system))]
            name = self.chance.choice(cases)
            forget(system, name)
        self.erased.add(name)

    def saves(self) -> None:
        """Make a backup, to be put back some day."""
        self._forget_saved()
        self.saved = Saved(
            self._folder("kept"), [*self.notes], [*self.receipts], [*self.author.done]
        )
        operations.backup(self._session(), self.saved.folder)

    def goes_back(self) -> None:
        """Lose everything since the backup but the keys; who was erased is so again.

        Auditors and people with something of the time since are told.
        """
        if self.saved is None:
            return
        data = self.settings.data
        before = data.rename(self._folder("before"))
        # Today's keys of persons come first; the others may be there or not.
        data.mkdir()
        shutil.copy(before / "keys.db", data)
        kind = self.chance.choice(["*", "*.wrap"])
        (data / "keys").mkdir()
        for key in before.glob(f"keys/{kind}"):
            shutil.copy(key, data / "keys")
        operations.restore(self._session(), self.saved.folder)
        shutil.rmtree(before)
        self.notes, self.receipts = self.saved.notes, self.saved.receipts
        self.author.done = self.saved.done
        self._forget_saved()

    def keys_come_back(self) -> None:
        """Lose the keys of persons after an erasure, and put back those from before."""
        keys, folder = self.settings.subject_keys_file, self._folder("keys")
        person_keys.backup(self._session(), folder)
        self.erases()
        for path in keys.parent.glob(f"{keys.name}*"):
            path.unlink()
        person_keys.restore(self._session(), folder)
        shutil.rmtree(folder)

    def is_put_back(self) -> None:
        """Restore a backup of this moment into an empty file, and go on there."""
        saved = self.settings.data.with_name("saved")
        with installation.opened(self.settings) as system:
            back_up(self._holdings(system.store), saved, NOON)
        for path in self.settings.data.glob("contacts.db*"):
            path.unlink()
        with closing(self._empty()) as store:
            restore(saved, verify(saved), self._holdings(store))
        shutil.rmtree(saved)

    def moves(self, database: Settings) -> None:
        """Move to PostgreSQL, work there with the same keys, and move back."""
        assert database.database_url
        with (
            installation.opened(self.settings) as system,
            closing(installation.postgres_store(database.database_url)) as target,
        ):
            copy(system.store, target)
        here, self.settings = self.settings, database
        self.works()
        self.chance.choice([self.signs, self.takes, self.works, self.erases])()
        there = self.verdict()
        assert there.doubts == ()
        self.settings = here
        with (
            closing(installation.postgres_store(database.database_url)) as source,
            closing(self._empty()) as store,
        ):
            copy(source, store)

    def lives(self, more: tuple[Callable[[], None], ...] = ()) -> Counter[str]:
        """Let things happen in any order; return how often which did."""
        steps = [
            *(self.works, self.works, self.works, self.signs, self.signs, self.takes),
            *(self.crashes, self.forgets, self.renews, self.is_put_back),
            *(self.erases, self.rotates, self.keys_come_back),
            *(self.saves, self.saves, self.goes_back, self.goes_back),
        ]
        drawn = self.chance.choices(steps, k=self.chance.randrange(*STEPS))
        for step in [self.works, *drawn, *more]:
            step()
        return Counter(step.__name__ for step in drawn)

    def verdict(self) -> Verdict:
        """Look as an auditor does, in some way; nobody who was erased may be read."""
        chance = self.chance
        some = chance.randrange(len(self.receipts) + 1)
        level = chance.choice(LEVELS)
        with installation.opened(self.settings) as system:
            for name in self.erased:
                assert {*said_of(system, name)} <= {ERASED}
                assert erasing.address_of(system, name) is None
            verdict = check(
                system.store,
                ledger(self.settings, system).book,
                read_trust(self.settings.trust_file),
                level=level,
                since=chance.choice([None, *self.notes]),
                receipts=chance.sample(self.receipts, some),
                forgotten=proving._forgotten(system) if level else None,
            )
            if level < BY_THE_RULES or verdict.doubts:
                return verdict
            return proving._looked_closer(system, verdict, lambda _: None)

    def _session(self) -> Session:
        """Return what a person's verbs need."""
        session = Session(as_json=True)
        session.__dict__["settings"] = self.settings
        return session

    def _folder(self, name: str) -> Path:
        return self.settings.data.with_name(name)

    def _forget_saved(self) -> None:
        if self.saved:
            shutil.rmtree(self.saved.folder)
        self.saved = None

    def _empty(self) -> FactStore:
        events = self.settings.events_file
        for path in events.parent.glob(f"{events.name}*"):
            path.unlink()
        migrations.migrate(events)
        return installation.sqlite_store(events)

    def _holdings(self, store: FactStore) -> Holdings:
        data = self.settings.data
        return Holdings(
            store, data / "contacts.db", data / "documents", data / "trust.toml"
        )


def said_of(system: Gadelys, name: str) -> Iterator[str]:
    """Yield every word of somebody that can be read, of those that were sealed."""
    for said in erasing.words_of(system, name):
        row = system.store.rows_of(said.stream)[said.version - 1]
        if MARK in row.state:
            yield from said.words.values()


@pytest.fixture(scope="module")
def template(place: Path, register: Register) -> tuple[Path, list[int]]:
    """Return an installation that has just got its keys, and who has done what."""
    silence()
    settings = Settings(data=place / "template" / "data")
    author = Author(random.Random(SEED))
    before_seals(settings, register, author)
    installation.migrate(settings)
    return settings.data, author.done


def house_of(template: tuple[Path, list[int]], folder: Path, nth: int) -> House:
    """Return a copy of the template in which `nth` decides what will happen."""
    data, done = template
    shutil.copytree(data, folder / "data")
    chance = random.Random(f"{SEED} honest {nth}")
    return House(Settings(data=folder / "data"), chance, Author(chance, [*done]))


@pytest.mark.parametrize("half", [0, 1])
def test_honest_histories_are_not_doubted(
    half: int, template: tuple[Path, list[int]], place: Path
) -> None:
    happened, doubted, facts, erased = Counter[str](), list[str](), 0, 0
    mine = range(half, HISTORIES - MOVED, 2)
    for nth in mine:
        house = house_of(template, place / "honest", nth)
        happened += house.lives()
        verdict = house.verdict()
        facts += verdict.facts
        erased += len(house.erased)
        doubted += [f"{nth}: {one}" for one in verdict.doubts]
        shutil.rmtree(place / "honest")

    note(
        f"honest-sqlite-{half}",
        histories=len(mine),
        facts=facts,
        erased=erased,
        doubted=len(doubted),
        happened=dict(happened),
    )
    assert doubted == []
    assert len(happened) == KINDS


def test_honest_histories_that_move_are_not_doubted(
    template: tuple[Path, list[int]], place: Path, postgres_server: Server
) -> None:
    doubted, facts, erased = list[str](), 0, 0
    for nth in range(HISTORIES - MOVED, HISTORIES):
        house = house_of(template, place / "moving", nth)
        made = postgres_server.migrated()
        urls = {"database_url": made.app, "database_owner_url": made.owner}
        database = house.settings.model_copy(update=urls)
        installation.migrate(database)
        house.lives((partial(house.moves, database), house.works))
        verdict = house.verdict()
        facts += verdict.facts
        erased += len(house.erased)
        doubted += [f"{nth}: {one}" for one in verdict.doubts]
        shutil.rmtree(place / "moving")

    note(
        "honest-moved",
        histories=MOVED,
        facts=facts,
        erased=erased,
        doubted=len(doubted),
    )
    assert doubted == []
