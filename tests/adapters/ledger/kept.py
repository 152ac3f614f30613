"""An installation with a ledger, which can be tampered with from below."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from adapters import system as installation
from adapters.ledger.book import Book
from adapters.ledger.checking import Verdict, check
from adapters.ledger.doubts import Why
from adapters.ledger.keeping import Ledger
from adapters.ledger.receipts import KeptReceipt, KeptSeal
from adapters.persistence.event_store import FactStore
from adapters.persistence.key_files import log_signer
from adapters.persistence.trust import read_trust
from adapters.proof.note import Note
from adapters.settings import Settings
from domain.ports import Receipt
from domain.values import StreamId
from tests.adapters.stores import SqliteBackend
from tests.adapters.writing import LEARNED, decision


@dataclass
class Kept:
    """Facts that are sealed, the ledger over them, and a way below."""

    settings: Settings
    store: FactStore
    receipts: list[KeptReceipt] = field(default_factory=list)

    @property
    def ledger(self) -> Ledger:
        """The ledger, as after a start."""
        trust = read_trust(self.settings.trust_file)
        return Ledger(self.store, Book(self.settings.ledger_folder), trust)

    @property
    def book(self) -> Book:
        """Its files."""
        return Book(self.settings.ledger_folder)

    def learns(self, count: int, *, each: int = 1) -> None:
        """Store some commands of `each` facts in three streams in turn."""
        for _ in range(count):
            stream = StreamId(f"finding/{len(self.receipts) % 3}")
            texts = [f"Æ{nth}" for nth in range(each)]
            asked = decision(stream, self.store.version_of(stream), *texts)
            [receipt] = self.store.append([asked], LEARNED)
            self.receipts.append(promised(receipt))

    def signs(self) -> Note | None:
        """Take in what is new and sign it."""
        ledger = self.ledger
        ledger.grow()
        return ledger.sign(log_signer(self.settings))

    def below(self, *statements: str) -> None:
        """Do something that the engine forbids."""
        backend = SqliteBackend(self.settings.events_file)
        backend.below("DROP TRIGGER IF EXISTS facts_are_never_changed")
        backend.below("DROP TRIGGER IF EXISTS facts_are_never_deleted")
        for statement in statements:
            backend.below(statement)

    def opened_again(self) -> "Kept":
        """Return the same installation with another program at work."""
        store = installation._store(
            self.settings,
            installation._sealing(self.settings),
            installation.LazyVault(self.settings),
        )
        return Kept(self.settings, store, self.receipts)

    def verdict(
        self,
        level: int = 1,
        since: Note | None = None,
        receipts: tuple[KeptReceipt, ...] = (),
        seen: Mapping[str, Note] = MappingProxyType({}),
    ) -> Verdict:
        """Look at all of it."""
        trust = read_trust(self.settings.trust_file)
        return check(
            self.store,
            self.book,
            trust,
            level=level,
            since=since,
            receipts=receipts,
            seen=seen,
        )


def promised(receipt: Receipt) -> KeptReceipt:
    """Return a receipt as people keep it."""
    seals = tuple(KeptSeal(leaf=one.leaf, seal=one.seal) for one in receipt.sealed)
    return KeptReceipt(
        stream=receipt.stream,
        version=receipt.version,
        facts=receipt.facts,
        sealed=seals,
    )


def told(verdict: Verdict) -> list[tuple[Why, int]]:
    """Return what is doubted, and where."""
    return [(one.why, one.position) for one in verdict.doubts]
