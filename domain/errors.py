"""Every refusal the rules know, with a stable code.

The sentence a person reads is made in the interfaces from the code; the context
holds ids, states and dates, never personal text.
"""

from enum import StrEnum


class Code(StrEnum):
    """Why something was refused; stable, language-free, safe to build upon."""

    # what was asked for does not exist
    UNKNOWN_FINDING = "unknown_finding"
    UNKNOWN_WALK = "unknown_walk"
    UNKNOWN_UNIT = "unknown_unit"
    UNKNOWN_CATEGORY = "unknown_category"
    UNKNOWN_SUBTASK = "unknown_subtask"
    UNKNOWN_REASON = "unknown_reason"
    UNKNOWN_PROJECTION = "unknown_projection"
    UNKNOWN_PUBLICATION = "unknown_publication"
    UNKNOWN_DOCUMENT = "unknown_document"
    UNKNOWN_DELIVERY = "unknown_delivery"
    UNKNOWN_SUBJECT = "unknown_subject"
    UNKNOWN_SHARING = "unknown_sharing"
    NO_REGISTER = "no_register"
    # what was said cannot be taken
    BAD_INPUT = "bad_input"
    BAD_FILE = "bad_file"
    FILE_TOO_LARGE = "file_too_large"
    NOT_UTF8 = "not_utf8"
    TEXT_TOO_LONG = "text_too_long"
    TEXT_MISSING = "text_missing"
    TEXT_UNPRINTABLE = "text_unprintable"
    CPR_NUMBER = "cpr_number"
    PERSONS_NAMED = "persons_named"
    OUTSIDE_COUNTRY = "outside_country"
    COORDINATES_SWAPPED = "coordinates_swapped"
    DATE_IN_PAST = "date_in_past"
    DATE_IN_FUTURE = "date_in_future"
    OUT_OF_ORDER = "out_of_order"
    REVIEW_TOO_FAR = "review_too_far"
    CALENDAR_ENDS = "calendar_ends"
    REFERRAL_MISSING = "referral_missing"
    TRIAGE_FIRST = "triage_first"
    NOTHING_CHANGES = "nothing_changes"
    LINK_MISSING = "link_missing"
    EVIDENCE_MISSING = "evidence_missing"
    TACTICS_TOLD = "tactics_told"
    DAYS_WITHOUT_TACTICS = "days_without_tactics"
    PURPOSE_MISSING = "purpose_missing"
    DECISION_INCOMPLETE = "decision_incomplete"
    DEADLINE_TOO_SHORT = "deadline_too_short"
    OUT_OF_SEASON = "out_of_season"
    NO_SEASON = "no_season"
    IN_SEASON = "in_season"
    # the case is not where that step is possible
    ALREADY_REPORTED = "already_reported"
    CLOSED = "closed"
    WRONG_STATUS = "wrong_status"
    ON_HOLD = "on_hold"
    NOT_ON_HOLD = "not_on_hold"
    HANDOVER_PENDING = "handover_pending"
    NO_HANDOVER = "no_handover"
    SAME_AUTHORITY = "same_authority"
    SUBTASKS_OPEN = "subtasks_open"
    SUBTASK_EXISTS = "subtask_exists"
    SUBTASK_DONE = "subtask_done"
    NO_PROPOSAL = "no_proposal"
    PROPOSAL_PENDING = "proposal_pending"
    REOPEN_TOO_LATE = "reopen_too_late"
    JOINT_CASE = "joint_case"
    ALREADY_SOUGHT = "already_sought"
    NOT_SOUGHT = "not_sought"
    WRONG_SOURCE = "wrong_source"
    STEP_SKIPPED = "step_skipped"
    DEADLINE_RUNNING = "deadline_running"
    STILL_OPEN = "still_open"
    NOT_ACUTE = "not_acute"
    MERGE_INTO_SELF = "merge_into_self"
    MASTER_UNUSABLE = "master_unusable"
    WALK_NOT_READY = "walk_not_ready"
    WALK_EXISTS = "walk_exists"
    WALK_UNPREPARED = "walk_unprepared"
    ALREADY_ANSWERED = "already_answered"
    NOBODY_ASKED = "nobody_asked"
    NOT_SIGNED = "not_signed"
    PARTICIPANTS_UNANSWERED = "participants_unanswered"
    FINDINGS_WITHOUT_OWNER = "findings_without_owner"
    PUBLICATION_NOT_READY = "publication_not_ready"
    ALREADY_PUBLISHED = "already_published"
    ALREADY_APPROVED = "already_approved"
    APPROVAL_TOO_LATE = "approval_too_late"
    CONTENT_CHANGED = "content_changed"
    DRAFT_UNCHANGED = "draft_unchanged"
    SUBJECT_MISSING = "subject_missing"
    SUBJECT_FIXED = "subject_fixed"
    PERIOD_REVERSED = "period_reversed"
    PERIOD_TOO_LONG = "period_too_long"
    ABSENCE_NOTED = "absence_noted"
    NOT_ABSENT = "not_absent"
    SUBSTITUTE_ELSEWHERE = "substitute_elsewhere"
    SUBSTITUTE_IS_ABSENT = "substitute_is_absent"
    DELIVERY_PENDING = "delivery_pending"
    ERASURE_NOT_REQUESTED = "erasure_not_requested"
    ERASURE_NOT_APPROVED = "erasure_not_approved"
    SUBJECT_HELD = "subject_held"
    SUBJECT_ERASED = "subject_erased"
    SHARING_CHANGED = "sharing_changed"
    SHARING_TOO_LATE = "sharing_too_late"
    # not this person
    SAME_HANDS = "same_hands"
    NOT_YOUR_CASE = "not_your_case"
    NOT_YOUR_ROLE = "not_your_role"
    SECOND_PERSON_NEEDED = "second_person_needed"
    # somebody was faster, or the same key means something else
    STALE_VERSION = "stale_version"
    COMMAND_REUSED = "command_reused"
    BUSY = "busy"
    # something we depend on is away
    STORE_UNAVAILABLE = "store_unavailable"
    STORE_MISSING = "store_missing"
    POLICE_STORE_MISSING = "police_store_missing"
    DOCUMENT_DAMAGED = "document_damaged"
    STORE_OUTDATED = "store_outdated"
    OWNER_NEEDED = "owner_needed"
    ROLE_TOO_STRONG = "role_too_strong"
    TARGET_NOT_EMPTY = "target_not_empty"
    COPY_DIFFERS = "copy_differs"
    BAD_CURSOR = "bad_cursor"
    REBUILD_ABANDONED = "rebuild_abandoned"
    SOURCE_MOVED = "source_moved"
    MEMORY_LOST = "memory_lost"
    MEMORY_THERE = "memory_there"
    WITNESS_KEY_UNUSABLE = "witness_key_unusable"
    FOLDER_UNUSABLE = "folder_unusable"
    BACKUP_EXISTS = "backup_exists"
    NO_BACKUP = "no_backup"
    BACKUP_DAMAGED = "backup_damaged"
    BACKUP_NEWER = "backup_newer"
    UNREADABLE_FACT = "unreadable_fact"
    PROJECTION_STOPPED = "projection_stopped"
    NOT_YET_SEEN = "not_yet_seen"
    TEMPORAL_UNAVAILABLE = "temporal_unavailable"
    LOGIN_UNAVAILABLE = "login_unavailable"
    ALREADY_RUNNING = "already_running"
    EXTRA_MISSING = "extra_missing"
    # the history, its keys and its proofs
    SUBJECT_KEYS_MISSING = "subject_keys_missing"
    SUBJECT_KEYS_DAMAGED = "subject_keys_damaged"
    TRUST_MISSING = "trust_missing"
    KEYS_MISSING = "keys_missing"
    KEYS_UNWRITABLE = "keys_unwritable"
    KEY_EXPOSED = "key_exposed"
    KEY_UNKNOWN = "key_unknown"
    NO_CHECKPOINT = "no_checkpoint"
    LEDGER_STOPPED = "ledger_stopped"
    FOLDER_EXISTS = "folder_exists"
    FACT_UNPROVED = "fact_unproved"
    CHECKPOINT_FOREIGN = "checkpoint_foreign"
    CHECKPOINT_AHEAD = "checkpoint_ahead"
    CHECKPOINT_DIFFERS = "checkpoint_differs"


class DomainError(Exception):
    """A refusal: a stable `code` and ids, states or dates as `context`."""

    def __init__(self, code: Code, **context: object) -> None:
        """Keep `code` and `context`; the message is for logs and tracebacks."""
        self.code = code
        self.context = context
        super().__init__(f"{code} {context}" if context else str(code))


class Refused(DomainError):
    """The rules do not allow this now."""


class NotFound(DomainError):
    """What the command names is not there."""


class Conflict(DomainError):
    """The case has moved on, or the command id was used for something else."""


class NotAllowed(DomainError):
    """Somebody else has to do this."""
