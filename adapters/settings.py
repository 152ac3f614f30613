"""Every environment variable, in one frozen model; all faults at once."""

import os
import re
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    DirectoryPath,
    Field,
    SecretStr,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
)
from typing_extensions import override

SECRETS = "GADELYS_SECRETS"

LOOPBACK = ("localhost", "127.0.0.1", "::1")
"""Names of this machine: what is said there, nobody else can read."""

HOST = r"([\w.\-]+|\[[\da-fA-F:]+\])(:\d+)?"
DATABASE = re.compile(
    r"postgres(ql)?://[^\s:/?#@]+(:[^\s:/?#@]*)?@"  # role and password, escaped
    rf"({HOST}(,{HOST})*)?"  # none: a socket, named in the parameters
    r"/[^\s:/?#@]+(\?[^\s#]*)?"  # database and parameters
)
NO_DATABASE = (
    "must be postgresql://role:password@host:port/database, "
    "special characters in the password as %XX"
)


class Settings(BaseSettings):
    """How this installation runs; read from `GADELYS_*`."""

    model_config = SettingsConfigDict(
        env_prefix="GADELYS_",
        frozen=True,
        extra="ignore",
        hide_input_in_errors=True,  # among what was given are passwords
    )

    data: Path = Field(
        default=Path(".gadelys"), description="where all files of this store lie"
    )
    database_url: SecretStr | None = Field(
        default=None,
        description="a PostgreSQL database for the facts, with the run-time role",
    )
    database_owner_url: SecretStr | None = Field(
        default=None, description="the same database with its owner; migrations only"
    )
    holds: Literal["cases", "access", "police", "police_access"] = Field(
        default="cases",
        description="what the store in this folder holds; for looking after one alone",
    )
    access_database_url: SecretStr | None = Field(
        default=None, description="a database for the log of who read what; empty: file"
    )
    access_database_owner_url: SecretStr | None = Field(
        default=None, description="the same with its owner; migrations only"
    )
    police_data: Path | None = Field(
        default=None, description="the police's own folder; only on their machines"
    )
    police_database_url: SecretStr | None = Field(
        default=None, description="a database for it, likewise; empty: file"
    )
    police_database_owner_url: SecretStr | None = Field(
        default=None, description="the same with its owner; migrations only"
    )
    keys: Path | None = Field(
        default=None, description="the folder with the private keys; empty: keys"
    )
    seal_key: SecretStr | None = Field(
        default=None, description="the key that seals facts, instead of its file"
    )
    ledger_key: SecretStr | None = Field(
        default=None, description="the key that signs checkpoints, likewise"
    )
    trust: Path | None = Field(
        default=None, description="a file with public keys; empty: trust.toml"
    )
    secrets: DirectoryPath | None = Field(
        default=None,
        description="a folder with files like gadelys_smtp_password, each one setting",
    )
    lang: Literal["da", "en"] = "da"
    temporal_address: str | None = Field(
        default=None, description="host:port of a Temporal server; empty: embedded"
    )
    temporal_port: int = Field(
        default=0, ge=0, le=65535, description="of the embedded server; 0: any free"
    )
    temporal_namespace: str = "default"
    metrics_address: str | None = Field(
        default=None,
        pattern=r"^[^\s:]+:\d+$",
        description="host:port where a worker shows its figures to Prometheus",
    )
    health_address: str | None = Field(
        default=None,
        pattern=r"^[^\s:]+:\d+$",
        description="host:port where a part tells how it is",
    )
    tracing: bool = Field(
        default=False, description="send traces to where OTEL_* says; needs an extra"
    )
    poll_seconds: float = Field(default=0.2, gt=0, le=60)
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["console", "json"] = "console"
    public_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^\s/]+(/[^\s]*)?$",
        description="where people open cases; mails link to it",
    )
    web_address: str = Field(
        default="127.0.0.1:8000",
        pattern=r"^[^\s:]+:\d+$",
        description="host:port where the web is served; others come through a proxy",
    )
    web_login: Path | None = Field(
        default=None, description="a TOML file with who vouches for people (OIDC)"
    )
    map_tiles: str | None = Field(
        default=None,
        pattern=r"^https?://[^\s/]+/\S*$",
        description="where map tiles are fetched: {z}, {x}, {y}, {key}; empty: none",
    )
    map_tiles_key: SecretStr | None = Field(
        default=None, description="what stands for {key}; no browser sees it"
    )
    map_attribution: str = Field(
        default="", max_length=200, description="whose map it is, shown in its corner"
    )
    web_keys: Path | None = Field(
        default=None, description="a TOML file with the keys of programs (API)"
    )
    public_pages: bool = Field(
        default=True, description="show everybody what is published, without a login"
    )
    demo: bool = Field(
        default=False, description="let everybody choose a role; on this machine only"
    )
    smtp_host: str | None = Field(
        default=None, description="the mail server; empty: mails become files"
    )
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    smtp_tls: Literal["none", "starttls", "tls"] = "starttls"
    smtp_sender: str = Field(
        default="gadelys@gadelys.example", pattern=r"^[^\s<>@]+@[^\s<>@]+$"
    )
    smtp_timeout: float = Field(
        default=20, gt=0, le=25, description="seconds for one whole message"
    )
    webhooks: Path | None = Field(
        default=None, description="a TOML file with the receivers of webhooks"
    )
    webhook_allow_private: bool = Field(
        default=False, description="only for tests: receivers on this machine"
    )

    @classmethod
    @override
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read the environment, and then the files of the folder that it names."""
        folder = os.environ.get(SECRETS)
        if folder is None or not Path(folder).is_dir():
            return init_settings, env_settings
        files = SecretsSettingsSource(settings_cls, secrets_dir=folder)
        return init_settings, env_settings, files

    @model_validator(mode="after")
    def _no_password_in_the_clear(self) -> Self:
        """Refuse a login of which half is missing, or that anybody could read."""
        if (self.smtp_user is None) != (self.smtp_password is None):
            message = "smtp_user and smtp_password belong together"
            raise ValueError(message)
        on_this_machine = self.smtp_host in {None, *LOOPBACK}
        if self.smtp_password and self.smtp_tls == "none" and not on_this_machine:
            message = "smtp_password needs smtp_tls=starttls or smtp_tls=tls"
            raise ValueError(message)
        return self

    @field_validator("map_tiles")
    @classmethod
    def _tiles_by_place(cls, template: str | None) -> str | None:
        """Refuse an address that would give the same picture for every place."""
        if template and any(part not in template for part in ("{z}", "{x}", "{y}")):
            message = "map_tiles needs {z}, {x} and {y}"
            raise ValueError(message)
        return template

    @model_validator(mode="after")
    def _no_demo_in_public(self) -> Self:
        """Refuse roles for everybody where others than this machine can ask."""
        public = urlsplit(self.public_url).hostname if self.public_url else None
        hosts = {self.web_address.rpartition(":")[0], public or LOOPBACK[0]}
        if self.demo and not hosts <= set(LOOPBACK):
            message = "demo needs web_address and public_url on this machine"
            raise ValueError(message)
        return self

    @field_validator(
        "database_url",
        "database_owner_url",
        "access_database_url",
        "access_database_owner_url",
        "police_database_url",
        "police_database_owner_url",
    )
    @classmethod
    def _a_database(cls, url: SecretStr | None) -> SecretStr | None:
        """Refuse what is no address, without repeating any of it."""
        if url is not None and not DATABASE.fullmatch(url.get_secret_value()):
            raise ValueError(NO_DATABASE)
        return url

    @property
    def access(self) -> "Settings":
        """The log of who has read what: a store of its own, with keys of its own."""
        return self._apart(
            "police_access" if self.holds == "police" else "access",
            self.data / "access",
            self.access_database_url,
            self.access_database_owner_url,
        )

    @property
    def is_log(self) -> bool:
        """Whether the store is itself a log of who has read what."""
        return self.holds in {"access", "police_access"}

    @property
    def police(self) -> "Settings | None":
        """What only the police know, on machines that may know it."""
        if self.police_data is None:
            return None
        return self._apart(
            "police",
            self.police_data,
            self.police_database_url,
            self.police_database_owner_url,
        )

    def _apart(
        self, holds: str, data: Path, url: SecretStr | None, owner: SecretStr | None
    ) -> "Settings":
        """Return the settings of a store that shares neither files nor keys."""
        nothing = dict.fromkeys(
            (
                *("access_database_url", "access_database_owner_url"),
                *("police_data", "police_database_url", "police_database_owner_url"),
                *("seal_key", "ledger_key", "trust"),
            )
        )
        return self.model_copy(
            update=nothing
            | {
                "holds": holds,
                "data": data,
                "database_url": url,
                "database_owner_url": owner,
                "keys": self.keys and self.keys / holds,
            }
        )

    @property
    def letters(self) -> Path:
        """Where letters to be printed are written."""
        return self.data / "letters"

    @property
    def events_file(self) -> Path:
        """The facts: the only file that cannot be made again."""
        return self.data / "events.db"

    @property
    def keys_folder(self) -> Path:
        """Where the private keys lie."""
        return self.keys or self.data / "keys"

    @property
    def seal_key_file(self) -> Path:
        """The key that seals facts: every process that stores some needs it."""
        return self.keys_folder / "seal.key"

    @property
    def ledger_key_file(self) -> Path:
        """The key that signs checkpoints: only the ledger needs it."""
        return self.keys_folder / "ledger.key"

    @property
    def trust_file(self) -> Path:
        """Whom the history is checked against; not secret."""
        return self.trust or self.data / "trust.toml"

    @property
    def ledger_folder(self) -> Path:
        """The tree over all facts, and every checkpoint that was signed."""
        return self.data / "ledger"

    @property
    def views_file(self) -> Path:
        """The read models; `gadelys rebuild` makes them again."""
        return self.data / "views.db"

    @property
    def contacts_file(self) -> Path:
        """How to reach the participants who asked; nothing else knows addresses."""
        return self.data / "contacts.db"

    @property
    def visits_file(self) -> Path:
        """Who is logged in to the web; disposable."""
        return self.data / "visits.db"

    @property
    def preferences_file(self) -> Path:
        """What people have put by in the web: lists under names; nothing of a case."""
        return self.data / "preferences.db"

    @property
    def subject_keys_file(self) -> Path:
        """The keys of persons, wrapped: without it what people wrote is gone."""
        return self.data / "keys.db"

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
    def photos_folder(self) -> Path:
        """Photos, sealed, by the digest of their bytes; part of the archive."""
        return self.data / "photos"

    @property
    def published_folder(self) -> Path:
        """What everybody may read; can be laid out again from the facts."""
        return self.data / "published"

    @property
    def mailbox(self) -> Path:
        """Where messages are written."""
        return self.data / "mailbox"
