"""The next number of something new: others may take it at the same moment."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from adapters.standing import next_number, next_publication
from adapters.system import Gadelys
from domain.errors import Code, Conflict

ATTEMPTS = 20
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Numbers:
    """How something new gets its number; `is_taken` is the refusal of one in use."""

    prefix: str
    free: Callable[[Gadelys], str]
    is_taken: Code

    def first_free(
        self, system: Gadelys, ask: Callable[[str], Answer], first: str | None = None
    ) -> tuple[str, Answer]:
        """Try number after number; what was sent before has its number already.

        Args:
            system: where numbers are taken.
            ask: gives the command under a number.
            first: the number that was shown to whoever asks, to be tried first.

        Raises: Conflict (busy) when others are faster every time.
        """
        number = first or self.free(system)
        for _ in range(ATTEMPTS):
            try:
                return number, ask(number)
            except Conflict as conflict:
                other = self._other(system, conflict, number)
                if other is None:
                    raise
                number = other
        raise Conflict(Code.BUSY, stream=f"{self.prefix}{number}", attempts=ATTEMPTS)

    def _other(self, system: Gadelys, conflict: Conflict, tried: str) -> str | None:
        """Return the number to try next, if another one may help."""
        if conflict.code is self.is_taken:
            return self.free(system)
        stored = str(conflict.context.get("stream", ""))
        is_reused = conflict.code is Code.COMMAND_REUSED
        if not is_reused or not stored.startswith(self.prefix):
            return None
        number = stored.removeprefix(self.prefix)
        return number if number != tried else None


FINDINGS = Numbers("finding/", next_number, Code.ALREADY_REPORTED)
PUBLICATIONS = Numbers("publication/", next_publication, Code.STALE_VERSION)
