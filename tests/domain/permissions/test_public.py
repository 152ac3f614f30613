"""What is public of a walk and of its findings, as their history says."""

from dataclasses import replace

import pytest

from domain.finding.state import Status
from domain.finding.state import fold as fold_finding
from domain.permissions.public import WITH_MINUTES, of_finding, of_walk
from domain.permissions.words import Compartment
from domain.walk.state import SafetyWalk, WalkStatus
from domain.walk.state import fold as fold_walk
from tests import examples as ex
from tests.domain.test_walk import CANCELLED, INVITED, PLANNED, REQUESTED, WAY, up_to
from tests.projections.folding import recorded

PUBLIC, SHARED = Compartment.PUBLIC, Compartment.SHARED
ORDER = [status for status, _ in WAY]


def walk_at(status: WalkStatus) -> SafetyWalk:
    found = fold_walk(recorded(*up_to(status)))
    assert found
    return found


@pytest.mark.parametrize("status", WalkStatus)
def test_a_walk_is_public_once_people_were_invited(status: WalkStatus) -> None:
    is_public = status in ORDER[ORDER.index(WalkStatus.INVITED) :]

    assert of_walk(walk_at(status)) is (PUBLIC if is_public else SHARED)


def test_a_walk_that_was_called_off_is_public_if_people_were_invited() -> None:
    before = fold_walk(recorded(REQUESTED, PLANNED, CANCELLED))
    after = fold_walk(recorded(REQUESTED, PLANNED, INVITED, CANCELLED))

    assert before
    assert after
    assert (of_walk(before), of_walk(after)) == (SHARED, PUBLIC)


@pytest.mark.parametrize("status", WalkStatus)
def test_a_finding_is_public_once_the_minutes_are(status: WalkStatus) -> None:
    finding = fold_finding(recorded(ex.REPORTED))
    assert finding
    is_public = status in ORDER[ORDER.index(WalkStatus.MINUTES_PUBLISHED) :]

    assert (status in WITH_MINUTES) is is_public
    assert of_finding(finding, walk_at(status)) is (PUBLIC if is_public else SHARED)


@pytest.mark.parametrize("status", Status)
def test_what_went_to_another_forum_is_never_public(status: Status) -> None:
    finding = fold_finding(recorded(ex.REPORTED))
    assert finding
    now = replace(finding, status=status)

    where = of_finding(now, walk_at(WalkStatus.CLOSED))
    assert where is (SHARED if status is Status.REFERRED else PUBLIC)
