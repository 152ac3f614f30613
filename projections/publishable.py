"""Whether a finished report may be published: looked at once more before it is signed.

The report is made without small numbers. Here nobody trusts that: every number that it
shows is looked at as a stranger would.
"""

from collections.abc import Iterator

from projections.council_report import CouncilReport
from projections.kpis import Kpi
from projections.small_numbers import LEAST, is_small


def unfit(report: CouncilReport) -> tuple[str, ...]:
    """Return the figures and breakdowns that must not be published, each once."""
    return tuple(dict.fromkeys(_unfit(report)))


def _unfit(report: CouncilReport) -> Iterator[str]:
    for kpi in report.kpis:
        if _gives_away(kpi):
            yield str(kpi.code)
    for line in report.lines:
        if line.by and 0 < line.reported < LEAST:
            yield str(line.by)


def _gives_away(kpi: Kpi) -> bool:
    """Whether a figure shows a small number, or the cases behind it."""
    shown = [part for part in kpi.parts if not part.hidden]
    names_cases = kpi.counted or kpi.hits or any(part.cases for part in shown)
    few = any(0 < (part.n or 0) < LEAST for part in shown)
    return bool(names_cases or few or (not kpi.hidden and is_small(kpi)))
