"""`dataclasses.replace`, checked as such, at a quarter of its price.

Folding history makes a changed copy of a memory for almost every fact; with the
library's own function that alone took a quarter of a rebuild (docs/performance.md).
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    # The type checker knows this function by name and checks every field.
    from dataclasses import replace
else:
    from collections import deque
    from functools import cache
    from itertools import repeat
    from operator import attrgetter, call

    def replace(record: Any, /, **changes: Any) -> Any:  # noqa: ANN401 - see above
        """Return a copy of a slotted dataclass with some fields changed.

        Raises: KeyError for a field that it does not have.
        """
        kind = type(record)
        setters, values_of = _shape(kind)
        copied = object.__new__(kind)
        deque(map(call, setters.values(), repeat(copied), values_of(record)), 0)
        for name, value in changes.items():
            setters[name](copied, value)
        return copied

    @cache
    def _shape(kind: type) -> tuple[dict[str, Any], attrgetter]:
        """Return how to set each slot, and how to read all of them."""
        names = tuple(kind.__dataclass_fields__)
        return {name: getattr(kind, name).__set__ for name in names}, attrgetter(*names)


__all__ = ["replace"]
