"""A folder of `.eml` files: where messages go until a mail server is configured."""

import os
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path


class Mailbox:
    """Writes each message whole or not at all; the same message is one file."""

    def __init__(self, folder: Path) -> None:
        """Write into `folder`, which is made if needed."""
        self._folder = folder

    def send(self, message: EmailMessage) -> None:
        """Write `message`; its `Message-ID` names the file."""
        self._folder.mkdir(parents=True, exist_ok=True)
        name = str(message["Message-ID"]).strip("<>").partition("@")[0]
        final = self._folder / f"{name}.eml"
        half = self._folder / f".{name}.{os.getpid()}"
        half.write_bytes(message.as_bytes(policy=SMTP))
        half.replace(final)

    def remove(self, identity: object) -> None:
        """Remove a message, if it is there."""
        (self._folder / f"{identity}.eml").unlink(missing_ok=True)
