"""Runs JavaScript programs that use an AWS SDK, with the server as its endpoint."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from qchime import Client
from qchime.server import Server

HERE = Path(__file__).parent / "javascript"
NODE = shutil.which("node")


def needs(package: str) -> list[pytest.MarkDecorator]:
    """The marks for tests whose program needs this package."""
    return [
        pytest.mark.skipif(NODE is None, reason="node is not installed"),
        pytest.mark.skipif(
            not HERE.joinpath("node_modules", package).is_dir(),
            reason="the AWS SDK for JavaScript is not installed; `make test` does that",
        ),
    ]


def run(program: str, server: Server | Client, *arguments: str) -> Any:
    """Run a program in `javascript/`; returns the JSON that it prints."""
    assert NODE
    command = [NODE, str(HERE / program), server.url, *arguments]
    ended = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=120, check=False)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)
