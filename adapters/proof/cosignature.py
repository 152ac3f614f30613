"""What a witness signs: a checkpoint, and the moment at which it saw it.

Source: C2SP tlog-cosignature, version 1 with Ed25519.
"""

from adapters.proof.encoding import MOST
from adapters.proof.unproven import Reason, Unproven

TIME_LENGTH = 8


def cosigned_message(text: str, at: int) -> bytes:
    """Return the bytes that are signed for the note `text`.

    Args:
        text: all lines of a checkpoint, without its signatures.
        at: seconds since 1970, UTC.

    Raises: Unproven (out_of_range) when `at` is no moment that can be named.
    """
    if not 0 < at <= MOST:
        raise Unproven(Reason.OUT_OF_RANGE, "not a moment")
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def with_time(at: int, signature: bytes) -> bytes:
    """Return moment and signature as they stand in a signature line."""
    return at.to_bytes(TIME_LENGTH, "big") + signature


def time_of(body: bytes) -> tuple[int, bytes]:
    """Return moment and signature of what stands in a signature line."""
    return int.from_bytes(body[:TIME_LENGTH], "big"), body[TIME_LENGTH:]
