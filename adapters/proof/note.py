"""Signed notes: a text, and one line for each signature below it.

Nobody may use the text before it is known who signed it: see `signed_by`.

Source: C2SP signed-note.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from typing_extensions import override

from adapters.proof.encoding import base64_of, from_base64, is_clean
from adapters.proof.keys import Verifier, is_name
from adapters.proof.unproven import Reason, Unproven

MOST_BYTES = 128 * 1024
"""Room for 16 signatures of the longest kind, which everybody must accept."""

MOST_SIGNATURES = 32
KEY_ID_LENGTH = 4
DASH = "— "


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: by whom, with which key, and the signature itself."""

    name: str
    key_id: bytes
    body: bytes

    @classmethod
    def parse(cls, line: str) -> "Signature":
        """Return what a line says, given without its end.

        Raises: Unproven (malformed).
        """
        name, _, encoded = line.removeprefix(DASH).partition(" ")
        found = from_base64(encoded)
        key_id, body = found[:KEY_ID_LENGTH], found[KEY_ID_LENGTH:]
        if not line.startswith(DASH) or not is_name(name) or not body:
            raise Unproven(Reason.MALFORMED, "not a signature line")
        return cls(name, key_id, body)

    @override
    def __str__(self) -> str:
        return f"{DASH}{self.name} {base64_of(self.key_id + self.body)}\n"


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature that holds; `at` is in seconds since 1970, where it tells a time."""

    by: Verifier
    at: int | None
    line: Signature


@dataclass(frozen=True, slots=True)
class Note:
    """A text and its signatures, of which none has been looked at.

    Raises: Unproven (malformed) when a note cannot have that text.
    """

    text: str
    signatures: tuple[Signature, ...] = ()

    def __post_init__(self) -> None:
        if not self.text.endswith("\n") or not is_clean(self.text):
            raise Unproven(Reason.MALFORMED, "not the text of a note")

    @classmethod
    def parse(cls, raw: bytes) -> "Note":
        """Return the note that these bytes are, whoever sent them.

        Raises: Unproven (malformed, too_large).
        """
        if len(raw) > MOST_BYTES:
            raise Unproven(Reason.TOO_LARGE, f"a note of {len(raw)} bytes")
        text, blank, below = _decoded(raw).rpartition("\n\n")
        if not blank:
            raise Unproven(Reason.MALFORMED, "no empty line before the signatures")
        return cls(f"{text}\n", tuple(signatures_of(below)))

    def __bytes__(self) -> bytes:
        return f"{self.text}\n{''.join(map(str, self.signatures))}".encode()

    def with_signatures(self, more: Iterable[Signature]) -> "Note":
        """Return the same text with these signatures below the others."""
        return Note(self.text, (*self.signatures, *more))


def signatures_of(below: str) -> Iterator[Signature]:
    """Yield the signatures of one or more lines, each with its end.

    Raises: Unproven (malformed, too_large).
    """
    *lines, rest = below.split("\n")
    if rest or not lines:
        raise Unproven(Reason.MALFORMED, "no whole signature line")
    if len(lines) > MOST_SIGNATURES:
        raise Unproven(Reason.TOO_LARGE, f"{len(lines)} signatures")
    yield from map(Signature.parse, lines)


def signed_by(note: Note, known: Collection[Verifier]) -> tuple[Signed, ...]:
    """Return who of the known signed the text, each once, in the order of the lines.

    A key that nobody knows is passed by. One wrong signature in the name of a known
    key spoils the note, even beside a right one.

    Raises: Unproven (bad_signature, not_signed).
    """
    found = dict[Verifier, Signed]()
    for line in note.signatures:
        for key in known:
            if (key.name, key.key_id) == (line.name, line.key_id):
                found.setdefault(
                    key, Signed(key, key.check(note.text, line.body), line)
                )
    if not found:
        raise Unproven(Reason.NOT_SIGNED, "signed by nobody who is known")
    return tuple(found.values())


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise Unproven(Reason.MALFORMED, "not UTF-8") from None
