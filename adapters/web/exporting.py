"""A history as a file: CSV as Danish Excel opens it, and JSON for programs."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from starlette.responses import Response

from adapters.files.sheets import Cell, sheet
from adapters.ledger.fact_proof import FactProof
from adapters.texts import Texts, details_of
from domain.messages import Recorded

COLUMNS = (
    *("version", "happened", "learned", "by", "words", "topic", "position"),
    *("event_id", "command_id", "register", "sealed", "checkpoint", "leaf", "seal"),
)


def fact_body(fact: Recorded, proof: FactProof, texts: Texts) -> dict[str, Any]:
    """Return one fact with everything that is known of it, JSON-ready."""
    stamp = fact.event.stamp
    covering = proof.checkpoint
    return {
        "stream": str(fact.stream),
        "version": fact.version,
        "position": fact.position,
        "topic": fact.event.TOPIC,
        "by": str(stamp.by),
        "at": stamp.at.isoformat(),
        "recorded_at": fact.recorded_at.isoformat(),
        "register": fact.register,
        "event_id": str(fact.event_id),
        "command_id": str(stamp.command_id),
        "words": texts.told(fact.event),
        "details": details_of(fact.event),
        "sealed": proof.is_sealed,
        "leaf": proof.leaf,
        "seal": proof.seal,
        "checkpoint": {
            "size": covering.size,
            "root": covering.root,
            "holds": covering.holds,
            "seen": [{"by": one.by, "at": one.at.isoformat()} for one in covering.seen],
        }
        if covering
        else None,
    }


def as_csv(
    facts: Sequence[Recorded], proofs: Sequence[FactProof], texts: Texts
) -> bytes:
    """Return a history as a table."""
    heads = [texts.say(f"web_column.{name}") for name in COLUMNS]
    told = (
        _cells(fact, proof, texts) for fact, proof in zip(facts, proofs, strict=True)
    )
    return sheet([heads, *told])


def _cells(fact: Recorded, proof: FactProof, texts: Texts) -> Iterable[Cell]:
    stamp = fact.event.stamp
    return (
        fact.version,
        texts.show(stamp.at),
        texts.show(fact.recorded_at),
        texts.actor(stamp.by),
        texts.told(fact.event),
        fact.event.TOPIC,
        fact.position,
        str(fact.event_id),
        str(stamp.command_id),
        fact.register,
        texts.show(proof.is_sealed),
        proof.checkpoint.size if proof.checkpoint else "",
        proof.leaf,
        proof.seal,
    )


def as_json(body: Mapping[str, Any]) -> bytes:
    """Return a body as JSON for people and programs."""
    return json.dumps(body, ensure_ascii=False, indent=1).encode()


def download(content: bytes, name: str, kind: str) -> Response:
    """Return a file to be kept; it stays out of every cache."""
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
    }
    return Response(content, media_type=kind, headers=headers)
