"""`dataclasses.replace`, checked as such, at a quarter of its price.

Folding history makes a changed copy of a memory and of a row for almost every fact;
with the library's own function that alone took a quarter of a rebuild
(docs/performance.md). What is copied here is a frozen dataclass without slots: one
dictionary is copied at once, slots one by one.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    # The type checker knows this function by name and checks every field.
    from dataclasses import replace
else:

    def replace(record: Any, /, **changes: Any) -> Any:  # noqa: ANN401 - see above
        """Return a copy of a dataclass without slots with some fields changed.

        Raises: TypeError for a field that it does not have.
        """
        before = vars(record)
        after = before | changes
        if len(after) != len(before):
            raise TypeError(sorted(changes.keys() - before.keys()))
        copied = object.__new__(type(record))
        object.__setattr__(copied, "__dict__", after)  # it is frozen for all others
        return copied


__all__ = ["replace"]
