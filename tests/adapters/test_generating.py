"""An invented history: decided by the rules, the same every time, never mixed."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from adapters import system as installation
from adapters.generating.filling import Filled, fill, size_of
from adapters.generating.history import Size
from adapters.publishing.published import not_as_signed, published
from adapters.reporting.making import Question, council_report_of
from adapters.settings import Settings
from adapters.system import Gadelys
from domain.delivery.events import DeliverySent
from domain.errors import Code, Refused
from domain.finding.events import (
    FindingDeclined,
    FindingEscalated,
    FindingMerged,
    FindingReopened,
    FindingReported,
    FixRejected,
    FixVerified,
    HandoverAccepted,
    ReminderRaised,
)
from domain.messages import Recorded
from domain.register.model import Register
from domain.values import CLOCK, Authority
from domain.walk.events import MinutesPublished, ParticipantAnswered, WalkEvaluated
from projections.kpis import KpiCode
from tests.adapters.conftest import Line
from tests.projections.invented import END, invented
from tests.projections.long_history import all_facts

WALKS, FINDINGS, YEARS = 4, 60, 2


def sized(register: Register, seed: int = 7) -> Size:
    return size_of(
        register, walks=WALKS, findings=FINDINGS, years=YEARS, seed=seed, end=END
    )


@pytest.fixture(scope="module")
def filled(
    tmp_path_factory: pytest.TempPathFactory, register: Register
) -> Iterator[Gadelys]:
    """Return an installation with a small invented history."""
    settings = Settings(data=tmp_path_factory.mktemp("invented"))
    installation.migrate(settings)
    with installation.opened(settings) as system:
        fill(system, register, sized(register))
        yield system


def kinds(facts: tuple[Recorded, ...]) -> set[type]:
    return {type(fact.event) for fact in facts}


def test_everything_that_can_become_of_a_finding_becomes_of_some() -> None:
    found = kinds(invented(12, 300, 2))

    assert found >= {
        *(FindingReported, FixVerified, FixRejected, FindingReopened, FindingDeclined),
        *(FindingMerged, HandoverAccepted, ReminderRaised, FindingEscalated),
        *(DeliverySent, MinutesPublished, ParticipantAnswered, WalkEvaluated),
    }


def test_it_is_stored_as_it_was_decided(filled: Gadelys) -> None:
    stored, decided = all_facts(filled), invented(WALKS, FINDINGS, YEARS)

    assert [(one.stream, one.event, one.event_id) for one in stored] == [
        (one.stream, one.event, one.event_id) for one in decided
    ]


def test_another_number_gives_another_history(register: Register) -> None:
    one, other = sized(register), sized(register, seed=8)

    assert one.identity != other.identity


def test_facts_are_stored_soon_after_they_happened_but_paper_comes_late() -> None:
    facts = invented(12, 300, 2)
    waited = [one.recorded_at - one.event.stamp.at for one in facts]
    told = [one.recorded_at for one in facts]

    assert told == sorted(told)
    assert min(waited) >= timedelta()
    assert max(waited) > timedelta(days=2)
    assert sum(one > timedelta(days=1) for one in waited) < len(facts) / 10


def test_nobody_is_a_person_and_no_text_is_anybody_s(filled: Gadelys) -> None:
    by = {one.event.stamp.by for one in all_facts(filled)}

    assert all(
        one == CLOCK or one.person is None or one.authority is Authority.PARTICIPANT
        for one in by
    )


def test_who_fixed_it_never_says_that_it_helped(filled: Gadelys) -> None:
    asked = Question(date(2024, 1, 1), END, END, internal=True)
    kpi = council_report_of(filled, asked).report.kpi(KpiCode.OTHER_EYES)

    assert kpi.denominator
    assert kpi.numerator == kpi.denominator


class Interrupted(Exception):
    """Somebody has pressed the keys that end a program."""


def test_it_goes_on_where_it_was_interrupted(
    settings: Settings, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.generating.filling.BATCH", 50)
    size = sized(register)

    def interrupted(facts: int) -> None:
        if facts > 300:
            raise Interrupted

    installation.migrate(settings)
    with installation.opened(settings) as system:
        with pytest.raises(Interrupted):
            fill(system, register, size, interrupted)
        half = system.store.last_position()
        rest = fill(system, register, size)
        stored = all_facts(system)

    whole = invented(WALKS, FINDINGS, YEARS)
    assert rest == Filled(len(whole), half)
    assert [one.event_id for one in stored] == [one.event_id for one in whole]


def test_it_is_never_mixed_with_anything_else(
    system: Gadelys, register: Register
) -> None:
    before = system.store.last_position()

    with pytest.raises(Refused) as caught:
        fill(system, register, sized(register))

    assert caught.value.code is Code.HISTORY_EXISTS
    assert system.store.last_position() == before
    assert not list(system.settings.documents_folder.rglob("*"))


def test_another_size_is_no_unfinished_run(filled: Gadelys, register: Register) -> None:
    before = filled.store.last_position()

    with pytest.raises(Refused):
        fill(filled, register, sized(register, seed=8))

    assert filled.store.last_position() == before


# ---- another municipality ----


def test_a_register_to_edit_is_written_once(empty_line: Line, tmp_path: Path) -> None:
    file = tmp_path / "nordby.toml"
    first = empty_line("init", "--municipality", "Nordby Kommune", "--out", str(file))
    again = empty_line("init", "--municipality", "Sydby", "--out", str(file), "--json")

    assert first.code == 0
    assert f"gadelys doctor --register {file}" in first.out
    assert 'da = "Nordby Kommune"' in file.read_text("utf-8")
    assert "Sydby" not in file.read_text("utf-8")
    assert again.problem["code"] == Code.FILE_EXISTS


def test_the_doctor_says_what_is_still_the_template_s(
    empty_line: Line, tmp_path: Path
) -> None:
    file = tmp_path / "nordby.toml"
    empty_line("init", "--municipality", "Nordby Kommune", "--out", str(file))
    begun = empty_line("doctor", "--register", str(file), "--json")
    text = file.read_text("utf-8").replace(".example", ".dk")
    file.write_text(text.replace("south = 54.4", "south = 56.9"), "utf-8")
    edited = empty_line("doctor", "--register", str(file), "--json")

    assert begun.code == edited.code == 0
    states = [
        [check["state"] for check in one.json["checks"]] for one in (begun, edited)
    ]
    assert states == [["ok", "warning"], ["ok", "ok"]]


def test_the_doctor_names_the_line_that_is_wrong(
    empty_line: Line, tmp_path: Path
) -> None:
    file = tmp_path / "nordby.toml"
    empty_line("init", "--municipality", "Nordby Kommune", "--out", str(file))
    text = file.read_text("utf-8").replace("fix = 5\n", "fix = 'fem'\n", 1)
    file.write_text(text, "utf-8")

    refused = empty_line("doctor", "--register", str(file), "--json")

    assert refused.code == 1
    assert refused.problem["code"] == Code.BAD_FILE
    assert "categories" in refused.problem["problem"]


@pytest.mark.parametrize(
    ("given", "problem"),
    [(("--country", "dk"), "country"), (("--zone", "Nordby/Havn"), "time_zone")],
)
def test_a_country_or_zone_that_there_is_not_is_refused(
    empty_line: Line, tmp_path: Path, given: tuple[str, str], problem: str
) -> None:
    file = tmp_path / "nordby.toml"
    asked = ("init", "--municipality", "Nordby", "--out", str(file), *given, "--json")
    refused = empty_line(*asked)

    assert refused.code == 1
    assert problem in refused.problem["problem"]
    assert not file.exists()


def test_an_empty_installation_is_filled_from_the_command_line(
    empty_line: Line, tmp_path: Path
) -> None:
    file = tmp_path / "nordby.toml"
    empty_line("init", "--municipality", "Nordby Kommune", "--out", str(file))
    asked = (
        *("generate", "--register", str(file), "--walks", "2", "--findings", "12"),
        *("--years", "1", "--seed", "3", "--json"),
    )
    first, again = empty_line(*asked), empty_line(*asked)
    other = empty_line(*asked, "--walks", "3")

    assert first.code == again.code == 0
    assert first.json["before"] == 0
    assert again.json == {"facts": first.json["facts"], "before": first.json["facts"]}
    assert other.problem["code"] == Code.HISTORY_EXISTS
    with installation.opened(Settings(data=empty_line.data)) as system:
        assert list(published(system))
        assert list(not_as_signed(system)) == []
