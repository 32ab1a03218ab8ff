"""The AWS CLI, in an environment of its own, with the server as its endpoint."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qchime.server import Server

CLI = os.environ.get("QCHIME_AWS_CLI")

pytestmark = pytest.mark.skipif(not CLI, reason="QCHIME_AWS_CLI does not name an AWS CLI; `make test` does")

Result = subprocess.CompletedProcess[str]


@pytest.fixture
def run(qchime_server: Server, tmp_path: Path) -> Callable[..., Result]:
    """Run `aws chime-sdk-identity …` with nothing in its environment but credentials and a region."""
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(tmp_path),
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_DEFAULT_OUTPUT": "json",
        "AWS_PAGER": "",
        "PYTHONUTF8": "1",
    }

    def run(*arguments: str) -> Result:
        assert CLI
        command = [CLI, "chime-sdk-identity", *arguments, "--endpoint-url", qchime_server.url]
        return subprocess.run(
            command, env=environment, capture_output=True, encoding="utf-8", timeout=120, check=False
        )

    return run


@pytest.fixture
def aws(run: Callable[..., Result]) -> Callable[..., Any]:
    """The same, where all is to go well; returns what the CLI printed."""

    def aws(*arguments: str) -> Any:
        ended = run(*arguments)
        assert ended.returncode == 0, ended.stderr
        return json.loads(ended.stdout) if ended.stdout.strip() else None

    return aws


def test_the_life_of_an_app_instance(aws: Callable[..., Any], run: Callable[..., Result]):
    arn = aws("create-app-instance", "--name", "Chat", "--metadata", "v1")["AppInstanceArn"]
    created = aws("describe-app-instance", "--app-instance-arn", arn)["AppInstance"]
    assert (created["Name"], created["Metadata"]) == ("Chat", "v1")

    aws("update-app-instance", "--app-instance-arn", arn, "--name", "Chat é", "--metadata", "")
    updated = aws("describe-app-instance", "--app-instance-arn", arn)["AppInstance"]
    assert (updated["Name"], updated["Metadata"]) == ("Chat é", "")

    assert aws("tag-resource", "--resource-arn", arn, "--tags", "Key=team,Value=a") is None
    assert aws("list-tags-for-resource", "--resource-arn", arn) == {"Tags": [{"Key": "team", "Value": "a"}]}

    assert aws("delete-app-instance", "--app-instance-arn", arn) is None
    gone = run("describe-app-instance", "--app-instance-arn", arn)
    assert gone.returncode != 0
    assert (
        "An error occurred (ForbiddenException) when calling the DescribeAppInstance operation" in gone.stderr
    )


def test_users_in_pages(aws: Callable[..., Any]):
    arn = aws("create-app-instance", "--name", "Chat")["AppInstanceArn"]
    for name in ("alice", "bob", "carol"):
        user = ("--app-instance-user-id", name, "--name", name.title())
        aws("create-app-instance-user", "--app-instance-arn", arn, *user)

    first = aws("list-app-instance-users", "--app-instance-arn", arn, "--max-results", "2")
    assert [user["Name"] for user in first["AppInstanceUsers"]] == ["Alice", "Bob"]

    token = ("--next-token", first["NextToken"])
    second = aws("list-app-instance-users", "--app-instance-arn", arn, "--max-results", "2", *token)
    assert [user["Name"] for user in second["AppInstanceUsers"]] == ["Carol"]
    assert "NextToken" not in second


def test_bad_input_is_told_with_every_breach(run: Callable[..., Result]):
    ended = run("create-app-instance", "--name", "x" * 257, "--client-request-token", "no spaces")

    assert ended.returncode != 0
    assert "(BadRequestException)" in ended.stderr
    assert "2 validation errors detected" in ended.stderr
