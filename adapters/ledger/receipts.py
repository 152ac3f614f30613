"""Receipts that people have kept: what a command returned when it was stored."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from adapters.errors import first_problem
from adapters.ledger.doubts import Doubts, Why
from adapters.persistence.event_store import FactStore, leaf_in
from adapters.persistence.fact_table import StoredRow
from adapters.persistence.trust import Trust
from adapters.proof.encoding import from_base64
from adapters.proof.sealing import is_sealed
from adapters.proof.unproven import Unproven
from domain.errors import Code, NotFound, Refused
from domain.values import StreamId


class KeptSeal(BaseModel):
    """What was signed of one fact, in base64."""

    model_config = ConfigDict(frozen=True)

    leaf: str
    seal: str


class KeptReceipt(BaseModel):
    """What a command with `--json` said; the rest of it is passed by."""

    model_config = ConfigDict(frozen=True)

    stream: StreamId
    version: int = Field(ge=1)
    facts: int = Field(ge=1)
    sealed: tuple[KeptSeal, ...] = Field(min_length=1)


def read_receipt(path: Path) -> KeptReceipt:
    """Return the receipt in a file.

    Raises: NotFound (bad_file) when there is none; Refused (bad_file) when it is none.
    """
    try:
        return KeptReceipt.model_validate_json(path.read_bytes())
    except OSError as problem:
        raise NotFound(
            Code.BAD_FILE, file=path.name, problem=problem.strerror
        ) from problem
    except ValidationError as problem:
        raise Refused(
            Code.BAD_FILE, file=path.name, problem=first_problem(problem)
        ) from problem


def compare(
    receipt: KeptReceipt, store: FactStore, trust: Trust, doubts: Doubts
) -> None:
    """Say whether what a receipt promises is still there, unchanged."""
    rows = store.rows_of(receipt.stream)
    first = receipt.version - receipt.facts
    for nth, promised in enumerate(receipt.sealed, start=first + 1):
        what = f"{receipt.stream} {nth}"
        try:
            leaf, seal = from_base64(promised.leaf), from_base64(promised.seal)
        except Unproven:
            doubts.add(Why.RECEIPT_BROKEN, 0, what)
            continue
        keys = [one.key for one in trust.seal]
        if not is_sealed(trust.origin, leaf, seal, keys):
            doubts.add(Why.RECEIPT_BROKEN, 0, what)
            continue
        row = next((row for row in rows if row.version == nth), None)
        if row is None or not _is(row, leaf):
            doubts.add(Why.RECEIPT_DENIED, row.position if row else 0, what)


def _is(row: StoredRow, leaf: bytes) -> bool:
    """Whether a stored fact has this leaf."""
    try:
        return leaf_in(row) == leaf
    except Unproven:
        return False
