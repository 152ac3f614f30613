"""Every projection there is, by the store that it reads."""

from collections.abc import Mapping
from typing import Any

from projections.access_log import ACCESS_LOG
from projections.audit_trail import AUDIT_TRAIL
from projections.cases import CASES
from projections.deliveries import DELIVERIES
from projections.fold import Projection
from projections.measurements import MEASUREMENTS
from projections.notices import NOTICES
from projections.publications import PUBLICATIONS
from projections.results import RESULTS
from projections.roster import ROSTER
from projections.walk_paths import WALK_PATHS
from projections.walks import WALKS

EVERY: tuple[Projection[Any], ...] = (
    CASES,
    AUDIT_TRAIL,
    WALKS,
    NOTICES,
    DELIVERIES,
    ROSTER,
    PUBLICATIONS,
    MEASUREMENTS,
    WALK_PATHS,
    RESULTS,
)
"""Of the cases: what everybody works with."""

OF_STORE: Mapping[str, tuple[Projection[Any], ...]] = {
    "cases": EVERY,
    "access": (ACCESS_LOG,),
    "police": (),
    "police_access": (ACCESS_LOG,),
}
"""The police have no read models: what they keep is folded when they look at it."""
