"""What every bench needs: a row of the table, medians, and figures of this process."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Row:
    """One measurement and its goal; `at_least` tells which side is good."""

    what: str
    figure: float
    unit: str
    goal: float
    at_least: bool

    @property
    def verdict(self) -> str:
        """Whether the goal was reached."""
        reached = (
            self.figure >= self.goal if self.at_least else self.figure <= self.goal
        )
        return "reached" if reached else "falls short"


def most(what: str, figure: float, unit: str, goal: float) -> Row:
    """Return a row that is good when it is small."""
    return Row(what, figure, unit, goal, at_least=False)


def least(what: str, figure: float, unit: str, goal: float) -> Row:
    """Return a row that is good when it is large."""
    return Row(what, figure, unit, goal, at_least=True)


def seconds(act: Callable[[], object]) -> float:
    """Return how long `act` takes."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def median_ms(act: Callable[[], object], times: int) -> float:
    """Return the median of many times, in milliseconds."""
    return statistics.median(seconds(act) for _ in range(times)) * 1000


def p95_ms(acts: Sequence[Callable[[], object]]) -> float:
    """Return the time in milliseconds that one act in twenty exceeds."""
    return sorted(map(seconds, acts))[len(acts) * 95 // 100] * 1000


def rate_on_one_core(
    what: str, acts: Sequence[Callable[[], object]], goal: float
) -> Row:
    """Return how many acts fit into one second of one processor, asker and all.

    Whoever else is at work takes time on the wall, and none of a processor's.
    """
    began = time.process_time()
    for act in acts:
        act()
    took = time.process_time() - began
    return least(f"{what} on one core", len(acts) / took, "/s", goal)


def peak_mb(pid: int | str = "self") -> float:
    """Return the most memory that a process has had at once."""
    for line in Path(f"/proc/{pid}/status").read_text("utf-8").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1000
    return 0.0
