"""Runs JavaScript programs that use an AWS SDK, with the server as its endpoint."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from qchime import Client
from qchime.server import Server
from tests.chromium import CHROMIUM

HERE = Path(__file__).parent / "javascript"
NODE = shutil.which("node")

needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium here; CI installs it")


def needs(package: str) -> list[pytest.MarkDecorator]:
    """The marks for tests whose program needs this package."""
    return [
        pytest.mark.skipif(NODE is None, reason="node is not installed"),
        pytest.mark.skipif(
            not HERE.joinpath("node_modules", package).is_dir(),
            reason=f"{package} is not installed; `make test` does that",
        ),
    ]


def run(program: str, server: Server | Client, *arguments: str) -> Any:
    """Run a program in `javascript/` with the URL of a server; returns the JSON that it prints."""
    return run_at(program, server.url, *arguments)


def run_at(program: str, *arguments: str, ca_file: str | None = None) -> Any:
    """Run a program in `javascript/`, which trusts this authority; returns the JSON that it prints."""
    assert NODE
    trust = {"NODE_EXTRA_CA_CERTS": ca_file} if ca_file else {}
    ended = subprocess.run(
        [NODE, str(HERE / program), *arguments],
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
        env={**os.environ, **trust},
    )
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)
