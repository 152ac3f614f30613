"""Who came to a walk, by the names under which groups are counted."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from domain.walk.events import Attendance

HEARD_LESS: Mapping[str, str] = {
    "youth": "youth",
    "aged-15-24": "youth",
    "minority-language": "minority-language",
    "disabled": "disabled",
    "accessibility-committee": "disabled",
    "senior": "elderly",
    "elderly": "elderly",
}
"""Groups that are heard less often (K2), by the names under which they are counted."""


def written(name: str) -> str:
    """Return a group as the register writes it; walk files write `local_council`."""
    return name.replace("_", "-")


def canonical(name: str) -> str:
    """Return under which name a group is counted: `senior` as `elderly`."""
    return HEARD_LESS.get(written(name), written(name))


@dataclass(frozen=True, slots=True)
class Heads:
    """How many came, by group, and how many of those were of another sort as well."""

    came: Mapping[str, int]
    within: Mapping[str, int]

    def of(self, sorts: Iterable[str]) -> int:
        """Return how many were of these sorts; one named twice where it is larger."""
        return sum(
            max(_counted(self.came, sort), _counted(self.within, sort))
            for sort in sorts
        )


def heads(attendance: Attendance) -> Heads:
    """Return who came to one walk."""
    came, within = Counter[str](), Counter[str]()
    for name, count in attendance.participants:
        came[written(name)] += count
    for name, count in attendance.of_which.items():
        within[written(name)] += count
    return Heads(came, within)


def _counted(groups: Mapping[str, int], sort: str) -> int:
    return sum(count for name, count in groups.items() if canonical(name) == sort)
