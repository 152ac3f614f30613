"""Backups: everything that cannot be made again, in one folder, checked.

The facts first, up to one position; then what they point at. So a backup is a prefix
of history with every document and every address that it names, whatever is
written meanwhile. The folder gets its name when it is whole.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from adapters.persistence import migrations
from adapters.persistence.backup_facts import SavedFacts, save_facts, saved_copy
from adapters.persistence.backup_manifest import (
    ACCESS,
    ACCESS_MANIFEST,
    CHECKPOINT,
    CONTACTS,
    DOCUMENTS,
    EVENTS,
    PHOTOS,
    TRUST,
    Manifest,
    damaged,
    read_manifest,
    saved_file,
    write_manifest,
)
from adapters.persistence.copying import account_of
from adapters.persistence.durable_files import (
    OWNER_ONLY_FILE,
    OWNER_ONLY_FOLDER,
    read,
    settle,
    write,
)
from adapters.persistence.event_store import FactStore
from adapters.persistence.saving import whole_or_nothing
from domain.errors import Code, Refused

OnPage = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Holdings:
    """What an installation has that cannot be made again, and where it lies."""

    store: FactStore
    contacts: Path
    documents: Path
    trust: Path
    checkpoint: bytes | None = None
    """What was signed last, of what is saved now."""

    access: "Holdings | None" = None
    """The log of who read what, which is a store of its own."""

    photos: Path | None = None
    """Sealed photos, one folder for each subject."""


def back_up(
    holdings: Holdings,
    target: Path,
    now: datetime,
    on_page: OnPage = lambda _: None,
) -> Manifest:
    """Save all of it into a new folder; everybody may go on working meanwhile.

    Args:
        holdings: what is saved.
        target: a name that is free, in a folder that exists.
        now: the present moment.
        on_page: is told the position after each page of facts.

    Returns: what is in the backup, read again from the disk.

    Raises: Refused (backup_exists, folder_unusable); Unavailable (store_unavailable).
        Then there is no such folder.
    """
    with whole_or_nothing(target, Code.BACKUP_EXISTS) as folder:
        done = save_facts(holdings.store, folder / EVENTS, on_page)
        with SavedFacts(folder / EVENTS) as facts:
            named, shown = facts.documents(), facts.photos()
        names = [EVENTS, *_save_contacts(holdings.contacts, folder)]
        names += _save_proof(holdings.trust, holdings.checkpoint, folder)
        if holdings.access:
            back_up(holdings.access, folder / ACCESS, now)
            names.append(ACCESS_MANIFEST)
        saved = _save_documents(holdings.documents, folder, named)
        photos = _save_photos(holdings.photos, folder, shown)
        manifest = Manifest(
            gadelys=version("gadelys"),
            schema_version=len(migrations.STEPS),
            made_at=now.astimezone(UTC),
            facts=done.facts,
            last=done.last,
            digest=done.digest,
            missing=tuple(sorted(named - set(saved))),
            gone=tuple(sorted(shown - {_digest_in(name) for name in photos})),
            files=tuple(
                saved_file(folder, name)
                for name in [*names, *(f"{DOCUMENTS}/{one}" for one in saved), *photos]
            ),
        )
        check(folder, manifest)
        write_manifest(folder, manifest)
    return manifest


def verify(folder: Path) -> Manifest:
    """Read every byte of a backup and return what is in it; nothing is changed.

    Raises: NotFound (no_backup); Refused (backup_damaged, with the file;
        backup_newer).
    """
    manifest = read_manifest(folder)
    if manifest.schema_version > len(migrations.STEPS):
        raise Refused(
            Code.BACKUP_NEWER,
            found=manifest.schema_version,
            needed=len(migrations.STEPS),
        )
    check(folder, manifest)
    if manifest.file(ACCESS_MANIFEST):
        verify(folder / ACCESS)
    return manifest


def check(folder: Path, manifest: Manifest) -> None:
    """Compare a folder with what its manifest says.

    Raises: Refused (backup_damaged) naming the first file that differs.
    """
    for file in manifest.files:
        try:
            found = saved_file(folder, file.name)
        except OSError as problem:
            raise damaged(file.name) from problem
        if found != file:
            raise damaged(file.name)
    _check_facts(folder, manifest)
    for name in manifest.documents:
        found_one = manifest.file(f"{DOCUMENTS}/{name}")
        if found_one is None or found_one.sha256 != name:
            raise damaged(f"{DOCUMENTS}/{name}")
    for name in manifest.photos:
        sealed = manifest.file(name)
        if sealed is None or sealed.sha256 != _digest_in(name):
            raise damaged(name)


def _check_facts(folder: Path, manifest: Manifest) -> None:
    """Compare the facts with their digest, and the documents with the facts."""
    if manifest.file(EVENTS) is None:
        raise damaged(EVENTS)
    with SavedFacts(folder / EVENTS) as facts:
        if facts.schema_version != manifest.schema_version:
            raise damaged(EVENTS)
        if account_of(facts) != manifest.account:
            raise damaged(EVENTS)
        named, shown = facts.documents(), facts.photos()
    for document in sorted(named ^ {*manifest.documents, *manifest.missing}):
        raise damaged(f"{DOCUMENTS}/{document}")
    saved = {_digest_in(name) for name in manifest.photos}
    for photo in sorted(shown ^ {*saved, *manifest.gone}):
        raise damaged(f"{PHOTOS}/{photo}")


def _save_contacts(source: Path, folder: Path) -> list[str]:
    """Save the contacts as they are at one moment; return the name of the file."""
    if not source.exists():
        return []
    saved_copy(source, folder / CONTACTS)
    return [CONTACTS]


def _save_proof(trust: Path, checkpoint: bytes | None, folder: Path) -> list[str]:
    """Save whom to trust and what they signed last; return the names of the files."""
    found = {TRUST: read(trust) if trust.exists() else None}
    found[CHECKPOINT] = checkpoint
    for name, body in found.items():
        if body is not None:
            write(folder / name, body, OWNER_ONLY_FILE)
    return [name for name, body in found.items() if body is not None]


def _save_documents(source: Path, folder: Path, named: set[str]) -> list[str]:
    """Save the documents that facts name; return those whose bytes were right."""
    (folder / DOCUMENTS).mkdir(mode=OWNER_ONLY_FOLDER)
    saved = []
    for name in sorted(named):
        try:
            body = (source / name).read_bytes()
        except FileNotFoundError:
            continue
        if sha256(body).hexdigest() == name:
            write(folder / DOCUMENTS / name, body, OWNER_ONLY_FILE)
            saved.append(name)
    settle(folder / DOCUMENTS)
    return saved


def _save_photos(source: Path | None, folder: Path, named: set[str]) -> list[str]:
    """Save the photos that facts name; return the names of those that were right."""
    saved = []
    for path in sorted(source.glob("*/*")) if source else []:
        if path.name not in named:
            continue
        name = f"{PHOTOS}/{path.parent.name}/{path.name}"
        try:
            body = path.read_bytes()
        except FileNotFoundError:  # erased meanwhile
            continue
        if sha256(body).hexdigest() == path.name:
            place = folder / name
            place.parent.mkdir(mode=OWNER_ONLY_FOLDER, parents=True, exist_ok=True)
            write(place, body, OWNER_ONLY_FILE)
            settle(place.parent)
            saved.append(name)
    return saved


def _digest_in(name: str) -> str:
    return name.rpartition("/")[2]
