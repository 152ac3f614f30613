"""One history with all that an intruder can reach of it, and what others have kept.

It is made by the program itself: facts from before there were seals, two keys one after
the other, checkpoints with two witnesses, and a tail that no checkpoint covers yet; and
people who were forgotten in each part of it.
"""

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

from adapters import erasing
from adapters import system as installation
from adapters.ledger.book import SUFFIX, Book
from adapters.ledger.keeping import Ledger
from adapters.ledger.receipts import KeptReceipt, KeptSeal
from adapters.persistence import migrations
from adapters.persistence.event_store import SqliteEventStore, leaf_in
from adapters.persistence.fact_table import StoredRow
from adapters.persistence.key_files import (
    SEALS,
    log_signer,
    read_key,
    renew_keys,
    sealer,
)
from adapters.persistence.rules import StoredRules
from adapters.persistence.trust import Trust, WitnessKey, read_trust, write_trust
from adapters.proof.checkpoint import Checkpoint
from adapters.proof.encoding import from_base64
from adapters.proof.note import Note
from adapters.proof.sealing import Sealer
from adapters.proof.signing import Cosigner, Signer
from adapters.proof.tree import edge, grown, root
from adapters.settings import Settings
from adapters.system import Gadelys, LazyVault
from domain.errors import Code, Refused
from domain.finding.events import NoteAdded
from domain.handling import AnyCommand
from domain.messages import Stamp, derived_id
from domain.ports import Decision, Receipt
from domain.register.model import Register
from domain.subject.commands import ApproveErasure, RequestErasure
from domain.subject.events import ErasureBasis
from domain.values import Actor, StreamId, SubjectRef
from tests.conftest import NOON, adopt
from tests.faults.work import (
    COORDINATOR,
    OWN,
    PREVENTION,
    TO_ALL,
    command_of,
    report_shared,
)
from tests.tampering.keys import Entry, entries

WITNESSES = ("police.example/witness", "archive.example/witness")
SEATS = 4
UNSEALED, FIRST_KEY, SECOND_KEY, AFTER_LAST, NOT_TAKEN = 4, 12, 12, 3, 4
"""How many commands there are of each kind, in this order."""

FIXED = 7
"""The command that leads to two facts."""

RESIDENT = Actor("participant/residents/k3v9x0q2ab")
OLD_CASE, NEW_CASE = "finding/9-1-0", "finding/9-2-0"
"""Who is erased: the old case under the first key, the resident under the second one,
and the new case where the ledger has not come yet."""


@dataclass(frozen=True)
class Secrets:
    """The private keys, as a thief would have them."""

    retired: Sealer
    sealer: Sealer
    seals: Signer
    """The key of `sealer`, for whatever else it could sign."""
    log: Signer
    witnesses: tuple[Cosigner, ...]
    keys: Mapping[SubjectRef, Entry]
    """Of persons, from a copy that was made before the last of them were erased."""
    wrapping: bytes
    """The key around those."""


@dataclass
class History:
    """Facts, tree and checkpoints as they lie there; and what others have kept.

    `keys` are those of persons, with which the auditor can read words. `trust`,
    `since`, `receipts` and `level` are the auditor's; `promised` are all receipts
    there are, of which the auditor has none unless people bring them.
    """

    rows: list[StoredRow]
    nodes: dict[str, bytes]
    notes: dict[str, bytes]
    trust: Trust
    keys: dict[SubjectRef, Entry]
    since: Note | None = None
    receipts: tuple[KeptReceipt, ...] = ()
    level: int = 1
    promised: tuple[KeptReceipt, ...] = ()

    def copy(self) -> "History":
        """Return one that can be changed."""
        return replace(
            self,
            rows=[*self.rows],
            nodes={**self.nodes},
            notes={**self.notes},
            keys={**self.keys},
        )

    @property
    def taken(self) -> int:
        """How many facts the ledger has taken in."""
        return len(self.nodes["00"]) // 32

    @property
    def signed(self) -> list[int]:
        """The sizes of the checkpoints, the smallest first."""
        return [int(name.removesuffix(SUFFIX)) for name in sorted(self.notes)]

    def note(self, size: int) -> Note:
        """Return one checkpoint."""
        return Note.parse(self.notes[name_of(size)])

    def is_promised(self, row: StoredRow) -> bool:
        """Whether somebody got a receipt for a fact; the clock keeps none."""
        return any(
            one.stream == row.stream
            and one.version - one.facts < row.version <= one.version
            for one in self.promised
        )

    def must_be_sealed(self, position: int) -> bool:
        """Whether there were seals when a fact came."""
        return self.trust.must_be_sealed(position)


def name_of(size: int) -> str:
    """Return what a checkpoint is called."""
    return f"{size:012}{SUFFIX}"


def tree_of(rows: Sequence[StoredRow]) -> dict[str, bytes]:
    """Return the files of a tree over these facts."""
    levels = defaultdict[str, bytes](bytes)
    for node, content in grown(0, [], map(leaf_in, rows)):
        levels[f"{node.level:02}"] += content
    return dict(levels)


def root_of(rows: Sequence[StoredRow]) -> bytes:
    """Return the root over these facts."""
    nodes = dict(grown(0, [], map(leaf_in, rows)))
    return root(len(rows), lambda _: {one: nodes[one] for one in edge(len(rows))})


def signed(
    origin: str,
    rows: Sequence[StoredRow],
    log: Signer,
    witnesses: Sequence[Cosigner] = (),
) -> Note:
    """Return a checkpoint over these facts."""
    text = Checkpoint(origin, len(rows), root_of(rows)).text
    seen = [one.cosign(text, int(NOON.timestamp())) for one in witnesses]
    return Note(text, (log.sign(text), *seen))


def kept(receipt: Receipt) -> KeptReceipt:
    """Return a receipt as people keep it."""
    return KeptReceipt(
        stream=receipt.stream,
        version=receipt.version,
        facts=receipt.facts,
        sealed=tuple(KeptSeal(leaf=s.leaf, seal=s.seal) for s in receipt.sealed),
    )


@dataclass
class Author:
    """Writes a history with real commands, in an order drawn by chance."""

    chance: random.Random
    done: list[int] = field(default_factory=lambda: [0] * SEATS)

    def writes(self, system: Gadelys, commands: int) -> Iterator[Receipt]:
        """Submit some commands of several people, as far as they can go on."""
        for _ in range(commands):
            open_seats = [s for s in range(SEATS) if self.done[s] < len(OWN)]
            if not open_seats:
                return
            seat = self.chance.choice(open_seats)
            try:
                yield self.next(system, seat)
            except Refused as refusal:
                if refusal.code is not Code.SUBJECT_ERASED:
                    raise
                # An erased case takes no more words: nobody goes on with it.
                if self.done[seat] - 1 != TO_ALL:
                    self.done[seat] = len(OWN)

    def next(self, system: Gadelys, seat: int) -> Receipt:
        """Submit the next command of one person."""
        command = command_of(f"0-{seat}", self.done[seat])
        self.done[seat] += 1
        return system.submit(command)


def made(folder: Path, register: Register, seed: object) -> tuple[History, Secrets]:
    """Write a history into `folder` and return it with its keys."""
    settings = Settings(data=folder / "data")
    author = Author(random.Random(f"{seed} author"))
    before_seals(settings, register, author)
    installation.migrate(settings)
    witnesses = tuple(
        Cosigner(name, bytes([nth]) * 32) for nth, name in enumerate(WITNESSES, 1)
    )
    trust = read_trust(settings.trust_file)
    seen_by = tuple(
        WitnessKey(key=one.verifier, url=f"https://{one.verifier.name}")
        for one in witnesses
    )
    update = {"witness": seen_by, "quorum": len(seen_by)}
    write_trust(settings.trust_file, trust.model_copy(update=update))
    receipts: list[Receipt] = []
    with installation.opened(settings) as system:
        receipts += author.writes(system, FIRST_KEY // 2)
        receipts += (system.submit(one) for one in remembered())
        resident_writes(system)
        sign(settings, system, witnesses)
        forget(system, OLD_CASE)
        system.vault().keys.rotate()
        before = entries(settings.subject_keys_file)
        receipts += author.writes(system, FIRST_KEY // 2)
        sign(settings, system, witnesses)
        retired = sealer(settings)
        renew_keys(settings, system.store.last_position())
    with installation.opened(settings) as system:
        receipts += author.writes(system, SECOND_KEY // 2)
        forget(system, RESIDENT)
        sign(settings, system, witnesses)
        receipts += author.writes(system, SECOND_KEY // 2)
        sign(settings, system, witnesses)
        receipts += author.writes(system, AFTER_LAST)
        ledger(settings, system).grow()
        forget(system, NEW_CASE)
        receipts += author.writes(system, NOT_TAKEN)
        # The last command has two facts; half of it must not be taken for whole.
        seat = max(range(SEATS), key=lambda one: FIXED - author.done[one] >= 0)
        while author.done[seat] <= FIXED:
            receipts.append(author.next(system, seat))
        rows = system.store.rows(0, 10_000)
    assert receipts[-1].facts > 1
    book = settings.ledger_folder
    private = from_base64(settings.seal_key_file.read_text().strip())
    seals = Signer(read_trust(settings.trust_file).origin + SEALS, private)
    return (
        History(
            rows=rows,
            nodes={one.name: one.read_bytes() for one in (book / "nodes").iterdir()},
            notes=dict(Book(book).checkpoints()),
            trust=read_trust(settings.trust_file),
            keys=entries(settings.subject_keys_file),
            promised=tuple(map(kept, receipts)),
        ),
        Secrets(
            retired=retired,
            sealer=sealer(settings),
            seals=seals,
            log=log_signer(settings),
            witnesses=witnesses,
            keys=before,
            wrapping=wrapping_of(settings),
        ),
    )


def before_seals(settings: Settings, register: Register, author: Author) -> None:
    """Let the history begin with facts of an older program, which have no seals."""
    migrations.migrate(settings.events_file)
    with closing(SqliteEventStore(settings.events_file)) as store:
        vault = LazyVault(settings)
        system = Gadelys(settings, store, StoredRules(store), vault, lambda: NOON)
        adopt(system, register)
        report_shared(system, "0-0")
        for _ in author.writes(system, UNSEALED):
            pass


def remembered() -> Iterator[AnyCommand]:
    """Yield what is written in two cases."""
    for name in ("9-1", "9-2"):
        yield from (command_of(name, nth) for nth in range(TO_ALL))


def resident_writes(system: Gadelys) -> None:
    """Let a resident have written in one of them, as no command of today lets one."""
    command_id = derived_id("resident")
    stamp = Stamp(by=RESIDENT, at=system.now(), command_id=command_id)
    decision = Decision(
        stream=StreamId(NEW_CASE),
        after=system.store.version_of(StreamId(NEW_CASE)),
        command_id=command_id,
        asked="what no command asks",
        register=1,
        events=(NoteAdded(stamp=stamp, text="Min hæk."),),
    )
    system.store.append([decision], system.now())


def forget(system: Gadelys, name: str) -> None:
    """Let two persons agree that somebody is erased, and erase them."""
    subject = erasing.known_subject(system, name)

    def stamp(by: Actor) -> Stamp:
        command_id = derived_id("forgetting", by, name)
        return Stamp(by=by, at=system.now(), command_id=command_id)

    basis = ErasureBasis.OBJECTION
    system.submit(
        RequestErasure(ref=subject.ref, stamp=stamp(COORDINATOR), basis=basis)
    )
    system.submit(ApproveErasure(ref=subject.ref, stamp=stamp(PREVENTION)))
    erasing.erase(system, subject)


def wrapping_of(settings: Settings) -> bytes:
    """Return the key around the keys of persons."""
    [file] = settings.keys_folder.glob("*.wrap")
    return read_key(file)


def ledger(settings: Settings, system: Gadelys) -> Ledger:
    """Return the ledger of an installation, as after a start."""
    book = Book(settings.ledger_folder)
    return Ledger(system.store, book, read_trust(settings.trust_file))


def sign(
    settings: Settings, system: Gadelys, witnesses: Sequence[Cosigner] = ()
) -> Note | None:
    """Take in and sign what is new, and let witnesses see it."""
    keeping = ledger(settings, system)
    keeping.grow()
    note = keeping.sign(log_signer(settings))
    if note is None:
        return None
    moments = count(int(NOON.timestamp()))
    lines = [one.cosign(note.text, next(moments)) for one in witnesses]
    note = note.with_signatures(lines)
    keeping.book.keep(Checkpoint.parse(note.text).size, note)
    return note
