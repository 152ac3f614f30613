"""What has happened, by position: for programs that follow; without any words.

Each fact is the CloudEvent that receivers of webhooks get, unsigned.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from pydantic import JsonValue
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from adapters.notify.webhooks import envelope, source_of
from adapters.viewing import Viewer
from adapters.web.api.answers import Answer
from adapters.web.api.callers import JSON, By, System
from adapters.web.api.describing import READING
from adapters.web.api.questions import Feed
from adapters.web.asked import TooOften
from domain.errors import DomainError

router = APIRouter(tags=["feed"])
GLANCE_S = 1.0
STILL_HERE_S = 15.0
MOST_STREAMS = 50
EVENTS = "text/event-stream"


class CloudEvent(Answer):
    """One fact as a CloudEvent 1.0: ids, codes, days and counts."""

    specversion: str
    id: str
    source: str
    type: str
    subject: str
    time: str
    datacontenttype: str
    data: dict[str, JsonValue]


class Feeding(Answer):
    """Facts after a position; `next` is the `after` of the next question."""

    events: list[CloudEvent]
    next: int
    more: bool


class Streams:
    """How long one stream may last, and how many there are."""

    def __init__(self, longest_s: float = 300.0) -> None:
        """Begin with none."""
        self.longest_s = longest_s
        self.open = 0


@router.get("/feed", response_model=Feeding, responses=READING)
def feed(by: By, system: System, asked: Annotated[Feed, Query()]) -> Response:
    """Return what has happened after a position, the oldest first."""
    viewer = Viewer(system, by, asked.purpose)
    facts, reached, more = viewer.facts_after(asked.after, asked.limit)
    source = source_of(system.settings)
    told = ",".join(envelope(fact, source).decode() for fact in facts)
    body = f'{{"events":[{told}],"next":{reached},"more":{str(more).lower()}}}'
    return Response(body, media_type=JSON)


@router.get(
    "/feed/stream",
    response_class=StreamingResponse,
    responses={
        **READING,
        200: {
            "description": "Events without an end: each with its position as `id`",
            "content": {EVENTS: {"schema": {"type": "string"}}},
        },
    },
)
def stream(
    request: Request,
    by: By,
    system: System,
    asked: Annotated[Feed, Query()],
    last: Annotated[
        str | None, Header(alias="Last-Event-ID", pattern=r"^[0-9]{1,15}$")
    ] = None,
) -> Response:
    """Send what happens as it happens (Server-Sent Events), for five minutes."""
    viewer = Viewer(system, by, asked.purpose)
    streams: Streams = request.app.state.streams
    position = int(last) if last else asked.after
    viewer.facts_after(position, 1)  # who may not is told so at once
    if streams.open >= MOST_STREAMS:
        raise TooOften
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    source = source_of(system.settings)
    events = _events(viewer, source, streams, position, asked.limit)
    return StreamingResponse(events, media_type=EVENTS, headers=headers)


async def _events(
    viewer: Viewer, source: str, streams: Streams, position: int, limit: int
) -> AsyncIterator[bytes]:
    """Yield facts until the time is over; then the browser or program asks again."""
    streams.open += 1
    ends, said = time.monotonic() + streams.longest_s, time.monotonic()
    try:
        while time.monotonic() < ends:
            facts, reached, more = await run_in_threadpool(
                viewer.facts_after, position, limit
            )
            for fact in facts:
                data = envelope(fact, source)
                yield b"id: %d\nevent: fact\ndata: %s\n\n" % (fact.position, data)
            if reached != position:
                position, said = reached, time.monotonic()
                yield b"id: %d\n\n" % position
            elif time.monotonic() - said > STILL_HERE_S:
                said = time.monotonic()
                yield b": still here\n\n"
            if not more:
                await asyncio.sleep(GLANCE_S)
    except DomainError:
        return  # said to whoever asks again
    finally:
        streams.open -= 1
