"""Who asks: the browser's cookie, the visit behind it, and the language."""

from datetime import datetime, timedelta
from functools import cached_property
from http.cookies import CookieError, SimpleCookie
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from adapters.persistence.visits import Visit, Visits, csrf_of, new_token
from adapters.system import Gadelys
from adapters.texts import LANGUAGES, Texts
from adapters.web.guard import STATIC
from adapters.web.site import Site
from domain.errors import NotFound
from domain.register.model import Register
from domain.values import Actor

LANG = "gadelys-lang"
KEYS = "gadelys-keys"
A_YEAR_S = 31_536_000
LONGEST_COOKIE = 200
NOTED_EVERY = timedelta(seconds=30)
KEPT = "kept"
"""Under which name a visit remembers what was typed when the login had run out."""


class Visitor:
    """One browser during one request."""

    def __init__(
        self, system: Gadelys, site: Site, visits: Visits, headers: Headers
    ) -> None:
        """Find out who asks."""
        self.system = system
        self.site = site
        self.now: datetime = system.now()
        self._visits = visits
        cookies = _cookies(headers.get("cookie", ""))
        self._token = cookies.get(site.cookie)
        found = visits.find(self._token) if self._token else None
        self._visit = found
        self._changed = False
        self.lapsed = bool(found and found.actor and found.is_over(self.now))
        self.lang = language_of(cookies.get(LANG), headers.get("accept-language", ""))
        self.keys = cookies.get(KEYS) != "off"
        self.cookies: list[str] = []
        self.restored = False

    @property
    def actor(self) -> Actor | None:
        """Who acts, if somebody is logged in."""
        if self._visit is None or self.lapsed:
            return None
        return self._visit.actor

    @property
    def known_before(self) -> Actor | None:
        """Who was logged in before they were away for too long."""
        return self._visit.actor if self._visit and self.lapsed else None

    @cached_property
    def register(self) -> Register | None:
        """The rules in force when the request came, if there are any yet."""
        try:
            return self.system.rules().register
        except NotFound:
            return None

    @property
    def texts(self) -> Texts:
        """The texts in the language of this browser."""
        return Texts(self.lang, self.register)

    @property
    def csrf(self) -> str:
        """What a form must bring along to be ours."""
        return csrf_of(self.token)

    @property
    def token(self) -> str:
        """The word of this browser; it is given one when a page needs it."""
        if self._token is None or len(self._token) > LONGEST_COOKIE:
            self._token = new_token()
            self._send_token()
        return self._token

    @property
    def memory(self) -> dict[str, Any]:
        """What is remembered between two requests; changes are kept."""
        self._changed = True
        if self._visit is None:
            self._visit = Visit(self.token, self.now, self.now)
        return self._visit.memory

    def recall(self, name: str) -> Any:  # noqa: ANN401 - what was put there
        """Return something that is remembered, or nothing."""
        return self._visit.memory.get(name) if self._visit else None

    def take(self, name: str) -> Any:  # noqa: ANN401 - what was put there
        """Return something that is remembered, and forget it."""
        return self.memory.pop(name, None) if self.recall(name) is not None else None

    def log_in(self, actor: Actor, provider: str) -> None:
        """Begin a visit of `actor` under a new word; what they had typed goes along."""
        kept = self.recall(KEPT)
        self._forget()
        self._token = new_token()
        self._send_token()
        self._visit = Visit(self._token, self.now, self.now, actor)
        self._visit.memory["provider"] = provider
        if kept and kept["actor"] in {None, str(actor)}:
            self._visit.memory[KEPT] = kept
        self.lapsed = False
        self._changed = True
        self._visits.forget_old(self.now)

    def log_out(self) -> None:
        """End the visit; the old word is worth nothing any more."""
        self._forget()
        self._token, self._visit, self._changed = None, None, False
        self.lapsed = False
        self._send_token(gone=True)

    def speak(self, lang: str) -> None:
        """Use another language from now on."""
        self.lang = lang if lang in LANGUAGES else LANGUAGES[0]
        self._send(LANG, self.lang, A_YEAR_S)

    def use_keys(self, *, on: bool) -> None:
        """Let keys of one letter do something in this browser, or nothing."""
        self.keys = on
        self._send(KEYS, "on" if on else "off", A_YEAR_S)

    def keep(self) -> None:
        """Write down what has changed, and now and then that somebody was here."""
        visit = self._visit
        if visit is None:
            return
        stays = not self.lapsed and self.now - visit.seen_at > NOTED_EVERY
        if stays:
            visit.seen_at = self.now
        if self._changed or stays:
            self._visits.keep(visit)

    def _forget(self) -> None:
        if self._token and self._visit:
            self._visits.end(self._token)

    def _send_token(self, *, gone: bool = False) -> None:
        name = self.site.cookie
        self.cookies = [one for one in self.cookies if not one.startswith(f"{name}=")]
        self._send(name, "" if gone else str(self._token), 0 if gone else None)

    def _send(self, name: str, value: str, max_age: int | None) -> None:
        parts = [f"{name}={value}", "Path=/", "HttpOnly", "SameSite=Lax"]
        if self.site.is_secure:
            parts.append("Secure")
        if max_age is not None:
            parts.append(f"Max-Age={max_age}")
        self.cookies.append("; ".join(parts))


class Visiting:
    """Says who asks before a page is made, and what to remember afterwards."""

    def __init__(
        self, app: ASGIApp, system: Gadelys, site: Site, visits: Visits
    ) -> None:
        """Stand before `app`."""
        self._app = app
        self._system = system
        self._site = site
        self._visits = visits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Put the visitor beside the request."""
        if scope["type"] != "http" or scope["path"].startswith(STATIC):
            await self._app(scope, receive, send)
            return
        visitor = Visitor(self._system, self._site, self._visits, Headers(scope=scope))
        scope.setdefault("state", {})["visitor"] = visitor

        async def send_remembered(message: Message) -> None:
            if message["type"] == "http.response.start":
                visitor.keep()
                headers = MutableHeaders(scope=message)
                for cookie in visitor.cookies:
                    headers.append("Set-Cookie", cookie)
            await send(message)

        await self._app(scope, receive, send_remembered)


def visitor_of(request: Request) -> Visitor:
    """Return who asks."""
    visitor: Visitor = request.state.visitor
    return visitor


def _cookies(header: str) -> dict[str, str]:
    try:
        return {name: one.value for name, one in SimpleCookie(header).items()}
    except CookieError:
        return {}


def language_of(chosen: str | None, accepted: str) -> str:
    """Return the chosen language, else the first of ours that a browser names."""
    if chosen in LANGUAGES:
        return str(chosen)
    wanted = [one.partition(";")[0].strip()[:2].lower() for one in accepted.split(",")]
    return next((lang for lang in wanted if lang in LANGUAGES), LANGUAGES[0])
