"""All three services with the AWS SDK for Go, version 2, which finds the server by its environment."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from qchime import Cloud, Server
from qchime.core.table import SERVICES

PROGRAM = Path(__file__).parents[2] / "build" / "go" / "client"
ACCOUNT = "111122223333"

pytestmark = pytest.mark.skipif(
    not PROGRAM.exists(), reason="the Go program is not built; `make test` does that where Go is installed"
)


@pytest.fixture(params=[False, True], ids=["http", "https"])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with Server(tls=request.param, cloud=Cloud()) as server:
        yield server


def run(server: Server, home: Path) -> Any:
    """The JSON that the program prints."""
    environment = {
        "HOME": str(home),
        "AWS_ACCESS_KEY_ID": ACCOUNT,
        "AWS_SECRET_ACCESS_KEY": "any",
        "AWS_REGION": "us-east-1",
        **{f"AWS_ENDPOINT_URL_{name.upper().replace('-', '_')}": server.url for name in SERVICES.names},
        **({"AWS_CA_BUNDLE": str(server.ca_file)} if server.ca_file else {}),
    }
    ended = subprocess.run(
        [PROGRAM], env=environment, capture_output=True, encoding="utf-8", timeout=120, check=False
    )
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


def typed(code: str) -> dict[str, Any]:
    """How Go programs see an error that the SDK has a type for."""
    return {"isTyped": True, "code": code, "hasMessage": True}


def test_all_services(server: Server, tmp_path: Path) -> None:
    server.answers.add("Greeting", "Good day 😀")

    assert run(server, tmp_path) == {
        "identity": {
            "created": ["Chat 😀", "v1"],
            "datesAreNow": True,
            "pages": [["User 0", "User 1"], ["User 2", "User 3"], ["User 4"]],
            "tags": ["team", "a"],
            "conflict": typed("ConflictException"),
            "gone": typed("ForbiddenException"),
            "invalid": typed("BadRequestException"),
        },
        "messaging": {
            "message": ["Hello, é", "User 1", True],
            "refused": typed("ForbiddenException"),
            "sessions": server.url.partition("://")[2],
        },
        "qApps": {
            "created": ["Greeter", "DRAFT", 1],
            "datesAreNow": True,
            "answer": ["COMPLETED", "Good day 😀"],
            "gone": typed("ResourceNotFoundException"),
            "invalid": typed("ValidationException"),
        },
    }
    assert server.accounts == [ACCOUNT]
