"""Mail through a real server: taken, refused, slow, gone, and hung up upon."""

import asyncio
import re
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import trustme
from pydantic import ValidationError

from adapters.notify.deliverer import Deliverer
from adapters.notify.failures import PermanentFailure, TemporaryFailure
from adapters.notify.mailbox import Mailbox
from adapters.notify.smtp import SmtpMailer, mailer
from adapters.settings import Settings
from adapters.system import Gadelys
from adapters.temporal.server import free_port
from domain.delivery.events import (
    DeliveryAttempted,
    DeliveryGivenUp,
    DeliverySent,
    GiveUpReason,
)
from domain.messages import Event, derived_id
from domain.values import Actor, StreamId
from tests import examples as ex
from tests.adapters.mail_server import MailServer, serving
from tests.conftest import StandingClock
from workflows.delivery import DeliveryRequest

TO_LIGHTING = DeliveryRequest(recipient=str(ex.LIGHTING))
LIGHTING_MAIL = "vejbelysning@kommune.example"


@pytest.fixture
def server() -> Iterator[MailServer]:
    made = MailServer()
    with serving(made):
        yield made


def message(to: str = LIGHTING_MAIL, text: str = "Sag 2026-04: æøå") -> EmailMessage:
    made = EmailMessage()
    made["From"] = "gadelys@gadelys.example"
    made["To"] = to
    made["Subject"] = "Tryghedssager: 1 sag venter på jer"
    made["Message-ID"] = "<1234@gadelys.example>"
    made.set_content(text)
    return made


def told(system: Gadelys, now: StandingClock, to: Actor = ex.LIGHTING) -> None:
    """Let one case be reported and assigned, so that its unit must hear of it."""
    for command in (ex.report(), ex.assign(to, day="2026-10-21 12:05")):
        now.moment = command.stamp.at.astimezone(UTC)
        identity = derived_id("by smtp", command.NAME, to)
        stamp = command.stamp.model_copy(update={"command_id": identity})
        system.submit(command.model_copy(update={"stamp": stamp}))


def delivered(system: Gadelys, key: str = str(ex.LIGHTING)) -> list[Event]:
    return [fact.event for fact in system.store.load(StreamId(f"delivery/{key}"))]


# --- One mail -------------------------------------------------------------------


def test_a_mail_arrives_as_it_was_written(
    server: MailServer, settings: Settings
) -> None:
    SmtpMailer(server.settings(settings)).send(message())

    [taken] = server.taken
    assert taken["Message-ID"] == "<1234@gadelys.example>"
    assert taken["Subject"] == "Tryghedssager: 1 sag venter på jer"
    assert taken.get_content().strip() == "Sag 2026-04: æøå"
    assert server.asked == [LIGHTING_MAIL]


def test_without_a_server_mails_become_files(
    server: MailServer, settings: Settings
) -> None:
    assert isinstance(mailer(settings), Mailbox)
    assert isinstance(mailer(server.settings(settings)), SmtpMailer)


def test_a_server_that_is_away_is_tried_again(settings: Settings) -> None:
    away = Settings(
        data=settings.data,
        smtp_host="127.0.0.1",
        smtp_port=free_port(),
        smtp_tls="none",
    )

    with pytest.raises(TemporaryFailure, match="SMTPConnectError"):
        SmtpMailer(away).send(message())


def test_a_server_that_never_greets_is_tried_again(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        slow = Settings(
            data=settings.data,
            smtp_host="127.0.0.1",
            smtp_port=silent.getsockname()[1],
            smtp_tls="none",
            smtp_timeout=0.2,
        )
        with pytest.raises(TemporaryFailure, match="slow"):
            SmtpMailer(slow).send(message())


def test_a_server_that_dawdles_over_the_mail_is_tried_again(
    server: MailServer, settings: Settings
) -> None:
    server.dawdles = True

    with pytest.raises(TemporaryFailure, match="slow"):
        SmtpMailer(server.settings(settings, smtp_timeout=0.3)).send(message())


def test_a_name_that_does_not_exist_is_tried_again(settings: Settings) -> None:
    nowhere = Settings(data=settings.data, smtp_host="mail.invalid", smtp_tls="none")

    with pytest.raises(TemporaryFailure):
        SmtpMailer(nowhere).send(message())


@pytest.mark.parametrize(
    ("refusal", "reason"),
    [
        ("550 5.1.1 No such user", GiveUpReason.REFUSED),
        ("553 5.1.3 Bad address", GiveUpReason.REFUSED),
    ],
)
def test_a_recipient_that_is_refused_is_refused_for_good(
    server: MailServer, settings: Settings, refusal: str, reason: GiveUpReason
) -> None:
    server.refuses[LIGHTING_MAIL] = refusal

    with pytest.raises(PermanentFailure) as failure:
        SmtpMailer(server.settings(settings)).send(message())

    assert failure.value.reason is reason
    assert LIGHTING_MAIL not in repr(failure.value) + str(failure.value)
    assert failure.value.__cause__ is None


@pytest.mark.parametrize("refusal", ["450 4.2.0 Greylisted", "552 5.2.2 Mailbox full"])
def test_a_recipient_that_cannot_take_it_now_is_tried_again(
    server: MailServer, settings: Settings, refusal: str
) -> None:
    server.refuses[LIGHTING_MAIL] = refusal

    with pytest.raises(TemporaryFailure) as failure:
        SmtpMailer(server.settings(settings)).send(message())

    assert LIGHTING_MAIL not in str(failure.value)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("552 5.3.4 Too large", GiveUpReason.TOO_LONG),
        ("554 5.6.0 Not taken", GiveUpReason.REFUSED),
    ],
)
def test_a_mail_that_is_refused_is_refused_for_good(
    server: MailServer, settings: Settings, answer: str, reason: GiveUpReason
) -> None:
    server.answer = answer

    with pytest.raises(PermanentFailure) as failure:
        SmtpMailer(server.settings(settings)).send(message())

    assert failure.value.reason is reason


def test_a_mail_that_cannot_be_taken_now_is_tried_again(
    server: MailServer, settings: Settings
) -> None:
    server.answer = "451 4.3.0 Later"

    with pytest.raises(TemporaryFailure, match="451"):
        SmtpMailer(server.settings(settings)).send(message())


@pytest.mark.parametrize("to", ["", "nobody at all", "Æble <æble@kommune.example>"])
def test_what_is_no_address_is_given_up(
    server: MailServer, settings: Settings, to: str
) -> None:
    with pytest.raises(PermanentFailure) as failure:
        SmtpMailer(server.settings(settings)).send(message(to))

    assert failure.value.reason in {GiveUpReason.NO_ADDRESS, GiveUpReason.REFUSED}
    assert server.taken == []


# --- Logging in, and TLS --------------------------------------------------------

LOGIN = {"smtp_user": "gadelys", "smtp_password": "aaben sesam"}


def test_the_login_is_used(server: MailServer, settings: Settings) -> None:
    SmtpMailer(server.settings(settings, **LOGIN)).send(message())

    assert (b"gadelys", b"aaben sesam") in server.logins
    assert len(server.taken) == 1


def test_a_wrong_password_is_a_fault_that_somebody_mends(
    server: MailServer, settings: Settings
) -> None:
    wrong = server.settings(settings, **LOGIN | {"smtp_password": "hemmelig"})

    with pytest.raises(TemporaryFailure, match="535") as failure:
        SmtpMailer(wrong).send(message())

    shown = f"{failure.value} {failure.value!r} {wrong!r} {SmtpMailer(wrong)!r}"
    assert "hemmelig" not in shown + str(wrong.model_dump_json())


@pytest.mark.parametrize(
    "given",
    [
        {"smtp_user": "gadelys"},
        {"smtp_password": "x"},
        LOGIN | {"smtp_host": "mail.kommune.example", "smtp_tls": "none"},
    ],
)
def test_a_login_is_whole_and_never_in_the_clear(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="smtp_password"):
        Settings(**given)


@pytest.fixture
def encrypted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    """Return a server that talks only after STARTTLS, with a certificate we trust."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    made = MailServer()
    with serving(made, context):
        yield made


def test_a_mail_is_encrypted(encrypted: MailServer, settings: Settings) -> None:
    ours = encrypted.settings(settings, smtp_host="localhost", smtp_tls="starttls")

    SmtpMailer(ours).send(message())

    assert encrypted.encrypted == [True]


def test_a_stranger_s_certificate_is_not_trusted(
    encrypted: MailServer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = encrypted.settings(settings, smtp_host="localhost", smtp_tls="starttls")
    monkeypatch.delenv("SSL_CERT_FILE")

    with pytest.raises(TemporaryFailure):
        SmtpMailer(ours).send(message())

    assert encrypted.taken == []


def test_without_starttls_nothing_is_said(
    server: MailServer, settings: Settings
) -> None:
    with pytest.raises(TemporaryFailure):
        SmtpMailer(server.settings(settings, smtp_tls="starttls")).send(message())

    assert server.asked == []


# --- Deliveries -----------------------------------------------------------------


def test_a_delivery_arrives_and_is_confirmed(
    system: Gadelys, now: StandingClock, server: MailServer, settings: Settings
) -> None:
    told(system, now)
    deliverer = Deliverer(system, SmtpMailer(server.settings(settings)))

    assert deliverer.deliver(TO_LIGHTING) == 1

    [mail] = server.taken
    sent = delivered(system)[-1]
    assert isinstance(sent, DeliverySent)
    assert sent.message_id == mail["Message-ID"]
    assert mail["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in mail.walk()] == [
        *("multipart/mixed", "multipart/alternative"),
        *("text/plain", "text/html", "text/calendar"),
    ]


def test_a_line_that_breaks_after_the_mail_brings_the_same_mail_again(
    system: Gadelys, now: StandingClock, server: MailServer, settings: Settings
) -> None:
    told(system, now)
    server.hangs_up = 1
    deliverer = Deliverer(system, SmtpMailer(server.settings(settings)))

    with pytest.raises(TemporaryFailure):
        deliverer.deliver(TO_LIGHTING)
    assert deliverer.deliver(TO_LIGHTING) == 1

    assert len(server.taken) == 2
    assert len(set(server.ids())) == 1
    attempts = [e for e in delivered(system) if isinstance(e, DeliveryAttempted)]
    assert [(one.batch, one.attempt) for one in attempts] == [(1, 1), (1, 2)]
    assert isinstance(delivered(system)[-1], DeliverySent)


def test_one_refused_recipient_stops_nobody_else(
    system: Gadelys, now: StandingClock, server: MailServer, settings: Settings
) -> None:
    server.refuses[LIGHTING_MAIL] = "550 5.1.1 No such user"
    system.submit(ex.report(by=ex.COUNCIL))
    told_to = ex.assign(day="2026-10-21 12:05")
    now.moment = told_to.stamp.at.astimezone(UTC)
    system.submit(told_to)
    deliverer = Deliverer(system, SmtpMailer(server.settings(settings)))

    sent = [
        deliverer.deliver(DeliveryRequest(recipient=str(who)))
        for who in (ex.LIGHTING, ex.COORDINATOR)
    ]

    assert sent == [0, 1]
    assert [mail["To"] for mail in server.taken] == ["tryghedsvandring@kommune.example"]
    begun, given_up = delivered(system)
    assert isinstance(begun, DeliveryAttempted)
    assert isinstance(given_up, DeliveryGivenUp)
    assert given_up.reason is GiveUpReason.REFUSED
    assert given_up.answering == ex.COORDINATOR
    assert deliverer.deliver(TO_LIGHTING) == 0
    assert server.asked.count(LIGHTING_MAIL) == 1


def test_nothing_that_fails_says_who_or_what(
    system: Gadelys,
    now: StandingClock,
    server: MailServer,
    settings: Settings,
    capsys: pytest.CaptureFixture[str],
) -> None:
    told(system, now)
    server.refuses[LIGHTING_MAIL] = f"450 4.2.0 {LIGHTING_MAIL} greylisted"
    ours = server.settings(settings, **LOGIN)

    with pytest.raises(TemporaryFailure) as failure:
        Deliverer(system, SmtpMailer(ours)).deliver(TO_LIGHTING)

    said = f"{failure.value} {capsys.readouterr()}"
    assert not re.search(r"@kommune|aaben sesam", said)


def test_a_mail_can_be_sent_while_another_loop_runs_elsewhere(
    server: MailServer, settings: Settings
) -> None:
    async def in_a_thread() -> None:
        mail = SmtpMailer(server.settings(settings))
        await asyncio.gather(
            *(asyncio.to_thread(mail.send, message()) for _ in range(3))
        )

    asyncio.run(in_a_thread())

    assert len(server.taken) == 3
