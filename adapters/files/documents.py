"""The texts behind the digests: kept by content, and laid out when published.

`documents/<sha256>` holds every draft's exact bytes. `published/<kind>/<number>/`
holds, for the n-th draft, `<n>.<form>` with the text and `<n>.json` with what
must be known of it; several files that were signed as one lie in `<n>/` as well.
None is ever overwritten with other bytes: a new text is a new draft. What is
withdrawn gets `<n>.withdrawn.json`, and its text is taken out of the public folder;
it stays in `documents/`. What another one took the place of stays, and says so in
`superseded-by-<number>.json`.
"""

import json
import shutil
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from adapters.errors import Unavailable
from adapters.files.bundles import taken_apart
from adapters.files.markup import words_of_markup
from adapters.persistence.durable_files import (
    ANYBODY_S_FILE,
    disk_faults,
    put,
    put_new,
    settle,
)
from domain.errors import Code, NotFound, Refused
from domain.free_text import refuse_cpr_in
from domain.messages import Recorded
from domain.plain_text import has_controls
from domain.publication.events import (
    READ_AS_TEXT,
    Form,
    PublicationApproved,
    PublicationDrafted,
    PublicationEvent,
    PublicationPublished,
    PublicationWithdrawn,
)
from domain.publication.state import Publication, PublicationStatus, evolve

LIMIT_BYTES = 10_000_000
FORMS: Mapping[str, Form] = {
    **{f".{form}": form for form in (*READ_AS_TEXT, Form.PDF)},
    ".htm": Form.HTML,
}
"""What people may give us, by the end of its name; a bundle is made by us alone."""

READABLE = (".html", ".json", ".csv", ".geojson")
"""How files in a bundle end whose words can be looked through."""


@dataclass(frozen=True, slots=True)
class Document:
    """A text as exact bytes, and how to read them."""

    body: bytes = field(repr=False)
    form: Form

    @property
    def content(self) -> str:
        """The SHA-256 of the bytes, in hexadecimal digits."""
        return sha256(self.body).hexdigest()

    @property
    def files(self) -> dict[str, bytes]:
        """The files in a bundle, by name; nothing else has any."""
        return taken_apart(self.body) if self.form is Form.ZIP else {}

    @property
    def text(self) -> str:
        """What can be read in it; nothing of a PDF."""
        if self.form is Form.ZIP:
            return "\n".join(_words(*file) for file in self.files.items())
        is_text = self.form in READ_AS_TEXT
        return self.body.decode(errors="replace") if is_text else ""


def _words(name: str, body: bytes) -> str:
    """Return what can be read in one file of a bundle."""
    if not name.endswith(READABLE):
        return ""
    text = body.decode(errors="replace")
    return words_of_markup(text) if name.endswith(".html") else text


def read_document(path: Path) -> Document:
    """Return the document in a file that a person gave us.

    Raises: NotFound (bad_file) when it is not there; Refused (file_too_large,
        not_utf8, text_unprintable, cpr_number, bad_file).
    """
    if (form := FORMS.get(path.suffix.lower())) is None:
        raise _bad(path.name, "not .md, .txt, .html or .pdf")
    body = _bytes_of(path)
    if not body.strip():
        raise _bad(path.name, "is empty")
    return document_of(body, form, path.name)


def document_of(body: bytes, form: Form, name: str) -> Document:
    """Return the document with these bytes; `name` is what a refusal calls it.

    Raises: Refused (not_utf8, text_unprintable, cpr_number, bad_file).
    """
    if form is Form.PDF:
        if not body.startswith(b"%PDF-"):
            raise _bad(name, "not a PDF")
        return Document(body, form)
    try:
        text = body.decode()
    except UnicodeDecodeError as problem:
        raise Refused(Code.NOT_UTF8, file=name, byte=problem.start) from problem
    if has_controls(text):
        raise Refused(Code.TEXT_UNPRINTABLE, field=name)
    if not text.strip("\ufeff \t\r\n"):
        raise _bad(name, "is empty")
    refuse_cpr_in("document", text)
    return Document(body, form)


def _bytes_of(path: Path) -> bytes:
    try:
        if path.exists() and not path.is_file():
            raise _bad(path.name, "Is a directory" if path.is_dir() else "unreadable")
        with path.open("rb") as file:
            body = file.read(LIMIT_BYTES + 1)
            size = len(body) if len(body) <= LIMIT_BYTES else path.stat().st_size
    except FileNotFoundError as problem:
        raise NotFound(Code.BAD_FILE, file=path.name, problem="not found") from problem
    except OSError as problem:
        raise _bad(path.name, problem.strerror or "unreadable") from problem
    if size > LIMIT_BYTES:
        raise Refused(
            Code.FILE_TOO_LARGE, file=path.name, bytes=size, limit=LIMIT_BYTES
        )
    return body


def _bad(name: str, problem: str) -> Refused:
    return Refused(Code.BAD_FILE, file=name, problem=problem)


class Documents:
    """The texts of one installation."""

    def __init__(self, kept: Path, public: Path) -> None:
        """Keep texts in `kept` and lay published ones out in `public`."""
        self._kept = kept
        self._public = public

    def path_of(self, content: str) -> Path:
        """Return where the bytes with this digest are kept."""
        return self._kept / content

    def keep(self, document: Document) -> str:
        """Keep the exact bytes and return their digest; twice is once.

        Raises: Unavailable (store_unavailable) when they cannot be written.
        """
        content = document.content
        path = self.path_of(content)
        if not _holds(path, document.body):
            # What lies there under this name is no text of ours: mend it.
            _write(path, document.body, put)
        return content

    def body(self, content: str) -> bytes:
        """Return the exact bytes of a text.

        Raises: NotFound (unknown_document); Unavailable (document_damaged) when
            the bytes are not those that were kept.
        """
        path = self.path_of(content)
        with disk_faults(path):
            try:
                body = path.read_bytes()
            except FileNotFoundError as problem:
                raise NotFound(Code.UNKNOWN_DOCUMENT, content=content) from problem
        if sha256(body).hexdigest() != content:
            raise Unavailable(Code.DOCUMENT_DAMAGED, path=str(path))
        return body

    def lay_out(self, number: str, facts: Iterable[Recorded]) -> tuple[Path, ...]:
        """Bring the public folder in line with the facts of one publication.

        Can be called by anybody, any number of times, also by several at once.

        Returns: the texts of this publication that are public now.
        Raises: NotFound (unknown_document); Unavailable (document_damaged,
            store_unavailable).
        """
        public = []
        for issue in issues(number, facts):
            folder = self._public / issue.kind / number
            text = folder / f"{issue.draft}.{issue.form}"
            marker = folder / f"{issue.draft}.withdrawn.json"
            if issue.withdrawn:
                _publish(marker, _as_json(issue.withdrawn))
            else:
                for path, body in self._files_of(issue, text).items():
                    _publish(path, body)
                public.append(text)
            # Last: what has an index is whole.
            _publish(folder / f"{issue.draft}.json", _as_json(issue.index))
            if marker.exists():
                # Also when somebody else withdrew it while it was being laid out.
                _take_out(text)
            if told := issue.supersedes:
                old, body = self._public / issue.kind / told.number, _as_json(told.told)
                _publish(old / f"superseded-by-{number}.json", body)
        return tuple(path for path in public if path.exists())

    def wrong_in(self, number: str, facts: Iterable[Recorded]) -> tuple[Path, ...]:
        """Return the files of a publication that are not as was signed, or missing."""
        wrong: list[Path] = []
        for issue in issues(number, facts):
            if issue.withdrawn:
                continue
            text = self._public / issue.kind / number / f"{issue.draft}.{issue.form}"
            try:
                files = self._files_of(issue, text).items()
                wrong += [path for path, body in files if not _holds(path, body)]
            except (NotFound, Unavailable):
                wrong.append(text)
        return tuple(wrong)

    def _files_of(self, issue: "Issue", text: Path) -> dict[Path, bytes]:
        """Return what has to be public of an issue; its files before what holds them.

        Raises: NotFound (unknown_document); Unavailable (document_damaged).
        """
        body = self.body(issue.content)
        apart = taken_apart(body) if issue.form is Form.ZIP else {}
        within = text.with_suffix("")
        return {**{within / name: file for name, file in apart.items()}, text: body}


@dataclass(frozen=True, slots=True)
class Issue:
    """One draft that was published, and what became of it."""

    kind: str
    draft: int
    form: Form
    content: str
    index: Mapping[str, object]
    withdrawn: Mapping[str, object] | None = None
    supersedes: "Superseded | None" = None


@dataclass(frozen=True, slots=True)
class Superseded:
    """Whose place an issue takes, and what is said of that beside it."""

    number: str
    told: Mapping[str, object]


def issues(number: str, facts: Iterable[Recorded]) -> tuple[Issue, ...]:
    """Return every draft of a publication that was ever published, oldest first."""
    found: list[Issue] = []
    memory: Publication | None = None
    approvals: list[PublicationApproved] = []
    for fact in facts:
        event = fact.event
        if not isinstance(event, PublicationEvent):
            continue
        before, memory = memory, evolve(memory, event)
        match event:
            case PublicationDrafted():
                approvals = []
            case PublicationApproved():
                approvals.append(event)
            case PublicationPublished():
                found.append(_issue(number, memory, event, approvals))
            case PublicationWithdrawn() if (
                found and before and before.status is PublicationStatus.PUBLISHED
            ):
                found[-1] = _withdrawn(number, found[-1], event)
            case _:
                pass
    return tuple(found)


def _issue(
    number: str,
    memory: Publication,
    event: PublicationPublished,
    approvals: Iterable[PublicationApproved],
) -> Issue:
    index = {
        "schema": "publication/1",
        "number": number,
        "draft": event.draft,
        "kind": memory.kind,
        "title": memory.title,
        "form": memory.form,
        "sha256": event.content,
        "walk": memory.walk,
        "finding": memory.finding,
        "supersedes": event.supersedes,
        "published_at": _moment(event.stamp.at),
        "approvals": [
            {
                "authority": approval.authority,
                # The unit, not the person: this file is for everybody.
                "unit": approval.stamp.by.unit,
                "at": _moment(approval.stamp.at),
            }
            for approval in approvals
        ],
    }
    return Issue(
        memory.kind,
        event.draft,
        memory.form,
        event.content,
        index,
        supersedes=_superseded(number, event),
    )


def _superseded(number: str, event: PublicationPublished) -> Superseded | None:
    if event.supersedes is None:
        return None
    marker = {
        "schema": "publication-superseded/1",
        "number": event.supersedes,
        "superseded_by": number,
        "at": _moment(event.stamp.at),
    }
    return Superseded(event.supersedes, marker)


def _withdrawn(number: str, issue: Issue, event: PublicationWithdrawn) -> Issue:
    # The reason is for the two authorities; it stays in the history.
    marker = {
        "schema": "publication-withdrawn/1",
        "number": number,
        "draft": issue.draft,
        "authority": event.stamp.by.authority,
        "at": _moment(event.stamp.at),
    }
    return replace(issue, withdrawn=marker)


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def _as_json(content: Mapping[str, object]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def _holds(path: Path, body: bytes) -> bool:
    with disk_faults(path), suppress(FileNotFoundError):
        return path.read_bytes() == body
    return False


def _publish(path: Path, body: bytes) -> None:
    """Write a public file, or find it as it should be.

    Raises: Unavailable (document_damaged) when other bytes lie there.
    """
    if not path.exists():
        _write(path, body, put_new)
    if not _holds(path, body):
        raise Unavailable(Code.DOCUMENT_DAMAGED, path=str(path))


def _take_out(text: Path) -> None:
    """Remove a text from the public folder, with the files that lay beside it.

    Raises: Unavailable (store_unavailable).
    """
    with disk_faults(text):
        text.unlink(missing_ok=True)
        with suppress(FileNotFoundError):
            shutil.rmtree(text.with_suffix(""))


def _write(path: Path, body: bytes, how: Callable[[Path, bytes, int], None]) -> None:
    """Write a file in some way; it is on the disk when this returns.

    Raises: Unavailable (store_unavailable).
    """
    with disk_faults(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        how(path, body, ANYBODY_S_FILE)
        settle(path.parent)
