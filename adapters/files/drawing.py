"""`python -m adapters.files.drawing`: a picture in, the same picture drawn anew out.

Runs as a child that was given little memory and little time. It says its width and
height in one line before the picture, or one word for why there is none.
"""

import io
import resource
import sys
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

MEMORY = 1_500_000_000
SECONDS = 15
MOST_POINTS = 50_000_000
LONGEST_SIDE = 1600
QUALITY = 82
FORMATS = ("JPEG", "PNG", "WEBP")
WHITE = (255, 255, 255)


def main() -> None:
    """Draw what stands on standard input."""
    for what, most in {
        resource.RLIMIT_AS: MEMORY,
        resource.RLIMIT_CPU: SECONDS,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
    }.items():
        resource.setrlimit(what, (most, most))
    warnings.simplefilter("ignore")
    Image.MAX_IMAGE_PIXELS = None  # we count ourselves, before anything is decoded
    sys.stdout.buffer.write(drawn(sys.stdin.buffer.read()))


def drawn(body: bytes) -> bytes:
    """Return a line with width and height and then a JPEG; or a word."""
    try:
        image = Image.open(io.BytesIO(body), formats=FORMATS)
    except UnidentifiedImageError:
        return b"unknown\n"
    except Exception:  # noqa: BLE001 - whatever a decoder makes of a hostile file
        return b"damaged\n"
    if image.width * image.height > MOST_POINTS or 0 in image.size:
        return b"large\n"
    try:
        return _redrawn(image)
    except Exception:  # noqa: BLE001 - as above; also what needs too much memory
        return b"damaged\n"


def _redrawn(image: Image.Image) -> bytes:
    image.draft("RGB", (2 * LONGEST_SIDE, 2 * LONGEST_SIDE))
    upright = ImageOps.exif_transpose(image)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    paper = Image.new("RGB", upright.size, WHITE)
    flat = upright.convert("RGBA")
    paper.paste(flat, mask=flat.getchannel("A"))
    out = io.BytesIO()
    paper.save(out, "JPEG", quality=QUALITY, optimize=True)
    return f"{paper.width} {paper.height}\n".encode() + out.getvalue()


if __name__ == "__main__":
    main()
