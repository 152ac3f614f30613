"""The one refusal of this package: what was shown proves nothing."""

from enum import StrEnum


class Reason(StrEnum):
    """Why it proves nothing."""

    MALFORMED = "malformed"
    TOO_LARGE = "too_large"
    BAD_KEY = "bad_key"
    BAD_SIGNATURE = "bad_signature"
    NOT_SIGNED = "not_signed"
    OUT_OF_RANGE = "out_of_range"
    NODE_MISSING = "node_missing"


class Unproven(Exception):
    """What was shown proves nothing, and `reason` says why."""

    def __init__(self, reason: Reason, problem: str) -> None:
        """Keep `reason`; `problem` is for logs and never repeats what was shown."""
        self.reason = reason
        super().__init__(f"{reason}: {problem}")
