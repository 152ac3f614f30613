"""The table and the policies, written apart from each other, say the same."""

import json
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from cedarpy import AuthzResult, Decision, PolicySet, is_authorized_batch

from domain.permissions.table import READING, may
from domain.permissions.words import Action, Compartment, Relation, Role

POLICIES = Path(__file__).with_name("permissions.cedar").read_text("utf-8")

TOWN_HALL = {Role.CASEWORKER, Role.WALK_COORDINATOR, Role.UNIT_LEADER}
POLICE = {Role.PREVENTION_OFFICER, Role.POLICE_COORDINATOR, Role.POLICE_LEADER}
OVERSEERS = {
    Role.COUNCIL_READER,
    Role.AUDITOR,
    Role.POLICE_AUDITOR,
    Role.DATA_PROTECTION_OFFICER,
    Role.ADMIN,
}
GROUPS = {
    "town hall": TOWN_HALL,
    "police": POLICE,
    "people": set(Role) - {Role.CLOCK},
    "readers of reports": set(Role)
    - {Role.VERIFIER, Role.DATA_PROTECTION_OFFICER, Role.ADMIN, Role.CLOCK},
    "overseers": OVERSEERS,
    "auditors": {Role.AUDITOR, Role.POLICE_AUDITOR},
    "adopters": {Role.WALK_COORDINATOR, Role.POLICE_COORDINATOR, Role.ADMIN},
    "coordinators": {Role.WALK_COORDINATOR, Role.POLICE_COORDINATOR},
    "units": {
        *{Role.CASEWORKER, Role.UNIT_LEADER},
        *{Role.PREVENTION_OFFICER, Role.POLICE_LEADER},
    },
    "units of town hall": {Role.CASEWORKER, Role.UNIT_LEADER},
    "units of the police": {Role.PREVENTION_OFFICER, Role.POLICE_LEADER},
    "seconds of town hall": {Role.WALK_COORDINATOR, Role.UNIT_LEADER},
    "seconds of the police": {Role.POLICE_COORDINATOR, Role.POLICE_LEADER},
    "proposers of town hall": {Role.CASEWORKER, Role.WALK_COORDINATOR},
    "proposers of the police": {Role.PREVENTION_OFFICER, Role.POLICE_COORDINATOR},
    "blinded": OVERSEERS - {Role.COUNCIL_READER} | {Role.CLOCK},
}
REACH = {
    "town hall": (Compartment.PUBLIC, Compartment.SHARED, Compartment.MUNICIPALITY),
    "police": (Compartment.PUBLIC, Compartment.SHARED, Compartment.POLICE),
    "open": (Compartment.PUBLIC, Compartment.SHARED),
    "inside town hall": (Compartment.SHARED, Compartment.MUNICIPALITY),
    "inside the police": (Compartment.SHARED, Compartment.POLICE),
}
CELLS = list(product(Role, Action, Compartment))


def entity(kind: str, name: str, *parents: tuple[str, str]) -> dict[str, Any]:
    return {
        "uid": {"type": kind, "id": name},
        "attrs": {},
        "parents": [{"type": kind, "id": name} for kind, name in parents],
    }


def entities() -> str:
    roles = [
        entity("Role", role, *(("Group", g) for g in GROUPS if role in GROUPS[g]))
        for role in Role
    ]
    places = [
        entity("Compartment", one, *(("Reach", r) for r in REACH if one in REACH[r]))
        for one in Compartment
    ]
    actions = [
        entity("Action", one, *([("Action", "reading")] if one in READING else []))
        for one in Action
    ]
    return json.dumps([*roles, *places, *actions])


def answers(relation: Relation) -> list[AuthzResult]:
    requests = [
        {
            "principal": f'Role::"{role}"',
            "action": f'Action::"{action}"',
            "resource": f'Compartment::"{compartment}"',
            "context": {"relation": str(relation)},
        }
        for role, action, compartment in CELLS
    ]
    return is_authorized_batch(requests, PolicySet.from_str(POLICIES), entities())


@pytest.mark.parametrize("relation", Relation)
def test_both_say_the_same_in_every_cell(relation: Relation) -> None:
    table = [may(*cell, relation).allowed for cell in CELLS]
    found = answers(relation)

    assert not [one.diagnostics.errors for one in found if one.diagnostics.errors]
    differing = [
        (*cell, allowed)
        for cell, allowed, one in zip(CELLS, table, found, strict=True)
        if allowed != (one.decision is Decision.Allow)
    ]
    assert differing == []


def test_what_is_forbidden_outright_is_so_in_both() -> None:
    """A denial that no other role can lift names its policy; silence names none."""
    relation = Relation.OTHER
    for cell, one in zip(CELLS, answers(relation), strict=True):
        named = one.decision is Decision.Deny and bool(one.diagnostics.reasons)

        assert may(*cell, relation).explicit == named, cell
