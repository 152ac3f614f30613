"""Showing that history is what it was: checks, checkpoints, keys, witnesses."""

import asyncio
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

from adapters.cli import saying
from adapters.cli.session import Session
from adapters.ledger.book import Book
from adapters.ledger.checking import EVERY_SEAL, Forgotten, Verdict, check
from adapters.ledger.deciding import decide_again
from adapters.ledger.doubts import Doubts
from adapters.ledger.receipts import read_receipt
from adapters.ledger.refolding import fold_again
from adapters.persistence.durable_files import read
from adapters.persistence.key_files import add_seal_key, renew_keys
from adapters.persistence.subject_keys import KeyState
from adapters.persistence.trust import Trust, read_trust, trust_in
from adapters.proof.note import Note
from adapters.proof.unproven import Unproven
from adapters.system import Gadelys
from adapters.texts import Texts
from domain.errors import Code, NotFound, Refused

RULES_AND_ROWS = 2
"""From this level on rules are asked and rows folded again."""


def verify_history(
    session: Session,
    *,
    level: int,
    since: Path | None,
    trust: Path | None,
    receipts: list[Path] | None,
    witnesses: bool,
) -> None:
    """Compute the whole history again; end with 1 on any doubt."""
    with session.system() as system, saying.progress("verify") as show:
        last = system.store.last_position()
        trusted = trusted_by(session, trust)
        verdict = check(
            system.store,
            Book(system.settings.ledger_folder),
            trusted,
            level=level,
            since=note_in(since) if since else None,
            seen=_seen_elsewhere(session, trusted) if witnesses else {},
            receipts=[read_receipt(one) for one in receipts or ()],
            forgotten=_forgotten(system) if level >= EVERY_SEAL else None,
            on_page=lambda position: show(f"{position}/{last}"),
        )
        if level >= RULES_AND_ROWS and not verdict.doubts:
            verdict = _looked_closer(system, verdict, lambda n: show(f"{n}/{last}"))
        beside = {
            one.name: _verified_beside(one, system, level)
            for one in system.every_store()
            if one is not system
        }
    if session.as_json:
        told = {name: asdict(found) for name, found in beside.items()}
        answer = {"schema": "verify/1", "level": level, **asdict(verdict)}
        saying.say_json(answer | {"beside": told})
    else:
        say_what_was_verified(session.texts, verdict)
        for name, found in beside.items():
            saying.say(session.texts.say(f"say.verify_{name}"))
            say_what_was_verified(session.texts, found)
    if any(one.doubts for one in (verdict, *beside.values())):
        raise SystemExit(saying.REFUSED)


def _verified_beside(one: Gadelys, cases: Gadelys, level: int) -> Verdict:
    """Compute the history of a store that is kept beside the cases."""
    verdict = check(
        one.store,
        Book(one.settings.ledger_folder),
        read_trust(one.settings.trust_file),
        level=level,
        forgotten=_forgotten_in(one) if level >= EVERY_SEAL else None,
    )
    if level < RULES_AND_ROWS or verdict.doubts:
        return verdict
    return _looked_closer(one, verdict, lambda _: None, cases)


def _forgotten_in(one: Gadelys) -> Forgotten:
    """Return whose words are gone; the log of readings holds no words."""
    nobody = Forgotten(keyless=frozenset(), erased=frozenset())
    return nobody if one.settings.is_log else _forgotten(one)


def _seen_elsewhere(session: Session, trust: Trust) -> dict[str, Note]:
    """Ask every witness what it has signed last; say which of them cannot tell."""
    # Whoever asks nobody need not wait for what can.
    from adapters.ledger.ask_witness import remembered_by

    seen: dict[str, Note] = {}
    for one in trust.witness:
        found = asyncio.run(remembered_by(one, trust.origin))
        if isinstance(found, Note):
            seen[one.key.name] = found
        else:
            name = one.key.name
            saying.note(session.texts.say("say.witness_silent", by=name, why=found))
    return seen


def _forgotten(system: Gadelys) -> Forgotten:
    keys = system.vault().keys
    erased = frozenset(str(one.ref) for one in keys.in_state(KeyState.ERASED))
    erasing = frozenset(str(one.ref) for one in keys.in_state(KeyState.ERASING))
    return Forgotten(keyless=erased | erasing, erased=erased)


def _looked_closer(
    system: Gadelys,
    verdict: Verdict,
    on_fact: Callable[[int], None],
    cases: Gadelys | None = None,
) -> Verdict:
    """Ask the rules and fold the rows again, of facts that are what was signed."""
    doubts = Doubts()
    facts = system.store.with_restricted()
    decide_again(facts, doubts, on_fact, cases.store if cases else None)
    fold_again(system, doubts, on_fact)
    return replace(verdict, doubts=doubts.in_order, counts=doubts.count)


def say_what_was_verified(texts: Texts, verdict: Verdict) -> None:
    """Say every doubt, how far a history was looked at, and whether it is right."""
    for doubt in verdict.doubts:
        what = texts.say(f"doubt.{doubt.why}", what=doubt.what)
        more = verdict.counts[doubt.why] - 1
        if doubt.position:
            what = texts.say("say.doubt_at", position=doubt.position, what=what)
        if more:
            what = texts.say("say.doubt_more", what=what, more=more)
        saying.say(what)
    told = asdict(verdict)
    saying.say(texts.say("say.verify_doubted" if verdict.doubts else "say.verify_well"))
    saying.say(texts.say("say.verify_facts", **told))
    if verdict.quorum:
        saying.say(texts.say("say.verify_witnessed", **told))
    if verdict.signed < verdict.facts:
        unsigned = verdict.facts - verdict.signed
        saying.say(texts.say("say.verify_unsigned", count=unsigned))


def checkpoint(session: Session) -> None:
    """Print the checkpoint that was signed last, for somebody to keep."""
    note = Book(session.settings.ledger_folder).latest()
    if note is None:
        raise NotFound(Code.NO_CHECKPOINT)
    if session.as_json:
        saying.say_json({"schema": "checkpoint/1", "note": bytes(note).decode()})
    else:
        saying.say(bytes(note).decode(), end="")


def show_keys(session: Session) -> None:
    """Print whom to trust, as an auditor needs it; nothing in it is secret."""
    _say_trust(session, read_trust(session.settings.trust_file))


def renew(session: Session) -> None:
    """Make two new keys, trusted from the next fact on."""
    with session.system() as system:
        trust = renew_keys(session.settings, system.store.last_position())
    _say_trust(session, trust)
    if not session.as_json:
        saying.note(session.texts.say("say.keys_renewed"))


def add(session: Session, file: Path) -> None:
    """Make one more key that seals facts, and trust it from the next fact on."""
    with session.system() as system:
        trust = add_seal_key(session.settings, file, system.store.last_position())
    _say_trust(session, trust)


def _say_trust(session: Session, trust: Trust) -> None:
    if session.as_json:
        saying.say_json(trust.model_dump(mode="json", exclude_none=True))
    else:
        saying.say(trust.text, end="")


def trusted_by(session: Session, given: Path | None) -> Trust:
    """Return whom an auditor trusts who brings a file, else whom this installation.

    Raises: NotFound (bad_file); Refused (trust_missing, bad_file).
    """
    return trust_in(given) if given else read_trust(session.settings.trust_file)


def note_in(path: Path) -> Note:
    """Return the checkpoint in a file.

    Raises: NotFound (bad_file), Refused (bad_file).
    """
    try:
        return Note.parse(read(path))
    except OSError as problem:
        raise NotFound(
            Code.BAD_FILE, file=path.name, problem=problem.strerror
        ) from problem
    except Unproven as problem:
        raise Refused(Code.BAD_FILE, file=path.name, problem=str(problem)) from problem
