"""`dataclasses.replace`, checked as such, at a quarter of its price.

Folding history makes a changed copy of a memory for almost every fact; with the
library's own function that alone took a quarter of a rebuild (docs/performance.md).
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    # The type checker knows this function by name and checks every field.
    from dataclasses import replace
else:
    from functools import cache
    from operator import attrgetter

    def replace(record: Any, /, **changes: Any) -> Any:  # noqa: ANN401 - see above
        """Return a copy of a dataclass with some fields changed.

        Raises: KeyError for a field that it does not have.
        """
        places, values_of = _shape(type(record))
        values = list(values_of(record))
        for name, value in changes.items():
            values[places[name]] = value
        return type(record)(*values)

    @cache
    def _shape(kind: type) -> tuple[dict[str, int], attrgetter]:
        names = tuple(kind.__dataclass_fields__)
        return {name: place for place, name in enumerate(names)}, attrgetter(*names)


__all__ = ["replace"]
