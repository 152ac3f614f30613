"""Every follow-up rule has a page, and each page points at code and tests that exist.

A page names code and tests as `` [`folder/file.py::name`](path) ``; `name` is a
function, class or constant, or a method as `Class.method`.
"""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

import domain

ROOT = Path(domain.__file__).parent.parent
FOLDER = ROOT / "docs" / "rules"
RULES = [f"R{number:02d}" for number in range(1, 20)]
HEADINGS = [
    "What it says",
    "What the program does",
    "Chosen where the rule is silent",
    "Not done, on purpose",
    "Where it lives",
    "What proves it",
]
NAMED = re.compile(r"\[`([^`\]]+?)::([\w.]+)`\]\(([^)\s]+)\)")
UNLINKED = re.compile(r"(?<!\[)`[\w/]+\.py::[\w.]+`")

every_rule = pytest.mark.parametrize("rule", RULES)


def test_every_rule_has_a_page_and_no_page_has_no_rule() -> None:
    pages = sorted(path.stem for path in FOLDER.glob("R[0-9]*.md"))

    assert pages == RULES


def test_the_index_has_one_line_for_each_page() -> None:
    lines = (FOLDER / "README.md").read_text("utf-8").splitlines()

    for rule in RULES:
        assert len([line for line in lines if f"]({rule}.md)" in line]) == 1


@every_rule
def test_a_page_answers_the_same_questions_in_the_same_order(rule: str) -> None:
    found = re.findall(r"^## (.+)$", _text(rule), re.MULTILINE)

    assert found == HEADINGS


@every_rule
def test_a_page_names_code_and_tests(rule: str) -> None:
    targets = [target for _, _, target in NAMED.findall(_text(rule))]
    tests = [target for target in targets if "/tests/" in target]

    assert tests
    assert len(targets) > len(tests)
    assert UNLINKED.findall(_text(rule)) == []


@every_rule
def test_what_a_page_names_exists(rule: str) -> None:
    missing = [
        f"{shown}::{name}"
        for shown, name, target in NAMED.findall(_text(rule))
        if not _exists(shown, name, target)
    ]

    assert missing == []


def test_a_name_that_is_not_there_is_noticed() -> None:
    target = "../../domain/finding/plan.py"

    assert _exists("finding/plan.py", "plan", target)
    assert _exists("walk/state.py", "SafetyWalk.tell", "../../domain/walk/state.py")
    assert not _exists("finding/plan.py", "plans", target)
    assert not _exists("finding/plans.py", "plan", target)
    assert not _exists("finding/plans.py", "plan", "../../domain/finding/plans.py")


def _text(rule: str) -> str:
    return (FOLDER / f"{rule}.md").read_text("utf-8")


def _exists(shown: str, name: str, target: str) -> bool:
    path = (FOLDER / target).resolve()
    is_that_file = path.is_file() and path.as_posix().endswith(f"/{shown}")
    return is_that_file and name in _names(path)


@cache
def _names(path: Path) -> frozenset[str]:
    """Return what a file defines, methods as `Class.method`."""
    names = set[str]()
    for node in ast.parse(path.read_text("utf-8")).body:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                names.add(name)
            case ast.ClassDef(name=name, body=body):
                names.add(name)
                methods = (one for one in body if isinstance(one, ast.FunctionDef))
                names |= {f"{name}.{one.name}" for one in methods}
            case ast.Assign(targets=[ast.Name(id=name)]):
                names.add(name)
            case ast.AnnAssign(target=ast.Name(id=name)):
                names.add(name)
            case _:
                pass
    return frozenset(names)
