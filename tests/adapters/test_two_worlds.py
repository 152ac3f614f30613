"""Two worlds that differ only in what the police keep: nobody else can tell which.

In each pair one world has notes, tactics and proposals of the police that the other
lacks. Everything that the municipality can ask then gives the same bytes.

`make tamper` asks for 500 pairs by `GADELYS_TWO_WORLDS_VARIANTS=10`.
"""

import io
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from typing_extensions import override

from adapters import police, standing
from adapters import system as installation
from adapters.cli import access, cases, duplicates, subjects, views
from adapters.cli import police as police_line
from adapters.cli.session import Session
from adapters.settings import Settings
from adapters.system import Gadelys
from adapters.viewing import Viewer
from domain.errors import DomainError
from domain.finding.commands import (
    AddNote,
    AnyFindingCommand,
    AssignFinding,
    HoldFinding,
    MarkFixed,
    ReportFinding,
    VerifyFix,
)
from domain.messages import Stamp, derived_id
from domain.police.commands import AddPoliceNote, AnyPoliceCommand, ProposeSharing
from domain.police.events import NoteKind
from domain.values import Actor, Evidence
from tests.conftest import NOON, StandingClock

GROUPS, HISTORIES = 10, 5
VARIANTS = int(os.environ.get("GADELYS_TWO_WORLDS_VARIANTS", "2"))
"""In how many variants of the police's own facts each of the 50 histories is met."""

NUMBERS = ("2026-01", "2026-02")
UNITS = tuple(
    map(
        Actor,
        (
            "municipality/street-lighting",
            "municipality/parks",
            "municipality/unit-leader",
            "municipality/walk-coordinator",
            "police/prevention",
        ),
    )
)
OFFICERS = tuple(
    map(Actor, ("police/prevention/p01", "police/local-police", "police/unit-leader"))
)
SECRET = "HEMMELIGT"
REFERENCE = re.compile(r'"subject": "[0-9a-f]{20}"')


@dataclass
class World:
    """One installation, and what everybody was answered who did something."""

    system: Gadelys
    said: list[str] = field(default_factory=list)


class OpenSession(Session):
    """A call of the program on an installation that is open already."""

    opened_system: Gadelys

    @override
    @contextmanager
    def system(self) -> Iterator[Gadelys]:
        self.register = self.opened_system.rules().register
        yield self.opened_system


@pytest.fixture(scope="session")
def both(tmp_path_factory: pytest.TempPathFactory, adopted: Path) -> Path:
    """Return an installation to copy, with the police's store beside it, empty."""
    folder = tmp_path_factory.mktemp("both")
    shutil.copytree(adopted, folder / "data")
    installation.migrate(settings_in(folder))
    return folder


def settings_in(folder: Path) -> Settings:
    return Settings(
        data=folder / "data", police_data=folder / "police", log_level="error"
    )


@contextmanager
def world(source: Path, folder: Path, *, has_police: bool = True) -> Iterator[World]:
    shutil.copytree(source, folder)
    settings = settings_in(folder)
    if not has_police:
        settings = settings.model_copy(update={"police_data": None})
    with installation.opened(settings, StandingClock(NOON)) as system:
        yield World(system)


# --- What happens ----------------------------------------------------------------


def shared(chance: Random, nth: int) -> AnyFindingCommand:
    """Return something that somebody does to one of the shared cases."""
    stamp = stamped(chance.choice(UNITS), "shared", nth)
    number = chance.choice(NUMBERS)
    ways: list[Callable[[], AnyFindingCommand]] = [
        lambda: ReportFinding(
            stamp=stamp, number=number, category="LGT-FAIL", text="Mørkt her."
        ),
        lambda: AssignFinding(stamp=stamp, number=number, to=chance.choice(UNITS[:2])),
        lambda: AddNote(stamp=stamp, number=number, text="Set på stedet."),
        lambda: HoldFinding(stamp=stamp, number=number, reason_code="budget"),
        lambda: MarkFixed(stamp=stamp, number=number, evidence=Evidence.PHOTO),
        lambda: VerifyFix(stamp=stamp, number=number),
    ]
    return chance.choice(ways)()


def of_police(chance: Random, nth: int) -> AnyPoliceCommand:
    """Return something that only the police know."""
    stamp = stamped(chance.choice(OFFICERS), "police", nth)
    number, text = chance.choice(NUMBERS), f"{SECRET} {chance.random()}"
    if chance.random() < 0.3:
        return ProposeSharing(stamp=stamp, number=number, text=text)
    kind = chance.choice(list(NoteKind))
    return AddPoliceNote(stamp=stamp, number=number, kind=kind, text=text)


def stamped(by: Actor, what: str, nth: int) -> Stamp:
    at = NOON - timedelta(days=30) + timedelta(hours=nth)
    return Stamp(by=by, at=at, command_id=derived_id(what, nth))


def live(place: World, chance: Random, between: Callable[[int], None]) -> None:
    """Let shared things happen, and keep what each was answered."""
    first = stamped(UNITS[0], "first", 0)
    place.system.ask(
        ReportFinding(
            stamp=first, number=NUMBERS[0], category="LGT-FAIL", text="Mørkt."
        )
    )
    for nth in range(12):
        between(nth)
        try:
            receipt = place.system.ask(shared(chance, nth))
            answer = f"{receipt.stream} {receipt.position} {receipt.version}"
        except DomainError as refusal:
            answer = f"{refusal.code} {refusal.context}"
        place.said.append(answer)


def police_lives(place: World, chance: Random, first: int, count: int) -> None:
    """Let the police write and read; what the rules refuse changes nothing."""
    for nth in range(first, first + count):
        with suppress(DomainError):
            police.ask(place.system, of_police(chance, nth))
        with suppress(DomainError):
            viewer = Viewer(place.system, chance.choice(OFFICERS))
            viewer.facts(chance.choice(NUMBERS))
            viewer.police(chance.choice(NUMBERS))


# --- What the municipality sees --------------------------------------------------

PAGE = {"order": "due", "after": None, "limit": 100, "overdue": False}
NOW = {**PAGE, "as_of": None, "as_known": None}


def asked(session: Session) -> Iterator[Callable[[], object]]:
    """Yield everything that somebody can ask about the cases."""
    yield from lists(session)
    for number in (*NUMBERS, "2026-99"):
        yield from about(session, number)


def lists(session: Session) -> Iterator[Callable[[], object]]:
    yield lambda: views.worklist(session, {}, NOW)
    yield lambda: views.worklist(session, {"text": "mørkt"}, NOW)
    yield lambda: views.worklist(session, {}, {**NOW, "as_of": "2026-11-01"})
    yield lambda: views.overdue(session, {}, {**NOW, "limit": 5})
    yield lambda: access.access(
        session, about=None, unit=None, since=None, extract=False, limit=100
    )


def about(session: Session, number: str) -> Iterator[Callable[[], object]]:
    yield lambda: cases.case(session, number, None, None, history=True)
    yield lambda: cases.replay(session, number)
    yield lambda: duplicates.duplicates(session, number)
    yield lambda: subjects.export(session, f"finding/{number}")
    yield lambda: police_line.show(session, number)
    yield lambda: police_line.note(
        session, number, text="Hej", by="municipality/parks", at="2026-11-01"
    )
    yield lambda: police_line.approve(
        session, number, 1, "0f" * 6, by="municipality/parks", at="2026-11-01"
    )


READERS = (
    ("municipality/street-lighting", None, False, asked),
    ("municipality/unit-leader", None, True, asked),
    ("municipality/audit", "audit", True, lists),
)


def seen(place: World) -> str:
    """Return every byte that the municipality is shown, and what it could do next."""
    shown = [*place.said]
    for by, purpose, as_json, ways in READERS:
        session = OpenSession(as_json=as_json, lang="da", reader=(by, purpose))
        session.opened_system = place.system
        shown += [said_to(session, ask) for ask in ways(session)]
    shown.append(standing.next_number(place.system))
    # What stands for somebody is drawn by chance, in either world.
    return REFERENCE.sub("", "\n".join(shown))


def said_to(session: Session, ask: Callable[[], object]) -> str:
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            session.run(ask, debug=False)
        except SystemExit as end:
            err.write(f"exit {end.code}")
    return out.getvalue() + err.getvalue()


# --- The pairs -------------------------------------------------------------------


@pytest.mark.parametrize("group", range(GROUPS))
def test_nobody_of_the_municipality_can_tell_the_worlds_apart(
    group: int, both: Path, tmp_path: Path
) -> None:
    pairs = 0
    for history in range(HISTORIES):
        seed = 1000 * group + history
        # In the first pairs the other machine does not even have the police's store.
        empty = tmp_path / f"{history}-without"
        with world(both, empty, has_police=history > 0) as without:
            live(without, Random(seed), lambda _: None)
            alone = seen(without)
        for variant in range(VARIANTS):
            with world(both, tmp_path / f"{history}-{variant}") as place:
                own = Random(seed * 100 + variant)

                def between(nth: int, place: World = place, own: Random = own) -> None:
                    police_lives(place, own, nth * 3, own.randrange(3))

                live(place, Random(seed), between)
                police_lives(place, own, 100, 2)
                together = seen(place)

                assert together == alone, (seed, variant)
                assert SECRET not in together
                assert kept(place) > 0
            shutil.rmtree(tmp_path / f"{history}-{variant}")
            pairs += 1

    assert pairs == HISTORIES * VARIANTS


def kept(place: World) -> int:
    """Return how many facts the police keep, or have read: the worlds do differ."""
    own = place.system.police
    assert own
    return own.store.last_position() + own.access.store.last_position()


def test_the_comparison_has_teeth(both: Path, tmp_path: Path) -> None:
    """One shared note more is seen at once."""
    worlds = []
    for more in (False, True):
        with world(both, tmp_path / str(more)) as place:
            live(place, Random(7), lambda _: None)
            if more:
                place.system.submit(
                    AddNote(
                        stamp=stamped(UNITS[0], "more", 1),
                        number=next(iter(reported(place))),
                        text="Delt.",
                    )
                )
            worlds.append(seen(place))

    assert worlds[0] != worlds[1]


def reported(place: World) -> list[str]:
    return [one for one in NUMBERS if place.system.finding(one)[0]]
