"""One example of everything: people, days, a register, a case and a walk.

The case is a dark lamp, `LGT-FAIL`: 2, 10 and 5 working days to acknowledge, fix
and verify. Reported Friday 9 October 2026, so due Friday 23 October. The clock
stands at noon on Wednesday 21 October unless a test says otherwise.
"""

from collections.abc import Mapping
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from adapters.files.register_file import read_register
from domain.finding.commands import (
    AcceptAssignment,
    AcceptHandover,
    AddNote,
    AddPhoto,
    AddSubtask,
    ApproveDecline,
    AssignFinding,
    ChangeDeadline,
    CompleteSubtask,
    CorrectFinding,
    DecideHandover,
    DisputeOwner,
    EnforceStep,
    HandOver,
    HoldFinding,
    LogCall,
    LookUpOwner,
    MarkFixed,
    MergeInto,
    MoveVerification,
    PersonCommand,
    ProposeDecline,
    ReferOut,
    RefuseDecline,
    RefuseHandover,
    RejectFix,
    ReopenFinding,
    ReportFinding,
    ResumeFinding,
    ReturnAssignment,
    SeekOwner,
    TakeStep,
    VerifyFix,
)
from domain.finding.events import (
    DeclineProposed,
    EnforcementStep,
    FindingAssigned,
    FindingDeclined,
    FindingEvent,
    FindingMerged,
    FindingPutOnHold,
    FindingReferred,
    FindingReported,
    FixReported,
    FixVerified,
    HandoverOffered,
    HandoverOutcome,
    OwnershipSource,
    SubtaskAdded,
    SubtaskCompleted,
)
from domain.finding.state import Status
from domain.measurement.commands import (
    AnyMeasurementCommand,
    CorrectValue,
    DescribeSeries,
    ListArea,
    RecordIndicator,
    RecordValue,
    WithdrawValue,
)
from domain.measurement.terms import Cell, Description, Figure
from domain.messages import Stamp, derived_id
from domain.register.model import Register
from domain.values import (
    CLOCK,
    Actor,
    Channel,
    Evidence,
    Kind,
    Point,
    Severity,
    Shows,
)
from domain.walk.events import Attendance, MeetingPoint, Stop, WalkPlan

ROOT = Path(__file__).parent.parent
REGISTER_FILE = ROOT / "examples" / "registers" / "aalborg.toml"


@cache
def register() -> Register:
    """Return the example register, read once."""
    return read_register(REGISTER_FILE)


def changed_rules(base: Register | None = None, /, **changes: Any) -> Register:
    """Return a register with some of its parts changed: `limits={"hold_days": 5}`.

    A table is changed key by key; everything else is put in its place whole.
    """
    body = (base or register()).model_dump(by_alias=True, mode="json")
    for name, new in changes.items():
        body[name] = {**body[name], **new} if isinstance(new, dict) else new
    return Register.model_validate(body)


def with_category(
    code: str = "LGT-FAIL", base: Register | None = None, /, **changes: Any
) -> Register:
    """Return a register in which one category is another."""
    rules = base or register()
    categories = [
        category.model_dump(mode="json") | (changes if category.code == code else {})
        for category in rules.categories
    ]
    return changed_rules(rules, categories=categories)


def without_unit(unit: Actor, base: Register | None = None, /) -> Register:
    """Return a register that does not list a unit; the coordinator takes its place."""
    rules = base or register()
    body = rules.model_dump(by_alias=True, mode="json")
    units = [one for one in body["units"] if one["id"] != unit]
    named = ("leader", "responsible", "parent", "suggested_unit")
    for one in (*units, *body["categories"]):
        one |= {name: COORDINATOR for name in named if one.get(name) == unit}
    return changed_rules(rules, units=units, categories=body["categories"])


SMALL_REGISTER = Register.model_validate(
    {
        "schema": "register/1",
        "title": {"da": "Lille kommune", "en": "Small municipality"},
        "bounds": {"south": 54.4, "north": 57.9, "west": 7.9, "east": 15.3},
        "calendar": {
            "country": "DK",
            "first_year": 2026,
            "last_year": 2027,
            "closing_days": ["12-24"],
            "extra_closing_days": ["2026-05-15"],
            "public_holidays": ["2026-12-25", "2027-01-01"],
        },
        "clock": {
            "remind_at": "08:00",
            "digest_at": "08:30",
            "time_zone": "Europe/Copenhagen",
            "remind_before_due": 3,
            "remind_every": 5,
        },
        "limits": {
            "hold_days": 40,
            "reopen_days": 90,
            "handover_days": 3,
            "text_length": 4000,
        },
        "coordinators": {
            "municipality": "municipality/coordinator",
            "police": "police/prevention",
        },
        "escalation": [
            {"level": 1, "after": 1, "to": ["team"], "da": "Enheden", "en": "The unit"}
        ],
        "units": [
            {
                "id": "municipality/coordinator",
                "da": "Vandringsleder",
                "en": "Walk coordinator",
                "mail": "vandring@kommune.example",
                "leader": "police/prevention",
            },
            {
                "id": "police/prevention",
                "da": "Forebyggelse",
                "en": "Prevention",
                "mail": "forebyggelse@politi.example",
            },
            {
                "id": "partner/grid",
                "da": "Netselskab",
                "en": "Grid company",
                "mail": "net@netselskab.example",
                "responsible": "municipality/coordinator",
            },
        ],
        "groups": [{"id": "residents", "da": "Beboere", "en": "Residents"}],
        "categories": [
            {
                "code": "LGT-FAIL",
                "da": "Lampe slukket",
                "en": "Lamp out",
                "acknowledge": 2,
                "fix": 10,
                "verify": 5,
                "kind": "physical",
                "focus": ["F1"],
                "suggested_unit": "partner/grid",
            }
        ],
        "hold_reasons": [{"code": "budget", "da": "Bevilling", "en": "Funding"}],
        "decline_reasons": [
            {
                "code": "not_ours",
                "da": "Ikke vores",
                "en": "Not ours",
                "needs_referral": True,
            }
        ],
        "focus_areas": [{"code": "F1", "da": "Formidling", "en": "Communication"}],
        "legal_bases": [{"code": "vejloven", "da": "Vejloven", "en": "Roads Act"}],
    }
)
"""The smallest register that has one of everything."""


# --- Days -----------------------------------------------------------------------

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
NOON = time(12)
TODAY = "2026-10-21"


def on(day: str) -> date:
    """Return a day."""
    return date.fromisoformat(day)


def moment(text: str = TODAY) -> datetime:
    """Return `2026-10-21` (noon) or `2026-10-21 08:00`, local time."""
    day, _, at = text.partition(" ")
    clock = time.fromisoformat(at) if at else NOON
    return datetime.combine(on(day), clock, tzinfo=COPENHAGEN)


# --- People ---------------------------------------------------------------------

COORDINATOR = Actor("municipality/walk-coordinator")
LEADER = Actor("municipality/unit-leader")
LIGHTING = Actor("municipality/street-lighting")
LAMP_ANNA = Actor("municipality/street-lighting/a17")
LAMP_BO = Actor("municipality/street-lighting/b23")
OPERATIONS = Actor("municipality/operations")
SCHOOLS = Actor("municipality/children-education")
PLANNERS = Actor("municipality/urban-planning")
POLICE = Actor("police/prevention")
LOCAL_POLICE = Actor("police/local-police")
POLICE_LEADER = Actor("police/unit-leader")
GRID = Actor("partner/grid-company")
HOUSING = Actor("partner/housing-operations")
LANDLORD = Actor("partner/housing-organisation")
COUNCIL = Actor("participant/local-council")
STRANGER = Actor("municipality/nowhere")
RESIDENT = Actor("participant/residents/k3v9x0q2ab")


def stamp(by: Actor = COORDINATOR, day: str = TODAY) -> Stamp:
    """Return the same stamp for the same actor and moment."""
    at = moment(day)
    return Stamp(by=by, at=at, command_id=derived_id("example", by, at.isoformat()))


# --- What can be asked of the case ----------------------------------------------

NUMBER = "2026-04"
OTHER_NUMBER = "2026-02"
WALK = "AALBORG-OEST-2026-01"
TUNNEL = Point(lat=57.02643, lon=9.99893)


def report(
    category: str = "LGT-FAIL",
    *,
    by: Actor = COORDINATOR,
    day: str = TODAY,
    severity: Severity = Severity.NORMAL,
    point: Point | None = None,
    walk: str | None = None,
    channel: Channel = Channel.OTHER,
    follows: str | None = None,
    called_at: str | None = None,
) -> ReportFinding:
    return ReportFinding(
        number=NUMBER,
        stamp=stamp(by, day),
        category=category,
        text="To lamper er slukket.",
        point=point,
        walk=walk,
        severity=severity,
        channel=channel,
        follows=follows,
        called_at=moment(called_at) if called_at else None,
    )


def log_call(
    called_at: str = TODAY,
    *,
    whom: Actor = LIGHTING,
    by: Actor = COORDINATOR,
    day: str = TODAY,
) -> LogCall:
    return LogCall(
        number=NUMBER, stamp=stamp(by, day), called_at=moment(called_at), whom=whom
    )


def add_photo(
    content: str = "5d" * 32,
    shows: Shows = Shows.AFTER,
    *,
    by: Actor = LIGHTING,
    day: str = TODAY,
) -> AddPhoto:
    return AddPhoto(
        number=NUMBER,
        stamp=stamp(by, day),
        content=content,
        shows=shows,
        size=183_204,
        width=1600,
        height=1200,
    )


def seek_owner(*, by: Actor = COORDINATOR, day: str = TODAY) -> SeekOwner:
    return SeekOwner(number=NUMBER, stamp=stamp(by, day))


def look_up_owner(
    source: OwnershipSource = OwnershipSource.PROPERTY,
    owner: Actor | None = None,
    *,
    by: Actor = COORDINATOR,
    day: str = TODAY,
) -> LookUpOwner:
    return LookUpOwner(number=NUMBER, stamp=stamp(by, day), source=source, owner=owner)


def assign(
    to: Actor = LIGHTING, *, by: Actor = COORDINATOR, day: str = TODAY
) -> AssignFinding:
    return AssignFinding(number=NUMBER, stamp=stamp(by, day), to=to)


def accept(*, by: Actor = LIGHTING, day: str = TODAY) -> AcceptAssignment:
    return AcceptAssignment(number=NUMBER, stamp=stamp(by, day))


def give_back(*, by: Actor = LIGHTING, day: str = TODAY) -> ReturnAssignment:
    return ReturnAssignment(
        number=NUMBER, stamp=stamp(by, day), reason="Ikke vores lampe."
    )


def dispute_owner(
    proposed: Actor | None = None, *, by: Actor = LIGHTING, day: str = TODAY
) -> DisputeOwner:
    return DisputeOwner(
        number=NUMBER, stamp=stamp(by, day), reason="Privat vej.", proposed=proposed
    )


def hand_over(
    to: Actor = POLICE,
    *,
    by: Actor = LIGHTING,
    day: str = TODAY,
    legal_basis: str = "politiloven-1",
    summary: str | None = None,
) -> HandOver:
    return HandOver(
        number=NUMBER,
        stamp=stamp(by, day),
        to=to,
        purpose="Lampen skydes ud.",
        legal_basis=legal_basis,
        summary=summary,
    )


def accept_handover(*, by: Actor = POLICE, day: str = TODAY) -> AcceptHandover:
    return AcceptHandover(number=NUMBER, stamp=stamp(by, day))


def refuse_handover(*, by: Actor = POLICE, day: str = TODAY) -> RefuseHandover:
    return RefuseHandover(
        number=NUMBER, stamp=stamp(by, day), reason="Ikke politiets opgave."
    )


def decide_handover(
    outcome: HandoverOutcome = HandoverOutcome.MOVED,
    *,
    by: Actor = COORDINATOR,
    day: str = TODAY,
) -> DecideHandover:
    return DecideHandover(
        number=NUMBER,
        stamp=stamp(by, day),
        outcome=outcome,
        reason="Politiet er tættest på.",
    )


def hold(
    review_on: str | None = "2026-11-17",
    *,
    by: Actor = LIGHTING,
    day: str = TODAY,
    reason_code: str = "third_party",
    waiting_for: Actor | None = None,
    meeting_on: str | None = None,
) -> HoldFinding:
    return HoldFinding(
        number=NUMBER,
        stamp=stamp(by, day),
        reason_code=reason_code,
        review_on=on(review_on) if review_on else None,
        waiting_for=waiting_for,
        meeting_on=on(meeting_on) if meeting_on else None,
    )


def enforce(
    step: EnforcementStep = EnforcementStep.GUIDANCE,
    *,
    owner: Actor = LANDLORD,
    by: Actor = COORDINATOR,
    day: str = TODAY,
    **more: Any,
) -> EnforceStep:
    return EnforceStep(
        number=NUMBER, stamp=stamp(by, day), step=step, owner=owner, **more
    )


def resume(*, by: Actor = LIGHTING, day: str = TODAY) -> ResumeFinding:
    return ResumeFinding(number=NUMBER, stamp=stamp(by, day))


def add_subtask(
    subtask: str = "elskab",
    to: Actor = GRID,
    *,
    by: Actor = COORDINATOR,
    day: str = TODAY,
    due: str | None = None,
    contact: str | None = None,
) -> AddSubtask:
    return AddSubtask(
        number=NUMBER,
        stamp=stamp(by, day),
        subtask=subtask,
        to=to,
        due=on(due) if due else None,
        contact=contact,
    )


def complete_subtask(
    subtask: str = "elskab", *, by: Actor = GRID, day: str = TODAY
) -> CompleteSubtask:
    return CompleteSubtask(number=NUMBER, stamp=stamp(by, day), subtask=subtask)


def mark_fixed(
    *,
    by: Actor = LIGHTING,
    day: str = TODAY,
    evidence: Evidence = Evidence.PHOTO,
    **more: Any,
) -> MarkFixed:
    return MarkFixed(number=NUMBER, stamp=stamp(by, day), evidence=evidence, **more)


def move_verification(
    verify_due: str = "2026-11-16", *, by: Actor = COORDINATOR, day: str = TODAY
) -> MoveVerification:
    return MoveVerification(
        number=NUMBER,
        stamp=stamp(by, day),
        verify_due=on(verify_due),
        reason="Det skal ses i mørke.",
    )


def verify(
    *,
    by: Actor = COUNCIL,
    day: str = TODAY,
    evidence: Evidence | None = None,
    same_point: bool = False,
    after_dark: bool = False,
) -> VerifyFix:
    return VerifyFix(
        number=NUMBER,
        stamp=stamp(by, day),
        evidence=evidence,
        same_point=same_point,
        after_dark=after_dark,
    )


def reject_fix(*, by: Actor = COUNCIL, day: str = TODAY) -> RejectFix:
    return RejectFix(
        number=NUMBER, stamp=stamp(by, day), reason="Kun den ene lampe lyser."
    )


def propose_decline(
    reason_code: str = "disproportionate_cost",
    *,
    by: Actor = LIGHTING,
    day: str = TODAY,
    refer_to: Actor | None = None,
    link: str | None = None,
) -> ProposeDecline:
    return ProposeDecline(
        number=NUMBER,
        stamp=stamp(by, day),
        reason_code=reason_code,
        reason="Stien nedlægges.",
        refer_to=refer_to,
        link=link,
    )


def approve_decline(*, by: Actor = LEADER, day: str = TODAY) -> ApproveDecline:
    return ApproveDecline(number=NUMBER, stamp=stamp(by, day))


def refuse_decline(*, by: Actor = LEADER, day: str = TODAY) -> RefuseDecline:
    return RefuseDecline(number=NUMBER, stamp=stamp(by, day), reason="Vi kan godt.")


def merge_into(
    master: str = OTHER_NUMBER, *, by: Actor = COORDINATOR, day: str = TODAY
) -> MergeInto:
    return MergeInto(number=NUMBER, stamp=stamp(by, day), master=master)


def refer_out(
    *, by: Actor = COORDINATOR, day: str = TODAY, walk: str | None = None
) -> ReferOut:
    return ReferOut(number=NUMBER, stamp=stamp(by, day), forum="SSP", walk=walk)


def reopen(*, by: Actor = COORDINATOR, day: str = TODAY) -> ReopenFinding:
    return ReopenFinding(
        number=NUMBER, stamp=stamp(by, day), reason="Den er slukket igen."
    )


def change_deadline(
    fix_due: str = "2026-11-06", *, by: Actor = LEADER, day: str = TODAY
) -> ChangeDeadline:
    return ChangeDeadline(
        number=NUMBER, stamp=stamp(by, day), fix_due=on(fix_due), reason="Frost."
    )


def correct(
    category: str | None = None,
    *,
    by: Actor = COORDINATOR,
    day: str = TODAY,
    text: str | None = None,
    place: str | None = None,
    point: Point | None = None,
) -> CorrectFinding:
    return CorrectFinding(
        number=NUMBER,
        stamp=stamp(by, day),
        reason="Set på stedet.",
        category=category,
        text=text,
        place=place,
        point=point,
    )


def note(*, by: Actor = LIGHTING, day: str = TODAY) -> AddNote:
    return AddNote(number=NUMBER, stamp=stamp(by, day), text="Ringet til driften.")


def take_step(key: str, *, at: str = TODAY) -> TakeStep:
    return TakeStep(number=NUMBER, stamp=stamp(CLOCK, at), key=key)


EVERY_COMMAND: tuple[PersonCommand, ...] = (
    report(),
    log_call(),
    assign(),
    accept(),
    give_back(),
    seek_owner(),
    look_up_owner(owner=HOUSING),
    dispute_owner(proposed=HOUSING),
    hand_over(summary="Lampen ved svinget."),
    accept_handover(),
    refuse_handover(),
    decide_handover(),
    hold(waiting_for=GRID),
    resume(),
    enforce(
        legal_basis="vejloven",
        reasons="Hækken står ud over stien.",
        complaint="Klag inden fire uger.",
    ),
    add_subtask(contact="driftsleder"),
    complete_subtask(),
    mark_fixed(audience="7. klasse"),
    move_verification(),
    verify(),
    reject_fix(),
    propose_decline(refer_to=HOUSING, link="plan/2027-3"),
    approve_decline(),
    refuse_decline(),
    merge_into(),
    refer_out(),
    reopen(),
    change_deadline(),
    correct(text="Tre lamper er slukket.", place="Ved svinget", point=TUNNEL),
    note(),
)
"""Each of the commands once, with every field that can be wrong."""


# --- What has happened to the case ----------------------------------------------


def reported(
    category: str = "LGT-FAIL",
    *,
    by: Actor = COORDINATOR,
    day: str = "2026-10-09",
    severity: Severity = Severity.NORMAL,
) -> FindingReported:
    """Return a report of a category that takes 2, 10 and 5 working days."""
    return FindingReported(
        stamp=stamp(by, day),
        category=category,
        kind=Kind.PHYSICAL,
        text="To lamper er slukket.",
        channel=Channel.OTHER,
        severity=severity,
        triage=COORDINATOR,
        acknowledge_days=2,
        fix_days=10,
        verify_days=5,
        acknowledge_due=on("2026-10-13"),
        fix_due=on("2026-10-23"),
    )


def assigned(to: Actor = LIGHTING, *, day: str = "2026-10-12") -> FindingAssigned:
    return FindingAssigned(stamp=stamp(COORDINATOR, day), to=to)


def fixed(by: Actor = LIGHTING, *, day: str = "2026-10-19") -> FixReported:
    return FixReported(
        stamp=stamp(by, day),
        evidence=Evidence.PHOTO,
        verifier=COORDINATOR,
        verify_due=on("2026-10-26"),
    )


def offered(to: Actor = POLICE, *, day: str = "2026-10-14") -> HandoverOffered:
    return HandoverOffered(
        stamp=stamp(LIGHTING, day),
        to=to,
        purpose="Lampen skydes ud.",
        legal_basis="politiloven-1",
        answer_due=on("2026-10-19"),
    )


def proposed(by: Actor = LIGHTING, *, day: str = "2026-10-19") -> DeclineProposed:
    return DeclineProposed(
        stamp=stamp(by, day),
        reason_code="disproportionate_cost",
        reason="Stien nedlægges.",
        approver=LEADER,
    )


def joint(subtask: str = "elskab", to: Actor = GRID) -> SubtaskAdded:
    return SubtaskAdded(stamp=stamp(COORDINATOR, "2026-10-12"), subtask=subtask, to=to)


def done(subtask: str = "elskab", by: Actor = GRID) -> SubtaskCompleted:
    return SubtaskCompleted(stamp=stamp(by, "2026-10-15"), subtask=subtask)


REPORTED = reported()
ASSIGNED = assigned()
FIXED = fixed()
VERIFIED = FixVerified(stamp=stamp(COUNCIL, "2026-10-20"))
OFFERED = offered()
PROPOSED = proposed()
DECLINED = FindingDeclined(stamp=stamp(LEADER, "2026-10-20"))
MERGED = FindingMerged(stamp=stamp(COORDINATOR, "2026-10-12"), master=OTHER_NUMBER)
REFERRED = FindingReferred(stamp=stamp(COORDINATOR, "2026-10-09"), forum="SSP")
HELD = FindingPutOnHold(
    stamp=stamp(LIGHTING, "2026-10-14"),
    reason_code="third_party",
    review_on=on("2026-10-30"),
)
KEPT = FindingReported(
    stamp=stamp(COORDINATOR, "2026-10-09"),
    category="POS-KEEP",
    kind=Kind.PHYSICAL,
    text="Bænkene gør pladsen tryg.",
    channel=Channel.OTHER,
    triage=COORDINATOR,
    positive=True,
    acknowledge_days=0,
    fix_days=0,
    verify_days=0,
)

HISTORIES: Mapping[Status, tuple[FindingEvent, ...]] = {
    Status.REPORTED: (REPORTED,),
    Status.ASSIGNED: (REPORTED, ASSIGNED),
    Status.FIXED: (REPORTED, ASSIGNED, FIXED),
    Status.VERIFIED: (REPORTED, ASSIGNED, FIXED, VERIFIED),
    Status.DECLINED: (REPORTED, ASSIGNED, PROPOSED, DECLINED),
    Status.MERGED: (REPORTED, MERGED),
    Status.REFERRED: (REFERRED,),
    Status.POSITIVE: (KEPT,),
}
"""The shortest usual way to each status."""

ENDED = (
    Status.VERIFIED,
    Status.DECLINED,
    Status.MERGED,
    Status.REFERRED,
    Status.POSITIVE,
)


# --- A walk ---------------------------------------------------------------------


def walk_plan(
    starts: str = "2026-10-08 17:15",
    ends: str = "2026-10-08 19:30",
    meeting_point: MeetingPoint | None = None,
) -> WalkPlan:
    return WalkPlan(
        area="Aalborg Øst",
        theme="Mørke stier",
        starts_at=moment(starts),
        ends_at=moment(ends),
        meeting_point=meeting_point,
        route_length_m=1900,
    )


TUNNEL_STOP = Stop(name="Tunnelen", lat=57.02643, lon=9.99893)
SQUARE_STOP = Stop(name="Torvet", lat=57.02771, lon=10.0004)
ROUTE = (TUNNEL_STOP, SQUARE_STOP)
TREKANTEN = MeetingPoint(text="Trekanten", lat=57.02771, lon=10.0004)
ATTENDANCE = Attendance(
    participants=(("local_council", 2), ("residents", 7)),
    of_which={"senior": 3},
    weather="tørt",
)


# --- Measurements ---------------------------------------------------------------

OLD_SERIES, NEW_SERIES = "tryghedsindeks", "tryghedsundersoegelsen"


def described(**changes: Any) -> Description:
    """Return what the newer series is, with some of it changed."""
    told: dict[str, Any] = {
        "title": {"da": "Tryghedsundersøgelsen", "en": "The safety survey"},
        "source": "Tryghedsundersøgelse 2021",
        "source_url": "https://example.org/2021",
        "publisher": "Justitsministeriet",
        "method_version": "2021",
        "first_year": 2021,
        "areas": ("Hele landet", "Aalborg Øst", "Løvvangen"),
    }
    return Description.model_validate({**told, **changes})


def cell(area: str = "Aalborg Øst", year: int = 2021, **more: Any) -> Cell:
    """Return where the share of those who feel safe stands."""
    told = {"metric": "share_safe", "area": area, "year": year, **more}
    return Cell.model_validate(told)


def share(value: float = 80.5, n: int | str | None = 293, **more: Any) -> Figure:
    """Return a share of those who answered."""
    told = {"value": value, "unit": "percent", "n": n, **more}
    return Figure.model_validate(told)


def told(value: float = 12, **changes: Any) -> RecordIndicator:
    """Return what an owner tells of the effort for pupils who drop out."""
    said: dict[str, Any] = {
        "stamp": stamp(SCHOOLS, "2027-01-11"),
        "focus": "F5",
        "indicator": "agreements",
        "first": "2026-07-01",
        "last": "2026-12-31",
        "value": value,
        "source": "Ungekontakten",
        "method": "Optælling",
    }
    return RecordIndicator.model_validate({**said, **changes})


def measurements(day: str) -> tuple[AnyMeasurementCommand, ...]:
    """Return one of everything that can be asked about measurements."""

    def at(what: str) -> Stamp:
        identity = derived_id("measurement", what)
        return stamp(day=day).model_copy(update={"command_id": identity})

    old = described(first_year=2013, last_year=2019, method_version="2013")
    new = described(follows=OLD_SERIES)
    return (
        DescribeSeries(stamp=at("old"), series=OLD_SERIES, description=old),
        DescribeSeries(stamp=at("new"), series=NEW_SERIES, description=new),
        RecordValue(
            stamp=at("first"), series=OLD_SERIES, cell=cell(year=2015), figure=share()
        ),
        RecordValue(
            stamp=at("second"), series=NEW_SERIES, cell=cell(), figure=share(83.9)
        ),
        RecordValue(
            stamp=at("third"),
            series=NEW_SERIES,
            cell=cell("Løvvangen"),
            figure=share(70, 20),
        ),
        CorrectValue(
            stamp=at("mend"),
            series=NEW_SERIES,
            cell=cell(),
            figure=share(82.9),
            reason="Tastefejl.",
        ),
        WithdrawValue(
            stamp=at("out"),
            series=NEW_SERIES,
            cell=cell("Løvvangen"),
            reason="Det forkerte område.",
        ),
        ListArea(
            stamp=at("left"),
            series=NEW_SERIES,
            area="Løvvangen",
            year=2022,
            listed=False,
        ),
        told().model_copy(
            update={
                "stamp": at("told").model_copy(update={"by": SCHOOLS}),
                "first": on("2026-07-01"),
                "last": on("2026-09-30"),
            }
        ),
    )
