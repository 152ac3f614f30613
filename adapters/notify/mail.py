"""A message in plain text: numbers, categories and dates; never what people wrote."""

from collections.abc import Sequence
from datetime import date, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from uuid import UUID

from adapters.system import Gadelys
from adapters.texts import Texts
from domain.delivery.events import DeliveryAttempted
from domain.finding.events import FindingEscalated
from domain.finding.ladder import behind
from domain.finding.state import Finding
from domain.publication.commands import stream_of as publication_stream
from domain.publication.events import PublicationDrafted, PublicationReminded
from domain.publication.state import PublicationStatus
from domain.publication.state import fold as fold_publication
from domain.register.model import Register
from domain.roster.events import AbsenceNoted
from domain.values import Actor, Authority
from projections.notices import NoticeRow
from projections.worklist import due_clock

SENDER = "gadelys@gadelys.example"
DOMAIN = "gadelys.example"


def render(
    identity: UUID,
    begun: DeliveryAttempted,
    notices: Sequence[NoticeRow],
    system: Gadelys,
    texts: Texts,
    now: datetime,
) -> EmailMessage:
    """Return the message for what `begun` promised to tell."""
    register = system.rules().register
    today = register.working_days.local_day(now)
    lines = [_line(notice, system, texts, today) for notice in notices]
    urgent = any(notice.urgent for notice in notices)
    message = EmailMessage()
    message["From"] = SENDER
    message["To"] = address(begun.recipient, register)
    message["Subject"] = _subject(notices, texts, urgent=urgent)
    message["Date"] = format_datetime(begun.stamp.at)
    message["Message-ID"] = f"<{identity}@{DOMAIN}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Gadelys-Attempt"] = str(begun.attempt)
    body = [
        texts.say("mail.greeting", to=begun.recipient),
        "",
        texts.say("mail.intro_acute" if urgent else "mail.intro_digest"),
        "",
        *lines,
        "",
        texts.say("mail.why_do_i_get_this"),
        texts.say("mail.closing"),
    ]
    message.set_content("\n".join(body))
    return message


def address(recipient: Actor, register: Register) -> str:
    """Return the mail address of a unit, or of whoever answers for it."""
    fallback = register.coordinator(Authority.MUNICIPALITY)
    for actor in (recipient, behind(recipient, register), fallback):
        if register.lists(actor) and (mail := register.unit(actor).mail):
            return mail
    return register.unit(fallback).mail


def _subject(notices: Sequence[NoticeRow], texts: Texts, *, urgent: bool) -> str:
    if urgent:
        return texts.say("mail.subject_acute", number=notices[0].number)
    numbers = dict.fromkeys(notice.number for notice in notices)
    return texts.say("mail.subject_digest", count=len(numbers))


def _line(notice: NoticeRow, system: Gadelys, texts: Texts, today: date) -> str:
    if notice.topic == AbsenceNoted.TOPIC:
        return _absence(notice, texts)
    if notice.topic.startswith("publication."):
        return _publication(notice, system, texts)
    finding, _ = system.finding(notice.number)
    due = _due(notice, finding)
    calendar = system.rules().register.working_days
    late = calendar.between(due, today) if due and due < today else 0
    occasions = notice.details.get("occasions") or []
    return texts.notice(
        notice.topic,
        number=notice.number,
        category=texts.category(finding.category) if finding else None,
        due=due,
        days_late=late,
        level=notice.details.get("level"),
        occasions=[
            texts.word("occasion", f"{one['clock']}.{one['kind']}") for one in occasions
        ],
    )


def _absence(notice: NoticeRow, texts: Texts) -> str:
    told = notice.details
    return texts.notice(
        notice.topic,
        absent=Actor(told["absent"]),
        first=date.fromisoformat(told["first"]),
        last=date.fromisoformat(told["last"]),
        stands_in=Actor(told["stands_in"]),
    )


def _publication(notice: NoticeRow, system: Gadelys, texts: Texts) -> str:
    """Return the line about a text to sign; what is decided asks for nothing."""
    found = fold_publication(system.store.load(publication_stream(notice.number)))
    asks = notice.topic in {PublicationDrafted.TOPIC, PublicationReminded.TOPIC}
    waits = (
        found is not None
        and found.status is PublicationStatus.DRAFT
        and notice.recipient.authority in found.missing
    )
    return texts.notice(
        notice.topic,
        number=notice.number,
        kind=found and found.kind,
        approve_by=found and found.approve_by,
        moved_on=asks and not waits,
    )


def _due(notice: NoticeRow, finding: Finding | None) -> date | None:
    """Return the day that counts; `None` when the recipient need do no more."""
    if finding is None or not _still_concerns(notice, finding):
        return None
    if answer_due := notice.details.get("answer_due"):
        return date.fromisoformat(answer_due)
    clock = due_clock(finding)
    return finding.clocks[clock].due if clock else None


def _still_concerns(notice: NoticeRow, finding: Finding) -> bool:
    """Whether the world has not moved on since the recipient was to be told."""
    if notice.topic == FindingEscalated.TOPIC:
        return finding.is_open
    parts = [part.to for part in finding.subtasks if part.done_by is None]
    acting = (finding.next_actor, finding.responsible, *parts)
    return finding.is_open and any(
        actor is not None and actor.same_hands(notice.recipient) for actor in acting
    )
