"""The texts behind the digests: kept by content, and laid out when published.

`documents/<sha256>` holds every draft's exact bytes. `published/<kind>/<number>/`
holds, for the n-th draft, `<n>.<form>` with the text and `<n>.json` with what
must be known of it. Neither is ever overwritten with other bytes: a new text is
a new draft. What is withdrawn gets `<n>.withdrawn.json`, and its text is taken
out of the public folder; it stays in `documents/`.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from adapters.errors import Unavailable
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
    Form,
    PublicationApproved,
    PublicationDrafted,
    PublicationEvent,
    PublicationPublished,
    PublicationWithdrawn,
)
from domain.publication.state import Publication, PublicationStatus, evolve

LIMIT_BYTES = 10_000_000
FORMS: Mapping[str, Form] = {f".{form}": form for form in Form} | {".htm": Form.HTML}


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
    def text(self) -> str:
        """What can be read in it; nothing of a PDF."""
        return "" if self.form is Form.PDF else self.body.decode(errors="replace")


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
            _publish(folder / f"{issue.draft}.json", _as_json(issue.index))
            if issue.withdrawn:
                _publish(marker, _as_json(issue.withdrawn))
            else:
                _publish(text, self.body(issue.content))
                public.append(text)
            if marker.exists():
                # Also when somebody else withdrew it while it was being laid out.
                text.unlink(missing_ok=True)
        return tuple(path for path in public if path.exists())


@dataclass(frozen=True, slots=True)
class Issue:
    """One draft that was published, and what became of it."""

    kind: str
    draft: int
    form: Form
    content: str
    index: Mapping[str, object]
    withdrawn: Mapping[str, object] | None = None


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
    return Issue(memory.kind, event.draft, memory.form, event.content, index)


def _withdrawn(number: str, issue: Issue, event: PublicationWithdrawn) -> Issue:
    # The reason is for the two authorities; it stays in the history.
    marker = {
        "schema": "publication-withdrawn/1",
        "number": number,
        "draft": issue.draft,
        "authority": event.stamp.by.authority,
        "at": _moment(event.stamp.at),
    }
    return Issue(
        issue.kind, issue.draft, issue.form, issue.content, issue.index, marker
    )


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


def _write(path: Path, body: bytes, how: Callable[[Path, bytes, int], None]) -> None:
    """Write a file in some way; it is on the disk when this returns.

    Raises: Unavailable (store_unavailable).
    """
    with disk_faults(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        how(path, body, ANYBODY_S_FILE)
        settle(path.parent)
