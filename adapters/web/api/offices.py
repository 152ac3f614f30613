"""What the offices see to: who is away, messages, the rules, measurements."""

from collections.abc import Callable, Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from adapters.measuring import Chosen, measured
from adapters.standing import absences_on, messages_in, whose_task
from adapters.viewing import Viewer
from adapters.web.api.answers import (
    Absence,
    Deliveries,
    Delivery,
    MeasuredSeries,
    RegisterInForce,
    Roster,
    Taken,
    answer,
    of_row,
)
from adapters.web.api.bodies import body_of, near, read
from adapters.web.api.callers import By, Raw, System, staff
from adapters.web.api.describing import GIVING, READING, path_of, sent, sentence
from adapters.web.api.giving import Asked, taken
from adapters.web.api.questions import (
    DeliveryList,
    MeasurementList,
    OnDay,
    Question,
)
from domain.delivery.decide import RetryDelivery, SettleDelivery
from domain.messages import Command
from domain.permissions.words import Action
from domain.roster.commands import BY_NAME
from projections.deliveries import DELIVERIES, DeliveryState
from projections.roster import ROSTER

router = APIRouter(dependencies=[Depends(staff)])
NOT_OVER = (DeliveryState.PENDING, DeliveryState.LETTER, DeliveryState.GIVEN_UP)
SEEING_TO: Mapping[str, type[Command]] = {
    "retry": RetryDelivery,
    "settle": SettleDelivery,
}


@router.get(
    "/register", response_model=RegisterInForce, responses=READING, tags=["rules"]
)
def show_register(system: System, _asked: Annotated[Question, Query()]) -> Response:
    """Return the rules in force."""
    rules = system.rules()
    told = RegisterInForce.model_construct(version=rules.version, rules=rules.register)
    return answer(told)


@router.get("/roster", response_model=Roster, responses=READING, tags=["roster"])
def show_roster(system: System, asked: Annotated[OnDay, Query()]) -> Response:
    """Return who is away, and who stands in."""
    near(asked.on, "query.on")
    calendar = system.rules().register.working_days
    day = asked.on or calendar.local_day(system.now())
    lines = absences_on(system, day, later=asked.on is None)
    found = sorted(lines, key=lambda line: (line.first, line.absent))
    absences = [of_row(Absence, line) for line in found]
    return answer(Roster(as_of=day, absences=absences))


@router.get(
    "/measurements",
    response_model=MeasuredSeries,
    responses=READING,
    tags=["measurements"],
)
def list_measurements(
    system: System, by: By, asked: Annotated[MeasurementList, Query()]
) -> Response:
    """Return what others have measured, as it may be published."""
    Viewer(system, by, asked.purpose).require(Action.READ_REPORT)
    happened, recorded = asked.moments(system)
    chosen = Chosen(
        series=asked.series,
        area=asked.area,
        metric=asked.metric,
        happened=happened,
        recorded=recorded,
    )
    return answer(MeasuredSeries(series=list(measured(system, chosen))))


@router.get(
    "/deliveries", response_model=Deliveries, responses=READING, tags=["deliveries"]
)
def list_deliveries(
    system: System, asked: Annotated[DeliveryList, Query()]
) -> Response:
    """Return the messages that are not over, or those in some state."""
    rows = messages_in(system, *(asked.state or NOT_OVER))
    told = [Delivery.of(row, whose_task(row, system)) for row in rows]
    return answer(Deliveries(deliveries=told))


def _giving(kind: type[Command], seen: str, about: str) -> Callable[..., Response]:
    body_kind = body_of(kind)

    def give(asked: Asked, raw: Raw) -> Response:
        body = read(body_kind, raw)
        command = asked.command(kind, body, {})
        receipt = asked.give(command, None, (seen,), checked=body.checked)
        return taken(receipt, str(getattr(body, about)))

    give.__doc__ = kind.__doc__
    return give


def _add(place: str, names: Mapping[str, type[Command]], seen: str, about: str) -> None:
    for name, kind in names.items():
        router.add_api_route(
            f"/{place}/{path_of(name)}",
            _giving(kind, seen, about),
            methods=["POST"],
            name=f"{place}_{name}",
            summary=sentence(kind.__doc__),
            response_model=Taken,
            responses=GIVING,
            openapi_extra=sent(body_of(kind)),
            tags=[place],
        )


_add("roster", BY_NAME, ROSTER.name, "absent")
_add("deliveries", SEEING_TO, DELIVERIES.name, "key")
