"""The tutorials, followed step by step: the files grow, and after each step all tests pass."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

DOCS = Path(__file__).parent.parent.parent / "docs"
_PART = re.compile(r"```(py|console)\n(.*?)^```$|\*\*`([\w.]+)`\*\*", re.DOTALL | re.MULTILINE)


def steps(page: str) -> Iterator[tuple[dict[str, str], str]]:
    """The files that a reader has by then, and what pytest prints, for each time that the page runs it."""
    files: dict[str, str] = {}
    name = ""
    for kind, text, named in _PART.findall(page):
        if named:
            name = named
        elif kind == "py":
            files[name] = f"{files[name]}\n\n{text}" if name in files else text
        else:
            command, printed = text.splitlines()
            assert command == "$ pytest"
            yield dict(files), printed


@pytest.mark.parametrize("tutorial", ["tutorial-chat.md", "tutorial-q-app.md"])
def test_all_tests_pass_after_each_step(tutorial: str, tmp_path: Path) -> None:
    page = (DOCS / tutorial).read_text("utf-8")
    printed = ""
    for files, printed in steps(page):
        for name, text in files.items():
            (tmp_path / name).write_text(text, "utf-8")
        assert run_pytest(tmp_path).splitlines()[-1].startswith(f"{printed} in ")
    assert printed.split()[0] == {"six": "6", "seven": "7"}[re.findall(r"with (\w+) tests", page)[0]]


def run_pytest(folder: Path) -> str:
    variables = {
        name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTEST_"))
    }
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(folder)]
    ended = subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout
