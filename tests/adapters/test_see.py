"""Who has stored something sees it: with a projector at work, and without."""

import time
from collections.abc import Iterator
from threading import Thread
from uuid import uuid4

import pytest

from adapters.errors import Unavailable
from adapters.persistence.leases import PROJECTOR, Lease
from adapters.system import Gadelys
from domain.errors import Code
from domain.finding.commands import ReportFinding
from domain.messages import Stamp
from domain.ports import Receipt
from domain.values import CITIZEN
from projections.cases import CASES
from projections.walks import WALKS

NAMES = [CASES.name, WALKS.name]


@pytest.fixture
def receipt(system: Gadelys) -> Receipt:
    """Return that of a finding which no read model knows yet."""
    stamp = Stamp(by=CITIZEN, at=system.now(), command_id=uuid4())
    return system.submit(
        ReportFinding(stamp=stamp, number="1", category="VEG-HEDGE", text="Hæk.")
    )


@pytest.fixture
def projector(system: Gadelys) -> Iterator[Lease]:
    """Return the lease of a projector that is at work, as far as one can see."""
    lease = system.store.lease(PROJECTOR)
    assert lease.held()
    yield lease
    lease.release()


def test_without_a_projector_it_reads_by_itself(
    system: Gadelys, receipt: Receipt
) -> None:
    system.see(receipt, NAMES)

    assert [row.number for row in system.rows.rows(CASES)] == ["1"]


def test_with_a_projector_it_waits_for_it(
    system: Gadelys, receipt: Receipt, projector: Lease
) -> None:
    def later() -> None:
        time.sleep(0.1)
        system.catch_up()

    folding = Thread(target=later)
    folding.start()
    system.see(receipt, NAMES)
    folding.join()

    assert [row.number for row in system.rows.rows(CASES)] == ["1"]


def test_a_projector_that_dies_meanwhile_is_not_waited_for(
    system: Gadelys, receipt: Receipt, projector: Lease
) -> None:
    def later() -> None:
        time.sleep(0.1)
        projector.release()

    dying = Thread(target=later)
    dying.start()
    system.see(receipt, NAMES)
    dying.join()

    assert [row.number for row in system.rows.rows(CASES)] == ["1"]


def test_patience_has_an_end(
    system: Gadelys, receipt: Receipt, projector: Lease
) -> None:
    with pytest.raises(Unavailable) as caught:
        system.see(receipt, NAMES, patience_s=0.1)

    assert caught.value.code is Code.NOT_YET_SEEN
    assert caught.value.context == {
        "projection": CASES.name,
        "position": receipt.position,
    }


def test_what_stands_still_is_not_waited_for(
    system: Gadelys,
    receipt: Receipt,
    projector: Lease,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stopped = {WALKS.name: "ValueError()"}
    monkeypatch.setattr(system.rows, "problems", lambda: stopped)

    with pytest.raises(Unavailable) as caught:
        system.see(receipt, NAMES)

    assert caught.value.code is Code.PROJECTION_STOPPED
    system.see(receipt, [])
