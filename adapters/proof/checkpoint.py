"""Checkpoints: what a log says of itself at one size.

Source: C2SP tlog-checkpoint.
"""

from dataclasses import dataclass

from adapters.proof.encoding import MOST, base64_of, from_base64, is_line, number
from adapters.proof.tree import HASH_LENGTH
from adapters.proof.unproven import Reason, Unproven

_FIXED_LINES = 3


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Which log, how many leaves, and the root over them.

    `extensions` are lines that others may add and nobody here reads.

    Raises: Unproven (malformed, out_of_range) when no checkpoint can say that.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.size <= MOST:
            raise Unproven(Reason.OUT_OF_RANGE, "no size of a log")
        if len(self.root) != HASH_LENGTH:
            raise Unproven(Reason.MALFORMED, "the root is not a SHA-256")
        if not all(map(is_line, (self.origin, *self.extensions))):
            raise Unproven(Reason.MALFORMED, "a line is empty or broken")

    @property
    def text(self) -> str:
        """Return the text that is signed."""
        lines = (self.origin, str(self.size), base64_of(self.root), *self.extensions)
        return "".join(f"{line}\n" for line in lines)

    @classmethod
    def parse(cls, text: str) -> "Checkpoint":
        """Return what the text of a note says.

        Raises: Unproven (malformed, out_of_range).
        """
        lines = text.split("\n")
        if lines.pop() or len(lines) < _FIXED_LINES:
            raise Unproven(Reason.MALFORMED, "not three whole lines")
        origin, size, root, *extensions = lines
        return cls(origin, number(size), from_base64(root), tuple(extensions))
