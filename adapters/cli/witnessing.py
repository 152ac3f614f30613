"""A witness: a small service that another authority runs, with a key of its own."""

import time
from pathlib import Path

from adapters.cli import saying
from adapters.cli.session import Session
from adapters.ledger.witness import Witness
from adapters.ledger.witness_memory import Memory
from adapters.ledger.witness_server import witnessing
from adapters.persistence.durable_files import OWNER_ONLY_FOLDER
from adapters.persistence.key_files import KEY_BYTES, new_key, read_key
from adapters.persistence.trust import trust_in
from adapters.proof.signing import Cosigner
from adapters.proof.unproven import Unproven
from adapters.system import real_now
from domain.errors import Code, Refused

KEY = "witness.key"
MEMORY = "witnessed.db"
GLANCE_S = 0.5


def new(session: Session, folder: Path, name: str) -> None:
    """Make the key and the empty memory of a witness; print what others need of it."""
    _cosigner(name, bytes(KEY_BYTES))  # a name that nobody can have makes nothing
    try:
        folder.mkdir(mode=OWNER_ONLY_FOLDER, parents=True, exist_ok=True)
        # The memory first: where there is one already, no second key is made.
        Memory(folder / MEMORY, first=True).close()
        private = new_key(folder / KEY)
    except (OSError, ValueError) as problem:
        raise Refused(
            Code.BAD_FILE, file=str(folder), problem=str(problem)
        ) from problem
    key = str(_cosigner(name, private).verifier)
    if session.as_json:
        saying.say_json({"schema": "witness/1", "key": key})
        return
    saying.say(f'[[witness]]\nkey = "{key}"\nurl = "https://…"')
    saying.note(session.texts.say("say.witness_made"))


def run(
    session: Session, folder: Path, name: str, trust: list[Path], listen: str
) -> None:
    """Cosign the checkpoints of the ledgers that are trusted, until told to stop."""
    cosigner = _cosigner(name, _private_key(folder / KEY))
    known = [trust_in(path) for path in trust]
    logs = {one.origin: one.log_keys for one in known}
    memory = Memory(folder / MEMORY)
    try:
        witness = Witness(cosigner, logs, memory, real_now)
        with witnessing(witness, listen) as address:
            saying.note(session.texts.say("say.witness_ready", address=address))
            while True:
                time.sleep(GLANCE_S)
    finally:
        memory.close()


def _private_key(file: Path) -> bytes:
    try:
        return read_key(file)
    except Refused as problem:
        raise Refused(Code.WITNESS_KEY_UNUSABLE, path=str(file)) from problem


def _cosigner(name: str, private: bytes) -> Cosigner:
    try:
        return Cosigner(name, private)
    except Unproven as problem:
        raise Refused(Code.BAD_INPUT, field="--name") from problem
