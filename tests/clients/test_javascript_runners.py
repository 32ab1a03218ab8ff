"""The tests of `examples/javascript`, run by vitest and by jest, each worker in an account of its own."""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from qchime import Client, Cloud
from qchime.server import Server
from tests.clients import node
from tests.clients.examples import EXAMPLES
from tests.test_docs import ROOT, blocks

EXAMPLE = EXAMPLES / "javascript"
PAGE = ROOT / "docs" / "javascript.md"
FILES = sorted(file.name for file in (EXAMPLE / "tests").iterdir())
TIMEOUT = 300
PATIENT = ["--testTimeout=90000"]
"""The machine may have more to do than these tests."""
RUNNERS = {
    "vitest": ["node_modules/vitest/vitest.mjs", "run", "--reporter=json", "--outputFile=result.json"],
    "jest": [
        "--experimental-vm-modules",
        "node_modules/jest/bin/jest.js",
        "--json",
        "--outputFile=result.json",
        "--cacheDirectory=cache",
    ],
}
WITH_MEETING = {
    "vitest": """
        import config from "./vitest.config.js";
        config.test.setupFiles = [config.test.setupFiles, "./meeting.js"];
        export default config;
    """,
    "jest": """
        import config from "./jest.config.js";
        config.setupFilesAfterEnv = [...config.setupFilesAfterEnv, "./meeting.js"];
        export default config;
    """,
}

pytestmark = [*node.needs("vitest"), *node.needs("jest")]


@dataclass
class Run:
    """How a run has ended; `log` is that of the server which it has started."""

    code: int
    output: str
    outcomes: dict[str, str]
    log: str

    @property
    def failed(self) -> set[str]:
        return {test for test, outcome in self.outcomes.items() if outcome != "passed"}


class Project:
    """A copy of the example, whose tests one of the runners runs."""

    def __init__(self, folder: Path, runner: str) -> None:
        self.folder = folder
        self._runner = runner
        shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns("node_modules", "qchime.log"))
        (folder / "node_modules").symlink_to(node.HERE / "node_modules")

    def run(self, *arguments: str, path: Path | None = None, **environment: str) -> Run:
        """Run all tests; `path` is where `qchime` is found."""
        assert node.NODE
        places = [str(path or Path(sys.executable).parent), os.environ["PATH"]]
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "QCHIME_"))}
        ended = subprocess.run(
            [node.NODE, *RUNNERS[self._runner], *PATIENT, *arguments],
            cwd=self.folder,
            env={**kept, "PATH": os.pathsep.join(places), "CI": "true", **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=TIMEOUT,
            check=False,
        )
        return Run(ended.returncode, ended.stdout, self._outcomes(), self._read("qchime.log"))

    def run_together(self) -> Run:
        """Run all files at once, each in a worker; their first tests begin and end together."""
        shutil.copy(node.HERE / "meeting.js", self.folder)
        (self.folder / "meeting.config.js").write_text(WITH_MEETING[self._runner], "utf-8")
        (self.folder / "meeting").mkdir()
        return self.run(
            "--config=meeting.config.js",
            f"--maxWorkers={len(FILES)}",
            MEETING=str(self.folder / "meeting"),
            MEETING_FILES=str(len(FILES)),
        )

    def _outcomes(self) -> dict[str, str]:
        result: dict[str, Any] = json.loads(self._read("result.json") or '{"testResults": []}')
        return {
            f"{Path(file['name']).name}: {test['title']}": test["status"]
            for file in result["testResults"]
            for test in file["assertionResults"]
        }

    def _read(self, name: str) -> str:
        file = self.folder / name
        return file.read_text("utf-8") if file.exists() else ""


@pytest.fixture(params=list(RUNNERS))
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Project:
    return Project(tmp_path / "project", request.param)


def accounts(log: str) -> set[str]:
    """The accounts that tests have reset."""
    return set(re.findall(r"'POST /_qchime/accounts/(\d{12})/reset HTTP", log))


def test_workers_with_an_account_each_never_meet(project: Project) -> None:
    ran = project.run_together()

    assert ran.code == 0, ran.output
    assert {name.partition(":")[0] for name in ran.outcomes} == set(FILES)
    assert len(ran.outcomes) == 7
    assert len(accounts(ran.log)) == len(FILES)
    assert "qchime has stopped." in ran.log


def test_workers_with_the_same_account_are_in_each_others_way(project: Project) -> None:
    file = project.folder / "qchime" / "account.js"
    code = file.read_text("utf-8")
    assert code.count(" + Number(worker)") == 1
    file.write_text(code.replace(" + Number(worker)", ""), "utf-8")
    ran = project.run_together()

    assert ran.code != 0
    assert len(accounts(ran.log)) == 1
    assert ran.failed & {
        "chat.test.js: a chat is open for its users",
        "history.test.js: the history has what users said",
    }


def test_a_server_that_runs_already_is_used_by_each_run_in_other_accounts(project: Project) -> None:
    with Server(cloud=Cloud()) as server:
        used: list[set[str]] = []
        for _ in range(2):
            ran = project.run(QCHIME_URL=server.url)
            assert (ran.code, ran.failed, ran.log) == (0, set(), ""), ran.output
            used.append(set(Client(server.url).accounts))
        first, both = used
        assert set() < first < both


@pytest.mark.skipif(os.name == "nt", reason="a program that fails is a shell script here")
def test_a_server_that_does_not_start_names_its_log(project: Project, tmp_path: Path) -> None:
    broken = tmp_path / "qchime"
    broken.write_text("#!/bin/sh\necho no port is free >&2\nexit 1\n")
    broken.chmod(0o755)
    ran = project.run(path=tmp_path)

    assert ran.code != 0
    assert "qchime serve has ended before it could serve: see qchime.log" in ran.output
    assert ran.log == "no port is free\n"


class TestPage:
    def test_shows_the_files_of_the_example(self) -> None:
        files = {
            file.relative_to(EXAMPLE).as_posix(): file.read_text("utf-8").strip()
            for file in EXAMPLE.rglob("*.js")
            if "node_modules" not in file.parts
        }
        shown = re.findall(r"^`([\w./]+)`[^\n]*:\n\n```js\n(.*?)\n```", PAGE.read_text("utf-8"), re.M | re.S)

        assert [name for name, code in shown if files[name] != code] == []
        assert len(shown) == sum(1 for block in blocks(PAGE) if block.language == "js")
        assert {name for name in files if name.startswith("qchime/") or "config" in name} <= dict(
            shown
        ).keys()

    def test_has_the_packages_that_the_tests_run_with(self) -> None:
        def packages(folder: Path) -> dict[str, str]:
            content = json.loads((folder / "package.json").read_text("utf-8"))
            return {**content["dependencies"], **content.get("devDependencies", {})}

        assert packages(EXAMPLE).items() <= packages(node.HERE).items()
