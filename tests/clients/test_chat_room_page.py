"""The page of `examples/chat_room` in a browser, with the real amazon-chime-sdk-js, as its readers run it."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.chromium import CHROMIUM
from tests.clients import node
from tests.clients.examples import EXAMPLES
from tests.server.wire import TIMEOUT
from tests.test_cli import serving

EXAMPLE = EXAMPLES / "chat_room"
MODULES = node.HERE / "node_modules"
NPM = shutil.which("npm")
SEEN = {
    "bob": ["Bob: (removed)", "Bob: <b>I am back</b>"],
    "carol": ["Bob: (removed)", "Bob: <b>I am back</b>", "Alice: Quiet now"],
    "buttons": [3, 0],
}
"""What Bob reads before he is banned, and Carol later; and how many buttons Alice and Carol have."""
KEYS = {"AWS_ACCESS_KEY_ID": "any", "AWS_SECRET_ACCESS_KEY": "any", "AWS_DEFAULT_REGION": "us-east-1"}


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """A copy of the example with its page built, by the packages of the tests instead of `npm install`."""
    assert NPM
    copy = tmp_path / "chat_room"
    shutil.copytree(EXAMPLE, copy, ignore=shutil.ignore_patterns("bundle.js", "node_modules"))
    path = os.pathsep.join([str(MODULES / ".bin"), os.environ["PATH"]])
    environment = {**os.environ, "NODE_PATH": str(MODULES), "PATH": path}
    subprocess.run([NPM, "run", "build"], cwd=copy, env=environment, check=True, capture_output=True)
    return copy


@contextmanager
def program(script: Path, *arguments: str, environment: Mapping[str, str]) -> Iterator[str]:
    """A running program of the example; the context value is the first line that it prints."""
    process = subprocess.Popen(
        [sys.executable, str(script), *arguments],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout
        yield process.stdout.readline().strip()
    finally:
        process.kill()
        process.communicate(timeout=TIMEOUT)


@node.needs_chromium
@pytest.mark.skipif(NPM is None, reason="npm is not installed")
class TestInABrowser:
    pytestmark = node.needs("amazon-chime-sdk-js")

    def test_people_talk_are_censored_moderated_and_banned(self, example: Path) -> None:
        assert CHROMIUM
        with serving("--tls", "--moto") as server:
            environment = {**KEYS, **server.exports}
            with (
                program(example / "web.py", "--port=0", environment=environment) as site,
                program(example / "local_lambda.py", server.url, environment=environment),
            ):
                assert node.run_at("chat_room_browser.mjs", site, server.url, CHROMIUM) == SEEN


def test_the_versions_of_its_packages_are_those_of_the_tests() -> None:
    wanted = json.loads((EXAMPLE / "package.json").read_text())
    tested = json.loads((node.HERE / "package.json").read_text())["dependencies"]
    given = wanted["dependencies"] | wanted["devDependencies"]
    assert given == {name: tested[name] for name in given}
