"""What the rounds tell by mail: the week's list by unit, and the past half-year."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from adapters.notify.html import mail_page
from adapters.notify.wording import Wording, for_unit
from adapters.system import Gadelys
from adapters.texts import Texts
from domain.messages import Stamp, derived_id
from domain.rounds import HoldRound, RoundKind, begin_of
from domain.values import CLOCK, Actor
from projections.half_year import half_before
from projections.notices import NOTICES, NoticeRow
from tests import examples as ex
from tests.projections.long_history import play_demo, playing

COORDINATOR = Actor("municipality/walk-coordinator")
POLICE = Actor("police/prevention")
MONDAY = datetime(2026, 11, 23, 7, 45, tzinfo=UTC)
NEW_YEAR = datetime(2027, 1, 4, 7, 45, tzinfo=UTC)


@pytest.fixture(scope="module")
def demo() -> Iterator[Gadelys]:
    """Return an installation after the demo walk, with both rounds."""
    with playing(ex.moment("2026-10-01")) as player:
        play_demo(player)
        for kind, period, at in (
            (RoundKind.WEEKLY_LIST, "2026-W48", MONDAY),
            (RoundKind.HALF_YEARLY_STATUS, "2027-H1", NEW_YEAR),
        ):
            stamp = Stamp(by=CLOCK, at=at, command_id=derived_id("round", kind))
            player.system.submit(HoldRound(stamp=stamp, kind=kind, period=period))
        player.system.catch_up()
        yield player.system


def told(
    system: Gadelys, kind: RoundKind, to: Actor, at: datetime, lang: str = "da"
) -> Wording:
    rows: list[NoticeRow] = system.rows.rows(NOTICES)
    mine = [
        row for row in rows if row.stream == f"round/{kind}" and row.recipient == to
    ]
    texts = Texts(lang, system.rules().register)
    return for_unit(to, mine, system, texts, at)


def test_the_weeks_list_names_every_case_by_unit(demo: Gadelys) -> None:
    [item] = told(demo, RoundKind.WEEKLY_LIST, COORDINATOR, MONDAY).items

    assert "åbne sager hos jer" in item.text
    units = [line for line in item.lines if not line.startswith("–")]
    late = [line for line in item.lines if "arbejdsdage over" in line]
    counted = re.search(r"Over frist: (\d+). Med frist i denne uge: (\d+)", item.text)
    assert counted
    assert len(late) == int(counted[1]) > 0
    assert len(item.lines) - len(units) == int(counted[1]) + int(counted[2])
    assert units == sorted(units)
    assert re.fullmatch(
        r"– 2026-\d\d, [^:]+: frist \d\d.\d\d.2026, \d+ arbejdsdage over", late[0]
    )


def test_each_authority_hears_of_its_own_cases(demo: Gadelys) -> None:
    [ours] = told(demo, RoundKind.WEEKLY_LIST, COORDINATOR, MONDAY).items
    [theirs] = told(demo, RoundKind.WEEKLY_LIST, POLICE, MONDAY).items

    numbers = [
        {line[2:9] for line in item.lines if line.startswith("–")}
        for item in (ours, theirs)
    ]
    assert not numbers[0] & numbers[1]


@pytest.mark.parametrize("lang", ["da", "en"])
def test_nothing_that_people_wrote_is_in_it(demo: Gadelys, lang: str) -> None:
    for kind, at in (
        (RoundKind.WEEKLY_LIST, MONDAY),
        (RoundKind.HALF_YEARLY_STATUS, NEW_YEAR),
    ):
        wording = told(demo, kind, COORDINATOR, at, lang)
        for text in (wording.text, mail_page(wording)):
            assert "Hækken" not in text
            assert "mail." not in text
            assert "{" not in text.replace("{margin", "")


def test_the_status_says_what_the_report_of_the_half_year_says(demo: Gadelys) -> None:
    [item] = told(demo, RoundKind.HALF_YEARLY_STATUS, COORDINATOR, NEW_YEAR).items

    assert item.text == "Halvårets status, 01.07.2026 til 31.12.2026:"
    assert item.lines[0] == (
        "Der blev holdt 1 tryghedsvandring, og der blev rejst 15 sager i perioden."
    )
    assert "intet bliver offentligt af sig selv" in item.lines[-1]
    assert item.hint == "gadelys report council --from 2026-07-01 --to 2026-12-31"


def test_its_link_is_pinned_to_the_round_itself(demo: Gadelys) -> None:
    settings = demo.settings.model_copy(update={"public_url": "https://a.example"})
    demo.settings, before = settings, demo.settings
    try:
        [item] = told(demo, RoundKind.HALF_YEARLY_STATUS, COORDINATOR, NEW_YEAR).items
    finally:
        demo.settings = before

    position = demo.store.last_position()
    assert item.link == (
        "https://a.example/reports/council?from=2026-07-01&to=2026-12-31"
        f"&at=2026-12-31&position={position}"
    )


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ("2027-H1", date(2026, 7, 1), date(2026, 12, 31)),
        ("2027-H2", date(2027, 1, 1), date(2027, 6, 30)),
    ],
)
def test_a_status_is_of_the_half_year_that_ended(
    period: str, first: date, last: date
) -> None:
    half = half_before(begin_of(period))

    assert (half.first, half.last) == (first, last)
