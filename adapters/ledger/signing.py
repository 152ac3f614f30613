"""Signing the history of an installation now, whoever asks for it."""

import structlog

from adapters.errors import Unavailable
from adapters.ledger.book import Book
from adapters.ledger.keeping import Ledger
from adapters.persistence.key_files import log_signer
from adapters.persistence.trust import read_trust
from adapters.proof.note import Note
from adapters.system import Gadelys
from domain.errors import Refused

log = structlog.get_logger()


def ledger_of(system: Gadelys) -> Ledger:
    """Return the ledger over the facts of `system`.

    Raises: Refused (trust_missing, bad_file) when it is not known whom to trust.
    """
    settings = system.settings
    book = Book(settings.ledger_folder)
    return Ledger(system.store, book, read_trust(settings.trust_file))


async def sign_now(system: Gadelys) -> Note | None:
    """Let everything that is stored be signed, as before a backup.

    Who has no key leaves that to the process `ledger`; where the ledger has stopped,
    what comes after it is wanted all the more.

    Returns: the checkpoint that was signed last, if there is one that can be read.
    """
    book = Book(system.settings.ledger_folder)
    try:
        signer = log_signer(system.settings)
        ledger = ledger_of(system)
        ledger.grow()
        if ledger.sign(signer):
            await ledger.have_cosigned()
    except (Refused, Unavailable) as refusal:
        log.warning("checkpoint.not_signed", reason=str(refusal.code))
    try:
        return book.latest()
    except Unavailable:
        return None
