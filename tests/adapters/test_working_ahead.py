"""What is worked on ahead comes in order, and nobody works for one who is gone."""

import os
import subprocess
import sys
from itertools import count, islice
from pathlib import Path

import pytest

from adapters.generating.ahead import beside
from adapters.generating.filling import with_calendar
from adapters.generating.history import history
from domain.register.model import Register
from tests.adapters.test_generating import sized

PARENT = """
import time
from adapters.generating.ahead import beside
if __name__ == "__main__":
    with beside() as mapped:
        for pid in mapped(eval, ["__import__('os').getpid()"]):
            print(pid, flush=True)
            time.sleep(600)
"""


@pytest.fixture(autouse=True)
def _two_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)


def test_results_come_in_order_and_not_too_many_are_worked_on_ahead() -> None:
    endless = count()

    with beside() as mapped:
        first = list(islice(mapped(abs, endless), 10))

    assert first == list(range(10))
    assert next(endless) < 20


def test_a_refusal_there_is_raised_here() -> None:
    with beside() as mapped, pytest.raises(ValueError, match="invalid literal"):
        list(mapped(int, ["1", "one"]))


def test_the_history_is_the_same(register: Register) -> None:
    size = sized(register)
    rules = with_calendar(register, size)

    with beside() as mapped:
        assert list(history(size, rules, mapped)) == list(history(size, rules))


def test_with_one_processor_nothing_is_worked_on_beside(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 1)

    with beside() as mapped:
        assert mapped is map


@pytest.mark.timeout(60)
def test_it_ends_with_whoever_is_killed(tmp_path: Path) -> None:
    program = tmp_path / "parent.py"
    program.write_text(PARENT, "utf-8")
    with subprocess.Popen(
        [sys.executable, program], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout
        assert parent.stdout.readline()
        parent.kill()

        # It writes to the same place, which is closed when the last of them is gone.
        assert parent.stdout.read() == ""
