"""Every sentence a person reads: two tables of texts, and how values look in them.

The tables have the same keys in both languages (`da.toml`, `en.toml`). A missing
text or value never stops anybody: it shows as its key or as a dash.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, tzinfo
from enum import StrEnum
from functools import cache, cached_property
from importlib import resources
from typing import Any, get_args
from zoneinfo import ZoneInfo

from domain.catalogue import EVENTS
from domain.errors import Code, DomainError, NotFound
from domain.finding.events import Occasion
from domain.messages import Event
from domain.register.model import Register
from domain.register.naming import Named
from domain.values import ERASED, RESTRICTED, WITHHELD, Actor

DASH = "–"
"""What stands where there is nothing to show."""

LANGUAGES = ("da", "en")
"""The languages there are; the first is the language of record."""

FINGERPRINT = 12
"""How many digits of a text's digest people are shown."""

NOTICE_KINDS: Mapping[str, str] = {
    "finding.reported.v1": "reported",
    "finding.assigned.v1": "assigned",
    "finding.assignment_returned.v1": "returned",
    "finding.handover_offered.v1": "handover",
    "finding.subtask_added.v1": "subtask",
    "finding.fix_reported.v1": "fixed",
    "finding.fix_rejected.v1": "rejected",
    "finding.decline_proposed.v1": "decline_proposed",
    "finding.reopened.v1": "reopened",
    "finding.reminder_raised.v1": "reminder",
    "finding.escalated.v1": "escalation",
    "finding.assignment_lapsed.v1": "lapsed",
    "finding.ownership_sought.v1": "ownership",
    "finding.ownership_unresolved.v1": "nobodys_land",
    "finding.handover_unanswered.v1": "handover_unanswered",
    "finding.handover_undecided.v1": "handover_undecided",
    "finding.handover_decided.v1": "handover_decided",
    "finding.handover_accepted.v1": "handover_accepted",
    "finding.handover_refused.v1": "handover_refused",
    "finding.decline_refused.v1": "decline_refused",
    "finding.made_joint.v1": "joint",
    "finding.deadlines_recomputed.v1": "recomputed",
    "finding.note_added.v1": "note",
    "walk.reminder_raised.v1": "walk_reminder",
    "walk.escalated.v1": "walk_escalation",
    "round.held.v1": "round",
    "roster.absence_noted.v1": "absence",
    "publication.drafted.v1": "publication_drafted",
    "publication.reminded.v1": "publication_reminded",
    "publication.lapsed.v1": "publication_lapsed",
    "publication.published.v1": "publication_published",
    "publication.withdrawn.v1": "publication_withdrawn",
}
"""The line of a mail for every fact that people are told of."""

RESIDENT_KINDS: Mapping[str, str] = {
    "finding.fix_verified.v1": "verified",
    "finding.declined.v1": "declined",
    "finding.merged.v1": "merged",
    "finding.referred.v1": "referred",
    "finding.reopened.v1": "reopened",
    "walk.request_answered.v1": "answered",
    "walk.planned.v1": "invited",
    "walk.invited.v1": "invited",
    "walk.cancelled.v1": "cancelled",
    "walk.minutes_published.v1": "minutes",
    "walk.plan_agreed.v1": "plan",
    "walk.status_due.v1": "status",
}
"""The sentence for a participant about every fact that participants are told of."""


_WORDS_OF = {
    "Action": "action",
    "Authority": "authority",
    "Channel": "channel",
    "ClockName": "clock",
    "Compartment": "compartment",
    "DeliveryChannel": "delivery_channel",
    "DeliveryState": "delivery_state",
    "Disposal": "disposal",
    "Done": "done",
    "ErasureBasis": "erasure_basis",
    "EnforcementStep": "enforcement_step",
    "Evidence": "evidence",
    "Shows": "shows",
    "GiveUpReason": "give_up_reason",
    "HandoverOutcome": "handover_outcome",
    "HoldReason": "hold_reason",
    "Kind": "kind",
    "Metric": "metric",
    "Unit": "measured_unit",
    "Looked": "looked",
    "NextStep": "next_step",
    "NoteKind": "note_kind",
    "Obligation": "obligation",
    "Relation": "relation",
    "RestrictionReason": "restriction_reason",
    "RetentionClass": "retention_class",
    "Role": "role",
    "RoundKind": "round",
    "OwnershipSource": "ownership_source",
    "PersonKind": "person_kind",
    "PublicationKind": "publication_kind",
    "Purpose": "purpose",
    "PublicationStatus": "publication_status",
    "Severity": "severity",
    "Status": "status",
    "WalkStatus": "walk_status",
    "WalkClock": "walk_clock",
    "WalkMoment": "walk_moment",
    "ReplyChannel": "reply_channel",
    "AnsweredBy": "answered_by",
    "Recomputation": "recomputation",
}
"""The table with the words of an enumeration, by the name of its class."""

_STATUSES_OF = {
    Code.PUBLICATION_NOT_READY: "publication_status",
    Code.WALK_NOT_READY: "walk_status",
}
"""The table with the words of a status that a refusal carries."""

_INSTEAD: Mapping[str, str] = {
    ERASED: "erased",
    RESTRICTED: "restricted",
    WITHHELD: "withheld",
}
"""What is said where words are not there, or not for whoever looks."""

_COUNTS = ("count", "days", "days_late")
"""Values that decide between one and many."""

_AMOUNTS = frozenset({"count", "metres"})
"""Values that can be large, and are no numbers of something else, as a year is."""

_DANISH_MARKS = str.maketrans(",.", ".,")

_ENGLISH_MONTHS = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)

Tables = Mapping[str, Mapping[str, str]]


class _Shown(dict[str, str]):
    """Values ready to print; one that is missing prints as a dash."""

    def __missing__(self, key: str) -> str:
        return DASH


@cache
def tables(lang: str) -> Tables:
    """Return all texts of one language by table and key."""
    folder = resources.files("adapters.texts")
    names = (f"{lang}.toml", f"reports.{lang}.toml", f"web.{lang}.toml")
    files = [folder.joinpath(name) for name in names]
    found: dict[str, Mapping[str, str]] = {}
    for file in files:
        found |= tomllib.loads(file.read_text(encoding="utf-8"))
    return found


def details_of(event: Event) -> dict[str, Any]:
    """Return what an event itself says, as JSON has it."""
    return event.model_dump(mode="json", exclude={"stamp"}, exclude_none=True)


class Texts:
    """The texts of one language, with the names of one register.

    Another language than `LANGUAGES` counts as Danish.
    """

    def __init__(self, lang: str, register: Register | None = None) -> None:
        self.lang = lang if lang in LANGUAGES else LANGUAGES[0]
        self._register = register

    @cached_property
    def _tables(self) -> Tables:
        return tables(self.lang)

    @cached_property
    def _zone(self) -> tzinfo:
        if self._register:
            return self._register.working_days.zone
        return ZoneInfo("Europe/Copenhagen")

    @cached_property
    def _reminding(self) -> Mapping[str, str]:
        clock = self._register.clock if self._register else None
        return {
            "remind_before": self.show(clock.remind_before_due if clock else None),
            "remind_every": self.show(clock.remind_every if clock else None),
        }

    def say(self, key: str, /, **values: object) -> str:
        """Return the text under `table.key`, filled with `values`.

        A count, or a number of days, of 1 takes the text under `key_one` if there
        is one. `{remind_before}` and `{remind_every}` are those of the register.
        """
        given = {name: self.show(value) for name, value in values.items()}
        for name in _AMOUNTS & values.keys():
            if isinstance(amount := values[name], int):
                given[name] = self.amount(amount)
        shown = {**self._reminding, **given}
        one = 1 in (values.get(name) for name in _COUNTS)
        return self._filled(
            f"{key}_one" if one and self._has(f"{key}_one") else key, shown
        )

    def fact(self, topic: str, by: str, details: Mapping[str, Any]) -> str:
        """Return what happened as a sentence without a full stop.

        Args:
            topic: the stored name of the fact.
            by: who did it.
            details: the fact's own fields as they are stored (JSON).
        """
        event = EVENTS.get(topic)
        shown = self._fields(event, details)
        told = [self._filled(f"fact.{topic}", shown | {"by": self.actor(by)})]
        for name in details:
            key = f"{topic}.{name}"
            if self._has(f"fact_extra.{key}") and _is_said(event, name, details):
                told.append(self._filled(f"fact_extra.{key}", shown))
        return "; ".join(told)

    def kind_of_fact(self, topic: str) -> str:
        """Return the beginning of the sentence that a kind of fact is told with."""
        sentence = self._filled(f"fact.{topic}", {}).replace(DASH, "…")
        return re.split(r"[:;(,]", sentence, maxsplit=1)[0].strip()

    def told(self, event: Event) -> str:
        """Return what happened as a sentence without a full stop."""
        return self.fact(event.TOPIC, event.stamp.by, details_of(event))

    def consequence(self, topic: str, by: str, details: Mapping[str, Any]) -> str:
        """Return what a step would lead to, as a whole sentence.

        Args:
            topic: the stored name of the fact that would follow.
            by: who would take the step.
            details: the fact's own fields as they would be stored (JSON).
        """
        key = f"consequence.{topic}"
        if not self._has(key):
            return self.fact(topic, by, details)
        shown = self._fields(EVENTS.get(topic), details)
        return self._filled(key, shown | {"by": self.actor(by)})

    def has(self, key: str) -> bool:
        """Whether there is a text under `table.key`."""
        return self._has(key)

    def refusal(self, error: DomainError, **known: object) -> tuple[str, str]:
        """Return what was refused and why, and what to do now.

        A refusal out of a file says where in the file it stands.

        Args:
            error: the refusal; the values it carries are shown.
            known: what the asker knows besides, such as `number=`.
        """
        context = {**known, **error.context}
        shown = {
            name: self._context(error.code, name, value)
            for name, value in context.items()
        }
        stream = str(context.get("stream", ""))
        number = stream.partition("/")[2] or self.say("say.number_word")
        shown.setdefault("number", number)
        told = [self._filled(f"refusal.{error.code}", shown)]
        for name, value in error.context.items():
            key = f"refusal_extra.{error.code}.{name}"
            if value and self._has(key):
                told.append(self._filled(key, shown))
        if "entry" in context:
            told.append(self._filled("say.place_in_file", shown))
            return " ".join(told), self.say("say.mend_file")
        return " ".join(told), self._filled(f"hint.{error.code}", shown)

    def notice(self, topic: str, **values: object) -> str:
        """Return the lines of a mail about a fact of this topic, with a hint."""
        line = self.notice_line(topic, **values)
        hint = self.notice_hint(topic, **values)
        return f"{line}\n  {hint}" if hint else line

    def notice_line(self, topic: str, **values: object) -> str:
        """Return the sentence of a mail about a fact of this topic.

        With `days_late` above 0 a late case is said to be late; with `due=None`
        the case has ended since, and nobody has to do more. A publication with
        `moved_on=True` needs no approval any more.
        """
        thing = topic.partition(".")[0]
        kind = NOTICE_KINDS.get(topic, "other")
        if kind == "other" and thing != "finding":
            own = f"other_{thing}"
            kind = own if self._has(f"mail.{own}") else "other_news"
        late = values.get("days_late")
        if "due" in values and values["due"] is None:
            kind = "closed_since"
        elif isinstance(late, int) and late > 0 and self._has(f"mail.{kind}_late"):
            kind = f"{kind}_late"
        elif thing == "publication" and values.get("moved_on"):
            kind = "publication_moved_on"
        elif "listed" in values:
            kind = "retention"
        return self.say(f"mail.{kind}", **values)

    def notice_hint(self, topic: str, **values: object) -> str:
        """Return the command that shows what a fact of this topic is about, if any."""
        thing = topic.partition(".")[0]
        if "listed" in values:
            thing = "retention"
        hint = f"mail.{'case' if thing == 'finding' else thing}_hint"
        return self.say(hint, **values) if self._has(hint) else ""

    def resident(self, topic: str, **values: object) -> str:
        """Return the sentence for a participant about a fact of this topic."""
        thing = topic.partition(".")[0]
        other = thing if thing in {"finding", "walk"} else "news"
        kind = RESIDENT_KINDS.get(topic, other)
        return self.say(f"mail.resident_{kind}", **values)

    def show(self, value: object) -> str:
        """Return any value as people of this language read it."""
        match value:
            case None:
                return DASH
            case bool():
                return self.say("say.yes" if value else "say.no")
            case datetime():
                return self._moment(value)
            case date():
                return self._day(value)
            case Actor():
                return self.actor(value)
            case StrEnum():
                return self.word(_WORDS_OF.get(type(value).__name__, ""), value)
            case Occasion():
                return self.word("occasion", f"{value.clock}.{value.kind}")
            case float():
                return str(value).replace(".", "," if self.lang == "da" else ".")
            case str():
                return self._instead(value)
            case Mapping() | Iterable():
                return self._listed(list(value))
            case _:
                return str(value)

    def amount(self, value: float) -> str:
        """Return how many or how much, with a mark between the thousands."""
        whole = int(value)
        shown = f"{whole if whole == value else float(value):,}"
        return shown.translate(_DANISH_MARKS) if self.lang == "da" else shown

    def _instead(self, value: str) -> str:
        """Return what people wrote, or what is said where it cannot be shown."""
        name = _INSTEAD.get(value)
        return self.say(f"say.{name}") if name else str(value)

    def _listed(self, items: Sequence[object]) -> str:
        """Return many values as one; names have commas of their own."""
        people = bool(items) and all(isinstance(item, Actor) for item in items)
        between = f" {self.say('say.and')} " if people else ", "
        return between.join(self.show(item) for item in items) or DASH

    def word(self, table: str, code: str) -> str:
        """Return the word for `code` in a table of words, or `code` itself."""
        return self._tables.get(table, {}).get(str(code), str(code))

    def status(self, status: str) -> str:
        """Return the status of a finding or a walk, to stand alone."""
        table = _WORDS_OF.get(type(status).__name__, "status")
        word = self.word(table, status)
        return word[:1].upper() + word[1:]

    def category(self, code: str) -> str:
        """Return the category's name in the register, or `code` itself."""
        if self._register:
            with suppress(NotFound):
                return self.show_named(self._register.category(code))
        return code

    def reason(self, code: str) -> str:
        """Return the name of a reason or a legal basis, or `code` itself."""
        if self._register:
            rules = self._register
            lists = (rules.hold_reasons, rules.decline_reasons, rules.legal_bases)
            for reason in (reason for reasons in lists for reason in reasons):
                if reason.code == code:
                    return self.show_named(reason)
        return code

    def season(self, code: str) -> str:
        """Return the name of a season, or `code` itself."""
        if self._register:
            with suppress(NotFound):
                return self.show_named(self._register.season(code))
        return code

    def focus_area(self, code: str) -> str:
        """Return a focus area with its name in the register, or `code` itself."""
        for area in self._register.focus_areas if self._register else ():
            if area.code == code:
                return f"{code} {self.show_named(area)}"
        return code

    def group(self, code: str) -> str:
        """Return the name of a group that takes part, or `code` itself.

        Walk files write `local_council` where a register has `local-council`.
        """
        for group in self._register.groups if self._register else ():
            if group.id in {code, code.replace("_", "-")}:
                return self.show_named(group)
        return code

    def actor(self, actor: str | None) -> str:
        """Return the unit's or group's name with the staff id, if one is known."""
        if actor is None:
            return DASH
        if actor in self._tables["person"]:
            return self.word("person", actor)
        try:
            known = Actor.parse(actor)
        except ValueError:
            return self.word("authority", actor)
        name = self._name(known)
        return f"{name} ({known.person})" if known.person else name

    def _name(self, actor: Actor) -> str:
        authority, _, group = actor.unit.partition("/")
        if authority == "participant" and (name := self.group(group)) != group:
            return name
        if self._register:
            if overseer := self._register.overseer(actor):
                return self.show_named(overseer)
            with suppress(NotFound):
                return self.show_named(self._register.unit(actor))
        return str(actor.unit)

    def show_named(self, named: Named) -> str:
        """Return a name of the register in this language."""
        return named.da if self.lang == "da" else named.en

    def _day(self, day: date) -> str:
        if self.lang == "da":
            return f"{day:%d.%m.%Y}"
        return f"{day.day} {_ENGLISH_MONTHS[day.month - 1]} {day.year}"

    def _moment(self, moment: datetime) -> str:
        local = moment.astimezone(self._zone) if moment.tzinfo else moment
        clock = f"{local:%H.%M}" if self.lang == "da" else f"{local:%H:%M}"
        return f"{self._day(local.date())} {clock}"

    def _has(self, key: str) -> bool:
        table, _, name = key.partition(".")
        return name in self._tables.get(table, {})

    def _filled(self, key: str, shown: Mapping[str, str]) -> str:
        table, _, name = key.partition(".")
        template = self._tables.get(table, {}).get(name, key)
        return template.format_map(_Shown(shown))

    def _fields(
        self, event: type[Event] | None, details: Mapping[str, Any]
    ) -> dict[str, str]:
        return {
            name: self._field(event, name, value) for name, value in details.items()
        }

    def _field(self, event: type[Event] | None, name: str, value: object) -> str:
        """Return one stored field of a fact; free text stays as it was written."""
        match name, value:
            case "category", str():
                return self.category(value)
            case "category", {"code": code}:
                return self.category(str(code))
            case "reason_code" | "legal_basis", str():
                return self.reason(value)
            case "groups", list():
                return ", ".join(self.group(str(group)) for group in value) or DASH
            case "stops", list():
                return " → ".join(str(one["name"]) for one in value) or DASH
            case "occasions", list():
                return ", ".join(self._occasion(one) for one in value) or DASH
            case "approve_by" | "called_at", str():
                return self.show(_moment_of(value))
            case "parts", list():
                return "; ".join(self._part(one) for one in value) or DASH
            case "content" | "digest", str():
                return value[:FINGERPRINT]
            case "changes", list():
                return "; ".join(self._new_due(one) for one in value) or DASH
            case "notices", list():
                return str(len(value))
            case "point", {"lat": lat, "lon": lon}:
                return f"{lat}, {lon}"
            case "plan", {"area": area, "starts_at": str() as starts_at}:
                return f"{area}, {self.show(_moment_of(starts_at))}"
            case "description", {"title": {"da": str() as da, "en": str() as en}}:
                return da if self.lang == "da" else en
            case "cell", {"metric": metric, "area": area, "year": year}:
                return f"{self.word('metric', str(metric))}, {area}, {year}"
            case "figure", {"value": value, "unit": unit}:
                shown = self.show(value)
                return f"{shown} %" if unit == "percent" else shown
            case "attendance", {"participants": list() as groups}:
                return str(sum(int(count) for _, count in groups))
            case "attendance", list():
                return ", ".join(f"{self.group(str(one))} {n}" for one, n in value)
            case _:
                pass
        field = event.model_fields.get(name) if event else None
        return self.show(_revived(_classes(field.annotation if field else None), value))

    def _new_due(self, stored: object) -> str:
        match stored:
            case {"clock": clock, "before": str() as before, "after": str() as after}:
                days = f"{self.show(_day_of(before))} → {self.show(_day_of(after))}"
                return f"{self.word('walk_clock', str(clock))} {days}"
            case {"clock": clock, "due": str() as due}:
                return f"{self.word('clock', str(clock))} {self.show(_day_of(due))}"
            case _:
                return str(stored)

    def _figure(self, code: str) -> str:
        """Return the name of a figure or a breakdown of the report."""
        name = (
            f"council.by_{code}" if self._has(f"council.by_{code}") else f"kpi.{code}"
        )
        return self.say(name)

    def _part(self, stored: object) -> str:
        match stored:
            case {"subtask": name, "to": to} if name == to:
                return self.actor(str(to))
            case {"subtask": name, "to": to}:
                return f"{self.actor(str(to))} ({name})"
            case _:
                return str(stored)

    def _occasion(self, stored: object) -> str:
        match stored:
            case {"clock": clock, "kind": kind}:
                return self.word("occasion", f"{clock}.{kind}")
            case _:
                return str(stored)

    def _context(self, code: Code, name: str, value: object) -> str:
        """Return one value that a refusal carries."""
        match name, value:
            case "field", str():
                return self.word("field", value)
            case "date" | "day" | "ended_on" | "earliest", str():
                return self.show(_day_of(value))
            case "since" | "approve_by", str():
                return self.show(_moment_of(value))
            case "missing" | "differs", list() | tuple():
                return ", ".join(self.word("field", str(one)) for one in value)
            case "to" | "by" | "owner" | "unit" | "contact" | "lead", str():
                between = f" {self.say('say.and')} "
                return between.join(self.actor(one) for one in value.split(", "))
            case "involved", list() | tuple():
                return self._listed([Actor(one) for one in value])
            case "category", str():
                return self.category(value)
            case "season", str():
                return self.season(value)
            case "figures", list() | tuple():
                return ", ".join(self._figure(str(one)) for one in value) or DASH
            case "asked", list() | tuple():
                words = (self.word("ownership_source", str(one)) for one in value)
                return ", ".join(words) or DASH
            case "reason", str():
                return self.reason(value)
            case "problem", str():
                return self.word("problem", value)
            case "status", str() if not isinstance(value, StrEnum):
                return self.word("status", value)
            case "needed", list() | tuple():
                table = _STATUSES_OF.get(code, "status")
                return ", ".join(self.word(table, str(one)) for one in value) or DASH
            case "lat" | "lon", float():
                return str(value)
            case "content" | "seen" | "current", str():
                return value[:FINGERPRINT]
            case _:
                return self.show(value)


def _is_said(event: type[Event] | None, name: str, details: Mapping[str, Any]) -> bool:
    """Whether a field holds something else than what it holds by default."""
    field = event.model_fields.get(name) if event else None
    value = details[name]
    return bool(value) and not (field and value == field.default)


def _classes(annotation: object) -> frozenset[type]:
    """Return every class that an annotation mentions."""
    if isinstance(annotation, type) and not get_args(annotation):
        return frozenset({annotation})
    inner = [_classes(argument) for argument in get_args(annotation)]
    return frozenset().union(*inner)


def _revived(classes: frozenset[type], value: object) -> object:
    """Return a stored value as what it was; what cannot be read stays as it is."""
    if isinstance(value, list | tuple):
        return tuple(_revived(classes, item) for item in value)
    if not isinstance(value, str):
        return value
    if date in classes:
        return _day_of(value)
    for kind in classes:
        with suppress(ValueError):
            if issubclass(kind, Actor):
                return kind.parse(value)
            if issubclass(kind, StrEnum):
                return kind(value)
    return value


def _day_of(text: str) -> object:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return _moment_of(text)


def _moment_of(text: str) -> object:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return text
