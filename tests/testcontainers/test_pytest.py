"""A container behind the fixtures: the `conftest.py` on `docs/containers.md`, as a user runs it."""

import sys

import pytest

from qchime.server import Server
from tests.test_docs import ROOT, blocks
from tests.testcontainers.engine import Engine

pytest_plugins = ["pytester"]
TIMEOUT = 120
TESTS = """
import pytest

@pytest.mark.parametrize("number", range(4))
def test_chat(chime_sdk_identity_client, qchime, number):
    chime_sdk_identity_client.create_app_instance(Name="chat")
    [instance] = chime_sdk_identity_client.list_app_instances()["AppInstances"]
    print("endpoint", chime_sdk_identity_client.meta.endpoint_url)
    print("account", instance["AppInstanceArn"].split(":")[4])
"""


@pytest.fixture
def conftest() -> str:
    *_, code = [block.text for block in blocks(ROOT / "docs" / "containers.md") if block.language == "python"]
    return f"from qchime.testcontainers import QchimeContainer\n{code}"


def printed(name: str, output: list[str]) -> set[str]:
    return {line.split()[1] for line in output if line.startswith(f"{name} ")}


def test_all_workers_use_one_container_and_an_account_each(
    conftest: str, engine: Engine, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("QCHIME_URL", raising=False)
    pytester.makeconftest(conftest)
    pytester.makepyfile(TESTS)
    ran = pytester.run(
        sys.executable, "-m", "pytest", "-n", "2", "-rP", "-p", "no:cacheprovider", timeout=TIMEOUT
    )

    ran.assert_outcomes(passed=4)
    assert len(printed("endpoint", ran.outlines)) == 1
    assert len(printed("account", ran.outlines)) == 2
    assert len(engine.started) == 1
    assert engine.containers == {}


def test_a_server_that_is_named_is_used_instead(
    conftest: str,
    engine: Engine,
    pytester: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
    qchime_server: Server,
) -> None:
    pytester.makeconftest(conftest)
    pytester.makepyfile(TESTS)
    url = qchime_server.url
    monkeypatch.setenv("QCHIME_URL", url)
    ran = pytester.run(sys.executable, "-m", "pytest", "-rP", "-p", "no:cacheprovider", timeout=TIMEOUT)

    ran.assert_outcomes(passed=4)
    assert printed("endpoint", ran.outlines) == {url}
    assert engine.started == []
