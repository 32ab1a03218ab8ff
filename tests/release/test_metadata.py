"""The addresses of the repository in the metadata of a release."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from release.running import ROOT

REPOSITORY = "https://github.com/acme/qchime"


def metadata(monkeypatch: pytest.MonkeyPatch, repository: str | None) -> dict[str, Any]:
    """The metadata of a build in a workflow of a repository."""
    for name in ("GITHUB_REPOSITORY", "GITHUB_SERVER_URL"):
        monkeypatch.delenv(name, raising=False)
    if repository is not None:
        monkeypatch.setenv("GITHUB_REPOSITORY", repository)
    ended = subprocess.run(
        [sys.executable, "-m", "hatchling", "metadata"],
        cwd=ROOT,
        env=os.environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


def test_a_release_has_the_addresses_of_the_repository_that_builds_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = metadata(monkeypatch, "acme/qchime")

    assert found["urls"]["Homepage"] == REPOSITORY
    assert all(address.startswith(REPOSITORY) for address in found["urls"].values())
    readme = found["readme"]["text"]
    assert f"]({REPOSITORY}/blob/HEAD/docs/decorators.md)" in readme
    assert f"]({REPOSITORY}/raw/HEAD/docs/images/graph.png)" in readme
    assert "](docs/" not in readme


def test_the_files_behind_the_addresses_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    addresses = metadata(monkeypatch, "acme/qchime")["urls"].values()
    files = [address.partition("/HEAD/")[2] for address in addresses if "/HEAD/" in address]

    assert files
    assert all((ROOT / file).is_file() for file in files)


def test_a_build_elsewhere_has_no_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    found = metadata(monkeypatch, None)

    assert not found.get("urls")
    assert found["readme"]["text"] == (ROOT / "README.md").read_text("utf-8")
