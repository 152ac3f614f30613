"""The rules in force: complete, pointing only to what they have, adopted whole."""

from functools import reduce
from typing import Any

import pytest
from pydantic import ValidationError

from domain.errors import Code, NotFound, Refused
from domain.finding.ladder import behind, leader_of, recipients
from domain.messages import Event
from domain.register.adoption import (
    REGISTER_STREAM,
    AdoptRegister,
    RegisterAdopted,
    decide,
    evolve,
)
from domain.register.model import Register
from domain.values import CITIZEN, CLOCK, Actor, Authority, Point
from tests.domain.stories import case
from tests.examples import (
    COORDINATOR,
    COUNCIL,
    GRID,
    HOUSING,
    LAMP_ANNA,
    LEADER,
    LIGHTING,
    OPERATIONS,
    POLICE,
    POLICE_LEADER,
    REPORTED,
    SMALL_REGISTER,
    STRANGER,
    assigned,
    register,
    stamp,
)

# --- A register points only to what it has --------------------------------------


def changed(path: str, value: object) -> dict[str, Any]:
    """Return the small register with one thing changed: `units.0.leader`."""
    whole = small()
    *way, last = path.split(".")
    place: Any = whole
    for step in way:
        place = place[int(step)] if step.isdigit() else place[step]
    if last == "+":
        place.append(value)
    else:
        place[last] = value
    return whole


def small() -> dict[str, Any]:
    """Return the small register as it could stand in a file."""
    content: dict[str, Any] = SMALL_REGISTER.model_dump(mode="json", by_alias=True)
    return content


def test_a_register_says_what_it_means() -> None:
    assert Register.model_validate(small()) == SMALL_REGISTER


@pytest.mark.parametrize(
    ("path", "value", "complaint"),
    [
        ("coordinators.police", "police/nowhere", "not listed: police/nowhere"),
        ("coordinators.municipality", "municipality/x", "not listed: municipality/x"),
        ("units.0.leader", "municipality/x", "not listed: municipality/x"),
        ("units.2.responsible", "municipality/x", "not listed: municipality/x"),
        ("categories.0.suggested_unit", "police/x", "not listed: police/x"),
        ("escalation.0.to", ["team", "council"], "not listed: council"),
        ("categories.0.focus", ["F1", "F9"], "not listed: F9"),
        ("units.2.responsible", None, "needs a responsible unit"),
        ("calendar.closing_days", ["02-30"], "day is out of range"),
        ("calendar.closing_days", ["13-01"], "month must be in"),
        ("calendar.closing_days", ["24/12"], "pattern"),
        ("clock.time_zone", "Europe/Atlantis", "unknown time zone"),
        ("clock.remind_every", 0, "greater than or equal to 1"),
        ("limits.hold_days", -1, "greater than or equal to 0"),
        ("schema", "register/2", "register/1"),
        ("colour", "red", "Extra inputs"),
    ],
)
def test_a_register_that_cannot_work_is_refused(
    path: str, value: object, complaint: str
) -> None:
    with pytest.raises(ValidationError, match=complaint):
        Register.model_validate(changed(path, value))


@pytest.mark.parametrize(
    ("part", "complaint"),
    [
        ("units", "units are listed twice"),
        ("categories", "categories are listed twice"),
        ("escalation", "escalation levels are listed twice"),
    ],
)
def test_nothing_is_listed_twice(part: str, complaint: str) -> None:
    twice = changed(f"{part}.+", small()[part][0])

    with pytest.raises(ValidationError, match=complaint):
        Register.model_validate(twice)


# --- Questions to a register ----------------------------------------------------


@pytest.mark.parametrize(
    ("actor", "known"),
    [
        (LIGHTING, True),
        (LAMP_ANNA, True),
        (GRID, True),
        (POLICE, True),
        (COUNCIL, True),
        (CITIZEN, True),
        (CLOCK, True),
        (STRANGER, False),
        (Actor("participant/pirates"), False),
        (Actor("partner/street-lighting"), False),
    ],
)
def test_a_register_knows_its_actors(actor: Actor, *, known: bool) -> None:
    assert register().knows(actor) is known


@pytest.mark.parametrize("actor", [STRANGER, COUNCIL, CITIZEN, CLOCK])
def test_only_units_have_an_entry(actor: Actor) -> None:
    with pytest.raises(NotFound) as refusal:
        register().unit(actor)

    assert refusal.value.code is Code.UNKNOWN_UNIT


def test_a_person_is_found_under_the_unit() -> None:
    assert register().unit(LAMP_ANNA).id == LIGHTING


@pytest.mark.parametrize(
    ("authority", "own", "other"),
    [
        (Authority.MUNICIPALITY, COORDINATOR, POLICE),
        (Authority.POLICE, POLICE, COORDINATOR),
        (Authority.PARTNER, COORDINATOR, POLICE),
        (Authority.CITIZEN, COORDINATOR, POLICE),
    ],
)
def test_each_authority_has_a_coordinator_and_a_counterpart(
    authority: Authority, own: Actor, other: Actor
) -> None:
    assert register().coordinator(authority) == own
    assert register().counterpart(authority) == other


@pytest.mark.parametrize(
    ("point", "inside"),
    [
        (Point(lat=57.03, lon=10.0), True),
        (Point(lat=54.4, lon=7.9), True),
        (Point(lat=57.91, lon=10.0), False),
        (Point(lat=57.03, lon=15.4), False),
        (Point(lat=10.0, lon=57.03), False),
    ],
)
def test_the_country_is_a_box(point: Point, *, inside: bool) -> None:
    assert register().bounds.contains(point) is inside


def test_reasons_are_found_by_their_code() -> None:
    assert register().hold_reason("season").code == "season"
    assert register().decline_reason("not_our_competence").needs_referral


# --- Who hears of a late case ---------------------------------------------------


@pytest.mark.parametrize(
    ("owner", "level", "to"),
    [
        (LIGHTING, 1, (LIGHTING,)),
        (LAMP_ANNA, 1, (LIGHTING,)),
        (GRID, 1, (GRID,)),
        (LIGHTING, 2, (LEADER,)),
        (POLICE, 2, (POLICE_LEADER,)),
        (GRID, 2, (LEADER,)),
        (LEADER, 2, (COORDINATOR,)),
        (LIGHTING, 3, (COORDINATOR, POLICE)),
        (POLICE, 3, (POLICE, COORDINATOR)),
        (GRID, 3, (COORDINATOR, POLICE)),
        (LIGHTING, 4, (Actor("municipality/planning-group"),)),
        (LIGHTING, 5, (Actor("municipality/council-report"),)),
        (LIGHTING, 6, ()),
    ],
)
def test_each_level_tells_somebody_higher(
    owner: Actor, level: int, to: tuple[Actor, ...]
) -> None:
    finding = case((REPORTED, assigned(owner)))

    assert recipients(finding, level, register()) == to


def test_a_case_without_an_owner_is_the_coordinators() -> None:
    assert recipients(case((REPORTED,)), 1, register()) == (COORDINATOR,)


def test_nobody_is_told_twice_of_one_level() -> None:
    twice = Register.model_validate(
        changed("escalation.0.to", ["team", "coordinator", "municipality/coordinator"])
    )
    finding = case((REPORTED, assigned(Actor("municipality/coordinator"))))

    assert recipients(finding, 1, twice) == (Actor("municipality/coordinator"),)


def test_a_partner_has_a_unit_behind_it() -> None:
    assert behind(HOUSING, register()) == OPERATIONS
    assert behind(LAMP_ANNA, register()) == LIGHTING


def test_where_nobody_leads_the_coordinator_does() -> None:
    assert leader_of(LEADER, register()) == COORDINATOR
    assert leader_of(POLICE_LEADER, register()) == POLICE


# --- Coming into force ----------------------------------------------------------


def adopt(new: Register, by: Actor = COORDINATOR) -> AdoptRegister:
    return AdoptRegister(stamp=stamp(by), rules=new)


def refusal_code(current: Register | None, command: AdoptRegister) -> Code:
    with pytest.raises((NotFound, Refused)) as refusal:
        decide(current, command)
    return refusal.value.code


@pytest.mark.parametrize("current", [None, SMALL_REGISTER])
def test_a_register_comes_into_force_whole(current: Register | None) -> None:
    assert decide(current, adopt(register())) == (
        RegisterAdopted(stamp=stamp(), rules=register()),
    )


def test_the_register_in_force_is_not_adopted_again() -> None:
    again = Register.model_validate(register().model_dump(by_alias=True))

    assert decide(register(), adopt(again)) == ()


def test_whoever_adopts_a_register_is_listed_in_it() -> None:
    assert refusal_code(None, adopt(register(), STRANGER)) is Code.UNKNOWN_UNIT


def test_a_register_without_public_holidays_is_not_adopted() -> None:
    bare = Register.model_validate(changed("calendar.public_holidays", []))

    assert refusal_code(None, adopt(bare, Actor("municipality/coordinator"))) is (
        Code.BAD_INPUT
    )


def test_the_latest_register_is_in_force() -> None:
    history = [
        RegisterAdopted(stamp=stamp(), rules=each)
        for each in (register(), SMALL_REGISTER)
    ]

    assert reduce(evolve, history, None) == SMALL_REGISTER


def test_a_stored_register_is_read_back_whole() -> None:
    fact: Event = RegisterAdopted(stamp=stamp(), rules=register())
    body = fact.model_dump_json(by_alias=True, exclude_none=True)

    assert RegisterAdopted.model_validate_json(body) == fact


def test_all_registers_are_in_one_stream() -> None:
    assert adopt(register()).stream == REGISTER_STREAM


def test_a_unit_that_left_the_register_has_the_coordinator_behind_it() -> None:
    gone = Actor("partner/no-longer-listed")

    assert behind(gone, register()) == register().coordinators.municipality
    assert leader_of(gone, register()) == leader_of(
        register().coordinators.municipality, register()
    )


# ---- the strategy ----


def test_the_example_has_the_seven_efforts_each_owned_by_both() -> None:
    rules = register()

    assert [area.code for area in rules.focus_areas] == [f"F{n}" for n in range(1, 8)]
    assert all(area.owners and area.indicators for area in rules.focus_areas)
    assert rules.strategy
    assert rules.strategy.sponsors.municipality.en == "The mayor"


def test_what_was_adopted_before_there_was_a_strategy_is_stored_as_it_was() -> None:
    """Its digest stays the same, and so do the proofs over it."""
    old = Register.model_validate(small())
    stored = old.model_dump(by_alias=True, mode="json")

    assert "strategy" not in stored
    assert [set(area) for area in stored["focus_areas"]] == [{"code", "da", "en"}]


TALKS = {"code": "talks", "da": "Oplæg", "en": "Talks", "unit": "count"}
HELD = {**TALKS, "derived": "activities_held"}
TOLD = {"municipality": str(OPERATIONS), "police": str(POLICE)}


@pytest.mark.parametrize(
    ("area", "complaint"),
    [
        ({"indicators": [TALKS]}, "nobody owns it who could tell talks"),
        ({"indicators": [HELD, HELD]}, "indicators are listed twice"),
        ({"indicators": [{**HELD, "unit": "people"}]}, "is counted in count"),
        (
            {"indicators": [{**TALKS, "areas": ["Nord"]}], "owners": TOLD},
            "only what is derived can be narrowed down",
        ),
        ({"indicators": [{**HELD, "categories": ["GRF-TAG"]}]}, "another focus area"),
        ({"owners": {**TOLD, "police": str(OPERATIONS)}}, "is not of the police"),
        ({"owners": {**TOLD, "municipality": str(STRANGER)}}, "not listed"),
    ],
)
def test_an_effort_that_nobody_can_follow_is_refused(
    area: dict[str, Any], complaint: str
) -> None:
    body = register().model_dump(by_alias=True, mode="json")
    [first, *rest] = body["focus_areas"]
    bare = {name: first[name] for name in ("code", "da", "en")}
    body["focus_areas"] = [{**bare, **area}, *rest]

    with pytest.raises(ValidationError, match=complaint):
        Register.model_validate(body)


def test_a_strategy_ends_after_it_begins() -> None:
    body = register().model_dump(by_alias=True, mode="json")
    body["strategy"] = {**body["strategy"], "last": "2025-12-31"}

    with pytest.raises(ValidationError, match="before it begins"):
        Register.model_validate(body)
