"""Two signatures in 72 real hours, across a night that is an hour shorter."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

from domain.errors import DomainError
from domain.messages import Event
from domain.publication.events import (
    PublicationApproved,
    PublicationLapsed,
    PublicationPublished,
    PublicationReminded,
    PublicationWithdrawn,
)
from domain.values import Actor
from tests.workflows.month import COORDINATOR, PREVENTION, Month, status_of

TEXT = "publication/P-1"
CONTENT = "a" * 64
NOT_READY = "publication_not_ready"


async def drafted(month: Month) -> None:
    """Lay a text before both, at noon on the Friday before summer time."""
    await month.happens_to(
        TEXT,
        "2027-03-26",
        COORDINATOR,
        "draft",
        kind="message",
        title="Lyset er tændt igen",
        content=CONTENT,
    )


async def approves(month: Month, when: str, by: Actor) -> None:
    await month.happens_to(TEXT, when, by, "approve", content=CONTENT)


def minute(event: Event) -> datetime:
    return event.stamp.at.astimezone(UTC).replace(second=0, microsecond=0)


async def status(month: Month) -> str:
    return status_of(await month.client.get_workflow_handle(TEXT).describe())


async def test_half_way_a_reminder_and_after_72_hours_the_end(month: Month) -> None:
    await drafted(month)
    await approves(month, "2027-03-26T15:00", COORDINATOR)
    await month.passes(until="2027-03-29T12:59")

    (reminded,) = month.all_of(PublicationReminded)
    assert minute(reminded) == datetime(2027, 3, 27, 23, tzinfo=UTC)  # 36 hours
    assert reminded.to == (PREVENTION,)
    assert month.all_of(PublicationLapsed) == []
    assert await status(month) == "running"

    await month.passes(until="2027-03-29T13:05")

    # 12:00 in winter, 13:00 in summer: 72 hours and not 73.
    (lapsed,) = month.all_of(PublicationLapsed)
    assert minute(lapsed) == datetime(2027, 3, 29, 11, tzinfo=UTC)
    assert await status(month) == "completed"


async def test_two_signatures_end_the_waiting(month: Month) -> None:
    await drafted(month)
    await approves(month, "2027-03-26T15:00", COORDINATOR)
    await approves(month, "2027-03-26T16:00", PREVENTION)
    await month.passes(until="2027-03-31")

    assert len(month.all_of(PublicationPublished)) == 1
    assert month.all_of(PublicationReminded) == []
    assert month.all_of(PublicationLapsed) == []
    assert await status(month) == "completed"


async def test_approved_and_withdrawn_at_the_same_time(month: Month) -> None:
    await drafted(month)
    await approves(month, "2027-03-26T15:00", COORDINATOR)
    at = month.moment("2027-03-26T16:00")
    await month.passes(until="2027-03-26T16:00")
    both = [
        month.command(at, PREVENTION, "approve", TEXT, content=CONTENT),
        month.command(at, COORDINATOR, "withdraw", TEXT, reason="Alligevel ikke."),
    ]
    start = Barrier(len(both))

    def asked(nth: int) -> str:
        start.wait()
        try:
            month.system.submit(both[nth])
        except DomainError as refused:
            return str(refused.code)
        return "done"

    with ThreadPoolExecutor(len(both)) as officers:
        answers = list(officers.map(asked, range(len(both))))
    await month.passes(until="2027-03-31")

    # Whoever is second sees what the first did: a text that is out can be taken
    # back, one that was taken back cannot be approved.
    published = len(month.all_of(PublicationPublished))
    assert len(month.all_of(PublicationWithdrawn)) == 1
    assert len(month.all_of(PublicationApproved)) == 1 + published
    assert answers == (["done", "done"] if published else [NOT_READY, "done"])
    assert month.all_of(PublicationLapsed) == []
    assert await status(month) == "completed"
