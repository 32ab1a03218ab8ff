"""The package in docs/your-own-service.md, installed together with qchime in a new folder, and run there."""

from __future__ import annotations

import html
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from qchime.core.service import USUAL_ERRORS, Service
from qchime.core.table import SERVICES

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "your-own-service.md").read_text("utf-8")
FILES: dict[str, str] = dict(
    re.findall(r"^\*\*`([\w./]+)`\*\*.*?^```(?:py|toml)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
)
PERIOD = {"RetentionPeriodValue": 7, "RetentionPeriodUnit": "DAYS"}
RULE = {"ResourceType": "EBS_SNAPSHOT", "RetentionPeriod": PERIOD}


class Installed:
    """A folder with qchime and the package, used with this environment's libraries."""

    def __init__(self, directory: Path) -> None:
        project, wheels = directory / "qchime-rbin", directory / "wheels"
        self.site, self.tests = directory / "site", directory / "tests"
        for name, text in FILES.items():
            file = (self.tests if name.startswith("test_") else project) / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
        pip("wheel", "--no-build-isolation", "--wheel-dir", str(wheels), str(ROOT), str(project))
        pip("install", "--target", str(self.site), *map(str, wheels.glob("*.whl")))

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a process in which the folder precedes an editable installation."""
        # coverage would count the lines of this copy as well as those of src.
        ours = ("AWS_", "COVERAGE_", "MOTO_", "PYTEST_", "PYTHONPATH")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        return {**kept, "PYTHONPATH": str(self.site)}

    def run(self, *arguments: str) -> str:
        """Run a program there; returns what it prints."""
        ended = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.tests,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended.stdout


def pip(command: str, *arguments: str) -> None:
    offline = [
        "--no-index",
        "--no-deps",
        "--no-cache-dir",
        "--disable-pip-version-check",
        "--no-input",
        "--quiet",
    ]
    ended = subprocess.run(
        [sys.executable, "-m", "pip", command, *offline, *arguments],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert ended.returncode == 0, ended.stderr


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return Installed(tmp_path_factory.mktemp("own-service"))


@pytest.fixture
def server_url(installed: Installed) -> Iterator[str]:
    command = [sys.executable, "-m", "qchime", "serve", "--port", "0"]
    with subprocess.Popen(
        command,
        cwd=installed.tests,
        env=installed.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found
        try:
            yield found[0]
        finally:
            process.terminate()


def client(url: str, **options: Any) -> Any:
    keys = {"aws_access_key_id": "111122223333", "aws_secret_access_key": "any"}
    return boto3.client("rbin", endpoint_url=url, region_name="us-east-1", **keys, **options)


class TestThePage:
    def test_has_every_file_of_the_package(self) -> None:
        [tree] = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)
        names = [line.strip() for line in tree.splitlines() if not line.endswith("/")]
        assert [Path(name).name for name in FILES] == names

    def test_needs_fewer_than_100_lines(self) -> None:
        package = [text for name, text in FILES.items() if not name.startswith("test_")]
        assert sum(len(text.splitlines()) for text in package) < 100
        assert sum(1 for text in FILES.values() for line in text.splitlines() if line.strip()) < 100

    def test_adds_a_service_that_neither_qchime_nor_moto_has(self) -> None:
        index = pytest.importorskip("moto.backend_index").backend_url_patterns
        assert "rbin" not in SERVICES.names
        assert not any(re.match(pattern, "https://rbin.us-east-1.amazonaws.com/") for _, pattern in index)

    def test_has_every_field_of_a_row(self) -> None:
        assert re.findall(r"^\| `(\w+)` \|", section("The row"), re.MULTILINE) == [
            field.name for field in fields(Service)
        ]

    def test_has_every_usual_error(self) -> None:
        shown = section("The exceptions module")
        for role, names in USUAL_ERRORS.items():
            [row] = re.findall(rf"^\| `{role}` \|.*", shown, re.MULTILINE)
            assert re.findall(r"`(\w+Exception)`", row) == list(names)


def section(title: str) -> str:
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


class TestThePackage:
    def test_does_not_change_qchime(self, installed: Installed) -> None:
        assert contents(installed.site / "qchime") == contents(ROOT / "src" / "qchime")

    def test_is_found_next_to_the_qchime_of_the_same_folder(self, installed: Installed) -> None:
        found = installed.run(
            "-c", "import qchime, qchime_rbin as it; print(qchime.__file__, it.__file__, sep='\\n')"
        )
        assert [Path(line).parent.parent for line in found.splitlines()] == [installed.site] * 2

    def test_passes_its_own_tests(self, installed: Installed) -> None:
        said = installed.run("-m", "pytest", "-p", "no:cacheprovider", "-rA", "test_rbin.py")
        names = re.findall(r"^def (test_\w+)", FILES["test_rbin.py"], re.MULTILINE)
        assert len(names) == 3
        assert [name for name in names if f"PASSED test_rbin.py::{name}" not in said] == []

    def test_can_be_imported_before_qchime_and_after_moto(self, installed: Installed) -> None:
        """If moto is imported already, qchime registers its services at once, which reads the rows."""
        installed.run("-c", "import moto.backend_index, qchime_rbin.backend")

    def test_is_listed_with_its_operations(self, installed: Installed) -> None:
        assert "rbin: 4 of 10 operations" in installed.run("-m", "qchime", "operations").splitlines()

    def test_may_have_rules_of_its_own(self, installed: Installed) -> None:
        said = installed.run(
            "-c",
            "import qchime_rbin.backend\n"
            "rule = \"ORDER = inferred('rbin.order', 'Oldest first.', choices=['oldest', 'newest'])\"\n"
            "exec(f'from qchime.rules import inferred; {rule}', vars(qchime_rbin.backend))\n"
            "from qchime import mock_rbin\n"
            "with mock_rbin() as mock:\n"
            "    print(mock.rules['rbin.order'])\n"
            "from qchime.cli import main\n"
            "main(['operations', '--evidence'])",
        )
        assert said.startswith("oldest\n")
        assert (
            "\nRecycle Bin\n  rbin.order (inferred): Oldest first.\n"
            '    Change it: rules["rbin.order"] = "newest"\n'
        ) in said

    def test_is_answered_under_mock_aws_alone(self, installed: Installed) -> None:
        assert installed.run(
            "-c",
            "import boto3, qchime, moto\n"
            "with moto.mock_aws():\n"
            "    print(boto3.client('rbin', 'us-east-1').list_rules(ResourceType='EC2_IMAGE')['Rules'])",
        ) == ("[]\n")


TRASH = """
class Trash:
    def empty(self) -> int: ...

class RemoteTrash:
    def empty(self) -> str: ...
"""
TYPED = """
from typing_extensions import assert_type
import qchime
from qchime_rbin.typed import Client, Handle, mock_rbin

with mock_rbin() as mock:
    assert_type(mock, Handle)
    assert_type(mock.trash.empty(), int)
    assert_type(mock.account("111122223333").trash.empty(), int)
    assert_type(mock.faults.unused, list[qchime.world.Fault])
    mock.trahs  # type: ignore[attr-defined]

@mock_rbin
def test_the_fixture(qchime: Handle, number: int = 1) -> int:
    qchime.trahs  # type: ignore[attr-defined]
    return qchime.trash.empty()

assert_type(test_the_fixture(mock, number=2), int)
assert_type(Client("http://127.0.0.1:4590").trash.empty(), str)
assert_type(Client("http://127.0.0.1:4590").account("111122223333").trash.empty(), str)
"""


class TestItsTypes:
    """The module in the section "Types", with a word that the row could have."""

    @pytest.fixture
    def typed(self, installed: Installed) -> Path:
        package = installed.site / "qchime_rbin"
        [module] = re.findall(r"```py\n(.*?)```", section("Types"), re.DOTALL)
        (package / "trash.py").write_text(TRASH, "utf-8")
        (package / "typed.py").write_text(module, "utf-8")
        test = installed.tests / "typed.py"
        test.write_text(TYPED, "utf-8")
        return test

    def test_are_exact(self, installed: Installed, typed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        pytest.importorskip("mypy")
        monkeypatch.setenv("MYPYPATH", str(installed.site))
        installed.run("-m", "mypy", "--strict", "--cache-dir", os.devnull, str(typed))

    @pytest.mark.usefixtures("typed")
    def test_cost_nothing_at_run_time(self, installed: Installed) -> None:
        installed.run(
            "-c",
            "import qchime, qchime_rbin.typed as it\n"
            "for name in ('Client', 'Handle', 'mock_rbin'):\n"
            "    assert getattr(it, name) is getattr(qchime, name)",
        )


class TestTheServer:
    def test_has_the_service_with_all_features(self, server_url: str) -> None:
        rbin, control = client(server_url), f"{server_url}/_qchime"
        key = rbin.create_rule(**RULE, Description="Keep")["Identifier"]
        state = requests.get(f"{control}/state", timeout=30).json()
        assert set(state["services"]["rbin"]["111122223333"]["us-east-1"]["entries"]) == {key}

        requests.post(f"{control}/reset", timeout=30).raise_for_status()
        with pytest.raises(rbin.exceptions.ResourceNotFoundException):
            rbin.get_rule(Identifier=key)
        requests.put(f"{control}/state", json=state, timeout=30).raise_for_status()
        assert rbin.get_rule(Identifier=key)["Description"] == "Keep"

        entries = state["services"]["rbin"]["111122223333"]["us-east-1"]["entries"]
        entries["0" * 11] = entries.pop(key)
        refused = requests.put(f"{control}/state", json=state, timeout=30)
        assert refused.status_code == 400
        assert "its key is not its identifier" in refused.text

    def test_is_on_the_page(self, server_url: str) -> None:
        def show(target: str) -> str:
            return requests.get(f"{server_url}{target}", timeout=30).text

        key = client(server_url).create_rule(**RULE, Description="Keep")["Identifier"]
        service = show("/_qchime/page/service?name=rbin")
        assert ">CreateRule</a>" in service
        assert "rules_per_region" in service
        assert ">CreateRule</a>" in show("/_qchime/page/calls?service=rbin")
        links = re.findall(rf'href="([^"]*)"><bdi>{key}', show(f"/_qchime/page/search?text={key}"))
        rule = show(html.unescape(links[0]))
        assert "Keep" in rule
        assert ">CreateRule</a>" in rule

    def test_checks_input_and_pages_as_the_service_does(self, server_url: str) -> None:
        rbin = client(server_url, config=Config(parameter_validation=False))
        with pytest.raises(rbin.exceptions.ValidationException, match="resourceType"):
            rbin.list_rules()
        keys = [rbin.create_rule(**RULE)["Identifier"] for _ in range(3)]
        pages = rbin.get_paginator("list_rules").paginate(
            ResourceType="EBS_SNAPSHOT", PaginationConfig={"PageSize": 2}
        )
        assert [[rule["Identifier"] for rule in page["Rules"]] for page in pages] == [keys[:2], keys[2:]]
        with pytest.raises(rbin.exceptions.ValidationException, match="not from this list"):
            rbin.list_rules(ResourceType="EBS_SNAPSHOT", NextToken="bm9uZQ==")

    def test_knows_an_unsigned_request_by_its_path(self, server_url: str) -> None:
        rbin = client(server_url, config=Config(signature_version=UNSIGNED))
        assert rbin.list_rules(ResourceType="EC2_IMAGE")["Rules"] == []

    def test_names_what_the_package_does_not_support(self, server_url: str) -> None:
        with pytest.raises(ClientError, match="does not implement UnlockRule of rbin yet") as caught:
            client(server_url).unlock_rule(Identifier="a" * 11)
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501


def contents(directory: Path) -> dict[str, bytes]:
    """The files of a package, without compiled ones."""
    return {
        file.relative_to(directory).as_posix(): file.read_bytes()
        for file in directory.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
