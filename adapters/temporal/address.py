"""Where Temporal listens."""

from adapters.settings import Settings
from adapters.temporal.server import LOOPBACK, free_port, is_free

USUAL_PORT = 7233


def address_of(settings: Settings) -> str:
    """Return host:port: as configured, as the embedded server wrote, or default."""
    if settings.temporal_address:
        return settings.temporal_address
    if settings.address_file.exists():
        return settings.address_file.read_text("utf-8").strip()
    return f"{LOOPBACK}:{settings.temporal_port or USUAL_PORT}"


def own_address(settings: Settings) -> str:
    """Choose the embedded server's address and write it down for the other parts.

    The port of last time is kept if nobody has taken it meanwhile.
    """
    last = address_of(settings) if settings.address_file.exists() else ""
    port = settings.temporal_port or int(last.rpartition(":")[2] or 0)
    if not settings.temporal_port and not (port and is_free(port)):
        port = free_port()
    address = f"{LOOPBACK}:{port}"
    settings.address_file.write_text(address, "utf-8")
    return address
