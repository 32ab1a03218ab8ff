"""Amazon Chime SDK Identity with the AWS CLI."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qchime.server import Server
from tests.clients.aws_cli import AwsCli, Result, needs_the_cli

pytestmark = needs_the_cli


@pytest.fixture
def aws(qchime_server: Server, tmp_path: Path) -> AwsCli:
    """Run a command that must succeed; returns what it prints."""
    return AwsCli("chime-sdk-identity", qchime_server, tmp_path)


@pytest.fixture
def run(aws: AwsCli) -> Callable[..., Result]:
    """Run a command, and return the finished process."""
    return aws.run


def test_the_life_of_an_app_instance(aws: Callable[..., Any], run: Callable[..., Result]) -> None:
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


def test_users_in_pages(aws: Callable[..., Any]) -> None:
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


def test_bad_input_reports_every_violation(run: Callable[..., Result]) -> None:
    ended = run("create-app-instance", "--name", "x" * 257, "--client-request-token", "no spaces")

    assert ended.returncode != 0
    assert "(BadRequestException)" in ended.stderr
    assert "2 validation errors detected" in ended.stderr
