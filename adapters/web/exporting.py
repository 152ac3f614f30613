"""A history as a file: CSV as Danish Excel opens it, and JSON for programs."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from starlette.responses import Response

from adapters.ledger.fact_proof import FactProof
from adapters.texts import Texts
from adapters.web.wording import details_of
from domain.messages import Recorded

FORMULA = frozenset("=+-@\t\r\n|%\uff1d\uff0b\uff0d\uff20")
"""What a spreadsheet may take for the beginning of a formula."""

BOM = "\ufeff"
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
        "words": texts.fact(fact.event.TOPIC, stamp.by, details_of(fact.event)),
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
    """Return a history as a table: semicolons, a byte order mark, Windows line ends."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(texts.say(f"web_column.{name}") for name in COLUMNS)
    for fact, proof in zip(facts, proofs, strict=True):
        writer.writerow(map(harmless, _cells(fact, proof, texts)))
    return f"{BOM}{text.getvalue()}".encode()


def _cells(fact: Recorded, proof: FactProof, texts: Texts) -> Iterable[object]:
    stamp = fact.event.stamp
    return (
        fact.version,
        texts.show(stamp.at),
        texts.show(fact.recorded_at),
        texts.actor(stamp.by),
        texts.fact(fact.event.TOPIC, stamp.by, details_of(fact.event)),
        fact.event.TOPIC,
        fact.position,
        fact.event_id,
        stamp.command_id,
        fact.register,
        texts.show(proof.is_sealed),
        proof.checkpoint.size if proof.checkpoint else "",
        proof.leaf,
        proof.seal,
    )


def harmless(cell: object) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    text = str(cell)
    first = text.lstrip(" \u00a0")[:1]
    return f"'{text}" if first in FORMULA else text


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
