"""Installs the wheel into an empty environment of every supported Python that this machine has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from release.building import Distributions
from release.running import ROOT, Failed, clean_environment, python, run

_CLASSIFIER = re.compile(r"Programming Language :: Python :: (3\.\d+)")
UV_OPTIONS = ("--no-python-downloads", "--no-config", "--no-project")


def supported(built: Distributions) -> list[str]:
    """The Pythons that the wheel's classifiers name, and the newest of them without its lock."""
    found = map(_CLASSIFIER.fullmatch, built.metadata.get_all("Classifier", []))
    versions = [match[1] for match in found if match]
    return [*versions, f"{versions[-1]}t"]


def environments(built: Distributions, folder: Path) -> Iterator[tuple[str, Path]]:
    """The Pythons of this machine, and an empty environment for each.

    Raises:
        Failed: this machine has none of them.
    """
    missing = []
    for version in supported(built):
        environment = folder / version
        wanted = version if version.endswith("t") else f"{version}+gil"  # uv takes either for one without
        try:
            python("-m", "uv", "python", "find", "--system", *UV_OPTIONS, wanted)
        except Failed:
            missing.append(version)
            continue
        python("-m", "uv", "venv", "--quiet", "--system", *UV_OPTIONS, "--python", wanted, environment)
        yield version, environment / "bin" / "python"
    print(f"Not on this machine: Python {', '.join(missing) or 'none'}")
    if len(missing) == len(supported(built)):
        raise Failed("None of them is installed here, so nothing was tried. Install one.")


def install(environment: Path, built: Distributions) -> None:
    """Install the wheel, by name, so that the path of this machine is not in the bill of materials."""
    wanted = ("--no-sources", "--find-links", built.folder, f"qchime=={built.version}")
    python("-m", "uv", "pip", "install", "--quiet", "--no-config", "--python", environment, *wanted)


def try_wheel(environment: Path, version: str) -> None:
    """Use what is installed in the environment: the command, each service, and the server.

    Raises:
        Failed: something does not work.
    """
    usual = clean_environment()
    folder = environment.parent
    if (
        shown := run(folder / "qchime", "--version", cwd=folder, environment=usual).strip()
    ) != f"qchime {version}":
        raise Failed(f"`qchime --version` prints {shown!r}: it is not the wheel that was built")
    run(folder / "qchime", "operations", "--evidence", cwd=folder, environment=usual)
    run(environment, ROOT / "release" / "smoke.py", version, cwd=folder, environment=usual)


def write_bill_of_materials(environment: Path, file: Path) -> None:
    """Write what is installed in an environment in the form of CycloneDX, which the tool validates."""
    options = ("--output-reproducible", "--of", "JSON", "--validate", "--output-file", file)
    python("-m", "cyclonedx_py", "environment", "--mc-type", "library", *options, environment)
