"""The commands of a walk file as verbs; a table, so that the two cannot differ."""

from dataclasses import dataclass

TEXTS = frozenset(
    {
        *("text", "reason", "place", "purpose", "legal_basis", "summary", "reasons"),
        *("complaint", "subtask", "contact", "audience", "attendance", "link"),
        *("forum", "area", "theme", "groups", "learnings", "stops"),
    }
)
"""Options in which people write what they like: it is looked through for persons."""

WITHOUT_TEXTS = frozenset({"note_answered"})
"""Its contact is an actor, and no words."""


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb; options without which it makes no sense are `required`."""

    name: str
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()

    @property
    def on_the_line(self) -> str:
        """The verb as people type it."""
        return self.name.replace("_", "-")

    @property
    def tells(self) -> bool:
        """Whether anything is told in words that nobody chose beforehand."""
        options = (*self.required, *self.optional)
        return self.name not in WITHOUT_TEXTS and not TEXTS.isdisjoint(options)


VERIFY = Verb("verify", (), ("evidence", "same_point", "after_dark"))
"""Shares its word with the check of the whole history."""

VERBS = (
    Verb("log_call", ("called_at", "whom")),
    Verb("assign", ("to",)),
    Verb("accept"),
    Verb("return", ("reason",)),
    Verb("seek_owner"),
    Verb("look_up_owner", ("source",), ("owner",)),
    Verb("dispute_owner", ("reason",), ("proposed",)),
    Verb("hand_over", ("to", "purpose", "legal_basis"), ("summary",)),
    Verb("accept_handover"),
    Verb("refuse_handover", ("reason",)),
    Verb("decide_handover", ("outcome", "reason")),
    Verb("hold", ("reason_code",), ("review_on", "waiting_for", "meeting_on")),
    Verb("resume"),
    Verb(
        "enforce",
        ("step", "owner"),
        ("deadline", "legal_basis", "reasons", "complaint"),
    ),
    Verb("add_subtask", ("subtask", "to"), ("due", "contact")),
    Verb("complete_subtask", ("subtask",)),
    Verb(
        "mark_fixed",
        ("evidence",),
        ("count", "held_on", "attendance", "audience"),
    ),
    Verb("move_verification", ("verify_due", "reason")),
    VERIFY,
    Verb("reject_fix", ("reason",)),
    Verb("propose_decline", ("reason_code", "reason"), ("refer_to", "link")),
    Verb("approve_decline"),
    Verb("refuse_decline", ("reason",)),
    Verb("merge_into", ("master",)),
    Verb("refer_out", ("forum",), ("walk",)),
    Verb("reopen", ("reason",)),
    Verb("change_deadline", ("fix_due", "reason")),
    Verb("correct", ("reason",), ("category", "text", "place", "lat", "lon")),
    Verb("note", ("text",)),
)

REPORT = Verb(
    "report",
    ("category", "text"),
    (
        *("lat", "lon", "place", "walk", "channel", "severity"),
        *("follows", "called_at"),
    ),
)
"""Shares its word with the reports; its number may be left to the program."""

WALK_VERBS = (
    Verb("request", ("area",), ("theme",)),
    Verb("answer", ("accepted",), ("reason", "walk_on")),
    Verb(
        "plan",
        ("area", "starts_at", "ends_at"),
        ("theme", "owners", "follow_up_on"),
    ),
    Verb("set_route", ("stops",)),
    Verb("invite", ("groups",)),
    Verb(
        "record",
        ("area", "starts_at", "ends_at"),
        ("theme", "minutes_due", "follow_up_on"),
    ),
    Verb("draft_minutes"),
    Verb("approve_minutes"),
    Verb("publish_minutes", ("publication",)),
    Verb("agree_plan", (), ("publication",)),
    Verb("report_back", ("informed",)),
    Verb("follow_up"),
    Verb("evaluate", ("learnings",), ("helped",)),
    Verb("close"),
    Verb("cancel", ("reason",)),
    Verb("note_answered", ("contact", "how")),
)
"""All but `ask_answer`, which keeps an address before it submits anything."""

IN_PLAN = frozenset({"area", "theme", "starts_at", "ends_at"})
"""Options of `plan` and `record` that together are the walk's plan."""
