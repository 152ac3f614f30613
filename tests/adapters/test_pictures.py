"""Pictures that people send, and files that only pretend to be some."""

import io
import struct
import zlib
from typing import Any

import pytest
from PIL import Image

from adapters.files import pictures
from adapters.files.drawing import LONGEST_SIDE, MOST_POINTS
from adapters.files.pictures import LARGEST_FILE, read_picture
from domain.errors import Code, Refused

PLACE = b"57.0488N 9.9217E"
SCRIPT = b"<script>alert(1)</script>"


def picture(
    kind: str = "JPEG", size: tuple[int, int] = (60, 40), **saved: Any
) -> bytes:
    out = io.BytesIO()
    image = Image.new("RGB", size, (120, 90, 60))
    image.paste((250, 240, 200), (0, 0, size[0] // 2, size[1] // 2))
    image.save(out, kind, **saved)
    return out.getvalue()


def with_place() -> bytes:
    """Return a photo as a telephone takes it: turned, and saying where."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = PLACE.decode()
    exif.get_ifd(0x8825)[1] = "N"
    return picture(exif=exif, comment=PLACE)


def png_of(width: int, height: int) -> bytes:
    """Return a PNG that says it is this large, in a few bytes."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        sum_of = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + sum_of

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    return b"\x89PNG\r\n\x1a\n" + head + body + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_drawn_anew_as_a_jpeg(kind: str) -> None:
    drawn = read_picture(picture(kind))

    assert (drawn.width, drawn.height) == (60, 40)
    with Image.open(io.BytesIO(drawn.jpeg)) as image:
        assert (image.format, image.size) == ("JPEG", (60, 40))


def test_nothing_says_where_and_with_what_it_was_taken() -> None:
    taken = with_place()
    assert PLACE in taken

    drawn = read_picture(taken)

    assert PLACE not in drawn.jpeg
    assert b"Exif" not in drawn.jpeg
    assert (drawn.width, drawn.height) == (40, 60), "and it stands upright"


def test_a_large_picture_becomes_smaller() -> None:
    drawn = read_picture(picture(size=(4000, 3000)))

    assert (drawn.width, drawn.height) == (LONGEST_SIDE, 1200)


def test_what_can_be_seen_through_lies_on_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(out, "PNG")

    drawn = read_picture(out.getvalue())

    with Image.open(io.BytesIO(drawn.jpeg)) as image:
        assert image.getpixel((4, 4)) == (255, 255, 255)


@pytest.mark.parametrize(
    "hidden",
    [SCRIPT, b"PK\x03\x04 a whole archive", b"%PDF-1.7", b"<?php system(1);"],
)
def test_what_was_hidden_behind_a_picture_is_gone(hidden: bytes) -> None:
    commented = picture(comment=hidden)

    for sent in (picture() + hidden, commented, picture("PNG") + hidden):
        assert hidden in sent
        assert hidden not in read_picture(sent).jpeg


HOSTILE: dict[str, tuple[bytes, Code]] = {
    "nothing": (b"", Code.PICTURE_MISSING),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", Code.PICTURE_UNKNOWN),
    "svg after xml": (b"<?xml version='1.0'?><svg/>", Code.PICTURE_UNKNOWN),
    "html": (b"<html>" + SCRIPT, Code.PICTURE_UNKNOWN),
    "gif": (b"GIF89a" + b"\0" * 40, Code.PICTURE_UNKNOWN),
    "gif and script": (b"GIF89a/*" + SCRIPT + b"*/=1;", Code.PICTURE_UNKNOWN),
    "tiff": (picture("TIFF"), Code.PICTURE_UNKNOWN),
    "bmp": (picture("BMP"), Code.PICTURE_UNKNOWN),
    "ico": (picture("ICO", (32, 32)), Code.PICTURE_UNKNOWN),
    "pdf": (b"%PDF-1.7\n" + picture(), Code.PICTURE_UNKNOWN),
    "archive": (b"PK\x03\x04" + picture(), Code.PICTURE_UNKNOWN),
    "script before": (SCRIPT + picture(), Code.PICTURE_UNKNOWN),
    "eps": (b"%!PS-Adobe-3.0 EPSF-3.0\n", Code.PICTURE_UNKNOWN),
    "sound": (b"RIFF\x24\0\0\0WAVEfmt ", Code.PICTURE_UNKNOWN),
    "jpeg by its first bytes": (b"\xff\xd8\xff" + SCRIPT, Code.PICTURE_UNKNOWN),
    "png by its first bytes": (
        b"\x89PNG\r\n\x1a\n" + SCRIPT,
        Code.PICTURE_DAMAGED,
    ),
    "half a jpeg": (picture(size=(900, 900))[:3000], Code.PICTURE_DAMAGED),
    "half a png": (picture("PNG")[:60], Code.PICTURE_DAMAGED),
    "half a webp": (picture("WEBP")[:40], Code.PICTURE_DAMAGED),
    "a bomb": (png_of(60_000, 60_000), Code.PICTURE_TOO_LARGE),
    "a long bomb": (png_of(MOST_POINTS + 1, 1), Code.PICTURE_TOO_LARGE),
    "a lie about its size": (png_of(4000, 4000), Code.PICTURE_DAMAGED),
    "too many bytes": (
        picture() + b"\0" * LARGEST_FILE,
        Code.PICTURE_TOO_LARGE,
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_with_its_code(name: str) -> None:
    body, code = HOSTILE[name]

    with pytest.raises(Refused) as refused:
        read_picture(body)

    assert refused.value.code in {code, *also(code)}


def also(code: Code) -> set[Code]:
    """Return what a decoder may find as well: it cannot tell one from the other."""
    same = {Code.PICTURE_DAMAGED, Code.PICTURE_UNKNOWN}
    return same if code in same else set()


def test_every_cut_and_every_flipped_bit_is_answered() -> None:
    whole = picture("PNG", (20, 20))
    for nth in range(0, len(whole), 5):
        for sent in (whole[:nth], flipped(whole, nth)):
            try:
                drawn = read_picture(sent)
            except Refused as refused:
                assert str(refused.code).startswith("picture_")  # noqa: PT017
            else:
                assert drawn.jpeg.startswith(b"\xff\xd8\xff")


def flipped(body: bytes, nth: int) -> bytes:
    return body[:nth] + bytes([body[nth] ^ 0x40]) + body[nth + 1 :]


def test_who_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "PATIENCE_S", 0.001)

    with pytest.raises(Refused) as refused:
        read_picture(picture())

    assert refused.value.code is Code.PICTURE_DAMAGED
