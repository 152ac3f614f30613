"""`python -m tests.tools.golden`: write down how every fact is stored.

Read the difference before committing it: what was stored once must be readable
for ever. A changed or missing field is a new version of the topic with an entry
in `domain.catalogue.UPCASTERS`; only a new optional field keeps the version.
"""

import json

from domain.catalogue import EVENTS
from tests.domain.golden_facts import FACTS, GOLDEN, SCHEMAS, body, golden_file


def main() -> None:
    """Rewrite `tests/domain/golden/`."""
    GOLDEN.mkdir(exist_ok=True)
    for fact in FACTS:
        golden_file(fact.TOPIC).write_text(body(fact) + "\n", "utf-8")
    SCHEMAS.write_text(schemas(), "utf-8")
    print(f"{len(FACTS)} facts and their schemas in {GOLDEN}")


def schemas() -> str:
    """Return the shapes of all facts by topic, as they are written down."""
    shapes = {
        topic: EVENTS[topic].model_json_schema(by_alias=True)
        for topic in sorted(EVENTS)
    }
    return json.dumps(shapes, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    main()
