"""Mail by SMTP, and which way mails leave this installation.

What a server says is never passed on: it may repeat a recipient's address, and
failures are kept in Temporal's history.
"""

import asyncio
from contextlib import suppress
from email.message import EmailMessage
from email.utils import parseaddr
from typing import NoReturn, Protocol

from aiosmtplib import SMTP
from aiosmtplib.errors import (
    SMTPDataError,
    SMTPException,
    SMTPNotSupported,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)
from typing_extensions import override

from adapters.notify.failures import PermanentFailure, TemporaryFailure
from adapters.notify.mailbox import Mailbox
from adapters.settings import Settings
from domain.delivery.events import GiveUpReason

GOOD_BYE_S = 2
_PERMANENT = range(500, 600)
_TOO_LARGE = 552
"""Too large, when said of the message; a full mailbox, when said of the recipient."""


class Mailer(Protocol):
    """Where a mail leaves the house."""

    def send(self, message: EmailMessage) -> None:
        """Send `message`.

        Raises: PermanentFailure when trying again is no use; anything else may
            be tried again.
        """
        ...


def mailer(settings: Settings) -> Mailer:
    """Return the mail server of this installation, or the folder without one."""
    return SmtpMailer(settings) if settings.smtp_host else Mailbox(settings.mailbox)


class SmtpMailer:
    """Sends each mail over a connection of its own.

    Whatever goes wrong before the mail itself is spoken of (connection, TLS,
    login, sender) is a fault that somebody mends, so it can be tried again.
    """

    def __init__(self, settings: Settings) -> None:
        """Use the server that `settings` name."""
        self._settings = settings

    @override
    def __repr__(self) -> str:
        """Say which server, and nothing that opens it."""
        return f"SmtpMailer({self._settings.smtp_host}:{self._settings.smtp_port})"

    def greet(self, patience_s: float) -> None:
        """Connect, encrypt and log in, and go again; nothing is sent.

        Raises: TemporaryFailure.
        """
        asyncio.run(self._greet(patience_s))

    async def _greet(self, patience_s: float) -> None:
        server = self._server()
        try:
            async with asyncio.timeout(patience_s):
                await _connect(server)
        except TimeoutError:
            raise TemporaryFailure("mail server too slow") from None
        else:
            with suppress(SMTPException, OSError, TimeoutError):
                await server.quit(timeout=GOOD_BYE_S)
        finally:
            server.close()

    def send(self, message: EmailMessage) -> None:
        """Send `message`; called from a thread without an event loop.

        Raises: TemporaryFailure, PermanentFailure.
        """
        recipient = parseaddr(str(message["To"]))[1]
        if "@" not in recipient:
            raise PermanentFailure(GiveUpReason.NO_ADDRESS)
        asyncio.run(self._send(message, recipient))

    async def _send(self, message: EmailMessage, recipient: str) -> None:
        server = self._server()
        try:
            async with asyncio.timeout(self._settings.smtp_timeout):
                await _connect(server)
                sender = self._settings.smtp_sender
                await _hand_over(server, message, recipient, sender)
        except TimeoutError:
            raise TemporaryFailure("mail server too slow") from None
        else:
            # The server has the mail: whatever becomes of the good-bye.
            with suppress(SMTPException, OSError, TimeoutError):
                await server.quit(timeout=GOOD_BYE_S)
        finally:
            server.close()

    def _server(self) -> SMTP:
        settings = self._settings
        password = settings.smtp_password
        return SMTP(
            hostname=settings.smtp_host,
            port=settings.smtp_port,
            username=settings.smtp_user,
            password=password.get_secret_value() if password else None,
            use_tls=settings.smtp_tls == "tls",
            start_tls=settings.smtp_tls == "starttls",
            timeout=settings.smtp_timeout,
        )


async def _connect(server: SMTP) -> None:
    """Connect, encrypt and log in; what fails here, somebody mends."""
    try:
        await server.connect()
    except TimeoutError:
        raise
    except SMTPResponseException as problem:
        raise TemporaryFailure("mail server", problem.code) from None
    except (SMTPException, OSError, ValueError) as problem:
        raise TemporaryFailure(f"mail server: {type(problem).__name__}") from None


async def _hand_over(
    server: SMTP, message: EmailMessage, recipient: str, sender: str
) -> None:
    """Speak of the mail itself; only here can a failure be for good."""
    try:
        await server.send_message(message, sender=sender, recipients=[recipient])
    except TimeoutError:
        raise
    except SMTPRecipientsRefused as problem:
        _recipient_refused(problem.recipients[0].code)
    except SMTPSenderRefused as problem:
        _refused(problem.code, permanent=problem.code == _TOO_LARGE)
    except SMTPDataError as problem:
        _refused(problem.code, permanent=problem.code in _PERMANENT)
    except SMTPResponseException as problem:
        raise TemporaryFailure("mail server", problem.code) from None
    except (SMTPNotSupported, ValueError):
        # The address cannot be written in a form that this server takes.
        raise PermanentFailure(GiveUpReason.NO_ADDRESS) from None
    except (SMTPException, OSError) as problem:
        raise TemporaryFailure(f"mail server: {type(problem).__name__}") from None


def _recipient_refused(code: int) -> NoReturn:
    if code in _PERMANENT and code != _TOO_LARGE:
        raise PermanentFailure(GiveUpReason.REFUSED, code) from None
    raise TemporaryFailure("recipient", code) from None


def _refused(code: int, *, permanent: bool) -> NoReturn:
    if not permanent:
        raise TemporaryFailure("mail server", code) from None
    reason = GiveUpReason.TOO_LONG if code == _TOO_LARGE else GiveUpReason.REFUSED
    raise PermanentFailure(reason, code) from None
