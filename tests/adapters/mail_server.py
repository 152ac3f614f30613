"""A real mail server on this machine that takes, refuses, dawdles or hangs up."""

import asyncio
import email
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from adapters.settings import Settings
from adapters.temporal.server import free_port


@dataclass
class MailServer:
    """What the server was given, and how it is to behave."""

    refuses: dict[str, str] = field(default_factory=dict)
    answer: str = "250 OK"
    hangs_up: int = 0
    dawdles: bool = False
    taken: list[EmailMessage] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    logins: list[tuple[bytes, bytes]] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    port: int = 0

    def settings(self, settings: Settings, **more: Any) -> Settings:
        """Return `settings` that send through this server."""
        ours: dict[str, Any] = {
            "smtp_host": "127.0.0.1",
            "smtp_port": self.port,
            "smtp_tls": "none",
            "smtp_timeout": 5,
        }
        return Settings(data=settings.data, **(ours | more))

    def ids(self) -> list[str]:
        """Return the `Message-ID` of every mail that arrived."""
        return [str(message["Message-ID"]) for message in self.taken]

    async def handle_RCPT(  # noqa: N802 - the server asks by this name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, _: Any
    ) -> str:
        """Take or refuse one recipient."""
        self.asked.append(address)
        if refusal := self.refuses.get(address):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - the server asks by this name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Keep one mail, and answer, dawdle or hang up."""
        if self.dawdles:
            await asyncio.Event().wait()
        assert isinstance(envelope.content, bytes)
        read = email.message_from_bytes(envelope.content, policy=SMTP_POLICY)
        assert isinstance(read, EmailMessage)
        if self.answer.startswith("2"):
            self.taken.append(read)
        self.encrypted.append(session.ssl is not None)
        if self.hangs_up:
            self.hangs_up -= 1
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
        return self.answer

    def login(
        self, server: SMTP, session: Session, envelope: Envelope, how: str, who: Any
    ) -> AuthResult:
        """Let in who has the right password."""
        assert isinstance(who, LoginPassword)
        self.logins.append((who.login, who.password))
        return AuthResult(success=who.password == b"aaben sesam", handled=False)


@contextmanager
def serving(server: MailServer, tls: ssl.SSLContext | None = None) -> Iterator[None]:
    """Let `server` listen while the block runs."""
    server.port = free_port()
    controller = Controller(
        server,
        hostname="127.0.0.1",
        port=server.port,
        tls_context=tls,
        require_starttls=tls is not None,
        authenticator=server.login,
        auth_require_tls=False,
        enable_SMTPUTF8=False,
    )
    controller.start()
    try:
        yield
    finally:
        controller.stop()
