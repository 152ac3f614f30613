"""What proves one case: gathered, retold, and handed out whole or not at all."""

import json
from collections.abc import Callable
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from typing_extensions import override

import adapters
from adapters.errors import Unavailable
from adapters.ledger.verify_evidence import main
from adapters.persistence.durable_files import write
from adapters.persistence.trust import Trust, WitnessKey
from adapters.proof.note import Note
from adapters.proof.signing import Cosigner, Signer
from domain.errors import Code, NotFound, Refused
from tests.adapters.conftest import Line
from tests.adapters.ledger.some_case import (
    CASE,
    TRUST,
    Cases,
    cases_in,
    files_of,
    lived,
    page_of,
)
from tests.adapters.ledger.some_log import SomeLog
from tests.adapters.stores import Backend, PostgresBackend, SqliteBackend

ROOT = Path(adapters.__file__).parent.parent
NUMBER = "2025-01"
COORDINATOR = "municipality/walk-coordinator"
REPORT = ("report", NUMBER, "--category", "LGT-FAIL", "--text", "To lamper er slukket.")


@pytest.fixture
def cases(sqlite: SqliteBackend, tmp_path: Path) -> Cases:
    """Return three empty cases."""
    return cases_in(sqlite, tmp_path / "ledger")


def refused(ask: Callable[[], object]) -> Code:
    with pytest.raises((Refused, NotFound)) as refusal:
        ask()
    return refusal.value.code


# ---- gathered ----


def test_both_engines_hand_out_the_same_bytes(
    sqlite: SqliteBackend, postgres: PostgresBackend, tmp_path: Path
) -> None:
    def handed_out(backend: Backend, name: str) -> dict[str, bytes]:
        found = cases_in(backend, tmp_path / name)
        half = lived(found)
        found.something_strange_happens()
        found.sign()
        return files_of(found.evidence(half))

    assert handed_out(sqlite, "one") == handed_out(postgres, "other")


def test_the_newest_checkpoint_that_enough_have_seen_is_used(cases: Cases) -> None:
    cases.happens("Én")
    seen = cases.sign()
    cases.happens("To")
    cases.sign(witnessed=False)

    found = cases.evidence()

    assert found.note == seen
    assert found.signed.witnesses == 1
    assert [one.proof is None for one in found.facts] == [False, True]


def test_if_nobody_has_seen_enough_it_is_the_newest(cases: Cases) -> None:
    cases.happens("Én")
    cases.sign()
    cases.happens("To")
    newest = cases.sign(witnessed=False)
    other = WitnessKey(
        key=Cosigner("other.example", bytes(32)).verifier, url="http://other.example"
    )
    trust = TRUST.model_copy(update={"quorum": 2, "witness": (*TRUST.witness, other)})

    found = cases.evidence(trust=trust)

    assert found.note == newest
    assert found.covered == 2


def test_a_damaged_checkpoint_is_passed_by(cases: Cases, tmp_path: Path) -> None:
    lived(cases)
    (tmp_path / "ledger" / "checkpoints" / "000000000099.note").write_bytes(b"\xff")

    assert cases.evidence().signed.checkpoint.size == 15


def test_only_newer_checkpoints_than_the_one_in_use_are_named(
    cases: Cases, tmp_path: Path
) -> None:
    lived(cases)
    assert cases.evidence().passed_by == ()
    folder = tmp_path / "ledger" / "checkpoints"
    (folder / "000000000001.note").write_bytes(b"\xff")
    (folder / "000000000098.note").mkdir()
    other = SomeLog(99)
    other.signer = Signer(other.origin, bytes(32))
    (folder / "000000000099.note").write_bytes(bytes(other.note()))

    assert cases.evidence().passed_by == ("000000000099.note", "000000000098.note")


def test_whoever_hands_out_with_an_older_checkpoint_is_told_so(
    reported: Line, tmp_path: Path
) -> None:
    assert reported("evidence", NUMBER, "--out", str(tmp_path / "one")).code == 0
    checkpoints = reported.data / "ledger" / "checkpoints"
    (checkpoints / "000000000099.note").write_bytes(b"half of a no")

    said = reported("evidence", NUMBER, "--out", str(tmp_path / "two"), "--json")
    shown = reported("evidence", NUMBER, "--out", str(tmp_path / "three"))

    assert (said.code, shown.code) == (0, 0)
    assert said.json["passed_by"] == ["000000000099.note"]
    assert "Et nyere kontrolpunkt kan ikke bruges: 000000000099.note" in shown.err


def test_without_a_case_or_a_checkpoint_there_is_no_evidence(cases: Cases) -> None:
    assert refused(cases.evidence) == Code.UNKNOWN_FINDING
    cases.happens("Én")
    assert refused(cases.evidence) == Code.NO_CHECKPOINT


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("state", b"{}"),
        ("topic", "other.v1"),
        ("seal", b"1234"),
        ("topic", b"no text"),
    ],
)
def test_a_case_that_was_changed_below_the_store_is_not_handed_out(
    cases: Cases, sqlite: SqliteBackend, column: str, value: object
) -> None:
    lived(cases)
    for (name,) in sqlite.below("SELECT name FROM sqlite_master WHERE type='trigger'"):
        sqlite.below("DROP TRIGGER " + name)
    sqlite.below(f"UPDATE {{table}} SET {column} = ? WHERE {{position}} = 6", value)

    with pytest.raises(Refused) as refusal:
        cases.evidence()

    assert refusal.value.code is Code.FACT_UNPROVED
    assert refusal.value.context["position"] == 6


def test_a_ledger_of_which_part_is_lost_proves_nothing(
    cases: Cases, tmp_path: Path
) -> None:
    lived(cases)
    (tmp_path / "ledger" / "nodes" / "01").unlink()

    assert refused(cases.evidence) == Code.FACT_UNPROVED


# ---- since an earlier checkpoint ----


def test_a_checkpoint_of_somebody_else_is_refused(cases: Cases) -> None:
    lived(cases)
    other = SomeLog(9)
    other.signer = Signer(other.origin, bytes(32))

    assert refused(lambda: cases.evidence(other.note())) == Code.CHECKPOINT_FOREIGN


def test_a_checkpoint_of_another_history_is_refused(cases: Cases) -> None:
    lived(cases)

    assert refused(lambda: cases.evidence(SomeLog(9).note())) == Code.CHECKPOINT_DIFFERS


def test_a_checkpoint_that_covers_more_is_refused(cases: Cases) -> None:
    lived(cases)

    assert refused(lambda: cases.evidence(SomeLog(99).note())) == Code.CHECKPOINT_AHEAD


# ---- handed out ----


def test_a_folder_that_is_there_is_never_written_to(
    cases: Cases, tmp_path: Path
) -> None:
    lived(cases)
    (tmp_path / "taken").mkdir()

    assert refused(lambda: cases.hand_out(tmp_path / "taken")) == Code.FOLDER_EXISTS
    assert not list((tmp_path / "taken").iterdir())


def test_a_bundle_is_whole_or_not_there(
    cases: Cases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lived(cases)

    def full(path: Path, body: bytes, mode: int) -> None:
        if path.name == "historik.html":
            raise OSError(28, "No space left on device")
        write(path, body, mode)

    monkeypatch.setattr("adapters.persistence.saving.write", full)
    before = set(tmp_path.iterdir())

    with pytest.raises(Unavailable):
        cases.hand_out(tmp_path / "bundle")
    assert set(tmp_path.iterdir()) == before


def test_only_its_owner_can_read_a_bundle(cases: Cases, tmp_path: Path) -> None:
    lived(cases)
    folder = cases.hand_out(tmp_path / "bundle")

    assert folder.stat().st_mode & 0o777 == 0o700
    assert {one.stat().st_mode & 0o777 for one in folder.iterdir()} == {0o600}


def test_nothing_of_other_cases_is_in_a_bundle(cases: Cases) -> None:
    lived(cases)
    facts = json.loads(files_of(cases.evidence())["facts.json"])

    assert {one["stream"] for one in facts["facts"]} == {f"finding/{CASE}"}
    for content in files_of(cases.evidence()).values():
        assert b"2026-01" not in content
        assert b"Andre" not in content


# ---- the page ----


class Outline(HTMLParser):
    """What a person who listens to a page gets to know of its shape."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags = list[tuple[str, dict[str, str | None]]]()
        self.open = list[str]()
        self.feed(page)

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    @override
    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("lang", ["da", "en"])
def test_the_page_can_be_read_aloud_and_needs_nothing_else(
    cases: Cases, lang: str
) -> None:
    lived(cases)
    page = page_of(cases.evidence(), lang)
    outline = Outline(page)
    names = [tag for tag, _ in outline.tags]
    levels = [int(tag[1]) for tag in names if tag in {"h1", "h2", "h3"}]

    assert outline.open == []
    assert dict(outline.tags)["html"] == {"lang": lang}
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b <= a + 1 for a, b in pairwise(levels))
    assert names.count("caption") == names.count("table") == names.count("main") == 1
    assert {one.get("scope") for tag, one in outline.tags if tag == "th"} == {
        "col",
        "row",
    }
    assert not {"script", "img", "link", "iframe", "object", "a"} & set(names)
    assert not any(word in page for word in ("url(", "src=", "href=", "@import"))
    assert "proof." not in page.replace("-proof.", "")


def test_the_page_tells_every_fact_with_both_times_and_its_place(cases: Cases) -> None:
    lived(cases)
    page = page_of(cases.evidence())

    assert page.count('<tr role="row"><th scope="row"') == 6
    assert "skrev en note: Lampen er slukket æøå 0." in page
    assert page.count("09.10.2026 12.00</time>") == 6  # when it happened
    assert page.count("12.10.2026 08.30</time>") == 6  # when it was learned
    assert '<td role="cell" class="place" data-label="Plads i protokollen">3</td>' in (
        page
    )
    assert "witness.example/police, 04.05.2026 14.00" in page


def test_what_people_wrote_cannot_change_the_page(cases: Cases) -> None:
    cases.happens("<script>alert(1)</script> \u202e \x1b & \"'")
    cases.sign()
    page = page_of(cases.evidence())

    assert "<script" not in page
    assert not {"\u202e", "\x1b"} & set(page)
    assert "&lt;script&gt;" in page


def test_a_fact_that_cannot_be_read_is_shown_as_such(
    cases: Cases, tmp_path: Path
) -> None:
    cases.happens("Én")
    cases.something_strange_happens()
    cases.sign()
    page = page_of(cases.evidence())

    assert "Oplysningen er slettet eller kan ikke læses" in page
    assert "finding.from_the_future.v9" in page
    assert "a secret word" not in page
    assert page.count("09.10.2026 12.00</time>") == 2
    (tmp_path / "mine.toml").write_text(TRUST.text, "utf-8")
    folder = cases.hand_out(tmp_path / "bundle")
    assert main([str(folder), "--trust", str(tmp_path / "mine.toml")]) == 0


@pytest.mark.parametrize(
    "state", [b"", b"\xff", b"[]", b'{"event":1}', b'{"event":{"stamp":{"at":"?"}}}']
)
def test_a_fact_that_is_no_text_has_no_times(cases: Cases, state: bytes) -> None:
    from adapters.ledger.evidence_page import _times

    assert _times(state) == (None, None)


def test_what_is_missing_stands_at_the_top_of_the_page(cases: Cases) -> None:
    cases.happens("Én")
    cases.sign()
    cases.something_strange_happens()
    trust = Trust.model_validate(
        TRUST.model_dump()
        | {
            "quorum": 2,
            "witness": [
                *TRUST.witness,
                WitnessKey(
                    key=Cosigner("other.example", bytes(32)).verifier,
                    url="http://other.example",
                ),
            ],
        }
    )
    page = page_of(cases.evidence(trust=trust))

    assert "Oplysninger, der ikke kan læses: 1." in page
    assert "Oplysninger, som intet kontrolpunkt dækker endnu: 1." in page
    assert "ikke set af så mange vidner" in page
    assert "2, ikke dækket" in page


# ---- from the command line ----


@pytest.fixture
def reported(line: Line) -> Line:
    """Return a line with one case."""
    assert line(*REPORT, "--by", COORDINATOR, "--at", "2025-03-10").code == 0
    return line


def test_a_case_is_handed_out_from_the_command_line(
    reported: Line, tmp_path: Path
) -> None:
    folder = tmp_path / "bundle"
    first = reported("evidence", NUMBER, "--out", str(folder), "--json").json

    assert first["schema"] == "evidence/1"
    assert (first["facts"], first["covered"], first["unreadable"]) == (1, 1, 0)
    assert set(first["files"]) == {one.name for one in folder.iterdir()}
    trust = str(reported.data / "trust.toml")
    assert main([str(folder), "--trust", trust]) == 0
    page = (folder / "historik.html").read_text("utf-8")
    assert "Sag 2025-01" in page
    assert "Lampe slukket" in page
    assert "To lamper er slukket." in page

    since = ("--since", str(folder / "checkpoint"), "--trust", trust)
    again = tmp_path / "again"
    said = reported("evidence", NUMBER, "--out", str(again), *since, "--lang", "en")
    assert said.code == 0
    assert "Case 2025-01 is in" in said.out
    assert "give it only to who may see that" in said.err
    assert '<html lang="en">' in (again / "historik.html").read_text("utf-8")
    assert main([str(again), "--trust", trust, *since[:2]]) == 0


def test_facts_that_nobody_has_signed_yet_are_said_to_be_so(
    reported: Line, tmp_path: Path
) -> None:
    assert reported("evidence", NUMBER, "--out", str(tmp_path / "one")).code == 0
    noted = ("note", NUMBER, "--text", "Mere.", "--by", COORDINATOR)
    assert reported(*noted, "--at", "2025-03-11").code == 0
    (reported.data / "keys" / "ledger.key").unlink()

    said = reported("evidence", NUMBER, "--out", str(tmp_path / "two"))

    assert said.code == 0
    assert "Endnu ikke dækket af et kontrolpunkt: 1." in said.err
    assert main([str(tmp_path / "two")]) == 1


def test_what_cannot_be_handed_out_is_refused(reported: Line, tmp_path: Path) -> None:
    def code_of(*more: str, number: str = NUMBER, out: str = "new") -> str:
        said = reported("evidence", number, "--out", str(tmp_path / out), *more)
        assert said.code != 0
        assert not (tmp_path / "new").exists()
        return said.err.splitlines()[-1].strip(" ()")

    (tmp_path / "there").mkdir()
    (tmp_path / "nothing").write_text("nothing", "utf-8")

    assert code_of(number="2025-99") == "unknown_finding"
    assert code_of(out="there") == "folder_exists"
    assert code_of(out="no/such/place") == "folder_unusable"
    assert code_of("--since", str(tmp_path / "nowhere")) == "bad_file"
    assert code_of("--since", str(tmp_path / "nothing")) == "bad_file"
    assert code_of("--trust", str(tmp_path / "nowhere")) == "bad_file"
    assert code_of("--trust", str(tmp_path / "nothing")) == "bad_file"
    (reported.data / "keys" / "ledger.key").unlink()
    (tmp_path / "note").write_bytes(bytes(Note.parse(bytes(SomeLog(1).note()))))
    for one in (reported.data / "ledger" / "checkpoints").glob("*"):
        one.unlink()
    assert code_of() == "no_checkpoint"


# ---- the paper ----


def test_the_paper_says_which_shape_the_facts_have(cases: Cases) -> None:
    half = lived(cases)
    files = files_of(cases.evidence(half))
    paper = (ROOT / "docs" / "evidence.md").read_text("utf-8")
    schema = json.loads(paper.partition("```json\n")[2].partition("```")[0])
    facts = json.loads(files["facts.json"])
    of_fact = schema["properties"]["facts"]["items"]

    assert schema["title"] == facts["format"]
    assert sorted(facts) == sorted(schema["properties"]) == sorted(schema["required"])
    assert sorted(of_fact["required"]) == sorted(of_fact["properties"])
    assert all(sorted(one) == sorted(of_fact["required"]) for one in facts["facts"])
    for name in files:
        assert f"| `{name}` |" in paper
