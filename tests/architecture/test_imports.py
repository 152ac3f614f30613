"""The domain and the projections know pydantic and these parts of the library.

The import contracts name what is forbidden; this is the list of what is allowed,
so that a new module has to be put here on purpose.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import adapters

ROOT = Path(adapters.__file__).parent.parent
PURE = ("domain", "projections")
ALLOWED = {
    *("pydantic", "pydantic_core", "typing_extensions"),
    *(
        "bisect",
        "calendar",
        "collections",
        "dataclasses",
        "datetime",
        "enum",
        "functools",
    ),
    *(
        "hashlib",
        "itertools",
        "math",
        "operator",
        "re",
        "typing",
        "unicodedata",
        "uuid",
        "zoneinfo",
    ),
}
BANNED_CALLS = {"open", "print", "input", "eval", "exec", "__import__", "breakpoint"}


def files() -> list[Path]:
    return sorted(path for name in PURE for path in (ROOT / name).rglob("*.py"))


def imported(tree: ast.AST) -> Iterator[str]:
    """Yield the top package of everything imported, wherever it stands."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (name.name.partition(".")[0] for name in names)
            case ast.ImportFrom(module=str() as module, level=0):
                yield module.partition(".")[0]
            case ast.ImportFrom():
                yield "a relative import"
            case _:
                pass


def parsed(path: Path) -> ast.AST:
    return ast.parse(path.read_text("utf-8"), str(path))


@pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_only_pure_modules_are_imported(path: Path) -> None:
    own = {"domain"} if path.is_relative_to(ROOT / "domain") else set(PURE)

    assert set(imported(parsed(path))) <= ALLOWED | own


@pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_read_written_or_run(path: Path) -> None:
    called = {
        node.func.id
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }

    assert not called & BANNED_CALLS


def test_the_list_has_nothing_that_nobody_uses() -> None:
    used = {name for path in files() for name in imported(parsed(path))}

    assert used >= ALLOWED


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("import os.path", ["os"]),
        ("from os import path", ["os"]),
        ("def f():\n    import time", ["time"]),
        ("from . import x", ["a relative import"]),
        ("if False:\n    from logging import getLogger", ["logging"]),
    ],
)
def test_an_import_is_found_wherever_it_hides(text: str, found: list[str]) -> None:
    assert list(imported(ast.parse(text))) == found
