"""Roles follow from the register, until a login grants them."""

import pytest
from pydantic import ValidationError

from domain.permissions.roles import roles_of
from domain.permissions.words import Role
from domain.register.model import Register
from domain.values import CITIZEN, CLOCK, Actor
from tests.examples import (
    COORDINATOR,
    COUNCIL,
    GRID,
    LEADER,
    LIGHTING,
    POLICE,
    register,
)


@pytest.mark.parametrize(
    ("actor", "roles"),
    [
        (CITIZEN, {Role.CITIZEN}),
        (CLOCK, {Role.CLOCK}),
        (COUNCIL, {Role.PARTICIPANT}),
        (GRID, {Role.PARTNER}),
        (LIGHTING, {Role.CASEWORKER}),
        (Actor(f"{LIGHTING}/vb07"), {Role.CASEWORKER}),
        (COORDINATOR, {Role.CASEWORKER, Role.WALK_COORDINATOR}),
        (LEADER, {Role.CASEWORKER, Role.UNIT_LEADER}),
        (Actor("police/local-police"), {Role.PREVENTION_OFFICER}),
        (POLICE, {Role.PREVENTION_OFFICER, Role.POLICE_COORDINATOR}),
        (Actor("police/unit-leader"), {Role.PREVENTION_OFFICER, Role.POLICE_LEADER}),
        (Actor("municipality/nobody"), set()),
        (Actor("participant/nobody"), set()),
    ],
)
def test_the_register_says_who_somebody_is(actor: Actor, roles: set[Role]) -> None:
    assert roles_of(actor, register()) == roles


def test_whoever_oversees_does_nothing_else_and_only_while_the_register_says_so() -> (
    None
):
    audit = Actor("municipality/audit")
    listed = {"id": str(audit), "role": "auditor", "da": "Revisionen", "en": "Audit"}
    body = register().model_dump(by_alias=True)
    before, now = (
        Register.model_validate(body | {"overseers": found}) for found in ([], [listed])
    )

    assert roles_of(audit, now) == {Role.AUDITOR}
    assert roles_of(Actor(f"{audit}/r1"), now) == {Role.AUDITOR}
    assert roles_of(audit, before) == set()


def test_a_unit_that_treats_cases_oversees_none() -> None:
    body = register().model_dump(by_alias=True)
    body["overseers"] = [
        {"id": str(LIGHTING), "role": "auditor", "da": "Lys", "en": "Light"}
    ]

    with pytest.raises(ValidationError, match="listed twice"):
        Register.model_validate(body)
