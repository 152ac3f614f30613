"""A message as a mail: text and HTML, with calendar files where a day is meant."""

from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from uuid import UUID

from adapters.notify.addresses import Destination, address
from adapters.notify.calendar_files import CalendarFile, calendar_parts
from adapters.notify.html import letter_page, mail_page
from adapters.notify.wording import Wording, for_resident, for_unit
from adapters.system import Gadelys
from adapters.texts import Texts
from domain.delivery.events import DeliveryAttempted
from domain.values import Authority
from projections.notices import NoticeRow

DOMAIN = "gadelys.example"
"""Ends every `Message-ID`; never configured, so that an id never changes."""


def render(
    identity: UUID,
    begun: DeliveryAttempted,
    notices: Sequence[NoticeRow],
    system: Gadelys,
    to: Destination,
    now: datetime,
) -> EmailMessage:
    """Return the mail for what `begun` promised to tell."""
    wording = worded(begun, notices, system, to, now)
    message = EmailMessage()
    message["From"] = system.settings.smtp_sender
    message["To"] = to.address
    message["Subject"] = wording.subject
    message["Date"] = format_datetime(begun.stamp.at)
    message["Message-ID"] = message_id(identity)
    message["Auto-Submitted"] = "auto-generated"
    message["X-Gadelys-Attempt"] = str(begun.attempt)
    if to.resident:
        coordinator = _coordinator(system)
        message["Reply-To"] = coordinator
        message["List-Unsubscribe"] = f"<mailto:{coordinator}?subject=STOP>"
    message.set_content(wording.text)
    message.add_alternative(mail_page(wording), subtype="html")
    for file in _newest(notices, system, to):
        message.add_attachment(
            file.text,
            subtype="calendar",
            filename=file.name,
            params={"method": file.method},
        )
    return message


def printed(
    begun: DeliveryAttempted,
    notices: Sequence[NoticeRow],
    system: Gadelys,
    to: Destination,
    now: datetime,
) -> str:
    """Return the letter for what `begun` promised to tell, as a page to print."""
    wording = worded(begun, notices, system, to, now)
    day = system.rules().register.working_days.local_day(now)
    return letter_page(wording, to.address, Texts(to.lang).show(day))


def worded(
    begun: DeliveryAttempted,
    notices: Sequence[NoticeRow],
    system: Gadelys,
    to: Destination,
    now: datetime,
) -> Wording:
    """Return what the recipient is told, in their language."""
    texts = Texts(to.lang, system.rules().register)
    if to.resident:
        return for_resident(notices, system, texts, _coordinator(system))
    return for_unit(begun.recipient, notices, system, texts, now)


def message_id(identity: UUID) -> str:
    """Return the `Message-ID` of the message `identity`."""
    return f"<{identity}@{DOMAIN}>"


def _coordinator(system: Gadelys) -> str:
    register = system.rules().register
    return address(register.coordinator(Authority.MUNICIPALITY), register)


def _newest(
    notices: Sequence[NoticeRow], system: Gadelys, to: Destination
) -> list[CalendarFile]:
    """Return one file per event, however many notices are about it."""
    texts = Texts(to.lang, system.rules().register)
    attendee = None if to.resident else to.address
    files = {
        file.name: file
        for notice in notices
        for file in calendar_parts(notice, system, texts, attendee)
    }
    return list(files.values())
