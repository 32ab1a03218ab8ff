"""Builds of a small repository with the build backend of this one."""

import os
import subprocess
import tarfile
from pathlib import Path

import pytest

from release.building import Distributions, build_twice
from release.running import Failed

PROJECT = """\
[build-system]
requires = ["hatchling", "hatch-vcs"]
build-backend = "hatchling.build"
[project]
name = "acme"
dynamic = ["version"]
requires-python = ">=3.10"
[tool.hatch.version]
source = "vcs"
fallback-version = "0.0.0"
[tool.hatch.build.targets.wheel]
packages = ["acme"]
"""
HOOK = """\
import os
from hatchling.builders.hooks.plugin.interface import BuildHookInterface
class Hook(BuildHookInterface):
    def initialize(self, version, build_data):
        with open(os.path.join(self.root, "acme", "where.py"), "w") as file:
            file.write(f"WHERE = {os.environ['TZ']!r}")
"""


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package with one commit, tagged v1.2.3, and a file that is not committed."""
    for name in [name for name in os.environ if name.startswith(("GIT_", "SETUPTOOLS_SCM"))]:
        monkeypatch.delenv(name)
    root = tmp_path / "acme"
    write(root / "pyproject.toml", PROJECT)
    write(root / "acme" / "__init__.py", "")
    git(root, "init", "--quiet")
    commit(root)
    git(root, "tag", "v1.2.3")
    write(root / "acme" / "draft.py", "")
    return root


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")


def git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=root, check=True)


def commit(root: Path) -> None:
    git(root, "add", ".")
    author = ("-c", "user.name=Anna", "-c", "user.email=anna@example.com", "-c", "commit.gpgsign=false")
    git(root, *author, "commit", "--quiet", "--message", "feat: acme")


def names(built: Distributions) -> list[str]:
    with tarfile.open(built.sdist) as archive:
        return [Path(name).name for name in archive.getnames()]


def test_two_builds_are_equal_and_have_what_is_committed(repository: Path, tmp_path: Path) -> None:
    built = build_twice(repository, tmp_path / "dist")

    assert (built.version, built.wheel.name) == ("1.2.3", "acme-1.2.3-py3-none-any.whl")
    assert built.sdist.name == "acme-1.2.3.tar.gz"
    assert "draft.py" not in names(built)


def test_a_build_that_depends_on_its_surroundings_is_refused(repository: Path, tmp_path: Path) -> None:
    write(repository / "hatch_build.py", HOOK)
    write(repository / "pyproject.toml", f"{PROJECT}[tool.hatch.build.hooks.custom]\n")
    commit(repository)

    with pytest.raises(Failed, match=r"differ in acme-.*\.whl, acme-.*\.tar\.gz\."):
        build_twice(repository, tmp_path / "dist")
    assert not (tmp_path / "dist").exists()


def test_a_shallow_clone_without_tags_has_a_version_too(repository: Path, tmp_path: Path) -> None:
    write(repository / "acme" / "new.py", "")
    commit(repository)
    git(tmp_path, "clone", "--quiet", "--depth", "1", "--no-tags", repository.as_uri(), "shallow")

    built = build_twice(tmp_path / "shallow", tmp_path / "dist")

    assert built.version.startswith("0.0.1.dev1+g")
