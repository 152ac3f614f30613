"""A rebuild in several processes: each folds the streams of one part.

What is folded belongs to one stream, so streams can be folded side by side. All
cases are spread over the parts; everything else is little and stays in the first.

Run as a program: reads its `Task` from standard input, tells how far it has come
line by line, and says in the end what went wrong, if anything did.
"""

import json
import os
import selectors
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any
from zlib import crc32

import structlog
from pydantic import SecretStr, TypeAdapter

from adapters.cycles import look_seldom
from adapters.errors import Unavailable
from adapters.persistence.event_store import (
    FactStore,
    SqliteEventStore,
    Unreadable,
)
from adapters.persistence.mapper import FactMapper
from adapters.persistence.row_engine import PostgresRows, RowEngine, SqliteRows
from adapters.persistence.row_store import Beside, Fill, RowStore
from adapters.persistence.row_tables import Slot
from adapters.persistence.vault import Vault, opened_vault
from domain.errors import Code, DomainError
from domain.messages import Recorded
from domain.values import StreamId
from projections.every import EVERY

SPREAD = "finding/"


@dataclass(frozen=True, slots=True)
class Where:
    """Where facts and rows lie: in a database, or in two files."""

    database: str | None
    events: str
    views: str
    keys: str
    keys_folder: str


@dataclass(frozen=True, slots=True)
class Task:
    """What one process has to do: fold the `nth` of `parts` up to `until`."""

    run: str
    slots: Mapping[str, Slot]
    nth: int
    parts: int
    until: int
    where: Where


@dataclass(frozen=True, slots=True)
class Streams:
    """The facts of one part of all streams."""

    store: FactStore
    nth: int
    parts: int

    def part(
        self, position: int, limit: int
    ) -> tuple[Sequence[Recorded | Unreadable], int]:
        """Return those of the next `limit` facts that are in it, and the last place."""
        return self.store.part(position, limit, self._has)

    def page(self, position: int, limit: int) -> Sequence[Recorded | Unreadable]:
        """Return up to `limit` facts after `position`, of all streams."""
        return self.store.page(position, limit)

    def load(self, stream: StreamId, until: int | None = None) -> Sequence[Recorded]:
        """Return the facts of one stream, oldest first, up to a version."""
        return self.store.load(stream, until)

    def _has(self, stream: str) -> bool:
        spread = crc32(stream.encode()) % self.parts if stream.startswith(SPREAD) else 0
        return spread == self.nth


def fill_in_parts(
    where: Where, until: int, parts: int, on_page: Callable[[int], None]
) -> Fill:
    """Return what fills slots up to `until` in as many processes as `parts`.

    Raises (when it fills): what the first process to fail has refused.
    """

    def fill(beside: Beside) -> int:
        tasks = [
            Task(beside.run, beside.slots, nth, parts, until, where)
            for nth in range(parts)
        ]
        processes = [_started(task) for task in tasks]
        try:
            for answer in _told(processes, on_page):
                raise Unavailable(Code(answer["code"]), **answer["context"])
        finally:
            for process in processes:
                process.kill()
                process.communicate()
        return until

    return fill


def _started(task: Task) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-m", "adapters.persistence.row_parts"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    if process.stdin:
        process.stdin.write(json.dumps(asdict(task)) + "\n")
        process.stdin.flush()
    return process


def _told(
    processes: Sequence["subprocess.Popen[str]"], on_page: Callable[[int], None]
) -> Iterator[dict[str, Any]]:
    """Tell the least position reached; yield what a process has refused."""
    reached = dict.fromkeys(range(len(processes)), 0)
    outputs = [process.stdout for process in processes if process.stdout]
    with selectors.DefaultSelector() as news:
        for nth, output in enumerate(outputs):
            news.register(output, selectors.EVENT_READ, nth)
        while news.get_map():
            for key, _ in news.select():
                line = outputs[key.data].readline()
                if not line:
                    news.unregister(key.fileobj)
                    if processes[key.data].wait():
                        yield _died()
                    continue
                answer = json.loads(line)
                if "code" in answer:
                    yield answer
                reached[key.data] = answer["position"]
                on_page(min(reached.values()))


def _died() -> dict[str, Any]:
    problem = "a process of the rebuild ended early"
    return {"code": str(Code.STORE_UNAVAILABLE), "context": {"problem": problem}}


def main() -> None:
    """Do the task on standard input; end early when whoever gave it is gone."""
    look_seldom()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    task = _TASK.validate_json(sys.stdin.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    store, engine = _opened(task.where)
    try:
        RowStore(engine, EVERY).fold_part(
            Streams(store, task.nth, task.parts),
            Beside(task.run, task.slots),
            task.until,
            lambda position: _tell({"position": position}),
        )
    except DomainError as refusal:
        _tell({"code": str(refusal.code), "context": refusal.context})
    finally:
        store.close()
        engine.close()


def _end_with_parent() -> None:
    """Whoever gave the task keeps our input open for as long as it lives."""
    sys.stdin.read()
    os._exit(1)


def _tell(answer: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer, default=str) + "\n")
    sys.stdout.flush()


def _opened(where: Where) -> tuple[FactStore, RowEngine]:
    mapper = FactMapper(vaulting=cache(partial(_vault, where)))
    if where.database is None:
        store = SqliteEventStore(Path(where.events), mapper)
        return store, SqliteRows(Path(where.views))
    from adapters.persistence.postgres_event_store import (  # noqa: PLC0415
        PostgresEventStore,
    )

    url = SecretStr(where.database)
    return PostgresEventStore(url, mapper), PostgresRows(url)


def _vault(where: Where) -> Vault:
    return opened_vault(Path(where.keys), Path(where.keys_folder))


_TASK = TypeAdapter(Task)

if __name__ == "__main__":
    main()
