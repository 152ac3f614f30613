"""Private keys: made once, by one; read only where nobody else can; never repeated."""

import os
import shutil
import stat
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from adapters import system as installation
from adapters.errors import Unavailable
from adapters.persistence import key_files
from adapters.persistence.key_files import (
    add_seal_key,
    log_signer,
    make_keys,
    renew_keys,
    sealer,
)
from adapters.persistence.trust import Trust, read_trust
from adapters.proof.sealing import is_sealed
from adapters.settings import Settings
from domain.errors import Code, Refused
from tests.adapters.conftest import at_once

LEAF = bytes(32)
MAKER = """
import sys
from pathlib import Path
from adapters.persistence.key_files import make_keys
from adapters.settings import Settings
print("ready", flush=True)
sys.stdin.readline()
print(make_keys(Settings(data=Path(sys.argv[1])), 1).text)
"""
MAKERS = 8

Reading = Callable[[Settings], object]


@pytest.fixture
def trust(settings: Settings) -> Trust:
    """Return whom to trust: keys that were just made."""
    return make_keys(settings, 5)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def refusal(reading: Reading, settings: Settings) -> Refused:
    with pytest.raises(Refused) as caught:
        reading(settings)
    return caught.value


# ---- made ----


def test_new_keys_are_trusted_and_nobody_else_can_read_them(
    settings: Settings, trust: Trust
) -> None:
    assert read_trust(settings.trust_file) == trust
    assert (trust.quorum, trust.witness) == (0, ())
    assert [one.first for one in trust.seal] == [5]
    assert log_signer(settings).verifier in trust.log_keys
    seal = sealer(settings).seal(LEAF)
    assert is_sealed(trust.origin, LEAF, seal, trust.seal_keys(5))
    assert mode(settings.keys_folder) == 0o700
    assert mode(settings.seal_key_file) == mode(settings.ledger_key_file) == 0o600
    assert settings.seal_key_file.read_bytes() != settings.ledger_key_file.read_bytes()


def test_keys_are_made_once(settings: Settings, trust: Trust) -> None:
    before = settings.seal_key_file.read_bytes()

    assert make_keys(settings, 99) == trust
    assert settings.seal_key_file.read_bytes() == before


def test_every_installation_has_a_name_of_its_own(tmp_path: Path) -> None:
    names = {make_keys(Settings(data=tmp_path / n), 1).origin for n in "abcd"}

    assert len(names) == 4


def test_a_key_that_nobody_trusts_is_left_from_a_start_that_failed(
    settings: Settings, trust: Trust
) -> None:
    settings.trust_file.unlink()
    settings.seal_key_file.write_text("half of a k")

    again = make_keys(settings, 1)

    assert again != trust
    assert sealer(settings).seal(LEAF)


def test_eight_that_make_keys_at_once_agree(tmp_path: Path) -> None:
    told = {*at_once([("-c", MAKER, str(tmp_path / "data"))] * MAKERS)}
    settings = Settings(data=tmp_path / "data")

    assert len(told) == 1
    assert told == {f"{read_trust(settings.trust_file).text}\n"}
    assert sealer(settings)
    assert log_signer(settings)


# ---- renewed ----


def test_renewed_keys_seal_from_the_next_fact_on(
    settings: Settings, trust: Trust
) -> None:
    old_seal, old_log = sealer(settings).seal(LEAF), log_signer(settings).verifier
    renewed = renew_keys(settings, 20)

    assert renewed == read_trust(settings.trust_file)
    assert [(one.first, one.last) for one in renewed.seal] == [(5, 20), (21, None)]
    assert renewed.origin == trust.origin
    assert old_log in renewed.log_keys
    assert log_signer(settings).verifier == renewed.log_keys[-1] != old_log
    new_seal = sealer(settings).seal(LEAF)
    for position, seal, holds in (
        *((20, old_seal, True), (20, new_seal, False)),
        *((21, old_seal, False), (21, new_seal, True)),
    ):
        keys = renewed.seal_keys(position)
        assert is_sealed(trust.origin, LEAF, seal, keys) is holds


def test_witnesses_stay_when_keys_are_renewed(settings: Settings, trust: Trust) -> None:
    for _ in range(3):
        renewed = renew_keys(settings, 20)

    assert (renewed.witness, renewed.quorum) == (trust.witness, trust.quorum)
    assert [(one.first, one.last) for one in renewed.seal] == [
        *((5, 20), (21, 20), (21, 20)),
        (21, None),
    ]


def test_nothing_is_renewed_when_nobody_is_trusted(settings: Settings) -> None:
    assert refusal(lambda s: renew_keys(s, 1), settings).code is Code.TRUST_MISSING
    assert not settings.seal_key_file.exists()


class PowerCutError(BaseException):
    """The program ends here."""


def stopped_at(
    nth: int, fault: BaseException, monkeypatch: pytest.MonkeyPatch
) -> list[str]:
    """Let the `nth` step on the disk from now on fail; return what was done."""
    done: list[str] = []

    def counting(name: str, real: Callable[..., object]) -> Callable[..., object]:
        def step(*given: Any, **more: Any) -> object:
            if name != "open" or given[1] & os.O_CREAT:
                if len(done) == nth:
                    raise fault
                done.append(name)
            return real(*given, **more)

        return step

    for place, name in ((os, "open"), (os, "fsync"), (Path, "replace")):
        monkeypatch.setattr(place, name, counting(name, getattr(place, name)))
    return done


STEPS = 40
"""More than there are on the disk when keys are renewed."""


@pytest.mark.parametrize("fault", [PowerCutError(), OSError(28, "No space left")])
def test_a_renewal_that_is_stopped_anywhere_leaves_keys_that_are_trusted(
    settings: Settings,
    trust: Trust,
    fault: BaseException,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said: set[Code] = set()
    for nth in range(STEPS):
        with monkeypatch.context() as broken:
            done = stopped_at(nth, fault, broken)
            try:
                renew_keys(settings, 20)
            except PowerCutError:
                pass
            except Unavailable as refused:
                said.add(refused.code)
            else:
                break

        now = read_trust(settings.trust_file)
        assert log_signer(settings).verifier in now.log_keys
        seal = sealer(settings).seal(LEAF)
        assert is_sealed(trust.origin, LEAF, seal, now.seal_keys(21))

    assert len(done) > 10
    assert said <= {Code.KEYS_UNWRITABLE}
    assert [one.last for one in read_trust(settings.trust_file).seal][-2:] == [20, None]
    assert not list(settings.keys_folder.glob("*.next"))


@pytest.mark.parametrize("name", ["seal.key", "ledger.key"])
def test_a_folder_in_the_place_of_a_key_costs_no_other_key(
    name: str, settings: Settings, trust: Trust
) -> None:
    file = settings.keys_folder / name
    file.unlink()
    file.mkdir()
    [other] = (one for one in settings.keys_folder.glob("*.key") if one.name != name)
    before = other.read_bytes()

    with pytest.raises(Unavailable) as refused:
        renew_keys(settings, 20)

    assert refused.value.code is Code.KEYS_UNWRITABLE
    assert other.read_bytes() == before
    assert read_trust(settings.trust_file) == trust


def test_a_key_that_nobody_can_be_told_of_is_not_left(
    settings: Settings, trust: Trust, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(key_files, "write_trust", full)
    with pytest.raises(Unavailable) as refused:
        add_seal_key(settings, tmp_path / "worker.key", 20)

    assert refused.value.code is Code.KEYS_UNWRITABLE
    assert not (tmp_path / "worker.key").exists()
    assert read_trust(settings.trust_file) == trust


def test_a_key_is_not_put_over_a_file(
    settings: Settings, trust: Trust, tmp_path: Path
) -> None:
    (tmp_path / "worker.key").write_text("mine")

    refused = refusal(lambda s: add_seal_key(s, tmp_path / "worker.key", 20), settings)

    assert refused.code is Code.BAD_FILE
    assert (tmp_path / "worker.key").read_text() == "mine"
    assert read_trust(settings.trust_file) == trust


# ---- read ----


@pytest.mark.parametrize("reading", [sealer, log_signer])
def test_a_pipe_in_the_place_of_a_key_holds_nobody_up(
    reading: Reading, settings: Settings, trust: Trust
) -> None:
    for file in (settings.seal_key_file, settings.ledger_key_file):
        file.unlink()
        os.mkfifo(file, 0o600)

    assert trust
    assert refusal(reading, settings).code is Code.KEYS_MISSING


@pytest.mark.parametrize("reading", [sealer, log_signer])
@pytest.mark.parametrize("rights", [0o640, 0o604, 0o620, 0o602, 0o610, 0o666, 0o601])
def test_a_key_that_others_reach_is_not_used(
    reading: Reading, rights: int, settings: Settings, trust: Trust
) -> None:
    for file in (settings.seal_key_file, settings.ledger_key_file):
        file.chmod(rights)

    refused = refusal(reading, settings)

    assert trust
    assert refused.code is Code.KEY_EXPOSED
    assert str(settings.keys_folder) in str(refused.context["path"])


@pytest.mark.parametrize("reading", [sealer, log_signer])
def test_a_missing_key_is_said(
    reading: Reading, settings: Settings, trust: Trust
) -> None:
    shutil.rmtree(settings.keys_folder)

    assert trust
    assert refusal(reading, settings).code is Code.KEYS_MISSING


@pytest.mark.parametrize("reading", [sealer, log_signer])
def test_a_key_of_another_installation_is_not_used(
    reading: Reading, settings: Settings, trust: Trust, tmp_path: Path
) -> None:
    other = Settings(data=tmp_path / "other")
    make_keys(other, 1)
    for name in ("seal.key", "ledger.key"):
        shutil.copy2(other.keys_folder / name, settings.keys_folder / name)

    assert trust
    assert refusal(reading, settings).code is Code.KEY_UNKNOWN


def test_a_retired_key_seals_nothing_more(settings: Settings, trust: Trust) -> None:
    old = settings.seal_key_file.read_bytes()
    renew_keys(settings, 20)
    settings.seal_key_file.write_bytes(old)

    assert trust
    assert refusal(sealer, settings).code is Code.KEY_UNKNOWN


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"AAAA", b"?" * 44, b"\xff" * 44, b64encode(b"k" * 33)]
)
@pytest.mark.parametrize("reading", [sealer, log_signer])
def test_what_is_no_key_is_refused_and_not_repeated(
    reading: Reading, content: bytes, settings: Settings, trust: Trust
) -> None:
    for file in (settings.seal_key_file, settings.ledger_key_file):
        file.write_bytes(content)
        file.chmod(0o600)

    refused = refusal(reading, settings)

    assert trust
    assert refused.code in {Code.BAD_FILE, Code.KEYS_MISSING}
    assert content.strip() == b"" or content.decode("latin-1") not in str(refused)


def test_keys_can_come_from_settings_instead_of_files(
    settings: Settings, trust: Trust
) -> None:
    texts = {
        "seal_key": settings.seal_key_file.read_text(),
        "ledger_key": settings.ledger_key_file.read_text(),
    }
    shutil.rmtree(settings.keys_folder)
    given = settings.model_copy(
        update={name: SecretStr(text) for name, text in texts.items()}
    )

    assert is_sealed(trust.origin, LEAF, sealer(given).seal(LEAF), trust.seal_keys(5))
    assert log_signer(given).verifier in trust.log_keys
    assert not any(text.strip() in repr(given) for text in texts.values())


def test_keys_can_come_from_the_environment(
    settings: Settings, trust: Trust, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GADELYS_SEAL_KEY", settings.seal_key_file.read_text().strip())
    monkeypatch.setenv("GADELYS_TRUST", str(settings.trust_file))
    elsewhere = Settings(data=settings.data / "elsewhere")

    assert is_sealed(
        trust.origin, LEAF, sealer(elsewhere).seal(LEAF), trust.seal_keys(5)
    )


def test_a_wrong_key_in_the_settings_is_not_repeated(
    settings: Settings, trust: Trust
) -> None:
    secret = "c2VjcmV0LXRoYXQtaXMtbm90LWEta2V5"
    given = settings.model_copy(update={"seal_key": SecretStr(secret)})

    refused = refusal(sealer, given)

    assert trust
    assert refused.code is Code.BAD_FILE
    assert secret not in f"{refused!r} {refused} {refused.context}"
    assert refused.__cause__ is None


# ---- an installation ----


def test_migrating_makes_keys_and_keeps_them(settings: Settings) -> None:
    installation.migrate(settings)
    first = read_trust(settings.trust_file)
    installation.migrate(settings)

    assert read_trust(settings.trust_file) == first
    assert [one.first for one in first.seal] == [1]
