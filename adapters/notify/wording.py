"""What a message says, before it becomes a mail or a letter.

Numbers, categories and dates; never what people wrote. A unit reads what it must
do, a participant what became of what they saw.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from adapters.notify.concerns import due_day
from adapters.notify.round_lists import half_year_of, lines_of, week_of
from adapters.retaining import due_on
from adapters.system import Gadelys
from adapters.texts import Texts
from domain.finding.events import DeclineProposed
from domain.messages import Recorded
from domain.publication.commands import stream_of as publication_stream
from domain.publication.events import PublicationDrafted, PublicationReminded
from domain.publication.state import PublicationStatus
from domain.publication.state import fold as fold_publication
from domain.rounds import RoundKind
from domain.values import Actor
from domain.walk.events import WalkHeld, WalkPlanned
from projections.notices import NoticeRow

PAGES: Mapping[str, str] = {
    "finding": "cases",
    "walk": "walks",
    "publication": "publications",
    "roster": "roster",
}
"""Where the web shows what a stream is about."""

PUBLIC_PAGES: Mapping[str, str] = {
    "finding": "public/cases",
    "walk": "public/walks",
    "publication": "public/publications",
}
"""The same for those who do not log in."""


@dataclass(frozen=True, slots=True)
class Item:
    """One sentence; `link` opens what it is about, `hint` is the command for it.

    `lines` are what it is made up of, one below the other.
    """

    text: str
    hint: str = ""
    link: str | None = None
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wording:
    """A whole message in one language; `closing` are paragraphs."""

    lang: str
    subject: str
    greeting: str
    intro: str
    items: tuple[Item, ...]
    closing: tuple[str, ...]
    open_link: str

    @property
    def text(self) -> str:
        """The message as plain text."""
        lines = [line for item in self.items for line in _lines(item)]
        return "\n".join([self.greeting, "", self.intro, "", *lines, "", *self.closing])


def for_unit(
    to: Actor,
    notices: Sequence[NoticeRow],
    system: Gadelys,
    texts: Texts,
    now: datetime,
) -> Wording:
    """Return what a unit is told."""
    today = system.rules().register.working_days.local_day(now)
    urgent = any(notice.urgent for notice in notices)
    about_cases = any(notice.stream.startswith("finding/") for notice in notices)
    intro = ("acute" if urgent else "digest") if about_cases else None
    intro = intro or ("urgent" if urgent else "news")
    return Wording(
        lang=texts.lang,
        subject=_subject(notices, texts, intro),
        greeting=texts.say("mail.greeting", to=to),
        intro=texts.say(f"mail.intro_{intro}"),
        items=tuple(_item(notice, system, texts, today) for notice in notices),
        closing=(
            texts.say("mail.why_do_i_get_this"),
            texts.say("mail.closing"),
        ),
        open_link=texts.say("mail.open_link"),
    )


def for_resident(
    notices: Sequence[NoticeRow], system: Gadelys, texts: Texts, coordinator: str
) -> Wording:
    """Return what a participant is told, and how to hear no more."""
    items = tuple(
        Item(
            text=texts.resident(notice.topic, **_told(notice, system, texts)),
            link=_link(notice, system, PUBLIC_PAGES),
        )
        for notice in notices
    )
    numbers = dict.fromkeys(notice.number for notice in notices)
    subject = (
        texts.say("mail.resident_subject", number=next(iter(numbers)))
        if len(numbers) == 1
        else texts.say("mail.resident_subject_many")
    )
    return Wording(
        lang=texts.lang,
        subject=subject,
        greeting=texts.say("mail.resident_greeting"),
        intro=texts.say("mail.resident_intro"),
        items=tuple(dict.fromkeys(items)),
        closing=(
            texts.say("mail.resident_stop", coordinator=coordinator),
            texts.say("mail.resident_closing"),
        ),
        open_link=texts.say("mail.open_link"),
    )


def _lines(item: Item) -> list[str]:
    below = item.link or item.hint
    told = [item.text, *(f"  {line}" for line in item.lines)]
    return [*told, f"  {below}"] if below else told


def _subject(notices: Sequence[NoticeRow], texts: Texts, intro: str) -> str:
    if intro in {"acute", "urgent"}:
        return texts.say(f"mail.subject_{intro}", number=notices[0].number)
    count = len(dict.fromkeys(notice.stream for notice in notices))
    return texts.say(f"mail.subject_{intro}", count=count)


def _link(notice: NoticeRow, system: Gadelys, pages: Mapping[str, str]) -> str | None:
    base = system.settings.public_url
    page = pages.get(notice.stream.partition("/")[0])
    return f"{base.rstrip('/')}/{page}/{notice.number}" if base and page else None


def _item(notice: NoticeRow, system: Gadelys, texts: Texts, today: date) -> Item:
    kind = notice.details.get("kind") if notice.stream.startswith("round/") else None
    if kind == RoundKind.HALF_YEARLY_STATUS:
        return _half_year(notice, system, texts)
    values = _values(notice, system, texts, today)
    return Item(
        text=texts.notice_line(notice.topic, **values),
        hint=texts.notice_hint(notice.topic, **values),
        link=_link(notice, system, PAGES),
        lines=tuple(lines_of(week_of(notice, system, today), system, texts, today))
        if kind == RoundKind.WEEKLY_LIST
        else (),
    )


def _half_year(notice: NoticeRow, system: Gadelys, texts: Texts) -> Item:
    """Return how the past half-year went, and where its report is laid before both."""
    half = half_year_of(notice, system, texts)
    base = system.settings.public_url
    days = {"first": half.first, "last": half.last}
    return Item(
        text=texts.say("mail.half_year", **days),
        hint=texts.say(
            "mail.half_year_hint", begin=str(half.first), end=str(half.last)
        ),
        link=f"{base.rstrip('/')}/{half.path}" if base else None,
        lines=(*half.told, texts.say("mail.half_year_next")),
    )


def _values(
    notice: NoticeRow, system: Gadelys, texts: Texts, today: date
) -> dict[str, object]:
    values: dict[str, object] = {**_details(notice, texts), "number": notice.number}
    match notice.stream.partition("/")[0]:
        case "finding":
            return values | _of_finding(notice, system, texts, today)
        case "publication":
            return values | _of_publication(notice, system)
        case "round" if notice.details["kind"] == RoundKind.RETENTION_LIST:
            return values | _what_is_kept_long_enough(notice, system, texts, today)
        case "round":
            return values | _week(notice, system, texts, today)
        case _:
            return values | _lateness(values.get("due"), system, today)


def _details(notice: NoticeRow, texts: Texts) -> dict[str, object]:
    """Return what the fact itself says, ready to be shown."""
    return {
        name: _shown(notice, name, value, texts)
        for name, value in notice.details.items()
    }


def _shown(notice: NoticeRow, name: str, value: object, texts: Texts) -> object:
    match name, value:
        case "occasions", list():
            return [
                texts.word("occasion", f"{one['clock']}.{one['kind']}") for one in value
            ]
        case "absent" | "stands_in", str():
            return Actor(value)
        case "clock", str() if notice.stream.startswith("walk/"):
            return texts.word("walk_clock", value)
        case "kind", str() if notice.stream.startswith("walk/"):
            return texts.word("walk_moment", value)
        case _, str():
            return _moment_or_day(value)
        case _:
            return value


def _moment_or_day(text: str) -> object:
    for read in (date.fromisoformat, datetime.fromisoformat):
        try:
            return read(text)
        except ValueError:
            continue
    return text


def _of_finding(
    notice: NoticeRow, system: Gadelys, texts: Texts, today: date
) -> dict[str, object]:
    finding, _ = system.finding(notice.number)
    due = due_day(notice, finding, system.rules(), today)
    return {
        "category": texts.category(finding.category) if finding else None,
        "due": due,
        **_lateness(due, system, today),
    }


def _lateness(due: object, system: Gadelys, today: date) -> dict[str, object]:
    if not isinstance(due, date):
        return {"days_late": 0}
    calendar = system.rules().register.working_days
    return {"days_late": calendar.between(due, today) if due < today else 0}


def _of_publication(notice: NoticeRow, system: Gadelys) -> dict[str, object]:
    """Return what is known of a text to sign; what is decided asks for nothing."""
    found = fold_publication(system.store.load(publication_stream(notice.number)))
    asks = notice.topic in {PublicationDrafted.TOPIC, PublicationReminded.TOPIC}
    waits = (
        found is not None
        and found.status is PublicationStatus.DRAFT
        and notice.recipient.authority in found.missing
    )
    return {
        "kind": found and found.kind,
        "approve_by": found and found.approve_by,
        "moved_on": asks and not waits,
    }


def _week(
    notice: NoticeRow, system: Gadelys, texts: Texts, today: date
) -> dict[str, object]:
    """Return how many cases of the reader's authority are open, late, due this week."""
    week = week_of(notice, system, today)
    return {
        "title": texts.word("round", notice.details["kind"]),
        "open": week.opened,
        "late": len(week.late),
        "due": len(week.due),
    }


def _what_is_kept_long_enough(
    notice: NoticeRow, system: Gadelys, texts: Texts, today: date
) -> dict[str, object]:
    """Return how much of what the reader answers for is due, and how much is held."""
    listed = due_on(system, today)
    mine = [one for one in listed if one.responsible.same_hands(notice.recipient)]
    return {
        "title": texts.word("round", notice.details["kind"]),
        "listed": len(mine),
        "held": sum(one.subject.held is not None for one in mine),
    }


def _told(notice: NoticeRow, system: Gadelys, texts: Texts) -> dict[str, object]:
    """Return what a sentence for a participant needs besides the fact itself."""
    values = {**_details(notice, texts), "number": notice.number}
    history = system.store.load(notice.stream)[: notice.version]
    match notice.stream.partition("/")[0]:
        case "finding":
            return values | {"reason": _declined_because(history, texts)}
        case "walk":
            return values | {"starts_at": _begin(history)}
        case _:
            return values


def _declined_because(history: Sequence[Recorded], texts: Texts) -> str | None:
    """Return the published name of the reason; never what somebody wrote."""
    for fact in reversed(history):
        if isinstance(fact.event, DeclineProposed):
            return texts.reason(fact.event.reason_code)
    return None


def _begin(history: Sequence[Recorded]) -> datetime | None:
    for fact in reversed(history):
        if isinstance(fact.event, WalkPlanned | WalkHeld):
            return fact.event.plan.starts_at
    return None
