"""What of a fact goes into the ledger: all that the store keeps of it.

The position is not in it, so that a fact can be sealed before it has one; the tree
fixes the order. The id of the fact is part of its state.

Source: RFC 9162, section 2.1.1 for the hash; ADR 0022 for what is hashed.
"""

from adapters.proof.encoding import MOST
from adapters.proof.tree import leaf_hash
from adapters.proof.unproven import Reason, Unproven

LABEL = b"gadelys-leaf/1\n"


def leaf_of(stream: str, version: int, topic: str, state: bytes) -> bytes:
    """Return the hash of one stored fact; every part has its length before it.

    Raises: Unproven (malformed) when no fact can be like that: an engine may keep
        anything in a column, once somebody has put it there.
    """
    if not _could_be(stream, version, topic, state):
        raise Unproven(Reason.MALFORMED, "not a stored fact")
    parts = [LABEL, version.to_bytes(8, "big")]
    for part in (stream.encode(), topic.encode(), state):
        parts += [len(part).to_bytes(8, "big"), part]
    return leaf_hash(b"".join(parts))


def _could_be(stream: object, version: object, topic: object, state: object) -> bool:
    """Whether each part is of the kind that it must be."""
    texts = isinstance(stream, str) and isinstance(topic, str)
    return (
        texts
        and isinstance(state, bytes)
        and isinstance(version, int)
        and 0 <= version <= MOST
    )
