"""The private keys of one installation: made once, read only where they are safe.

Each is a file that only its owner may read, or a setting. Losing one loses no fact:
another is made (`gadelys keys renew`), and `trust.toml` says from which fact on.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_bytes, token_hex

from pydantic import SecretStr

from adapters.persistence.secret_files import (
    OWNER_ONLY_FOLDER,
    read_secret,
    write_secret,
)
from adapters.persistence.trust import (
    LogKey,
    SealKey,
    Trust,
    read_trust,
    write_trust,
)
from adapters.proof.encoding import from_base64
from adapters.proof.sealing import Sealer
from adapters.proof.signing import Signer
from adapters.proof.unproven import Unproven
from adapters.settings import Settings
from domain.errors import Code, Refused

KEY_BYTES = 32
HOST = "gadelys.example"
SEALS = "/seals"


def sealer(settings: Settings) -> Sealer:
    """Return what seals the facts that this program stores.

    Raises: Refused (keys_missing, key_exposed, key_unknown, bad_file).
    """
    trust = read_trust(settings.trust_file)
    signer = _signer(trust.origin + SEALS, settings.seal_key, settings.seal_key_file)
    if signer.verifier not in {one.key for one in trust.seal if one.last is None}:
        raise Refused(Code.KEY_UNKNOWN, path=str(settings.seal_key_file))
    return Sealer(trust.origin, signer)


def log_signer(settings: Settings) -> Signer:
    """Return who signs checkpoints.

    Raises: Refused (keys_missing, key_exposed, key_unknown, bad_file).
    """
    trust = read_trust(settings.trust_file)
    signer = _signer(trust.origin, settings.ledger_key, settings.ledger_key_file)
    if signer.verifier not in trust.log_keys:
        raise Refused(Code.KEY_UNKNOWN, path=str(settings.ledger_key_file))
    return signer


def make_keys(settings: Settings, first: int) -> Trust:
    """Make both keys of a new installation, unless there are some.

    Args:
        settings: where they go.
        first: the position of the first fact that will be sealed.

    Returns: whom to trust from now on.
    """
    with _alone(settings):
        if settings.trust_file.exists():
            return read_trust(settings.trust_file)
        origin = f"{HOST}/{token_hex(6)}"
        trust = Trust(
            origin=origin,
            log=(LogKey(key=_made(settings.ledger_key_file, origin).verifier),),
            seal=(_seal_key(settings, origin, first),),
        )
        # Last of all: whoever finds it finds the keys.
        write_trust(settings.trust_file, trust)
    return trust


def renew_keys(settings: Settings, last: int) -> Trust:
    """Make two new keys and trust them from the fact after `last` on.

    The old ones stay trusted for what they signed. Other processes must be started
    anew to seal with the new one.

    Raises: Refused (keys_missing, bad_file) when it is not known whom to trust.
    """
    with _alone(settings):
        trust = read_trust(settings.trust_file)
        ended = [
            one.model_copy(update={"last": last}) if one.last is None else one
            for one in trust.seal
        ]
        for file in (settings.ledger_key_file, settings.seal_key_file):
            file.unlink(missing_ok=True)
        log_key = _made(settings.ledger_key_file, trust.origin).verifier
        renewed = trust.model_copy(
            update={
                "log": (*trust.log, LogKey(key=log_key)),
                "seal": (*ended, _seal_key(settings, trust.origin, last + 1)),
            }
        )
        write_trust(settings.trust_file, renewed)
    return renewed


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """Let only one process at a time make keys."""
    settings.keys_folder.mkdir(mode=OWNER_ONLY_FOLDER, parents=True, exist_ok=True)
    with (settings.keys_folder / ".line").open("a") as line:
        fcntl.flock(line, fcntl.LOCK_EX)
        yield


def _seal_key(settings: Settings, origin: str, first: int) -> SealKey:
    signer = _made(settings.seal_key_file, origin + SEALS)
    return SealKey(key=signer.verifier, first=first)


def _made(file: Path, name: str) -> Signer:
    """Write a new private key and return who signs with it."""
    private = token_bytes(KEY_BYTES)
    # A file without anybody who trusts it is left from a start that was interrupted.
    file.unlink(missing_ok=True)
    write_secret(file, private)
    return Signer(name, private)


def _signer(name: str, given: SecretStr | None, file: Path) -> Signer:
    spelled = given.get_secret_value() if given else read_secret(file)
    try:
        return Signer(name, from_base64(spelled.strip()))
    except Unproven:
        # What it says is never repeated: it may be half of a key.
        raise Refused(
            Code.BAD_FILE, file=file.name, problem="32 bytes in base64"
        ) from None
