"""A report as one bundle: the same bytes again, safe to take apart, signed by both."""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from frictionless import Package
from frictionless.resources import TableResource
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from adapters import doctor
from adapters import system as installation
from adapters.files.bundles import bundled, taken_apart
from adapters.files.documents import Document
from adapters.publishing.published import not_as_signed
from adapters.publishing.reports import bundle_of, made_from
from adapters.reporting.making import Made, council_report_of
from adapters.settings import Settings
from adapters.system import Gadelys
from domain.errors import Code, Refused
from domain.messages import derived_id
from domain.persons import persons
from domain.publication.events import Form
from projections.council_report import CouncilReport
from projections.kpis import KpiCode
from projections.publishable import unfit
from projections.report_parts import By
from projections.report_parts import Line as Counts
from tests import examples as ex
from tests.adapters.conftest import Answer, Line
from tests.adapters.test_council_report import AUTUMN
from tests.projections.long_history import play_demo, playing

Council = Made[CouncilReport]
FILES = {"rapport.html": b"<p>Hej</p>", "data/tal.csv": b"a,b\r\n"}
COORDINATOR, POLICE = "municipality/walk-coordinator", "police/prevention"
SPRING = ("--from", "2025-01-01", "--to", "2025-06-30")


@pytest.fixture(scope="module")
def demo() -> Iterator[Gadelys]:
    """Return an installation after the demo walk."""
    with playing(ex.moment("2026-10-01")) as player:
        play_demo(player)
        yield player.system


@pytest.fixture(scope="module")
def made(demo: Gadelys) -> Council:
    """Return the report of the demo walk."""
    return council_report_of(demo, AUTUMN)


# ---- several files as one ----


def test_the_same_files_give_the_same_bytes_whatever_their_order() -> None:
    turned = dict(reversed(FILES.items()))

    assert bundled(FILES) == bundled(turned)
    assert taken_apart(bundled(FILES)) == FILES


def zipped(name: str, packed: int = zipfile.ZIP_STORED, comment: bytes = b"") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packed) as file:
        file.writestr(name, b"x")
        file.comment = comment
    return out.getvalue()


def marked(place: int, value: int) -> bytes:
    """Return a bundle of which the index asks for a newer program, or for a password.

    Args:
        place: in the first line of the index; 6 the version needed, 8 the flags.
        value: what stands there.
    """
    body = bytearray(bundled(FILES))
    body[body.index(b"PK\x01\x02") + place] = value
    return bytes(body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"PK",
        bundled(FILES) + b"more",
        b"before" + bundled(FILES),
        bundled(FILES)[:-10],
        bundled(FILES).replace(b"Hej", b"Nej"),
        zipped("../../etc/a.md"),
        zipped("/a.md"),
        zipped("a/b/c.md"),
        zipped("a\\b.md"),
        zipped("A.MD"),
        zipped("a.md", zipfile.ZIP_DEFLATED),
        zipped("a.md", comment=b"hidden"),
        zipped("a.md"),
        marked(6, 99),
        marked(8, 1),
    ],
)
def test_nothing_else_is_taken_apart(body: bytes) -> None:
    with pytest.raises(Refused) as refusal:
        taken_apart(body)

    assert refusal.value.code is Code.BAD_FILE


@settings(deadline=None, max_examples=500)
@given(
    start=st.integers(0, len(bundled(FILES))),
    cut=st.integers(0, 8),
    put=st.binary(max_size=8),
)
def test_one_that_is_damaged_anywhere_is_refused_and_nothing_else(
    start: int, cut: int, put: bytes
) -> None:
    """The library has many ways to say that bytes are no archive."""
    whole = bundled(FILES)
    damaged = whole[:start] + put + whole[start + cut :]
    assume(damaged != whole)

    with pytest.raises(Refused) as refusal:
        taken_apart(damaged)

    assert refusal.value.code is Code.BAD_FILE


@pytest.mark.parametrize("name", ["../a.md", "a/../b.md", "", "a", ".a.md", "æ.md"])
def test_no_bundle_is_made_that_could_not_be_taken_apart(name: str) -> None:
    with pytest.raises(Refused):
        bundled({name: b"x"})


# ---- the numbers for programs ----


def unpacked(bundle: bytes, folder: Path) -> Path:
    for name, body in taken_apart(bundle).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(body)
    return folder / "datapackage.json"


@pytest.mark.parametrize("lang", ["da", "en"])
def test_others_find_the_data_package_valid(
    made: Council, tmp_path: Path, lang: str
) -> None:
    found = Package(str(unpacked(bundle_of(made, lang), tmp_path))).validate()

    assert found.valid, found.flatten(["message"])
    assert found.stats["tasks"] == 4


def test_others_find_a_number_that_was_changed(made: Council, tmp_path: Path) -> None:
    descriptor = unpacked(bundle_of(made, "da"), tmp_path)
    file = tmp_path / "data" / "figures.csv"
    file.write_bytes(file.read_bytes().replace(b"14.3", b"94.3"))

    assert not Package(str(descriptor)).validate().valid


def table_of(package: Package, name: str) -> TableResource:
    found = package.get_resource(name)
    assert isinstance(found, TableResource)
    return found


def test_the_tables_say_what_the_report_says(made: Council, tmp_path: Path) -> None:
    package = Package(str(unpacked(bundle_of(made, "da"), tmp_path)))
    rows = {
        name: [row.to_dict() for row in table_of(package, name).read_rows()]
        for name in package.resource_names
    }

    solved = next(row for row in rows["figures"] if row["code"] == "K4")
    kpi = made.report.kpi(KpiCode.SOLVED)
    assert float(solved["value"]) == kpi.value == 14.3
    assert solved["hidden"] is False
    every = rows["cases-by"][0]
    assert (every["by"], every["reported"], every["open"]) == ("all", 15, 12)
    assert {row["number"] for row in rows["not-done"]} == {
        *("2026-15", "2026-03", "2026-08", "2026-09")
    }
    hidden = [row for row in rows["figures-by"] if row["hidden"]]
    assert hidden
    assert all(row["n"] is None and row["value"] is None for row in hidden)


def test_the_package_says_who_may_do_what_with_it(
    made: Council, tmp_path: Path
) -> None:
    told = json.loads(unpacked(bundle_of(made, "da"), tmp_path).read_bytes())

    assert told["licenses"][0]["name"] == "CC-BY-4.0"
    assert "Aalborg Kommune" in told["sources"][0]["title"]
    assert told["title"] == "Tryghedsvandringer 01.07.2026–31.12.2026"
    assert told["created"] == made.report.pins.known_at.isoformat()


# ---- made again ----


@pytest.mark.parametrize("lang", ["da", "en"])
def test_a_bundle_made_again_from_its_pins_has_the_same_bytes(
    demo: Gadelys, made: Council, lang: str
) -> None:
    bundle = bundle_of(made, lang)

    assert made_from(demo, bundle) == bundle


def test_what_is_no_report_cannot_be_made_again(demo: Gadelys) -> None:
    for bundle in (bundled(FILES), bundled({"rapport.json": b"{}", **FILES})):
        with pytest.raises(Refused) as refusal:
            made_from(demo, bundle)

        assert refusal.value.code is Code.BAD_FILE


def test_its_words_can_be_looked_through_for_persons(made: Council) -> None:
    page = b"<style>p {}</style><h1>Anne Jensen bor her</h1>"
    told = Document(bundled({"rapport.html": page}), Form.ZIP).text

    assert told == "Anne Jensen bor her"
    assert list(persons(told))
    assert not list(persons(Document(bundle_of(made, "da"), Form.ZIP).text))


# ---- fit to be published ----


def test_a_report_without_small_numbers_is_fit(made: Council) -> None:
    assert unfit(made.report) == ()


def test_every_small_number_is_found_whoever_let_it_through(
    demo: Gadelys, made: Council
) -> None:
    internal = council_report_of(demo, replace(AUTUMN, internal=True)).report

    found = unfit(internal)

    assert {"K4", "K8", "K9", "category", "authority"} <= {*found}
    few = Counts(By.AREA, "Aalborg Øst", 4, 1, 0, 3)
    assert unfit(replace(made.report, lines=(few,))) == ("area",)


# ---- the command line ----


@pytest.fixture
def told(line: Line) -> Line:
    """Return a line with six cases."""
    for nth in range(1, 7):
        report(line, nth)
    return line


def report(line: Line, nth: int) -> None:
    case = ("report", f"2025-{nth:02}", "--category", "LGT-FAIL", "--text", "Mørkt.")
    assert line(*case, "--by", COORDINATOR, "--at", "2025-03-10").code == 0


def publish(line: Line, *more: str, by: str = COORDINATOR) -> Answer:
    return line("report", "publish", *SPRING, "--by", by, *more)


def drafted(line: Line, *more: str) -> dict[str, Any]:
    answer = publish(line, *more, "--json")
    assert answer.code == 0, answer.err
    row: dict[str, Any] = line(
        "publications", "show", answer.json["number"], "--json"
    ).json
    return row


def approve(line: Line, row: dict[str, Any], by: str) -> Answer:
    given = ("--content", row["content"][:12], "--by", by)
    return line("publications", "approve", row["number"], *given)


def published(line: Line, *more: str) -> dict[str, Any]:
    row = drafted(line, *more)
    assert [approve(line, row, by).code for by in (COORDINATOR, POLICE)] == [0, 0]
    return row


def folder_of(line: Line, number: str) -> Path:
    return line.data / "published" / "report" / number


def names_in(folder: Path) -> set[str]:
    return {
        str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()
    }


def test_a_report_is_signed_by_both_and_lies_in_its_folder(told: Line) -> None:
    row = drafted(told)
    folder = folder_of(told, row["number"])

    first = approve(told, row, COORDINATOR)
    assert (first.code, folder.exists()) == (0, False)
    assert approve(told, row, POLICE).code == 0

    bundle = (folder / "1.zip").read_bytes()
    assert sha256(bundle).hexdigest() == row["content"]
    assert taken_apart(bundle) == {
        name: (folder / "1" / name).read_bytes() for name in names_in(folder / "1")
    }
    assert {"rapport.html", "datapackage.json", "data/figures.csv"} <= names_in(
        folder / "1"
    )
    assert json.loads((folder / "1.json").read_bytes())["form"] == "zip"
    assert "Tryghedsvandringer 01.01.2025" in row["title"]


def test_it_says_how_to_go_on_and_how_to_read_it(told: Line, tmp_path: Path) -> None:
    answer = publish(told)
    number = drafted_number(answer.out)

    assert f"gadelys publications approve {number} --content" in answer.out
    pointed = told("publications", "show", number, "--text")
    assert f"gadelys publications show {number} --out MAPPE" in pointed.out
    out = tmp_path / "at-laese"
    assert told("publications", "show", number, "--out", str(out)).code == 0
    assert "rapport.html" in names_in(out)
    assert f"{number}.zip" in names_in(out)


def drafted_number(said: str) -> str:
    return said.split("publications approve ")[1].split(maxsplit=1)[0]


def test_another_report_takes_the_place_of_one_that_stays(told: Line) -> None:
    old = published(told)["number"]
    report(told, 7)
    new = published(told, "--supersedes", old)["number"]

    marker = folder_of(told, old) / f"superseded-by-{new}.json"
    assert json.loads(marker.read_bytes())["superseded_by"] == new
    assert (folder_of(told, old) / "1" / "rapport.html").exists()
    assert told("publications", "show", old, "--json").json["superseded_by"] == new


def test_what_is_withdrawn_leaves_the_public_folder_with_all_its_files(
    told: Line,
) -> None:
    number = published(told)["number"]
    reason = ("--reason", "Forkert periode.", "--by", POLICE)

    assert told("publications", "withdraw", number, *reason).code == 0
    assert names_in(folder_of(told, number)) == {"1.json", "1.withdrawn.json"}
    assert told("publications", "lay-out").code == 0
    assert names_in(folder_of(told, number)) == {"1.json", "1.withdrawn.json"}


def test_only_what_is_published_is_superseded(told: Line) -> None:
    waiting = drafted(told)["number"]

    draft = publish(told, "--supersedes", waiting, "--json")
    nothing = publish(told, "--supersedes", "2020-999", "--json")

    assert (draft.code, nothing.code) == (1, 1)
    assert draft.problem["code"] == Code.PUBLICATION_NOT_READY
    assert nothing.problem["code"] == Code.UNKNOWN_PUBLICATION


def test_a_published_report_is_not_published_twice(told: Line) -> None:
    row = published(told)

    assert approve(told, row, POLICE).code == 1
    again = publish(told, "--number", row["number"], "--json")
    assert again.problem["code"] == Code.ALREADY_PUBLISHED


def test_the_same_command_again_is_the_same_report(told: Line) -> None:
    again = ("--command-id", str(derived_id("publish")))
    first = drafted(told, *again)
    report(told, 8)

    assert drafted(told, *again) == first
    assert len(told("publications", "list", "--json").json["publications"]) == 1


def test_who_builds_no_reports_lays_none_before_both(told: Line) -> None:
    refused = publish(told, "--json", by="municipality/operations")

    assert refused.code == 4
    assert refused.problem["action"] in {"read_report", "build_report"}


def test_too_few_cases_are_not_published(line: Line) -> None:
    report(line, 1)

    refused = publish(line)

    assert refused.code == 1
    assert "færre end 5 bag et tal" in refused.err
    assert "Sager efter område" in refused.err
    assert "længere periode" in refused.err
    assert not (line.data / "documents").exists()


def test_what_is_not_signed_is_not_published(told: Line) -> None:
    (told.data / "keys" / "ledger.key").unlink()

    refused = publish(told)

    assert refused.code == 1
    assert "ikke er signeret endnu" in refused.err
    assert "gadelys doctor" in refused.err


def test_a_published_report_can_be_made_again_years_later(told: Line) -> None:
    number = published(told)["number"]
    report(told, 9)

    again = told("publications", "again", number)

    assert again.code == 0
    assert "Den er den samme, tegn for tegn." in again.out


# ---- what goes wrong on the disk ----


def wrong(line: Line) -> list[str]:
    """Return the numbers of what is not as signed, as the doctor looks for them."""
    with installation.opened(Settings(data=line.data)) as system:
        system.catch_up()
        return list(not_as_signed(system))


def test_the_doctor_looks_at_what_is_published(told: Line) -> None:
    published(told)
    assert told("publications", "list").code == 0

    found = {one["check"]: one for one in told("doctor", "--json").json["checks"]}

    assert "published" in found


def test_of_many_texts_that_are_wrong_the_doctor_names_a_few(
    told: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = published(told)["number"]
    (folder_of(told, number) / "1" / "rapport.html").unlink()
    with installation.opened(Settings(data=told.data)) as system:
        system.catch_up()
        [few] = doctor._published(system)
        monkeypatch.setattr(doctor, "NAMED", 0)
        [many] = doctor._published(system)

    assert (few.state, few.found) == ("broken", number)
    assert (many.state, many.found) == ("broken", "… (1)")


Damage = Callable[[Path], object]


@pytest.mark.parametrize(
    "damage",
    [Path.unlink, lambda path: path.write_bytes(b"<p>Noget andet</p>")],
    ids=["removed", "changed"],
)
def test_what_is_not_as_signed_is_named_and_mended(told: Line, damage: Damage) -> None:
    number = published(told)["number"]
    file = folder_of(told, number) / "1" / "rapport.html"
    assert wrong(told) == []

    damage(file)

    assert wrong(told) == [number]
    mended = told("publications", "lay-out", "--json")
    if mended.code:
        assert mended.problem["code"] == Code.DOCUMENT_DAMAGED
        file.unlink()
        assert told("publications", "lay-out").code == 0
    assert wrong(told) == []


def test_a_damaged_bundle_is_never_approved_handed_out_or_made_again(
    told: Line,
) -> None:
    row = drafted(told)
    kept = told.data / "documents" / row["content"]
    kept.write_bytes(kept.read_bytes().replace(b"Sager", b"Sagen", 1))

    answers = [
        approve(told, row, POLICE),
        told("publications", "show", row["number"], "--out", str(told.data / "ud")),
        told("publications", "again", row["number"]),
    ]

    assert [one.code for one in answers] == [5, 5, 5]
    assert all("document_damaged" in one.err for one in answers)


def test_what_could_not_be_laid_out_is_laid_out_afterwards(told: Line) -> None:
    """As with a full disk: half lies there, and no index says that it is whole."""
    row = drafted(told)
    folder = folder_of(told, row["number"])
    folder.mkdir(parents=True)
    in_the_way = folder / "1"
    in_the_way.write_text("en fil, hvor der skal være en mappe")
    approve(told, row, COORDINATOR)

    stopped = approve(told, row, POLICE)
    assert stopped.code == 5
    assert not (folder / "1.json").exists()
    assert wrong(told) == [row["number"]]

    in_the_way.unlink()
    assert told("publications", "lay-out").code == 0
    assert (folder / "1" / "rapport.html").exists()
    assert wrong(told) == []
