"""The doctor sees a real Temporal server: its version, its clock, who works there."""

import asyncio

from adapters.doctor import Check, examine
from adapters.settings import Settings
from adapters.temporal.health import examine_temporal
from tests.workflows.servers import OrdinaryServer, client_of


async def test_the_doctor_asks_temporal_who_it_is_and_what_time_it_has(
    ordinary: OrdinaryServer, settings: Settings
) -> None:
    await client_of(ordinary.address, "default")
    there = settings.model_copy(update={"temporal_address": ordinary.address})

    checks = await asyncio.to_thread(lambda: {c.name: c for c in examine(there)})

    assert checks["temporal"] == Check("temporal", "ok", ordinary.address)
    assert checks["temporal_server"].found.startswith("1.")
    assert checks["clock_temporal"].state == "ok"
    assert checks["worker"].state == checks["sending"].state == "warning"


async def test_a_server_without_our_namespace_is_asked_and_does_not_stop_us(
    ordinary: OrdinaryServer, settings: Settings
) -> None:
    elsewhere = {"temporal_address": ordinary.address, "temporal_namespace": "nowhere"}
    there = settings.model_copy(update=elsewhere)

    checks = await asyncio.to_thread(lambda: {c.name: c for c in examine(there)})

    assert checks["temporal"].state == "broken"
    assert checks["python"].state == "ok"


async def test_one_look_at_the_clock_leaves_the_queue_without_work(
    ordinary: OrdinaryServer, settings: Settings
) -> None:
    await client_of(ordinary.address, "default")
    there = settings.model_copy(update={"temporal_address": ordinary.address})

    first = await asyncio.to_thread(examine_temporal, there)
    second = await asyncio.to_thread(examine_temporal, there)

    assert first.ahead_s == second.ahead_s == 0
