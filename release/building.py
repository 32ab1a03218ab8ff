"""Builds the wheel and the sdist of what is committed, twice, and compares the bytes."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from email.parser import Parser
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

from release.running import Failed, run

# Whatever may differ between the machines of two people who build the same commit.
HERE = {"TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "1"}
ELSEWHERE = {"TZ": "Asia/Kolkata", "LC_ALL": "C", "PYTHONHASHSEED": "2"}


@dataclass(frozen=True)
class Distributions:
    """A wheel and an sdist in a folder."""

    folder: Path

    @property
    def wheel(self) -> Path:
        """The path of the wheel."""
        [file] = self.folder.glob("*.whl")
        return file

    @property
    def sdist(self) -> Path:
        """The path of the sdist."""
        [file] = self.folder.glob("*.tar.gz")
        return file

    @cached_property
    def metadata(self) -> Message:
        """The metadata of the wheel."""
        with ZipFile(self.wheel) as archive:
            [name] = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
            return Parser().parsestr(archive.read(name).decode())

    @property
    def version(self) -> str:
        """The version in the metadata."""
        return str(self.metadata["Version"])


def build_twice(commit_of: Path, target: Path) -> Distributions:
    """Build the commit that a repository has checked out, under different conditions, and keep one result.

    Raises:
        Failed: a build fails, or the two differ.
    """
    with TemporaryDirectory() as folder:
        here = build(commit_of, Path(folder, "here"), HERE, 0o022)
        elsewhere = build(commit_of, Path(folder, "in another folder"), ELSEWHERE, 0o077)
        if different := differences(here.folder, elsewhere.folder):
            raise Failed(
                f"Two builds of the same commit differ in {', '.join(different)}. Remove what depends on "
                "the time, the folder or the environment; diffoscope shows where it is."
            )
        shutil.copytree(here.folder, target, dirs_exist_ok=True)
    return Distributions(target)


def build(commit_of: Path, folder: Path, conditions: Mapping[str, str], umask: int) -> Distributions:
    """Build in a fresh clone, which has nothing but what is committed; the wheel is built from the sdist."""
    clone, dist = folder / "clone", folder / "dist"
    run("git", "clone", "--quiet", commit_of, clone, umask=umask)
    seconds = run("git", "log", "-1", "--format=%ct", cwd=clone).strip()
    run(
        sys.executable,
        *("-m", "build", "--no-isolation", "--outdir", dist, clone),
        environment={**os.environ, **conditions, "SOURCE_DATE_EPOCH": seconds},
        umask=umask,
    )
    return Distributions(dist)


def differences(first: Path, second: Path) -> list[str]:
    """The names of the files that only one of two folders has, or that differ."""
    contents = [{file.name: file.read_bytes() for file in folder.iterdir()} for folder in (first, second)]
    names = sorted(contents[0].keys() | contents[1].keys())
    return [name for name in names if contents[0].get(name) != contents[1].get(name)]
