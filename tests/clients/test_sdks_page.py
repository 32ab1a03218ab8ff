"""The SDKs that docs/sdks.md says the tests use, as a reader of the page points them at the server.

tests/test_docs.py runs its Python.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from qchime.server import Server
from tests.clients import node
from tests.clients.aws_cli import CLI, needs_the_cli

PAGE = (Path(__file__).parent.parent.parent / "docs" / "sdks.md").read_text("utf-8")
ADDRESS = "http://127.0.0.1:4590"
KEYS = dict(re.findall(r"(AWS_(?:\w+_KEY\w*|\w*REGION))=(\S+)", PAGE))
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


def block(language: str) -> str:
    [text] = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return str(text)


def ran(folder: Path, name: str, program: str, variables: dict[str, str]) -> str:
    """What a JavaScript program prints that finds the packages of the tests."""
    (folder / "node_modules").symlink_to(node.HERE / "node_modules")
    (folder / name).write_text(program, "utf-8")
    environment = {"PATH": os.environ.get("PATH", os.defpath), **KEYS, **variables}
    assert node.NODE
    command = [node.NODE, name]
    ended = subprocess.run(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True, timeout=120, check=True
    )
    return ended.stdout


@needs_the_sdks
class TestJavaScript:
    def test_version_3_with_the_address_in_code(self, qchime_server: Server, tmp_path: Path) -> None:
        program = block("js").replace(ADDRESS, qchime_server.url) + VERSION_3
        assert json.loads(ran(tmp_path, "program.mjs", program, {})) == []
        assert qchime_server.calls() == ["ListAppInstances"]

    def test_version_3_with_the_address_in_the_environment(
        self, qchime_server: Server, tmp_path: Path
    ) -> None:
        program = block("js").replace(f'endpoint: "{ADDRESS}", ', "") + VERSION_3
        variables = {"AWS_ENDPOINT_URL_CHIME_SDK_IDENTITY": qchime_server.url}
        assert json.loads(ran(tmp_path, "program.mjs", program, variables)) == []
        assert qchime_server.calls() == ["ListAppInstances"]

    def test_version_2(self, qchime_server: Server, tmp_path: Path) -> None:
        program = block("cjs").replace(ADDRESS, qchime_server.url) + VERSION_2
        assert json.loads(ran(tmp_path, "program.cjs", program, {})) == []
        assert qchime_server.calls() == ["ListQApps"]


@needs_the_cli
def test_the_aws_cli_with_the_address_in_the_environment(qchime_server: Server, tmp_path: Path) -> None:
    [command] = re.findall(r"^\$ aws (.*)$(?!\n\$)(?=\n```)", PAGE, re.MULTILINE)
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(tmp_path),
        "PYTHONUTF8": "1",
        **KEYS,
        "AWS_ENDPOINT_URL_QAPPS": qchime_server.url,
    }
    assert CLI
    subprocess.run([CLI, *command.split()], env=environment, timeout=120, check=True)
    assert qchime_server.calls() == ["ListQApps"]
