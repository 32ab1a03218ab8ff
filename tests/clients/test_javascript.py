"""The AWS SDK for JavaScript, version 3, with the server as its endpoint."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from qchime.server import Server

HERE = Path(__file__).parent / "javascript"
NODE = shutil.which("node")

pytestmark = [
    pytest.mark.skipif(NODE is None, reason="there is no node here"),
    pytest.mark.skipif(
        not (HERE / "node_modules" / "@aws-sdk" / "client-chime-sdk-identity").is_dir(),
        reason="the AWS SDK for JavaScript is not installed; `make test` does that",
    ),
]


def test_chime_sdk_identity(qchime_server: Server):
    assert NODE
    program = [NODE, str(HERE / "chime_sdk_identity.mjs"), qchime_server.url]
    ended = subprocess.run(program, capture_output=True, encoding="utf-8", timeout=120, check=False)

    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout) == {
        "created": ["Chat", "v1"],
        "updated": ["Chat 😀", ""],
        "datesAreDates": True,
        "tags": [{"Key": "team", "Value": "a"}],
        "pages": [["User 0", "User 1"], ["User 2", "User 3"], ["User 4"]],
        "conflict": {"isTyped": True, "name": "ConflictException", "code": "Conflict", "status": 409},
        "gone": {"isTyped": True, "name": "ForbiddenException", "code": "Forbidden", "status": 403},
        "hasRequestId": True,
    }
