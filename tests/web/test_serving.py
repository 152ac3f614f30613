"""The process that serves the pages, and the store that a demo begins with."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx2
import pytest

from adapters import system as installation
from adapters.cli.playing import _put_in_place
from adapters.errors import Unavailable
from adapters.settings import Settings
from adapters.temporal.server import free_port
from adapters.web.serving import serve
from domain.errors import Code

PATIENCE_S = 60


def test_an_address_that_is_taken_is_said_to_be(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        told = settings.model_copy(update={"web_address": address})

        with pytest.raises(Unavailable) as problem:
            serve(told)

    assert problem.value.code is Code.ALREADY_RUNNING


def test_the_process_serves_and_ends_when_it_is_told(settings: Settings) -> None:
    address = f"127.0.0.1:{free_port()}"
    told = {
        "GADELYS_DATA": str(settings.data),
        "GADELYS_DEMO": "true",
        "GADELYS_WEB_ADDRESS": address,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "adapters.cli.main", "web"],
        env=os.environ | told,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        answer = wait_for(f"http://{address}/")
        assert answer.status_code == 200
        assert "server" not in answer.headers
    finally:
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=PATIENCE_S)

    assert "web.started" in said
    assert "web.stopped" in said
    assert process.returncode in {0, -signal.SIGTERM}


def wait_for(url: str) -> httpx2.Response:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            return httpx2.get(url)
        except httpx2.ConnectError:
            assert time.monotonic() < deadline
            time.sleep(0.1)


def test_what_was_played_counts_as_made_only_when_it_is_whole(tmp_path: Path) -> None:
    told = Settings(data=tmp_path / "data")
    beside = tmp_path / "data.loading"
    installation.migrate(Settings(data=beside))

    _put_in_place(beside, told)

    assert installation.is_made(told)
    assert not beside.exists()
    with installation.opened(told) as opened:
        assert opened.store.last_position() == 0
