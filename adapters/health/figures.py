"""Figures of one part for Prometheus, read when somebody asks for them."""

import time
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.core import GaugeMetricFamily as Gauge
from prometheus_client.registry import Collector
from typing_extensions import override

from adapters.errors import Unavailable
from adapters.health.part import Part
from adapters.ledger.book import Book
from adapters.persistence.leases import DISPATCHER, LEDGER, PROJECTOR
from adapters.system import Gadelys
from adapters.temporal.dispatcher import NAME as DISPATCHER_POSITION


def text_of(part: Part) -> bytes:
    """Return all figures as Prometheus reads them."""
    registry = CollectorRegistry()
    registry.register(Figures(part))
    return generate_latest(registry)


class Figures(Collector):
    """What `/metrics` shows: ids, names and numbers, never a text."""

    def __init__(self, part: Part) -> None:
        """Show the figures of `part`, and of its store."""
        self._part = part

    @override
    def collect(self) -> Iterator[Metric]:
        """Return the figures of the process, and of the store if it is there."""
        yield from self._of_the_part()
        if (system := self._part.system) is None:
            return
        try:
            yield from list(_of_the_store(system))
        except Unavailable:
            return

    def _of_the_part(self) -> Iterator[Metric]:
        part = self._part
        missing = Gauge(
            "gadelys_missing", "1 for what this part needs and lacks.", labels=["what"]
        )
        for what in part.needs:
            missing.add_metric([what], what in part.missing)
        yield missing
        commands = CounterMetricFamily(
            "gadelys_commands",
            "Commands of this process, by what came of them.",
            labels=["command", "outcome"],
        )
        for labels, count in part.commands().items():
            commands.add_metric(labels, count)
        yield commands
        yield Gauge(
            "gadelys_heartbeat_timestamp_seconds",
            "When this part last made progress, Unix time.",
            time.time() - (time.monotonic() - part.beaten_at),
        )
        if part.is_reader:
            yield Gauge(
                "gadelys_lease_held",
                "1 when this part is the active reader, 0 when it stands by.",
                part.leads is True,
            )


def _of_the_store(system: Gadelys) -> Iterator[Metric]:
    last = system.store.last_position()
    yield Gauge("gadelys_facts", "Facts in the store.", last)
    active = Gauge(
        "gadelys_reader_active", "1 when some process reads.", labels=["reader"]
    )
    for reader in (PROJECTOR, DISPATCHER, LEDGER):
        active.add_metric([reader], system.store.is_read(reader))
    yield active
    yield from _of_the_projections(system, last)
    told = system.rows.position(DISPATCHER_POSITION)
    yield Gauge("gadelys_dispatcher_position", "How far Temporal was told.", told)
    yield Gauge("gadelys_dispatcher_lag", "Facts it was not told.", last - told)
    size = Book(system.settings.ledger_folder).size
    yield Gauge("gadelys_ledger_size", "Facts in the ledger.", size)
    yield Gauge("gadelys_ledger_lag", "Facts it has not taken in.", last - size)


def _of_the_projections(system: Gadelys, last: int) -> Iterator[Metric]:
    by_name = ["projection"]
    position = Gauge(
        "gadelys_projection_position", "How far it has read.", labels=by_name
    )
    lag = Gauge("gadelys_projection_lag", "Facts it has not read.", labels=by_name)
    stopped = Gauge(
        "gadelys_projection_stopped",
        "1 when it met a fact that it cannot digest.",
        labels=by_name,
    )
    reached, problems = system.rows.positions(), system.rows.problems()
    for name in system.rows.names():
        position.add_metric([name], reached.get(name, 0))
        lag.add_metric([name], last - reached.get(name, 0))
        stopped.add_metric([name], name in problems)
    yield from (position, lag, stopped)
