"""One fact of every topic, with every field filled in."""

from collections.abc import Mapping
from pathlib import Path

from domain.delivery.events import DeliveryAttempted, DeliveryGivenUp, DeliverySent
from domain.finding.events import (
    AssignmentAccepted,
    AssignmentReturned,
    ClockName,
    DeadlineChanged,
    DeclineProposed,
    DeclineRefused,
    FindingAssigned,
    FindingCorrected,
    FindingDeclined,
    FindingEscalated,
    FindingMerged,
    FindingPutOnHold,
    FindingReferred,
    FindingReopened,
    FindingReported,
    FindingResumed,
    FixRejected,
    FixReported,
    FixVerified,
    HandoverAccepted,
    HandoverOffered,
    HandoverRefused,
    NewCategory,
    NoteAdded,
    Occasion,
    OccasionKind,
    OwnershipDisputed,
    ReminderRaised,
    SubtaskAdded,
    SubtaskCompleted,
)
from domain.messages import Event, derived_id
from domain.publication.events import (
    Form,
    PublicationApproved,
    PublicationDrafted,
    PublicationKind,
    PublicationLapsed,
    PublicationPublished,
    PublicationReminded,
    PublicationWithdrawn,
)
from domain.register.adoption import RegisterAdopted
from domain.roster.events import AbsenceEnded, AbsenceNoted
from domain.values import (
    CLOCK,
    Authority,
    Channel,
    Evidence,
    Kind,
    Severity,
)
from domain.walk.events import (
    Attendance,
    FollowedUp,
    MinutesApproved,
    MinutesDrafted,
    MinutesPublished,
    PlanAgreed,
    ReportedBack,
    WalkCancelled,
    WalkClosed,
    WalkEvaluated,
    WalkHeld,
    WalkInvited,
    WalkPlan,
    WalkPlanned,
    WalkRequested,
)
from tests.examples import (
    COORDINATOR,
    COUNCIL,
    GRID,
    HOUSING,
    LAMP_ANNA,
    LAMP_BO,
    LEADER,
    LIGHTING,
    POLICE,
    SMALL_REGISTER,
    TREKANTEN,
    TUNNEL,
    WALK,
    moment,
    on,
    stamp,
)

GOLDEN = Path(__file__).parent / "golden"
SCHEMAS = GOLDEN / "schemas.json"

NOTICES = (derived_id("golden", 1), derived_id("golden", 2))
PLAN = WalkPlan(
    area="Aalborg Øst",
    theme="Mørke stier",
    strategy="tryg-aalborg/2026",
    municipality_code="0851",
    police_district_code="1460",
    starts_at=moment("2026-10-08 17:15"),
    ends_at=moment("2026-10-08 19:30"),
    meeting_point=TREKANTEN,
    route_length_m=1900,
)

CONTENT = "c0ffee" + 58 * "0"

FACTS: tuple[Event, ...] = (
    FindingReported(
        stamp=stamp(COUNCIL),
        category="LGT-FAIL",
        kind=Kind.PHYSICAL,
        text="To lamper er slukket – helt mørkt ved svinget.",
        point=TUNNEL,
        place="Ved svinget",
        walk=WALK,
        channel=Channel.WALK,
        severity=Severity.HIGH,
        triage=COORDINATOR,
        positive=False,
        acknowledge_days=2,
        fix_days=10,
        verify_days=5,
        acknowledge_due=on("2026-10-23"),
        fix_due=on("2026-11-04"),
    ),
    FindingAssigned(stamp=stamp(), to=LIGHTING, urgent=True),
    AssignmentAccepted(stamp=stamp(LAMP_ANNA)),
    AssignmentReturned(
        stamp=stamp(LIGHTING),
        reason="Ikke vores lampe.",
        triage=COORDINATOR,
        acknowledge_due=on("2026-10-23"),
    ),
    OwnershipDisputed(stamp=stamp(LIGHTING), reason="Privat vej.", proposed=HOUSING),
    HandoverOffered(
        stamp=stamp(LIGHTING),
        to=POLICE,
        purpose="Lampen skydes ud.",
        legal_basis="politiloven-1",
        answer_due=on("2026-10-26"),
    ),
    HandoverAccepted(stamp=stamp(POLICE), to=POLICE),
    HandoverRefused(stamp=stamp(POLICE), reason="Ikke politiets opgave."),
    FindingPutOnHold(
        stamp=stamp(LIGHTING),
        reason_code="third_party",
        review_on=on("2026-11-17"),
        waiting_for=GRID,
    ),
    FindingResumed(stamp=stamp(LIGHTING), held_days=5, fix_due=on("2026-11-11")),
    SubtaskAdded(stamp=stamp(), subtask="elskab", to=GRID),
    SubtaskCompleted(stamp=stamp(GRID), subtask="elskab"),
    FixReported(
        stamp=stamp(LIGHTING),
        evidence=Evidence.ON_SITE,
        count=2,
        verifier=COORDINATOR,
        verify_due=on("2026-10-28"),
    ),
    FixVerified(stamp=stamp(COUNCIL)),
    FixRejected(
        stamp=stamp(COUNCIL),
        reason="Kun den ene lampe lyser.",
        to=LIGHTING,
        urgent=True,
    ),
    DeclineProposed(
        stamp=stamp(LIGHTING),
        reason_code="not_our_competence",
        reason="Ejer skal selv søge.",
        refer_to=HOUSING,
        approver=LEADER,
    ),
    DeclineRefused(stamp=stamp(LEADER), reason="Vi kan godt."),
    FindingDeclined(stamp=stamp(LEADER)),
    FindingMerged(stamp=stamp(), master="2026-02"),
    FindingReferred(stamp=stamp(), forum="SSP", walk=WALK),
    FindingReopened(
        stamp=stamp(),
        reason="Den er slukket igen.",
        fix_days=5,
        fix_due=on("2026-10-28"),
        triage=COORDINATOR,
        to=LIGHTING,
        acknowledge_due=on("2026-10-23"),
        urgent=True,
    ),
    DeadlineChanged(stamp=stamp(LEADER), fix_due=on("2026-11-06"), reason="Frost."),
    FindingCorrected(
        stamp=stamp(),
        reason="Set på stedet.",
        category=NewCategory(
            code="LGT-LACK",
            kind=Kind.PHYSICAL,
            positive=False,
            acknowledge_days=5,
            fix_days=120,
            verify_days=10,
            acknowledge_due=on("2026-10-16"),
            fix_due=on("2027-04-06"),
        ),
        text="Der mangler lamper.",
        point=TUNNEL,
        place="I tunnelen",
    ),
    NoteAdded(stamp=stamp(LIGHTING), text="Ringet til driften."),
    ReminderRaised(
        stamp=stamp(CLOCK),
        occasions=(
            Occasion(
                clock=ClockName.ACKNOWLEDGE,
                run=1,
                kind=OccasionKind.LATE,
                on=on("2026-10-20"),
            ),
            Occasion(
                clock=ClockName.FIX,
                run=1,
                kind=OccasionKind.BEFORE,
                on=on("2026-10-20"),
            ),
        ),
        to=LIGHTING,
        urgent=True,
    ),
    FindingEscalated(
        stamp=stamp(CLOCK), level=3, run=1, to=(COORDINATOR, POLICE), urgent=True
    ),
    WalkRequested(
        stamp=stamp(COUNCIL),
        area="Aalborg Øst",
        theme="Mørke stier",
        answer_due=on("2026-11-04"),
    ),
    WalkPlanned(stamp=stamp(), plan=PLAN),
    WalkInvited(stamp=stamp(), groups=("local-council", "residents")),
    WalkHeld(
        stamp=stamp(),
        plan=PLAN,
        attendance=Attendance(
            participants=(("local_council", 2), ("residents", 7)),
            of_which={"senior": 3},
            weather="tørt",
            light="ud i dagslys, hjem i mørke",
        ),
        draft_due=on("2026-10-15"),
        minutes_due=on("2026-10-22"),
        plan_due=on("2026-10-29"),
        feedback_due=on("2026-11-05"),
        follow_up_on=on("2027-04-08"),
        evaluation_due=on("2027-06-08"),
    ),
    MinutesDrafted(stamp=stamp()),
    MinutesApproved(stamp=stamp(POLICE), authority=Authority.POLICE),
    MinutesPublished(stamp=stamp(POLICE)),
    PlanAgreed(stamp=stamp()),
    ReportedBack(stamp=stamp(), informed=19),
    FollowedUp(stamp=stamp()),
    WalkEvaluated(stamp=stamp(), learnings="Gå efter mørkets frembrud."),
    WalkClosed(stamp=stamp()),
    WalkCancelled(stamp=stamp(), reason="Storm."),
    DeliveryAttempted(
        stamp=stamp(CLOCK),
        recipient=LIGHTING,
        batch=3,
        attempt=2,
        until=418,
        notices=NOTICES,
    ),
    DeliverySent(
        stamp=stamp(CLOCK),
        recipient=LIGHTING,
        batch=3,
        message_id="<3@gadelys.example>",
        notices=NOTICES,
    ),
    DeliveryGivenUp(stamp=stamp(CLOCK), recipient=LIGHTING, batch=3, notices=NOTICES),
    AbsenceNoted(
        stamp=stamp(),
        absent=LAMP_ANNA,
        first=on("2026-10-26"),
        last=on("2026-11-06"),
        substitute=LAMP_BO,
        stands_in=LAMP_BO,
        tell=(LAMP_BO,),
    ),
    AbsenceEnded(stamp=stamp(), absent=LAMP_ANNA, last=on("2026-11-01")),
    PublicationDrafted(
        stamp=stamp(),
        draft=2,
        kind=PublicationKind.LEARNING,
        title="Lys i tunnelen",
        content=CONTENT,
        form=Form.MD,
        walk=WALK,
        finding="2026-04",
        supersedes="2026-001",
        approve_by=moment("2026-10-24 12:00"),
        to=(COORDINATOR, POLICE),
    ),
    PublicationApproved(
        stamp=stamp(POLICE), authority=Authority.POLICE, content=CONTENT
    ),
    PublicationPublished(
        stamp=stamp(POLICE),
        draft=2,
        content=CONTENT,
        approved_by=(COORDINATOR, POLICE),
        supersedes="2026-001",
        to=(COORDINATOR, POLICE),
    ),
    PublicationWithdrawn(
        stamp=stamp(POLICE), reason="Forkert sti.", to=(COORDINATOR, POLICE)
    ),
    PublicationReminded(
        stamp=stamp(CLOCK),
        draft=2,
        approve_by=moment("2026-10-24 12:00"),
        to=(POLICE,),
    ),
    PublicationLapsed(stamp=stamp(CLOCK), draft=2, to=(COORDINATOR, POLICE)),
    RegisterAdopted(stamp=stamp(), rules=SMALL_REGISTER),
)

BY_TOPIC: Mapping[str, Event] = {fact.TOPIC: fact for fact in FACTS}


def body(fact: Event) -> str:
    """Return a fact as it is stored."""
    return fact.model_dump_json(by_alias=True, exclude_none=True)


def golden_file(topic: str) -> Path:
    """Return where the stored form of one topic is kept."""
    return GOLDEN / f"{topic}.json"
