"""The table of permissions: whole, closed by default, and walls where walls belong."""

from itertools import product

import pytest

from domain.permissions.table import (
    DENIED,
    FORBIDDEN,
    NOTHING_ELSE,
    READING,
    cells,
    may,
    may_any,
)
from domain.permissions.words import Action, Compartment, Obligation, Relation, Role

EVERY_CELL = list(product(Role, Action, Compartment, Relation))
TOWN_HALL = (Role.CASEWORKER, Role.WALK_COORDINATOR, Role.UNIT_LEADER)
POLICE = (Role.PREVENTION_OFFICER, Role.POLICE_COORDINATOR, Role.POLICE_LEADER)
CONTENT = READING - {Action.READ_HISTORY, Action.READ_PROOFS}


def allowed(role: Role, action: Action) -> bool:
    return any(
        may(role, action, where, relation).allowed
        for where, relation in product(Compartment, Relation)
    )


def test_every_action_has_a_row() -> None:
    assert {action for action, _ in cells()} == set(Action)


def test_it_answers_every_question() -> None:
    answers = {may(*cell).allowed for cell in EVERY_CELL}

    assert answers == {True, False}


def test_what_is_not_in_the_table_is_not_allowed() -> None:
    assert may(Role.CITIZEN, Action.ASSIGN, Compartment.PUBLIC, Relation.OWN) == DENIED
    assert may_any((), Action.REPORT, Compartment.PUBLIC, Relation) == DENIED


@pytest.mark.parametrize("role", TOWN_HALL)
def test_town_hall_never_gets_into_what_is_the_polices(role: Role) -> None:
    for action, relation in product(Action, Relation):
        assert not may(role, action, Compartment.POLICE, relation).allowed


@pytest.mark.parametrize("role", POLICE)
def test_the_police_never_get_into_what_is_town_halls(role: Role) -> None:
    for action, relation in product(Action, Relation):
        assert not may(role, action, Compartment.MUNICIPALITY, relation).allowed


def test_whatever_is_allowed_with_others_is_allowed_with_ones_own() -> None:
    for role, action, where in product(Role, Action, Compartment):
        if may(role, action, where, Relation.OTHER).allowed:
            assert all(may(role, action, where, one).allowed for one in Relation)


def test_whoever_is_nearer_may_no_less() -> None:
    """Assigned, own unit, own authority: each next one is further away."""
    nearer = (Relation.OWN_AUTHORITY, Relation.OWN_UNIT, Relation.ASSIGNED)
    for role, action, where in product(Role, Action, Compartment):
        answers = [may(role, action, where, one).allowed for one in nearer]

        assert answers == sorted(answers)


@pytest.mark.parametrize("role", NOTHING_ELSE)
def test_whoever_looks_on_or_is_no_person_does_not_work(role: Role) -> None:
    """Also not with another role beside it: an explicit no wins."""
    both = (role, Role.WALK_COORDINATOR)
    cell = (Action.VERIFY, Compartment.SHARED, Relation.ASSIGNED)

    assert may(role, *cell) == FORBIDDEN
    assert may_any(both, cell[0], cell[1], [cell[2]]) == FORBIDDEN


def test_silence_is_lifted_by_another_role() -> None:
    both = (Role.CASEWORKER, Role.WALK_COORDINATOR)

    assert may_any(
        both, Action.CHANGE_DEADLINE, Compartment.SHARED, [Relation.OTHER]
    ).allowed


def test_an_admin_sees_no_case() -> None:
    assert not [action for action in CONTENT if allowed(Role.ADMIN, action)]


def test_no_role_reads_personal_fields_without_a_trace() -> None:
    for cell in EVERY_CELL:
        role, action, *_ = cell
        found = may(*cell)
        if found.allowed and action is Action.READ_PERSONAL:
            assert found.obligations >= {Obligation.LOG, Obligation.PURPOSE}
        if found.allowed and role in {Role.AUDITOR, Role.POLICE_AUDITOR}:
            assert Obligation.LOG in found.obligations


def test_obligations_of_two_roles_add_up() -> None:
    one = may(Role.CITIZEN, Action.READ_CASE, Compartment.PUBLIC, Relation.OTHER)
    both = may_any(
        (Role.CITIZEN, Role.CASEWORKER),
        *(Action.READ_CASE, Compartment.PUBLIC, [Relation.OTHER]),
    )

    assert one.obligations == both.obligations == {Obligation.REDACT}


def test_nobody_stands_in_no_way_at_all() -> None:
    """Without a relation somebody is a stranger to the thing."""
    asked = ((Role.CASEWORKER,), Action.WORK, Compartment.SHARED)

    assert may_any(*asked, ()) == may_any(*asked, [Relation.OTHER]) == DENIED
