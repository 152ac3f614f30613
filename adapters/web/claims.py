"""What somebody would be here, by what is claimed of them: nothing of it is kept.

It asks what a login asks (`vouching.vouched`) and the same table of permissions.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.texts import Texts
from adapters.web.site import Provider
from adapters.web.vouching import Lack, NotVouchedFor, Vouched, vouched
from domain.permissions.roles import roles_of
from domain.permissions.table import may_any
from domain.permissions.words import Action, Compartment, Relation, Role
from domain.register.model import Register
from domain.values import Actor

LONGEST = 20_000
ISSUER = "iss"
TOKEN_PARTS = 3
RELATIONS = (
    *(Relation.OTHER, Relation.OWN_AUTHORITY, Relation.OWN_UNIT, Relation.ASSIGNED),
    Relation.OWN,
)
"""From whatever it is to what is one's own: the first that is allowed is the limit."""

ACTIONS = (
    *(Action.READ_CASE, Action.READ_PERSONAL, Action.READ_HISTORY, Action.READ_REPORT),
    *(Action.EXPORT_CASE, Action.ASSIGN, Action.WORK, Action.VERIFY),
    *(Action.CHANGE_DEADLINE, Action.ADOPT_REGISTER),
)
"""What tells most about somebody's roles; the whole table is in the documentation."""


class NotClaims(Exception):
    """What was pasted are no claims; `why` is the key of a sentence."""

    def __init__(self, why: str, **values: object) -> None:
        """Keep what is wrong, and nothing of what was pasted."""
        super().__init__(why)
        self.why = why
        self.values = values


@dataclass(frozen=True, slots=True)
class Limit:
    """One thing that somebody can or cannot do, and with which cases; all in words."""

    action: str
    limit: str
    allowed: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a login with these claims would lead to, in words.

    `problem` says why there would be none; `because` each reason for what there is.
    """

    provider: str
    actor: Actor | None = None
    unit: str = ""
    authority: str = ""
    roles: tuple[str, ...] = ()
    because: tuple[str, ...] = ()
    limits: tuple[Limit, ...] = ()
    problem: str = ""
    hint: str = ""


def claims_in(text: str) -> Mapping[str, Any]:
    """Return the claims that were pasted.

    Raises: NotClaims.
    """
    told = text.strip()
    if not told:
        raise NotClaims("empty")
    if len(told) > LONGEST:
        raise NotClaims("too_long", limit=LONGEST)
    if not told.startswith("{") and told.count(".") + 1 == TOKEN_PARTS:
        raise NotClaims("token")
    try:
        found = json.loads(told)
    except RecursionError as problem:
        raise NotClaims("no_object") from problem
    except ValueError as problem:
        line = getattr(problem, "lineno", 1)
        raise NotClaims("no_json", line=line) from problem
    if not isinstance(found, dict):
        raise NotClaims("no_object")
    return found


def provider_for(
    providers: Sequence[Provider], name: str, claims: Mapping[str, Any]
) -> Provider:
    """Return the provider that was chosen, or the one that the claims come from.

    Raises: NotClaims.
    """
    if not providers:
        raise NotClaims("no_providers")
    if name:
        chosen = [one for one in providers if one.name == name]
    elif len(providers) == 1:
        chosen = list(providers)
    else:
        issuer = str(claims.get(ISSUER, "")).rstrip("/")
        chosen = [one for one in providers if one.issuer.rstrip("/") == issuer]
    if not chosen:
        known = ", ".join(one.name for one in providers)
        raise NotClaims("which_provider", known=known)
    return chosen[0]


def outcome_of(
    provider: Provider, claims: Mapping[str, Any], register: Register, texts: Texts
) -> Outcome:
    """Return what a login with these claims would lead to."""
    name = texts.show_named(provider)
    try:
        found = vouched(provider, claims)
    except NotVouchedFor as problem:
        return _not_let_in(provider, problem, name, texts)
    if not register.knows(found.actor):
        unit = str(found.actor.unit)
        why = texts.say("web.unit_unknown", unit=unit)
        hint = texts.say("web_claims.hint_register", unit=unit)
        return Outcome(name, problem=why, hint=hint)
    roles = roles_of(found.actor, register)
    return Outcome(
        provider=name,
        actor=found.actor,
        unit=texts.actor(found.actor.unit),
        authority=texts.word("authority", found.actor.authority),
        roles=tuple(texts.word("role", role) for role in sorted(roles)),
        because=(
            *_because_of_claims(provider, found, texts),
            *(
                _because_of(role, found.actor, register, texts)
                for role in sorted(roles)
            ),
        ),
        limits=tuple(_limit(action, roles, texts) for action in ACTIONS),
    )


def _not_let_in(
    provider: Provider, problem: NotVouchedFor, name: str, texts: Texts
) -> Outcome:
    why = texts.say(f"web_claims.{problem.lack}", claim=problem.missing)
    known = ", ".join(one.value for one in provider.units)
    values = known if problem.lack is Lack.UNKNOWN_UNIT else ""
    hint = texts.say(
        f"web_claims.hint_{problem.lack}",
        claim=problem.missing,
        known=values,
        provider=provider.name,
    )
    return Outcome(name, problem=why, hint=hint)


def _because_of_claims(
    provider: Provider, found: Vouched, texts: Texts
) -> tuple[str, str]:
    return (
        texts.say(
            "web_claims.unit_rule",
            claim=provider.unit_claim,
            value=found.rule.value,
            unit=str(found.rule.unit),
            line=provider.units.index(found.rule) + 1,
        ),
        texts.say(
            "web_claims.person_rule",
            claim=provider.person_claim,
            person=found.actor.person,
        ),
    )


def _because_of(role: Role, actor: Actor, register: Register, texts: Texts) -> str:
    """Return which part of the register gives a role."""
    led = [unit.id for unit in register.units if unit.leader == actor.unit]
    why = "overseer" if register.overseer(actor) else str(role)
    key = f"web_claims.role_{why}"
    return texts.say(
        key if texts.has(key) else "web_claims.role_of_unit",
        role=texts.word("role", role),
        unit=str(actor.unit),
        led=", ".join(map(texts.actor, led)),
    )


def _limit(action: Action, roles: frozenset[Role], texts: Texts) -> Limit:
    """Return with which cases somebody may do something, seen from their roles."""
    named = texts.word("action", action)
    for relation in RELATIONS:
        asked = {one: may_any(roles, action, one, (relation,)) for one in Compartment}
        found = {where: one for where, one in asked.items() if one.allowed}
        if found:
            where = ", ".join(texts.word("compartment", one) for one in found)
            limit = texts.say(f"web_claims.limit_{relation}", where=where)
            owed = frozenset().union(*(one.obligations for one in found.values()))
            told = [limit, *(texts.word("obligation", one) for one in sorted(owed))]
            return Limit(named, "; ".join(told), allowed=True)
    return Limit(named, texts.say("web_claims.limit_none"), allowed=False)
