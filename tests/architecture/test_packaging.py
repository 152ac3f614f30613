"""Four generic package names: nobody else may own them, and all are declared."""

import tomllib
from importlib import import_module, metadata
from pathlib import Path

import pytest

import adapters

ROOT = Path(adapters.__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
NAMES = ("domain", "workflows", "projections", "adapters")


@pytest.mark.parametrize("name", NAMES)
def test_nobody_else_installs_a_package_of_that_name(name: str) -> None:
    owners = set(metadata.packages_distributions().get(name, []))

    assert owners <= {"gadelys"}


@pytest.mark.parametrize("name", NAMES)
def test_the_tests_meet_our_own_package(name: str) -> None:
    package = import_module(name)

    assert package.__file__ is not None
    assert Path(package.__file__) == ROOT / name / "__init__.py"


def test_the_names_are_declared() -> None:
    assert sorted(PROJECT["project"]["import-names"]) == sorted(NAMES)
    declared = metadata.metadata("gadelys").get_all("Import-Name") or []
    assert sorted(declared) == sorted(NAMES)


def test_all_four_are_in_the_wheel_and_checked() -> None:
    wheel = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]

    assert sorted(wheel["packages"]) == sorted(NAMES)
    assert sorted(PROJECT["tool"]["importlinter"]["root_packages"]) == sorted(NAMES)
    assert set(NAMES) < set(PROJECT["tool"]["mypy"]["packages"])


def test_the_project_is_never_uploaded() -> None:
    assert "Private :: Do Not Upload" in PROJECT["project"]["classifiers"]


def test_the_program_is_installed_under_its_name() -> None:
    [script] = metadata.entry_points(group="console_scripts", name="gadelys")

    assert script.value == PROJECT["project"]["scripts"]["gadelys"]
    assert callable(script.load())


def test_examples_and_texts_are_shipped() -> None:
    wheel = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]

    assert wheel["force-include"] == {"examples": "adapters/examples"}
    assert (ROOT / "examples" / "registers" / "aalborg.toml").exists()
    assert (ROOT / "adapters" / "texts" / "da.toml").exists()
    assert (ROOT / "adapters" / "reporting" / "paper.typ").exists()
