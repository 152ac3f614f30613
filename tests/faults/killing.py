"""One campaign of kills: rounds of writers and a reader, and what came of them."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from adapters.settings import Settings
from adapters.system import Gadelys
from tests.faults.books import Asked, Books
from tests.faults.rebuilt import differing_rows
from tests.faults.work import command_of, report_shared
from tests.faults.writers import REMEMBERED, TOLD, Defect, Life, Writers

WRITERS = 4
READER_EVERY = 3
"""In so many rounds once a projector is there; his start takes longer than a life."""

DISPATCHERS = 3

BY_MOMENT = 0.5
LONGEST_LIFE_S = 0.15
PATIENCE_S = 2.0
"""Who reads may wait for news that do not come: then he is killed as well."""

SLOWER = 4
"""So many times as long a reader takes until it has something to do."""

POINTS_OF_A_WRITER = 120
POINTS_OF_A_READER = 60
REBUILD_EVERY = 100
"""After so many rounds the live rows are held against rebuilt ones; and in the end."""


@dataclass
class Killing:
    """Lets people work on `system`, kills all of them, and looks into the books.

    Beside them is a projector now and then, or with `temporal` (address and namespace)
    there are dispatchers all the time.
    """

    system: Gadelys
    folder: Path
    seed: int
    gapless: bool
    defect: Defect = ""
    temporal: tuple[str, str] | None = None
    writers: int = WRITERS
    kills: int = 0
    rounds: int = 0
    rebuilds: int = 0
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Draw the same lives for the same seed."""
        self.folder.mkdir()
        self.chance = random.Random(self.seed)
        self.acks = self.folder / "acks.log"
        self.books = Books(self.system.store, self.acks, self.gapless)
        self.pending: dict[int, Asked] = {}

    def wage(self, kills: int) -> None:
        """Kill so many, unless something is wrong before."""
        with self._forking() as writers:
            while self.kills < kills and not self.problems:
                lives = self._lives()
                report_shared(self.system, lives[0].name)
                self.kills += writers.live(lives)
                self._look(lives)
                self.rounds += 1
                if self.rounds % REBUILD_EVERY == 0:
                    self._rebuild()
        if not self.problems:
            self._ask_again()
            self._rebuild()
            self._look_at_everything()

    @property
    def points(self) -> Counter[str]:
        """At which points somebody died by himself, and how often."""
        log = self.folder / "points.log"
        return Counter(log.read_text("utf-8").splitlines() if log.exists() else ())

    def figures(self) -> dict[str, object]:
        """Return what it came to."""
        return {
            "kills": self.kills,
            "at named points": self.points.total(),
            "named points": len(self.points),
            "acknowledged": len(self.books.told),
            "stored": len(self.books.kept),
            "lost": len(self.books.lost(ever=True)),
            "doubled": len(self.books.doubled(ever=True)),
            "misplaced": len(self.books.misplaced),
            "rebuilt and equal": self.rebuilds,
        }

    @contextmanager
    def _forking(self) -> Iterator[Writers]:
        writers = Writers(self.folder / "writers.log")
        try:
            yield writers
        finally:
            writers.close()

    def _lives(self) -> list[Life]:
        settings: Settings = self.system.settings
        url = settings.database_url
        spared = tuple(self.points)
        life = Life(
            name="",
            data=str(settings.data),
            database=url.get_secret_value() if url else None,
            acks=str(self.acks),
            points=str(self.folder / "points.log"),
            defect=self.defect,
        )
        writing = [
            replace(life, name=f"{self.rounds}-{seat}", pending=self.pending.get(seat))
            for seat in range(self.writers)
        ]
        reading = replace(
            life,
            name=f"{self.rounds}-{self.writers}",
            role="dispatch" if self.temporal else "project",
            temporal=self.temporal,
        )
        return [
            *(self._dying(one, spared, POINTS_OF_A_WRITER) for one in writing),
            *(
                self._dying(reading, spared, POINTS_OF_A_READER)
                for _ in range(self._readers())
            ),
        ]

    def _readers(self) -> int:
        if self.temporal:
            return DISPATCHERS
        return 0 if self.rounds % READER_EVERY else 1

    def _dying(self, life: Life, spared: tuple[str, ...], longest: int) -> Life:
        """Draw how somebody dies."""
        if self.chance.random() < BY_MOMENT:
            is_quick = life.role == "write" and not self.temporal
            longest_s = LONGEST_LIFE_S * (1 if is_quick else SLOWER)
            return replace(life, after_s=self.chance.uniform(0.001, longest_s))
        if life.role == "dispatch" and self.chance.random() < BY_MOMENT:
            at = self.chance.choice((TOLD, REMEMBERED))
            return replace(life, at=at, after_s=PATIENCE_S)
        nth = self.chance.randint(1, longest)
        return replace(life, spared=spared, nth=nth, after_s=PATIENCE_S)

    def _look(self, lives: list[Life]) -> None:
        """Hold the last round against the store; remember what is open."""
        self.books.read()
        for seat, life in enumerate(lives[: self.writers]):
            # Who forgets may be refused what he did: he would ask for it for ever.
            is_done = life.pending is None or life.pending in self.books.told
            if is_done or self.defect:
                done = self.books.acknowledged_of(life.name)
                self.pending[seat] = life.name, done
        self._note("doubled", self.books.doubled())
        self._note("lost", self.books.lost())
        self._note("misplaced", self.books.misplaced)

    def _ask_again(self) -> None:
        """Ask twice for whatever nobody has a receipt for: one command, one receipt."""
        for asked in self.pending.values():
            command = command_of(*asked)
            first, second = self.system.submit(command), self.system.submit(command)
            self._note("asked again", self.books.retried(asked, first, second))

    def _rebuild(self) -> None:
        below = self.folder / f"rebuilt-{self.rounds}-{self.rebuilds}"
        self._note("rows differ", differing_rows(self.system, below))
        self.rebuilds += 1

    def _look_at_everything(self) -> None:
        """Read everything once more from the first fact, as if for the first time."""
        self.books = Books(self.system.store, self.acks, self.gapless)
        self.books.read()
        self._note("lost", self.books.lost(ever=True))
        self._note("doubled", self.books.doubled(ever=True))
        self._note("misplaced", self.books.misplaced)

    def _note(self, what: str, found: Sequence[object]) -> None:
        if found:
            seed = f"seed {self.seed}, round {self.rounds}, {self.kills} kills"
            self.problems.append(f"{what}: {found[:5]} ({seed})")
