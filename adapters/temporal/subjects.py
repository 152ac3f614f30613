"""Everything that has a plan now: what must be followed after a loss or a change."""

from collections.abc import Callable

from sqlalchemy import select

from adapters.persistence.case_lists import open_numbers
from adapters.system import Gadelys
from domain.publication.state import PublicationStatus
from domain.walk.state import ENDED
from projections.cases import CASES
from projections.publications import PUBLICATIONS
from projections.walks import WALKS


def open_subjects(
    system: Gadelys, on_page: Callable[[int], None] = lambda _: None
) -> list[str]:
    """Return the ids of all workflows that may have something to wait for.

    Args:
        system: whose.
        on_page: is told the position after each page of facts that had to be read.
    """
    system.catch_up([CASES.name, WALKS.name, PUBLICATIONS.name], on_page)
    return [*_findings(system), *_walks(system), *_publications(system)]


def _findings(system: Gadelys) -> list[str]:
    offered = open_numbers(system.rows, offered=True)
    return [
        *(f"finding/{number}" for number in open_numbers(system.rows)),
        *(f"handover/{number}" for number in offered),
    ]


def _walks(system: Gadelys) -> list[str]:
    table = system.rows.table(WALKS)
    goes_on = table.c.status.not_in([str(status) for status in ENDED])
    rows = system.rows.rows(WALKS, select(table).where(goes_on))
    return [f"walk/{row.number}" for row in rows]


def _publications(system: Gadelys) -> list[str]:
    table = system.rows.table(PUBLICATIONS)
    waits = table.c.status == str(PublicationStatus.DRAFT)
    rows = system.rows.rows(PUBLICATIONS, select(table).where(waits))
    return [f"publication/{row.number}" for row in rows]
