"""What a log sends to a witness: a checkpoint, and a proof since the one before.

Source: C2SP tlog-witness, "add-checkpoint".
"""

from dataclasses import dataclass

from adapters.proof.encoding import base64_of, from_base64, number
from adapters.proof.note import MOST_BYTES as MOST_IN_NOTE
from adapters.proof.tree import HASH_LENGTH
from adapters.proof.unproven import Reason, Unproven

MOST_STEPS = 63
MOST_BYTES = MOST_IN_NOTE + 4096
_OLD = "old "


@dataclass(frozen=True, slots=True)
class Submission:
    """The size that the witness shall have, the proof from there, a signed note."""

    old: int
    proof: tuple[bytes, ...]
    note: bytes

    @classmethod
    def parse(cls, raw: bytes) -> "Submission":
        """Return what was sent, the note as it came.

        Raises: Unproven (malformed, out_of_range, too_large).
        """
        above, blank, note = raw.partition(b"\n\n")
        if not blank or not above.isascii():
            raise Unproven(Reason.MALFORMED, "nothing before an empty line")
        first, *steps = above.decode("ascii").split("\n")
        if not first.startswith(_OLD):
            raise Unproven(Reason.MALFORMED, "no old size")
        if len(steps) > MOST_STEPS:
            raise Unproven(Reason.TOO_LARGE, f"{len(steps)} steps of a proof")
        return cls(number(first.removeprefix(_OLD)), tuple(map(_hash, steps)), note)

    def __bytes__(self) -> bytes:
        lines = (f"{_OLD}{self.old}", *map(base64_of, self.proof), "")
        return "".join(f"{line}\n" for line in lines).encode("ascii") + self.note


def _hash(line: str) -> bytes:
    found = from_base64(line)
    if len(found) != HASH_LENGTH:
        raise Unproven(Reason.MALFORMED, "a step is not a SHA-256")
    return found
