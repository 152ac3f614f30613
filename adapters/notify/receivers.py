"""Who wants to be told by webhook: a TOML file, and secrets from the environment."""

import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from hashlib import sha256
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from adapters.errors import first_problem
from domain.delivery.events import DeliveryEvent
from domain.errors import Code, Refused
from domain.messages import Recorded
from domain.values import Actor, Authority

MIN_SECRET, MAX_SECRET = 24, 64
"""Bytes of a secret, by the specification of Standard Webhooks."""

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,59}$")]


@dataclass(frozen=True, slots=True)
class Receiver:
    """One receiver of webhooks; the secret never shows."""

    name: str
    url: str
    topics: tuple[str, ...]
    authority: Authority
    secret: SecretStr = field(repr=False)
    fingerprint: str

    @property
    def actor(self) -> Actor:
        """Under which name facts know it."""
        return Actor(f"{self.authority}/{self.name}")

    def wants(self, fact: Recorded) -> bool:
        """Whether the receiver asked for facts of this topic.

        What became of messages is told to nobody: that would be told again.
        """
        if isinstance(fact.event, DeliveryEvent):
            return False
        return any(fnmatchcase(fact.event.TOPIC, glob) for glob in self.topics)


class _Configured(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Name
    url: str
    secret_env: str
    topics: tuple[str, ...] = ("*",)
    authority: Authority


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    receiver: tuple[_Configured, ...] = ()


def read_receivers(
    path: Path,
    environment: Mapping[str, str],
    *,
    allow_private: bool = False,
    senders: Collection[Authority] = tuple(Authority),
) -> tuple[Receiver, ...]:
    """Return the receivers that the file at `path` names.

    Args:
        path: the TOML file, with a `[[receiver]]` for each.
        environment: where the secrets are.
        allow_private: whether plain HTTP will do; only for tests.
        senders: for whose receivers the secrets must be there; a process that
            does not send for an authority needs none of its secrets.

    Raises: Refused (bad_file) when it cannot be used.
    """
    try:
        file = _File.model_validate(tomllib.loads(path.read_text("utf-8")))
    except ValidationError as problem:
        raise _bad(path, first_problem(problem)) from None
    except (OSError, ValueError) as problem:
        raise _bad(path, str(problem)) from problem
    names = [one.name for one in file.receiver]
    if len(set(names)) != len(names):
        raise _bad(path, "name: listed twice")
    return tuple(
        _receiver(
            one,
            path,
            environment,
            allow_private=allow_private,
            sends=one.authority in senders,
        )
        for one in file.receiver
    )


def by_name(receivers: Sequence[Receiver], name: str) -> Receiver | None:
    """Return the receiver `name`, if it is still configured."""
    return next((one for one in receivers if one.name == name), None)


def _receiver(
    one: _Configured,
    path: Path,
    environment: Mapping[str, str],
    *,
    allow_private: bool,
    sends: bool,
) -> Receiver:
    parts = urlsplit(one.url)
    allowed = {"https", "http"} if allow_private else {"https"}
    if parts.scheme not in allowed or not parts.hostname:
        raise _bad(path, f"{one.name}.url: https is needed")
    if parts.username or parts.password:
        raise _bad(path, f"{one.name}.url: no login in the address")
    secret = environment.get(one.secret_env, "")
    if sends and not _is_secret(secret):
        raise _bad(path, f"{one.secret_env}: whsec_ and 24 to 64 bytes in base64")
    configured = f"{one.url} {one.secret_env} {' '.join(one.topics)}"
    return Receiver(
        name=one.name,
        url=one.url,
        topics=one.topics,
        authority=one.authority,
        secret=SecretStr(secret if sends else ""),
        fingerprint=sha256(configured.encode()).hexdigest()[:12],
    )


def _is_secret(text: str) -> bool:
    found = re.fullmatch(r"whsec_([A-Za-z0-9+/]+)(={0,2})", text)
    if found is None or (len(found[1]) + len(found[2])) % 4:
        return False
    return MIN_SECRET <= len(found[1]) * 6 // 8 <= MAX_SECRET


def _bad(path: Path, problem: str) -> Refused:
    return Refused(Code.BAD_FILE, file=str(path), problem=problem)
