"""Examples that come with the program: a register, a walk, and measurements."""

from pathlib import Path

import adapters
from domain.errors import Code, NotFound

DEFAULT_REGISTER = "registers/aalborg.toml"
DEFAULT_WALK = "walks/aalborg-oest-2026-01.json"
DEFAULT_MEASUREMENTS = "measurements/aalborg.json"


def shipped(name: str) -> Path:
    """Return the path of an example, in a source tree or in an installed wheel.

    Raises: NotFound (bad_file).
    """
    package = Path(adapters.__file__).parent
    for root in (package / "examples", package.parent / "examples"):
        if (root / name).exists():
            return root / name
    raise NotFound(Code.BAD_FILE, file=name, problem="not found")
