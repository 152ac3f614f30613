"""The keys to what people wrote: a new key around them, and their own backup."""

from pathlib import Path

from adapters import erasing, restricting, system
from adapters.cli import saying
from adapters.cli.session import Session
from adapters.persistence.subject_keys_backup import back_up_keys, restore_keys


def rotate(session: Session) -> None:
    """Put a new key around all keys and destroy the one before."""
    with session.system() as opened:
        epoch = opened.vault().keys.rotate()
    if session.as_json:
        saying.say_json({"schema": "keys-rotated/1", "epoch": epoch})
    else:
        saying.say(session.texts.say("say.keys_rotated", epoch=epoch))


def backup(session: Session, folder: Path) -> None:
    """Save the keys into a folder, apart from all other backups."""
    back_up_keys(session.settings.subject_keys_file, folder)
    if session.as_json:
        saying.say_json({"schema": "keys-backup/1", "folder": str(folder)})
    else:
        keys = session.settings.keys_folder
        saying.say(session.texts.say("say.keys_saved", folder=folder, keys=keys))


def restore(session: Session, folder: Path) -> None:
    """Put saved keys back, and destroy or hide again what was since."""
    settings = session.settings
    found = restore_keys(folder, settings.subject_keys_file, settings.keys_folder)
    again = hidden = 0
    if system.is_made(settings):
        with session.system() as opened:
            again = erasing.erase_again(opened)
            hidden = restricting.restrict_again(opened)
    told = {"keys": found, "erased": again, "restricted": hidden}
    if session.as_json:
        saying.say_json({"schema": "keys-restored/1", **told})
    else:
        saying.say(session.texts.say("say.keys_restored", **told))
