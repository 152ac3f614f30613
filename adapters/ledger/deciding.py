"""Whether every stored fact is what the rules answered, at its time (level 2).

Rules that were tightened since refuse what they once allowed: such a fact is named too,
and whoever doubts it can see in the changelog when the rules changed.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from adapters.ledger.doubts import Doubts, Why
from adapters.ledger.past import Past, RulesThen
from adapters.persistence.event_store import FactStore, Unreadable
from domain.errors import DomainError
from domain.messages import Recorded
from domain.redeciding import command_behind, is_decided
from domain.values import ERASED

PAGE = 500


@dataclass(frozen=True, slots=True)
class Answered:
    """All facts of one command, and its digest."""

    asked: str
    facts: tuple[Recorded, ...]


def decide_again(
    store: FactStore,
    doubts: Doubts,
    on_fact: Callable[[int], None] = lambda _: None,
    cases: FactStore | None = None,
) -> int:
    """Ask the rules again for every command; return how many could be asked.

    Args:
        store: whose facts; what cannot be read, or was erased, is passed by.
        doubts: is told what the rules would not have answered.
        on_fact: is told the position of the last fact of each command.
        cases: where the rules and the cases are that `store` is kept beside; itself,
            if it holds them.
    """
    rules, count = RulesThen(cases or store), 0
    for answered in _commands(store):
        # With the words of somebody, the digest of the command is gone, too.
        if answered.asked == ERASED:
            continue
        if why := _doubt(answered, store, rules, cases):
            first = answered.facts[0]
            doubts.add(why, first.position, f"{first.stream} {first.version}")
        count += 1
        on_fact(answered.facts[-1].position)
    return count


def _doubt(
    answered: Answered, store: FactStore, rules: RulesThen, cases: FactStore | None
) -> Why | None:
    first = answered.facts[0]
    past, then = Past(store, first.position, cases), rules.at(first)
    history = past.load(first.stream)
    command = command_behind(answered.facts, answered.asked, history, then)
    if command is None:
        return Why.COMMAND_UNKNOWN
    try:
        is_answer = is_decided(answered.facts, command, history, past, then)
    except DomainError:
        is_answer = False
    return None if is_answer else Why.RULES_BROKEN


def _commands(store: FactStore) -> Iterator[Answered]:
    """Yield the commands in the order in which they were stored."""
    begun: list[Recorded] = []
    position = 0
    while page := store.stored(position, PAGE):
        for placed in page:
            if isinstance(placed, Unreadable):
                begun, position = [], placed.position
                continue
            position, fact = placed
            if fact.nth == 1:
                begun = []
            begun.append(fact.recorded(position))
            if len(begun) == fact.nth == fact.of:
                yield Answered(fact.asked, tuple(begun))
