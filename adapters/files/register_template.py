"""A register to begin with, and what in a register is still as it was begun."""

from pathlib import Path

from adapters.files.register_file import read_register, register_in
from adapters.files.shipped import shipped
from domain.register.model import Register

TEMPLATE = "registers/skabelon.toml"
MUNICIPALITY = "{kommune}"
RESERVED = ".example"
"""Addresses under this end reach nobody: it is reserved for examples."""


def register_text(municipality: str, country: str, zone: str) -> str:
    """Return the template for a municipality, complete and ready to be edited.

    Raises: Refused (bad_file) for a country or zone that there is not.
    """
    template = _template()
    name = "".join(
        one for one in municipality if one.isprintable() and one not in '"\\'
    )
    text = shipped(TEMPLATE).read_text("utf-8").replace(MUNICIPALITY, name.strip())
    text = text.replace(f'"{template.calendar.country}"', f'"{country}"')
    text = text.replace(f'"{template.clock.time_zone}"', f'"{zone}"')
    register_in(text, Path(TEMPLATE).name)
    return text


def unedited(register: Register) -> tuple[str, ...]:
    """Return what only somebody on the spot can know, and has not been told yet."""
    mails = sorted(unit.id for unit in register.units if unit.mail.endswith(RESERVED))
    left = (f"mail: {len(mails)} ({', '.join(mails)})",) if mails else ()
    return (*left, "bounds") if register.bounds == _template().bounds else left


def _template() -> Register:
    return read_register(shipped(TEMPLATE))
