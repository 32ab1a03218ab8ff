"""The script that tests other versions in CI and says what broke, with a `make` that only prints."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

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
