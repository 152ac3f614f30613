"""Co-signing: both authorities, exactly these bytes, within 72 hours."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import Any

import pytest
from hypothesis import given as for_any
from hypothesis import settings
from hypothesis import strategies as st

from domain.delivery.notices import notices
from domain.errors import Code, DomainError, NotAllowed, NotFound, Refused
from domain.messages import Recorded, derived_id
from domain.publication.commands import (
    AnyPublicationCommand,
    ApprovePublication,
    DraftPublication,
    TakePublicationStep,
    WithdrawPublication,
    stream_of,
)
from domain.publication.decide import Given, decide
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
from domain.publication.plan import ApprovalLapse, ApprovalReminder, plan
from domain.publication.state import Publication, PublicationStatus, evolve, fold
from domain.values import CITIZEN, CLOCK, Actor, Authority
from tests.examples import (
    COORDINATOR,
    COUNCIL,
    GRID,
    LIGHTING,
    LOCAL_POLICE,
    POLICE,
    STRANGER,
    WALK,
    moment,
    register,
    stamp,
)

NUMBER = "2026-001"
OLD = "2026-000"
CASE = "2026-04"
TEXT = "c0ffee" + 58 * "0"
OTHER_TEXT = "decade" + 58 * "0"
BOTH = (COORDINATOR, POLICE)
HOURS_72 = timedelta(hours=72)

PUBLISHED_BEFORE = Publication(
    status=PublicationStatus.PUBLISHED, kind=PublicationKind.MESSAGE, draft=1
)


# ---- what is asked, and what happened ----


def draft(by: Actor = COORDINATOR, day: str = "2026-10-21", **more: Any) -> Any:
    kind = {"kind": PublicationKind.MESSAGE, "title": "Lys i tunnelen", "content": TEXT}
    return DraftPublication(number=NUMBER, stamp=stamp(by, day), **(kind | more))


def approve(
    by: Actor = POLICE, day: str = "2026-10-21 14:00", content: str = TEXT
) -> ApprovePublication:
    return ApprovePublication(number=NUMBER, stamp=stamp(by, day), content=content)


def withdraw(
    by: Actor = POLICE, day: str = "2026-10-21 15:00", reason: str = "Forkert sti."
) -> WithdrawPublication:
    return WithdrawPublication(number=NUMBER, stamp=stamp(by, day), reason=reason)


def step(key: str, at: str) -> TakePublicationStep:
    return TakePublicationStep(number=NUMBER, stamp=stamp(CLOCK, at), key=key)


def drafted(count: int = 1, **more: Any) -> PublicationDrafted:
    asked = draft(**more)
    fields = asked.model_dump(exclude={"number", "stamp"})
    return PublicationDrafted(
        stamp=asked.stamp,
        draft=count,
        approve_by=asked.stamp.at.astimezone(UTC) + HOURS_72,
        to=BOTH,
        **fields,
    )


def approved(by: Actor = POLICE, content: str = TEXT) -> PublicationApproved:
    return PublicationApproved(
        stamp=approve(by).stamp, authority=by.authority, content=content
    )


def published(by: Actor = POLICE, *, of: int = 1, **more: Any) -> PublicationPublished:
    return PublicationPublished(
        stamp=approve(by).stamp,
        draft=of,
        content=TEXT,
        approved_by=BOTH,
        to=BOTH,
        **more,
    )


WITHDRAWN = PublicationWithdrawn(stamp=withdraw().stamp, reason="Forkert sti.", to=BOTH)
LAPSED = PublicationLapsed(stamp=stamp(CLOCK, "2026-10-24"), draft=1, to=BOTH)
REMINDED = PublicationReminded(
    stamp=stamp(CLOCK, "2026-10-23 00:00"),
    draft=1,
    approve_by=moment("2026-10-24").astimezone(UTC),
    to=BOTH,
)
READY = (drafted(), approved(COORDINATOR))
PUBLISHED = (*READY, approved(), published())


def remembered(*facts: PublicationEvent) -> Publication | None:
    return reduce(evolve, facts, None)


def when(
    history: tuple[PublicationEvent, ...],
    command: AnyPublicationCommand,
    **known: Mapping[str, Any],
) -> tuple[PublicationEvent, ...]:
    """Ask, where the walk is known, the case verified, the old text published."""
    around: dict[str, Any] = {
        "walks": frozenset({WALK}),
        "findings": {CASE: "verified"},
        "publications": {OLD: PUBLISHED_BEFORE},
    }
    return decide(remembered(*history), command, Given(register(), **(around | known)))


def refused(
    code: Code,
    ask: Callable[[], object],
    kind: type[DomainError] = Refused,
) -> Mapping[str, object]:
    with pytest.raises(DomainError) as refusal:
        ask()
    assert (refusal.value.code, refusal.type) == (code, kind)
    return refusal.value.context


# ---- drafting ----


def test_a_draft_waits_72_hours_for_both_authorities() -> None:
    assert when((), draft()) == (drafted(),)


@pytest.mark.parametrize(
    ("day", "ends"),
    [
        ("2026-03-27 12:00", "2026-03-30 13:00"),  # the short night: 71 by the clock
        ("2026-10-23 12:00", "2026-10-26 11:00"),  # the long night: 73
        ("2026-12-24 12:00", "2026-12-27 12:00"),  # closing days count like others
    ],
)
def test_the_hours_are_real_ones(day: str, ends: str) -> None:
    (fact,) = when((), draft(day=day))

    assert isinstance(fact, PublicationDrafted)
    assert fact.approve_by == moment(ends)
    assert fact.approve_by - fact.stamp.at.astimezone(UTC) == HOURS_72


@pytest.mark.parametrize("by", [COUNCIL, GRID, CITIZEN, CLOCK])
def test_only_the_two_authorities_sign_anything(by: Actor) -> None:
    refused(Code.NOT_YOUR_CASE, lambda: when((), draft(by)), NotAllowed)
    refused(Code.NOT_YOUR_CASE, lambda: when(READY, approve(by)), NotAllowed)
    refused(Code.NOT_YOUR_CASE, lambda: when(READY, withdraw(by)), NotAllowed)


def test_an_unknown_unit_signs_nothing() -> None:
    refused(Code.UNKNOWN_UNIT, lambda: when((), draft(STRANGER)), NotFound)


def test_a_day_beyond_the_calendar_is_refused() -> None:
    refused(Code.CALENDAR_ENDS, lambda: when((), draft(day="2099-01-01")))


@pytest.mark.parametrize(
    ("kind", "field"), [("minutes", "walk"), ("plan", "walk"), ("learning", "finding")]
)
def test_some_kinds_say_what_they_are_about(kind: str, field: str) -> None:
    context = refused(Code.SUBJECT_MISSING, lambda: when((), draft(kind=kind)))

    assert context == {"kind": kind, "field": field}


def test_a_walk_or_case_that_is_not_there_is_not_found() -> None:
    refused(
        Code.UNKNOWN_WALK,
        lambda: when((), draft(kind="minutes", walk="W-9")),
        NotFound,
    )
    refused(
        Code.UNKNOWN_FINDING,
        lambda: when((), draft(kind="learning", finding="9")),
        NotFound,
    )


@pytest.mark.parametrize("status", ["verified", "declined"])
def test_a_learning_is_about_a_case_at_its_end(status: str) -> None:
    asked = draft(kind="learning", finding=CASE)

    (fact,) = when((), asked, findings={CASE: status})

    assert isinstance(fact, PublicationDrafted)
    assert fact.finding == CASE


@pytest.mark.parametrize("status", ["reported", "assigned", "fixed", "merged"])
def test_a_learning_about_an_open_case_is_refused(status: str) -> None:
    asked = draft(kind="learning", finding=CASE)

    refused(Code.WRONG_STATUS, lambda: when((), asked, findings={CASE: status}))


def test_a_case_that_was_reopened_holds_its_learning_back() -> None:
    history = (drafted(kind="learning", finding=CASE), approved(COORDINATOR))

    refused(
        Code.WRONG_STATUS,
        lambda: when(history, approve(), findings={CASE: "assigned"}),
    )


@pytest.mark.parametrize("title", ["  ", "to\nlinjer", "\x1b[31mrød", "a\u2028b"])
def test_a_title_is_one_readable_line(title: str) -> None:
    with pytest.raises(Refused) as refusal:
        when((), draft(title=title))

    assert refusal.value.code in {Code.TEXT_MISSING, Code.TEXT_UNPRINTABLE}


def test_another_text_is_a_new_draft_without_approvals() -> None:
    later = "2026-10-22"
    facts = when(READY, draft(content=OTHER_TEXT, day=later))

    assert facts == (drafted(2, content=OTHER_TEXT, day=later),)
    found = remembered(*READY, *facts)
    assert found is not None
    assert (found.approvals, found.draft) == ({}, 2)
    assert found.approve_by == moment("2026-10-25 11:00")  # a long night between


@pytest.mark.parametrize(
    "change",
    [{"title": "Lys"}, {"form": Form.TXT}, {"supersedes": OLD}],
    ids=str,
)
def test_whatever_else_changes_is_signed_again_too(change: Mapping[str, Any]) -> None:
    (fact,) = when(READY, draft(**change))

    assert isinstance(fact, PublicationDrafted)
    assert fact.draft == 2


def test_the_same_draft_again_is_refused() -> None:
    refused(Code.DRAFT_UNCHANGED, lambda: when(READY, draft()))


@pytest.mark.parametrize("last", [WITHDRAWN, LAPSED], ids=["withdrawn", "lapsed"])
def test_what_was_withdrawn_or_lapsed_can_be_drafted_anew(
    last: PublicationEvent,
) -> None:
    (fact,) = when((*READY, last), draft(day="2026-10-25"))

    assert fact == drafted(2, day="2026-10-25")
    found = remembered(*READY, last, fact)
    assert found is not None
    assert (found.status, found.missing) == (
        PublicationStatus.DRAFT,
        (Authority.MUNICIPALITY, Authority.POLICE),
    )


def test_a_published_text_is_never_changed() -> None:
    refused(Code.ALREADY_PUBLISHED, lambda: when(PUBLISHED, draft(content=OTHER_TEXT)))


def test_a_publication_stays_about_the_same() -> None:
    history = (drafted(kind="minutes", walk=WALK),)

    refused(
        Code.SUBJECT_FIXED,
        lambda: when(history, draft(kind="plan", walk=WALK, content=OTHER_TEXT)),
    )


def test_a_draft_is_not_older_than_the_one_before_it() -> None:
    refused(
        Code.OUT_OF_ORDER,
        lambda: when(READY, draft(content=OTHER_TEXT, day="2026-10-20")),
    )


# ---- taking the place of an older one ----


def test_a_text_can_take_the_place_of_a_published_one() -> None:
    history = (drafted(supersedes=OLD), approved(COORDINATOR))

    assert when((), draft(supersedes=OLD)) == (drafted(supersedes=OLD),)
    assert when(history, approve()) == (approved(), published(supersedes=OLD))


@pytest.mark.parametrize("status", [*PublicationStatus])
def test_only_what_is_published_can_be_replaced(status: PublicationStatus) -> None:
    old = {OLD: Publication(status=status, draft=1)}
    asked = draft(supersedes=OLD)
    if status is PublicationStatus.PUBLISHED:
        assert when((), asked, publications=old)
        return

    refused(Code.PUBLICATION_NOT_READY, lambda: when((), asked, publications=old))


def test_what_is_not_there_cannot_be_replaced() -> None:
    asked = draft(supersedes="2026-999")

    refused(Code.UNKNOWN_PUBLICATION, lambda: when((), asked), NotFound)


def test_minutes_do_not_take_the_place_of_a_message() -> None:
    asked = draft(kind="minutes", walk=WALK, supersedes=OLD)

    refused(Code.SUBJECT_FIXED, lambda: when((), asked))


# ---- approving ----


def test_one_authority_alone_publishes_nothing() -> None:
    assert when((drafted(),), approve()) == (approved(),)


@pytest.mark.parametrize(
    ("first", "second"), [(COORDINATOR, POLICE), (POLICE, COORDINATOR)]
)
def test_the_second_authority_publishes(first: Actor, second: Actor) -> None:
    facts = when((drafted(), approved(first)), approve(second))

    assert facts == (approved(second), published(second))


def test_whoever_drafted_may_approve_for_the_own_authority_only() -> None:
    assert when((drafted(),), approve(COORDINATOR)) == (approved(COORDINATOR),)


@pytest.mark.parametrize("by", [COORDINATOR, LIGHTING])
def test_two_approvals_of_one_authority_are_one(by: Actor) -> None:
    context = refused(Code.ALREADY_APPROVED, lambda: when(READY, approve(by)))

    assert context == {"authority": Authority.MUNICIPALITY}


def test_an_approval_is_of_the_text_that_was_seen() -> None:
    context = refused(
        Code.CONTENT_CHANGED, lambda: when(READY, approve(content=OTHER_TEXT))
    )

    assert context == {"seen": OTHER_TEXT, "current": TEXT}


def test_the_old_text_cannot_be_approved_after_a_new_draft() -> None:
    history = (*READY, drafted(2, content=OTHER_TEXT))

    refused(Code.CONTENT_CHANGED, lambda: when(history, approve()))


@pytest.mark.parametrize(
    "history",
    [PUBLISHED, (*READY, WITHDRAWN), (*READY, LAPSED), (*PUBLISHED, WITHDRAWN)],
    ids=["published", "withdrawn", "lapsed", "withdrawn after publication"],
)
def test_only_a_draft_can_be_approved(history: tuple[PublicationEvent, ...]) -> None:
    refused(Code.PUBLICATION_NOT_READY, lambda: when(history, approve(LOCAL_POLICE)))


def test_the_last_moment_is_in_time() -> None:
    assert when(READY, approve(day="2026-10-24 12:00"))
    refused(
        Code.APPROVAL_TOO_LATE, lambda: when(READY, approve(day="2026-10-24 12:01"))
    )


def test_nobody_approves_before_there_is_a_draft() -> None:
    refused(Code.UNKNOWN_PUBLICATION, lambda: when((), approve()), NotFound)
    refused(Code.OUT_OF_ORDER, lambda: when(READY, approve(day="2026-10-21 11:59")))


# ---- withdrawing ----


@pytest.mark.parametrize("history", [READY, PUBLISHED, (*READY, LAPSED)])
def test_either_authority_withdraws(history: tuple[PublicationEvent, ...]) -> None:
    assert when(history, withdraw()) == (WITHDRAWN,)
    assert when(history, withdraw(COORDINATOR))


def test_what_is_withdrawn_cannot_be_withdrawn_again() -> None:
    refused(Code.PUBLICATION_NOT_READY, lambda: when((*READY, WITHDRAWN), withdraw()))


def test_a_withdrawal_says_why() -> None:
    refused(Code.TEXT_MISSING, lambda: when(READY, withdraw(reason=" ")))
    refused(Code.TEXT_TOO_LONG, lambda: when(READY, withdraw(reason=10_000 * "x")))


# ---- the clock ----

HALF, END = moment("2026-10-23 00:00"), moment("2026-10-24 12:00")
START = moment("2026-10-21 12:00")


def planned(*history: PublicationEvent, now: datetime = START) -> list[tuple[str, Any]]:
    found = remembered(*history)
    assert found is not None
    return [(one.key, one.at) for one in plan(found, register(), now)]


@pytest.mark.parametrize(
    ("history", "now", "expected"),
    [
        ((drafted(),), START, [("remind.1", HALF), ("lapse.1", END)]),
        (READY, HALF, [("remind.1", HALF), ("lapse.1", END)]),
        ((drafted(), REMINDED), HALF, [("lapse.1", END)]),
        ((drafted(),), END, [("lapse.1", END)]),  # a late start is no storm
        ((drafted(), REMINDED), END + HOURS_72, [("lapse.1", END)]),
        ((drafted(), LAPSED), END, []),
        ((drafted(), WITHDRAWN), START, []),
        (PUBLISHED, START, []),
        ((*PUBLISHED, WITHDRAWN), START, []),
        (
            (drafted(), REMINDED, drafted(2, content=OTHER_TEXT)),
            START,
            [("remind.2", HALF), ("lapse.2", END)],
        ),
    ],
)
def test_the_plan(
    history: tuple[PublicationEvent, ...],
    now: datetime,
    expected: list[tuple[str, datetime]],
) -> None:
    assert planned(*history, now=now) == expected


def test_the_moments_of_a_plan_are_utc() -> None:
    found = remembered(drafted())
    assert found is not None

    steps = plan(found, register(), START)

    assert [type(one) for one in steps] == [ApprovalReminder, ApprovalLapse]
    assert all(one.at.tzinfo is UTC for one in steps)


def test_half_way_the_missing_authorities_are_reminded() -> None:
    assert when((drafted(),), step("remind.1", "2026-10-23 00:00")) == (REMINDED,)
    (fact,) = when(READY, step("remind.1", "2026-10-23 00:00"))
    assert isinstance(fact, PublicationReminded)
    assert fact.to == (POLICE,)


def test_at_the_end_the_drafter_and_both_coordinators_are_told() -> None:
    history = (drafted(by=LIGHTING),)

    assert when(history, step("lapse.1", "2026-10-24 12:00")) == (
        PublicationLapsed(
            stamp=stamp(CLOCK, "2026-10-24 12:00"), draft=1, to=(LIGHTING, *BOTH)
        ),
    )


@pytest.mark.parametrize(
    ("history", "key", "at"),
    [
        ((drafted(),), "remind.1", "2026-10-22 23:59"),
        ((drafted(),), "lapse.1", "2026-10-24 11:59"),
        ((drafted(),), "remind.1", "2026-10-24 12:00"),
        ((drafted(),), "remind.2", "2026-10-23 12:00"),
        ((drafted(), REMINDED), "remind.1", "2026-10-23 12:00"),
        ((drafted(), LAPSED), "lapse.1", "2026-10-25"),
        ((drafted(), WITHDRAWN), "lapse.1", "2026-10-25"),
        (PUBLISHED, "lapse.1", "2026-10-25"),
        ((drafted(), drafted(2, content=OTHER_TEXT)), "lapse.1", "2026-10-25"),
        ((drafted(),), "nonsense", "2026-10-25"),
    ],
)
def test_a_step_too_early_twice_or_too_late_is_no_fact(
    history: tuple[PublicationEvent, ...], key: str, at: str
) -> None:
    assert when(history, step(key, at)) == ()


def test_only_the_clock_takes_steps() -> None:
    asked = TakePublicationStep(
        number=NUMBER, stamp=stamp(POLICE, "2026-10-25"), key="lapse.1"
    )

    refused(Code.NOT_YOUR_CASE, lambda: when((drafted(),), asked), NotAllowed)


def test_a_step_of_nothing_is_not_found() -> None:
    refused(
        Code.UNKNOWN_PUBLICATION,
        lambda: when((), step("lapse.1", "2026-10-25")),
        NotFound,
    )


# ---- who hears ----


def as_recorded(event: PublicationEvent, version: int = 1) -> Recorded:
    return Recorded(
        event=event,
        stream=stream_of(NUMBER),
        version=version,
        position=version,
        event_id=derived_id("publication", version),
        recorded_at=event.stamp.at,
        register=1,
    )


@pytest.mark.parametrize(
    ("fact", "heard"),
    [
        (drafted(), (POLICE,)),
        (drafted(by=LIGHTING), BOTH),
        (REMINDED, BOTH),
        (LAPSED, BOTH),
        (published(), (COORDINATOR,)),
        (published(LOCAL_POLICE), BOTH),
        (WITHDRAWN, (COORDINATOR,)),
        (approved(), ()),
    ],
    ids=lambda one: getattr(one, "TOPIC", None),
)
def test_everybody_concerned_hears_except_who_did_it(
    fact: PublicationEvent, heard: tuple[Actor, ...]
) -> None:
    told = notices(as_recorded(fact))

    assert tuple(one.recipient for one in told) == heard
    assert not any(one.urgent for one in told)


# ---- whatever people do, in whatever order ----

SIGNERS = (COORDINATOR, LIGHTING, POLICE, LOCAL_POLICE)
MINUTES = st.integers(min_value=0, max_value=60 * 24 * 5)


@st.composite
def commands(draw: st.DrawFn) -> AnyPublicationCommand:
    """Return anything that can be asked in five days; mostly approvals."""
    at = moment("2026-10-21").astimezone(UTC) + timedelta(minutes=draw(MINUTES))
    who = draw(st.sampled_from(SIGNERS))
    text = draw(st.sampled_from((TEXT, TEXT, TEXT, OTHER_TEXT)))
    asked: AnyPublicationCommand = draw(
        st.sampled_from(
            (
                draft(who, content=text),
                *[approve(who, content=text)] * 4,
                withdraw(who),
                step(f"lapse.{draw(st.integers(1, 3))}", "2026-10-24"),
                step(f"remind.{draw(st.integers(1, 3))}", "2026-10-24"),
            )
        )
    )
    return asked.model_copy(update={"stamp": asked.stamp.model_copy(update={"at": at})})


@settings(max_examples=400, deadline=None)
@for_any(asked=st.lists(commands(), max_size=30), in_order=st.booleans())
def test_what_is_published_was_approved_by_both(
    asked: list[AnyPublicationCommand], *, in_order: bool
) -> None:
    history: list[PublicationEvent] = []
    if in_order:
        asked.sort(key=lambda command: command.stamp.at)
    for command in asked:
        try:
            history += when(tuple(history), command)
        except DomainError:
            continue

    for place, fact in enumerate(history):
        if isinstance(fact, PublicationPublished):
            _was_approved_by_both(history[: place + 1], fact)


def _was_approved_by_both(
    history: list[PublicationEvent], fact: PublicationPublished
) -> None:
    """Look back from a publication to its draft, without the rules' memory."""
    latest = max(
        place
        for place, one in enumerate(history)
        if isinstance(one, PublicationDrafted)
    )
    draft_of_it, *since = history[latest:]
    assert isinstance(draft_of_it, PublicationDrafted)
    approvals = [one for one in since if isinstance(one, PublicationApproved)]
    assert draft_of_it.content == fact.content
    assert [one.content for one in approvals] == [fact.content, fact.content]
    assert {one.authority for one in approvals} == {
        Authority.MUNICIPALITY,
        Authority.POLICE,
    }
    assert all(one.stamp.at <= draft_of_it.approve_by for one in approvals)
    assert not any(
        isinstance(one, PublicationWithdrawn | PublicationLapsed) for one in since
    )
    assert sum(isinstance(one, PublicationPublished) for one in since) == 1


FACTS = (drafted(), drafted(2), *PUBLISHED, WITHDRAWN, LAPSED, REMINDED)


@for_any(st.lists(st.sampled_from(FACTS), max_size=12))
def test_history_of_any_order_can_be_read(facts: list[PublicationEvent]) -> None:
    found = fold(as_recorded(fact, nth) for nth, fact in enumerate(facts, start=1))

    assert (found is None) == (not facts)
    if found:
        plan(found, register(), START)
