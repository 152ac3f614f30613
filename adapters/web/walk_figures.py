"""The report of one walk as pages show it, now or as it was."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from adapters.reports import FIGURES, figure, walk_report_of
from adapters.system import Gadelys
from adapters.texts import DASH, Texts
from domain.values import WalkNumber


def walk_values(
    system: Gadelys,
    number: WalkNumber,
    day: date,
    recorded: datetime | None,
    texts: Texts,
) -> dict[str, Any]:
    """Return what the page shows, as of the end of a day and as known at a moment.

    Raises: NotFound (unknown_walk).
    """
    answer = walk_report_of(system, number, day, recorded)
    return {
        "day": texts.show(day),
        "figures": [
            (texts.say(f"report.{name}"), figure(name, answer, texts))
            for name in FIGURES
        ],
        "findings": _findings(answer, texts),
        "position": answer["position"],
    }


def _findings(answer: Mapping[str, Any], texts: Texts) -> list[tuple[str, str, str]]:
    return [
        (
            number,
            texts.status(one["status"]),
            texts.actor(one["responsible"]) if one["responsible"] else DASH,
        )
        for number, one in answer["findings"].items()
    ]
