"""Whom to trust is a file that says one thing, or is refused."""

import os
import stat
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from adapters.persistence.trust import (
    LogKey,
    SealKey,
    Trust,
    WitnessKey,
    read_trust,
    trust_in,
    write_trust,
)
from adapters.proof.signing import Cosigner, Signer
from domain.errors import Code, NotFound, Refused

ORIGIN = "gadelys.example/1"
LOG = Signer(ORIGIN, b"l" * 32).verifier
OLD, SEAL = (Signer(f"{ORIGIN}/seals", key * 32).verifier for key in (b"o", b"s"))
WITNESS = Cosigner("police.example/witness", b"w" * 32).verifier
FULL = Trust(
    origin=ORIGIN,
    quorum=1,
    log=(LogKey(key=LOG),),
    seal=(SealKey(key=OLD, first=3, last=9), SealKey(key=SEAL, first=10)),
    witness=(WitnessKey(key=WITNESS, url="https://police.example:8443/w"),),
)


def test_it_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "trust.toml"
    for trust in (FULL, Trust(origin="Æ/☃", log=(LogKey(key=LOG),))):
        write_trust(path, trust)

        assert read_trust(path) == trust
        assert path.read_text("utf-8") == trust.text
    assert [one.name for one in tmp_path.iterdir()] == ["trust.toml"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o644 & ~umask()


def umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_the_file_says_it_in_words_that_others_can_read() -> None:
    told = tomllib.loads(FULL.text)

    assert told["format"] == "gadelys-trust/1"
    assert told["seal"][0] == {"key": str(OLD), "first": 3, "last": 9}
    assert told["witness"] == [
        {"key": str(WITNESS), "url": "https://police.example:8443/w"}
    ]
    assert FULL.text.startswith("# ")


def test_each_key_seals_its_own_positions() -> None:
    assert [FULL.must_be_sealed(n) for n in (1, 2, 3, 10, 10**9)] == [
        *(False, False),
        *(True, True, True),
    ]
    assert [FULL.seal_keys(n) for n in (2, 3, 9, 10, 10**9)] == [
        (),
        *((OLD,), (OLD,)),
        *((SEAL,), (SEAL,)),
    ]


def test_a_key_that_ended_before_it_began_seals_nothing() -> None:
    trust = Trust(
        origin=ORIGIN,
        log=(LogKey(key=LOG),),
        seal=(SealKey(key=OLD, first=5, last=4), SealKey(key=SEAL, first=5)),
    )

    assert trust.seal_keys(5) == (SEAL,)
    assert trust.seal_keys(4) == ()


LINES = f'format = "gadelys-trust/1"\norigin = "{ORIGIN}"\n'
KEY = f'[[log]]\nkey = "{LOG}"\n'

HOSTILE = {
    "nothing": "",
    "not TOML": "origin = ",
    "not a table": "log = 7",
    "no log": LINES,
    "an empty log": f"{LINES}log = []",
    "another format": KEY.join([LINES.replace("trust/1", "trust/2"), ""]),
    "one word more": f"{LINES}extra = 1\n{KEY}",
    "one word more in a key": f"{LINES}{KEY}extra = 1\n",
    "a quorum below zero": f"{LINES}quorum = -1\n{KEY}",
    "a quorum that is no number": f'{LINES}quorum = "two"\n{KEY}',
    "a quorum without witnesses": f"{LINES}quorum = 1\n{KEY}",
    "an origin with spaces": LINES.replace(ORIGIN, "a b") + KEY,
    "an origin with a plus": LINES.replace(ORIGIN, "a+b") + KEY,
    "an empty origin": LINES.replace(ORIGIN, "") + KEY,
    "an origin of two lines": LINES.replace(ORIGIN, "a\\nb") + KEY,
    "half a key": f'{LINES}[[log]]\nkey = "{str(LOG)[:-9]}"\n',
    "a key with another id": f'{LINES}[[log]]\nkey = "{ORIGIN}+00000000+'
    + str(LOG).rpartition("+")[2]
    + '"\n',
    "a key that is a number": f"{LINES}[[log]]\nkey = 7\n",
    "a witness that signs the log": f'{LINES}[[log]]\nkey = "{WITNESS}"\n',
    "a witness that seals": f'{LINES}{KEY}[[seal]]\nkey = "{WITNESS}"\nfirst = 1\n',
    "a log that witnesses": f'{LINES}{KEY}[[witness]]\nkey = "{LOG}"\nurl = "http://x"\n',
    "a witness nowhere": f'{LINES}{KEY}[[witness]]\nkey = "{WITNESS}"\n',
    "a witness in a file": f'{LINES}{KEY}[[witness]]\nkey = "{WITNESS}"\n'
    'url = "file:///etc/passwd"\n',
    "a seal from position 0": f'{LINES}{KEY}[[seal]]\nkey = "{SEAL}"\nfirst = 0\n',
    "a seal from nowhere": f'{LINES}{KEY}[[seal]]\nkey = "{SEAL}"\n',
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_anything_else_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "trust.toml"
    path.write_text(text, "utf-8")

    with pytest.raises(Refused) as caught:
        read_trust(path)

    assert caught.value.code is Code.BAD_FILE
    assert caught.value.context["file"] == "trust.toml"
    assert caught.value.context["problem"]


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "trust.toml"
    path.write_bytes(b"\xff\xfe")

    with pytest.raises(Refused) as caught:
        read_trust(path)

    assert caught.value.code is Code.BAD_FILE


def test_without_a_file_nobody_is_trusted(tmp_path: Path) -> None:
    with pytest.raises(Refused) as caught:
        read_trust(tmp_path / "trust.toml")

    assert caught.value.code is Code.TRUST_MISSING


@pytest.mark.parametrize("put", [Path.mkdir, os.mkfifo])
def test_a_folder_or_a_pipe_is_no_file_and_holds_nobody_up(
    put: Callable[[Path], None], tmp_path: Path
) -> None:
    path = tmp_path / "trust.toml"
    put(path)

    with pytest.raises(Refused) as caught:
        read_trust(path)
    assert (caught.value.code, caught.value.context["file"]) == (
        Code.BAD_FILE,
        "trust.toml",
    )
    with pytest.raises(NotFound) as brought:
        trust_in(path)
    assert brought.value.code is Code.BAD_FILE


def test_a_file_that_somebody_names_and_that_is_not_there_is_a_wrong_name(
    tmp_path: Path,
) -> None:
    with pytest.raises(NotFound) as caught:
        trust_in(tmp_path / "no" / "trust.toml")

    assert caught.value.code is Code.BAD_FILE
    assert caught.value.context["problem"] == "No such file or directory"


def test_a_file_that_cannot_be_written_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "trust.toml"
    write_trust(path, FULL)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="space"):
        write_trust(path, Trust(origin="other", log=(LogKey(key=LOG),)))

    assert read_trust(path) == FULL
    assert [one.name for one in tmp_path.iterdir()] == ["trust.toml"]
