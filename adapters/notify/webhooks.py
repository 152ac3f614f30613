"""Webhooks: CloudEvents 1.0, signed by Standard Webhooks, to public addresses only.

An envelope holds ids, codes, days and counts, never what people wrote: a text is
left out because of its type, not because somebody thought of it.
"""

import asyncio
import base64
import hmac
import json
import ssl
from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum
from typing import Any, get_args
from urllib.parse import urlsplit
from uuid import UUID

import httpx2
from pydantic import BaseModel

from adapters.notify.failures import PermanentFailure, TemporaryFailure
from adapters.notify.public_network import checked_address
from adapters.notify.receivers import Receiver
from adapters.settings import Settings
from domain.delivery.events import GiveUpReason
from domain.messages import Recorded
from domain.values import Actor

TYPE_PREFIX = "dk.tryghedsvandring."
SOURCE = "urn:gadelys"
"""Where an event comes from, if the installation has no address of its own."""

TIMEOUT_S = 10
GONE = 410
LATER = frozenset({408, 429})
_OK, _SERVER_FAULT = range(200, 300), range(500, 600)
_PORTS = {"https": 443, "http": 80}


def source_of(settings: Settings) -> str:
    """Return what events name as where they come from, however they are sent."""
    return settings.public_url or SOURCE


def envelope(fact: Recorded, source: str) -> bytes:
    """Return the fact as a CloudEvent: the same bytes every time."""
    event = {
        "specversion": "1.0",
        "id": str(fact.event_id),
        "source": source,
        "type": f"{TYPE_PREFIX}{fact.event.TOPIC}",
        "subject": fact.stream,
        "time": fact.event.stamp.at.isoformat(),
        "datacontenttype": "application/json",
        "data": {
            **_told(fact.event),
            "by": str(fact.event.stamp.by.unit),
            "version": fact.version,
            "position": fact.position,
            "recorded_at": fact.recorded_at.isoformat(),
        },
    }
    return json.dumps(event, ensure_ascii=False, sort_keys=True).encode()


def signature(secret: str, identity: str, timestamp: int, body: bytes) -> str:
    """Return the signature of one message, as Standard Webhooks asks for it."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{identity}.{timestamp}.".encode() + body
    return f"v1,{base64.b64encode(hmac.digest(key, signed, 'sha256')).decode()}"


class Webhook:
    """Sends one message to one receiver, whatever stands behind its name."""

    def __init__(self, now: Callable[[], datetime], *, allow_private: bool) -> None:
        """Sign with the time of `now`; `allow_private` is only for tests."""
        self._now = now
        self._allow_private = allow_private

    def send(self, receiver: Receiver, identity: UUID, body: bytes) -> None:
        """Send `body`; called from a thread without an event loop.

        Raises: TemporaryFailure; PermanentFailure (refused, gone, blocked).
        """
        status = asyncio.run(self._status(receiver, str(identity), body))
        if status in _OK:
            return
        if status == GONE:
            raise PermanentFailure(GiveUpReason.GONE, status)
        if status in LATER or status in _SERVER_FAULT:
            raise TemporaryFailure("receiver", status)
        raise PermanentFailure(GiveUpReason.REFUSED, status)

    async def _status(self, receiver: Receiver, identity: str, body: bytes) -> int:
        try:
            async with asyncio.timeout(TIMEOUT_S):
                return await self._post(receiver, identity, body)
        except TimeoutError:
            raise TemporaryFailure("receiver too slow") from None
        except (httpx2.HTTPError, OSError) as problem:
            raise TemporaryFailure(f"receiver: {type(problem).__name__}") from None

    async def _post(self, receiver: Receiver, identity: str, body: bytes) -> int:
        """Connect to the address that was checked, in the name of the host."""
        parts = urlsplit(receiver.url)
        host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        address = await checked_address(host, port, allow_private=self._allow_private)
        url = httpx2.URL(receiver.url).copy_with(host=address)
        async with (
            httpx2.AsyncClient(
                verify=ssl.create_default_context(),
                timeout=TIMEOUT_S,
                trust_env=False,
                follow_redirects=False,
            ) as client,
            client.stream(
                "POST",
                url,
                content=body,
                headers=self._headers(receiver, identity, body, parts.netloc),
                extensions={"sni_hostname": host},
            ) as response,
        ):
            # What a receiver has to say besides its status is never read.
            return response.status_code

    def _headers(
        self, receiver: Receiver, identity: str, body: bytes, host: str
    ) -> dict[str, str]:
        timestamp = int(self._now().timestamp())
        secret = receiver.secret.get_secret_value()
        return {
            "Host": host,
            "Content-Type": "application/cloudevents+json; charset=utf-8",
            "User-Agent": "gadelys",
            "webhook-id": identity,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature(secret, identity, timestamp, body),
        }


def _told(value: BaseModel) -> dict[str, Any]:
    """Return the fields of a fact that are no text."""
    told = {}
    for name, field in type(value).model_fields.items():
        if name == "stamp":
            continue
        is_code = _is_code(field.annotation, tuple(field.metadata))
        plain = _plain(getattr(value, name), is_code=is_code)
        if plain is not None:
            told[name] = plain
    return told


def _plain(value: object, *, is_code: bool) -> object:
    """Return a value as JSON; `None` for texts, places and what is not known."""
    match value:
        case Actor():
            return str(value.unit)
        case StrEnum() | UUID():
            return str(value)
        case datetime() | date():
            return value.isoformat()
        case str():
            return value if is_code else None
        case bool() | int():
            return value
        case BaseModel():
            return _told(value) or None
        case tuple():
            items = [_plain(item, is_code=is_code) for item in value]
            return [item for item in items if item is not None] or None
        case _:
            return None


def _is_code(annotation: object, metadata: tuple[object, ...] = ()) -> bool:
    """Whether a text can only be an id or a code: its type has a pattern."""
    metadata += getattr(annotation, "__metadata__", ())
    if any(getattr(one, "pattern", None) for one in metadata):
        return True
    return any(_is_code(inner) for inner in get_args(annotation))
