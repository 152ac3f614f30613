"""The folder that is handed to an auditor or a court: what is in which file.

Its format is public: docs/evidence.md.
"""

import json
from collections.abc import Mapping
from hashlib import sha256
from importlib import resources
from typing import Any

from adapters.ledger.evidence import Evidence, Proved
from adapters.proof.encoding import base64_of

FORMAT = "gadelys-evidence/1"
FACTS, CHECKPOINT, SINCE = "facts.json", "checkpoint", "since"
TRUST, PAGE, VERIFIER = "trust.toml", "historik.html", "verify_evidence.py"


def bundled(evidence: Evidence, page: str) -> Mapping[str, bytes]:
    """Return the files of a bundle by name; the same evidence gives the same bytes.

    Args:
        evidence: what is proved.
        page: the same facts retold for people.
    """
    told = page.encode()
    facts = json.dumps(_facts(evidence, sha256(told).hexdigest()), indent=1)
    files = {
        FACTS: f"{facts}\n".encode(),
        CHECKPOINT: bytes(evidence.note),
        TRUST: evidence.trust.text.encode(),
        PAGE: told,
        VERIFIER: resources.files("adapters.ledger").joinpath(VERIFIER).read_bytes(),
    }
    return files | ({SINCE: bytes(evidence.since)} if evidence.since else {})


def _facts(evidence: Evidence, page: str) -> dict[str, Any]:
    proof = evidence.consistency
    return {
        "format": FORMAT,
        "case": evidence.number,
        "stream": evidence.facts[0].row.stream,
        "origin": evidence.trust.origin,
        "count": len(evidence.facts),
        "page": page,
        "facts": [_fact(one) for one in evidence.facts],
        "consistency": None if proof is None else list(map(base64_of, proof)),
    }


def _fact(one: Proved) -> dict[str, Any]:
    row = one.row
    return {
        "index": row.position - 1,
        "id": row.event_id,
        "stream": row.stream,
        "version": row.version,
        "topic": row.topic,
        "state": base64_of(row.state),
        "seal": None if row.seal is None else base64_of(row.seal),
        "proof": None if one.proof is None else list(map(base64_of, one.proof)),
        "openings": {name: base64_of(key) for name, key in one.openings.items()},
    }
