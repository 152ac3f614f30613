"""Small walk files for tests, as dictionaries that a test may spoil."""

import json
from pathlib import Path
from typing import Any

COORDINATOR = "municipality/walk-coordinator"
LIGHTING = "municipality/street-lighting"
COUNCIL = "participant/local-council"
WALK = "TEST-2026-01"
NAME = "walk.json"


def entry(do: str, on: str, by: str = COORDINATOR, **fields: object) -> dict[str, Any]:
    """Return one entry of a history."""
    return {"on": on, "do": do, "by": by, **fields}


def small_file() -> dict[str, Any]:
    """Return a walk with two findings: one verified, one on hold."""
    return {
        "schema": "walk-file/1",
        "walk": {
            "number": WALK,
            "area": "Aalborg Øst",
            "starts_at": "2026-10-08T17:15:00+02:00",
            "ends_at": "2026-10-08T19:30:00+02:00",
            "participants": [["local_council", 2], ["residents", 7]],
        },
        "findings": [
            {
                "number": "2026-01",
                "category": "LGT-FAIL",
                "text": "To lamper er slukket.",
                "point": {"lat": 57.02695, "lon": 10.00345},
                "history": [
                    entry("report", "2026-10-09"),
                    entry("assign", "2026-10-12", to=LIGHTING),
                    entry("mark_fixed", "2026-10-20", LIGHTING, evidence="photo"),
                    entry("verify", "2026-10-27", COUNCIL),
                ],
            },
            {
                "number": "2026-02",
                "category": "VEG-HEDGE",
                "text": "Hækken skjuler stien.",
                "history": [
                    entry("report", "2026-10-09"),
                    entry("assign", "2026-10-12", to="municipality/parks"),
                    entry(
                        "hold",
                        "2026-10-26",
                        "municipality/parks",
                        reason_code="season",
                        review_on="2026-11-30",
                    ),
                ],
            },
        ],
    }


def write(folder: Path, content: object, name: str = NAME) -> Path:
    """Write a file: text and bytes as they are, everything else as JSON."""
    path = folder / name
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif isinstance(content, str):
        path.write_text(content, "utf-8")
    else:
        path.write_text(json.dumps(content, ensure_ascii=False), "utf-8")
    return path
