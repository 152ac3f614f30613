"""Two ways in which sending fails: for now, and for good.

Neither carries what a server said: that may name a person, and failures are kept
in Temporal's history.
"""

from domain.delivery.events import GiveUpReason


class TemporaryFailure(Exception):
    """It did not work now; the same message may be sent later."""

    def __init__(self, what: str, code: int | None = None) -> None:
        """Keep in short what went wrong, and the status code if there was one."""
        self.what = what
        self.code = code
        super().__init__(f"{what} ({code})" if code else what)


class PermanentFailure(Exception):
    """It will not work, however often it is tried."""

    def __init__(self, reason: GiveUpReason, code: int | None = None) -> None:
        """Keep `reason` for the fact, and the status code if there was one."""
        self.reason = reason
        self.code = code
        super().__init__(f"{reason} ({code})" if code else str(reason))
