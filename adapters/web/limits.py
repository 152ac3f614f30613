"""How often somebody may ask, so that nobody can guess or flood."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

MOST_KEYS = 50_000


@dataclass
class Limiter:
    """Counts in windows of a minute, each process for itself."""

    clock: Callable[[], float]
    window_s: float = 60.0
    _counts: dict[tuple[str, int], int] = field(default_factory=dict)
    _one_at_a_time: threading.Lock = field(default_factory=threading.Lock)

    def allows(self, key: str, most: int) -> bool:
        """Count one more for `key`; whether it is at most the `most`-th this minute."""
        window = int(self.clock() // self.window_s)
        with self._one_at_a_time:
            if len(self._counts) > MOST_KEYS:
                self._forget_before(window)
            count = self._counts.get((key, window), 0) + 1
            self._counts[key, window] = count
        return count <= most

    def _forget_before(self, window: int) -> None:
        self._counts = {
            place: count for place, count in self._counts.items() if place[1] >= window
        }
