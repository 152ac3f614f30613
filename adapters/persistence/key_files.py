"""The private keys of one installation: made once, read only where they are safe.

Each is a file that only its owner may read, or a setting. Losing one loses no fact:
another is made (`gadelys keys renew`), and `trust.toml` says from which fact on.
"""

import errno
import fcntl
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from secrets import token_bytes, token_hex

from pydantic import SecretStr

from adapters.errors import Unavailable
from adapters.persistence.durable_files import (
    OWNER_ONLY_FILE,
    OWNER_ONLY_FOLDER,
    disk_faults,
    opened,
    settle,
    write,
)
from adapters.persistence.trust import (
    LogKey,
    SealKey,
    Trust,
    read_trust,
    write_trust,
)
from adapters.proof.encoding import base64_of, from_base64
from adapters.proof.sealing import Sealer
from adapters.proof.signing import Signer
from adapters.proof.unproven import Unproven
from adapters.settings import Settings
from domain.errors import Code, Refused

OTHERS = stat.S_IRWXG | stat.S_IRWXO
KEY_BYTES = 32
NEXT = ".next"
"""What a new key is called until its turn has come."""

HOST = "gadelys.example"
SEALS = "/seals"


def sealer(settings: Settings) -> Sealer:
    """Return what seals the facts that this program stores.

    Raises: Refused (trust_missing, keys_missing, key_exposed, key_unknown, bad_file).
    """
    trust = read_trust(settings.trust_file)
    signer = _signer(trust.origin + SEALS, settings.seal_key, settings.seal_key_file)
    if signer.verifier not in {one.key for one in trust.seal if one.last is None}:
        raise Refused(Code.KEY_UNKNOWN, path=str(settings.seal_key_file))
    return Sealer(trust.origin, signer)


def log_signer(settings: Settings) -> Signer:
    """Return who signs checkpoints.

    Raises: Refused (trust_missing, keys_missing, key_exposed, key_unknown, bad_file).
    """
    trust = read_trust(settings.trust_file)
    signer = _signer(trust.origin, settings.ledger_key, settings.ledger_key_file)
    if signer.verifier not in trust.log_keys:
        raise Refused(Code.KEY_UNKNOWN, path=str(settings.ledger_key_file))
    return signer


def make_keys(settings: Settings, first: int) -> Trust:
    """Make both keys of a new installation, unless there are some.

    Keys that were put back by hand, before a backup is restored, are kept.

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
            log=(LogKey(key=_kept(settings.ledger_key_file, origin).verifier),),
            seal=(
                SealKey(
                    key=_kept(settings.seal_key_file, origin + SEALS).verifier,
                    first=first,
                ),
            ),
        )
        # Last of all: whoever finds it finds the keys.
        write_trust(settings.trust_file, trust)
    return trust


def renew_keys(settings: Settings, last: int) -> Trust:
    """Make two new keys and trust them from the fact after `last` on.

    The old ones stay trusted for what they signed. Other processes see that the trust
    has changed, and go on with the new one. Stopped anywhere, the keys that lie there
    are trusted: until the new ones do, the old ones still are for what comes.

    Raises: Refused (trust_missing, bad_file) when it is not known whom to trust;
        Unavailable (keys_unwritable).
    """
    files = settings.seal_key_file, settings.ledger_key_file
    with _alone(settings):
        trust = read_trust(settings.trust_file)
        _refuse_folders(files)
        seal, log = _made_beside(files, trust.origin)
        more = trust.model_copy(
            update={
                "log": (*trust.log, LogKey(key=log.verifier)),
                "seal": (*trust.seal, SealKey(key=seal.verifier, first=last + 1)),
            }
        )
        write_trust(settings.trust_file, more)
        for file in files:
            _beside(file).replace(file)
        settle(settings.keys_folder)
        ended = [*_ended(trust, last), more.seal[-1]]
        renewed = more.model_copy(update={"seal": tuple(ended)})
        write_trust(settings.trust_file, renewed)
    return renewed


def _refuse_folders(files: Iterable[Path]) -> None:
    for file in files:
        if file.is_dir():
            problem = os.strerror(errno.EISDIR)
            raise Unavailable(Code.KEYS_UNWRITABLE, path=str(file), problem=problem)


def _made_beside(files: tuple[Path, Path], origin: str) -> tuple[Signer, Signer]:
    """Make both keys beside those in use; none if there is no room for both."""
    seal, log = files
    try:
        return _made(_beside(seal), origin + SEALS), _made(_beside(log), origin)
    except OSError:
        for file in files:
            with suppress(OSError):
                _beside(file).unlink(missing_ok=True)
        raise


def _beside(file: Path) -> Path:
    return file.with_name(f"{file.name}{NEXT}")


def add_seal_key(settings: Settings, file: Path, last: int) -> Trust:
    """Make one more key that seals, for a process that may not read the first one.

    Args:
        settings: where it is trusted.
        file: where the private key goes; it must not be there.
        last: the position of the newest fact.

    Raises: Refused (trust_missing, bad_file); Unavailable (keys_unwritable). Then there
        is no such file.
    """
    with _alone(settings):
        trust = read_trust(settings.trust_file)
        signer = Signer(trust.origin + SEALS, _key_given_away(file))
        more = SealKey(key=signer.verifier, first=last + 1)
        trust = trust.model_copy(update={"seal": (*trust.seal, more)})
        try:
            write_trust(settings.trust_file, trust)
        except OSError:
            file.unlink()
            raise
    return trust


def _key_given_away(file: Path) -> bytes:
    try:
        return new_key(file)
    except OSError as problem:
        raise Refused(
            Code.BAD_FILE, file=str(file), problem=problem.strerror
        ) from problem


def take_over(settings: Settings, trust: Trust | None, last: int) -> bool:
    """Trust what is known of a history that was restored, up to its fact `last`.

    From the next fact on the keys that are here seal and sign, if they are others.

    Args:
        settings: where keys and trust lie.
        trust: whom the history was checked against where it came from; nobody, if
            its facts have no seals.
        last: the position of its newest fact.

    Returns: whether the keys that are here are others.
    """
    with _alone(settings):
        mine = read_trust(settings.trust_file)
        known = trust or mine.model_copy(update={"seal": ()})
        seal = Signer(known.origin + SEALS, read_key(settings.seal_key_file))
        log_key = Signer(known.origin, read_key(settings.ledger_key_file))
        theirs = [one.key for one in known.seal if one.last is None]
        is_new = seal.verifier not in theirs
        if is_new:
            mine_from_now = SealKey(key=seal.verifier, first=last + 1)
            known = known.model_copy(
                update={"seal": (*_ended(known, last), mine_from_now)}
            )
        if log_key.verifier not in known.log_keys:
            more = LogKey(key=log_key.verifier)
            known = known.model_copy(update={"log": (*known.log, more)})
        write_trust(settings.trust_file, known)
    return is_new and trust is not None


def _ended(trust: Trust, last: int) -> list[SealKey]:
    """Return the keys that have sealed facts up to `last`, none of them any further."""
    return [
        one.model_copy(update={"last": last}) if one.last is None else one
        for one in trust.seal
    ]


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """Let only one process at a time make keys.

    Raises: Unavailable (keys_unwritable).
    """
    folder = settings.keys_folder
    with keys_written(folder):
        folder.mkdir(mode=OWNER_ONLY_FOLDER, parents=True, exist_ok=True)
        with (folder / ".line").open("a") as line:
            fcntl.flock(line, fcntl.LOCK_EX)
            yield


def keys_written(folder: Path) -> AbstractContextManager[None]:
    """Say why keys cannot be written to `folder`.

    Raises: Unavailable (keys_unwritable).
    """
    return disk_faults(folder, Code.KEYS_UNWRITABLE)


def _kept(file: Path, name: str) -> Signer:
    """Return who signs with the key that lies there, else with a new one."""
    try:
        return Signer(name, read_key(file))
    except Refused as refusal:
        if refusal.code is Code.KEY_EXPOSED:
            raise
        return _made(file, name)


def _made(file: Path, name: str) -> Signer:
    """Write a new private key and return who signs with it."""
    # What lies there is no key, or is to be replaced.
    file.unlink(missing_ok=True)
    return Signer(name, new_key(file))


def _signer(name: str, given: SecretStr | None, file: Path) -> Signer:
    return Signer(name, read_key(file, given))


def new_key(file: Path) -> bytes:
    """Write a new private key where none is yet; it is on the disk when this returns.

    Raises: FileExistsError when there is a file already.
    """
    private = token_bytes(KEY_BYTES)
    write(file, f"{base64_of(private)}\n".encode(), OWNER_ONLY_FILE)
    settle(file.parent)
    return private


def read_key(file: Path, given: SecretStr | None = None) -> bytes:
    """Return the private key in a file, or the one that was given instead.

    Raises: Refused (keys_missing, key_exposed, bad_file).
    """
    spelled = given.get_secret_value() if given else _content(file)
    try:
        private = from_base64(spelled.strip())
    except Unproven:
        raise _no_key(file) from None
    if len(private) != KEY_BYTES:
        raise _no_key(file)
    return private


def _no_key(file: Path) -> Refused:
    # What it says is never repeated: it may be half of a key.
    return Refused(Code.BAD_FILE, file=file.name, problem="32 bytes in base64")


def _content(file: Path) -> str:
    """Return what is in a file that nobody else may read.

    Raises: Refused (keys_missing, key_exposed).
    """
    try:
        with opened(file) as key:
            if os.fstat(key.fileno()).st_mode & OTHERS:
                raise Refused(Code.KEY_EXPOSED, path=str(file))
            return key.read().decode("ascii")
    except (OSError, UnicodeDecodeError) as problem:
        raise Refused(Code.KEYS_MISSING, path=str(file)) from problem
