"""What was so in the past, folded anew from the facts: the plain way to know."""

from collections.abc import Iterable

from domain.messages import Recorded
from projections.cases import CASES, CaseRow
from projections.versions import Asked
from tests.projections.folding import rows_of


def known_rows(facts: Iterable[Recorded], asked: Asked) -> dict[str, CaseRow]:
    """Return every case as it had happened and was known."""
    return rows_of(CASES, (fact for fact in facts if is_asked(fact, asked)))


def is_asked(fact: Recorded, asked: Asked) -> bool:
    """Whether a fact had happened and was known."""
    return (asked.happened is None or fact.event.stamp.at <= asked.happened) and (
        asked.known is None or fact.position <= asked.known
    )
