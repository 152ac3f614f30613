"""Every projection there is."""

from typing import Any

from projections.audit_trail import AUDIT_TRAIL
from projections.cases import CASES
from projections.deliveries import DELIVERIES
from projections.fold import Projection
from projections.notices import NOTICES
from projections.publications import PUBLICATIONS
from projections.roster import ROSTER
from projections.walks import WALKS

EVERY: tuple[Projection[Any], ...] = (
    CASES,
    AUDIT_TRAIL,
    WALKS,
    NOTICES,
    DELIVERIES,
    ROSTER,
    PUBLICATIONS,
)
