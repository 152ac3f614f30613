"""Is this installation well? Each check says what it found."""

import os
import platform
import sys
from dataclasses import dataclass
from typing import Literal

from adapters import system as installation
from adapters.settings import Settings
from adapters.system import Gadelys
from adapters.temporal.health import TemporalHealth, examine_temporal
from domain.errors import DomainError

State = Literal["ok", "warning", "broken"]
OLDEST_PYTHON = (3, 11)


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its name in the texts, how it is, and what was found."""

    name: str
    state: State
    found: str


def examine(settings: Settings) -> list[Check]:
    """Return all checks, in the order in which things depend on each other."""
    checks = [_python(), _sqlite(), _data(settings)]
    try:
        with installation.opened(settings) as system:
            checks.append(
                Check("schema", "ok", f"version {system.store.schema_version}")
            )
            checks += [_register(system), _projections(system)]
    except DomainError as problem:
        checks.append(Check("schema", "broken", str(problem.code)))
    return checks + _temporal(examine_temporal(settings))


def _temporal(health: TemporalHealth) -> list[Check]:
    def seen(name: str, found: object) -> Check:
        return Check(name, "ok" if found else "warning", str(found or "–"))

    missing = [queue for queue, workers in health.sending.items() if not workers]
    told = ", ".join(f"{queue} {n}" for queue, n in health.sending.items())
    all_send = health.sending and not missing
    return [
        seen("temporal", health.address),
        seen("worker", health.following),
        Check("sending", "ok" if all_send else "warning", told or "–"),
    ]


def _python() -> Check:
    well = sys.version_info >= OLDEST_PYTHON
    return Check("python", "ok" if well else "broken", platform.python_version())


def _sqlite() -> Check:
    import pysqlite3.dbapi2 as sqlite  # noqa: PLC0415 - only the doctor asks

    from adapters.persistence.sqlite_engine import SAFE_VERSION  # noqa: PLC0415

    well = sqlite.sqlite_version_info >= SAFE_VERSION
    return Check("sqlite", "ok" if well else "broken", sqlite.sqlite_version)


def _data(settings: Settings) -> Check:
    folder = settings.data
    if not folder.exists():
        return Check("data", "warning", str(folder))
    well = os.access(folder, os.W_OK)
    return Check("data", "ok" if well else "broken", str(folder.resolve()))


def _register(system: Gadelys) -> Check:
    try:
        rules = system.rules()
    except DomainError:
        return Check("register", "broken", "–")
    return Check("register", "ok", f"version {rules.version}")


def _projections(system: Gadelys) -> Check:
    if problems := system.rows.problems():
        told = "; ".join(f"{name}: {problem}" for name, problem in problems.items())
        return Check("projections", "broken", told)
    last = system.store.last_position()
    reached = system.rows.positions()
    behind = max((last - reached.get(n, 0) for n in system.rows.names()), default=0)
    state: State = "ok" if behind == 0 else "warning"
    return Check("projections", state, f"{last - behind}/{last}")
