"""A store with sealed facts of three cases, its ledger, and what proves one of them."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from adapters.ledger.book import Book
from adapters.ledger.evidence import Evidence, gather
from adapters.ledger.evidence_bundle import bundled
from adapters.ledger.evidence_page import evidence_page
from adapters.ledger.keeping import Ledger
from adapters.persistence.event_store import FactStore, SqliteEventStore
from adapters.persistence.mapper import FactMapper
from adapters.persistence.postgres_event_store import PostgresEventStore
from adapters.persistence.saving import new_folder
from adapters.persistence.trust import LogKey, SealKey, Trust, WitnessKey
from adapters.proof.note import Note
from adapters.proof.sealing import Sealer
from adapters.proof.signing import Signer
from adapters.texts import Texts
from domain.catalogue import EVENTS
from domain.messages import Event, Stamp, derived_id
from domain.ports import Decision
from domain.values import StreamId
from tests.adapters.ledger.some_log import ORIGIN, PRIVATE, SEEN_AT, WITNESS
from tests.adapters.stores import Backend, PostgresBackend, SqliteBackend
from tests.adapters.writing import AT, BY, LEARNED, decision

CASE = "2026-02"
LOG = Signer(ORIGIN, PRIVATE)
SEALS = Signer(f"{ORIGIN}/seals", bytes(range(64, 96)))
TRUST = Trust(
    origin=ORIGIN,
    quorum=1,
    log=(LogKey(key=LOG.verifier),),
    seal=(SealKey(key=SEALS.verifier, first=1),),
    witness=(WitnessKey(key=WITNESS.verifier, url="http://witness.example"),),
)


class FromTheFuture(Event):
    """A fact that this program does not know."""

    TOPIC: ClassVar[str] = "finding.from_the_future.v9"
    secret: str


@dataclass
class Cases:
    """Three cases, and the ledger over their facts; `ours` reads what we know."""

    store: FactStore
    ours: FactStore
    book: Book

    def happens(self, *texts: str, case: str = CASE) -> None:
        """Store facts of one command."""
        stream = f"finding/{case}"
        after = self.store.version_of(StreamId(stream))
        self.store.append([decision(stream, after, *texts)], LEARNED)

    def something_strange_happens(self) -> None:
        """Store a fact that only another program can read."""
        stream = StreamId(f"finding/{CASE}")
        identity = derived_id("strange")
        event = FromTheFuture(
            stamp=Stamp(by=BY, at=AT, command_id=identity), secret="a secret word"
        )
        after = self.store.version_of(stream)
        self.store.append(
            [Decision(stream, after, identity, "asked", 3, (event,))], LEARNED
        )

    def sign(self, *, witnessed: bool = True) -> Note:
        """Sign everything that is there."""
        ledger = Ledger(self.store, self.book, TRUST)
        ledger.grow()
        note = ledger.sign(LOG)
        assert note
        if witnessed:
            note = note.with_signatures([WITNESS.cosign(note.text, SEEN_AT)])
            self.book.keep(self.book.size, note)
        return note

    def evidence(self, since: Note | None = None, trust: Trust = TRUST) -> Evidence:
        """Return what proves the case."""
        return gather(CASE, self.ours, self.book, trust, since)

    def hand_out(self, folder: Path, since: Note | None = None) -> Path:
        """Write a bundle."""
        new_folder(folder, files_of(self.evidence(since)))
        return folder


def files_of(evidence: Evidence, lang: str = "da") -> dict[str, bytes]:
    """Return the files of a bundle."""
    page = page_of(evidence, lang)
    return dict(bundled(evidence, page))


def page_of(evidence: Evidence, lang: str = "da") -> str:
    """Return the page of a bundle."""
    return evidence_page(evidence, [("Status", "tildelt")], "Lampe", Texts(lang))


def cases_in(backend: Backend, folder: Path) -> Cases:
    """Return an empty store of some engine, which seals."""
    mapper = FactMapper({**EVENTS, FromTheFuture.TOPIC: FromTheFuture})
    sealer = Sealer(ORIGIN, SEALS)
    store: FactStore
    match backend:
        case SqliteBackend(path=path):
            store = SqliteEventStore(path, mapper, lambda: sealer)
        case PostgresBackend(database=database):
            store = PostgresEventStore(database.app, mapper, lambda: sealer)
        case _:
            raise AssertionError(backend)
    backend.opened.append(store)
    return Cases(store, backend.open(), Book(folder))


def lived(cases: Cases, *, rounds: int = 4) -> Note:
    """Let some things happen, and return a checkpoint from half-way."""
    for nth in range(rounds):
        cases.happens(f"Én {nth}", f"To {nth}", case="2026-01")
        cases.happens(f"Lampen er slukket æøå {nth}")
    half = cases.sign()
    cases.happens("Tre", "Fire", case=CASE)
    cases.happens("Andre", case="2026-03")
    cases.sign()
    return half
