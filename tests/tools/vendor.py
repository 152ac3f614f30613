"""Fetch the files that browsers and reports get from us, once, and list them.

Nobody who installs or runs the program needs this, nor Node: the files are kept in
the repository, with their licences. Needs npm and a network; `make vendor`.
"""

import hashlib
import json
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path

import adapters

ROOT = Path(adapters.__file__).parent.parent
PAGES = ROOT / "adapters" / "web" / "static" / "vendor"
REPORTS = ROOT / "adapters" / "reporting" / "vendor"
TESTS = ROOT / "tests" / "vendor"
LOCK = "vendor.lock.json"

ICONS = (
    *("plus", "minus", "chevron-down", "chevron-up", "chevron-left", "chevron-right"),
    *("check", "check-white", "more-vert", "close", "calendar-month", "minus-white"),
    *("warning", "success", "success-white", "info", "info-white", "error"),
    *("error-white", "arrow-back", "arrow-forward", "search", "menu", "open-in-new"),
    *("sort-table-none", "sort-table-ascending", "sort-table-descending"),
    *("chevron-double-left", "chevron-double-right"),
)
WEIGHTS = ("Regular", "Italic", "Medium", "SemiBold", "Bold")
PRINTED = ("Regular", "SemiBold")
SPLIT = "fonts/IBMPlexSans/split/woff2"
WHOLE = "fonts/IBMPlexSans/complete/ttf"
LETTERS = ("Latin1", "Latin2", "Pi")
"""Western letters, those of our neighbours, signs: a browser fetches what it meets."""

TAKEN: Mapping[Path, Mapping[str, tuple[str, ...]]] = {
    PAGES: {
        "htmx.org@4.0.1": ("LICENSE", "dist/htmx.min.js"),
        "dkfds@11.2.0": (
            "LICENSE.md",
            "dist/css/dkfds.min.css",
            "dist/js/dkfds.min.js",
            f"dist/{SPLIT}/license.txt",
            *(
                f"dist/{SPLIT}/IBMPlexSans-{weight}-{letters}.woff2"
                for weight in WEIGHTS
                for letters in LETTERS
            ),
            *(f"dist/img/svg-icons/{one}.svg" for one in ICONS),
        ),
        "leaflet@1.9.4": ("LICENSE", "dist/leaflet.css", "dist/leaflet.js"),
        "leaflet.markercluster@1.5.3": (
            "MIT-LICENCE.txt",
            "dist/MarkerCluster.css",
            "dist/leaflet.markercluster.js",
        ),
    },
    REPORTS: {
        "dkfds@11.2.0": (
            "LICENSE.md",
            f"dist/{WHOLE}/license.txt",
            *(f"dist/{WHOLE}/IBMPlexSans-{one}.ttf" for one in PRINTED),
        )
    },
    TESTS: {"axe-core@4.14.1": ("LICENSE", "LICENSE-3RD-PARTY.txt", "axe.min.js")},
}
"""What is taken of which package, and where it goes."""


def folder_of(package: str) -> str:
    """Return the folder of a package: its name without version."""
    return package.rpartition("@")[0]


def digests(folder: Path, names: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Return the SHA-256 of every file that is kept in `folder`."""
    return {
        f"{folder_of(package)}/{name}": hashlib.sha256(
            (folder / folder_of(package) / name).read_bytes()
        ).hexdigest()
        for package, files in names.items()
        for name in files
    }


def fetch(package: str, files: tuple[str, ...], target: Path) -> str:
    """Bring some files of one package to `target`; return its licence as it says."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            ["npm", "pack", "--json", "--pack-destination", folder, package],
            check=True,
            capture_output=True,
            text=True,
        )
        name = json.loads(done.stdout)[0]["filename"]
        with tarfile.open(Path(folder) / name.replace("/", "-").lstrip("@")) as packed:
            packed.extractall(folder, filter="data")
        source = Path(folder) / "package"
        for file in files:
            place = target / file
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / file, place)
        return str(json.loads((source / "package.json").read_text("utf-8"))["license"])


def main() -> None:
    """Fetch everything and write the lists."""
    for folder, packages in TAKEN.items():
        told = {}
        for package, files in packages.items():
            target = folder / folder_of(package)
            shutil.rmtree(target, ignore_errors=True)
            told[package] = fetch(package, files, target)
        lock = {"packages": told, "sha256": digests(folder, packages)}
        text = json.dumps(lock, indent=1, sort_keys=True)
        (folder / LOCK).write_text(f"{text}\n", "utf-8")


if __name__ == "__main__":
    main()
