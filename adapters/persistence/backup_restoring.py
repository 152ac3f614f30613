"""Restoring a backup into an installation that is still empty.

The facts come last, in one transaction: a restore that was interrupted left no fact
behind and can be started again.
"""

from collections.abc import Callable
from pathlib import Path

from adapters.persistence.backup import Holdings
from adapters.persistence.backup_facts import SavedFacts
from adapters.persistence.backup_manifest import (
    ACCESS,
    ACCESS_MANIFEST,
    CONTACTS,
    DOCUMENTS,
    EVENTS,
    Manifest,
    damaged,
    digest_of,
    read_manifest,
)
from adapters.persistence.copying import account_of, copy
from adapters.persistence.durable_files import (
    ANYBODY_S_FILE,
    OWNER_ONLY_FILE,
    OWNER_ONLY_FOLDER,
    put,
    settle,
)
from adapters.persistence.saving import saving
from domain.errors import Code, Refused

"""As documents are written while Gadelys runs: the mask of the process decides."""


def restore(
    source: Path,
    manifest: Manifest,
    holdings: Holdings,
    on_page: Callable[[int], None] = lambda _: None,
) -> None:
    """Put a backup into an installation that has nothing yet, and read it back.

    Args:
        source: the folder of the backup.
        manifest: what `verify` found in it.
        holdings: where it goes; the store must be migrated.
        on_page: is told the position after each page of facts.

    Raises: Refused (target_not_empty, backup_damaged, copy_differs); Unavailable
        (store_unavailable).
    """
    refuse_anything_else(manifest, holdings)
    if holdings.access and manifest.file(ACCESS_MANIFEST):
        _restore_access(source / ACCESS, holdings.access)
    with saving(holdings.documents):
        _put_documents(source, manifest, holdings.documents)
    if holdings.photos:
        with saving(holdings.photos):
            _put_photos(source, manifest, holdings.photos)
    with saving(holdings.contacts):
        _put_contacts(source, manifest, holdings.contacts)
    with SavedFacts(source / EVENTS) as facts:
        copy(facts, holdings.store, on_page)
    # Somebody may have begun to work with it already.
    if account_of(holdings.store, manifest.last) != manifest.account:
        raise damaged(EVENTS)


def _restore_access(source: Path, holdings: Holdings) -> None:
    """Restore the log of readings, unless an interrupted restore has done so."""
    manifest = read_manifest(source)
    if account_of(holdings.store, manifest.last) != manifest.account:
        restore(source, manifest, holdings)


def refuse_anything_else(manifest: Manifest, holdings: Holdings) -> None:
    """Refuse a target in which there is more than this backup would put there.

    Raises: Refused (target_not_empty).
    """
    if holdings.store.last_position():
        raise Refused(Code.TARGET_NOT_EMPTY, path=EVENTS)
    contacts = manifest.file(CONTACTS)
    if holdings.contacts.exists() and (
        contacts is None or digest_of(holdings.contacts) != contacts.sha256
    ):
        raise Refused(Code.TARGET_NOT_EMPTY, path=str(holdings.contacts))
    others = _names(holdings.documents) - set(manifest.documents)
    if others:
        raise Refused(Code.TARGET_NOT_EMPTY, path=str(holdings.documents))
    refs = {name.split("/")[1] for name in manifest.photos}
    if holdings.photos and _names(holdings.photos) - refs:
        raise Refused(Code.TARGET_NOT_EMPTY, path=str(holdings.photos))


def _names(folder: Path) -> set[str]:
    if not folder.exists():
        return set()
    return {path.name for path in folder.iterdir() if not path.name.startswith(".")}


def _put_documents(source: Path, manifest: Manifest, target: Path) -> None:
    if not manifest.documents:
        return
    target.mkdir(parents=True, exist_ok=True)
    for name in manifest.documents:
        body = (source / DOCUMENTS / name).read_bytes()
        put(target / name, body, ANYBODY_S_FILE)
        if digest_of(target / name) != name:
            raise damaged(f"{DOCUMENTS}/{name}")
    settle(target)


def _put_photos(source: Path, manifest: Manifest, target: Path) -> None:
    for name in manifest.photos:
        _, ref, content = name.split("/")
        place = target / ref
        place.mkdir(mode=OWNER_ONLY_FOLDER, parents=True, exist_ok=True)
        put(place / content, (source / name).read_bytes(), OWNER_ONLY_FILE)
        if digest_of(place / content) != content:
            raise damaged(name)
        settle(place)


def _put_contacts(source: Path, manifest: Manifest, target: Path) -> None:
    contacts = manifest.file(CONTACTS)
    if contacts is None:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    put(target, (source / CONTACTS).read_bytes(), OWNER_ONLY_FILE)
    if digest_of(target) != contacts.sha256:
        raise damaged(CONTACTS)
    settle(target.parent)
