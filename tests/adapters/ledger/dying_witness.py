"""A witness that is killed while it answers: run as a program of its own.

Arguments: where it remembers, what it is sent, and whether it dies `before` it has
remembered that or `after`. It dies without having said anything.
"""

import os
import signal
import sys
from datetime import datetime
from pathlib import Path

from adapters.ledger.witness import Witness
from adapters.ledger.witness_memory import Memory
from tests.adapters.ledger.some_log import ORIGIN, SEEN, WITNESS, SomeLog


def main(path: str, sent: str, moment: str) -> None:
    def now() -> datetime:
        if moment == "before":
            die()
        return SEEN

    logs = {ORIGIN: [SomeLog(0).signer.verifier]}
    Witness(WITNESS, logs, Memory(Path(path)), now).add_checkpoint(
        Path(sent).read_bytes()
    )
    die()


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(*sys.argv[1:])
