"""What everybody may read: which texts are published, and the files of each."""

from collections.abc import Iterator

from sqlalchemy import select

from adapters.files.bundles import taken_apart
from adapters.standing import documents_of
from adapters.system import Gadelys
from domain.errors import Code, NotFound
from domain.publication.commands import stream_of
from domain.publication.events import Form, PublicationKind
from domain.publication.state import PublicationStatus
from projections.publications import PUBLICATIONS, PublicationRow


def published(system: Gadelys, *kinds: PublicationKind) -> list[PublicationRow]:
    """Return what is published now, the newest first; of these kinds, or of all.

    What another one took the place of is still there, and says so.
    """
    table = system.rows.table(PUBLICATIONS)
    query = select(table).where(table.c.status == PublicationStatus.PUBLISHED.value)
    if kinds:
        query = query.where(table.c.kind.in_([kind.value for kind in kinds]))
    newest = query.order_by(table.c.published_at.desc(), table.c.number.desc())
    rows: list[PublicationRow] = system.rows.rows(PUBLICATIONS, newest)
    return rows


def published_files(system: Gadelys, number: str) -> dict[str, bytes]:
    """Return the files of a published text, by name, as they were signed.

    Raises: NotFound (unknown_publication) for what is not published, or no more;
        Unavailable (document_damaged).
    """
    row = system.rows.row(PUBLICATIONS, number)
    if row is None or row.status is not PublicationStatus.PUBLISHED:
        raise NotFound(Code.UNKNOWN_PUBLICATION, number=number)
    return files_of_text(system, row)


def files_of_text(system: Gadelys, row: PublicationRow) -> dict[str, bytes]:
    """Return the files of a text, published or not; a bundle and what is in it.

    Raises: NotFound (unknown_document); Unavailable (document_damaged).
    """
    body = documents_of(system).body(row.content)
    apart = taken_apart(body) if row.form is Form.ZIP else {}
    return {**apart, f"{row.number}.{row.form}": body}


def lay_out_all(system: Gadelys) -> Iterator[str]:
    """Bring the whole public folder in line with the facts; yield each number.

    Raises: NotFound (unknown_document); Unavailable (document_damaged,
        store_unavailable).
    """
    system.catch_up([PUBLICATIONS.name])
    documents = documents_of(system)
    for row in sorted(system.rows.rows(PUBLICATIONS), key=lambda row: row.number):
        documents.lay_out(row.number, system.store.load(stream_of(row.number)))
        yield row.number


def not_as_signed(system: Gadelys) -> Iterator[str]:
    """Yield the numbers of published texts whose files are missing or changed.

    Of those that the list knows: whoever looks for faults moves nothing.
    """
    documents = documents_of(system)
    for row in published(system):
        if documents.wrong_in(row.number, system.store.load(stream_of(row.number))):
            yield row.number
