"""Every environment variable, in one frozen model; all faults at once."""

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """How this installation runs; read from `GADELYS_*`."""

    model_config = SettingsConfigDict(
        env_prefix="GADELYS_", frozen=True, extra="ignore"
    )

    data: Path = Field(
        default=Path(".gadelys"), description="where all files of this store lie"
    )
    lang: Literal["da", "en"] = "da"
    temporal_address: str | None = Field(
        default=None, description="host:port of a Temporal server; empty: embedded"
    )
    temporal_port: int = Field(
        default=0, ge=0, le=65535, description="of the embedded server; 0: any free"
    )
    temporal_namespace: str = "default"
    poll_seconds: float = Field(default=0.2, gt=0, le=60)
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["console", "json"] = "console"

    @property
    def events_file(self) -> Path:
        """The facts: the only file that cannot be made again."""
        return self.data / "events.db"

    @property
    def views_file(self) -> Path:
        """The read models; `gadelys rebuild` makes them again."""
        return self.data / "views.db"

    @property
    def contacts_file(self) -> Path:
        """How to reach the participants who asked; nothing else knows addresses."""
        return self.data / "contacts.db"

    @property
    def temporal_file(self) -> Path:
        """The embedded Temporal server's database; disposable."""
        return self.data / "temporal.db"

    @property
    def address_file(self) -> Path:
        """Where the embedded Temporal server says at which address it listens."""
        return self.data / "temporal.address"

    @property
    def documents_folder(self) -> Path:
        """The exact bytes of every draft, by their digest; part of the archive."""
        return self.data / "documents"

    @property
    def published_folder(self) -> Path:
        """What everybody may read; can be laid out again from the facts."""
        return self.data / "published"

    @property
    def mailbox(self) -> Path:
        """Where messages are written."""
        return self.data / "mailbox"
