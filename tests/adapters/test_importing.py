"""Importing: all or nothing, once, and beside others who work on the same cases."""

from pathlib import Path

import pytest

from adapters.files.importing import ATTEMPTS, Imported, import_walk
from adapters.system import Gadelys
from domain.errors import Code, Conflict, NotAllowed
from domain.finding.commands import AddNote, stream_of
from domain.finding.state import Status
from domain.messages import Stamp, derived_id
from domain.values import Actor
from tests.adapters.walk_files import (
    COORDINATOR,
    COUNCIL,
    LIGHTING,
    WALK,
    entry,
    small_file,
    write,
)
from tests.conftest import StandingClock

FACTS = 8  # the walk, four of the lamp, three of the hedge


def note(system: Gadelys, name: str, number: str = "2026-01") -> None:
    """Write a note, as somebody else would."""
    stamp = Stamp(
        by=Actor(COORDINATOR), at=system.now(), command_id=derived_id("note", name)
    )
    system.submit(AddNote(number=number, stamp=stamp, text="Ringet."))


def test_a_file_becomes_facts(system: Gadelys, tmp_path: Path) -> None:
    done = import_walk(system, write(tmp_path, small_file()))

    assert done == Imported(walk=WALK, facts=FACTS, findings=2, future=0)
    lamp, version = system.finding("2026-01")
    assert lamp is not None
    assert (lamp.status, version) == (Status.VERIFIED, 4)


def test_both_times_are_kept(
    system: Gadelys, tmp_path: Path, now: StandingClock
) -> None:
    import_walk(system, write(tmp_path, small_file()))

    [report, *_] = system.store.load(stream_of("2026-01"))
    assert report.recorded_at == now()
    assert report.event.stamp.at.date().isoformat() == "2026-10-09"


def test_the_same_file_again_stores_nothing(system: Gadelys, tmp_path: Path) -> None:
    path = write(tmp_path, small_file())
    import_walk(system, path)
    before = system.store.last_position()

    assert import_walk(system, path).facts == 0
    assert system.store.last_position() == before


def test_the_same_file_again_stores_nothing_even_after_more_has_happened(
    system: Gadelys, tmp_path: Path
) -> None:
    path = write(tmp_path, small_file())
    import_walk(system, path)
    note(system, "meanwhile")

    assert import_walk(system, path).facts == 0


def test_appended_entries_are_taken(system: Gadelys, tmp_path: Path) -> None:
    content = small_file()
    import_walk(system, write(tmp_path, content))
    content["findings"][1]["history"].append(
        entry("resume", "2026-11-02", "municipality/parks")
    )
    content["findings"][0]["history"].append(
        entry("reopen", "2026-11-16", reason="Slukket igen.")
    )

    done = import_walk(system, write(tmp_path, content))

    assert (done.facts, done.findings) == (2, 2)


def test_a_new_finding_is_taken(system: Gadelys, tmp_path: Path) -> None:
    content = small_file()
    import_walk(system, write(tmp_path, content))
    content["later"] = [
        {
            "number": "2026-03",
            "category": "LGT-FAIL",
            "text": "Lamperne igen.",
            "channel": "citizen",
            "history": [
                entry("report", "2026-10-12", "citizen"),
                entry("merge_into", "2026-10-12", master="2026-01"),
            ],
        }
    ]

    done = import_walk(system, write(tmp_path, content))

    assert (done.facts, done.findings) == (2, 1)


@pytest.mark.parametrize(
    ("change", "finding", "index"),
    [
        ({"on": "2026-10-13"}, "2026-01", 2),
        ({"to": "municipality/parks"}, "2026-01", 2),
        ({"by": "police/prevention"}, "2026-01", 2),
        ({"do": "accept", "by": LIGHTING}, "2026-01", 2),
    ],
)
def test_a_changed_entry_is_a_conflict_that_names_it(
    system: Gadelys,
    tmp_path: Path,
    change: dict[str, str],
    finding: str,
    index: int,
) -> None:
    content = small_file()
    import_walk(system, write(tmp_path, content))
    before = system.store.last_position()
    changed = content["findings"][0]["history"][index - 1] | change
    if changed["do"] == "accept":
        del changed["to"]
    content["findings"][0]["history"][index - 1] = changed
    content["findings"][1]["history"].append(entry("note", "2026-11-02", text="Ny."))

    with pytest.raises(Conflict) as caught:
        import_walk(system, write(tmp_path, content))

    assert caught.value.code is Code.COMMAND_REUSED
    assert caught.value.context["finding"] == finding
    assert caught.value.context["entry"] == index
    assert system.store.last_position() == before


def test_an_edited_text_is_a_conflict_of_its_report(
    system: Gadelys, tmp_path: Path
) -> None:
    content = small_file()
    import_walk(system, write(tmp_path, content))
    content["findings"][0]["text"] = "Tre lamper er slukket."

    with pytest.raises(Conflict) as caught:
        import_walk(system, write(tmp_path, content))

    assert caught.value.code is Code.COMMAND_REUSED
    assert (caught.value.context["finding"], caught.value.context["entry"]) == (
        "2026-01",
        1,
    )


def test_an_edited_walk_is_a_conflict(system: Gadelys, tmp_path: Path) -> None:
    content = small_file()
    import_walk(system, write(tmp_path, content))
    content["walk"]["area"] = "Aalborg Vest"

    with pytest.raises(Conflict) as caught:
        import_walk(system, write(tmp_path, content))

    assert caught.value.code is Code.COMMAND_REUSED
    assert (caught.value.context["finding"], caught.value.context["entry"]) == (
        "walk",
        1,
    )


def test_one_bad_entry_at_the_very_end_stores_nothing(
    system: Gadelys, tmp_path: Path
) -> None:
    content = small_file()
    content["findings"][0]["history"][-1]["by"] = LIGHTING
    before = system.store.last_position()

    with pytest.raises(NotAllowed):
        import_walk(system, write(tmp_path, content))

    assert system.store.last_position() == before


def test_entries_are_checked_as_if_those_before_had_happened(
    system: Gadelys, tmp_path: Path
) -> None:
    """The rehearsal sees its own facts: the fix must come before its verification."""
    content = small_file()
    history = content["findings"][0]["history"]
    history[2], history[3] = history[3], history[2]

    with pytest.raises(Exception, match="wrong_status") as caught:
        import_walk(system, write(tmp_path, content))

    assert getattr(caught.value, "context", {})["entry"] == 3


def test_progress_is_told(system: Gadelys, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []

    import_walk(
        system,
        write(tmp_path, small_file()),
        lambda done, total: told.append((done, total)),
    )

    assert told == [(nth, FACTS) for nth in range(1, FACTS + 1)]


def test_what_lies_ahead_is_counted(system: Gadelys, tmp_path: Path) -> None:
    content = small_file()
    content["findings"][1]["history"].append(
        entry("resume", "2026-11-30", "municipality/parks")
    )

    assert import_walk(system, write(tmp_path, content)).future == 1


# ---- others who work on the same cases ----


def test_somebody_who_writes_meanwhile_only_causes_another_attempt(
    system: Gadelys, tmp_path: Path
) -> None:
    path = write(tmp_path, small_file())
    import_walk(system, path)
    content = small_file()
    content["findings"][0]["history"].append(entry("note", "2026-11-02", text="Ny."))
    attempts = 0

    def write_once(done: int, total: int) -> None:
        nonlocal attempts
        if done == total:
            attempts += 1
            if attempts == 1:
                note(system, "meanwhile")

    done = import_walk(system, write(tmp_path, content), write_once)

    assert (done.facts, attempts) == (1, 2)
    assert system.finding("2026-01")[1] == 4 + 1 + 1


def test_two_who_import_the_same_file_store_it_once(
    system: Gadelys, tmp_path: Path
) -> None:
    path = write(tmp_path, small_file())
    nested: list[Imported] = []

    def import_too(done: int, total: int) -> None:
        if done == total and not nested:
            nested.append(import_walk(system, path))

    outer = import_walk(system, path, import_too)

    assert (outer.facts, nested[0].facts) == (0, FACTS)
    assert system.store.last_position() == 1 + FACTS


def test_a_file_that_never_gets_its_turn_gives_up(
    system: Gadelys, tmp_path: Path
) -> None:
    import_walk(system, write(tmp_path, small_file()))
    content = small_file()
    content["findings"][0]["history"].append(entry("note", "2026-11-02", text="Ny."))
    attempts = 0

    def write_always(done: int, total: int) -> None:
        nonlocal attempts
        if done == total:
            attempts += 1
            note(system, f"meanwhile {attempts}")

    with pytest.raises(Conflict) as caught:
        import_walk(system, write(tmp_path, content), write_always)

    assert caught.value.code is Code.BUSY
    assert attempts == ATTEMPTS


def test_the_verifier_may_come_from_a_file(system: Gadelys, tmp_path: Path) -> None:
    import_walk(system, write(tmp_path, small_file()))

    last = system.store.load(stream_of("2026-01"))[-1]
    assert last.event.stamp.by == COUNCIL
