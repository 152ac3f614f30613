"""What stands in deploy/ and in the operations manual can be typed as it stands."""

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.core import TyperGroup
from typer.exceptions import TyperException
from typer.main import get_command

import adapters
from adapters.cli import main as program
from adapters.settings import Settings

ROOT = Path(adapters.__file__).parent.parent
DEPLOY = ROOT / "deploy"
UNITS = DEPLOY / "systemd"
MANUAL = ROOT / "docs" / "operations.md"
PAGES = (MANUAL, DEPLOY / "README.md")
TEXTS = sorted(path for path in DEPLOY.rglob("*") if path.is_file())
ENDS = re.compile(r"[;|&>]|\s#|\s\s+")
BLOCK = re.compile(r"^ *```.*?^ *```", re.DOTALL | re.MULTILINE)
CALL = re.compile(r"(?:^|[\s/(`])gadelys ([a-z][^\n`]*)")
SAID = re.compile(r"`(?:[^`\s]+=\S+ )*gadelys ([a-z][^`\n]*)`")
VARIABLE = re.compile(r"\bGADELYS_[A-Z_]*[A-Z]\b(?!_)")


# ---- verbs and variables ----


def settings() -> set[str]:
    """Return every variable that the program reads."""
    # Who acts is asked of the command line alone.
    return {f"GADELYS_{name.upper()}" for name in Settings.model_fields} | {
        "GADELYS_BY"
    }


@cache
def verbs() -> TyperGroup:
    group = get_command(program.app)
    assert isinstance(group, TyperGroup)
    return group


def parse(line: str, *, whole: bool) -> None:
    """Parse one command as the program would; without `whole` it may end early."""
    words = shlex.split(line, comments=True)
    command: Any = verbs()
    context: Any = None
    while isinstance(command, TyperGroup):
        if not words and not whole:
            return
        context = command.make_context("gadelys", list(words), parent=context)
        _, command, words = command.resolve_command(context, words)
    try:
        command.make_context("gadelys", list(words), parent=context)
    except TyperException as problem:
        if whole or type(problem).__name__ != "MissingParameter":
            raise


def in_blocks(page: Path) -> Iterator[str]:
    """Yield every call of the program in the blocks of a page."""
    for block in BLOCK.findall(page.read_text("utf-8")):
        for line in block.splitlines():
            if "Description=" in line or not (found := CALL.search(f" {line}")):
                continue
            yield ENDS.split(found[1])[0].strip(" '\"")


def in_sentences(page: Path) -> Iterator[str]:
    """Yield every call of the program that a sentence names."""
    yield from SAID.findall(BLOCK.sub("", page.read_text("utf-8")))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_in_a_block_can_be_typed(page: Path) -> None:
    calls = [call for call in in_blocks(page) if "…" not in call]

    assert calls
    for call in calls:
        parse(call, whole=True)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_in_a_sentence_is_one(page: Path) -> None:
    for call in in_sentences(page):
        parse(call, whole=False)


def test_a_command_that_is_none_is_noticed() -> None:
    parse("work --queue core", whole=True)
    parse("backup --verify FOLDER", whole=True)
    parse("register adopt", whole=False)

    for call in ("wrok", "work --quue core", "register adpot x", "backup"):
        with pytest.raises(TyperException):
            parse(call, whole=True)


def test_every_variable_is_a_setting() -> None:
    known = settings()

    for path in (MANUAL, *TEXTS):
        named = set(VARIABLE.findall(path.read_text("utf-8")))
        assert named <= known, path.name


def test_the_manual_names_every_setting() -> None:
    rows = re.findall(r"^\| (`GADELYS_.*?) \|", MANUAL.read_text("utf-8"), re.MULTILINE)
    named = set(VARIABLE.findall(" ".join(rows)))

    assert named == settings()


# ---- compose ----


@cache
def compose() -> dict[str, Any]:
    read = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    assert isinstance(read, dict)
    return read


def ours() -> dict[str, dict[str, Any]]:
    services = compose()["services"]
    return {
        name: service
        for name, service in services.items()
        if service["image"].startswith("gadelys")
    }


def test_the_parts_are_all_there() -> None:
    assert set(ours()) == {
        *("migrate", "project", "dispatch", "ledger", "web", "backup"),
        *("work-core", "work-municipality", "work-police"),
    }
    assert {"postgres", "temporal"} <= set(compose()["services"])


def test_every_service_runs_a_verb() -> None:
    for service in ours().values():
        words = service["command"]
        if "entrypoint" in service:
            call = CALL.search(words[0])
            assert call
            parse(call[1], whole=True)
        else:
            parse(shlex.join(words), whole=True)


def test_what_compose_refers_to_is_defined() -> None:
    read = compose()
    for name, service in read["services"].items():
        for secret in service.get("secrets", []):
            source = secret["source"] if isinstance(secret, dict) else secret
            assert source in read["secrets"], name
        for volume in service.get("volumes", []):
            source = volume.partition(":")[0]
            if source.startswith("."):
                assert (DEPLOY / source).exists()
            else:
                assert source in read["volumes"], name
        for other in service.get("depends_on", {}):
            assert other in read["services"], name


def test_no_password_stands_in_compose() -> None:
    for service in compose()["services"].values():
        for name, value in service.get("environment", {}).items():
            secret = re.search(r"PASSWORD|PWD|SECRET|_URL$", name)
            assert (
                not secret
                or name.endswith("_FILE")
                or name in {"GADELYS_SECRETS", "GADELYS_PUBLIC_URL"}
            ), (name, value)


def test_secrets_reach_settings_by_their_file_name() -> None:
    known = {f"gadelys_{name}" for name in Settings.model_fields}
    for service in ours().values():
        for secret in service.get("secrets", []):
            target = secret["target"] if isinstance(secret, dict) else secret
            assert target in known


def test_only_the_migration_gets_the_owner() -> None:
    with_owner = {
        name
        for name, service in ours().items()
        if "gadelys_database_owner_url" in service["secrets"]
    }

    assert with_owner == {"migrate"}


def test_our_containers_may_do_little() -> None:
    for service in ours().values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert not service["user"].startswith("0")


def test_the_image_copies_only_what_is_there() -> None:
    text = (DEPLOY / "Dockerfile").read_text("utf-8")
    copied = [
        word
        for line in re.findall(r"^COPY (?!--from)(.+)$", text, re.MULTILINE)
        for word in line.split()[:-1]
    ]
    kept = (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8").splitlines()

    assert "." in copied
    for name in [*copied, *(line[1:] for line in kept if line.startswith("!"))]:
        assert (ROOT / name).exists(), name
    assert "://" not in text
    for line in re.findall(r"pip install (.+)$", text, re.MULTILINE):
        assert "--require-hashes" in line or "/opt/wheel/" in line


# ---- systemd ----


def units() -> dict[str, str]:
    return {
        str(path.relative_to(UNITS)): path.read_text("utf-8")
        for path in UNITS.rglob("*")
        if path.is_file()
    }


def values(text: str, key: str) -> list[str]:
    return re.findall(rf"^{key}=(.*)$", text, re.MULTILINE)


def test_every_unit_runs_a_verb() -> None:
    services = {name: text for name, text in units().items() if name.endswith("e")}
    for name, text in services.items():
        [start] = values(text, "ExecStart")
        call = CALL.search(start.replace("%i", "core").rstrip("'"))
        assert call, name
        parse(call[1], whole=True)

    assert len(services) == 9


def test_units_name_only_units_that_are_there() -> None:
    have = set(units())
    for text in units().values():
        for key in ("Wants", "Requires", "After", "PartOf", "WantedBy"):
            for unit in " ".join(values(text, key)).split():
                if unit.startswith("gadelys"):
                    assert re.sub(r"@\w+\.", "@.", unit) in have


def test_every_worker_has_a_queue_that_exists() -> None:
    from adapters.bootstrap import EVERY_QUEUE

    wanted = re.findall(r"gadelys-work@(\w+)\.service", units()["gadelys.target"])

    assert set(wanted) == set(EVERY_QUEUE)


def test_units_are_hardened_and_come_back() -> None:
    read = units()
    hardening = read["gadelys-.service.d/hardening.conf"]

    assert values(hardening, "NoNewPrivileges") == ["yes"]
    assert values(hardening, "ProtectSystem") == ["strict"]
    for name in ("project", "dispatch", "ledger", "work@"):
        assert values(read[f"gadelys-{name}.service"], "Restart") == ["always"]
    assert all(name.startswith("gadelys") for name in read)
    for name, text in read.items():
        if name.endswith(".service"):
            assert values(text, "User") == ["gadelys"]
    police = read["gadelys-work@police.service.d/user.conf"]
    assert values(police, "User") == ["gadelys-police"]


SECTION = re.compile(r"^\[(Unit|Service|Timer|Install)\]$")
ENTRY = re.compile(r"^[A-Z][A-Za-z]+=.*$")


def test_unit_files_parse() -> None:
    for name, text in units().items():
        if name.startswith("gadelys.") and name.endswith(".conf"):
            continue
        lines = [line for line in text.splitlines() if line and line[0] != "#"]
        assert SECTION.match(lines[0]), name
        assert all(SECTION.match(line) or ENTRY.match(line) for line in lines), name
        assert verified(name, text) == ""


def verified(name: str, text: str) -> str:
    """Return what systemd itself has to say; nothing where it is not installed."""
    if not name.endswith((".service", ".target", ".timer")):
        return ""
    return _systemd().get(name, "")


@cache
def _systemd() -> dict[str, str]:
    """Return the complaints of `systemd-analyze verify`, by unit."""
    program_file = shutil.which("systemd-analyze")
    if program_file is None:
        return {}
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        shutil.copytree(UNITS, folder, dirs_exist_ok=True)
        for path in Path(folder).glob("*.service"):
            text = path.read_text("utf-8")
            # The program is not installed here; that is not what is asked.
            path.write_text(text.replace("/opt/gadelys/bin/gadelys", "/bin/true"))
        names = [path.name for path in Path(folder).glob("gadelys*.*")]
        asked = [
            name.replace("@.", "@core.")
            for name in names
            if name.endswith((".service", ".target", ".timer"))
        ]
        done = subprocess.run(
            [program_file, "verify", "--man=no", *asked],
            cwd=folder,
            env={"SYSTEMD_UNIT_PATH": f"{folder}:"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    return {
        name: line
        for line in done.stderr.splitlines()
        for name in names
        if name in line
    }
