"""Which settings are in force, and where each comes from; never a secret."""

import os
import re
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from pydantic import SecretStr

from adapters.cli import saying
from adapters.cli.session import Session
from adapters.settings import Settings

Source = Literal["environment", "file", "default"]
MASK = "***"
LOGIN = re.compile(r"(?<=://)[^/\s]*@")
"""Role and password in any address."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One variable: its value as it may be shown, and who gave it."""

    name: str
    value: str | None
    source: Source


def show(session: Session) -> None:
    """Print every setting; secrets as `***`."""
    found = list(settings_in_force(session.settings))
    if session.as_json:
        answer = {"schema": "config/1", "settings": [asdict(one) for one in found]}
        saying.say_json(answer)
        return
    width = max(len(one.name) for one in found)
    for one in found:
        source = session.texts.say(f"say.config_{one.source}")
        value = "–" if one.value is None else one.value
        saying.say(f"{one.name:<{width}}  {source:<8}  {value}")


def claims(session: Session, source: Path, provider: str) -> None:
    """Print what a login with the claims of a file, or of standard input, would give.

    Raises: Misused (bad_input) when they cannot be read; NotFound (no_register).
    """
    from adapters.web.claims import NotClaims, claims_in, outcome_of, provider_for
    from adapters.web.site import site_of

    with session.system() as system:
        register = system.rules().register
    texts = session.texts
    try:
        pasted = claims_in(_read(source))
        chosen = provider_for(site_of(session.settings).providers, provider, pasted)
    except NotClaims as problem:
        told = texts.say(f"web_claims.{problem.why}", **problem.values)
        raise saying.bad_value(told) from problem
    found = outcome_of(chosen, pasted, register, texts)
    if session.as_json:
        saying.say_json({"schema": "claims/1", **asdict(found)})
    elif found.problem:
        saying.say(texts.say("web_claims.not_let_in", provider=found.provider))
        saying.say(found.problem)
        saying.say(found.hint)
    else:
        saying.say(f"{found.actor}: {', '.join(found.roles)}")
        for line in (*found.because, ""):
            saying.say(line)
        for one in found.limits:
            saying.say(f"{one.action}: {one.limit}")
    if found.problem:
        raise SystemExit(saying.REFUSED)


def _read(source: Path) -> str:
    """Return what stands in a file; `-` is standard input.

    Raises: Misused (bad_input).
    """
    try:
        return sys.stdin.read() if str(source) == "-" else source.read_text("utf-8")
    except (OSError, ValueError) as problem:
        raise saying.bad_value(str(problem)) from problem


def settings_in_force(settings: Settings) -> Iterator[Setting]:
    """Yield every setting that there is."""
    given = {name.upper() for name in os.environ}
    for field in Settings.model_fields:
        name = f"GADELYS_{field.upper()}"
        source: Source = "default"
        if field in settings.model_fields_set:
            source = "environment" if name in given else "file"
        yield Setting(name, shown(getattr(settings, field)), source)


def shown(value: object) -> str | None:
    """Return a value as everybody may see it: of an address, where it leads."""
    match value:
        case None:
            return None
        case SecretStr() if "://" in value.get_secret_value():
            return _where_to(value)
        case SecretStr():
            return MASK
        case bool():
            return str(value).lower()
        case _:
            return LOGIN.sub(f"{MASK}@", str(value))


def _where_to(url: SecretStr) -> str:
    import psycopg

    from adapters.persistence.postgres_engine import place

    try:
        return place(url).replace("://", f"://{MASK}@", 1)
    except psycopg.Error:
        return MASK
