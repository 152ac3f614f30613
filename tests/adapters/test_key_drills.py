"""Keys are lost, or are those of somebody else: what people see, and the way back.

The drills of docs/operations.md, as a person does them.
"""

import shutil
from pathlib import Path

import pytest

from adapters import system as installation
from adapters.settings import Settings
from tests.adapters.conftest import Line

BY = ("--by", "municipality/walk-coordinator")
WORDS = "Kanarietekst"
SEAL, LEDGER = "seal.key", "ledger.key"


def reported(line: Line, number: str = "2026-08") -> int:
    """Let somebody report something; return the exit code."""
    report = ("report", number, "--category", "LGT-FAIL", "--text", WORDS)
    return line(*report, *BY).code


@pytest.fixture
def house(line: Line) -> Line:
    """Return an installation with one case, whose history was signed."""
    assert reported(line) == 0
    return line


@pytest.fixture
def stranger(tmp_path: Path) -> Line:
    """Return another installation, with keys of its own."""
    other = Line(tmp_path / "stranger")
    installation.migrate(Settings(data=other.data))
    return other


def wrapping(line: Line) -> Path:
    [file] = (line.data / "keys").glob("*.wrap")
    return file


def is_well(line: Line) -> None:
    """Facts are stored, words are read, and the history fits."""
    assert reported(line, "2026-09") == 0
    assert WORDS in line("case", "2026-08").out
    assert line("verify", "history", "--level", "2", "--json").json["doubts"] == []


def renewed(line: Line) -> None:
    answer = line("keys", "renew")
    assert answer.code == 0
    assert "Giv trust.toml til hver revisor og hvert vidne." in answer.err


# ---- lost ----


def test_a_lost_seal_key_stops_only_what_stores_something(house: Line) -> None:
    saved = (house.data / "keys" / SEAL).rename(house.data / "apart")

    refused = house("note", "2026-08", "--text", "Mere.", *BY)

    assert refused.code == 1
    assert f"Historikkens nøgler mangler: {house.data}/keys/{SEAL}." in refused.err
    assert "Er de tabt, så lav nye: gadelys keys renew" in refused.err
    assert WORDS in house("case", "2026-08").out
    assert house("verify").code == 0
    saved.rename(house.data / "keys" / SEAL)
    is_well(house)


def test_a_seal_key_that_is_lost_for_good_is_renewed(house: Line) -> None:
    (house.data / "keys" / SEAL).unlink()

    renewed(house)

    is_well(house)


def test_a_lost_ledger_key_stops_only_checkpoints(house: Line, tmp_path: Path) -> None:
    (house.data / "keys" / LEDGER).unlink()

    refused = house.outside("ledger")
    unsigned = house("backup", str(tmp_path / "unsigned"))

    assert refused.code == 1
    assert f"Historikkens nøgler mangler: {house.data}/keys/{LEDGER}." in refused.err
    assert unsigned.code == 0
    assert not (tmp_path / "unsigned" / "checkpoint.note").exists()
    is_well(house)
    renewed(house)
    assert house("backup", str(tmp_path / "signed")).code == 0
    assert (tmp_path / "signed" / "checkpoint.note").exists()
    assert house("verify").code == 0


def test_without_the_key_around_them_nobody_reads_words(
    house: Line, tmp_path: Path
) -> None:
    file = wrapping(house)
    file.rename(house.data / "apart")

    unread = house("case", "2026-08", "--history")
    unwritten = house("note", "2026-08", "--text", "Mere.", *BY)

    for answer in (unread, unwritten):
        assert answer.code == 1
        told = f"Nøglerne til det, personer har skrevet, mangler: {file}."
        assert told in answer.err
        assert "filen i nøglemappen fra sit eget gemmested" in answer.err
    assert house("backup", str(tmp_path / "facts")).code == 0
    assert house("verify", "history", "--level", "0").code == 0
    (house.data / "apart").rename(file)
    is_well(house)


# ---- those of somebody else ----


WHO_NEEDS = {SEAL: ("note", "2026-08", "--text", "Mere.", *BY), LEDGER: ("ledger",)}


@pytest.mark.parametrize("name", WHO_NEEDS)
def test_a_key_of_another_installation_is_not_used(
    name: str, house: Line, stranger: Line
) -> None:
    mine = house.data / "keys" / name
    mine.rename(house.data / "apart")
    shutil.copy(stranger.data / "keys" / name, mine)

    refused = house.outside(*WHO_NEEDS[name])

    assert refused.code == 1
    assert f"Nøglen {mine} står ikke i trust.toml." in refused.err
    (house.data / "apart").replace(mine)
    is_well(house)


def test_keys_of_other_persons_open_nothing(house: Line, stranger: Line) -> None:
    """Both files of another installation: its keys, and the key around them."""
    apart = house.data / "apart"
    apart.mkdir()
    mine = [wrapping(house), *house.data.glob("keys.db*")]
    for file in mine:
        file.rename(apart / file.name)
    shutil.copy(wrapping(stranger), house.data / "keys")
    shutil.copy(stranger.data / "keys.db", house.data)

    unread = house("case", "2026-08", "--history", "--json")
    doubted = house("verify", "--json").json["doubts"]

    assert unread.problem["code"] == "unreadable_fact"
    assert WORDS not in unread.err
    assert [one["why"] for one in doubted] == ["fact_unreadable"]
    wrapping(house).unlink()
    (house.data / "keys.db").unlink()
    for file in mine:
        (apart / file.name).rename(file)
    is_well(house)


def test_saved_keys_of_another_installation_are_not_put_back(
    house: Line, stranger: Line, tmp_path: Path
) -> None:
    """The key around them is ours, so none of them opens."""
    assert reported(stranger) != 0
    assert stranger("keys", "backup", str(tmp_path / "theirs")).code == 0
    assert house("keys", "backup", str(tmp_path / "mine")).code == 0
    for file in house.data.glob("keys.db*"):
        file.unlink()
    there = Line(tmp_path / "there")
    (there.data / "keys").mkdir(parents=True)
    shutil.copy(wrapping(stranger), there.data / "keys")

    refused = there("keys", "restore", str(tmp_path / "mine"), "--json")

    assert refused.problem["code"] == "subject_keys_missing"
    assert not (there.data / "keys.db").exists()
    assert house("keys", "restore", str(tmp_path / "mine")).code == 0
    is_well(house)


# ---- whom to trust ----


def test_whoever_brings_the_trust_of_another_doubts_every_fact(
    house: Line, stranger: Line, tmp_path: Path
) -> None:
    assert house("backup", str(tmp_path / "signed")).code == 0
    theirs, mine = stranger.data / "trust.toml", house.data / "trust.toml"

    wrong = house("verify", "--trust", str(theirs))

    assert wrong.code == 1
    assert "Historikken stemmer ikke." in wrong.out
    told = house("verify", "--trust", str(theirs), "--json").json["doubts"]
    assert {one["why"] for one in told} == {"not_sealed", "checkpoint_not_signed"}
    assert house("verify", "--trust", str(mine)).code == 0


def test_with_the_trust_of_another_nothing_is_stored(
    house: Line, stranger: Line
) -> None:
    mine = house.data / "trust.toml"
    kept = mine.read_bytes()
    shutil.copy(stranger.data / "trust.toml", mine)

    refused = house("note", "2026-08", "--text", "Mere.", *BY, "--json")

    assert refused.problem["code"] == "key_unknown"
    mine.write_bytes(kept)
    is_well(house)


# ---- after a restore ----


def saved(house: Line, folder: Path) -> None:
    assert house("backup", str(folder / "facts")).code == 0
    assert house("keys", "backup", str(folder / "keys")).code == 0


def test_keys_that_lie_there_before_a_restore_go_on(
    house: Line, tmp_path: Path
) -> None:
    """Nobody needs a new trust.toml, and what was signed goes on."""
    saved(house, tmp_path)
    there = Line(tmp_path / "there")
    shutil.copytree(house.data / "keys", there.data / "keys")

    assert there("keys", "restore", str(tmp_path / "keys")).code == 0
    restored = there("restore", str(tmp_path / "facts"))

    assert restored.code == 0
    assert "Nye nøgler er lavet" not in restored.err
    trusted = (there.data / "trust.toml").read_bytes()
    assert trusted == (house.data / "trust.toml").read_bytes()
    for name in (SEAL, LEDGER):
        mine, same = (one.data / "keys" / name for one in (house, there))
        assert mine.read_bytes() == same.read_bytes()
    is_well(there)


def test_without_them_a_restore_makes_new_ones_and_says_so(
    house: Line, tmp_path: Path
) -> None:
    saved(house, tmp_path)
    there = Line(tmp_path / "there")
    (there.data / "keys").mkdir(parents=True)
    shutil.copy(wrapping(house), there.data / "keys")

    assert there("keys", "restore", str(tmp_path / "keys")).code == 0
    restored = there("restore", str(tmp_path / "facts"))

    assert "Giv trust.toml til hver revisor og hvert vidne." in restored.err
    is_well(there)
