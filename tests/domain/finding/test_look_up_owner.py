"""One source after the other is asked who owns the place."""

import pytest

from domain.errors import Code, NotFound
from domain.finding.events import (
    ClockName,
    FindingEvent,
    OwnershipLookedUp,
    OwnershipSource,
    OwnershipUnresolved,
)
from domain.finding.state import Status
from domain.values import Actor
from tests.domain.stories import case, planned, played, told
from tests.examples import (
    ASSIGNED,
    COORDINATOR,
    ENDED,
    HISTORIES,
    HOUSING,
    POLICE,
    REPORTED,
    STRANGER,
    look_up_owner,
    report,
    seek_owner,
    stamp,
)
from tests.given_when_then import given

PLANNING_GROUP = Actor("municipality/planning-group")
PROPERTY, ROAD, LAMPS, UTILITY = OwnershipSource
SOUGHT = (report(), seek_owner())


def looked_up(source: OwnershipSource, owner: Actor | None = None) -> OwnershipLookedUp:
    return OwnershipLookedUp(stamp=stamp(COORDINATOR), source=source, owner=owner)


NOBODYS = OwnershipUnresolved(
    stamp=stamp(COORDINATOR), to=(PLANNING_GROUP, COORDINATOR, POLICE)
)


def asked(*sources: OwnershipSource) -> tuple[FindingEvent, ...]:
    """Return a case in which these sources knew nobody."""
    return told(*SOUGHT, *(look_up_owner(source) for source in sources))


@pytest.mark.parametrize("owner", [None, HOUSING])
def test_the_first_source_is_the_property_register(owner: Actor | None) -> None:
    given(*told(*SOUGHT)).when(look_up_owner(PROPERTY, owner)).then(
        looked_up(PROPERTY, owner)
    )


def test_sources_are_asked_in_order() -> None:
    given(*asked(PROPERTY)).when(look_up_owner(ROAD)).then(looked_up(ROAD))
    given(*asked(PROPERTY, ROAD)).when(look_up_owner(LAMPS)).then(looked_up(LAMPS))


@pytest.mark.parametrize(
    ("before", "source"),
    [((), ROAD), ((PROPERTY,), PROPERTY), ((PROPERTY,), UTILITY)],
)
def test_no_source_is_passed_over_or_asked_twice(
    before: tuple[OwnershipSource, ...], source: OwnershipSource
) -> None:
    given(*asked(*before)).when(look_up_owner(source)).then_refused(Code.WRONG_SOURCE)


def test_when_the_last_source_knows_nobody_it_is_nobodys_land() -> None:
    given(*asked(PROPERTY, ROAD, LAMPS)).when(look_up_owner(UTILITY)).then(
        looked_up(UTILITY), NOBODYS
    )


def test_the_last_source_may_name_the_owner() -> None:
    given(*asked(PROPERTY, ROAD, LAMPS)).when(look_up_owner(UTILITY, HOUSING)).then(
        looked_up(UTILITY, HOUSING)
    )


def test_an_owner_who_was_named_earlier_is_not_forgotten_at_the_end() -> None:
    named = told(
        *SOUGHT,
        look_up_owner(PROPERTY, HOUSING),
        look_up_owner(ROAD),
        look_up_owner(LAMPS),
    )

    given(*named).when(look_up_owner(UTILITY)).then(looked_up(UTILITY))


def test_when_an_owner_is_named_the_search_is_over() -> None:
    named = told(*SOUGHT, look_up_owner(PROPERTY, HOUSING))

    assert ClockName.OWNERSHIP not in case(named).running
    assert not [one for one in planned(named, "2026-10-21") if "nobody" in one]


def test_after_the_last_source_there_is_none() -> None:
    all_asked = asked(PROPERTY, ROAD, LAMPS, UTILITY)

    given(*all_asked).when(look_up_owner(UTILITY)).then_refused(Code.WRONG_SOURCE)


def test_a_source_may_answer_after_the_days_have_gone() -> None:
    late = played(*SOUGHT, until="2026-10-30")
    last = (looked_up(PROPERTY), looked_up(ROAD), looked_up(LAMPS))

    given(*late, *last).when(look_up_owner(UTILITY)).then(looked_up(UTILITY))
    given(*late, *last).when(look_up_owner(UTILITY, HOUSING)).then(
        looked_up(UTILITY, HOUSING)
    )


def test_nobodys_land_is_told_once() -> None:
    late = played(*SOUGHT, until="2026-11-30")

    assert [fact.to for fact in late if isinstance(fact, OwnershipUnresolved)] == [
        (PLANNING_GROUP, COORDINATOR, POLICE)
    ]


def test_whoever_is_named_is_known() -> None:
    given(*told(*SOUGHT)).when(look_up_owner(PROPERTY, STRANGER)).then_refused(
        Code.UNKNOWN_UNIT, NotFound
    )


def test_first_somebody_has_to_seek() -> None:
    given(REPORTED).when(look_up_owner()).then_refused(Code.NOT_SOUGHT)


def test_a_case_with_an_owner_is_not_looked_up() -> None:
    given(REPORTED, ASSIGNED).when(look_up_owner()).then_refused(Code.WRONG_STATUS)


@pytest.mark.parametrize("status", ENDED)
def test_an_ended_case_is_not_looked_up(status: Status) -> None:
    given(*HISTORIES[status]).when(look_up_owner()).then_refused(Code.CLOSED)
