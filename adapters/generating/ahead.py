"""Work that is done ahead of whoever needs it, by processes beside this one.

`map` is the way to do the same without them.
"""

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from typing import Protocol, TypeVar

from adapters.cycles import look_seldom

AHEAD_OF_EACH = 4
"""How many results may wait for each process: enough that none stands idle."""

ITEM = TypeVar("ITEM")
RESULT = TypeVar("RESULT")


class Mapped(Protocol):
    """Applies a function to one item after the other, as `map` does."""

    def __call__(
        self, function: Callable[[ITEM], RESULT], items: Iterable[ITEM], /
    ) -> Iterable[RESULT]:
        """Return the results in the order of the items."""
        ...


@contextmanager
def beside() -> Iterator[Mapped]:
    """Give a `map` that works ahead on the processors that this process leaves free.

    With a single processor there is none, and `map` is what is given.
    """
    free = (os.cpu_count() or 1) - 1
    if not free:
        yield map
        return
    # A copy of this process would also be one of its threads' locks.
    with ProcessPoolExecutor(free, get_context("spawn"), _begin) as pool:
        try:
            yield _Ahead(pool, AHEAD_OF_EACH * free)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


class _Ahead:
    """Hands out so many items before the first result of them is asked for."""

    def __init__(self, pool: ProcessPoolExecutor, most: int) -> None:
        self._pool = pool
        self._most = most

    def __call__(
        self, function: Callable[[ITEM], RESULT], items: Iterable[ITEM], /
    ) -> Iterator[RESULT]:
        waiting: deque[Future[RESULT]] = deque()
        for item in items:
            waiting.append(self._pool.submit(function, item))
            if len(waiting) > self._most:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _begin() -> None:
    look_seldom()
    _end_with_parent()


def _end_with_parent() -> None:
    """Let this process end when the one that started it is gone, however it went."""
    parent = parent_process()

    def watch() -> None:
        if parent:
            parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
