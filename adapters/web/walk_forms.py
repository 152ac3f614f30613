"""What can be asked of a walk, as forms; from a filled-in form to a command."""

from collections.abc import Mapping
from typing import Any

from adapters.texts import DASH
from adapters.web.building import BadFields, Typed, built, is_filled, read_field
from adapters.web.forms import Field, Kind, Source
from domain.errors import Code, Refused
from domain.messages import Stamp
from domain.publication.events import PublicationKind
from domain.register.model import Register
from domain.values import WalkNumber
from domain.walk.commands import BY_NAME, PersonWalkCommand
from domain.walk.decide import BEFORE_WALK
from domain.walk.state import SafetyWalk, WalkStatus

AREA = Field("area", Kind.LINE, required=True)
THEME = Field("theme", Kind.LINE)
REASON = Field("reason", Kind.TEXT, required=True)
FOLLOW_UP = Field("follow_up_on", Kind.DAY)

PLAN = (
    AREA,
    THEME,
    Field("starts_at", Kind.MOMENT, required=True),
    Field("ends_at", Kind.MOMENT, required=True),
    Field("meeting_point", Kind.LINE),
    Field("point", Kind.POINT),
    Field("route_length_m", Kind.NUMBER),
)
"""Where and when people walk; one value of the command."""

WALK_FORMS: Mapping[str, tuple[Field, ...]] = {
    "request": (AREA, THEME),
    "answer": (
        Field("accepted", Kind.CHECK),
        Field("walk_on", Kind.DAY),
        Field("reason", Kind.TEXT),
    ),
    "plan": (
        *PLAN,
        Field("owners", Kind.MANY, Source.UNITS, required=True),
        Field("follow_up_on", Kind.DAY, required=True),
    ),
    "invite": (Field("groups", Kind.MANY, Source.GROUPS, required=True),),
    "record": (
        *PLAN,
        Field("attendance", Kind.GROUPS),
        Field("weather", Kind.LINE),
        Field("light", Kind.LINE),
        Field("minutes_due", Kind.DAY),
        FOLLOW_UP,
    ),
    "publish_minutes": (),
    "agree_plan": (),
    "report_back": (Field("informed", Kind.NUMBER, required=True),),
    "follow_up": (),
    "evaluate": (
        Field("learnings", Kind.TEXT, required=True),
        Field("helped", Kind.NUMBER),
    ),
    "close": (),
    "cancel": (REASON,),
}
"""All that a coordinator asks of a walk; minutes have a page of their own."""

NEXT: Mapping[WalkStatus, str] = {
    WalkStatus.REQUESTED: "answer",
    WalkStatus.PLANNED: "invite",
    WalkStatus.INVITED: "record",
    WalkStatus.WALKED: "minutes",
    WalkStatus.MINUTES_DRAFT: "publish_minutes",
    WalkStatus.MINUTES_PUBLISHED: "agree_plan",
    WalkStatus.PLAN_AGREED: "report_back",
    WalkStatus.REPORTED_BACK: "follow_up",
    WalkStatus.FOLLOWED_UP: "evaluate",
    WalkStatus.EVALUATED: "close",
}
"""The one thing that a walk waits for."""


def next_of(walk: SafetyWalk) -> str:
    """Return what a walk waits for; nothing when it has ended."""
    if walk.status is WalkStatus.REQUESTED and walk.answered_at:
        return "plan"
    return NEXT.get(walk.status, "")


def others_of(walk: SafetyWalk) -> list[str]:
    """Return what else can be asked of it now."""
    if walk.status not in BEFORE_WALK:
        return ["minutes"] if walk.status is WalkStatus.MINUTES_DRAFT else []
    can_plan = walk.status is not WalkStatus.INVITED
    names = [*(["plan"] if can_plan else []), "record", "cancel"]
    return [name for name in names if name != next_of(walk)]


def walk_command_of(
    name: str,
    number: WalkNumber,
    typed: Typed,
    stamp: Stamp,
    register: Register,
    texts: Mapping[str, str],
) -> PersonWalkCommand:
    """Return what a form asks for.

    `texts` are the signed texts of the walk, by their kind.

    Raises: BadFields; Refused (not_signed).
    """
    fields = WALK_FORMS[name]
    missing = [one for one in fields if one.required and not is_filled(one, typed)]
    if missing:
        names = [one.name for one in missing]
        raise BadFields(dict.fromkeys(names, "web.field_missing"))
    told = {
        one.name: read_field(one, typed, register)
        for one in fields
        if is_filled(one, typed)
    }
    body = {"number": number, "stamp": stamp, **_shaped(name, told)}
    if name == "answer":
        body["accepted"] = bool(told.get("accepted"))
    signed = texts.get(PublicationKind.MINUTES if name == "publish_minutes" else "plan")
    if name in {"publish_minutes", "agree_plan"} and signed:
        body["publication"] = signed
    elif name == "publish_minutes":
        raise Refused(Code.NOT_SIGNED, publication=DASH, walk=number)
    command: PersonWalkCommand = built(BY_NAME[name], body)
    return command


def _shaped(name: str, told: dict[str, Any]) -> dict[str, Any]:
    """Put the parts of a plan, and who came, where the command has them."""
    if name not in {"plan", "record"}:
        return told
    parts = {field.name for field in PLAN}
    plan = {key: value for key, value in told.items() if key in parts}
    words, point = plan.pop("meeting_point", ""), plan.pop("point", None)
    if point:
        plan["meeting_point"] = {**point, "text": words}
    elif words:
        raise BadFields({"point": "web.field_missing"})
    rest = {key: value for key, value in told.items() if key not in parts}
    if name == "record":
        came = {"participants": rest.pop("attendance", ())}
        seen = {key: rest.pop(key) for key in ("weather", "light") if key in rest}
        rest["attendance"] = {**came, **seen}
    return {"plan": plan, **rest}
