"""The script that tests other versions in CI and says what broke, with a `make` that only prints."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from release.running import ROOT

LOG = """\
collected 3 items
=== short test summary info ===
FAILED tests/test_compat.py::test_names - AttributeError: no _send
ERROR tests/moto/test_urls.py - ImportError
=== 1 failed, 1 passed, 1 error ===
"""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the script runs on Linux")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with the script."""
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "test-versions", tmp_path / ".ci")
    return tmp_path


def program(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\n{text}", "utf-8")
    file.chmod(0o755)


def run_with(checkout: Path, make: str, pip: str | None = None) -> tuple[int, str | None]:
    """Run the script; returns its exit code, and the report if there is one."""
    program(checkout / "bin" / "make", make)
    if pip is not None:
        program(checkout / ".venv-matrix-unpinned" / "bin" / "python", pip)
    path = f"{checkout / 'bin'}{os.pathsep}{os.environ['PATH']}"
    script = ["bash", str(checkout / ".ci" / "test-versions"), "unpinned"]
    ended = subprocess.run(script, env={**os.environ, "PATH": path}, capture_output=True, check=False)
    report = checkout / "build" / "broken-unpinned.md"
    return ended.returncode, report.read_text("utf-8") if report.exists() else None


def test_success_writes_no_report(checkout: Path) -> None:
    assert run_with(checkout, '[ "$1" = test-matrix-unpinned ]') == (0, None)


def test_a_report_has_the_versions_and_the_failures(checkout: Path) -> None:
    pip = 'echo boto3==9.9.9; echo requests==1.0; echo moto==6.0.0; [ "$1 $2 $3" = "-m pip list" ]'
    code, report = run_with(checkout, f"cat <<'END'\n{LOG}END\nexit 2", pip)

    assert code == 1
    assert report == (
        "## unpinned\n\n```\nboto3==9.9.9\nmoto==6.0.0\n```\n\n```\n"
        "FAILED tests/test_compat.py::test_names - AttributeError: no _send\n"
        "ERROR tests/moto/test_urls.py - ImportError\n```\n"
    )


def test_a_report_shows_the_log_if_no_environment_could_be_made(checkout: Path) -> None:
    code, report = run_with(checkout, "echo 'No matching distribution'; exit 2")

    assert code == 1
    assert report is not None
    assert "The environment could not be made." in report
    assert "No matching distribution" in report


class TestTheIssue:
    """The step of the workflow that reports what broke, with a `gh` that prints what it is asked to do."""

    @pytest.fixture
    def step(self) -> dict[str, Any]:
        workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "matrix.yml").read_text("utf-8"))
        found: dict[str, Any] = workflow["jobs"]["report"]["steps"][-1]
        return found

    def broken(self, folder: Path, *versions: str) -> None:
        (folder / "broken").mkdir()
        for name in versions:
            (folder / "broken" / f"broken-{name}.md").write_text(f"## {name}\n", "utf-8")

    def report(self, step: dict[str, Any], folder: Path, open_issue: str = "") -> str:
        listing = f'[ "$1 $2" = "issue list" ] && {{ [ "$GH_REPO" ] && printf "{open_issue}"; exit; }}\n'
        program(folder / "bin" / "gh", f'{listing}for word; do echo "$word"; done; cat body.md')
        settings = {**step["env"], "RUN": "https://example.com/1", "GH_REPO": "acme/qchime"}
        path = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
        return subprocess.run(
            ["bash", "-e", "-c", step["run"]],  # as GitHub runs it
            cwd=folder,
            env={**os.environ, **settings, "PATH": path},
            capture_output=True,
            check=True,
            encoding="utf-8",
        ).stdout

    def test_is_opened_with_all_reports(self, step: dict[str, Any], tmp_path: Path) -> None:
        self.broken(tmp_path, "prereleases", "unpinned")
        said = self.report(step, tmp_path)

        assert said.startswith("issue\ncreate\n--title\nTests fail with other versions of moto")
        assert "\n## prereleases\n## unpinned\nThe run: https://example.com/1\n" in said

    def test_gets_a_comment_if_it_is_open(self, step: dict[str, Any], tmp_path: Path) -> None:
        self.broken(tmp_path, "unpinned")

        assert self.report(step, tmp_path, open_issue="7").startswith("issue\ncomment\n7\n--body-file\n")

    def test_is_opened_without_a_report_too(self, step: dict[str, Any], tmp_path: Path) -> None:
        """As after a run that has taken too long."""
        said = self.report(step, tmp_path)

        assert said.endswith("before it could say what broke.\nThe run: https://example.com/1\n")
