"""The pages of docs/sdks, as their readers point SDKs at the server. tests/test_docs.py runs their Python."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import boto3
import pytest

from qchime import Cloud, Server, compat
from tests.clients import node
from tests.clients.aws_cli import CLI, needs_the_cli

ROOT = Path(__file__).parents[2]
PAGES = {page.stem: page.read_text("utf-8") for page in (ROOT / "docs" / "sdks").glob("*.md")}
ACCOUNT = "111122223333"
ADDRESS = "http://127.0.0.1:4590"
KEYS = dict(re.findall(r"(AWS_(?:\w+_KEY\w*|\w*REGION))=(test|us-east-1)", PAGES["README"]))
needs_the_sdks = pytest.mark.skipif(
    not all((node.HERE / "node_modules" / name).is_dir() for name in ("@aws-sdk", "aws-sdk"))
    or not node.NODE,
    reason="node or the SDKs are not installed; `make test` does that",
)

VERSION_3 = """
import { ListAppInstancesCommand } from "@aws-sdk/client-chime-sdk-identity";
console.log(JSON.stringify((await client.send(new ListAppInstancesCommand({}))).AppInstances));
"""
VERSION_2 = """
client.listQApps({ instanceId: "docs" }).promise().then(({ apps }) => console.log(JSON.stringify(apps)));
"""


def block(page: str, language: str) -> str:
    [text] = re.findall(rf"^```{language}\n(.*?)^```$", PAGES[page], re.MULTILINE | re.DOTALL)
    return str(text)


def config_file(folder: Path, server: Server) -> str:
    """The configuration file of the overview, for this server and an account of its own."""
    file = folder / "config"
    text = block("README", "ini").replace(ADDRESS, server.url)
    file.write_text(text.replace("aws_access_key_id = test", f"aws_access_key_id = {ACCOUNT}"), "utf-8")
    return str(file)


def ran(folder: Path, name: str, program: str, variables: dict[str, str]) -> str:
    """What a JavaScript program prints that finds the packages of the tests."""
    (folder / "node_modules").symlink_to(node.HERE / "node_modules")
    (folder / name).write_text(program, "utf-8")
    environment = {"PATH": os.environ.get("PATH", os.defpath), **variables}
    assert node.NODE
    command = [node.NODE, name]
    ended = subprocess.run(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True, timeout=120, check=True
    )
    return ended.stdout


@needs_the_sdks
class TestJavaScript:
    def test_version_3_with_the_address_in_code(self, qchime_server: Server, tmp_path: Path) -> None:
        program = block("javascript-v3", "js").replace(ADDRESS, qchime_server.url) + VERSION_3
        assert json.loads(ran(tmp_path, "program.mjs", program, KEYS)) == []
        assert qchime_server.calls() == ["ListAppInstances"]

    def test_version_3_with_the_address_in_the_environment(
        self, qchime_server: Server, tmp_path: Path
    ) -> None:
        program = block("javascript-v3", "js").replace(f'endpoint: "{ADDRESS}", ', "") + VERSION_3
        variables = {**KEYS, "AWS_ENDPOINT_URL_CHIME_SDK_IDENTITY": qchime_server.url}
        assert json.loads(ran(tmp_path, "program.mjs", program, variables)) == []
        assert qchime_server.calls() == ["ListAppInstances"]

    def test_version_3_with_the_configuration_file(self, qchime_server: Server, tmp_path: Path) -> None:
        program = block("javascript-v3", "js").replace(f'endpoint: "{ADDRESS}", ', "") + VERSION_3
        variables = {"AWS_CONFIG_FILE": config_file(tmp_path, qchime_server)}
        assert json.loads(ran(tmp_path, "program.mjs", program, variables)) == []
        assert qchime_server.account(ACCOUNT).calls() == ["ListAppInstances"]

    def test_version_2(self, qchime_server: Server, tmp_path: Path) -> None:
        program = block("javascript-v2", "cjs").replace(ADDRESS, qchime_server.url) + VERSION_2
        variables = {**KEYS, "AWS_ACCESS_KEY_ID": ACCOUNT}
        assert json.loads(ran(tmp_path, "program.cjs", program, variables)) == []
        assert qchime_server.account(ACCOUNT).calls() == ["ListQApps"]


@needs_the_cli
class TestTheAwsCli:
    [COMMAND] = re.findall(r"^\$ aws (.*)$(?!\n\$)(?=\n```)", PAGES["aws-cli"], re.MULTILINE)

    def run(self, home: Path, variables: dict[str, str]) -> None:
        environment = {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(home), "PYTHONUTF8": "1"}
        assert CLI
        command = [CLI, *self.COMMAND.split()]
        subprocess.run(command, env={**environment, **variables}, timeout=120, check=True)

    def test_with_the_address_in_the_environment(self, qchime_server: Server, tmp_path: Path) -> None:
        self.run(tmp_path, {**KEYS, "AWS_ENDPOINT_URL_QAPPS": qchime_server.url})
        assert qchime_server.calls() == ["ListQApps"]

    def test_with_the_configuration_file(self, qchime_server: Server, tmp_path: Path) -> None:
        self.run(tmp_path, {"AWS_CONFIG_FILE": config_file(tmp_path, qchime_server)})
        assert qchime_server.account(ACCOUNT).calls() == ["ListQApps"]

    def test_trusts_the_authority(self, tmp_path: Path) -> None:
        with Server(tls=True, cloud=Cloud()) as server:
            trust = {"AWS_CA_BUNDLE": str(server.ca_file)}
            self.run(tmp_path, {**KEYS, **trust, "AWS_ENDPOINT_URL_QAPPS": server.url})
            assert server.calls() == ["ListQApps"]


def test_boto3_with_the_configuration_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in filter(re.compile("AWS_").match, os.environ):
        monkeypatch.delenv(variable)
    with Server(cloud=Cloud()) as server:  # without the fixture's mock, which would answer in the process
        monkeypatch.setenv("AWS_CONFIG_FILE", config_file(tmp_path, server))
        session = boto3.Session()
        session.client("chime-sdk-identity").list_app_instances()
        session.client("chime-sdk-messaging").get_messaging_session_endpoint()
        session.client("qapps").list_q_apps(instanceId="docs")
        calls = ["ListAppInstances", "GetMessagingSessionEndpoint", "ListQApps"]
        assert server.account(ACCOUNT).calls() == calls


def test_the_overview_shows_the_versions_that_are_tested() -> None:
    packages = json.loads((ROOT / "tests/clients/javascript/package.json").read_text("utf-8"))["dependencies"]
    [cli] = re.findall(r"^AWSCLI_VERSION := (.*)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    [go] = re.findall(r"aws-sdk-go-v2 v(.*)$", (ROOT / "tests/clients/go/go.mod").read_text(), re.MULTILINE)
    expected = {
        "boto3": compat.TESTED["botocore"][0],
        "aiobotocore": compat.TESTED["aiobotocore"][0].removesuffix(".0"),
        "aws-cli": cli,
        "javascript-v3": packages["@aws-sdk/client-chime-sdk-identity"],
        "javascript-v2": packages["aws-sdk"],
        "go": go,
    }
    rows = dict(re.findall(r"^\| \[.*?\]\((.*)\.md\).*\| (.*) \|$", PAGES["README"], re.MULTILINE))
    assert [name for name, version in expected.items() if not fits(version, rows[name], PAGES[name])] == []
    assert {name for name, tried in rows.items() if tried == "never"} == rows.keys() - expected.keys()


def fits(version: str, *texts: str) -> bool:
    """Whether all texts have this version, and not merely one that begins like it."""
    return all(re.search(rf"(?<![\d.]){re.escape(version)}(?!\.?\d)", text) for text in texts)
