"""How often Python looks for objects that hold each other and that nobody else holds.

Facts and rows are made by the hundred thousand, hold no cycles, and are all still
needed when it looks: as Python is set up, that was almost half of the time of a
report on 100,000 findings (docs/performance.md).
"""

import gc

NEW_OBJECTS, YOUNG_LOOKS, MIDDLE_LOOKS = 50_000, 20, 100
"""So many new objects until it looks among them, so many looks until it looks further.

Python's own are 700, 10 and 10.
"""


def look_seldom() -> None:
    """Let this process look less often; what is left lying meanwhile is little."""
    gc.set_threshold(NEW_OBJECTS, YOUNG_LOOKS, MIDDLE_LOOKS)
