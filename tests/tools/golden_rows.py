"""`python -m tests.tools.golden_rows`: write down what every projection shows.

Read the difference before committing it: a changed row without a new projection
name means that stored rows and the fold no longer agree.
"""

import logging

import structlog

from tests.projections.folding import EVERY_PROJECTION, GOLDEN, golden_text
from tests.projections.long_history import long_history


def main() -> None:
    """Rewrite `tests/projections/golden/`."""
    quiet = structlog.make_filtering_bound_logger(logging.WARNING)
    structlog.configure(wrapper_class=quiet)
    GOLDEN.mkdir(exist_ok=True)
    for old in GOLDEN.glob("*.json"):
        old.unlink()
    for projection in EVERY_PROJECTION:
        path = GOLDEN / f"{projection.name}.json"
        path.write_text(golden_text(projection, long_history()), "utf-8")
        print(path)


if __name__ == "__main__":
    main()
