"""Who is away and who stands in: no case is without a person (R17)."""

from collections.abc import Mapping
from datetime import timedelta
from functools import reduce

import pytest
from hypothesis import given as for_any
from hypothesis import strategies as st

from domain.delivery.notices import notices
from domain.errors import Code, DomainError, NotAllowed, NotFound, Refused
from domain.finding.ladder import behind, leader_of
from domain.messages import Event, Recorded, derived_id
from domain.register.model import Register
from domain.roster.commands import (
    ROSTER_STREAM,
    AnyRosterCommand,
    EndAbsence,
    NoteAbsence,
)
from domain.roster.decide import decide
from domain.roster.events import AbsenceEnded, AbsenceNoted, RosterEvent
from domain.roster.state import Absence, Roster, evolve, fold
from domain.values import CITIZEN, CLOCK, Actor
from tests.examples import (
    COORDINATOR,
    COUNCIL,
    GRID,
    HOUSING,
    LAMP_ANNA,
    LAMP_BO,
    LEADER,
    LIGHTING,
    OPERATIONS,
    PLANNERS,
    POLICE,
    POLICE_LEADER,
    STRANGER,
    on,
    register,
    stamp,
)

FIRST, LAST = "2026-10-26", "2026-11-06"
ROADS = Actor("municipality/roads-operations")
PARKS = Actor("municipality/parks")
LAMP_CARL = Actor("municipality/street-lighting/c31")


def noted(
    absent: Actor = LAMP_ANNA,
    substitute: Actor | None = None,
    first: str = FIRST,
    last: str = LAST,
    *,
    stands_in: Actor = LEADER,
    tell: tuple[Actor, ...] = (LEADER,),
) -> AbsenceNoted:
    return AbsenceNoted(
        stamp=stamp(),
        absent=absent,
        first=on(first),
        last=on(last),
        substitute=substitute,
        stands_in=stands_in,
        tell=tell,
    )


def ended(last: str, absent: Actor = LAMP_ANNA) -> AbsenceEnded:
    return AbsenceEnded(stamp=stamp(), absent=absent, last=on(last))


def note(
    absent: Actor = LAMP_ANNA,
    substitute: Actor | None = None,
    first: str = FIRST,
    last: str = LAST,
    *,
    by: Actor = COORDINATOR,
) -> NoteAbsence:
    return NoteAbsence(
        stamp=stamp(by),
        absent=absent,
        first=on(first),
        last=on(last),
        substitute=substitute,
    )


def end(last: str, absent: Actor = LAMP_ANNA, *, by: Actor = COORDINATOR) -> EndAbsence:
    return EndAbsence(stamp=stamp(by), absent=absent, last=on(last))


def roster(*facts: RosterEvent) -> Roster:
    return reduce(evolve, facts, Roster())


def asked(command: AnyRosterCommand, *facts: RosterEvent) -> tuple[RosterEvent, ...]:
    return decide(roster(*facts), command, rules())


def refusal(
    command: AnyRosterCommand, *facts: RosterEvent
) -> tuple[type[DomainError], Code]:
    with pytest.raises(DomainError) as caught:
        asked(command, *facts)
    return caught.type, caught.value.code


def changed(**parents: str) -> Register:
    """Return the example register with other parents of units."""
    known = register()
    units = tuple(
        unit.model_copy(update={"parent": Actor(f"municipality/{parent}")})
        if (parent := parents.get(unit.id.partition("/")[2].replace("-", "_")))
        else unit.model_copy(update={"parent": None})
        for unit in known.units
    )
    body = known.model_dump(by_alias=True) | {
        "units": [unit.model_dump() for unit in units]
    }
    return Register.model_validate(body)


ORPHANS = changed()
"""The example register in which no unit has a parent."""


def rules() -> Register:
    return ORPHANS


def cover(
    actor: Actor, *facts: RosterEvent, day: str = FIRST, under: Register = ORPHANS
) -> Actor:
    return roster(*facts).cover_for(actor, on(day), under)


# ---- noting an absence ----


def test_a_substitute_stands_in_and_hears_of_it() -> None:
    assert asked(note(substitute=LAMP_BO)) == (
        noted(substitute=LAMP_BO, stands_in=LAMP_BO, tell=(LAMP_BO,)),
    )


def test_without_a_substitute_the_leader_covers_and_hears_of_it() -> None:
    assert asked(note()) == (noted(stands_in=LEADER, tell=(LEADER,)),)


def test_where_no_leader_is_named_the_coordinator_covers() -> None:
    group = Actor("municipality/planning-group/p1")

    assert asked(note(group)) == (
        noted(group, stands_in=COORDINATOR, tell=(COORDINATOR,)),
    )


def test_a_closed_unit_is_covered_by_its_parent_and_its_leader_hears_too() -> None:
    under = changed(street_lighting="roads-operations")
    facts = decide(Roster(), note(LIGHTING), under)

    assert facts == (noted(LIGHTING, stands_in=ROADS, tell=(LEADER, ROADS)),)


def test_the_one_who_stands_in_for_the_substitute_hears_too() -> None:
    away = noted(LAMP_BO, LAMP_CARL, last=FIRST)

    assert asked(note(substitute=LAMP_BO), away) == (
        noted(substitute=LAMP_BO, stands_in=LAMP_CARL, tell=(LAMP_BO, LAMP_CARL)),
    )


def test_an_absence_that_began_yesterday_can_be_noted() -> None:
    assert asked(note(first="2026-10-20", last="2026-10-21"))


def test_the_day_of_the_stamp_is_the_local_one() -> None:
    late = note(first="2026-10-20", last="2026-10-21").model_copy(
        update={"stamp": stamp(day="2026-10-21 23:59")}
    )

    assert asked(late)


def test_one_day_and_a_whole_year_are_absences() -> None:
    assert asked(note(first=FIRST, last=FIRST))
    assert asked(note(first=FIRST, last="2027-10-26"))


@pytest.mark.parametrize(
    ("command", "code", "kind"),
    [
        (note(STRANGER), Code.UNKNOWN_UNIT, NotFound),
        (note(COUNCIL), Code.UNKNOWN_UNIT, NotFound),
        (note(CITIZEN), Code.UNKNOWN_UNIT, NotFound),
        (note(CLOCK), Code.UNKNOWN_UNIT, NotFound),
        (note(by=STRANGER), Code.UNKNOWN_UNIT, NotFound),
        (note(by=COUNCIL), Code.UNKNOWN_UNIT, NotFound),
        (note(by=CLOCK), Code.UNKNOWN_UNIT, NotFound),
        (note(substitute=STRANGER), Code.UNKNOWN_UNIT, NotFound),
        (note(substitute=COUNCIL), Code.UNKNOWN_UNIT, NotFound),
        (note(by=POLICE_LEADER), Code.NOT_YOUR_CASE, NotAllowed),
        (note(first=LAST, last=FIRST), Code.PERIOD_REVERSED, Refused),
        (note(first=FIRST, last="2027-10-27"), Code.PERIOD_TOO_LONG, Refused),
        (note(first="2026-10-01", last="2026-10-20"), Code.DATE_IN_PAST, Refused),
        (note(first=FIRST, last="9999-12-31"), Code.CALENDAR_ENDS, Refused),
        (note(first="0001-01-01", last=LAST), Code.CALENDAR_ENDS, Refused),
        (note(substitute=POLICE), Code.SUBSTITUTE_ELSEWHERE, Refused),
        (note(substitute=LAMP_ANNA), Code.SUBSTITUTE_IS_ABSENT, Refused),
        (
            note(substitute=Actor("municipality/parks/a17")),
            Code.SUBSTITUTE_IS_ABSENT,
            Refused,
        ),
        (note(LIGHTING, LIGHTING), Code.SUBSTITUTE_IS_ABSENT, Refused),
        (note(LIGHTING, LAMP_BO), Code.SUBSTITUTE_IS_ABSENT, Refused),
    ],
)
def test_an_absence_that_makes_no_sense_is_refused(
    command: NoteAbsence, code: Code, kind: type[DomainError]
) -> None:
    assert refusal(command) == (kind, code)


@pytest.mark.parametrize(
    ("absent", "by"),
    [
        (LAMP_ANNA, LAMP_ANNA),
        (LAMP_ANNA, OPERATIONS),
        (LAMP_ANNA, POLICE),
        (GRID, GRID),
        (GRID, LIGHTING),
        (POLICE_LEADER, COORDINATOR),
    ],
)
def test_the_own_authority_and_coordinators_note_an_absence(
    absent: Actor, by: Actor
) -> None:
    assert asked(note(absent, by=by))


@pytest.mark.parametrize(
    ("absent", "substitute"),
    [(LAMP_ANNA, LIGHTING), (GRID, HOUSING), (GRID, LIGHTING), (LIGHTING, ROADS)],
)
def test_a_colleague_a_team_or_the_unit_behind_a_partner_can_stand_in(
    absent: Actor, substitute: Actor
) -> None:
    assert asked(note(absent, substitute))


def test_a_substitute_who_is_away_all_the_time_is_refused() -> None:
    away = noted(LAMP_BO, first="2026-10-01", last=LAST)

    assert refusal(note(substitute=LAMP_BO), away)[1] is Code.SUBSTITUTE_IS_ABSENT


def test_a_substitute_whose_unit_is_closed_all_the_time_is_refused() -> None:
    closed = noted(PARKS, last="2026-12-31")
    ranger = Actor("municipality/parks/r1")

    assert refusal(note(substitute=ranger), closed)[1] is Code.SUBSTITUTE_IS_ABSENT


def test_a_substitute_who_is_there_for_a_day_will_do() -> None:
    away = noted(LAMP_BO, last="2026-11-05")

    assert asked(note(substitute=LAMP_BO), away)


def test_the_same_absence_again_is_refused() -> None:
    assert refusal(note(), noted())[1] is Code.ABSENCE_NOTED


def test_an_absence_can_be_noted_anew_with_a_substitute_or_another_end() -> None:
    assert asked(note(substitute=LAMP_BO), noted())
    assert asked(note(last="2026-11-13"), noted())


# ---- back early ----


def test_whoever_is_back_early_is_back() -> None:
    facts = asked(end("2026-10-30"), noted())

    assert facts == (ended("2026-10-30"),)
    assert cover(LAMP_ANNA, noted(), *facts, day="2026-10-30") == LEADER
    assert cover(LAMP_ANNA, noted(), *facts, day="2026-10-31") == LAMP_ANNA


def test_an_absence_that_never_came_is_taken_away() -> None:
    facts = asked(end("2026-10-25"), noted())

    assert roster(noted(), *facts) == Roster()


def test_only_the_absence_that_lasts_is_ended() -> None:
    holiday = noted(first="2026-12-01", last="2026-12-11")

    assert roster(noted(), holiday, ended("2026-10-30")).absences == (
        Absence(LAMP_ANNA, on(FIRST), on("2026-10-30")),
        Absence(LAMP_ANNA, on("2026-12-01"), on("2026-12-11")),
    )


def test_everything_noted_of_these_days_is_ended() -> None:
    more = noted(substitute=LAMP_BO, first="2026-10-28", last="2026-11-10")

    assert cover(LAMP_ANNA, noted(), more, ended("2026-10-29"), day="2026-11-02") == (
        LAMP_ANNA
    )


@pytest.mark.parametrize("last", ["2026-10-24", LAST, "2026-11-07"])
def test_there_must_be_something_to_end(last: str) -> None:
    assert refusal(end(last), noted())[1] is Code.NOT_ABSENT


@pytest.mark.parametrize("last", ["0001-01-01", "9999-12-31"])
def test_an_end_lies_in_the_calendar(last: str) -> None:
    assert refusal(end(last), noted())[1] is Code.CALENDAR_ENDS


def test_another_authority_does_not_end_it() -> None:
    assert refusal(end("2026-10-30", by=POLICE_LEADER), noted()) == (
        NotAllowed,
        Code.NOT_YOUR_CASE,
    )


def test_an_end_of_nothing_changes_nothing() -> None:
    assert roster(ended("9999-12-31"), ended("0001-01-01")) == Roster()


# ---- who covers ----


def test_whoever_is_there_covers_for_nobody_but_oneself() -> None:
    for actor in (LAMP_ANNA, LIGHTING, GRID, COUNCIL, CITIZEN):
        assert cover(actor, noted(PARKS)) == actor


@pytest.mark.parametrize(
    ("day", "covers"),
    [
        ("2026-10-25", LAMP_ANNA),
        (FIRST, LAMP_BO),
        (LAST, LAMP_BO),
        ("2026-11-07", LAMP_ANNA),
    ],
)
def test_the_first_and_the_last_day_are_days_of_absence(
    day: str, covers: Actor
) -> None:
    assert cover(LAMP_ANNA, noted(substitute=LAMP_BO), day=day) == covers


def test_a_substitute_who_is_away_has_a_substitute() -> None:
    facts = (noted(substitute=LAMP_BO), noted(LAMP_BO, LAMP_CARL))

    assert cover(LAMP_ANNA, *facts) == LAMP_CARL


def test_two_who_stand_in_for_each_other_are_covered_by_the_leader() -> None:
    facts = (noted(substitute=LAMP_BO), noted(LAMP_BO, LAMP_ANNA))

    assert cover(LAMP_ANNA, *facts) == LEADER
    assert cover(LAMP_BO, *facts) == LEADER


def test_a_closed_unit_closes_for_all_its_people() -> None:
    facts = (noted(LIGHTING, ROADS),)

    assert cover(LIGHTING, *facts) == ROADS
    assert cover(LAMP_ANNA, *facts) == ROADS


def test_a_person_of_a_closed_unit_with_a_substitute_elsewhere_has_that_one() -> None:
    ranger = Actor("municipality/parks/r1")

    assert cover(LAMP_ANNA, noted(LIGHTING, ROADS), noted(substitute=ranger)) == ranger


def test_a_colleague_in_the_closed_unit_does_not_cover() -> None:
    facts = (noted(substitute=LAMP_BO), noted(LIGHTING, ROADS))

    assert cover(LAMP_ANNA, *facts) == ROADS


def test_parents_are_followed_upwards() -> None:
    under = changed(street_lighting="roads-operations", roads_operations="operations")

    assert cover(LIGHTING, noted(LIGHTING), under=under) == ROADS
    assert cover(LIGHTING, noted(LIGHTING), noted(ROADS), under=under) == OPERATIONS
    assert cover(LAMP_ANNA, noted(), under=under) == LEADER


def test_units_that_are_each_others_parents_are_covered_by_the_leader() -> None:
    under = changed(street_lighting="parks", parks="street-lighting")
    facts = (noted(LIGHTING), noted(PARKS))

    assert cover(LIGHTING, *facts, under=under) == LEADER


def test_a_closed_partner_is_covered_by_the_unit_behind_it() -> None:
    assert cover(GRID, noted(GRID)) == LIGHTING
    assert cover(GRID, noted(GRID), noted(LIGHTING)) == LEADER


def test_when_the_leader_is_away_the_coordinator_covers() -> None:
    assert cover(LAMP_ANNA, noted(), noted(LEADER)) == COORDINATOR
    assert cover(LAMP_ANNA, noted(), noted(LEADER, PLANNERS)) == PLANNERS


def test_when_all_are_away_it_is_the_coordinators() -> None:
    facts = (noted(), noted(LEADER), noted(COORDINATOR))

    assert cover(LAMP_ANNA, *facts) == COORDINATOR


def test_the_police_are_covered_by_the_police() -> None:
    local = Actor("police/local-police")

    assert cover(local, noted(local)) == POLICE_LEADER
    assert cover(local, noted(local), noted(POLICE_LEADER)) == POLICE


def test_a_unit_that_has_left_the_register_is_covered_by_the_coordinator() -> None:
    assert cover(STRANGER) == COORDINATOR
    assert cover(LAMP_ANNA, noted(substitute=STRANGER)) == COORDINATOR
    assert cover(Actor("participant/nobody")) == COORDINATOR


def test_what_was_noted_last_stands() -> None:
    facts = (noted(substitute=LAMP_BO), noted(substitute=LAMP_CARL, last="2026-10-28"))

    assert cover(LAMP_ANNA, *facts, day="2026-10-28") == LAMP_CARL
    assert cover(LAMP_ANNA, *facts, day="2026-10-29") == LAMP_BO


def test_an_absence_inside_a_newer_one_is_forgotten() -> None:
    newer = noted(substitute=LAMP_BO, last="2026-11-13")

    assert roster(noted(), newer).absences == (
        Absence(LAMP_ANNA, on(FIRST), on("2026-11-13"), LAMP_BO),
    )


# ---- whatever happens ----

UNITS = [unit.id for unit in register().units]
PEOPLE = [*UNITS, *(Actor(f"{unit}/p{n}") for unit in UNITS[:6] for n in (1, 2))]
anybody = st.sampled_from([*PEOPLE, STRANGER, COUNCIL])
DAYS = st.dates(on("2026-10-26"), on("2026-11-08"))
absences = st.builds(
    AbsenceNoted,
    stamp=st.just(stamp()),
    absent=anybody,
    first=DAYS,
    last=DAYS,
    substitute=st.none() | anybody,
    stands_in=st.just(LEADER),
    tell=st.just(()),
)
ends = st.builds(AbsenceEnded, stamp=st.just(stamp()), absent=anybody, last=DAYS)
parents: st.SearchStrategy[Mapping[str, str]] = st.dictionaries(
    st.sampled_from([unit.partition("/")[2].replace("-", "_") for unit in UNITS]),
    st.sampled_from(
        [unit.partition("/")[2] for unit in UNITS if unit.startswith("municipality/")]
    ),
)


@for_any(st.lists(absences | ends, max_size=30), anybody, DAYS, parents)
def test_somebody_known_and_present_covers_unless_all_are_away(
    facts: list[RosterEvent], actor: Actor, day: object, above: Mapping[str, str]
) -> None:
    under, today = changed(**above), on(str(day))
    known = roster(*facts)

    covers = known.cover_for(actor, today, under)

    assert under.knows(covers)
    if known.is_absent(covers, today) and under.lists(covers):
        coordinator = under.coordinator(under.behind(actor).authority)
        assert covers == coordinator
        assert known.is_absent(under.leader_of(actor), today)


@for_any(st.lists(absences | ends, max_size=30))
def test_no_history_is_refused(facts: list[RosterEvent]) -> None:
    for absence in roster(*facts).absences:
        assert absence.first <= absence.last


@for_any(anybody, DAYS, DAYS, st.none() | anybody, st.lists(absences, max_size=8))
def test_what_was_decided_holds_on_its_first_day(
    absent: Actor,
    first: object,
    last: object,
    substitute: Actor | None,
    facts: list[RosterEvent],
) -> None:
    command = note(absent, substitute, str(first), str(last))
    try:
        (fact,) = asked(command, *facts)
    except DomainError:
        return

    assert isinstance(fact, AbsenceNoted)
    assert cover(absent, *facts, fact, day=str(first)) == fact.stands_in
    assert fact.stands_in in fact.tell
    assert roster(*facts, fact).is_absent(absent, on(str(first)))
    before = on(str(first)) - timedelta(days=1)
    over = end(before.isoformat(), absent)
    assert not roster(*facts, fact, *asked(over, *facts, fact)).noted(
        absent, on(str(first))
    )


# ---- telling, remembering ----


def recorded(event: Event) -> Recorded:
    return Recorded(
        event=event,
        stream=ROSTER_STREAM,
        version=1,
        position=1,
        event_id=derived_id("roster"),
        recorded_at=event.stamp.at,
        register=1,
    )


def test_whoever_stands_in_is_told_with_the_next_digest() -> None:
    (notice,) = notices(recorded(noted(tell=(LAMP_BO,))))

    assert (notice.recipient, notice.urgent) == (LIGHTING, False)


def test_nobody_is_told_of_an_absence_noted_by_oneself() -> None:
    assert notices(recorded(noted(tell=(COORDINATOR,)))) == ()
    assert notices(recorded(ended("2026-10-30"))) == ()


def test_the_roster_is_the_fold_of_its_facts() -> None:
    facts = (noted(), noted(LIGHTING, ROADS), ended("2026-10-30"))

    assert fold(map(recorded, facts)) == roster(*facts)


def test_the_ladder_and_the_register_agree_about_who_answers() -> None:
    for unit in register().units:
        assert behind(unit.id, register()) == register().behind(unit.id)
        assert leader_of(unit.id, register()) == register().leader_of(unit.id)
    assert register().behind(STRANGER) == COORDINATOR
    assert register().leader_of(GRID) == LEADER
