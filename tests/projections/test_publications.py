"""Where a publication stands, who has approved it and who has not."""

from domain.publication.events import (
    Form,
    PublicationApproved,
    PublicationDrafted,
    PublicationEvent,
    PublicationKind,
    PublicationLapsed,
    PublicationPublished,
    PublicationReminded,
    PublicationWithdrawn,
)
from domain.publication.state import PublicationStatus
from domain.values import CLOCK, Authority
from domain.walk.events import WalkClosed
from projections.publications import PUBLICATIONS, PublicationRow, keys
from tests import examples as ex
from tests.projections.folding import folded, recorded

NUMBER = "2026-002"
OLD = "2026-001"
TEXT = "c0ffee" + 58 * "0"
BOTH = (ex.COORDINATOR, ex.POLICE)
ENDS = ex.moment("2026-10-24 12:00")

DRAFTED = PublicationDrafted(
    stamp=ex.stamp(),
    draft=1,
    kind=PublicationKind.MINUTES,
    title="Referat",
    content=TEXT,
    form=Form.PDF,
    walk=ex.WALK,
    finding="2026-04",
    supersedes=OLD,
    approve_by=ENDS,
    to=BOTH,
)
AGAIN = DRAFTED.model_copy(update={"draft": 2, "content": 64 * "a"})
FIRST = PublicationApproved(
    stamp=ex.stamp(), authority=Authority.MUNICIPALITY, content=TEXT
)
SECOND = PublicationApproved(
    stamp=ex.stamp(ex.POLICE), authority=Authority.POLICE, content=TEXT
)
PUBLISHED = PublicationPublished(
    stamp=ex.stamp(ex.POLICE),
    draft=1,
    content=TEXT,
    approved_by=BOTH,
    supersedes=OLD,
    to=BOTH,
)
WITHDRAWN = PublicationWithdrawn(
    stamp=ex.stamp(ex.POLICE), reason="Forkert sti.", to=BOTH
)
LAPSED = PublicationLapsed(stamp=ex.stamp(CLOCK), draft=1, to=BOTH)
REMINDED = PublicationReminded(stamp=ex.stamp(CLOCK), draft=1, approve_by=ENDS, to=BOTH)


def row(*events: PublicationEvent) -> PublicationRow:
    facts = recorded(*events, stream=f"publication/{NUMBER}")
    found = folded(PUBLICATIONS, NUMBER, facts)
    assert found is not None
    return found


def test_a_draft_shows_what_it_is_and_until_when() -> None:
    found = row(DRAFTED)

    assert found == PublicationRow(
        number=NUMBER,
        memory=found.memory,
        version=1,
        asked_as=DRAFTED.stamp.command_id,
        status=PublicationStatus.DRAFT,
        kind=PublicationKind.MINUTES,
        title="Referat",
        content=TEXT,
        form=Form.PDF,
        draft=1,
        walk=ex.WALK,
        finding="2026-04",
        supersedes=OLD,
        drafted_by=ex.COORDINATOR,
        drafted_at=ex.moment(),
        approve_by=ENDS,
        missing=(Authority.MUNICIPALITY, Authority.POLICE),
    )


def test_an_approval_is_one_less_to_wait_for() -> None:
    found = row(DRAFTED, FIRST)

    assert (found.approved_by, found.missing) == (
        (ex.COORDINATOR,),
        (Authority.POLICE,),
    )


def test_what_is_published_waits_for_nobody() -> None:
    found = row(DRAFTED, FIRST, SECOND, PUBLISHED)

    assert (found.status, found.missing) == (PublicationStatus.PUBLISHED, ())
    assert (found.approved_by, found.published_at) == (BOTH, ex.moment())


def test_what_is_withdrawn_says_by_whom_and_why() -> None:
    found = row(DRAFTED, FIRST, SECOND, PUBLISHED, WITHDRAWN)

    assert found.status is PublicationStatus.WITHDRAWN
    assert (found.withdrawn_by, found.reason) == (ex.POLICE, "Forkert sti.")


def test_what_lapsed_waits_for_nobody() -> None:
    found = row(DRAFTED, FIRST, REMINDED, LAPSED)

    assert (found.status, found.missing) == (PublicationStatus.LAPSED, ())


def test_a_new_draft_begins_afresh() -> None:
    found = row(DRAFTED, FIRST, SECOND, PUBLISHED, WITHDRAWN, AGAIN)

    assert found.status is PublicationStatus.DRAFT
    assert (found.draft, found.content) == (2, 64 * "a")
    assert (found.approved_by, found.published_at) == ((), None)
    assert (found.withdrawn_by, found.reason) == (None, None)
    assert found.asked_as == DRAFTED.stamp.command_id


def test_what_was_replaced_says_by_what() -> None:
    old = recorded(
        DRAFTED.model_copy(update={"supersedes": None}), stream=f"publication/{OLD}"
    )
    new = recorded(PUBLISHED, stream=f"publication/{NUMBER}")

    found = folded(PUBLICATIONS, OLD, [*old, *new])

    assert found is not None
    assert (found.number, found.superseded_by) == (OLD, NUMBER)
    assert folded(PUBLICATIONS, OLD, new) is None


def test_other_facts_touch_no_row() -> None:
    (fact,) = recorded(WalkClosed(stamp=ex.stamp()), stream=f"walk/{ex.WALK}")

    assert keys(fact) == ()
    assert PUBLICATIONS.apply(NUMBER, None, fact) is None
