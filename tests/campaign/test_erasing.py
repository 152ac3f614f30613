"""A hundred people are forgotten: everywhere, and whatever happens meanwhile (G5).

All parts are real: workflows about their cases run on a server with a file, receivers
on the web are told, mails and letters are written, backups were made before.
"""

import asyncio
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from adapters import erasing
from adapters import system as installation
from adapters.bootstrap import dispatcher_of, working
from adapters.settings import Settings
from adapters.system import Gadelys
from adapters.temporal.dispatcher import Dispatcher
from adapters.temporal.times import SameTime
from domain.finding.events import FindingReported, NoteAdded
from domain.register.model import Register
from domain.subject.commands import stream_of
from domain.subject.events import SubjectErased
from domain.values import ERASED
from tests.adapters.conftest import TEMPORARY, Answer, Line
from tests.adapters.postgres_server import Server
from tests.adapters.test_erasing import (
    Canary,
    a_case,
    a_participant,
    agreed,
    files_of_the_server,
    forgotten_doubts,
    hits,
    in_database,
    restore,
    said_of,
)
from tests.adapters.web_receiver import WebReceiver, receiving
from tests.conftest import StandingClock, adopt
from tests.faults.erasers import READY
from tests.faults.figures import SEED, either, note
from tests.faults.rebuilt import differing_rows
from tests.workflows.servers import OrdinaryServer, client_of, new_namespace

SUBJECTS = either(short=100, long=1000)
KILLED = either(short=24, long=200)
"""So many are erased by programs that are killed."""

KEPT = 9000
"""The number of the case that is not erased."""

SHORTEST_LIFE_S = 0.01
LONGER = 1.08
"""So lives grow from kill to kill: there are many, however quick the machine is."""

PATIENCE_S = 120
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

pytestmark = pytest.mark.timeout(3 * 3600)


@pytest.fixture(params=["sqlite", "postgres"])
def settings(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    """Return settings on each engine, also for what is temporary."""
    found = Settings(data=tmp_path / "data")
    if request.param == "postgres":
        server: Server = request.getfixturevalue("postgres_server")
        database = server.migrated()
        urls = {"database_url": database.app, "database_owner_url": database.owner}
        found = found.model_copy(update=urls)
    (tmp_path / "temporary").mkdir()
    for name in TEMPORARY:
        monkeypatch.setenv(name, str(tmp_path / "temporary"))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return found


def with_receiver(
    settings: Settings, web: WebReceiver, folder: Path, patch: pytest.MonkeyPatch
) -> Settings:
    """Let somebody on the web be told of what people write in."""
    patch.setenv("ESDH_SECRET", SECRET)
    file = folder / "webhooks.toml"
    topics = json.dumps([FindingReported.TOPIC, NoteAdded.TOPIC])
    file.write_text(
        f'[[receiver]]\nname = "esdh"\nurl = "{web.url()}"\n'
        f'secret_env = "ESDH_SECRET"\ntopics = {topics}\nauthority = "municipality"\n'
    )
    update = {"webhooks": file, "webhook_allow_private": True}
    return settings.model_copy(update=update)


async def test_a_hundred_who_are_erased_leave_no_trace(
    settings: Settings,
    register: Register,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
    capfd: pytest.CaptureFixture[str],
) -> None:
    web = WebReceiver()
    (tmp_path / "temporal").mkdir()
    server = OrdinaryServer(tmp_path / "temporal")
    began = time.monotonic()
    try:
        with receiving(web):
            settings = with_receiver(settings, web, tmp_path, monkeypatch)
            installation.migrate(settings)
            with installation.opened(settings) as system:
                adopt(system, register)
                everybody = people(system)
                client = await client_of(server.address, new_namespace())
                dispatcher = dispatcher_of(system, client, SameTime())
                async with working(system, client, SameTime()):
                    await told(dispatcher)
                    await heard(web, dispatcher, len(everybody))
                    saved(settings, tmp_path)
                    seconds = await asyncio.to_thread(all_erased, system, everybody)
                    await told(dispatcher)
    finally:
        server.stop()

    files = [*(tmp_path / "temporal").rglob("*")]
    assert hits(files, [Canary("followed up", ("finding/2026-001",))])
    found: dict[str, Sequence[object]] = {
        "data": hits(settings.data.rglob("*"), everybody),
        "temporary": hits((tmp_path / "temporary").rglob("*"), everybody),
        "temporal": hits(files, everybody),
        "web": in_bytes([one.body for one in web.posted], everybody),
        "logs": in_bytes([one.encode() for one in capfd.readouterr()], everybody),
        "exports": in_bytes(handed_out(settings, tmp_path / "out"), everybody),
        # Words are sealed in every copy; addresses go with the backups themselves.
        "backups": hits((tmp_path / "before").rglob("*"), words_alone(everybody)),
        "server": hits(files_of_the_server(request, settings), everybody),
    }
    with installation.opened(settings) as system:
        found["tables"] = in_database(system, everybody)
        assert {text for one in everybody for text in said_of(system, one.name)} == {
            ERASED
        }
        assert forgotten_doubts(system) == []
        assert f"Kanariefugl{KEPT}tekst" in said_of(system, f"finding/2026-{KEPT}")
    checked = run(settings, "verify", "history", "--json")
    assert (checked.code, checked.json["doubts"]) == (0, [])
    if settings.database_url is None:
        found["restored"] = in_older_backup(settings, tmp_path, everybody)
    note(
        f"erasing-{request.node.callspec.id}",
        subjects=len(everybody),
        posted=len(web.posted),
        each_s=round(seconds / len(everybody), 3),
        hits={place: len(signs) for place, signs in found.items()},
        seconds=round(time.monotonic() - began),
    )
    assert {place: signs for place, signs in found.items() if signs} == {}


def people(system: Gadelys) -> list[Canary]:
    """Let people be written about, write themselves, and be written to.

    They write in a case that is kept; the others are open, and followed up.
    """
    cases = [a_case(system, nth) for nth in range(1, SUBJECTS // 2 + 1)]
    kept = a_case(system, KEPT)
    others = [
        a_participant(system, nth, kept.name)
        for nth in range(1, SUBJECTS - len(cases) + 1)
    ]
    system.catch_up()
    everybody = [*cases, *others]
    data = system.settings.data
    # Whoever closes a file of SQLite's in this process takes its locks away.
    seen = data.with_name("seen")
    subprocess.run(["cp", "-r", data, seen], check=True)
    assert hits(seen.rglob("*"), everybody) or in_database(system, everybody)
    shutil.rmtree(seen)
    return everybody


async def told(dispatcher: Dispatcher) -> None:
    """Tell Temporal everything that there is to tell."""
    while await dispatcher.dispatch():
        pass


async def heard(web: WebReceiver, dispatcher: Dispatcher, many: int) -> None:
    """Wait until somebody on the web was told so often."""
    deadline = time.monotonic() + PATIENCE_S
    while len(web.posted) < many:
        assert time.monotonic() < deadline, len(web.posted)
        await told(dispatcher)
        await asyncio.sleep(0.1)


def saved(settings: Settings, folder: Path) -> None:
    """Make the backups of the night before."""
    (folder / "before").mkdir()
    for words in (["backup"], ["keys", "backup"]):
        done = run(settings, *words, str(folder / "before" / words[0]))
        assert done.code == 0, done.err


def all_erased(system: Gadelys, everybody: Iterable[Canary]) -> float:
    """Erase all of them; return how long it took."""
    subjects = [agreed(system, one.name) for one in everybody]
    began = time.monotonic()
    for subject in subjects:
        erasing.erase(system, subject)
    took = time.monotonic() - began
    system.vault().keys.rotate()
    system.catch_up()
    return took


def handed_out(settings: Settings, folder: Path) -> list[bytes]:
    """Return all that people let themselves be told about one of them."""
    asked = (
        ("subject", "export", "finding/2026-001"),
        ("case", "2026-001", "--history", "--json"),
        ("worklist", "--json"),
        ("evidence", "2026-001", "--out", str(folder)),
        ("doctor", "--json"),
    )
    answers = [run(settings, *words) for words in asked]
    written = [file.read_bytes() for file in folder.rglob("*") if file.is_file()]
    assert written
    return [*(f"{one.out}{one.err}".encode() for one in answers), *written]


def in_older_backup(
    settings: Settings, folder: Path, everybody: Sequence[Canary]
) -> list[tuple[str, bytes]]:
    """Return what a backup of before says, opened with the keys of today."""
    there = folder / "there"
    there.mkdir()
    shutil.copy(settings.subject_keys_file, there / "keys.db")
    shutil.copytree(settings.keys_folder, there / "keys")
    restored = restore(folder / "before" / "backup", there)
    with installation.opened(restored) as system:
        system.catch_up()
        for one in everybody:
            assert {*said_of(system, one.name)} == {ERASED}
        assert erasing.unfinished(system) == []
        assert forgotten_doubts(system) == []
    return hits(there.rglob("*"), everybody)


def words_alone(everybody: Iterable[Canary]) -> list[Canary]:
    return [Canary(one.name, one.words) for one in everybody]


def in_bytes(
    bodies: Iterable[bytes], everybody: Iterable[Canary]
) -> list[tuple[str, bytes]]:
    """Return by which signs somebody is known in some bytes."""
    whole = b"\n".join(bodies)
    return [
        (one.name, sign) for one in everybody for sign in one.signs if sign in whole
    ]


def run(settings: Settings, *words: str) -> Answer:
    """Run the program as people do."""
    url = settings.database_url
    more = {"database_url": url.get_secret_value()} if url else {}
    if settings.webhooks:
        more["webhooks"] = str(settings.webhooks)
    return Line(settings.data).outside(*words, **more)


# ---- killed at any moment ----


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_whoever_erases_may_be_killed_at_any_moment(
    settings: Settings, register: Register, tmp_path: Path
) -> None:
    chance = random.Random(SEED)
    installation.migrate(settings)
    with installation.opened(settings, StandingClock()) as system:
        adopt(system, register)
        cases = [a_case(system, nth) for nth in range(1, KILLED // 2 + 1)]
        others = [
            a_participant(system, nth, cases[nth % len(cases)].name)
            for nth in range(1, KILLED - len(cases) + 1)
        ]
        everybody = [*cases, *others]
        refs = [agreed(system, one.name).ref for one in everybody]
    kills, longest_s = 0, SHORTEST_LIFE_S
    while not erased_by_a_program(settings, everybody, chance.uniform(0, longest_s)):
        kills, longest_s = kills + 1, longest_s * LONGER
        assert kills < 20 * KILLED

    note("erasing-killed", subjects=len(everybody), kills=kills)
    assert kills > KILLED // 4
    with installation.opened(settings, StandingClock()) as system:
        assert erasing.unfinished(system) == []
        assert forgotten_doubts(system) == []
        for ref in refs:
            facts = [fact.event for fact in system.store.load(stream_of(ref))]
            assert sum(isinstance(one, SubjectErased) for one in facts) == 1
        assert differing_rows(system, tmp_path / "rebuilt") == []
    assert hits(settings.data.rglob("*"), everybody) == []
    assert hits((tmp_path / "temporary").rglob("*"), everybody) == []


def erased_by_a_program(
    settings: Settings, everybody: Iterable[Canary], life_s: float
) -> bool:
    """Let a program erase them for a while; return whether it came to its end."""
    with subprocess.Popen(
        [
            *(sys.executable, "-m", "tests.faults.erasers", str(settings.data)),
            *(one.name for one in everybody),
        ],
        env={**os.environ},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == READY
        try:
            return process.wait(life_s) == 0
        except subprocess.TimeoutExpired:
            process.kill()
            return False
