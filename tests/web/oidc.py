"""A real provider of logins on loopback, and a person who agrees to be vouched for."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx2

from adapters.temporal.server import free_port

PATIENCE_S = 30.0
PROGRAM = (
    *("-W", "ignore", "-m", "oidc_provider_mock"),
    *("--require-nonce", "true", "--port"),
)


@dataclass
class IdentityProvider:
    """Where people log in, and what is claimed of them."""

    issuer: str

    def claims(self, subject: str, **claims: Any) -> None:
        """Say what is known of somebody."""
        answer = httpx2.put(f"{self.issuer}/users/{subject}", json=claims)
        assert answer.is_success, answer.text

    def agree(self, url: str, subject: str) -> str:
        """Log in as `subject` where `url` asks; return where the browser is sent."""
        answer = httpx2.post(url, data={"sub": subject}, follow_redirects=False)
        assert answer.is_redirect, answer.text
        return str(answer.headers["location"])


@contextmanager
def providing() -> Iterator[IdentityProvider]:
    """Run a provider, in a process of its own, while the block runs."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, *PROGRAM, str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    provider = IdentityProvider(f"http://127.0.0.1:{port}")
    try:
        _wait_for(provider)
        yield provider
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


def _wait_for(provider: IdentityProvider) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            httpx2.get(f"{provider.issuer}/.well-known/openid-configuration")
        except httpx2.ConnectError:
            assert time.monotonic() < deadline, "the provider of logins did not start"
            time.sleep(0.1)
        else:
            return
