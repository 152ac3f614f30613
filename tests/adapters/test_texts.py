"""The texts: complete, alike in both languages, and never in anybody's way."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

import adapters
from adapters.files.register_file import read_register
from adapters.texts import DASH, LANGUAGES, NOTICE_KINDS, Texts, tables
from domain.catalogue import EVENTS
from domain.delivery.notices import notices
from domain.errors import Code, Conflict, DomainError, NotAllowed, Refused
from domain.finding.events import (
    ClockName,
    EnforcementStep,
    HandoverOutcome,
    Occasion,
    OccasionKind,
    OwnershipSource,
)
from domain.finding.state import Status
from domain.measurement.terms import Metric, Unit
from domain.messages import Recorded
from domain.permissions.words import Action, Compartment, Obligation, Relation, Role
from domain.persons import PersonKind
from domain.publication.events import PublicationKind
from domain.publication.state import PublicationStatus
from domain.register.model import Register
from domain.register.strategy import Derivation, IndicatorUnit
from domain.subject.events import ErasureBasis, HoldReason, RestrictionReason
from domain.values import (
    ERASED,
    Actor,
    Authority,
    Channel,
    Done,
    Evidence,
    Kind,
    Severity,
    StreamId,
)
from domain.walk.events import (
    AnsweredBy,
    Recomputation,
    ReplyChannel,
    WalkClock,
    WalkMoment,
)
from domain.walk.state import WalkStatus
from projections.cases import NextStep
from projections.measurements import Interval

ROOT = Path(adapters.__file__).parent
REGISTER_FILE = ROOT.parent / "examples" / "registers" / "aalborg.toml"

ADOPTED = "register.adopted.v1"  # its register is never shown

STAMP = {
    "by": "citizen",
    "at": "2026-10-09T12:00:00Z",
    "command_id": "00000000-0000-0000-0000-000000000000",
}

PLAN = {
    "area": "Aalborg Øst",
    "theme": "",
    "strategy": None,
    "municipality_code": None,
    "police_district_code": None,
    "starts_at": "2026-10-08T17:15:00+02:00",
    "ends_at": "2026-10-08T19:30:00+02:00",
    "meeting_point": None,
    "route_length_m": 1900,
}

NOTICE = "00000000-0000-0000-0000-000000000001"

MEASURED: Mapping[str, Any] = {
    "cell": {
        "metric": "share_safe",
        "area": "Nordjylland",
        "year": 2021,
        "period": None,
    },
    "figure": {
        "value": 88.1,
        "unit": "percent",
        "n": 27510,
        "low": None,
        "high": None,
        "note": "",
    },
}

# Facts as they are stored. `text` and `reason` look like other things on purpose.
EXAMPLES: Mapping[str, dict[str, Any]] = {
    "finding.reported.v1": {
        "category": "LGT-FAIL",
        "kind": "physical",
        "text": "2026-11-06",
        "point": {"lat": 57.0, "lon": 10.0},
        "place": "police/prevention",
        "walk": "AALBORG-OEST-2026-01",
        "channel": "walk",
        "severity": "normal",
        "triage": "municipality/walk-coordinator",
        "positive": False,
        "acknowledge_days": 2,
        "fix_days": 10,
        "verify_days": 5,
        "acknowledge_due": "2026-10-13",
        "fix_due": "2026-10-23",
    },
    "finding.call_logged.v1": {
        "called_at": "2026-10-09T13:05:00+02:00",
        "whom": "municipality/street-lighting",
    },
    "finding.assigned.v1": {"to": "municipality/street-lighting", "urgent": True},
    "finding.assignment_lapsed.v1": {
        "owner": "municipality/street-lighting",
        "triage": "municipality/walk-coordinator",
        "acknowledge_due": "2026-10-14",
    },
    "finding.ownership_sought.v1": {
        "days": 5,
        "due": "2026-10-16",
        "to": "municipality/walk-coordinator",
    },
    "finding.ownership_looked_up.v1": {
        "source": "lighting",
        "owner": "partner/grid-company",
    },
    "finding.ownership_unresolved.v1": {
        "to": ["municipality/planning-group", "police/prevention"],
    },
    "finding.assignment_accepted.v1": {},
    "finding.assignment_returned.v1": {
        "reason": "ikke vores lampe",
        "triage": "municipality/walk-coordinator",
        "acknowledge_due": "2026-10-14",
    },
    "finding.ownership_disputed.v1": {
        "reason": "privat vej",
        "proposed": "partner/housing-operations",
    },
    "finding.handover_offered.v1": {
        "to": "police/prevention",
        "purpose": "dialog",
        "legal_basis": "politiloven-1",
        "answer_due": "2026-10-15",
        "summary": "lampen ved svinget",
        "stands_in": "police/local-police",
    },
    "finding.handover_unanswered.v1": {
        "to": "municipality/walk-coordinator",
        "decide_due": "2026-10-20",
    },
    "finding.handover_undecided.v1": {
        "nth": 2,
        "to": ["municipality/walk-coordinator", "police/prevention"],
    },
    "finding.handover_decided.v1": {
        "outcome": "moved",
        "to": "police/prevention",
        "reason": "politiet er tættest på",
        "tell": ["municipality/street-lighting", "police/prevention"],
    },
    "finding.made_joint.v1": {
        "lead": "municipality/street-lighting",
        "parts": [
            {
                "subtask": "municipality/street-lighting",
                "to": "municipality/street-lighting",
            },
            {"subtask": "patrulje", "to": "police/prevention"},
        ],
    },
    "finding.handover_accepted.v1": {
        "to": "police/prevention",
        "tell": ["municipality/street-lighting"],
    },
    "finding.handover_refused.v1": {
        "reason": "ikke politiets opgave",
        "tell": ["municipality/street-lighting"],
    },
    "finding.put_on_hold.v1": {
        "reason_code": "budget",
        "review_on": "2026-12-18",
        "waiting_for": "municipality/planning-group",
        "meeting_on": "2026-12-11",
    },
    "finding.enforcement_step_taken.v1": {
        "step": "order",
        "owner": "partner/housing-organisation",
        "deadline": "2026-12-01",
        "legal_basis": "vejloven",
        "reasons": "hækken står ud over stien",
        "complaint": "klag inden fire uger",
    },
    "finding.verification_moved.v1": {
        "verify_due": "2026-12-01",
        "reason": "skal ses i mørke",
    },
    "finding.deadlines_recomputed.v1": {
        "changes": [
            {
                "clock": "fix",
                "days": 10,
                "computed": "2026-10-26",
                "due": "2026-10-26",
            },
        ],
        "to": "municipality/street-lighting",
    },
    "finding.resumed.v1": {"held_days": 4, "fix_due": "2026-12-01"},
    "finding.subtask_added.v1": {
        "subtask": "elskab",
        "to": "partner/grid-company",
        "due": "2026-11-06",
        "contact": "driftsleder",
        "answering": "municipality/street-lighting",
    },
    "finding.subtask_completed.v1": {"subtask": "elskab"},
    "finding.photo_added.v1": {
        "content": "5d" * 32,
        "shows": "after",
        "size": 183_204,
        "width": 1600,
        "height": 1200,
    },
    "finding.fix_reported.v1": {
        "evidence": "on_site",
        "count": 12,
        "held_on": "2026-11-04",
        "attendance": [["youth", 4], ["senior", 8]],
        "audience": "naboerne",
        "verifier": "police/prevention",
        "verify_due": "2026-11-18",
    },
    "finding.fix_verified.v1": {
        "evidence": "photo",
        "same_point": True,
        "after_dark": True,
        "tell": ["participant/residents/c17"],
    },
    "finding.fix_rejected.v1": {
        "reason": "to af fem lamper",
        "to": "municipality/street-lighting",
        "urgent": False,
    },
    "finding.decline_proposed.v1": {
        "reason_code": "not_our_competence",
        "reason": "ejer skal selv søge",
        "refer_to": "partner/housing-operations",
        "link": "plan/2027-3",
        "approver": "municipality/unit-leader",
    },
    "finding.decline_refused.v1": {
        "reason": "vi kan godt",
        "tell": ["municipality/street-lighting"],
    },
    "round.held.v1": {
        "kind": "weekly_list",
        "period": "2026-W43",
        "to": ["municipality/walk-coordinator"],
    },
    "finding.declined.v1": {"tell": ["participant/residents/c17"]},
    "finding.merged.v1": {
        "master": "2026-02",
        "tell": ["participant/residents/c17"],
    },
    "finding.referred.v1": {
        "forum": "SSP",
        "walk": "AALBORG-OEST-2026-01",
        "tell": ["participant/residents/c17"],
    },
    "finding.reopened.v1": {
        "reason": "slukket igen",
        "fix_days": 5,
        "fix_due": "2026-11-23",
        "triage": "municipality/walk-coordinator",
        "to": "municipality/street-lighting",
        "acknowledge_due": "2026-11-18",
        "urgent": False,
    },
    "finding.deadline_changed.v1": {"fix_due": "2026-12-08", "reason": "frost"},
    "finding.corrected.v1": {
        "reason": "forkert lampe",
        "category": {
            "code": "LGT-LACK",
            "kind": "physical",
            "positive": False,
            "acknowledge_days": 5,
            "fix_days": 120,
            "verify_days": 10,
            "acknowledge_due": "2026-10-16",
            "fix_due": "2027-04-06",
        },
        "text": "ny tekst",
        "point": {"lat": 57.1, "lon": 10.1},
        "place": "nyt sted",
    },
    "finding.note_added.v1": {
        "text": "ringet til driften",
        "tell": ["municipality/street-lighting"],
    },
    "finding.reminder_raised.v1": {
        "occasions": [
            {"clock": "fix", "run": 1, "kind": "due", "on": "2026-11-06"},
            {"clock": "acknowledge", "run": 1, "kind": "late", "on": "2026-11-06"},
        ],
        "to": "municipality/street-lighting",
        "urgent": False,
    },
    "finding.escalated.v1": {
        "level": 3,
        "run": 1,
        "to": ["municipality/walk-coordinator", "police/prevention"],
        "urgent": False,
    },
    "walk.requested.v1": {
        "area": "Aalborg Øst",
        "theme": "mørke stier",
        "answer_due": "2026-09-01",
    },
    "walk.request_answered.v1": {
        "accepted": False,
        "reason": "2026-11-06",
        "tell": ["participant/youth/k3v9x0q2ab"],
    },
    "walk.planned.v1": {
        "plan": PLAN,
        "owners": ["municipality/operations"],
    },
    "walk.route_set.v1": {"stops": [{"lat": 57.0, "lon": 9.9, "name": "Tunnelen"}]},
    "walk.invited.v1": {"groups": ["youth", "senior"]},
    "walk.held.v1": {
        "plan": PLAN,
        "attendance": {
            "participants": [["youth", 2], ["senior", 3]],
            "of_which": {},
            "weather": "",
            "light": "",
        },
        "draft_due": "2026-10-15",
        "minutes_due": "2026-10-22",
        "plan_due": "2026-10-29",
        "feedback_due": "2026-11-05",
        "follow_up_on": "2027-04-08",
        "evaluation_due": "2027-06-08",
    },
    "walk.minutes_drafted.v1": {},
    "walk.minutes_approved.v1": {"authority": "police"},
    "walk.minutes_published.v1": {"tell": ["participant/youth/k3v9x0q2ab"]},
    "walk.plan_agreed.v1": {"tell": ["participant/youth/k3v9x0q2ab"]},
    "walk.reported_back.v1": {"informed": 19},
    "walk.followed_up.v1": {"tell": ["participant/youth/k3v9x0q2ab"]},
    "walk.evaluated.v1": {"learnings": "gå efter mørkets frembrud"},
    "walk.closed.v1": {},
    "walk.cancelled.v1": {
        "reason": "storm",
        "tell": ["participant/youth/k3v9x0q2ab"],
    },
    "walk.answer_asked.v1": {
        "contact": "participant/youth/k3v9x0q2ab",
        "channel": "letter",
    },
    "walk.participant_answered.v1": {
        "contact": "participant/youth/k3v9x0q2ab",
        "how": "met",
    },
    "walk.reminder_raised.v1": {
        "clock": "minutes",
        "run": 1,
        "kind": "late",
        "on": "2026-10-29",
        "due": "2026-10-22",
        "to": ["municipality/walk-coordinator"],
    },
    "walk.escalated.v1": {
        "clock": "minutes",
        "run": 1,
        "level": 2,
        "due": "2026-10-22",
        "to": ["municipality/walk-coordinator", "police/prevention"],
    },
    "walk.status_due.v1": {"tell": ["participant/youth/k3v9x0q2ab"]},
    "walk.deadlines_recomputed.v1": {
        "changes": [{"clock": "plan", "before": "2026-10-29", "after": "2026-11-02"}],
        "reason": "register",
    },
    "delivery.attempted.v1": {
        "recipient": "municipality/operations",
        "batch": 1,
        "attempt": 2,
        "until": 40,
        "notices": [NOTICE, NOTICE],
        "channel": "letter",
    },
    "delivery.sent.v1": {
        "recipient": "municipality/operations",
        "batch": 1,
        "message_id": "x",
        "notices": [NOTICE],
    },
    "delivery.given_up.v1": {
        "recipient": "municipality/operations",
        "batch": 1,
        "notices": [NOTICE],
        "reason": "refused",
        "answering": "municipality/walk-coordinator",
    },
    "delivery.retried.v1": {
        "recipient": "municipality/operations",
        "batch": 1,
        "notices": [NOTICE],
    },
    "delivery.settled.v1": {
        "recipient": "municipality/operations",
        "batch": 1,
        "notices": [NOTICE],
        "reason": "fortalt i telefonen",
    },
    "publication.drafted.v1": {
        "draft": 2,
        "kind": "minutes",
        "title": "Referat",
        "content": "c0ffee" + 58 * "0",
        "form": "md",
        "walk": "AALBORG-OEST-2026-01",
        "finding": "2026-04",
        "supersedes": "2026-001",
        "approve_by": "2026-10-18T12:00:00Z",
        "to": ["municipality/walk-coordinator", "police/prevention"],
    },
    "publication.approved.v1": {
        "authority": "police",
        "content": "c0ffee" + 58 * "0",
    },
    "publication.published.v1": {
        "draft": 2,
        "content": "c0ffee" + 58 * "0",
        "approved_by": ["municipality/walk-coordinator", "police/prevention"],
        "supersedes": "2026-001",
        "to": ["municipality/walk-coordinator", "police/prevention"],
    },
    "publication.withdrawn.v1": {
        "reason": "forkert sti",
        "to": ["municipality/walk-coordinator", "police/prevention"],
    },
    "publication.reminded.v1": {
        "draft": 2,
        "approve_by": "2026-10-18T12:00:00Z",
        "to": ["police/prevention"],
    },
    "publication.lapsed.v1": {
        "draft": 2,
        "to": ["municipality/walk-coordinator", "police/prevention"],
    },
    "roster.absence_noted.v1": {
        "absent": "municipality/street-lighting",
        "first": "2026-12-21",
        "last": "2027-01-03",
        "substitute": "municipality/operations",
        "stands_in": "municipality/operations",
        "tell": ["municipality/operations"],
    },
    "roster.absence_ended.v1": {
        "absent": "municipality/street-lighting",
        "last": "2026-12-27",
    },
    "register.adopted.v1": {},
    "measurement.series_described.v1": {
        "series": "tryghedsundersoegelsen",
        "description": {
            "title": {"da": "Tryghedsundersøgelsen", "en": "The safety survey"},
            "source": "Tryghedsundersøgelse 2021",
            "source_url": "https://example.org/2021",
            "publisher": "Justitsministeriet",
            "method_version": "2021",
            "first_year": 2021,
            "last_year": None,
            "follows": None,
            "areas": ["Nordjylland"],
            "note": "",
        },
    },
    "measurement.value_recorded.v1": {"series": "tryghed", **MEASURED},
    "measurement.value_corrected.v1": {
        "series": "tryghed",
        **MEASURED,
        "reason": "tastefejl",
    },
    "measurement.value_withdrawn.v1": {
        "series": "tryghed",
        "cell": MEASURED["cell"],
        "reason": "forkert område",
    },
    "measurement.area_listed.v1": {
        "series": "tryghed",
        "area": "Løvvangen",
        "year": 2018,
        "listed": False,
    },
    "measurement.indicator_recorded.v1": {
        "focus": "F5",
        "indicator": "agreements",
        "first": "2026-07-01",
        "last": "2026-12-31",
        "value": 12,
        "n": 40,
        "source": "ungekontakten",
        "method": "optælling",
        "reason": "glemt i første omgang",
    },
    "subject.erasure_requested.v1": {"basis": "objection"},
    "subject.erasure_approved.v1": {},
    "subject.restricted.v1": {"reason": "kept_by_law"},
    "subject.restriction_lifted.v1": {},
    "subject.disposal_requested.v1": {
        "keeps": "record",
        "due_on": "2036-11-02",
        "archive_first": True,
    },
    "subject.archived.v1": {"facts": 7, "digest": "ab" * 32},
    "subject.held.v1": {"reason": "journal_duty"},
    "subject.released.v1": {},
    "subject.erased.v1": {"facts": 3, "streams": 2},
    "police.note_added.v1": {"nth": 2, "kind": "tactics", "text": "Fredag aften."},
    "police.sharing_proposed.v1": {"nth": 1, "text": "Vi kommer oftere forbi."},
    "police.sharing_approved.v1": {"nth": 1, "content": "0f" * 32},
    "access.words_read.v1": {
        "looked": "list",
        "purpose": "casework",
        "about": ["finding/2026-04"],
    },
}

# What every refusal with this code carries, whoever raises it.
ALWAYS_PASSED: Mapping[Code, set[str]] = {
    Code.UNKNOWN_FINDING: {"number"},
    Code.UNKNOWN_FOCUS_AREA: {"focus"},
    Code.UNKNOWN_INDICATOR: {"focus", "indicator"},
    Code.UNKNOWN_SERIES: {"series"},
    Code.UNKNOWN_SERIES_AREA: {"series", "area"},
    Code.UNKNOWN_FIGURE: {"series", "metric", "area", "year"},
    Code.FIGURE_OUT_OF_RANGE: {"value"},
    Code.INTERVAL_WRONG: {"low", "high", "value"},
    Code.WRONG_UNIT: {"metric", "scale"},
    Code.MIXED_METRICS: {"metric", "scale", "holds"},
    Code.YEAR_OUTSIDE: {"year"},
    Code.AREA_NOT_LISTED: {"area", "year"},
    Code.SERIES_FOLLOWS_ITSELF: {"series"},
    Code.SERIES_HOLDS_FIGURES: {"series", "area", "year"},
    Code.FIGURE_DIFFERS: {"known", "new"},
    Code.FIGURE_UNCHANGED: {"metric", "area", "year"},
    Code.INDICATOR_DERIVED: {"focus", "indicator"},
    Code.NUMBER_UNCLEAR: {"number"},
    Code.BAD_MEASUREMENTS: {"file", "count", "lines"},
    Code.UNKNOWN_WALK: {"walk"},
    Code.UNKNOWN_UNIT: {"unit"},
    Code.UNKNOWN_CATEGORY: {"category"},
    Code.UNKNOWN_SUBTASK: {"subtask", "known"},
    Code.UNKNOWN_REASON: {"reason", "known"},
    Code.UNKNOWN_PROJECTION: {"projection", "known"},
    Code.UNKNOWN_SUBJECT: {"subject"},
    Code.UNKNOWN_SHARING: {"nth"},
    Code.PICTURE_TOO_LARGE: {"limit"},
    Code.PHOTOS_FULL: {"count"},
    Code.PURPOSE_MISSING: {"by", "known"},
    Code.SMALL_NUMBERS: {"figures"},
    Code.NOT_SEALED: {"size", "position"},
    Code.SECOND_PERSON_NEEDED: {"by", "first"},
    Code.ERASURE_NOT_REQUESTED: {"subject"},
    Code.ERASURE_NOT_APPROVED: {"subject"},
    Code.SUBJECT_HELD: {"subject", "duty"},
    Code.SUBJECT_ERASED: {"subject"},
    Code.NOT_DUE: {"subject", "due_on"},
    Code.NOT_ARCHIVED: {"subject"},
    Code.SUBJECT_KEYS_MISSING: {"path"},
    Code.BAD_INPUT: {"field"},
    Code.BAD_FILE: {"file", "problem"},
    Code.FILE_TOO_LARGE: {"file", "bytes", "limit"},
    Code.NOT_UTF8: {"file", "byte"},
    Code.TEXT_TOO_LONG: {"field", "length", "limit"},
    Code.TEXT_MISSING: {"field"},
    Code.OUTSIDE_COUNTRY: {"lat", "lon"},
    Code.COORDINATES_SWAPPED: {"lat", "lon"},
    Code.DATE_IN_PAST: {"field", "date"},
    Code.DATE_IN_FUTURE: {"field", "date"},
    Code.REVIEW_TOO_FAR: {"latest", "limit"},
    Code.CALENDAR_ENDS: {"day"},
    Code.REFERRAL_MISSING: {"reason"},
    Code.TRIAGE_FIRST: {"category"},
    Code.ALREADY_REPORTED: {"number"},
    Code.CLOSED: {"status", "needed"},
    Code.WRONG_STATUS: {"status", "needed"},
    Code.ON_HOLD: {"since"},
    Code.HANDOVER_PENDING: {"to"},
    Code.SAME_AUTHORITY: {"to", "owner"},
    Code.SUBTASKS_OPEN: {"open"},
    Code.SUBTASK_EXISTS: {"subtask"},
    Code.SUBTASK_DONE: {"subtask"},
    Code.PROPOSAL_PENDING: {"by"},
    Code.REOPEN_TOO_LATE: {"ended_on", "limit"},
    Code.MERGE_INTO_SELF: {"number"},
    Code.MASTER_UNUSABLE: {"master", "status"},
    Code.WALK_NOT_READY: {"status", "needed"},
    Code.WALK_EXISTS: {"walk"},
    Code.WALK_UNPREPARED: {"missing"},
    Code.ALREADY_ANSWERED: {"walk"},
    Code.NOBODY_ASKED: {"contact"},
    Code.NOT_SIGNED: {"publication", "walk"},
    Code.PARTICIPANTS_UNANSWERED: {"count"},
    Code.FINDINGS_WITHOUT_OWNER: {"findings"},
    Code.UNKNOWN_PUBLICATION: {"number"},
    Code.UNKNOWN_DOCUMENT: {"content"},
    Code.DOCUMENT_DAMAGED: {"path"},
    Code.PUBLICATION_NOT_READY: {"status", "needed"},
    Code.ALREADY_PUBLISHED: {"number"},
    Code.ALREADY_APPROVED: {"authority"},
    Code.APPROVAL_TOO_LATE: {"approve_by"},
    Code.CONTENT_CHANGED: {"seen", "current"},
    Code.DRAFT_UNCHANGED: {"number"},
    Code.SUBJECT_MISSING: {"kind", "field"},
    Code.SUBJECT_FIXED: {"number", "field"},
    Code.SAME_HANDS: {"by", "involved"},
    Code.NOT_YOUR_ROLE: {"by", "action", "roles"},
    Code.UNKNOWN_AREA: {"area"},
    Code.UNKNOWN_DELIVERY: {"key"},
    Code.DELIVERY_PENDING: {"pending"},
    Code.LINK_MISSING: {"reason"},
    Code.EVIDENCE_MISSING: {"field", "category"},
    Code.TACTICS_TOLD: {"field"},
    Code.DECISION_INCOMPLETE: {"field", "step"},
    Code.DEADLINE_TOO_SHORT: {"step", "earliest"},
    Code.OUT_OF_SEASON: {"date", "season"},
    Code.NO_SEASON: {"category"},
    Code.IN_SEASON: {"category", "season"},
    Code.JOINT_CASE: {"lead"},
    Code.ALREADY_SOUGHT: {"asked"},
    Code.WRONG_SOURCE: {"source", "expected"},
    Code.STEP_SKIPPED: {"step", "expected"},
    Code.DEADLINE_RUNNING: {"step", "date"},
    Code.STILL_OPEN: {"follow", "status"},
    Code.NOT_ACUTE: {"severity"},
    Code.BUSY: {"attempts"},
    Code.STORE_UNAVAILABLE: {"problem"},
    Code.STORE_MISSING: {"path"},
    Code.KEYS_MISSING: {"path"},
    Code.KEYS_UNWRITABLE: {"path", "problem"},
    Code.TRUST_MISSING: {"path"},
    Code.SUBJECT_KEYS_DAMAGED: {"path"},
    Code.WITNESS_KEY_UNUSABLE: {"path"},
    Code.FOLDER_UNUSABLE: {"path", "problem"},
    Code.KEY_EXPOSED: {"path"},
    Code.KEY_UNKNOWN: {"path"},
    Code.MEMORY_LOST: {"path"},
    Code.MEMORY_THERE: {"path"},
    Code.LEDGER_STOPPED: {"position", "problem"},
    Code.FOLDER_EXISTS: {"path"},
    Code.FILE_EXISTS: {"path"},
    Code.HISTORY_EXISTS: {"facts"},
    Code.FACT_UNPROVED: {"position"},
    Code.CHECKPOINT_FOREIGN: {"origin"},
    Code.CHECKPOINT_AHEAD: {"kept", "signed"},
    Code.CHECKPOINT_DIFFERS: {"kept"},
    Code.STORE_OUTDATED: {"found", "needed"},
    Code.OWNER_NEEDED: {"path"},
    Code.ROLE_TOO_STRONG: {"role"},
    Code.BAD_CURSOR: {"after"},
    Code.COPY_DIFFERS: {"sent", "arrived"},
    Code.BACKUP_EXISTS: {"path"},
    Code.NO_BACKUP: {"path"},
    Code.BACKUP_DAMAGED: {"file"},
    Code.BACKUP_NEWER: {"found", "needed"},
    Code.UNREADABLE_FACT: {"problem"},
    Code.PROJECTION_STOPPED: {"projection", "problem"},
    Code.NOT_YET_SEEN: {"projection", "position"},
    Code.LOGIN_UNAVAILABLE: {"provider"},
    Code.EXTRA_MISSING: {"extra", "field"},
    Code.TEXT_UNPRINTABLE: {"field"},
    Code.CPR_NUMBER: {"field"},
    Code.OUT_OF_ORDER: {"date", "earliest"},
    Code.PERIOD_REVERSED: {"first", "last"},
    Code.PERIOD_TOO_LONG: {"limit"},
    Code.ABSENCE_NOTED: {"to"},
    Code.NOT_ABSENT: {"to", "date"},
    Code.SUBSTITUTE_ELSEWHERE: {"to", "owner"},
    Code.SUBSTITUTE_IS_ABSENT: {"to"},
}

WORDS = {
    "metric": Metric,
    "measured_unit": Unit,
    "derivation": Derivation,
    "indicator_unit": IndicatorUnit,
    "interval": Interval,
    "status": Status,
    "walk_status": WalkStatus,
    "walk_clock": WalkClock,
    "walk_moment": WalkMoment,
    "reply_channel": ReplyChannel,
    "answered_by": AnsweredBy,
    "recomputation": Recomputation,
    "next_step": NextStep,
    "clock": ClockName,
    "handover_outcome": HandoverOutcome,
    "enforcement_step": EnforcementStep,
    "ownership_source": OwnershipSource,
    "done": Done,
    "severity": Severity,
    "channel": Channel,
    "kind": Kind,
    "evidence": Evidence,
    "person_kind": PersonKind,
    "authority": Authority,
    "publication_status": PublicationStatus,
    "publication_kind": PublicationKind,
    "role": Role,
    "action": Action,
    "compartment": Compartment,
    "relation": Relation,
    "obligation": Obligation,
    "erasure_basis": ErasureBasis,
    "restriction_reason": RestrictionReason,
    "hold_reason": HoldReason,
}


@pytest.fixture(scope="module")
def register() -> Register:
    return read_register(REGISTER_FILE)


@pytest.fixture(params=LANGUAGES)
def lang(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def danish(register: Register) -> Texts:
    return Texts("da", register)


@pytest.fixture
def english(register: Register) -> Texts:
    return Texts("en", register)


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


# --- The tables -----------------------------------------------------------------


def test_both_languages_have_the_same_keys_and_placeholders() -> None:
    danish, english = (
        {
            (table, key): placeholders(text)
            for table, texts in tables(lang).items()
            for key, text in texts.items()
        }
        for lang in ("da", "en")
    )

    assert danish == english


def test_no_text_is_empty_shouts_or_has_a_value_without_a_name(lang: str) -> None:
    for table, texts in tables(lang).items():
        for key, text in texts.items():
            assert text.strip(), (table, key)
            assert "!" not in text, (table, key)
            assert "" not in placeholders(text), (table, key)


def test_every_refusal_says_what_and_what_to_do(lang: str) -> None:
    assert set(tables(lang)["refusal"]) == set(Code)
    assert set(tables(lang)["hint"]) == set(Code)


def test_refusals_use_only_what_every_raise_carries(lang: str) -> None:
    for code in Code:
        passed = ALWAYS_PASSED.get(code, set())
        assert placeholders(tables(lang)["refusal"][code]) <= passed, code
        assert placeholders(tables(lang)["hint"][code]) <= passed | {"number"}, code


def test_refusal_extras_are_about_a_code_and_use_only_their_own_value(
    lang: str,
) -> None:
    for key, text in tables(lang)["refusal_extra"].items():
        code, _, name = key.partition(".")

        assert code in set(Code)
        assert placeholders(text) == {name}


def test_every_fact_has_a_sentence_of_its_own_fields(lang: str) -> None:
    assert set(tables(lang)["fact"]) == set(EVENTS)
    for topic, text in tables(lang)["fact"].items():
        fields = EVENTS[topic].model_fields
        required = {name for name, field in fields.items() if field.is_required()}
        assert placeholders(text) <= required - {"stamp"} | {"by"}, topic


def test_extras_are_about_optional_fields(lang: str) -> None:
    for key, text in tables(lang)["fact_extra"].items():
        topic, _, name = key.rpartition(".")
        fields = EVENTS[topic].model_fields
        optional = {name for name, field in fields.items() if not field.is_required()}

        assert name in optional, key
        assert placeholders(text) <= set(fields), key


@pytest.mark.parametrize("table", WORDS)
def test_every_member_of_an_enumeration_has_a_word(table: str, lang: str) -> None:
    assert set(tables(lang)[table]) == set(WORDS[table])


def test_every_moment_of_every_clock_has_a_word(lang: str) -> None:
    moments = {f"{clock}.{kind}" for clock in ClockName for kind in OccasionKind}

    assert set(tables(lang)["occasion"]) == moments


def test_every_told_fact_has_a_line_for_mails() -> None:
    assert set(NOTICE_KINDS) == _topics_of_notices()
    assert set(NOTICE_KINDS.values()) <= set(tables("da")["mail"])


def _topics_of_notices() -> set[str]:
    """Return the facts that a unit is told of, found by asking for each."""
    told = {topic: _recorded(topic) for topic in EXAMPLES if topic != ADOPTED}
    return {
        topic
        for topic, fact in told.items()
        for notice in notices(fact)
        if notice.recipient.authority is not Authority.PARTICIPANT
    }


def _recorded(topic: str) -> Recorded:
    event = EVENTS[topic].model_validate(EXAMPLES[topic] | {"stamp": STAMP})
    return Recorded(
        event=event,
        stream=StreamId("finding/2026-01"),
        version=1,
        position=1,
        event_id=event.stamp.command_id,
        recorded_at=event.stamp.at,
        register=1,
    )


def test_everything_the_program_says_has_a_text() -> None:
    asked = re.compile(r"\"((?:say|report|mail)\.[a-z_]+)\"")
    sources = [path for path in ROOT.rglob("*.py") if path.parent.name != "texts"]
    found = {key for path in sources for key in asked.findall(path.read_text("utf-8"))}

    missing = {
        key
        for key in found
        if key.partition(".")[2] not in tables("da")[key.partition(".")[0]]
    }

    assert not missing


# --- Values ---------------------------------------------------------------------


def test_dates_look_as_people_write_them(danish: Texts, english: Texts) -> None:
    day = date(2026, 11, 6)

    assert danish.show(day) == "06.11.2026"
    assert english.show(day) == "6 Nov 2026"


def test_moments_are_local_in_summer_and_winter(danish: Texts, english: Texts) -> None:
    winter = datetime(2026, 11, 6, 7, 0, tzinfo=UTC)
    summer = datetime(2026, 7, 6, 6, 0, tzinfo=UTC)

    assert danish.show(winter) == "06.11.2026 08.00"
    assert english.show(winter) == "6 Nov 2026 08:00"
    assert danish.show(summer) == "06.07.2026 08.00"
    assert Texts("da").show(summer) == "06.07.2026 08.00"


@pytest.mark.parametrize(
    ("value", "da", "en"),
    [
        (None, DASH, DASH),
        ((), DASH, DASH),
        (True, "ja", "yes"),
        (14.3, "14,3", "14.3"),
        (7, "7", "7"),
        ("fri tekst {by}", "fri tekst {by}", "fri tekst {by}"),
        (Status.FIXED, "meldt udført", "reported fixed"),
        (WalkStatus.PLANNED, "planlagt", "planned"),
        (NextStep.ASSIGN, "find en ansvarlig", "find an owner"),
        (Severity.ACUTE, "akut", "acute"),
        ((Status.FIXED, None), f"meldt udført, {DASH}", f"reported fixed, {DASH}"),
        (Actor("municipality/operations"), "Drift", "Operations"),
        (Actor("municipality/operations/jh1"), "Drift (jh1)", "Operations (jh1)"),
        (Actor("participant/volunteers"), "Frivillige", "Volunteers"),
        (Actor("municipality/gone"), "municipality/gone", "municipality/gone"),
        (Actor("clock"), "Uret", "The clock"),
        (Actor("citizen"), "En borger", "A citizen"),
        (
            Occasion(
                clock=ClockName.FIX,
                run=1,
                kind=OccasionKind.HALF,
                on=date(2026, 11, 6),
            ),
            "halvdelen af tiden er gået",
            "half of the time has passed",
        ),
    ],
)
def test_values_look_as_people_read_them(
    value: object, da: str, en: str, danish: Texts, english: Texts
) -> None:
    assert danish.show(value) == da
    assert english.show(value) == en


@pytest.mark.parametrize(
    ("value", "in_danish", "in_english"),
    [
        (999, "999", "999"),
        (11047, "11.047", "11,047"),
        (27510.0, "27.510", "27,510"),
        (1234.5, "1.234,5", "1,234.5"),
        (-0.25, "-0,25", "-0.25"),
    ],
)
def test_amounts_have_marks_between_thousands(
    danish: Texts, english: Texts, value: float, in_danish: str, in_english: str
) -> None:
    assert danish.amount(value) == in_danish
    assert english.amount(value) == in_english


def test_counts_have_them_and_versions_have_not(danish: Texts) -> None:
    assert danish.say("web.due_left", days=2) == "om 2 arbejdsdage"
    assert danish.say("web.findings", count=1500) == "Fund (1.500)"
    assert "1.700 meter" in danish.say("web_route.length", metres=1700, minutes=34)
    assert "2026" in danish.say("web.version", version=2026)


def test_names_come_from_the_register(danish: Texts, english: Texts) -> None:
    assert danish.category("LGT-FAIL") == "Lampe slukket"
    assert danish.reason("budget") == "Venter på bevilling"
    assert english.reason("no_legal_basis") == "No legal basis"
    assert danish.group("key_person") == danish.group("key-person") != "key-person"


def test_without_a_register_codes_stand_as_they_are(lang: str) -> None:
    texts = Texts(lang)

    assert texts.category("LGT-FAIL") == "LGT-FAIL"
    assert texts.reason("budget") == "budget"
    assert texts.group("youth") == "youth"
    assert texts.actor("municipality/operations/jh1") == "municipality/operations (jh1)"
    assert texts.actor("participant/youth") == "participant/youth"


def test_a_status_alone_begins_with_a_capital_letter(danish: Texts) -> None:
    assert danish.status(Status.ASSIGNED) == "Tildelt"
    assert danish.status("verified") == "Kontrolleret"
    assert danish.status(WalkStatus.WALKED) == "Gået"


# --- Saying ---------------------------------------------------------------------


def test_values_are_shown_in_a_sentence(danish: Texts) -> None:
    said = danish.say("say.done", what="{by}", version=3)

    assert said == "Gemt: {by}. Version 3."


def test_one_is_not_many(danish: Texts) -> None:
    assert danish.say("mail.subject_digest", count=1).endswith("1 sag venter på jer")
    assert danish.say("mail.subject_digest", count=2).endswith("2 sager venter på jer")


def test_the_rule_for_reminders_is_that_of_the_register(english: Texts) -> None:
    why = english.say("mail.why_do_i_get_this")

    assert "3 working days before the deadline" in why
    assert "every 5 working days" in why


def test_nothing_unknown_ever_raises(lang: str, register: Register) -> None:
    texts = Texts(lang, register)

    assert texts.say("say.no_such_text") == "say.no_such_text"
    assert texts.say("no table at all") == "no table at all"
    assert DASH in texts.say("say.done")
    assert texts.fact("gone.v1", "nobody", {"a": object()}) == "fact.gone.v1"
    assert texts.fact("finding.assigned.v1", "?", {"to": 7, "other": []})
    assert texts.fact("finding.reminder_raised.v1", "clock", {"occasions": ["?"]})
    assert texts.fact("finding.put_on_hold.v1", "clock", {"review_on": "soon"})
    assert texts.fact("walk.held.v1", "clock", {"plan": {}, "attendance": {}})
    assert texts.word("status", "unknown") == "unknown"
    assert texts.show(object())
    assert texts.actor("not an actor at all") == "not an actor at all"
    assert Texts("fr").lang == "da"


# --- Facts ----------------------------------------------------------------------


def test_there_is_an_example_of_every_fact() -> None:
    assert set(EXAMPLES) == set(EVENTS)


@pytest.mark.parametrize("topic", [topic for topic in EXAMPLES if topic != ADOPTED])
def test_the_examples_are_whole_facts_as_they_are_stored(topic: str) -> None:
    stored = _recorded(topic).event.model_dump(mode="json", exclude={"stamp"})

    assert EXAMPLES[topic].items() <= stored.items()


@pytest.mark.parametrize("topic", EXAMPLES)
def test_every_fact_reads_well(topic: str, lang: str, register: Register) -> None:
    said = Texts(lang, register).fact(topic, "municipality/operations", EXAMPLES[topic])

    assert DASH not in said
    assert "{" not in said
    assert not re.search(r"\b(municipality|partner)/", said)


SENTENCES = {
    "finding.assigned.v1": (
        "Politiet, forebyggelse tildelte sagen til Vejbelysning; akut"
    ),
    "finding.put_on_hold.v1": (
        "Politiet, forebyggelse satte sagen i bero: Venter på bevilling; "
        "ny vurdering 18.12.2026; venter på Planlægningsgruppen (kommune og politi); "
        "venter på et møde 11.12.2026"
    ),
    "finding.call_logged.v1": (
        "Politiet, forebyggelse noterede, at Vejbelysning fik besked på telefon "
        "09.10.2026 13.05"
    ),
    "finding.made_joint.v1": (
        "Sagen blev en fællessag, som Vejbelysning leder; "
        "dele: Vejbelysning; Politiet, forebyggelse (patrulje)"
    ),
    "finding.handover_decided.v1": (
        "Politiet, forebyggelse afgjorde overdragelsen: flyttes; "
        "Politiet, forebyggelse har nu sagen; begrundelse: politiet er tættest på"
    ),
    "finding.deadlines_recomputed.v1": (
        "Nye frister, fordi registrets kalender eller tidsfrister er ændret: "
        "udførelse 26.10.2026; besked til Vejbelysning"
    ),
    "finding.reminder_raised.v1": (
        "Rykker sendt til Vejbelysning: fristen er i dag, "
        "fristen for at finde en ansvarlig er overskredet"
    ),
    "finding.corrected.v1": (
        "Politiet, forebyggelse rettede sagen: forkert lampe; "
        "ny kategori: Manglende belysning; ny tekst: ny tekst; "
        "nyt punkt: 57.1, 10.1; nyt sted: nyt sted"
    ),
    "finding.escalated.v1": (
        "Eskaleret til trin 3: Vandringsleder og Politiet, forebyggelse"
    ),
    "walk.planned.v1": (
        "Politiet, forebyggelse planlagde vandringen: Aalborg Øst, 08.10.2026 17.15; "
        "ansvarlige: Drift"
    ),
    "walk.minutes_approved.v1": (
        "Politiet, forebyggelse godkendte referatet for politiet"
    ),
}


@pytest.mark.parametrize("topic", SENTENCES)
def test_facts_are_sentences(topic: str, danish: Texts) -> None:
    said = danish.fact(topic, "police/prevention", EXAMPLES[topic])

    assert said == SENTENCES[topic]


def test_facts_are_sentences_in_english_too(english: Texts) -> None:
    topic = "finding.reminder_raised.v1"

    assert english.fact(topic, "clock", EXAMPLES[topic]) == (
        "Reminder sent to Street lighting: the deadline is today, "
        "the deadline for finding an owner has passed"
    )


def test_free_text_stays_as_it_was_written(danish: Texts) -> None:
    said = danish.fact(
        "finding.reported.v1", "citizen", EXAMPLES["finding.reported.v1"]
    )

    assert "(Lampe slukket): 2026-11-06;" in said
    assert "sted: police/prevention" in said
    assert "frist 23.10.2026" in said


def test_erased_words_are_said_to_be_erased(danish: Texts, english: Texts) -> None:
    topic = "finding.note_added.v1"
    erased = {"text": ERASED}

    assert danish.fact(topic, "citizen", erased).endswith("[slettet]")
    assert english.fact(topic, "citizen", erased).endswith("[erased]")


def test_what_is_as_usual_is_not_said(danish: Texts) -> None:
    usual = EXAMPLES["finding.reported.v1"]
    acute = usual | {"severity": "acute"}

    assert "alvor" not in danish.fact("finding.reported.v1", "citizen", usual)
    assert "alvor: akut" in danish.fact("finding.reported.v1", "citizen", acute)


# --- Refusals -------------------------------------------------------------------


@pytest.mark.parametrize("code", Code)
def test_every_refusal_can_be_said_without_any_context(code: Code, lang: str) -> None:
    what, hint = Texts(lang).refusal(DomainError(code))

    assert what
    assert hint
    assert "{" not in what + hint


def test_a_refusal_shows_names_and_local_dates(danish: Texts) -> None:
    hold = Refused(Code.ON_HOLD, since="2026-10-20T10:00:00+00:00")
    offered = Refused(Code.HANDOVER_PENDING, to="police/prevention")
    past = Refused(Code.DATE_IN_PAST, field="review_on", date="2026-10-01")
    ahead = Refused(Code.DATE_IN_FUTURE, field="at", date="2026-12-01T11:00:00+00:00")

    assert danish.refusal(hold)[0] == "Sagen har været i bero siden 20.10.2026 12.00."
    assert danish.refusal(offered)[0].startswith("Sagen er tilbudt Politiet, forebyg")
    assert "»dato for ny vurdering«" in danish.refusal(past)[0]
    assert "01.12.2026 12.00" in danish.refusal(ahead)[0]


def test_a_refusal_names_the_statuses_that_would_do(danish: Texts) -> None:
    case = Refused(
        Code.WRONG_STATUS, status=Status.FIXED, needed=["reported", "assigned"]
    )
    walk = Refused(
        Code.WALK_NOT_READY, status=WalkStatus.PLANNED, needed=["minutes_draft"]
    )

    assert danish.refusal(case)[0] == (
        "Sagen har status »meldt udført«. "
        "Dette trin kan kun tages ved status: modtaget, tildelt."
    )
    assert danish.refusal(walk)[0].endswith("ved status: referat i udkast.")


def test_a_hint_names_the_case_if_it_is_known(danish: Texts) -> None:
    refused = Refused(Code.NOT_ON_HOLD)
    stale = Conflict(Code.STALE_VERSION, stream="finding/2026-04", current=7)

    assert danish.refusal(refused)[1].endswith("gadelys case NUMMER")
    assert danish.refusal(refused, number="2026-02")[1].endswith("case 2026-02")
    assert danish.refusal(stale)[1].endswith("gadelys case 2026-04")
    assert danish.refusal(stale)[0].endswith("Den er nu i version 7.")


def test_a_refusal_says_whose_step_it_is_when_it_knows(danish: Texts) -> None:
    unit = NotAllowed(Code.NOT_YOUR_CASE, owner="municipality/operations")
    both = NotAllowed(Code.NOT_YOUR_CASE, owner="municipality, police")
    nobody = NotAllowed(Code.NOT_YOUR_CASE, by="clock")

    assert danish.refusal(unit)[0].endswith("Det skal gøres af: Drift.")
    assert danish.refusal(both)[0].endswith("Det skal gøres af: kommunen og politiet.")
    assert danish.refusal(nobody)[0].endswith("dette trin.")


def test_a_refusal_out_of_a_file_says_where_it_stands(english: Texts) -> None:
    refused = Refused(Code.NOT_ON_HOLD, file="walk.json", finding="2026-04", entry=3)

    what, hint = english.refusal(refused)

    assert what.endswith("It is in the file walk.json, finding 2026-04, entry 3.")
    assert hint == "Put the file right and read it again. Nothing was saved."


def test_swapped_coordinates_come_back_in_the_right_order(danish: Texts) -> None:
    swapped = Refused(Code.COORDINATES_SWAPPED, lat=10.0, lon=57.03)

    assert danish.refusal(swapped)[1].endswith("--lat 57.03 --lon 10.0")


# --- Mail -----------------------------------------------------------------------


def test_a_notice_says_how_late_the_case_is(danish: Texts) -> None:
    values = {"number": "2026-06", "category": "Fliser", "due": date(2026, 11, 6)}
    topic = "finding.reminder_raised.v1"

    before = danish.notice(topic, occasions=["x"], days_late=0, **values)
    one = danish.notice(topic, days_late=1, **values)
    many = danish.notice(topic, days_late=10, **values)
    rung = danish.notice("finding.escalated.v1", days_late=10, level=3, **values)

    assert before.startswith("Sag 2026-06, Fliser: x. Frist 06.11.2026.")
    assert "1 arbejdsdag over frist" in one
    assert "10 arbejdsdage over frist. Fristen var 06.11.2026." in many
    assert "eskaleret til trin 3" in rung
    assert many.endswith("\n  gadelys case 2026-06")


def test_a_notice_about_an_ended_case_asks_for_nothing(english: Texts) -> None:
    line = english.notice("finding.assigned.v1", number="2026-06", due=None)

    assert "has since ended or moved on" in line


@pytest.mark.parametrize("topic", [*NOTICE_KINDS, "unknown.v1"])
def test_lines_of_a_mail_hold_no_text_and_no_names(topic: str, lang: str) -> None:
    kind = NOTICE_KINDS.get(topic, "other")
    allowed = {"number", "category", "due", "days_late", "level", "occasions"}
    allowed |= {"kind", "approve_by", "clock"}
    allowed |= {"absent", "first", "last", "stands_in"}
    allowed |= {"title", "period", "open", "late", "numbers"}
    allowed |= {"unit", "day", "count"}
    mail = tables(lang)["mail"]
    lines = [text for key, text in mail.items() if key.startswith(kind)]

    assert lines
    assert all(placeholders(line) <= allowed for line in lines)
