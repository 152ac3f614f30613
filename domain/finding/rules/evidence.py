"""What shows that something was done, by category (R10, R15).

Asked for from the day that the register names; older history is taken as it was
written down.
"""

from domain.errors import Code, NotFound, Refused
from domain.finding.commands import FindingCommand, MarkFixed, VerifyFix
from domain.finding.rules.checks import day_of
from domain.finding.state import Finding
from domain.register.model import Category, Register
from domain.values import Done, Evidence, Kind

NEEDED = {
    Done.MENDED: (),
    Done.MEETING: ("held_on", "attendance"),
    Done.STARTED: ("held_on", "count"),
    Done.PATROLLED: ("count",),
    Done.TALK: ("held_on", "audience", "count"),
    Done.TALKED: ("held_on",),
}
"""What must be told of something that people did."""

TACTICS = ("held_on", "attendance", "audience")
"""What nobody may read out of a patrol: only how often, never when or where."""


def require_shown(finding: Finding, command: MarkFixed, register: Register) -> None:
    """Refuse a fix that does not show what its category asks for."""
    category = _category(finding, command, register)
    if category is None:
        return
    if category.done is Done.PATROLLED:
        told = [name for name in TACTICS if getattr(command, name)]
        if told:
            raise Refused(Code.TACTICS_TOLD, field=told[0])
    for name in NEEDED[category.done]:
        if not getattr(command, name):
            raise Refused(Code.EVIDENCE_MISSING, field=name, category=category.code)
    if category.done is Done.MENDED and category.kind is not Kind.SOCIAL:
        _require_kind(category, command.evidence)
        _require_photo(finding, command, register)
    _refuse_unknown_groups(command, register)
    held = command.held_on
    if held and held > day_of(command, register):
        raise Refused(Code.DATE_IN_FUTURE, field="held_on", date=held.isoformat())


def _require_photo(finding: Finding, command: MarkFixed, register: Register) -> None:
    """Refuse to say “see the photo” of one that nobody can see."""
    begins = register.limits.photo_from
    if command.evidence is not Evidence.PHOTO or begins is None:
        return
    if day_of(command, register) >= begins and not finding.shown:
        raise Refused(Code.PHOTO_MISSING, category=finding.category)


def _refuse_unknown_groups(command: MarkFixed, register: Register) -> None:
    """Count by the register's groups only: a name is no group."""
    for group, _ in command.attendance:
        if not register.has_group(group):
            raise NotFound(Code.UNKNOWN_UNIT, unit=f"participant/{group}")


def require_seen(finding: Finding, command: VerifyFix, register: Register) -> None:
    """Refuse a verification that does not say how it was seen."""
    category = _category(finding, command, register)
    if category is None:
        return
    if command.evidence is None:
        raise Refused(Code.EVIDENCE_MISSING, field="evidence", category=category.code)
    if category.done is not Done.MENDED:
        return
    if category.kind is not Kind.SOCIAL:
        _require_kind(category, command.evidence)
        if command.evidence is Evidence.PHOTO and not command.same_point:
            raise Refused(
                Code.EVIDENCE_MISSING, field="same_point", category=category.code
            )
    if category.after_dark and not command.after_dark:
        raise Refused(Code.EVIDENCE_MISSING, field="after_dark", category=category.code)


def _require_kind(category: Category, evidence: Evidence) -> None:
    if evidence is not Evidence.ON_SITE and evidence is not category.evidence:
        raise Refused(
            Code.EVIDENCE_MISSING, field=str(category.evidence), category=category.code
        )


def _category(
    finding: Finding, command: FindingCommand, register: Register
) -> Category | None:
    """Return the category if its evidence is asked for on the day of `command`."""
    begins = register.limits.evidence_from
    if begins is None or day_of(command, register) < begins:
        return None
    if not register.has_category(finding.category):
        return None
    return register.category(finding.category)
