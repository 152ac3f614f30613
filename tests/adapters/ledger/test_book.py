"""The files of the ledger: they only grow, and a crash leaves nothing that is wrong."""

import fcntl
import random
import shutil
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from adapters.errors import Unavailable
from adapters.ledger.book import Book
from adapters.proof.note import Note
from adapters.proof.tree import EMPTY_ROOT, HASH_LENGTH, Node, grown, root
from adapters.proof.unproven import Reason, Unproven
from domain.errors import Code
from tests.adapters.ledger.some_log import SomeLog

LOG = SomeLog(0).signer
LEAVES = [sha256(bytes([nth])).digest() for nth in range(40)]


def files(folder: Path) -> dict[str, bytes]:
    """Return every file of nodes."""
    return {one.name: one.read_bytes() for one in (folder / "nodes").iterdir()}


def whole(size: int) -> dict[str, bytes]:
    """Return what the files are at some size."""
    levels = dict[str, bytes]()
    for node, content in grown(0, [], LEAVES[:size]):
        name = f"{node.level:02}"
        levels[name] = levels.get(name, b"") + content
    return levels


def root_at(size: int) -> bytes:
    """Return the root over the first leaves."""
    nodes = dict(grown(0, [], LEAVES[:size]))
    return root(size, lambda _: nodes)


def added(folder: Path, *pieces: int) -> Book:
    """Return a book that has taken in leaves in pieces."""
    book = Book(folder)
    with book.adding():
        for piece in pieces:
            book.add(LEAVES[book.size : book.size + piece])
    return book


@pytest.mark.parametrize("pieces", [[40], [1] * 40, [7, 1, 16, 16], [31, 1, 8]])
def test_however_it_grows_the_files_are_the_same(
    pieces: list[int], tmp_path: Path
) -> None:
    book = added(tmp_path, *pieces)

    assert files(tmp_path) == whole(40)
    assert book.size == 40
    for size in range(1, 41):
        assert root(size, book.read) == root_at(size)


def test_an_empty_book_is_no_folder(tmp_path: Path) -> None:
    book = Book(tmp_path / "ledger")

    assert (book.size, book.edge(book.size), book.latest()) == (0, [], None)
    assert list(book.checkpoints()) == []
    assert book.read([Node(0, 0)]) == {}
    assert book.row(0, 0, 9) == b""
    assert root(0, book.read) == EMPTY_ROOT
    assert not (tmp_path / "ledger").exists()


def test_rows_end_where_the_file_does(tmp_path: Path) -> None:
    book = added(tmp_path, 5)

    assert book.row(0, 3, 9) == LEAVES[3] + LEAVES[4]
    assert book.row(0, 5, 9) == b""
    assert book.row(7, 0, 9) == b""
    assert book.read([Node(0, 4), Node(0, 5), Node(9, 0)]) == {Node(0, 4): LEAVES[4]}


# ---- crashes ----


def crashed(old: int, new: int) -> Iterator[tuple[str, int]]:
    """Yield every file, and every length that it may have after a crash."""
    for name, content in whole(new).items():
        begin = len(whole(old).get(name, b""))
        for length in range(begin, len(content) + 1):
            yield name, length


@pytest.mark.parametrize(("old", "new"), [(0, 5), (3, 8), (7, 13)])
def test_a_write_torn_at_any_byte_is_mended(old: int, new: int, tmp_path: Path) -> None:
    """The levels are written from the top; the one that is torn has all above it."""
    for name, length in crashed(old, new):
        folder = tmp_path / f"{name}-{length}"
        (folder / "nodes").mkdir(parents=True)
        for level, content in whole(new).items():
            before = whole(old).get(level, b"")
            is_above, is_torn = level > name, level == name
            there = content if is_above else content[:length] if is_torn else before
            if there or is_torn:
                (folder / "nodes" / level).write_bytes(there)
        book = Book(folder)
        begun = book.size
        assert old <= begun <= new
        assert len(book.edge(book.size)) == begun.bit_count()
        with book.adding():
            book.add(LEAVES[begun : new + 3])

        assert files(folder) == whole(new + 3), (name, length)
        shutil.rmtree(folder)


def test_what_lies_behind_the_last_whole_node_is_written_over(tmp_path: Path) -> None:
    chance = random.Random(1)
    for _ in range(200):
        size = chance.randrange(1, 30)
        book = added(tmp_path / "x", size)
        for path in (tmp_path / "x" / "nodes").iterdir():
            most = 300 if path.name != "00" else HASH_LENGTH
            with path.open("ab") as file:
                file.write(chance.randbytes(chance.randrange(most)))
        with book.adding():
            book.add(LEAVES[size : size + 8])

        assert book.size == size + 8
        assert root(size + 8, book.read) == root_at(size + 8)
        shutil.rmtree(tmp_path / "x")


def test_leaves_are_written_last_and_all_is_synced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []

    def fsync(descriptor: int) -> None:
        synced.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)

    monkeypatch.setattr("os.fsync", fsync)
    added(tmp_path, 9)

    assert synced == ["03", "02", "01", "00"]


@pytest.mark.parametrize("written", range(4))
def test_a_crash_between_two_levels_leaves_the_old_size(
    written: int, tmp_path: Path
) -> None:
    book, left, write = added(tmp_path, 7), iter(range(written)), Book._write

    def dying(book: Book, level: int, first: int, content: bytes) -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt
        write(book, level, first, content)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Book, "_write", dying)
        with pytest.raises(KeyboardInterrupt), book.adding():
            book.add(LEAVES[7:9])

    assert book.size == 7
    with book.adding():
        book.add(LEAVES[7:9])
    assert files(tmp_path) == whole(9)


@pytest.mark.parametrize("level", ["00", "01"])
def test_what_cannot_be_read_is_not_written_over(level: str, tmp_path: Path) -> None:
    book = added(tmp_path, 6)
    (tmp_path / "nodes" / level).unlink()
    others = files(tmp_path)
    (tmp_path / "nodes" / level).mkdir()

    with pytest.raises(Unavailable) as caught, book.adding():
        book.add(LEAVES[6:])

    assert caught.value.code is Code.LEDGER_STOPPED
    (tmp_path / "nodes" / level).rmdir()
    assert files(tmp_path) == others


def test_a_disk_that_does_not_say_how_many_there_are_is_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = added(tmp_path, 6)

    def failing(_: Path) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "stat", failing)
    with pytest.raises(Unavailable) as caught:
        assert book.size

    assert caught.value.code is Code.STORE_UNAVAILABLE


def test_missing_nodes_are_said_and_not_made_up(tmp_path: Path) -> None:
    book = added(tmp_path, 6)
    (tmp_path / "nodes" / "02").unlink()

    with pytest.raises(Unproven) as caught, book.adding():
        book.add(LEAVES[6:])

    assert caught.value.reason is Reason.NODE_MISSING
    assert book.size == 6


# ---- checkpoints ----


def test_a_checkpoint_is_synced_with_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []

    def fsync(descriptor: int) -> None:
        synced.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)

    monkeypatch.setattr("os.fsync", fsync)
    Book(tmp_path).keep(3, note("3\n"))

    assert [name for name in synced if not name.startswith(".")] == ["checkpoints"]
    assert len(synced) == 2


def test_a_checkpoint_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "checkpoints" / "000000000003.note").mkdir(parents=True)

    with pytest.raises(Unavailable) as caught:
        Book(tmp_path).keep(3, note("3\n"))

    assert caught.value.code is Code.STORE_UNAVAILABLE


def note(text: str) -> Note:
    return Note(text, (LOG.sign(text),))


def test_checkpoints_come_in_the_order_of_their_sizes(tmp_path: Path) -> None:
    book = Book(tmp_path)
    for size in (9, 10, 2, 1000):
        book.keep(size, note(f"{size}\n"))
    book.keep(10, note("again\n"))

    assert [Note.parse(raw).text for _, raw in book.checkpoints()] == [
        *("2\n", "9\n", "again\n", "1000\n")
    ]
    latest = book.latest()
    assert latest
    assert latest.text == "1000\n"


def test_half_a_checkpoint_is_never_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = Book(tmp_path)
    book.keep(5, note("old\n"))

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(Unavailable, match="space"):
        book.keep(5, note("new\n"))

    assert [raw for _, raw in book.checkpoints()] == [bytes(note("old\n"))]
    assert len(list((tmp_path / "checkpoints").iterdir())) == 1


def test_what_a_crash_left_beside_checkpoints_is_passed_by(tmp_path: Path) -> None:
    book = Book(tmp_path)
    book.keep(5, note("old\n"))
    (tmp_path / "checkpoints" / ".000000000009.note.abc").write_bytes(b"half")
    (tmp_path / "checkpoints" / "readme").write_bytes(b"")

    assert len(list(book.checkpoints())) == 1


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "ledger").write_text("a file")

    with pytest.raises(Unavailable) as caught, Book(tmp_path / "ledger").adding():
        pass

    assert caught.value.code is Code.STORE_UNAVAILABLE


def test_one_adds_at_a_time(tmp_path: Path) -> None:
    book, line = added(tmp_path, 1), tmp_path / ".line"
    with (
        book.adding(),
        line.open("a") as other,
        pytest.raises(BlockingIOError),
    ):
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)

    with line.open("a") as other:
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
