"""The tester of logins: what would somebody be here, by what is claimed of them?

What is pasted is answered and forgotten. So a login that has run out keeps nothing
of it either, unlike every other form.
"""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from adapters.viewing import may_see_to_roles
from adapters.web.asked import Here, LoginNeeded, System, counted, ours, typed
from adapters.web.claims import (
    NotClaims,
    Outcome,
    claims_in,
    outcome_of,
    provider_for,
)
from adapters.web.rendering import page
from adapters.web.visiting import visitor_of
from domain.errors import Code, NotAllowed
from domain.permissions.asking import who_may
from domain.permissions.roles import roles_of
from domain.permissions.words import Action, Compartment

PATH = "/administration/claims"


async def _sees_to_roles(request: Request) -> None:
    """Let in who proposes or grants roles.

    Raises: LoginNeeded, which keeps nothing; NotAllowed (not_your_role).
    """
    counted(request)
    by = visitor_of(request).actor
    if by is None:
        raise LoginNeeded(PATH)
    register = request.app.state.system.rules().register
    roles = roles_of(by, register)
    if not may_see_to_roles(roles):
        raise NotAllowed(
            Code.NOT_YOUR_ROLE,
            by=str(by),
            action=Action.GRANT_ROLES,
            roles=sorted(roles),
            allowed=list(who_may(Action.GRANT_ROLES, Compartment.SHARED, register)),
        )


async def _pasted(
    request: Request, _: Annotated[None, Depends(_sees_to_roles)]
) -> dict[str, str]:
    """Return what was pasted, once it is known that they may ask at all.

    Raises: NotOurForm, TooOften; as `_sees_to_roles`.
    """
    return typed(await ours(request))


Pasted = Annotated[dict[str, str], Depends(_pasted)]
router = APIRouter(include_in_schema=False, dependencies=[Depends(_sees_to_roles)])


@router.get(PATH)
def ask(request: Request) -> Response:
    """Show the form."""
    return _page(request)


@router.post(PATH)
def answer(request: Request, visitor: Here, system: System, told: Pasted) -> Response:
    """Say what a login with these claims would lead to, or what is wrong with them."""
    texts = visitor.texts
    try:
        claims = claims_in(told.get("claims", ""))
        provider = provider_for(
            visitor.site.providers, told.get("provider", ""), claims
        )
    except NotClaims as problem:
        why = texts.say(f"web_claims.{problem.why}", **problem.values)
        return _page(request, HTTPStatus.UNPROCESSABLE_ENTITY, why=why, told=told)
    found = outcome_of(provider, claims, system.rules().register, texts)
    return _page(request, found=found, told=told)


def _page(
    request: Request,
    status: HTTPStatus = HTTPStatus.OK,
    *,
    found: Outcome | None = None,
    why: str = "",
    told: dict[str, str] | None = None,
) -> Response:
    visitor = visitor_of(request)
    answer = page(
        request,
        "claims.html",
        status,
        providers=[
            (one, visitor.texts.show_named(one)) for one in visitor.site.providers
        ],
        found=found,
        why=why,
        told=told or {},
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer
