"""The words of the table of permissions: a small world without other values."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """In what capacity somebody acts.

    The nine from `CITIZEN` to `POLICE_LEADER` and the clock follow from where
    somebody stands in the register, the others from its list of overseers
    (`roles_of`).
    """

    CITIZEN = "citizen"
    PARTICIPANT = "participant"
    PARTNER = "partner"
    CASEWORKER = "caseworker"
    WALK_COORDINATOR = "walk_coordinator"
    UNIT_LEADER = "unit_leader"
    PREVENTION_OFFICER = "prevention_officer"
    POLICE_COORDINATOR = "police_coordinator"
    POLICE_LEADER = "police_leader"
    VERIFIER = "verifier"
    COUNCIL_READER = "council_reader"
    AUDITOR = "auditor"
    POLICE_AUDITOR = "police_auditor"
    DATA_PROTECTION_OFFICER = "data_protection_officer"
    ADMIN = "admin"
    CLOCK = "clock"


class Action(StrEnum):
    """What somebody wants to do; several commands can be one action."""

    READ_CASE = "read_case"
    READ_PERSONAL = "read_personal"
    READ_HISTORY = "read_history"
    READ_REPORT = "read_report"
    READ_PROOFS = "read_proofs"
    READ_ACCESS_LOG = "read_access_log"
    EXPORT_CASE = "export_case"

    REPORT = "report"
    NOTE = "note"
    CORRECT = "correct"
    ASSIGN = "assign"
    ANSWER_ASSIGNMENT = "answer_assignment"
    WORK = "work"
    ENFORCE = "enforce"
    CHANGE_DEADLINE = "change_deadline"
    VERIFY = "verify"
    REJECT_FIX = "reject_fix"
    PROPOSE_DECLINE = "propose_decline"
    SECOND_DECLINE = "second_decline"
    OFFER_HANDOVER = "offer_handover"
    ANSWER_HANDOVER = "answer_handover"
    DECIDE_HANDOVER = "decide_handover"
    REOPEN = "reopen"

    REQUEST_WALK = "request_walk"
    RUN_WALK = "run_walk"
    ASK_ANSWER = "ask_answer"
    PROPOSE_TEXT = "propose_text"
    APPROVE_TEXT = "approve_text"
    BUILD_REPORT = "build_report"
    PROPOSE_SHARING = "propose_sharing"
    APPROVE_SHARING = "approve_sharing"

    NOTE_ABSENCE = "note_absence"
    SETTLE_DELIVERY = "settle_delivery"
    RECORD_MEASUREMENT = "record_measurement"
    TELL_INDICATOR = "tell_indicator"
    ADOPT_REGISTER = "adopt_register"
    PROPOSE_ROLES = "propose_roles"
    GRANT_ROLES = "grant_roles"
    PROPOSE_ERASURE = "propose_erasure"
    APPROVE_ERASURE = "approve_erasure"
    EXECUTE_ERASURE = "execute_erasure"
    APPROVE_KEYS = "approve_keys"
    KEEP_KEYS = "keep_keys"
    TAKE_STEP = "take_step"


class Compartment(StrEnum):
    """Who a thing is kept for: every case is shared, a note of the police theirs."""

    PUBLIC = "public"
    SHARED = "shared"
    MUNICIPALITY = "municipality"
    POLICE = "police"


class Relation(StrEnum):
    """How somebody stands to a thing; one can stand in several ways at once."""

    OWN = "own"
    """They reported it, asked for it or wrote it."""

    ASSIGNED = "assigned"
    """It waits for them, or for the unit that they act as."""

    OWN_UNIT = "own_unit"
    """It waits for a unit that they belong to, lead, answer for or stand in for."""

    OWN_AUTHORITY = "own_authority"
    """It waits for their authority: a unit it answers for, or itself."""

    OTHER = "other"
    """None of these."""


class Obligation(StrEnum):
    """What must happen besides, where something is allowed."""

    REDACT = "redact"
    """Personal text is left out; for who keeps proofs and keys, all content."""

    LOG = "log"
    """The reading is written down before the answer leaves."""

    PURPOSE = "purpose"
    """The reader says what for, and that is written down."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether it is allowed, and what must happen besides.

    `explicit` tells a denial that no other role can lift from mere silence.
    """

    allowed: bool
    obligations: frozenset[Obligation] = frozenset()
    explicit: bool = False
