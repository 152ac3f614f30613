"""What somebody sees who looks: every role, relation and compartment."""

from itertools import product

import pytest

from domain.permissions.table import may
from domain.permissions.viewing import NOTHING, Extent, extent, sight
from domain.permissions.words import Action, Compartment, Obligation, Relation, Role

READS = (
    Action.READ_CASE,
    Action.READ_HISTORY,
    Action.READ_REPORT,
    Action.READ_ACCESS_LOG,
    Action.EXPORT_CASE,
)


@pytest.mark.parametrize("role", list(Role))
def test_what_is_seen_is_what_the_table_says(role: Role) -> None:
    for action, where, relation in product(READS, Compartment, Relation):
        seen = sight([role], action, [relation], where)
        asked = may(role, action, where, relation)
        words = may(role, Action.READ_PERSONAL, where, relation)

        assert seen.facts == asked.allowed
        assert seen.words == (
            asked.allowed
            and words.allowed
            and Obligation.REDACT not in words.obligations
        )
        if seen.words:
            assert seen.logs
        if not asked.allowed:
            assert seen == NOTHING


@pytest.mark.parametrize(
    ("role", "now", "past"),
    [
        (Role.CASEWORKER, Extent.ALL, Extent.NONE),
        (Role.UNIT_LEADER, Extent.ALL, Extent.OWN_AUTHORITY),
        (Role.PREVENTION_OFFICER, Extent.ALL, Extent.NONE),
        (Role.POLICE_LEADER, Extent.ALL, Extent.OWN_AUTHORITY),
        (Role.PARTNER, Extent.ASSIGNED, Extent.NONE),
        (Role.AUDITOR, Extent.ALL, Extent.ALL),
        (Role.CITIZEN, Extent.NONE, Extent.NONE),
        (Role.PARTICIPANT, Extent.NONE, Extent.NONE),
        (Role.COUNCIL_READER, Extent.NONE, Extent.NONE),
        (Role.CLOCK, Extent.NONE, Extent.NONE),
    ],
)
def test_a_list_holds_what_the_role_may_see(
    role: Role, now: Extent, past: Extent
) -> None:
    assert extent([role], Action.READ_CASE) is now
    assert extent([role], Action.READ_HISTORY) is past


@pytest.mark.parametrize("role", list(Role))
def test_nobody_of_the_municipality_sees_what_is_the_polices(role: Role) -> None:
    police = {
        Role.PREVENTION_OFFICER,
        Role.POLICE_COORDINATOR,
        Role.POLICE_LEADER,
        Role.POLICE_AUDITOR,
    }

    seen = sight([role], Action.READ_CASE, list(Relation), Compartment.POLICE)

    assert seen.facts == (role in police)
