"""Whatever a person gives on the command line is asked of the table of permissions."""

import ast
from collections.abc import Iterator
from pathlib import Path

import adapters
from tests.tools.permission_table import TARGET, page

CLI = Path(adapters.__file__).parent / "cli"

UNASKED = {"operations.py:put_into_force"}
"""The register that comes with the program, when there is none: nobody gives it."""


def test_the_command_line_submits_nothing_unasked() -> None:
    found = {place for file in sorted(CLI.glob("*.py")) for place in submits(file)}

    assert found == UNASKED


def submits(file: Path) -> Iterator[str]:
    for function in ast.walk(ast.parse(file.read_text("utf-8"))):
        if not isinstance(function, ast.FunctionDef):
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.Attribute) and node.attr == "submit":
                yield f"{file.name}:{function.name}"


def test_the_page_of_permissions_is_up_to_date() -> None:
    assert TARGET.read_text("utf-8") == page(), "run: make docs"
