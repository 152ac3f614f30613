"""Connecting to Temporal, with patience while it starts."""

import asyncio
import time
from datetime import timedelta
from functools import cache

from temporalio.client import Client, Interceptor
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.runtime import PrometheusConfig, Runtime, TelemetryConfig
from temporalio.service import RPCError

from adapters.errors import Unavailable
from adapters.tracing import tracer
from domain.errors import Code, Refused

__all__ = ["Client", "ask_health", "connect"]

HEALTH_TIMEOUT = timedelta(seconds=3)


async def connect(
    address: str,
    namespace: str = "default",
    patience_s: float = 0,
    metrics: str | None = None,
    *,
    tracing: bool = False,
) -> Client:
    """Return a client, trying again for `patience_s` seconds.

    Args:
        address: host:port of the server.
        namespace: where this installation's workflows live.
        patience_s: how long to try.
        metrics: host:port where this process shows its figures to Prometheus.
        tracing: whether calls, workflows and activities become traces.

    Raises: Unavailable (temporal_unavailable) when nobody answers; Refused
        (extra_missing) when there shall be traces and cannot be any.
    """
    interceptors = [_tracing()] if tracing else []
    deadline = time.monotonic() + patience_s
    while True:
        try:
            return await Client.connect(
                address,
                namespace=namespace,
                data_converter=pydantic_data_converter,
                runtime=_runtime(metrics) if metrics else None,
                interceptors=interceptors,
            )
        except RuntimeError as problem:
            if time.monotonic() > deadline:
                raise Unavailable(
                    Code.TEMPORAL_UNAVAILABLE, address=address
                ) from problem
            await asyncio.sleep(0.1)


async def ask_health(client: Client) -> None:
    """Ask the server whether it is well.

    Raises: Unavailable (temporal_unavailable) when it is not, or does not answer.
    """
    try:
        is_well = await client.service_client.check_health(timeout=HEALTH_TIMEOUT)
    except RPCError as error:
        raise Unavailable(
            Code.TEMPORAL_UNAVAILABLE, status=error.status.name
        ) from error
    if not is_well:
        raise Unavailable(Code.TEMPORAL_UNAVAILABLE, status="NOT_SERVING")


def _tracing() -> Interceptor:
    """Return what makes spans of all that is done with Temporal."""
    made = tracer()
    # An extra: its library may not be there at all.
    from temporalio.contrib.opentelemetry import TracingInterceptor  # noqa: PLC0415

    return TracingInterceptor(made)


@cache
def _runtime(metrics: str) -> Runtime:
    """Return the one runtime of this process that shows its figures.

    Raises: Refused (bad_input) when the address cannot be used.
    """
    prometheus = PrometheusConfig(bind_address=metrics)
    try:
        return Runtime(telemetry=TelemetryConfig(metrics=prometheus))
    except ValueError as problem:
        raise Refused(
            Code.BAD_INPUT, field="GADELYS_METRICS_ADDRESS", problem=str(problem)
        ) from problem
