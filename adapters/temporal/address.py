"""Where Temporal listens."""

from adapters.settings import Settings
from adapters.temporal.server import LOOPBACK


def address_of(settings: Settings) -> str:
    """Return host:port: as configured, as the embedded server wrote, or default."""
    if settings.temporal_address:
        return settings.temporal_address
    if settings.address_file.exists():
        return settings.address_file.read_text("utf-8").strip()
    return f"{LOOPBACK}:{settings.temporal_port}"
