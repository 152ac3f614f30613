"""What seals, sealed words and the ledger cost, and how fast a history is checked."""

import statistics
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from adapters import erasing
from adapters.ledger.book import Book
from adapters.ledger.checking import check
from adapters.ledger.evidence import gather
from adapters.ledger.evidence_bundle import bundled
from adapters.ledger.evidence_page import evidence_page
from adapters.ledger.keeping import Ledger
from adapters.persistence.event_store import SqliteEventStore
from adapters.persistence.key_files import log_signer
from adapters.persistence.rules import StoredRules
from adapters.persistence.saving import new_folder
from adapters.persistence.trust import read_trust
from adapters.system import Gadelys
from adapters.texts import Texts
from domain.subject.commands import ApproveErasure, RequestErasure
from domain.subject.events import ErasureBasis
from domain.values import Actor
from tests.tools.country import Shape
from tests.tools.measuring import Row, least, median_ms, most, seconds

ROUNDS = 5
COMMANDS = 200
COORDINATOR = Actor("municipality/walk-coordinator")
POLICE = Actor("police/prevention")

Lives = Callable[[Gadelys, str], Callable[[], None]]
Stamped = Callable[[Actor], object]


def cost(system: Gadelys, lives: Lives) -> Row:
    """Return how much longer a command takes than in a store without any keys."""
    with closing(SqliteEventStore(system.settings.events_file)) as store:
        plain = Gadelys(
            system.settings, store, StoredRules(store), system.vault, system.now
        )
        ratios = []
        for nth in range(ROUNDS):
            sealed = median_ms(lives(system, f"sealed-{nth}"), COMMANDS)
            ratios.append(sealed / median_ms(lives(plain, f"plain-{nth}"), COMMANDS))
    name = "one command with seals and sealed words, times one without"
    return most(name, statistics.median(ratios), "x", 2)


def checked(system: Gadelys, shape: Shape) -> Iterator[Row]:
    """Yield how fast the facts of a country are taken in, checked and handed out."""
    settings = system.settings
    trust, book = read_trust(settings.trust_file), Book(settings.ledger_folder)
    ledger = Ledger(system.store, book, trust)
    facts = system.store.last_position()
    yield least(
        f"facts taken into the ledger, of {facts:,}",
        facts / seconds(ledger.grow),
        "/s",
        5_000,
    )
    ledger.sign(log_signer(settings))
    for level, goal in ((0, 50_000), (1, 5_000)):
        took = seconds(lambda: _well(system, book, level))  # noqa: B023 - at once
        yield least(f"facts checked at level {level}", facts / took, "/s", goal)
    number = shape.number(shape.findings // 2)
    with TemporaryDirectory() as folder:
        bundle = Path(folder) / "bundle"
        took = seconds(lambda: _hand_out(system, book, number, bundle))
    yield most("one case handed out with its proof", took, "s", 2)


def erased(system: Gadelys, shape: Shape, stamp: Stamped) -> Row:
    """Return how long it takes to erase the words of one case."""
    system.catch_up()
    name = f"finding/{shape.number(shape.findings // 3)}"
    subject = erasing.known_subject(system, name)
    asked = {"ref": subject.ref, "stamp": stamp(COORDINATOR)}
    system.submit(
        RequestErasure.model_validate({**asked, "basis": ErasureBasis.OBJECTION})
    )
    system.submit(ApproveErasure.model_validate({**asked, "stamp": stamp(POLICE)}))
    took = seconds(lambda: erasing.erase(system, subject))
    return most(f"one case erased, of {shape.findings:,}", took, "s", 5)


def _well(system: Gadelys, book: Book, level: int) -> None:
    trust = read_trust(system.settings.trust_file)
    verdict = check(system.store, book, trust, level=level)
    if verdict.doubts:
        raise AssertionError(verdict.doubts)


def _hand_out(system: Gadelys, book: Book, number: str, target: Path) -> None:
    found = gather(number, system.store, book, read_trust(system.settings.trust_file))
    new_folder(target, bundled(found, evidence_page(found, (), "", Texts("da"))))
