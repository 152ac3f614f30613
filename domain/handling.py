"""The one way a command becomes facts: load, decide, append."""

from collections.abc import Iterable
from datetime import datetime
from functools import reduce
from hashlib import sha256

from domain.access import NoteReading
from domain.access import decide as decide_access
from domain.delivery.decide import AnyDeliveryCommand
from domain.delivery.decide import decide as decide_delivery
from domain.delivery.decide import fold as fold_delivery
from domain.errors import Code, Conflict
from domain.finding.commands import AnyFindingCommand, Ending, FindingCommand
from domain.finding.commands import stream_of as finding_stream
from domain.finding.decide import decide as decide_finding
from domain.finding.rules.checks import Given
from domain.finding.state import Finding
from domain.finding.state import fold as fold_finding
from domain.free_text import refuse_cpr
from domain.measurement.commands import (
    AnyMeasurementCommand,
    AnySeriesCommand,
    DescribeSeries,
    RecordIndicator,
)
from domain.measurement.commands import stream_of as series_stream
from domain.measurement.decide import decide as decide_series
from domain.measurement.decide import decide_told
from domain.measurement.state import Series, fold_told
from domain.measurement.state import fold as fold_series
from domain.messages import Event, Recorded
from domain.permissions.asking import require_permitted
from domain.police.commands import AnyPoliceCommand
from domain.police.decide import decide as decide_police
from domain.police.state import fold as fold_police
from domain.ports import Decision, EventStore, KnownFacts, Receipt, Rules, RulesInForce
from domain.publication.commands import AnyPublicationCommand, DraftPublication
from domain.publication.commands import stream_of as publication_stream
from domain.publication.decide import Given as PublicationGiven
from domain.publication.decide import decide as decide_publication
from domain.publication.state import Publication, PublicationStatus
from domain.publication.state import fold as fold_publication
from domain.register.adoption import AdoptRegister, RegisterAdopted
from domain.register.adoption import decide as decide_register
from domain.register.adoption import evolve as evolve_register
from domain.register.model import Register
from domain.roster.commands import AnyRosterCommand
from domain.roster.decide import decide as decide_roster
from domain.roster.state import fold as fold_roster
from domain.rounds import HoldRound
from domain.rounds import decide as decide_round
from domain.rounds import fold as fold_rounds
from domain.subject.commands import AnySubjectCommand
from domain.subject.decide import decide as decide_subject
from domain.subject.state import fold as fold_subject
from domain.values import (
    CLOCK,
    Actor,
    FindingNumber,
    PublicationNumber,
    StreamId,
    WalkNumber,
)
from domain.walk.commands import AnyWalkCommand, CloseWalk
from domain.walk.commands import stream_of as walk_stream
from domain.walk.decide import decide as decide_walk
from domain.walk.given import SignedText, WalkGiven, addressed
from domain.walk.state import fold as fold_walk

AnyCommand = (
    AnyFindingCommand
    | AnyWalkCommand
    | AnyDeliveryCommand
    | AnyRosterCommand
    | AnyPublicationCommand
    | AnySubjectCommand
    | AnyMeasurementCommand
    | HoldRound
    | AdoptRegister
)

AnywhereCommand = AnyCommand | AnyPoliceCommand | NoteReading
"""Also what is kept apart: by the police, and in the log of who read what."""

ATTEMPTS = 20
"""How often a command is decided anew when others write to the same stream."""


def handle(
    command: AnywhereCommand,
    store: EventStore,
    rules: RulesInForce,
    now: datetime,
    *,
    expected: int | None = None,
    time_matters: bool = False,
    by_person: bool = False,
) -> Receipt:
    """Load, decide, append; return the receipt.

    The same command id again returns the first receipt and stores nothing.

    Args:
        command: what is asked, with its stamp.
        store: where facts are.
        rules: where the register in force is found.
        now: when the system learns of it; aware UTC.
        expected: the version the asker has seen; another one is a conflict.
        time_matters: whether the same command at another time is another one.
        by_person: whether the table of permissions is asked, with the very facts
            that are then decided upon.

    Raises: Refused, NotFound, Conflict or NotAllowed with a code.
    """
    asked = digest(command, with_time=time_matters)
    for _ in range(ATTEMPTS):
        if receipt := store.receipt_of(command.stamp.command_id, asked):
            return receipt
        if command.stamp.by != CLOCK:  # the clock writes keys, and no texts
            refuse_cpr(command)
        history = store.load(command.stream)
        if expected is not None and expected != len(history):
            raise Conflict(
                Code.STALE_VERSION,
                stream=command.stream,
                expected=expected,
                current=len(history),
            )
        is_about_case = isinstance(command, FindingCommand)
        finding = fold_finding(history) if is_about_case else None
        if by_person:
            in_force = _rules_for(command, history, rules)
            require_permitted(command, history, in_force, finding)
        decision = decided(command, history, store, rules, asked, finding)
        try:
            return store.append([decision], now)[0]
        except Conflict as conflict:
            if conflict.code is not Code.STALE_VERSION:
                raise
    raise Conflict(Code.BUSY, stream=command.stream, attempts=ATTEMPTS)


def digest(command: AnywhereCommand, *, with_time: bool) -> str:
    """Return a digest of what was asked, whatever the command id."""
    hidden = {"command_id": True} if with_time else {"command_id": True, "at": True}
    body = command.model_dump_json(exclude={"stamp": hidden}, by_alias=True)
    return sha256(f"{command.NAME} {body}".encode()).hexdigest()


def decided(
    command: AnywhereCommand,
    history: tuple[Recorded, ...],
    store: KnownFacts,
    rules: RulesInForce,
    asked: str,
    finding: Finding | None = None,
) -> Decision:
    """Return what the rules answer to a command.

    Args:
        command: what is asked, with its stamp.
        history: the facts of its stream.
        store: where other facts are, if the rules must look at them.
        rules: where the register in force is found.
        asked: the digest of the command.
        finding: what `history` folds to, where somebody has folded it already.

    Raises: Refused, NotFound, Conflict or NotAllowed with a code.
    """
    if isinstance(command, AdoptRegister):
        version = len(history)
        events: tuple[Event, ...] = decide_register(_adopted(history), command)
    elif isinstance(command, NoteReading):
        version, events = 0, decide_access(command)
    else:
        in_force = rules()
        version = in_force.version
        events = _facts(command, history, store, in_force, finding)
    return Decision(
        stream=command.stream,
        after=len(history),
        command_id=command.stamp.command_id,
        asked=asked,
        register=version,
        events=events,
    )


def _rules_for(
    command: AnywhereCommand, history: tuple[Recorded, ...], rules: RulesInForce
) -> Rules:
    """Return the rules that say who somebody is; a first register says it itself."""
    if isinstance(command, AdoptRegister) and not history:
        return Rules(0, command.rules)
    return rules()


def _facts(
    command: (
        AnyFindingCommand
        | AnyWalkCommand
        | AnyDeliveryCommand
        | AnyRosterCommand
        | AnyPublicationCommand
        | AnySubjectCommand
        | AnyMeasurementCommand
        | AnyPoliceCommand
        | HoldRound
    ),
    history: tuple[Recorded, ...],
    store: KnownFacts,
    rules: Rules,
    finding: Finding | None,
) -> tuple[Event, ...]:
    if isinstance(command, AnyFindingCommand):
        memory = finding or fold_finding(history)
        given = _given(memory, command, store, rules)
        return decide_finding(memory, command, given)
    if isinstance(command, AnyWalkCommand):
        around = _around(command, history, store, rules.register)
        return decide_walk(fold_walk(history), command, around)
    if isinstance(command, AnyRosterCommand):
        return decide_roster(fold_roster(history), command, rules.register)
    if isinstance(command, AnyPublicationCommand):
        publication = fold_publication(history)
        around_it = _about(publication, command, store, rules.register)
        return decide_publication(publication, command, around_it)
    if isinstance(command, AnySubjectCommand):
        return decide_subject(fold_subject(history), command, rules.register)
    if isinstance(command, AnySeriesCommand):
        followed = _followed(command, store)
        return decide_series(fold_series(history), followed, command, rules.register)
    if isinstance(command, RecordIndicator):
        return decide_told(fold_told(history), command, rules.register)
    if isinstance(command, AnyPoliceCommand):
        about = fold_finding(store.load(finding_stream(command.number)))
        return decide_police(fold_police(history), command, about)
    if isinstance(command, HoldRound):
        return decide_round(fold_rounds(history), command, rules.register)
    return decide_delivery(fold_delivery(history), command)


def _given(
    finding: Finding | None, command: FindingCommand, store: KnownFacts, rules: Rules
) -> Given:
    """Return what the rules may look at besides the finding itself."""
    mentioned = {
        number: fold_finding(store.load(finding_stream(number)))
        for number in command.mentions
    }
    found = {number: state for number, state in mentioned.items() if state}
    return Given(
        rules.register,
        findings=found | _masters(finding, store),
        walks=_known_walks(command, store),
        roster=rules.roster,
        asked=_asked(finding, command, store),
    )


def _masters(
    finding: Finding | None, store: KnownFacts
) -> dict[FindingNumber, Finding]:
    """Return the case that a duplicate follows, and whatever that one follows."""
    masters: dict[FindingNumber, Finding] = {}
    while finding and (number := finding.master) and number not in masters:
        finding = fold_finding(store.load(finding_stream(number)))
        if finding:
            masters[number] = finding
    return masters


def _asked(
    finding: Finding | None, command: FindingCommand, store: KnownFacts
) -> frozenset[Actor]:
    """Return whom a message of this case's end reaches, if the command can end it.

    Whoever raised a duplicate hears of the case that it was merged into (R13).
    """
    if finding is None or not isinstance(command, Ending):
        return frozenset()
    duplicates = _duplicates(command.number, store)
    same = (fold_finding(store.load(finding_stream(one))) for one in duplicates)
    walks = {found.walk for found in (finding, *same) if found and found.walk}
    folded = (fold_walk(store.load(walk_stream(walk))) for walk in sorted(walks))
    return frozenset(contact for walk in folded if walk for contact in walk.reachable)


def _duplicates(number: FindingNumber, store: KnownFacts) -> list[FindingNumber]:
    """Return the duplicates of a case, and those of its duplicates."""
    known = [number]
    for one in known:
        known += [more for more in store.duplicates_of(one) if more not in known]
    return known[1:]


def _known_walks(command: FindingCommand, store: KnownFacts) -> frozenset[WalkNumber]:
    walk: WalkNumber | None = getattr(command, "walk", None)
    if walk is None or not store.load(walk_stream(walk)):
        return frozenset()
    return frozenset({walk})


def around_walk(
    number: WalkNumber,
    history: Iterable[Recorded],
    store: KnownFacts,
    register: Register,
) -> WalkGiven:
    """Return who owns a walk's findings and which participants have been told."""
    facts = tuple(history)
    walk = fold_walk(facts)
    findings = {
        finding: fold_finding(store.load(finding_stream(finding)))
        for finding in store.findings_of(number)
    }
    return WalkGiven(
        register,
        findings={
            finding: not state.is_open or state.assignee is not None
            for finding, state in findings.items()
            if state
        },
        told=frozenset(
            contact
            for contact in (walk.asked if walk else ())
            if _has_heard(contact, facts, store)
        ),
    )


def _around(
    command: AnyWalkCommand,
    history: tuple[Recorded, ...],
    store: KnownFacts,
    register: Register,
) -> WalkGiven:
    """Return what the rules of a walk may look at; only its end needs everything."""
    if isinstance(command, CloseWalk):
        return around_walk(command.number, history, store, register)
    number: PublicationNumber | None = getattr(command, "publication", None)
    named = number and fold_publication(store.load(publication_stream(number)))
    if not number or not named:
        return WalkGiven(register)
    published = named.status is PublicationStatus.PUBLISHED
    signed = SignedText(str(named.kind), named.walk, published)
    return WalkGiven(register, publications={number: signed})


def _has_heard(contact: Actor, history: Iterable[Recorded], store: KnownFacts) -> bool:
    """Whether messages have told a participant everything about a walk.

    One that was given up has not, however many later ones arrived.
    """
    needed = addressed(history, contact)
    messages = fold_delivery(store.load(StreamId(f"delivery/{contact}")))
    if needed is None or messages is None or messages.failed:
        return False
    return messages.told_until >= needed


def _about(
    publication: Publication | None,
    command: AnyPublicationCommand,
    store: KnownFacts,
    register: Register,
) -> PublicationGiven:
    """Return what the rules of co-signing may look at: what the text is about."""
    about = command if isinstance(command, DraftPublication) else publication
    if about is None:
        return PublicationGiven(register)
    finding = about.finding and fold_finding(store.load(finding_stream(about.finding)))
    walk = about.walk if about.walk and store.load(walk_stream(about.walk)) else None
    old = about.supersedes
    superseded = old and fold_publication(store.load(publication_stream(old)))
    return PublicationGiven(
        register,
        findings={about.finding: finding.status} if about.finding and finding else {},
        walks=frozenset({walk} if walk else ()),
        publications={old: superseded} if old and superseded else {},
    )


def _followed(command: AnySeriesCommand, store: KnownFacts) -> Series:
    """Return the series that another one follows; an empty one where it names none."""
    if not isinstance(command, DescribeSeries) or not command.description.follows:
        return Series()
    return fold_series(store.load(series_stream(command.description.follows)))


def _adopted(history: Iterable[Recorded]) -> Register | None:
    adoptions = [f.event for f in history if isinstance(f.event, RegisterAdopted)]
    return reduce(evolve_register, adoptions, None)
