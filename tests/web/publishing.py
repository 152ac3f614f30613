"""Texts that both authorities have signed, for tests of what everybody can read."""

from adapters.files.documents import Document
from adapters.standing import documents_of, next_publication
from adapters.system import Gadelys
from domain.handling import AnyCommand
from domain.messages import Stamp, derived_id
from domain.publication.commands import (
    ApprovePublication,
    DraftPublication,
    WithdrawPublication,
)
from domain.publication.events import Form, PublicationKind
from domain.values import Actor
from domain.walk.commands import AgreePlan, DraftMinutes, PublishMinutes

WALK = "AALBORG-OEST-2026-01"
LEADER = Actor("municipality/walk-coordinator/demo-walk-coordinator")
OFFICER = Actor("police/prevention/demo-prevention")
WORDS = "# Fra vandringen\n\nVi gik.\n\n- Hækken er **klippet**\n- Lampen lyser\n"


def stamp_of(system: Gadelys, *what: object, by: Actor = LEADER) -> Stamp:
    """Return a stamp of now."""
    command_id = derived_id("published by a test", *what)
    return Stamp(by=by, at=system.now(), command_id=command_id)


def submit(system: Gadelys, *commands: AnyCommand) -> None:
    """Give commands as the people in their stamps."""
    for command in commands:
        system.submit(command)
    system.catch_up()


def sign(system: Gadelys, number: str, content: str) -> None:
    """Let both authorities sign, and lay the text out."""
    for by in (LEADER, OFFICER):
        stamp = stamp_of(system, number, content, by, by=by)
        submit(system, ApprovePublication(number=number, stamp=stamp, content=content))


def draft(
    system: Gadelys,
    kind: PublicationKind = PublicationKind.MINUTES,
    body: str | bytes = WORDS,
    *,
    title: str = "Referat fra vandringen",
    form: Form = Form.MD,
    finding: str | None = None,
    supersedes: str | None = None,
) -> tuple[str, str]:
    """Lay a text before both; return its number and the digest of its bytes."""
    number = next_publication(system)
    written = body.encode() if isinstance(body, str) else body
    content = documents_of(system).keep(Document(written, form))
    submit(
        system,
        DraftPublication(
            number=number,
            stamp=stamp_of(system, "draft", number),
            kind=kind,
            title=title,
            content=content,
            form=form,
            walk=None if finding else WALK,
            finding=finding,
            supersedes=supersedes,
        ),
    )
    return number, content


def publish(
    system: Gadelys,
    kind: PublicationKind = PublicationKind.MINUTES,
    body: str | bytes = WORDS,
    *,
    title: str = "Referat fra vandringen",
    form: Form = Form.MD,
    finding: str | None = None,
    supersedes: str | None = None,
) -> str:
    """Publish a text and return its number."""
    number, content = draft(
        system,
        kind,
        body,
        title=title,
        form=form,
        finding=finding,
        supersedes=supersedes,
    )
    sign(system, number, content)
    return number


def withdraw(system: Gadelys, number: str) -> None:
    """Take a text back, for a reason that is nobody else's business."""
    stamp = stamp_of(system, "withdraw", number)
    reason = "Der stod et forkert navn i afsnit to."
    submit(system, WithdrawPublication(number=number, stamp=stamp, reason=reason))


def publish_minutes(system: Gadelys) -> str:
    """Publish the minutes of the demo walk, and agree on its plan."""
    number = publish(system)
    submit(
        system,
        DraftMinutes(number=WALK, stamp=stamp_of(system, "walk", 1)),
        PublishMinutes(
            number=WALK, stamp=stamp_of(system, "walk", 2), publication=number
        ),
        AgreePlan(number=WALK, stamp=stamp_of(system, "walk", 3)),
    )
    return number
