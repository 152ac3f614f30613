"""Under which name this site is reached, and who vouches for its people."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, SecretStr

from adapters.settings import LOOPBACK, Settings
from adapters.web.keys import ApiKey, read_keys, read_toml
from domain.register.naming import Named
from domain.values import Actor, Authority, Value


class Unit(Value):
    """Which value of the claim stands for which unit."""

    value: str
    unit: Actor


class Provider(Named):
    """One OpenID Connect provider, and how its claims become an actor.

    `unit_claim` holds one value or many; the first of `units` that is among them
    counts. `person_claim` holds the local staff id.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,29}$")
    issuer: str = Field(pattern=r"^https?://\S+$")
    client_id: str
    client_secret: SecretStr | None = None
    scope: str = "openid profile"
    authority: Authority
    unit_claim: str = "groups"
    person_claim: str = "preferred_username"
    units: tuple[Unit, ...] = Field(min_length=1)


class Providers(Value):
    """Everybody who vouches for people."""

    providers: tuple[Provider, ...] = Field(min_length=1, max_length=9)


@dataclass(frozen=True, slots=True)
class Site:
    """What the pages must know of where they are served.

    `hosts` are the names under which a browser may ask for us; `origin` is where
    forms come from.
    """

    origin: str
    hosts: frozenset[str]
    demo: bool
    providers: tuple[Provider, ...] = ()
    keys: tuple[ApiKey, ...] = ()

    @property
    def is_secure(self) -> bool:
        """Whether browsers reach us over TLS."""
        return self.origin.startswith("https://")

    @property
    def cookie(self) -> str:
        """The name of the one cookie that says who somebody is."""
        return "__Host-gadelys" if self.is_secure else "gadelys"

    def provider(self, name: str) -> Provider | None:
        """Return one provider by its name."""
        return next((one for one in self.providers if one.name == name), None)


def site_of(settings: Settings) -> Site:
    """Return how this installation is reached.

    Raises: Refused (bad_file) when the file of providers or of keys cannot be used.
    """
    host, _, port = settings.web_address.rpartition(":")
    here = {f"{name}:{port}" for name in (*LOOPBACK[:2], host)}
    public = urlsplit(settings.public_url or f"http://{host}:{port}")
    return Site(
        origin=f"{public.scheme}://{public.netloc}",
        hosts=frozenset({public.netloc, *here}),
        demo=settings.demo,
        providers=_providers(settings.web_login) if settings.web_login else (),
        keys=read_keys(settings.web_keys) if settings.web_keys else (),
    )


def _providers(path: Path) -> tuple[Provider, ...]:
    return read_toml(path, Providers).providers
