"""What every answer carries and every request must satisfy, whatever page it is."""

from collections.abc import Callable, Mapping
from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from adapters.web.site import Site

LARGEST_BODY = 1_000_000
LARGEST_UPLOAD = 12_500_000
WITH_PHOTOS = ("/photos", "/felt")
"""How addresses end, or begin, to which photos are sent."""
DIRECTIVES = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "frame-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
)
ALWAYS: Mapping[str, str] = {
    "Content-Security-Policy": "; ".join(DIRECTIVES),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "geolocation=(self), camera=(self), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
A_YEAR_OF_TLS = "max-age=31536000; includeSubDomains"
STATIC = "/static/"
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class Guard:
    """Refuses what cannot be meant for us, and sends the headers that protect."""

    def __init__(
        self, app: ASGIApp, site: Site, refuse: "Refuse | None" = None
    ) -> None:
        """Stand before `app`; `refuse` says how programs are refused."""
        self._app = app
        self._site = site
        self._refuse = refuse or _in_plain_words

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it at once."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)

        async def send_protected(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._protect(MutableHeaders(scope=message), scope["path"])
            await send(message)

        most = _most(scope["path"])
        if refused := self._refused(scope["method"], headers, most):
            answer = self._refuse(scope["path"], headers, refused)
            await answer(scope, receive, send_protected)
            return
        await self._app(scope, _Limited(receive, most), send_protected)

    def _protect(self, headers: MutableHeaders, path: str) -> None:
        for name, value in ALWAYS.items():
            headers.setdefault(name, value)
        if self._site.is_secure:
            headers["Strict-Transport-Security"] = A_YEAR_OF_TLS
        kept = "public, max-age=3600" if path.startswith(STATIC) else "private"
        headers.setdefault("Cache-Control", kept if "max" in kept else "no-cache")

    def _refused(self, method: str, headers: Headers, most: int) -> HTTPStatus | None:
        if headers.get("host") not in self._site.hosts:
            return HTTPStatus.MISDIRECTED_REQUEST
        if method in UNSAFE and not self._comes_from_us(headers):
            return HTTPStatus.FORBIDDEN
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > most:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        return None

    def _comes_from_us(self, headers: Headers) -> bool:
        """Whether a page of ours asks, as far as the browser says who does."""
        origin = headers.get("origin")
        if origin is not None:
            ours = {self._site.origin} | {f"http://{one}" for one in self._site.hosts}
            return origin in ours
        return headers.get("sec-fetch-site", "same-origin") == "same-origin"


Refuse = Callable[[str, Headers, HTTPStatus], Response]
"""Makes the answer to a request that is not let through."""


def _in_plain_words(_path: str, _headers: Headers, status: HTTPStatus) -> Response:
    return PlainTextResponse(status.phrase, status)


def _most(path: str) -> int:
    takes_photos = path.endswith(WITH_PHOTOS[0]) or path.startswith(WITH_PHOTOS[1])
    return LARGEST_UPLOAD if takes_photos else LARGEST_BODY


class _Limited:
    """Reads a body that does not say how long it is, up to the limit."""

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive = receive
        self._most = most
        self._read = 0

    async def __call__(self) -> Message:
        message = await self._receive()
        self._read += len(message.get("body", b""))
        if self._read > self._most:
            return {"type": "http.disconnect"}
        return message
