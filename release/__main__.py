"""`python -m release`: everything that a release needs, except the upload.

It leaves the wheel and the sdist in `dist/`; the notes of the release and its bill of materials in `build/`.
"""

from __future__ import annotations

import shutil
import sys
import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory

from release.building import Distributions, build_twice
from release.changelog import notes_of
from release.first_steps import take_first_steps
from release.installing import environments, install, try_wheel, write_bill_of_materials
from release.running import ROOT, Failed, clean_environment, python, run, step

DIST, BESIDES = ROOT / "dist", ROOT / "build"
TAGS = "v[0-9]*"


def main() -> int:
    """The exit code: 0 if everything is ready for the upload."""
    for folder in (DIST, BESIDES):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
    try:
        check_release(tag_of_head())
    except Failed as error:
        print(f"Failed: {error}", file=sys.stderr)
        return 1
    return 0


def check_release(tag: str | None) -> None:
    """Check and build the commit that is checked out; with its tag, it is that release.

    Raises:
        Failed: something is not ready.
    """
    if run("git", "status", "--porcelain"):
        print("Uncommitted changes are not in this release.")
    with step("CHANGELOG.md"):
        tags = run("git", "tag", "--list", TAGS).split()
        notes = notes_of((ROOT / "CHANGELOG.md").read_text("utf-8"), tags, tag and tag.removeprefix("v"))
        (BESIDES / "notes.md").write_text(f"{notes}\n", "utf-8")
    with step("Wheel and sdist, built twice"):
        built = build_twice(ROOT, DIST)
        check_version(built.version, tag)
    with step("Metadata and contents"):
        python("-m", "twine", "check", "--strict", built.wheel, built.sdist)
        python("-m", "check_wheel_contents", built.wheel)
    check_installed(built)
    with step("The tests of the sdist"):
        test_sdist(built)
    with step("First steps, as in README.md"):
        take_first_steps(built.wheel)
    print(f"Ready: {built.wheel.name} and {built.sdist.name} in dist/")


def tag_of_head() -> str | None:
    """The tag of the commit that is checked out, None if it has none."""
    return run("git", "tag", "--list", TAGS, "--points-at", "HEAD").strip() or None


def check_version(version: str, tag: str | None) -> None:
    """Compare the version that was built with the tag.

    Raises:
        Failed: they differ.
    """
    if tag is not None and tag != f"v{version}":
        raise Failed(f"the tag {tag} builds version {version}: name the tag v{version}")
    print(f"Version {version}")


def check_installed(built: Distributions) -> None:
    """Use the wheel with each Python of this machine, and write the bill of materials of the newest.

    Raises:
        Failed: something does not work.
    """
    with TemporaryDirectory() as folder:
        for version, environment in environments(built, Path(folder)):
            with step(f"Python {version}"):
                install(environment, built)
                try_wheel(environment, built.version)
                write_bill_of_materials(environment, BESIDES / "bom.cdx.json")


def test_sdist(built: Distributions) -> None:
    """Unpack the sdist in an empty folder, and run `make quick` there.

    Raises:
        Failed: a test fails, or something that the tests need is not in the sdist.
    """
    with TemporaryDirectory() as folder:
        with tarfile.open(built.sdist) as archive:
            archive.extractall(folder, filter="data")
        [unpacked] = Path(folder).iterdir()
        print(run("make", "quick", cwd=unpacked, environment=clean_environment()).splitlines()[-1])


if __name__ == "__main__":
    sys.exit(main())
