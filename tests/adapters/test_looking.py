"""Who writes is asked once whether a text names a person; a CPR number never passes."""

from pathlib import Path
from typing import Any

import pytest
import structlog

from adapters.cli.verbs import REPORT, VERBS, WALK_VERBS, Verb
from adapters.files.importing import import_walk
from adapters.system import Gadelys
from adapters.texts import LANGUAGES, tables
from domain.errors import Code, DomainError, Refused
from domain.finding.commands import BY_NAME as FINDING_COMMANDS
from domain.finding.commands import AddNote, stream_of
from domain.free_text import free_texts
from domain.messages import Stamp, derived_id
from domain.values import Actor
from domain.walk.commands import BY_NAME as WALK_COMMANDS
from tests.adapters.conftest import Line
from tests.adapters.walk_files import entry, small_file, write
from tests.commands import filled

COORDINATOR = "municipality/walk-coordinator"
NUMBER = "2025-01"
NAME = "Mette Holmgren"
CPR = "010190-1234"
BY = ("--by", COORDINATOR, "--at", "2025-03-10")


def report(text: str, *more: str) -> tuple[str, ...]:
    return ("report", NUMBER, "--category", "LGT-FAIL", "--text", text, *BY, *more)


def stored(line: Line) -> bytes:
    """Return every byte that the installation has kept."""
    return b"".join(
        path.read_bytes() for path in sorted(line.data.rglob("*")) if path.is_file()
    )


@pytest.fixture
def reported(line: Line) -> Line:
    """Return a line with one case."""
    assert line(*report("To lamper er slukket.")).code == 0
    return line


# ---- suggestions ----


def test_a_text_that_names_somebody_is_not_stored_at_first(line: Line) -> None:
    answer = line(*report(f"{NAME} på 20 12 34 56 siger, at lampen er slukket."))

    assert (answer.code, answer.out) == (1, "")
    assert answer.err.splitlines() == [
        tables("da")["refusal"]["persons_named"],
        "  beskrivelse, tegn 1–14: navn: Mette Holmgren",
        "  beskrivelse, tegn 19–29: telefonnummer: 20 12 34 56",
        f"  → {tables('da')['hint']['persons_named']}",
        "  (persons_named)",
    ]
    assert NAME.encode() not in stored(line)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_hints_name_what_keeps_no_text_and_what_decides(lang: str) -> None:
    hints = tables(lang)["hint"]

    assert "gadelys refer-out" in hints["persons_named"]
    assert "--checked" in hints["persons_named"]
    assert "gadelys refer-out" in hints["cpr_number"]
    assert "--checked" not in hints["cpr_number"]


def test_what_the_author_has_checked_is_stored(line: Line) -> None:
    assert line(*report(f"{NAME} så det.", "--checked")).code == 0

    assert line("case", NUMBER, "--json").json["text"] == f"{NAME} så det."


def test_it_is_said_in_json_and_in_english_too(line: Line) -> None:
    told = line(*report(f"Set af {NAME}", "--json")).problem
    english = line(*report(f"Set af {NAME}", "--lang", "en"))

    assert told["code"] == "persons_named"
    assert told["marks"] == [
        {"field": "text", "kind": "name", "start": 7, "end": 21, "words": NAME}
    ]
    assert {"what", "do"} < told.keys()
    assert f"description, characters 8–21: name: {NAME}" in english.err


def test_a_text_about_a_place_is_stored_at_once(line: Line) -> None:
    assert line(*report("Lampen ved Peter Freuchens Vej 12 er slukket.")).code == 0


def test_a_number_that_the_program_chooses_changes_nothing(line: Line) -> None:
    told = ("--category", "LGT-FAIL", "--text", f"Set af {NAME}", "--by", COORDINATOR)

    assert line("report", *told).code == 1
    assert line("report", *told, "--checked").code == 0


def test_of_something_acute_it_is_said_first_whom_to_call(line: Line) -> None:
    answer = line(*report(f"{NAME} har fået stød.", "--severity", "akut"))

    assert answer.code == 1
    assert answer.err.startswith("Er der fare for liv, så ring 112.")


@pytest.mark.parametrize(
    "command",
    [
        ("note", NUMBER, "--text", f"Talte med {NAME}"),
        ("correct", NUMBER, "--text", f"Set af {NAME}", "--reason", "Mere præcist."),
        ("correct", NUMBER, "--place", f"Hos {NAME}", "--reason", "Mere præcist."),
        ("refer-out", NUMBER, "--forum", f"SSP, {NAME}"),
        ("walks", "request", "W-1", "--area", f"Hos {NAME}"),
    ],
    ids=lambda command: f"{command[0]} {command[-2]} {command[2]}",
)
def test_every_verb_with_words_asks(reported: Line, command: tuple[str, ...]) -> None:
    assert "(persons_named)" in reported(*command, *BY).err
    assert reported(*command, *BY, "--checked").code == 0


@pytest.mark.parametrize(
    "key", ["municipality/parks/1", f"{COORDINATOR}/1"], ids=["parks", "coordinator"]
)
def test_how_a_message_was_settled_is_looked_through(line: Line, key: str) -> None:
    told = ("deliveries", "settle", key, "--reason", f"Ringede til {NAME}")

    assert "(persons_named)" in line(*told, *BY).err
    assert "(unknown_delivery)" in line(*told, *BY, "--checked").err


def test_a_document_and_its_title_are_looked_through(
    reported: Line, tmp_path: Path
) -> None:
    path = tmp_path / "draft.md"
    path.write_text(f"# Referat\n\n{NAME} deltog.\n", "utf-8")
    told = ("publications", "draft", str(path), "--kind", "message", *BY, "--title")

    answer = reported(*told, f"Hilsen fra {NAME}")

    assert answer.code == 1
    assert "titel, tegn 12–25" in answer.err
    assert "dokument, tegn 12–25" in answer.err
    assert NAME.encode() not in stored(reported)
    assert reported(*told, "Referat", "--checked").code == 0


def test_a_reason_to_withdraw_is_looked_through(line: Line) -> None:
    told = ("publications", "withdraw", "2025-001", "--reason", f"{NAME} klager", *BY)

    assert "(persons_named)" in line(*told).err
    assert "(unknown_publication)" in line(*told, "--checked").err


@pytest.mark.parametrize(
    "verb",
    [*VERBS, REPORT, *WALK_VERBS],
    ids=lambda verb: f"{'walks-' * (verb in WALK_VERBS)}{verb.name}",
)
def test_a_verb_takes_checked_if_its_command_has_words(verb: Verb) -> None:
    commands: Any = WALK_COMMANDS if verb in WALK_VERBS else FINDING_COMMANDS
    words = wordy_fields(filled(commands[verb.name]))

    assert verb.tells == (not words.isdisjoint((*verb.required, *verb.optional)))


def wordy_fields(command: Any) -> set[str]:
    """Return which fields have words, their own or those of something in them."""
    names = set(type(command).model_fields)
    alone = {
        name: command.model_copy(update=dict.fromkeys(names - {name})) for name in names
    }
    inside = {field for field, _ in free_texts(command)}
    return inside | {name for name in names if any(free_texts(alone[name]))}


def test_nothing_of_it_reaches_a_log(system: Gadelys, tmp_path: Path) -> None:
    stamp = Stamp(by=Actor(COORDINATOR), at=system.now(), command_id=derived_id("note"))
    with structlog.testing.capture_logs() as logs:
        import_walk(system, write(tmp_path, named_file()))
        with pytest.raises(Refused):
            system.submit(AddNote(number="2026-01", stamp=stamp, text=CPR))

    assert [one["code"] for one in logs if one["event"] == "command.refused"] == [
        "cpr_number"
    ]
    assert NAME not in str(logs)
    assert CPR not in str(logs)


# ---- CPR numbers ----


def test_a_cpr_number_is_refused_however_often_it_was_checked(line: Line) -> None:
    for more in ((), ("--checked",)):
        answer = line(*report(f"{NAME}, {CPR}", *more))

        assert answer.code == 1
        assert "(cpr_number)" in answer.err
        assert "refer-out" in answer.err
        assert CPR not in answer.err
    assert CPR.encode() not in stored(line)


def test_a_cpr_number_is_no_number_of_a_case(line: Line) -> None:
    told = ("report", CPR, "--category", "LGT-FAIL", "--text", "Lampe.", *BY)

    problem = line(*told, "--json").problem

    assert (problem["code"], problem["field"]) == ("cpr_number", "number")
    assert CPR not in str(problem)


def test_a_cpr_number_is_said_in_english_too(line: Line) -> None:
    answer = line(*report(CPR, "--lang", "en"))

    assert "looks like a CPR number" in answer.err
    assert "refer-out" in answer.err


@pytest.mark.parametrize("where", ["title", "document"])
def test_no_document_is_kept_with_a_cpr_number(
    line: Line, tmp_path: Path, where: str
) -> None:
    path = tmp_path / "draft.md"
    path.write_text(CPR if where == "document" else "Referat", "utf-8")
    title = CPR if where == "title" else "Referat"
    told = ("publications", "draft", str(path), "--kind", "message", "--title", title)

    problem = line(*told, *BY, "--checked", "--json").problem

    assert (problem["code"], problem["field"]) == ("cpr_number", where)
    assert CPR.encode() not in stored(line)


@pytest.mark.parametrize(
    "address", [("--letter", f"Beboer\\n{CPR}"), ("--mail", "0101901234@post.example")]
)
def test_no_contact_is_kept_with_a_cpr_number(
    line: Line, address: tuple[str, str]
) -> None:
    told = ("walks", "ask-answer", "W-1", "--group", "residents", *address)

    assert "(cpr_number)" in line(*told, *BY).err


# ---- imports ----


def refusal(system: Gadelys, tmp_path: Path, content: object) -> DomainError:
    with pytest.raises(DomainError) as refused:
        import_walk(system, write(tmp_path, content))
    return refused.value


def test_a_file_with_a_cpr_number_is_refused_by_entry(
    system: Gadelys, tmp_path: Path
) -> None:
    content = small_file()
    content["findings"][1]["history"].append(
        entry("note", "2026-11-02", text=f"Han hedder {CPR}")
    )

    refused = refusal(system, tmp_path, content)

    assert refused.code is Code.CPR_NUMBER
    assert refused.context == {
        "field": "text",
        "file": "walk.json",
        "finding": "2026-02",
        "entry": 4,
    }
    assert system.store.load(stream_of("2026-02")) == ()


def test_a_number_of_a_finding_is_not_repeated(system: Gadelys, tmp_path: Path) -> None:
    content = small_file()
    content["findings"][0]["number"] = CPR

    refused = refusal(system, tmp_path, content)

    assert refused.code is Code.CPR_NUMBER
    assert CPR not in str(refused.context)


def test_a_contact_with_a_cpr_number_is_refused(
    system: Gadelys, tmp_path: Path
) -> None:
    letter = {"id": "abcdefgh01", "channel": "letter", "address": f"Beboer\n{CPR}"}

    refused = refusal(system, tmp_path, small_file() | {"contacts": [letter]})

    assert (refused.code, refused.context["finding"]) == (Code.CPR_NUMBER, "contacts")


def test_a_draft_in_a_file_is_read_as_well(system: Gadelys, tmp_path: Path) -> None:
    draft = entry("draft", "2026-10-20", text=f"Referat. {CPR}")
    about = {"number": "2026-001", "kind": "message", "title": "Referat"}
    publication = about | {"history": [draft]}

    refused = refusal(system, tmp_path, small_file() | {"publications": [publication]})

    assert (refused.code, refused.context["field"]) == (Code.CPR_NUMBER, "document")


def named_file() -> dict[str, Any]:
    """Return a walk in which two entries may name somebody, one of them twice."""
    content = small_file()
    content["findings"][0] |= {"text": f"{NAME} klager.", "place": f"Hos {NAME}"}
    content["findings"][1]["history"].append(
        entry("note", "2026-11-02", text=f"Talte med {NAME}")
    )
    return content


def test_an_import_is_not_stopped_by_names_but_counts_them(
    system: Gadelys, tmp_path: Path
) -> None:
    path = write(tmp_path, named_file())

    done = import_walk(system, path)

    assert done.persons == (("2026-01", 1), ("2026-01", 1), ("2026-02", 4))
    assert import_walk(system, path).persons == ()


def test_an_import_names_the_entries_in_one_line(line: Line, tmp_path: Path) -> None:
    path = write(tmp_path, named_file())

    answer = line("import", str(path))

    assert answer.code == 0
    assert answer.err == (
        "3 tekster kan nævne personer: posterne 2026-01 nr. 1, 2026-02 nr. 4.\n"
    )
    assert NAME not in answer.err + answer.out


def test_an_import_says_it_in_json(line: Line, tmp_path: Path) -> None:
    told = line("import", str(write(tmp_path, named_file())), "--json").json

    assert told["persons"] == [
        {"finding": "2026-01", "entry": 1},
        {"finding": "2026-01", "entry": 1},
        {"finding": "2026-02", "entry": 4},
    ]


def test_many_entries_are_cut(line: Line, tmp_path: Path) -> None:
    content = small_file()
    content["findings"][0]["history"] += [
        entry("note", "2026-11-02", text=f"Talte med {NAME}") for _ in range(21)
    ]

    answer = line("import", str(write(tmp_path, content)))

    assert answer.err.startswith("21 tekster kan nævne personer: posterne 2026-01 nr. ")
    assert answer.err.count("nr.") == 20
    assert answer.err.endswith(", ….\n")


def test_a_referral_before_any_report_keeps_no_text(
    system: Gadelys, tmp_path: Path
) -> None:
    content = small_file()
    content["findings"][0] |= {
        "text": f"{NAME} sælger stoffer.",
        "place": f"Hos {NAME}",
        "history": [entry("refer_out", "2026-10-09", forum="SSP")],
    }

    done = import_walk(system, write(tmp_path, content))

    [fact] = system.store.load(stream_of("2026-01"))
    assert done.persons == ()
    assert NAME not in fact.event.model_dump_json()
    assert set(fact.event.model_dump(exclude_defaults=True)) == {
        "stamp",
        "forum",
        "walk",
    }
