"""The AWS CLI, in its own environment, with the server as its endpoint."""

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from qchime import Client
from qchime.server import Server
from qchime.world import User

CLI = os.environ.get("QCHIME_AWS_CLI")

needs_the_cli = pytest.mark.skipif(
    not CLI, reason="QCHIME_AWS_CLI does not name an AWS CLI; `make test` does"
)

Result = subprocess.CompletedProcess[str]


class AwsCli:
    """`aws <service> …`, with only credentials and a region in its environment."""

    def __init__(self, service: str, server: Server | Client, home: Path, user: User | None = None) -> None:
        self._service = service
        self._server = server
        self._environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(home),
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_DEFAULT_OUTPUT": "json",
            "AWS_PAGER": "",
            "PYTHONUTF8": "1",
        }
        if user is not None:
            self._environment |= {name.upper(): str(text) for name, text in user.credentials.items()}

    def run(self, *arguments: str) -> Result:
        """Run a command, and return the finished process."""
        assert CLI
        command = [CLI, self._service, *arguments, "--endpoint-url", self._server.url]
        return subprocess.run(
            command, env=self._environment, capture_output=True, encoding="utf-8", timeout=120, check=False
        )

    def __call__(self, *arguments: str) -> Any:
        """Run a command that must succeed; returns the JSON that it prints."""
        ended = self.run(*arguments)
        assert ended.returncode == 0, ended.stderr
        return json.loads(ended.stdout) if ended.stdout.strip() else None

    def error_of(self, *arguments: str) -> str:
        """Run a command that the service must refuse; returns the name of the error."""
        found = re.search(r"An error occurred \((\w+)\) when calling", self.run(*arguments).stderr)
        assert found, "the call was not refused"
        return found[1]
