"""Chance that is the same every time: what is invented twice is invented alike."""

from random import Random


def luck(*parts: object) -> Random:
    """Return the chance that belongs to these words; it keeps nobody's secret."""
    return Random("/".join(map(str, parts)))  # noqa: S311 - see above
