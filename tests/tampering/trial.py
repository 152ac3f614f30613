"""Crimes committed again and again, and what came of each."""

import random
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

from adapters.errors import Unavailable
from adapters.ledger.checking import Verdict
from adapters.ledger.doubts import Why
from tests.tampering import edits, erasures, moves, papers, thefts
from tests.tampering.crimes import CRIMES, ONLY_SQLITE, Broken
from tests.tampering.ground import Ground
from tests.tampering.history import History, Secrets

ALL = (edits, erasures, moves, papers, thefts)
"""Imported, so that all crimes are known."""

FROM_THERE_ON = (Why.NODE_DIFFERS, Why.NOT_WITNESSED)
"""These name the first of many facts, of which some are broken.

A command that has lost its end is named at the fact that is left of it.
"""


@dataclass
class Tally:
    """How many crimes of each kind there were, and which were not found rightly."""

    committed: Counter[str] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)
    by_kind: Counter[str] = field(default_factory=Counter)

    def figures(self) -> dict[str, object]:
        """Return what is written down."""
        return {
            "mutations": self.committed.total(),
            "classes": len(self.committed),
            "missed": len(self.missed),
            "each": dict(self.committed),
        }


def tried(
    ground: Ground,
    made: tuple[History, Secrets],
    seed: object,
    rounds: int,
    kinds: Collection[str] = (),
) -> Tally:
    """Commit every kind of crime `rounds` times, each drawn from its own seed."""
    history, secrets = made
    tally = Tally()
    for what, commit in CRIMES.items():
        if (kinds and what not in kinds) or (
            what in ONLY_SQLITE and ground.engine.name != "sqlite"
        ):
            continue
        for nth in range(rounds):
            chance = random.Random(f"{seed} {what} {nth}")
            tampered = history.copy()
            wanted = commit(tampered, secrets, chance)
            tally.committed[what] += 1
            if problem := _problem(ground, tampered, wanted):
                tally.missed.append(f"{what} #{nth}: {problem}")
                tally.by_kind[what] += 1
    return tally


def _problem(ground: Ground, tampered: History, wanted: Broken) -> str | None:
    """Say what is wrong with how it was found, if anything is."""
    try:
        verdict = ground.verdict(tampered)
    except Unavailable as problem:
        return f"cannot be read: {problem}"
    except Exception as problem:  # noqa: BLE001 - whatever it is, nothing was found
        return f"the check died of {problem!r}"
    return unlike(verdict, wanted)


def unlike(verdict: Verdict, wanted: Broken) -> str | None:
    """Say how a verdict differs from what must be found."""
    told = ", ".join(f"{d.why} {d.position} ({d.what})" for d in verdict.doubts)
    whys = "/".join(sorted(wanted.whys))
    right = [d for d in verdict.doubts if d.why in wanted.whys]
    if wanted.at is not None:
        right = [d for d in right if d.position == wanted.at]
    if not right:
        return f"{whys} at {wanted.at} was not found, but: {told or 'nothing'}"
    if wanted.at is not None and wanted.at > 0:
        early = [
            d
            for d in verdict.doubts
            if 0 < d.position < wanted.at
            and d.why not in FROM_THERE_ON
            and not (d.why is Why.COMMAND_BROKEN and d.position == wanted.at - 1)
        ]
        if early:
            return f"{whys} at {wanted.at}, and doubts before it: {told}"
    return None
