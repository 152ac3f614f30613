"""The numbers as sheets, each with its own question."""

from collections.abc import Iterable, Iterator

from adapters.council_report.document import (
    area_name,
    excluded_of,
    line_name,
    part_name,
)
from adapters.files.sheets import Cell, sheet
from adapters.texts import Texts
from projections.council_report import CouncilReport


def sheets(report: CouncilReport, texts: Texts) -> dict[str, bytes]:
    """Return each sheet by its file name."""
    return {
        "noegletal.csv": sheet(_kpis(report, texts)),
        "noegletal-fordelt.csv": sheet(_parts(report, texts)),
        "sager-fordelt.csv": sheet(_lines(report, texts)),
        "ikke-gjort.csv": sheet(_undone(report, texts)),
    }


def _kpis(report: CouncilReport, texts: Texts) -> Iterator[Iterable[Cell]]:
    names = ("code", "name", "value", "unit", "numerator", "denominator", "p90")
    yield _heads(texts, *names, "excluded", "definition", "behind")
    for kpi in report.kpis:
        yield (
            kpi.code,
            texts.say(f"kpi.{kpi.code}"),
            kpi.value,
            texts.word("measure", kpi.measure),
            kpi.numerator,
            kpi.denominator,
            kpi.p90,
            texts.say("council.hidden")
            if kpi.hidden
            else excluded_of(kpi.excluded, texts),
            texts.say(f"kpi_definition.{kpi.code}"),
            " ".join(kpi.hits),
        )


def _parts(report: CouncilReport, texts: Texts) -> Iterator[Iterable[Cell]]:
    yield _heads(texts, "code", "name", "part", "who", "denominator", "value", "behind")
    for kpi in report.kpis:
        for part in kpi.parts:
            yield (
                kpi.code,
                texts.say(f"kpi.{kpi.code}"),
                texts.word("part_of", part.by),
                part_name(part, texts),
                part.n,
                part.value,
                " ".join(part.cases),
            )


def _lines(report: CouncilReport, texts: Texts) -> Iterator[Iterable[Cell]]:
    yield _heads(texts, "part", "what", "reported", "verified", "declined", "left")
    for line in report.lines:
        yield (
            texts.say(f"council.by_{line.by}"),
            line_name(line, texts),
            line.reported,
            line.verified,
            line.declined,
            line.open,
        )


def _undone(report: CouncilReport, texts: Texts) -> Iterator[Iterable[Cell]]:
    names = ("part", "number", "what", "area", "reason", "refer_to", "declined_on")
    yield _heads(texts, *names, "review_on")
    for no in report.declined:
        yield (
            texts.say("council.declined"),
            no.number,
            texts.category(no.category),
            area_name(no.area, texts),
            texts.reason(no.reason),
            texts.actor(no.refer_to) if no.refer_to else "",
            no.on.isoformat() if no.on else "",
            "",
        )
    for one in report.waiting:
        yield (
            texts.say("council.waiting"),
            one.number,
            texts.category(one.category),
            area_name(one.area, texts),
            texts.reason(one.reason),
            "",
            "",
            one.review_on.isoformat() if one.review_on else "",
        )


def _heads(texts: Texts, *names: str) -> Iterable[Cell]:
    return [texts.say(f"council.{name}") for name in names]
