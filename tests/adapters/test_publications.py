"""Texts by their digest, co-signing on the command line, and two hands at once."""

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from adapters import system as installation
from adapters.errors import Unavailable
from adapters.files.documents import LIMIT_BYTES, Document, Documents, read_document
from adapters.notify.deliverer import Deliverer
from adapters.notify.mailbox import Mailbox
from adapters.system import Gadelys
from domain.errors import Code, DomainError, NotFound, Refused
from domain.messages import Recorded, Stamp, derived_id
from domain.publication.commands import (
    ApprovePublication,
    DraftPublication,
    PublicationCommand,
    TakePublicationStep,
    WithdrawPublication,
    stream_of,
)
from domain.publication.events import Form, PublicationKind
from domain.publication.plan import plan
from domain.publication.state import fold
from domain.values import CLOCK, Actor
from tests.adapters.conftest import Answer, Line
from tests.conftest import StandingClock
from workflows.delivery import DeliveryRequest

COORDINATOR = Actor("municipality/walk-coordinator")
LIGHTING = Actor("municipality/street-lighting")
POLICE = Actor("police/prevention")
NUMBER = "2026-001"
TEXT = "# Referat\n\nVi gik en tur – og så fire mørke steder.\n"
SECRET = "Fru Jensens have"
ROUNDS = 60

Outcome = tuple[str, ...]


@pytest.fixture
def documents(tmp_path: Path) -> Documents:
    return Documents(tmp_path / "documents", tmp_path / "published")


def written(path: Path, body: bytes | str) -> Path:
    path.write_bytes(body if isinstance(body, bytes) else body.encode())
    return path


# ---- reading what people give us ----


@pytest.mark.parametrize(
    ("name", "body", "form"),
    [
        ("a.md", TEXT, Form.MD),
        ("a.TXT", "\ufeffmed mærke", Form.TXT),
        ("a.html", "<p>Hej</p>\r\n", Form.HTML),
        ("a.htm", "<p>\tHej</p>", Form.HTML),
        ("a.pdf", b"%PDF-1.7\n\x00\xff", Form.PDF),
    ],
)
def test_a_document_is_its_exact_bytes(
    tmp_path: Path, name: str, body: bytes | str, form: Form
) -> None:
    path = written(tmp_path / name, body)

    document = read_document(path)

    assert (document.body, document.form) == (path.read_bytes(), form)
    assert document.content == sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("name", "body", "code"),
    [
        ("a.md", b"", Code.BAD_FILE),
        ("a.md", b" \n\t\n", Code.BAD_FILE),
        ("a.md", "\ufeff\n", Code.BAD_FILE),
        ("a.md", b"r\xf8d", Code.NOT_UTF8),
        ("a.md", b"nul\x00", Code.TEXT_UNPRINTABLE),
        ("a.txt", b"\x1b[31mrot", Code.TEXT_UNPRINTABLE),
        ("a.html", "c1\x9b", Code.TEXT_UNPRINTABLE),
        ("a.pdf", b"not one", Code.BAD_FILE),
        ("a.docx", b"PK", Code.BAD_FILE),
        ("a", TEXT, Code.BAD_FILE),
        ("a.txt", b"x" * (LIMIT_BYTES + 1), Code.FILE_TOO_LARGE),
    ],
)
def test_what_cannot_be_published_is_not_taken(
    tmp_path: Path, name: str, body: bytes | str, code: Code
) -> None:
    with pytest.raises(Refused) as refusal:
        read_document(written(tmp_path / name, body))

    assert refusal.value.code is code


def test_the_largest_document_is_taken(tmp_path: Path) -> None:
    path = written(tmp_path / "a.txt", b"x" * LIMIT_BYTES)

    assert len(read_document(path).body) == LIMIT_BYTES


def test_a_file_that_is_not_there_or_none_at_all(tmp_path: Path) -> None:
    (tmp_path / "folder.md").mkdir()

    with pytest.raises(NotFound):
        read_document(tmp_path / "gone.md")
    with pytest.raises(Refused) as refusal:
        read_document(tmp_path / "folder.md")

    assert refusal.value.context["problem"] == "Is a directory"


# ---- keeping ----


def test_what_is_kept_comes_back_byte_for_byte(documents: Documents) -> None:
    document = Document(b"a\r\nb\n", Form.TXT)

    content = documents.keep(document)

    assert content == documents.keep(document) == document.content
    assert documents.body(content) == document.body
    assert [path.name for path in documents.path_of(content).parent.iterdir()] == [
        content
    ]


def test_a_damaged_document_is_never_handed_out_and_can_be_given_again(
    documents: Documents,
) -> None:
    document = Document(TEXT.encode(), Form.MD)
    content = documents.keep(document)
    documents.path_of(content).write_bytes(b"other")

    with pytest.raises(Unavailable) as refusal:
        documents.body(content)

    assert refusal.value.code is Code.DOCUMENT_DAMAGED
    documents.keep(document)
    assert documents.body(content) == document.body


def test_a_document_that_was_never_kept(documents: Documents) -> None:
    with pytest.raises(NotFound) as refusal:
        documents.body(64 * "0")

    assert refusal.value.code is Code.UNKNOWN_DOCUMENT


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    blocked = written(tmp_path / "documents", "a file where a folder should be")

    with pytest.raises(Unavailable) as refusal:
        Documents(blocked, blocked).keep(Document(b"x", Form.TXT))

    assert refusal.value.code is Code.STORE_UNAVAILABLE


# ---- laying out ----


def ask(
    system: Gadelys,
    asked: type[PublicationCommand],
    by: Actor,
    number: str = NUMBER,
    /,
    **more: object,
) -> int:
    """Submit a command and return how many facts followed."""
    key = derived_id("asked", asked.NAME, by, number, system.now(), *more.values())
    stamp = Stamp(by=by, at=system.now(), command_id=key)
    command: Any = asked.model_validate({"number": number, "stamp": stamp, **more})
    return system.submit(command).facts


def asking(
    asked: type[PublicationCommand], by: Actor, number: str, /, **more: object
) -> Callable[[Gadelys], int]:
    """Return the same, to be submitted through some installation."""
    return lambda system: ask(system, asked, by, number, **more)


def signed(
    system: Gadelys, documents: Documents, text: str = TEXT, number: str = NUMBER
) -> str:
    """Draft and publish a text; return its digest."""
    content = documents.keep(Document(text.encode(), Form.MD))
    ask(
        system,
        DraftPublication,
        COORDINATOR,
        number,
        kind=PublicationKind.MESSAGE,
        title="Lys",
        content=content,
    )
    ask(system, ApprovePublication, COORDINATOR, number, content=content)
    ask(system, ApprovePublication, POLICE, number, content=content)
    return content


def facts_of(system: Gadelys, number: str = NUMBER) -> tuple[Recorded, ...]:
    return system.store.load(stream_of(number))


def topics(system: Gadelys, number: str) -> Outcome:
    found = (fact.event.TOPIC for fact in facts_of(system, number))
    return tuple(topic.split(".")[1] for topic in found)


def test_a_published_text_is_laid_out_with_what_must_be_known(
    system: Gadelys, documents: Documents, tmp_path: Path, now: StandingClock
) -> None:
    content = signed(system, documents)

    laid_out = documents.lay_out(NUMBER, facts_of(system))

    folder = tmp_path / "published" / "message" / NUMBER
    assert laid_out == (folder / "1.md",)
    assert (folder / "1.md").read_text("utf-8") == TEXT
    assert json.loads((folder / "1.json").read_text("utf-8")) == {
        "schema": "publication/1",
        "number": NUMBER,
        "draft": 1,
        "kind": "message",
        "title": "Lys",
        "form": "md",
        "sha256": content,
        "walk": None,
        "finding": None,
        "supersedes": None,
        "published_at": now().isoformat(),
        "approvals": [
            {"authority": by.authority, "unit": by, "at": now().isoformat()}
            for by in (COORDINATOR, POLICE)
        ],
    }
    assert sorted(path.name for path in folder.iterdir()) == ["1.json", "1.md"]


def test_laying_out_again_changes_nothing(
    system: Gadelys, documents: Documents, tmp_path: Path
) -> None:
    signed(system, documents)
    first = documents.lay_out(NUMBER, facts_of(system))
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("1.*")}

    assert documents.lay_out(NUMBER, facts_of(system)) == first
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("1.*")} == before


def test_other_bytes_are_never_written_over(
    system: Gadelys, documents: Documents
) -> None:
    signed(system, documents)
    (text,) = documents.lay_out(NUMBER, facts_of(system))
    text.write_text("something else", "utf-8")

    with pytest.raises(Unavailable) as refusal:
        documents.lay_out(NUMBER, facts_of(system))

    assert refusal.value.code is Code.DOCUMENT_DAMAGED
    assert text.read_text("utf-8") == "something else"


def test_a_draft_is_not_public(
    system: Gadelys, documents: Documents, tmp_path: Path
) -> None:
    content = documents.keep(Document(TEXT.encode(), Form.MD))
    ask(
        system,
        DraftPublication,
        COORDINATOR,
        kind=PublicationKind.MESSAGE,
        title="Lys",
        content=content,
    )
    ask(system, ApprovePublication, POLICE, content=content)

    assert documents.lay_out(NUMBER, facts_of(system)) == ()
    assert not (tmp_path / "published").exists()


def test_what_is_withdrawn_leaves_the_public_folder_and_can_come_again(
    system: Gadelys, documents: Documents, tmp_path: Path, now: StandingClock
) -> None:
    content = signed(system, documents)
    early = facts_of(system)
    documents.lay_out(NUMBER, early)
    now.move(hours=1)
    ask(system, WithdrawPublication, POLICE, reason=SECRET)

    assert documents.lay_out(NUMBER, facts_of(system)) == ()

    folder = tmp_path / "published" / "message" / NUMBER
    names = ["1.json", "1.withdrawn.json"]
    assert sorted(path.name for path in folder.iterdir()) == names
    marker = (folder / "1.withdrawn.json").read_text("utf-8")
    assert json.loads(marker)["authority"] == "police"
    assert SECRET not in marker
    assert documents.body(content) == TEXT.encode()

    # Somebody who had read the facts before that does not bring it back.
    assert documents.lay_out(NUMBER, early) == ()
    assert not (folder / "1.md").exists()

    now.move(hours=1)
    signed(system, documents, "# Nyt\n")
    assert documents.lay_out(NUMBER, facts_of(system)) == (folder / "2.md",)
    assert (folder / "2.md").read_text("utf-8") == "# Nyt\n"


def test_a_draft_that_is_withdrawn_was_never_public(
    system: Gadelys, documents: Documents, tmp_path: Path, now: StandingClock
) -> None:
    signed(system, documents)
    ask(system, WithdrawPublication, POLICE, reason="Forkert sti.")
    now.move(hours=1)
    content = documents.keep(Document(b"nyt", Form.TXT))
    ask(
        system,
        DraftPublication,
        POLICE,
        kind=PublicationKind.MESSAGE,
        title="Lys",
        content=content,
    )
    ask(system, WithdrawPublication, COORDINATOR, reason="Heller ikke.")

    documents.lay_out(NUMBER, facts_of(system))

    folder = tmp_path / "published" / "message" / NUMBER
    assert sorted(path.name for path in folder.iterdir()) == [
        "1.json",
        "1.withdrawn.json",
    ]


def test_many_lay_out_the_same_at_once(
    system: Gadelys, documents: Documents, tmp_path: Path
) -> None:
    signed(system, documents)
    facts = facts_of(system)
    together = Barrier(8)

    def lay_out(_: int) -> tuple[Path, ...]:
        together.wait()
        return documents.lay_out(NUMBER, facts)

    with ThreadPoolExecutor(8) as pool:
        results = set(pool.map(lay_out, range(8)))

    folder = tmp_path / "published" / "message" / NUMBER
    assert results == {(folder / "1.md",)}
    assert sorted(path.name for path in folder.iterdir()) == ["1.json", "1.md"]


# ---- two hands at once, on real files ----


def at_once(system: Gadelys, *asked: Callable[[Gadelys], object]) -> list[Code | None]:
    """Ask everything at the same moment, each through an installation of its own.

    Returns: for each, the code with which it was refused, if it was.
    """
    together = Barrier(len(asked))

    def one(ask_it: Callable[[Gadelys], object]) -> Code | None:
        with installation.opened(system.settings, system.now) as own:
            together.wait()
            try:
                ask_it(own)
            except DomainError as refusal:
                return refusal.code
            return None

    with ThreadPoolExecutor(len(asked)) as pool:
        return list(pool.map(one, asked))


def prepared(system: Gadelys, number: str, *signers: Actor) -> str:
    content = sha256(number.encode()).hexdigest()
    ask(
        system,
        DraftPublication,
        COORDINATOR,
        number,
        kind=PublicationKind.MESSAGE,
        title="Lys",
        content=content,
    )
    for by in signers:
        ask(system, ApprovePublication, by, number, content=content)
    return content


APPROVE_THEN_WITHDRAW = (
    ("drafted", "approved", "approved", "published", "withdrawn"),
    [None, None],
)
WITHDRAW_FIRST = (
    ("drafted", "approved", "withdrawn"),
    [Code.PUBLICATION_NOT_READY, None],
)


def test_approving_and_withdrawing_at_once(system: Gadelys) -> None:
    seen: list[tuple[Outcome, list[Code | None]]] = []
    for nth in range(ROUNDS):
        number = f"2026-{nth:03d}"
        content = prepared(system, number, COORDINATOR)
        refusals = at_once(
            system,
            asking(ApprovePublication, POLICE, number, content=content),
            asking(WithdrawPublication, COORDINATOR, number, reason="Vent."),
        )
        seen.append((topics(system, number), refusals))

    assert all(one in (APPROVE_THEN_WITHDRAW, WITHDRAW_FIRST) for one in seen), seen


def test_both_authorities_approving_at_once_publish_once(system: Gadelys) -> None:
    for nth in range(ROUNDS):
        number = f"2026-{nth:03d}"
        content = prepared(system, number)
        refusals = at_once(
            system,
            *(
                asking(ApprovePublication, by, number, content=content)
                for by in (COORDINATOR, POLICE)
            ),
        )

        assert refusals == [None, None]
        assert topics(system, number) == (
            "drafted",
            "approved",
            "approved",
            "published",
        )


def test_two_of_one_authority_approving_at_once_are_one(system: Gadelys) -> None:
    for nth in range(ROUNDS):
        number = f"2026-{nth:03d}"
        content = prepared(system, number)
        refusals = at_once(
            system,
            *(
                asking(ApprovePublication, by, number, content=content)
                for by in (COORDINATOR, LIGHTING)
            ),
        )

        assert sorted(refusals, key=str) == [None, Code.ALREADY_APPROVED]
        assert topics(system, number) == ("drafted", "approved")


def test_approving_the_old_text_while_a_new_one_is_drafted(system: Gadelys) -> None:
    for nth in range(ROUNDS):
        number = f"2026-{nth:03d}"
        content = prepared(system, number, COORDINATOR)
        refusals = at_once(
            system,
            asking(ApprovePublication, POLICE, number, content=content),
            asking(
                DraftPublication,
                COORDINATOR,
                number,
                kind=PublicationKind.MESSAGE,
                title="Lys",
                content=64 * "a",
            ),
        )
        happened = (topics(system, number), refusals)

        assert happened in (
            (
                ("drafted", "approved", "approved", "published"),
                [None, Code.ALREADY_PUBLISHED],
            ),
            (("drafted", "approved", "drafted"), [Code.CONTENT_CHANGED, None]),
        )


# ---- the clock, and who is told ----


def take_step(system: Gadelys, key: str) -> int:
    identity = derived_id("publication", NUMBER, key, system.now())
    stamp = Stamp(by=CLOCK, at=system.now(), command_id=identity)
    asked = TakePublicationStep(number=NUMBER, stamp=stamp, key=key)
    return system.submit(asked).facts


def test_a_step_taken_twice_happens_once(system: Gadelys, now: StandingClock) -> None:
    prepared(system, NUMBER, COORDINATOR)
    taken = []
    for _ in range(2):
        now.move(hours=36)
        found = fold(facts_of(system))
        assert found is not None
        first = plan(found, system.rules().register, now())[0]
        assert first.at == now()
        taken += [take_step(system, first.key) for _ in range(2)]
        now.moment += timedelta(seconds=1)
        taken.append(take_step(system, first.key))
        now.moment -= timedelta(seconds=1)

    assert taken == [1, 1, 0, 1, 1, 0]  # the second answer is the first receipt
    assert topics(system, NUMBER) == ("drafted", "approved", "reminded", "lapsed")


@pytest.fixture
def told(system: Gadelys, tmp_path: Path) -> Callable[[Actor], str]:
    """Return a function that delivers and returns the newest mail for a unit."""
    folder = tmp_path / "mailbox"
    deliverer = Deliverer(system, Mailbox(folder))

    def read(unit: Actor) -> str:
        before = set(folder.glob("*.eml")) if folder.exists() else set()
        deliverer.deliver(DeliveryRequest(recipient=str(unit)))
        (new,) = set(folder.glob("*.eml")) - before
        return new.read_text("utf-8").replace("=\n", "")

    return read


def test_the_other_authority_hears_of_a_draft(
    system: Gadelys, told: Callable[[Actor], str]
) -> None:
    prepared(system, NUMBER, COORDINATOR)

    mail = told(POLICE)

    assert NUMBER in mail
    assert "25.11.2026" in mail
    assert f"gadelys publications show {NUMBER}" in mail
    assert "Lys" not in mail


def test_a_draft_that_was_decided_since_asks_for_nothing(
    system: Gadelys, told: Callable[[Actor], str]
) -> None:
    content = prepared(system, NUMBER, COORDINATOR)
    ask(system, ApprovePublication, POLICE, content=content)

    mail = told(POLICE)

    assert "kommet videre" in mail
    assert "godkend senest" not in mail


# ---- the command line ----


@pytest.fixture
def minutes(tmp_path: Path) -> Path:
    return written(tmp_path / "referat.md", TEXT)


def by(who: Actor = COORDINATOR) -> tuple[str, str]:
    return ("--by", str(who))


MESSAGE = ("--kind", "message", "--title", "Lys i tunnelen")


def drafted(line: Line, file: Path, *more: str) -> dict[str, Any]:
    answer = line("publications", "draft", str(file), *MESSAGE, *by(), *more, "--json")
    assert answer.code == 0, answer.err
    return answer.json


def approved(line: Line, number: str, content: str, who: Actor) -> Answer:
    asked = ("publications", "approve", number, "--content", content)
    return line(*asked, *by(who))


def shown(line: Line, number: str) -> dict[str, Any]:
    return line("publications", "show", number, "--json").json


def test_a_text_goes_from_draft_to_public(line: Line, minutes: Path) -> None:
    number = drafted(line, minutes)["number"]
    content = shown(line, number)["content"]

    first = approved(line, number, content[:8], COORDINATOR)
    second = approved(line, number, content.upper(), POLICE)

    assert (first.code, second.code) == (0, 0)
    assert "Offentliggjort" in second.out
    public = line.data / "published" / "message" / number / "1.md"
    assert public.read_text("utf-8") == TEXT
    found = shown(line, number)
    assert (found["status"], found["missing"]) == ("published", [])
    assert found["approved_by"] == [str(COORDINATOR), str(POLICE)]


def test_it_says_how_to_go_on(line: Line, minutes: Path) -> None:
    answer = line("publications", "draft", str(minutes), *MESSAGE, *by())

    content = sha256(TEXT.encode()).hexdigest()[:12]
    assert answer.code == 0
    assert "--content " + content in answer.out


def test_the_text_itself_can_be_read(line: Line, minutes: Path) -> None:
    number = drafted(line, minutes)["number"]

    plain = line("publications", "show", number, "--text")
    as_json = line("publications", "show", number, "--text", "--json").json

    assert plain.out == TEXT
    assert as_json["text"] == TEXT


def test_a_pdf_is_pointed_at(line: Line, tmp_path: Path) -> None:
    file = written(tmp_path / "rapport.pdf", b"%PDF-1.7\n\x00")
    number = drafted(line, file)["number"]

    answer = line("publications", "show", number, "--text")

    assert "documents/" in answer.out
    assert answer.code == 0


def test_one_publication_reads_as_a_story(line: Line, minutes: Path) -> None:
    number = drafted(line, minutes)["number"]

    answer = line("publications", "show", number)

    assert "Lys i tunnelen" in answer.out
    assert "Afventer godkendelse" in answer.out or "afventer godkendelse" in answer.out
    assert "kommunen" in answer.out
    assert "politiet" in answer.out
    assert "gadelys publications approve" in answer.out


def test_numbers_follow_each_other(line: Line, minutes: Path, tmp_path: Path) -> None:
    numbers = [
        drafted(line, written(tmp_path / f"{nth}.txt", f"tekst {nth}"))["number"]
        for nth in range(3)
    ]

    assert [number.partition("-")[2] for number in numbers] == ["001", "002", "003"]


def test_the_same_command_again_finds_its_number(line: Line, minutes: Path) -> None:
    again = ("--command-id", str(derived_id("again")))

    assert drafted(line, minutes, *again) == drafted(line, minutes, *again)
    assert len(line("publications", "list", "--json").json["publications"]) == 1


def test_drafting_at_once_gives_everybody_a_number_of_their_own(
    line: Line, tmp_path: Path
) -> None:
    files = [written(tmp_path / f"{nth}.txt", f"tekst {nth}") for nth in range(4)]

    def one(file: Path) -> Answer:
        return line.outside("publications", "draft", str(file), *MESSAGE, *by())

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(one, files))

    assert [answer.code for answer in answers] == [0, 0, 0, 0]
    listed = line("publications", "list", "--json").json["publications"]
    assert len({row["number"] for row in listed}) == len(files)
    assert {row["draft"] for row in listed} == {1}


@pytest.mark.parametrize(
    ("content", "code", "word"),
    [
        ("", 2, "bad_input"),
        ("c0ffee", 2, "bad_input"),
        ("not hexadecimal", 2, "bad_input"),
        ("deadbeef", 1, "unknown_document"),
    ],
)
def test_the_approver_says_what_was_seen(
    line: Line, minutes: Path, content: str, code: int, word: str
) -> None:
    number = drafted(line, minutes)["number"]

    answer = approved(line, number, content, POLICE)

    assert (answer.code, word in answer.err) == (code, True)


def test_an_older_draft_cannot_be_approved(
    line: Line, minutes: Path, tmp_path: Path
) -> None:
    number = drafted(line, minutes)["number"]
    old = shown(line, number)["content"]
    new = written(tmp_path / "nyt.md", "# Nyt\n")
    drafted(line, new, "--number", number)

    answer = approved(line, number, old[:10], POLICE)

    assert answer.code == 1
    assert "content_changed" in answer.err
    assert old[:12] in answer.err


def test_nobody_approves_what_cannot_be_read(line: Line, minutes: Path) -> None:
    number = drafted(line, minutes)["number"]
    content = shown(line, number)["content"]
    (line.data / "documents" / content).write_text("andet", "utf-8")

    answer = approved(line, number, content, POLICE)

    assert answer.code == 5
    assert "document_damaged" in answer.err
    assert shown(line, number)["approved_by"] == []


def test_what_is_withdrawn_is_no_longer_public(line: Line, minutes: Path) -> None:
    number = drafted(line, minutes)["number"]
    content = shown(line, number)["content"]
    for who in (COORDINATOR, POLICE):
        approved(line, number, content, who)

    answer = line(
        "publications", "withdraw", number, "--reason", "Forkert sti.", *by(POLICE)
    )

    assert answer.code == 0
    assert "Forkert sti." in answer.out
    assert not (line.data / "published" / "message" / number / "1.md").exists()
    assert shown(line, number)["reason"] == "Forkert sti."


def test_somebody_else_is_not_asked(line: Line, minutes: Path) -> None:
    number = drafted(line, minutes)["number"]
    content = shown(line, number)["content"]

    answer = approved(line, number, content, Actor("partner/grid-company"))

    assert answer.code == 4
    assert "not_your_role" in answer.err


def test_what_is_not_there(line: Line, tmp_path: Path) -> None:
    asked: Sequence[tuple[str, ...]] = (
        ("show", "2026-999"),
        ("approve", "2026-999", "--content", 8 * "a", *by()),
        ("withdraw", "2026-999", "--reason", "Nej.", *by()),
    )
    for arguments in asked:
        answer = line("publications", *arguments)
        assert (answer.code, "unknown_publication" in answer.err) == (1, True)

    gone = line("publications", "draft", str(tmp_path / "x.md"), *MESSAGE, *by())
    assert (gone.code, "bad_file" in gone.err) == (1, True)


def test_nothing_to_list(line: Line) -> None:
    assert "ingen offentliggørelser" in line("publications", "list").out
    assert line("publications", "list", "--json").json["publications"] == []


def test_publications_of_one_walk(line: Line, minutes: Path) -> None:
    walk = ("W-1", "--area", "Øst", "--starts-at", "2025-10-08T17:15")
    ended = ("--ends-at", "2025-10-08T19:00", "--at", "2025-10-08T20:00")
    assert line("walks", "record", *walk, *ended, *by()).code == 0
    drafted(line, minutes)
    told = ("--kind", "minutes", "--title", "Referat", "--walk", "W-1")
    of_walk = line("publications", "draft", str(minutes), *told, *by(), "--json").json

    listed = line("publications", "list", "--walk", "W-1", "--json").json

    assert [row["number"] for row in listed["publications"]] == [of_walk["number"]]
    assert "Referat" in line("publications", "list").out


def test_a_learning_waits_until_its_case_is_closed(line: Line, tmp_path: Path) -> None:
    file = written(tmp_path / "laert.md", "Vi skiftede to lamper.\n")
    lamp = ("--category", "LGT-FAIL", "--text", "Mørkt.", "--at", "2025-03-10")
    assert line("report", "2025-01", *lamp, *by()).code == 0
    learning = ("learning", "2025-01", "--title", "To lamper", "--file", str(file))

    early = line("publications", *learning, *by())
    assert (early.code, "wrong_status" in early.err) == (1, True)

    unit, day = str(LIGHTING), ("--at", "2025-03-11")
    for verb in (
        ("assign", "2025-01", "--to", unit, *by(), *day),
        ("mark-fixed", "2025-01", "--evidence", "photo", *by(LIGHTING), *day),
        ("verify", "2025-01", "--by", "participant/local-council", *day),
    ):
        done = line(*verb)
        assert done.code == 0, done.err
    in_time = line("publications", *learning, *by(), "--json")

    assert in_time.code == 0, in_time.err
    found = shown(line, in_time.json["number"])
    assert (found["kind"], found["finding"]) == ("learning", "2025-01")


def test_a_text_takes_the_place_of_another(
    line: Line, minutes: Path, tmp_path: Path
) -> None:
    old = drafted(line, minutes)["number"]
    new_file = written(tmp_path / "nyt.md", "# Bedre\n")
    early = line(
        *("publications", "draft", str(new_file), *MESSAGE, *by()),
        *("--supersedes", old),
    )
    assert (early.code, "publication_not_ready" in early.err) == (1, True)
    for who in (COORDINATOR, POLICE):
        approved(line, old, shown(line, old)["content"], who)

    new = drafted(line, new_file, "--supersedes", old)["number"]
    for who in (COORDINATOR, POLICE):
        approved(line, new, shown(line, new)["content"], who)

    assert shown(line, old)["superseded_by"] == new
    index = line.data / "published" / "message" / new / "1.json"
    assert json.loads(index.read_text("utf-8"))["supersedes"] == old
