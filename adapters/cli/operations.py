"""Keeping an installation: import, adopt, migrate, copy, backup, rebuild, doctor."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from adapters import erasing, restricting
from adapters import system as installation
from adapters.cli import saying
from adapters.cli.asking import moment
from adapters.cli.session import Session
from adapters.files.importing import Imported, import_walk
from adapters.files.register_file import read_register
from adapters.files.shipped import DEFAULT_REGISTER, shipped
from adapters.ledger.book import Book
from adapters.persistence import backup as backups
from adapters.persistence import backup_restoring, copying, migrations
from adapters.persistence.backup_manifest import (
    ACCESS,
    ACCESS_MANIFEST,
    CHECKPOINT,
    CONTACTS,
    TRUST,
    Manifest,
    read_manifest,
)
from adapters.persistence.event_store import FactStore
from adapters.persistence.key_files import take_over
from adapters.persistence.trust import read_trust
from adapters.proof.checkpoint import Checkpoint
from adapters.proof.note import Note
from adapters.settings import Settings
from adapters.system import Gadelys
from adapters.texts import Texts
from domain.errors import Code, NotFound, Refused
from domain.messages import Stamp
from domain.register.adoption import AdoptRegister
from domain.register.model import Register
from domain.values import Actor

if TYPE_CHECKING:
    from adapters.doctor import Check

MANY = 20
"""How many entries one line names."""


def ready(session: Session) -> None:
    """Migrate when nothing is there yet, and adopt the shipped register then."""
    if installation.is_made(session.settings):
        return
    installation.migrate(session.settings)
    with session.system() as system:
        register = read_register(shipped(DEFAULT_REGISTER))
        put_into_force(system, register, register.coordinators.municipality)


def put_into_force(system: Gadelys, register: Register, by: Actor) -> int:
    """Adopt `register` now; return the version in force."""
    stamp = Stamp(by=by, at=system.now(), command_id=uuid4())
    return system.submit(AdoptRegister(stamp=stamp, rules=register)).version


def import_file(session: Session, file: Path) -> None:
    """Store what is new in a walk file, all or nothing."""
    ready(session)
    with (
        session.system() as system,
        saying.progress(file.name) as show,
    ):
        done = import_walk(system, file, lambda n, total: show(f"{n}/{total}"))
    texts = session.texts
    if session.as_json:
        saying.say_json(
            {
                "schema": "import/1",
                "walk": done.walk,
                "facts": done.facts,
                "findings": done.findings,
                "future": done.future,
                "persons": [
                    {"finding": section, "entry": index}
                    for section, index in done.persons
                ],
            }
        )
        return
    if not done.facts:
        saying.say(texts.say("say.import_nothing_new", file=file.name))
        return
    saying.say(texts.say("say.imported", facts=done.facts, findings=done.findings))
    if done.future:
        saying.note(texts.say("say.import_future", count=done.future))
    if done.persons:
        saying.note(_naming(done, texts))


def _naming(done: Imported, texts: Texts) -> str:
    """Return the line about texts that may name persons; each entry once."""
    places = list(dict.fromkeys(done.persons))
    named = [
        texts.say("say.import_entry", finding=section, entry=index)
        for section, index in places[:MANY]
    ]
    shown = ", ".join([*named, "…"] if len(places) > MANY else named)
    return texts.say("say.import_persons", count=len(done.persons), entries=shown)


def adopt(session: Session, file: Path, by: str, at: str | None) -> None:
    """Put the register in `file` into force."""
    register = read_register(file)
    try:
        actor = Actor.parse(by)
    except ValueError as problem:
        raise saying.bad_value(f"--by {by}: {problem}") from problem
    if not installation.is_made(session.settings):
        installation.migrate(session.settings)
    with session.system() as system:
        happened = system.now()
        if at:
            happened = moment(at, register.working_days.zone)
        stamp = Stamp(by=actor, at=happened, command_id=uuid4())
        receipt = system.ask(AdoptRegister(stamp=stamp, rules=register))
    if session.as_json:
        saying.say_json({"version": receipt.version, "adopted": bool(receipt.facts)})
        return
    key = "say.register_adopted" if receipt.facts else "say.register_unchanged"
    saying.say(session.texts.say(key, version=receipt.version))


def migrate(session: Session) -> None:
    """Create or bring up to date all files."""
    version = installation.migrate(session.settings)
    path = session.settings.data
    if session.as_json:
        saying.say_json({"schema_version": version, "data": str(path)})
    else:
        saying.say(session.texts.say("say.migrated", version=version, path=path))


def copy(session: Session, source: str, target: str) -> None:
    """Copy all facts from one store to another, empty one; all or nothing."""
    with (
        _named(session, source) as taken,
        _named(session, target, make=True) as given,
        saying.progress(f"{source} → {target}") as show,
    ):
        last = taken.last_position()
        done = copying.copy(taken, given, lambda position: show(f"{position}/{last}"))
    if session.as_json:
        saying.say_json({"schema": "copy/1", **asdict(done)})
    else:
        saying.say(session.texts.say("say.copied", **asdict(done)))


@contextmanager
def _named(session: Session, name: str, *, make: bool = False) -> Iterator[FactStore]:
    """Open the store that a person named: `sqlite`, `sqlite:FILE` or `postgres`."""
    settings = session.settings
    kind, _, file = name.partition(":")
    if kind == "sqlite":
        path = Path(file) if file else settings.events_file
        if make:
            migrations.migrate(path)
        store = installation.sqlite_store(path)
    elif name == "postgres" and settings.database_url is not None:
        store = installation.postgres_store(settings.database_url)
    elif name == "postgres":
        raise saying.bad_value("GADELYS_DATABASE_URL")
    else:
        raise saying.bad_value(f"{name}: sqlite | sqlite:FILE | postgres")
    try:
        yield store
    finally:
        store.close()


def backup(session: Session, folder: Path) -> None:
    """Sign, then save everything but keys; end with 1 when documents were lost."""
    # It asks witnesses; whoever migrates or imports need not wait for that.
    from adapters.ledger.signing import sign_now

    with session.system() as system, saying.progress(folder.name) as show:
        notes = {
            one.name: asyncio.run(sign_now(one)) for one in (system, system.access)
        }
        last = system.store.last_position()
        manifest = backups.back_up(
            _holdings(system, notes),
            folder,
            system.now(),
            lambda n: show(f"{n}/{last}"),
        )
    _tell_of(session, "backup", folder, manifest)
    _tell_of_missing(session, manifest)


def verify_backup(session: Session, folder: Path) -> None:
    """Read every byte of a backup; end with 1 when documents were lost before it."""
    with saying.progress(folder.name):
        manifest = backups.verify(folder)
    _tell_of(session, "backup_verified", folder, manifest)
    _tell_of_missing(session, manifest)


def restore(session: Session, folder: Path) -> None:
    """Put a backup into an installation that has nothing yet."""
    settings = session.settings
    with saying.progress(folder.name) as show:
        manifest = backups.verify(folder)
        if settings.database_url or not installation.is_made(settings):
            installation.migrate(settings)
        with session.system() as system:
            _refuse_leftovers(system)
            backup_restoring.restore(
                folder,
                manifest,
                _holdings(system),
                lambda n: show(f"{n}/{manifest.last}"),
            )
            has_new_keys = _take_over_proof(settings, folder, manifest)
            if manifest.file(ACCESS_MANIFEST):
                inner = folder / ACCESS
                _take_over_proof(settings.access, inner, read_manifest(inner))
            erasing.erase_again(system)
            restricting.restrict_again(system)
    _tell_of(session, "restored", folder, manifest)
    if not session.as_json:
        saying.note(session.texts.say("say.restored_next"))
        if has_new_keys:
            saying.note(session.texts.say("say.keys_renewed"))
    _tell_of_missing(session, manifest)


def _take_over_proof(settings: Settings, folder: Path, manifest: Manifest) -> bool:
    """Check the restored history against what was signed of it, from now on.

    Returns: whether the keys here are others than those that it was sealed with.
    """
    saved = manifest.file(TRUST) and read_trust(folder / TRUST)
    if manifest.file(CHECKPOINT):
        note = Note.parse((folder / CHECKPOINT).read_bytes())
        Book(settings.ledger_folder).keep(Checkpoint.parse(note.text).size, note)
    return take_over(settings, saved or None, manifest.last)


def _holdings(
    system: Gadelys, notes: Mapping[str, Note | None] | None = None
) -> backups.Holdings:
    """Return what is saved; `notes` are the last checkpoints, by the store's name."""
    settings, signed = system.settings, notes or {}
    note = signed.get(system.name)
    return backups.Holdings(
        system.store,
        settings.contacts_file,
        settings.documents_folder,
        settings.trust_file,
        bytes(note) if note else None,
        None if settings.is_log else _holdings(system.access, signed),
        None if settings.is_log else settings.photos_folder,
    )


def _refuse_leftovers(system: Gadelys) -> None:
    """Refuse read models and waiting workflows of another history.

    Raises: Refused (target_not_empty).
    """
    settings = system.settings
    if any(system.rows.positions().values()):
        raise Refused(Code.TARGET_NOT_EMPTY, path=str(settings.views_file))
    if settings.temporal_file.exists():
        raise Refused(Code.TARGET_NOT_EMPTY, path=str(settings.temporal_file))


def _tell_of(session: Session, what: str, folder: Path, manifest: Manifest) -> None:
    told = {
        "folder": str(folder),
        "made_at": manifest.made_at,
        "facts": manifest.facts,
        "last": manifest.last,
        "digest": manifest.digest,
        "documents": len(manifest.documents),
        "contacts": manifest.file(CONTACTS) is not None,
        "missing": list(manifest.missing),
        "photos": len(manifest.photos),
        "photos_gone": len(manifest.gone),
        "size": sum(file.size for file in manifest.files),
    }
    if session.as_json:
        saying.say_json({"schema": f"{what.replace('_', '-')}/1", **told})
    else:
        saying.say(session.texts.say(f"say.{what}", **told))


def _tell_of_missing(session: Session, manifest: Manifest) -> None:
    if not manifest.missing:
        return
    for name in manifest.missing:
        saying.note(session.texts.say("say.backup_missing", content=name))
    raise SystemExit(saying.REFUSED)


def rebuild(session: Session, projection: str) -> None:
    """Fold one read model, or `all`, again from the first fact."""
    with session.system() as system:
        names = system.rows.names()
        chosen = [
            name
            for name in names
            if projection in {"all", name, name.rpartition("_v")[0]}
        ]
        if not chosen:
            raise NotFound(Code.UNKNOWN_PROJECTION, projection=projection, known=names)
        last = system.store.last_position()
        with saying.progress(projection) as show:
            read = system.rebuild(chosen, lambda n: show(f"{n}/{last}"))
    if session.as_json:
        saying.say_json({"rebuilt": chosen, "facts": read})
    else:
        saying.say(session.texts.say("say.rebuilt", names=chosen, facts=read))


def doctor(session: Session, register: Path | None = None) -> None:
    """Print every check with a hint; end with 1 when something is broken.

    Of a register file that is not adopted yet, nothing else is checked.
    """
    # It knows Temporal and mail; whoever saves or migrates need not wait for them.
    from adapters.doctor import examine, examine_register

    found = examine_register(register) if register else examine(session.settings)
    if session.as_json:
        answer = [{"check": c.name, "state": c.state, "found": c.found} for c in found]
        saying.say_json({"schema": "doctor/1", "checks": answer})
    else:
        for check in found:
            saying.say(_check_line(session, check))
    if any(check.state == "broken" for check in found):
        raise SystemExit(saying.REFUSED)


def _check_line(session: Session, check: "Check") -> str:
    texts = session.texts
    mark = texts.say(f"say.doctor_{check.state}")
    line = f"{mark:<9} {texts.say(f'say.doctor_{check.name}')}: {check.found}"
    if check.state == "ok":
        return line
    hint = texts.say(f"say.doctor_{check.name}_hint")
    return f"{line}\n          → {hint}"
