"""Is this installation well? Each check says what it found.

Every check has an end and stands alone: one that fails or hangs is told as such and
stops no other. Nothing that is found repeats a password.
"""

import platform
import shutil
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from threading import Thread
from typing import Literal

from pydantic import SecretStr
from typing_extensions import override

from adapters import erasing, restricting
from adapters import system as installation
from adapters.files.register_file import read_register
from adapters.files.register_template import unedited
from adapters.ledger.book import Book
from adapters.ledger.keeping import Ledger
from adapters.notify.failures import TemporaryFailure
from adapters.notify.smtp import SmtpMailer
from adapters.persistence.saving import leftovers
from adapters.persistence.trust import read_trust
from adapters.persistence.write_check import try_database, try_facts, try_folder
from adapters.publishing.published import not_as_signed
from adapters.settings import Settings
from adapters.system import Gadelys
from adapters.temporal.dispatcher import NAME as DISPATCHER
from adapters.temporal.health import TemporalHealth, examine_temporal, seconds_ahead
from domain.errors import Code, DomainError, Refused

State = Literal["ok", "warning", "broken"]
OLDEST_PYTHON = (3, 11)
OLDEST_POSTGRES = 14
"""The oldest that its makers still mended when this was written."""

PATIENCE_S = 5.0
"""How long a check may take. A few ask the network, which has ends of its own."""

GIB = 1 << 30
LITTLE_SPACE = GIB
NO_SPACE = GIB // 16
LATE_S = 60
"""A reader that runs has read a fact long before it is this old."""

SKEWED_S = 2
ASTRAY_S = 60

NAMED = 10
"""How many published texts that are wrong are told by their number."""

DASH = "–"
SILENCE = f"> {PATIENCE_S:.0f} s"


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its name in the texts, how it is, and what was found."""

    name: str
    state: State
    found: str


Ask = Callable[[], Iterable[Check]]


class Probe(Thread):
    """Asks one thing in a thread of its own, which nobody has to wait for."""

    def __init__(self, name: str, ask: Ask) -> None:
        """Begin to ask; `name` is the check that is broken if there is no answer."""
        super().__init__(daemon=True)
        self._check = name
        self._ask = ask
        self._found: list[Check] | None = None
        self.start()

    @override
    def run(self) -> None:
        """Ask, and keep the answer or what went wrong."""
        try:
            self._found = list(self._ask())
        except DomainError as problem:
            self._found = [Check(self._check, "broken", str(problem.code))]
        except Exception as problem:  # noqa: BLE001 - one check stops no other
            self._found = [Check(self._check, "broken", type(problem).__name__)]

    def answer(self, deadline: float) -> list[Check]:
        """Return what was found by `deadline` on the monotonic clock."""
        self.join(max(0.0, deadline - time.monotonic()))
        if self._found is None:
            return [Check(self._check, "broken", SILENCE)]
        return self._found


def examine(settings: Settings) -> list[Check]:
    """Return all checks, in the order in which things depend on each other."""
    with ExitStack() as stack:
        opened: list[Gadelys] = []
        machine: dict[str, Ask] = {
            "python": _python,
            "gadelys": _gadelys,
            "sqlite": _sqlite,
            "data": partial(_data, settings),
            "disk": partial(_disk, settings),
            "leftovers": partial(_leftovers, settings),
            "schema": partial(_schema, settings, stack, opened),
        }
        outside: dict[str, Ask] = {"temporal": partial(_temporal, settings)}
        if settings.database_url is not None:
            machine["postgres"] = partial(_postgres, settings.database_url)
        if settings.smtp_host is not None:
            outside["mail"] = partial(_mail, settings)
        waiting = _begin(outside)
        checks = _answers(_begin(machine))
        if opened:
            checks += _answers(_begin(_inside(opened[0])))
        checks += _answers(waiting)
        stack_closed = Probe("schema", partial(_closed, stack.pop_all()))
        stack_closed.join(PATIENCE_S)
    return checks


def examine_register(path: Path) -> list[Check]:
    """Return what is to be said of a register that is not adopted yet.

    Raises: Refused (bad_file …) naming the field; NotFound (bad_file).
    """
    register = read_register(path)
    told = f"{path.name}, {len(register.units)}/{len(register.categories)}"
    left = unedited(register)
    return [
        Check("register_file", "ok", told),
        Check("template", "warning" if left else "ok", "; ".join(left) or "0"),
    ]


def _begin(asked: dict[str, Ask]) -> list[Probe]:
    return [Probe(name, ask) for name, ask in asked.items()]


def _answers(probes: Sequence[Probe]) -> list[Check]:
    deadline = time.monotonic() + PATIENCE_S
    return [check for probe in probes for check in probe.answer(deadline)]


def _closed(stack: ExitStack) -> Iterator[Check]:
    stack.close()
    yield from ()


def _inside(system: Gadelys) -> dict[str, Ask]:
    """Return what can be asked of an installation that could be opened."""
    return {
        "writing": partial(_writing, system),
        "register": partial(_register, system),
        "projections": partial(_projections, system),
        "readers": partial(_readers, system),
        "ledger": partial(_ledger, system),
        "erasures": partial(_erasures, system),
        "restrictions": partial(_restrictions, system),
        "published": partial(_published, system),
    }


# ---- the machine ----


def _python() -> Iterator[Check]:
    well = sys.version_info >= OLDEST_PYTHON
    yield Check("python", "ok" if well else "broken", platform.python_version())


def _gadelys() -> Iterator[Check]:
    yield Check("gadelys", "ok", version("gadelys"))


def _sqlite() -> Iterator[Check]:
    import pysqlite3.dbapi2 as sqlite  # noqa: PLC0415 - only the doctor asks

    from adapters.persistence.sqlite_engine import SAFE_VERSION  # noqa: PLC0415

    well = sqlite.sqlite_version_info >= SAFE_VERSION
    yield Check("sqlite", "ok" if well else "broken", sqlite.sqlite_version)


def _data(settings: Settings) -> Iterator[Check]:
    folder = settings.data
    if not folder.exists():
        yield Check("data", "warning", str(folder))
        return
    try:
        try_folder(folder)
    except DomainError:
        yield Check("data", "broken", str(folder.resolve()))
    else:
        yield Check("data", "ok", str(folder.resolve()))


def _disk(settings: Settings) -> Iterator[Check]:
    folder = settings.data.absolute()
    made = next(path for path in [folder, *folder.parents] if path.exists())
    free = shutil.disk_usage(made).free
    yield Check("disk", _room(free), f"{free / GIB:.1f} GiB")


def _leftovers(settings: Settings) -> Iterator[Check]:
    """Look for half a backup or half a case where most are put: here, and around."""
    places = {settings.data.resolve(), settings.data.resolve().parent, Path.cwd()}
    left = [str(half) for place in sorted(places) for half in leftovers(place)]
    yield Check("leftovers", "warning" if left else "ok", ", ".join(left) or "0")


def _room(free: int) -> State:
    if free < NO_SPACE:
        return "broken"
    return "warning" if free < LITTLE_SPACE else "ok"


# ---- the stores ----


def _schema(
    settings: Settings, stack: ExitStack, opened: list[Gadelys]
) -> Iterator[Check]:
    """Open the installation, for others to ask it."""
    on_a_server = settings.database_url is not None
    try:
        system = stack.enter_context(installation.opened(settings))
    except Refused as problem:
        yield Check("schema", "broken", str(problem.code))
        if problem.code is Code.ROLE_TOO_STRONG:
            yield Check("roles", "broken", str(problem.context.get("role", DASH)))
        return
    opened.append(system)
    yield Check("schema", "ok", f"version {system.store.schema_version}")
    if on_a_server:
        yield Check("roles", "ok", "SELECT, append")


def _postgres(url: SecretStr) -> Iterator[Check]:
    # Whoever has no database need not wait for its driver.
    from adapters.persistence.postgres_engine import server  # noqa: PLC0415

    before = datetime.now(UTC)
    major, told, clock = server(url)
    ahead_s = seconds_ahead(before, clock, datetime.now(UTC))
    yield Check("postgres", "ok" if major >= OLDEST_POSTGRES else "warning", told)
    yield _clock("clock_database", ahead_s)


def _writing(system: Gadelys) -> Iterator[Check]:
    """Write to everything that Gadelys writes to, and take it back."""
    settings = system.settings
    tried: dict[str, Callable[[], None]] = {"facts": partial(try_facts, system.store)}
    tried["rows"] = system.rows.try_writing
    for one in _beside(system):
        tried[one.name] = partial(try_facts, one.store)
    if settings.contacts_file.exists():
        tried[settings.contacts_file.name] = partial(
            try_database, settings.contacts_file
        )
    for path in (settings.documents_folder, settings.mailbox, settings.letters):
        if path.exists():
            tried[path.name] = partial(try_folder, path)
    failed = {name: problem for name, ask in tried.items() if (problem := _fails(ask))}
    if failed:
        told = "; ".join(f"{name}: {problem}" for name, problem in failed.items())
        yield Check("writing", "broken", told)
    else:
        yield Check("writing", "ok", ", ".join(tried))


def _fails(ask: Callable[[], None]) -> str:
    try:
        ask()
    except DomainError as problem:
        return str(problem.context.get("problem", problem.code))
    return ""


def _register(system: Gadelys) -> Iterator[Check]:
    try:
        rules = system.rules()
    except DomainError:
        yield Check("register", "broken", DASH)
    else:
        yield Check("register", "ok", f"version {rules.version}")


def _projections(system: Gadelys) -> Iterator[Check]:
    if problems := system.rows.problems():
        told = "; ".join(f"{name}: {problem}" for name, problem in problems.items())
        yield Check("projections", "broken", told)
        return
    last = system.store.last_position()
    reached = system.rows.positions()
    behind = max((last - reached.get(n, 0) for n in system.rows.names()), default=0)
    state: State = "ok" if behind <= 0 else "warning"
    yield Check("projections", state, f"{last - behind}/{last}")


def _readers(system: Gadelys) -> Iterator[Check]:
    """Say who is how many facts behind, and how long the first of them has waited."""
    last = system.store.last_position()
    reached = system.rows.positions()
    behind = defaultdict[int, list[str]](list)
    for name in (*system.rows.names(), DISPATCHER):
        if (place := reached.get(name, 0)) < last:
            behind[place].append(name)
    waited = {place: _waited_s(system, place) for place in behind}
    told = "; ".join(
        f"{last - place} ({waited[place]:.0f} s): {', '.join(names)}"
        for place, names in sorted(behind.items())
    )
    late = max(waited.values(), default=0) > LATE_S
    yield Check("readers", "warning" if late else "ok", told or "0")


def _ledger(system: Gadelys) -> Iterator[Check]:
    """Say how many facts are in each ledger, and whether the last are signed."""
    looked = [_in_ledger(one) for one in (system, *_beside(system))]
    states: list[State] = ["broken", "warning", "ok"]
    worst = next(state for state in states if state in {one for one, _ in looked})
    yield Check("ledger", worst, "; ".join(told for _, told in looked))


def _in_ledger(store: Gadelys) -> tuple[State, str]:
    trust = read_trust(store.settings.trust_file)
    book = Book(store.settings.ledger_folder)
    told = f"{book.size}/{store.store.last_position()}"
    if store.name != "cases":
        told = f"{store.name} {told}"
    if problem := _fails(Ledger(store.store, book, trust).refuse_wrong_facts):
        return "broken", f"{told}: {problem}"
    late = _waited_s(store, book.size) > LATE_S
    return "warning" if late else "ok", told


def _beside(system: Gadelys) -> list[Gadelys]:
    """Return the stores that are kept beside the cases."""
    return [one for one in system.every_store() if one is not system]


def _erasures(system: Gadelys) -> Iterator[Check]:
    """Say whose words have lost their key, and yet were not erased everywhere."""
    held = system.stores_with_words()
    begun = [one.ref for store in held for one in erasing.unfinished(store)]
    yield Check("erasures", "warning" if begun else "ok", ", ".join(begun) or "0")


def _restrictions(system: Gadelys) -> Iterator[Check]:
    """Say whose words were hidden or shown, and yet not everywhere."""
    held = system.stores_with_words()
    begun = [ref for store in held for ref in restricting.unfinished(store)]
    yield Check("restrictions", "warning" if begun else "ok", ", ".join(begun) or "0")


def _published(system: Gadelys) -> Iterator[Check]:
    """Say which published texts are not what both authorities signed."""
    wrong = list(not_as_signed(system))
    more = [f"… ({len(wrong)})"] if len(wrong) > NAMED else []
    found = ", ".join([*wrong[:NAMED], *more])
    yield Check("published", "broken" if wrong else "ok", found or "0")


def _waited_s(system: Gadelys, position: int) -> float:
    """Return for how long the first fact after `position` has been there."""
    unread = system.store.after(position, 1)
    if not unread:
        return 0.0
    return max(0.0, (system.now() - unread[0].recorded_at).total_seconds())


# ---- the outside ----


def _temporal(settings: Settings) -> Iterator[Check]:
    health = examine_temporal(settings)
    yield _seen("temporal", health.address)
    yield _seen("worker", health.following)
    yield _sending(health)
    if health.server is not None:
        yield Check("temporal_server", "ok", health.server)
    if health.ahead_s is not None:
        yield _clock("clock_temporal", health.ahead_s)


def _seen(name: str, found: object) -> Check:
    return Check(name, "ok" if found else "warning", str(found or DASH))


def _sending(health: TemporalHealth) -> Check:
    missing = [queue for queue, workers in health.sending.items() if not workers]
    told = ", ".join(f"{queue} {n}" for queue, n in health.sending.items())
    all_send = health.sending and not missing
    return Check("sending", "ok" if all_send else "warning", told or DASH)


def _clock(name: str, ahead_s: float) -> Check:
    skew = abs(ahead_s)
    state: State = "ok"
    if skew > SKEWED_S:
        state = "broken" if skew > ASTRAY_S else "warning"
    return Check(name, state, f"{ahead_s:+.1f} s")


def _mail(settings: Settings) -> Iterator[Check]:
    place = f"{settings.smtp_host}:{settings.smtp_port}"
    try:
        SmtpMailer(settings).greet(PATIENCE_S - 1)
    except TemporaryFailure as problem:
        yield Check("mail", "warning", f"{place}: {problem}")
    else:
        yield Check("mail", "ok", place)
