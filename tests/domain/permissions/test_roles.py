"""Roles follow from the register, until a login grants them."""

import pytest

from domain.permissions.roles import roles_of
from domain.permissions.words import Role
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
