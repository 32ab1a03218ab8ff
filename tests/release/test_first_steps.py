"""A newcomer who follows README.md in this environment; `make first-steps` does so in a new one."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from release.first_steps import NODE_MODULES, Newcomer
from release.running import ROOT, Failed, clean_environment
from tests.clients import aws_cli, node

INSTALLATION = re.compile(r"^\$ (python3 -m venv|\S*pip install) .*\n", re.MULTILINE)
README = INSTALLATION.sub("", (ROOT / "README.md").read_text("utf-8"))

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="README.md shows commands of a POSIX shell")


@pytest.fixture
def reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Newcomer]]:
    """Makes a newcomer who reads a page, in a folder where this environment is `.venv`."""
    (tmp_path / ".venv").symlink_to(sys.prefix)
    usual = clean_environment(PYTHONPATH=str(ROOT / "src"))
    monkeypatch.setattr("release.first_steps.clean_environment", lambda: usual)
    newcomers = []

    def read(page: str) -> Newcomer:
        newcomers.append(Newcomer(tmp_path, tmp_path / "qchime-1.0-py3-none-any.whl", page))
        return newcomers[-1]

    yield read
    for newcomer in newcomers:
        newcomer.leave()


def test_the_first_test_of_the_readme_passes(reading: Callable[[str], Newcomer]) -> None:
    assert f"# {reading(README).pass_first_test()}\n" in README


def test_a_first_test_that_fails_is_shown(reading: Callable[[str], Newcomer]) -> None:
    wrong = README.replace('== "Alice"', '== "Bob"')
    assert wrong != README
    with pytest.raises(Failed, match="'Alice' == 'Bob'"):
        reading(wrong).pass_first_test()


@aws_cli.needs_the_cli
def test_the_aws_cli_uses_the_server_as_the_readme_says(reading: Callable[[str], Newcomer]) -> None:
    assert f"# {reading(README).use_aws_cli()}\n" in README


@aws_cli.needs_the_cli
def test_a_command_that_the_server_refuses_is_shown(reading: Callable[[str], Newcomer]) -> None:
    wrong = README.replace(
        "create-app-instance --name chat", "describe-app-instance --app-instance-arn chats"
    )
    assert wrong != README
    with pytest.raises(
        Failed, match=r"An error occurred \(\w+\) when calling the DescribeAppInstance operation"
    ):
        reading(wrong).use_aws_cli()


def test_a_readme_without_the_aws_cli_is_refused(reading: Callable[[str], Newcomer]) -> None:
    without = re.sub(r"^\$ (aws|curl) .*\n", "", README, flags=re.MULTILINE)
    with pytest.raises(Failed, match=r"README\.md does not use the AWS CLI"):
        reading(without).use_aws_cli()


@pytest.mark.skipif(
    node.NODE is None or not NODE_MODULES.is_dir(), reason="node and its packages are missing"
)
def test_javascript_finds_the_server_by_the_variables_of_the_readme(
    reading: Callable[[str], Newcomer],
) -> None:
    newcomer = reading(README)
    newcomer._serve([".venv/bin/qchime", "serve"])
    assert f"# {newcomer.use_javascript()}\n" in README


def test_the_wheel_takes_the_place_of_the_package(reading: Callable[[str], Newcomer]) -> None:
    meant = reading(README)._meant
    assert meant("../qchime").endswith("/qchime-1.0-py3-none-any.whl")
    assert meant("qchime[server]").endswith("/qchime-1.0-py3-none-any.whl[server]")
    assert meant("qchime-rbin") == "qchime-rbin"
