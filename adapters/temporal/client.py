"""Connecting to Temporal, with patience while it starts."""

import asyncio
import time

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from adapters.errors import Unavailable
from domain.errors import Code

__all__ = ["Client", "connect"]


async def connect(
    address: str, namespace: str = "default", patience_s: float = 0
) -> Client:
    """Return a client, trying again for `patience_s` seconds.

    Raises: Unavailable (temporal_unavailable) when nobody answers.
    """
    deadline = time.monotonic() + patience_s
    while True:
        try:
            return await Client.connect(
                address,
                namespace=namespace,
                data_converter=pydantic_data_converter,
            )
        except RuntimeError as problem:
            if time.monotonic() > deadline:
                raise Unavailable(
                    Code.TEMPORAL_UNAVAILABLE, address=address
                ) from problem
            await asyncio.sleep(0.1)
