"""A real Chromium: the one of the machine, driven without a screen."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

PROGRAM = Path("/usr/bin/chromium")
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update"),
    "--disable-sync",
)
MISSING = (
    "There is no /usr/bin/chromium, so no page was tried in a browser. "
    "Install it: apt-get install chromium"
)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start it, and end it; where it is missing the test fails and says so."""
    if not PROGRAM.exists():
        pytest.fail(MISSING)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=PROGRAM, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()
