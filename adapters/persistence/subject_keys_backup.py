"""The keys of persons in a folder of their own, apart from every other backup.

They are saved wrapped. The key around them is not among them: whoever has only one of
the two can read nothing, and once that key is replaced, neither can whoever has both
of an older day's.
"""

import shutil
from contextlib import closing
from pathlib import Path
from uuid import uuid4

from adapters.persistence.backup_facts import one_file, saved_copy
from adapters.persistence.backup_manifest import damaged
from adapters.persistence.durable_files import OWNER_ONLY_FILE, settle
from adapters.persistence.saving import saving, whole_or_nothing
from adapters.persistence.subject_keys import (
    SubjectKeys,
    add_what_is_new,
    asking_keys,
)
from domain.errors import Code, NotFound, Refused

KEYS = "keys.db"


def back_up_keys(keys: Path, target: Path) -> None:
    """Save the keys into a new folder; everybody may go on working meanwhile.

    Raises: Refused (backup_exists, folder_unusable, subject_keys_missing,
        subject_keys_damaged); Unavailable (store_unavailable). Then there is no such
        folder.
    """
    if not keys.exists():
        raise Refused(Code.SUBJECT_KEYS_MISSING, path=str(keys))
    with asking_keys(keys), whole_or_nothing(target, Code.BACKUP_EXISTS) as folder:
        saved_copy(keys, folder / KEYS)


def restore_keys(source: Path, keys: Path, folder: Path) -> int:
    """Put saved keys where there are none yet; return how many.

    Args:
        source: the folder of the backup.
        keys: where they go.
        folder: where the key around them lies, put back there by hand.

    Raises: NotFound (no_backup); Refused (target_not_empty, subject_keys_missing,
        backup_damaged, and subject_keys_damaged of keys that are here).
    """
    saved = source / KEYS
    with saving(source):
        if not saved.exists():
            raise NotFound(Code.NO_BACKUP, path=str(source))
    if keys.exists() and count_keys(keys, folder):
        raise Refused(Code.TARGET_NOT_EMPTY, path=str(keys))
    half = keys.with_name(f".{keys.name}.{uuid4().hex}")
    with saving(keys):
        keys.parent.mkdir(parents=True, exist_ok=True)
        half.touch(mode=OWNER_ONLY_FILE)
        try:
            shutil.copyfile(saved, half)
            found = _count_saved(half, folder)
            one_file(half)
            for old in (keys, *keys.parent.glob(f"{keys.name}-*")):
                old.unlink(missing_ok=True)
            half.replace(keys)
            settle(keys.parent)
        finally:
            for left in keys.parent.glob(f"{half.name}*"):
                left.unlink()
    return found


def _count_saved(half: Path, folder: Path) -> int:
    try:
        add_what_is_new(half)
        return count_keys(half, folder)
    except Refused as problem:
        if problem.code is Code.SUBJECT_KEYS_DAMAGED:
            raise damaged(KEYS) from problem
        raise


def count_keys(keys: Path, folder: Path) -> int:
    """Return how many entries there are, after every key was unwrapped once.

    Raises: Refused (subject_keys_missing) when one does not open.
    """
    with closing(SubjectKeys(keys, folder)) as found:
        return found.check()
