"""Map tiles of a service that this installation has chosen, fetched by us.

The browser asks us, so the key stays here and the policy stays closed. Without a
service there are none, and the map is drawn on the Danish grid.
"""

import ssl
from dataclasses import dataclass
from urllib.parse import quote

import httpx2

from adapters.errors import Unavailable
from adapters.settings import Settings
from domain.errors import Code, NotFound

DEEPEST = 20
MOST_BYTES = 1_000_000
TIMEOUT_S = 5.0
PICTURES = frozenset({"image/png", "image/jpeg", "image/webp"})


@dataclass(frozen=True, slots=True)
class Tile:
    """One square of a map."""

    kind: str
    content: bytes


def address_of(settings: Settings, z: int, x: int, y: int) -> str:
    """Return where one tile is fetched.

    Raises: NotFound (unknown_finding) without a service, and outside of the world.
    """
    inside = 0 <= z <= DEEPEST and 0 <= x < 2**z and 0 <= y < 2**z
    if settings.map_tiles is None or not inside:
        raise NotFound(Code.UNKNOWN_FINDING, number=f"{z}/{x}/{y}")
    key = settings.map_tiles_key
    told = {
        "{z}": str(z),
        "{x}": str(x),
        "{y}": str(y),
        "{key}": quote(key.get_secret_value(), safe="") if key else "",
    }
    address = settings.map_tiles
    for name, value in told.items():
        address = address.replace(name, value)
    return address


async def fetch_tile(settings: Settings, z: int, x: int, y: int) -> Tile:
    """Return one tile of the service.

    Raises: NotFound as `address_of`; Unavailable (store_unavailable) when the service
        does not answer with a picture, without repeating its address.
    """
    address = address_of(settings, z, x, y)
    try:
        async with _client() as client, client.stream("GET", address) as answer:
            kind = answer.headers.get("content-type", "").partition(";")[0].strip()
            if answer.status_code != httpx2.codes.OK or kind not in PICTURES:
                raise _away(f"status {answer.status_code}")
            return Tile(kind, await _limited(answer))
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as problem:
        raise _away(type(problem).__name__) from None


async def _limited(answer: httpx2.Response) -> bytes:
    content = b""
    async for part in answer.aiter_raw():
        content += part
        if len(content) > MOST_BYTES:
            raise _away("too large")
    return content


def _client() -> httpx2.AsyncClient:
    return httpx2.AsyncClient(
        verify=ssl.create_default_context(),
        timeout=TIMEOUT_S,
        trust_env=False,
        follow_redirects=False,
        headers={"User-Agent": "gadelys", "Accept-Encoding": "identity"},
    )


def _away(problem: str) -> Unavailable:
    return Unavailable(Code.STORE_UNAVAILABLE, path="map_tiles", problem=problem)
