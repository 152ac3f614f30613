"""Logging in by OpenID Connect: whoever the provider vouches for becomes an actor."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import structlog
from authlib.integrations.starlette_client import OAuth, OAuthError
from httpx2 import HTTPError
from starlette.requests import Request
from starlette.responses import Response

from adapters.errors import Unavailable
from adapters.web.site import Provider, Site, Unit
from adapters.web.visiting import visitor_of
from domain.errors import Code
from domain.values import Actor

log = structlog.get_logger()
STAFF_ID = re.compile(r"^[a-z0-9][a-z0-9_-]{0,59}$")
DISCOVERY = "/.well-known/openid-configuration"
MEMORY = "oidc"


class Lack(StrEnum):
    """Why claims say nothing to us."""

    NO_UNIT = "no_unit"
    UNKNOWN_UNIT = "unknown_unit"
    OTHER_AUTHORITY = "other_authority"
    NO_PERSON = "no_person"
    NOT_AN_ID = "not_an_id"


class NotVouchedFor(Exception):
    """The provider knows them, but does not say what we need.

    `missing` is the claim; `lack` says what is wrong with it.
    """

    def __init__(self, provider: Provider, missing: str, lack: Lack) -> None:
        """Keep whose claims lack what."""
        super().__init__(missing)
        self.provider = provider
        self.missing = missing
        self.lack = lack


@dataclass(frozen=True, slots=True)
class Vouched:
    """As whom somebody acts, and the line of the configuration that says so."""

    actor: Actor
    rule: Unit


class LoginFailed(Exception):
    """The provider's answer cannot be trusted, or somebody gave up half-way."""


class Vouching:
    """Everybody who vouches for people here."""

    def __init__(self, site: Site) -> None:
        """Ask nobody yet."""
        self._site = site
        self._clients = OAuth()
        for one in site.providers:
            secret = one.client_secret
            self._clients.register(
                one.name,
                client_id=one.client_id,
                client_secret=secret.get_secret_value() if secret else None,
                server_metadata_url=f"{one.issuer.rstrip('/')}{DISCOVERY}",
                client_kwargs={"scope": one.scope, "code_challenge_method": "S256"},
            )

    async def send(self, request: Request, provider: Provider) -> Response:
        """Send a browser to its provider.

        Raises: Unavailable (login_unavailable) when that does not answer.
        """
        request.scope["session"] = visitor_of(request).memory.setdefault(MEMORY, {})
        client = self._clients.create_client(provider.name)
        try:
            answer: Response = await client.authorize_redirect(
                request, f"{self._site.origin}/login/{provider.name}/back"
            )
        except HTTPError as problem:
            raise _away(provider) from problem
        return answer

    async def receive(self, request: Request, provider: Provider) -> Actor:
        """Return whom the provider vouches for.

        Raises: LoginFailed, NotVouchedFor; Unavailable (login_unavailable).
        """
        request.scope["session"] = visitor_of(request).memory.setdefault(MEMORY, {})
        client = self._clients.create_client(provider.name)
        try:
            token = await client.authorize_access_token(request)
            claims = dict(token.get("userinfo") or {})
            if provider.unit_claim not in claims:
                claims |= await client.userinfo(token=token)
        except HTTPError as problem:
            raise _away(provider) from problem
        except (OAuthError, ValueError, KeyError) as problem:
            log.warning("login.failed", provider=provider.name)
            raise LoginFailed from problem
        return actor_of(provider, claims)


def actor_of(provider: Provider, claims: Mapping[str, Any]) -> Actor:
    """Return as whom somebody acts, by what is claimed of them.

    Raises: NotVouchedFor with the claim that is missing or says nothing to us.
    """
    return vouched(provider, claims).actor


def vouched(provider: Provider, claims: Mapping[str, Any]) -> Vouched:
    """Return the same with the line that decided it: the first that is claimed.

    Raises: NotVouchedFor.
    """
    told = claims.get(provider.unit_claim)
    values = set(map(str, told)) if isinstance(told, list) else {str(told)}
    rules = [one for one in provider.units if one.value in values]
    if not rules:
        lack = Lack.NO_UNIT if told in (None, "", []) else Lack.UNKNOWN_UNIT
        raise NotVouchedFor(provider, provider.unit_claim, lack)
    person = str(claims.get(provider.person_claim, "")).lower()
    if not STAFF_ID.fullmatch(person):
        lack = Lack.NOT_AN_ID if person else Lack.NO_PERSON
        raise NotVouchedFor(provider, provider.person_claim, lack)
    if rules[0].unit.authority != provider.authority:
        raise NotVouchedFor(provider, provider.unit_claim, Lack.OTHER_AUTHORITY)
    return Vouched(Actor.parse(f"{rules[0].unit}/{person}"), rules[0])


def _away(provider: Provider) -> Unavailable:
    return Unavailable(Code.LOGIN_UNAVAILABLE, provider=provider.name)
