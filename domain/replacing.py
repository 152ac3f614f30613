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

    def replace(record: Any, /, **changes: Any) -> Any:  # noqa: ANN401 - see above
        """Return a copy of a slotted dataclass with some fields changed.

        Raises: KeyError for a field that it does not have.
        """
        kind = type(record)
        copy, setters = _shape(kind)
        copied = object.__new__(kind)
        copy(copied, record)
        for name, value in changes.items():
            setters[name](copied, value)
        return copied

    @cache
    def _shape(kind: type) -> tuple[Any, dict[str, Any]]:
        """Write the copying out field by field, as `dataclasses` does `__init__`."""
        setters = {
            name: getattr(kind, name).__set__ for name in kind.__dataclass_fields__
        }
        lines = [f" set_{name}(copied, record.{name})" for name in setters]
        made: dict[str, Any] = {f"set_{name}": one for name, one in setters.items()}
        exec("\n".join(["def copy(copied, record):", *lines]), made)  # noqa: S102
        return made["copy"], setters


__all__ = ["replace"]
