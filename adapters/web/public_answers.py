"""How pages for everybody are answered: caches keep them, and ask with their tag."""

import re
from base64 import b64encode
from hashlib import sha256
from http import HTTPStatus
from typing import Any

from fastapi import Request
from starlette.responses import Response

from adapters.web.rendering import rendered

KEPT = "public, max-age=60, must-revalidate"
"""A minute: whatever is withdrawn is soon gone everywhere."""

VARIES = "Accept-Language, Cookie"
STYLES = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL | re.IGNORECASE)


def public_page(
    request: Request,
    template: str,
    *,
    media: str = "text/html",
    status: HTTPStatus = HTTPStatus.OK,
    **values: Any,  # noqa: ANN401 - whatever the template shows
) -> Response:
    """Return a page with its tag, or that it is still the one that was seen."""
    body = rendered(request, template, values).encode()
    return kept(request, body, media, status=status)


def kept(
    request: Request,
    body: bytes,
    media: str,
    more: dict[str, str] | None = None,
    *,
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    """Return an answer that caches may keep, or that it has not changed."""
    tag = f'"{sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": KEPT, "Vary": VARIES, **(more or {})}
    if status is HTTPStatus.OK and _is_known(request, tag):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(body, status, headers, media_type=media)


def _is_known(request: Request, tag: str) -> bool:
    """Whether whoever asks has exactly this already; a cache may have weakened it."""
    known = request.headers.get("if-none-match", "")
    return tag in {one.strip().removeprefix("W/") for one in known.split(",")}


def policy_for(text: str) -> str:
    """Return what a signed page may do: look as it was written, and nothing else."""
    digests = (sha256(one.encode()).digest() for one in STYLES.findall(text))
    styles = [f"'sha256-{b64encode(one).decode()}'" for one in digests] or ["'none'"]
    shown = f"img-src data:; style-src {' '.join(styles)}"
    return f"sandbox; default-src 'none'; {shown}"
