"""A report as one bundle: made, looked at once more, ready for both authorities.

The bundle holds every form of the report, its numbers as open data, and its pins. The
same pins give the same bytes, so a published report can be made again by anybody who
has the facts.
"""

import asyncio
from dataclasses import dataclass
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import select

from adapters.files.bundles import BUNDLE, bundled, taken_apart
from adapters.files.documents import Document
from adapters.ledger.signing import sign_now
from adapters.publishing.open_data import DESCRIPTOR, language_of, open_data
from adapters.reporting.council import document
from adapters.reporting.forms import REPORT_FILE, files_of
from adapters.reporting.making import (
    InFile,
    Made,
    Question,
    council_report_of,
    made_again,
)
from adapters.standing import documents_of
from adapters.system import Gadelys
from adapters.texts import Texts
from adapters.viewing import Viewer
from domain.errors import Code, Refused
from domain.permissions.words import Action
from domain.publication.events import Form
from projections.council_report import CouncilReport
from projections.publications import PUBLICATIONS
from projections.publishable import unfit
from projections.report_parts import Pins, ReportKind


@dataclass(frozen=True, slots=True)
class Proposal:
    """A report that can be laid before both authorities, and what it is called."""

    title: str
    document: Document


def proposal(
    system: Gadelys, viewer: Viewer, question: Question, position: int | None = None
) -> Proposal:
    """Return the report as it would be published, signed and looked at once more.

    Args:
        system: whose facts.
        viewer: who lays it before both.
        question: what is asked.
        position: the last fact that counts as known; left out: the newest.

    Raises: NotAllowed (not_your_role); Refused (report_internal, small_numbers,
        not_sealed); NotFound (no_register, unknown_area).
    """
    viewer.require(Action.READ_REPORT)
    viewer.require(Action.BUILD_REPORT)
    if question.internal:
        raise Refused(Code.REPORT_INTERNAL)
    until = position or system.store.last_position()
    asyncio.run(sign_now(system))
    made = council_report_of(system, question, until)
    _refuse_unfit(made)
    lang = system.settings.lang
    title = document(made.report, Texts(lang, made.register)).title
    return Proposal(title, Document(bundle_of(made, lang), Form.ZIP))


def begun_by(system: Gadelys, command_id: UUID) -> int | None:
    """Return up to which fact the report is made that a command has laid before both.

    So the same command again makes the same report, whatever was recorded since.
    """
    system.catch_up([PUBLICATIONS.name])
    table = system.rows.table(PUBLICATIONS)
    query = select(table).where(table.c.asked_as == command_id)
    for row in system.rows.rows(PUBLICATIONS, query):
        if row.form is Form.ZIP:
            return pins_of(taken_apart(documents_of(system).body(row.content))).position
    return None


def bundle_of(made: Made[CouncilReport], lang: str) -> bytes:
    """Return every form of a report as one; the same pins give the same bytes."""
    texts = Texts(lang, made.register)
    numbers = open_data(made, document(made.report, texts), texts)
    return bundled({**files_of(made, lang), **numbers})


def made_from(system: Gadelys, bundle: bytes) -> bytes:
    """Return the bundle that the pins of another one lead to: the same, if all is well.

    Raises: Refused (bad_file) for what is no report of ours; NotFound (no_register,
        unknown_area) when its pins are not of this history.
    """
    files = taken_apart(bundle)
    if not {REPORT_FILE, DESCRIPTOR} <= files.keys():
        raise _no_report()
    made = made_again(system, pins_of(files))
    if not isinstance(report := made.report, CouncilReport):
        raise _no_report()
    again = Made(report, made.register, made.cohort)
    return bundle_of(again, language_of(files[DESCRIPTOR]))


def pins_of(files: dict[str, bytes]) -> Pins:
    """Return what the report in a bundle was made from.

    Raises: Refused (bad_file).
    """
    try:
        found = InFile.model_validate_json(files[REPORT_FILE])
    except (KeyError, ValidationError) as problem:
        raise _no_report() from problem
    if found.kind is not ReportKind.COUNCIL:
        raise _no_report()
    return found.pins


def _no_report() -> Refused:
    return Refused(Code.BAD_FILE, file=BUNDLE, problem="not a bundle of ours")


def _refuse_unfit(made: Made[CouncilReport]) -> None:
    """Refuse what gives a small number away, or is not under a checkpoint yet."""
    if figures := unfit(made.report):
        raise Refused(Code.SMALL_NUMBERS, figures=list(figures))
    signed = made.report.pins.checkpoint
    if signed is None or not signed.covers:
        size = signed.size if signed else 0
        raise Refused(Code.NOT_SEALED, size=size, position=made.report.pins.position)
