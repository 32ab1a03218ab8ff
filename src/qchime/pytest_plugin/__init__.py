"""pytest fixtures, and a marker for their options. Every test that uses one starts with clean state.

Nothing heavy is imported until a fixture is used.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

import qchime as face
from qchime.core.group import moto_name, service_entry_points

if TYPE_CHECKING:
    from qchime.control.handle import Handle
    from qchime.server import Server

REGION = "us-east-1"
"""The region of the clients, unless the environment or the AWS configuration sets another."""


MARKER = """\
qchime(limits={}, users_required=False, account=None, clean=True, seed=None, state=None, \
assert_all_faults_used=False): \
mock every service of qchime in-process, with these options. \
limits: quotas that differ from AWS's; users_required: refuse callers who are not registered; \
account: the AWS account of the clients, the handle and the options; \
clean: start with clean state, even inside a wider mock, and leave nothing behind; \
seed: a state file to start with; state: a state file to start with and to save to; \
assert_all_faults_used: fail the test if a fault has not struck as often as requested. \
Paths of files are relative to the folder of the test file."""


def pytest_configure(config: pytest.Config) -> None:
    """Register our marker, and a client fixture for each installed service."""
    config.addinivalue_line("markers", MARKER)
    clients = ModuleType("qchime clients")
    for service in service_entry_points():
        setattr(clients, _fixture_name(service), _client_fixture(service))
    config.pluginmanager.register(clients, clients.__name__)


@pytest.fixture(autouse=True)
def _qchime_marked(request: pytest.FixtureRequest) -> None:
    """Run a test with our marker inside the mock, even if it does not request the fixture.

    The marker is read when the test runs, so it may have been added late or to one parameter. Fixtures of
    wider scopes are set up earlier, outside the mock.
    """
    if request.node.get_closest_marker("qchime") is not None:
        request.getfixturevalue("qchime")


@pytest.fixture
def qchime(request: pytest.FixtureRequest) -> Iterator[Handle]:
    """Mock every service in-process, with the options of the marker; returns the handle."""
    from qchime.control.handle import CloudHandle
    from qchime.pytest_plugin.options import Options

    try:
        options = Options.of(request.node)
    except (TypeError, ValueError) as error:
        pytest.fail(f"@pytest.mark.qchime: {error}", pytrace=False)
    with ExitStack() as stack:
        if options.clean:
            stack.enter_context(CloudHandle().anew())
        mocks = [getattr(face, f"mock_{moto_name(service)}") for service in service_entry_points()]
        handle, *_ = [stack.enter_context(mock()) for mock in mocks]
        yield stack.enter_context(options.applied(handle, request.path.parent))


@pytest.fixture(scope="session")
def _qchime_running_server() -> Iterator[Server]:
    with face.Server() as server:
        yield server


@pytest.fixture
def qchime_server(qchime: Handle, _qchime_running_server: Server) -> Server:
    """A server on a free port of this machine, which is a handle too; use its `.url` as `endpoint_url`."""
    return _qchime_running_server


def pytest_assertrepr_compare(op: str, left: object, right: object) -> list[str] | None:
    """Explain how a handle's calls differ from the expected ones in a failed assertion."""
    module = sys.modules.get("qchime.world.calls")
    if module is None or op != "==":
        return None
    if isinstance(left, module.Calls) and isinstance(right, list | tuple | module.Calls):
        return ["calls are not as expected (- expected, + called)", *left.difference(right)]
    if isinstance(right, module.Calls) and isinstance(left, list | tuple):
        return pytest_assertrepr_compare(op, right, left)
    return None


def _fixture_name(service: str) -> str:
    return f"{service.replace('-', '_')}_client"


def _client_fixture(service: str) -> Any:
    def client(qchime: Handle) -> Any:
        return _client(service)

    client.__doc__ = f"A boto3 client for {service}, mocked in-process."
    return pytest.fixture(name=_fixture_name(service))(client)


def _client(service: str) -> Any:
    import boto3

    # The default session, so that `client.exceptions` are the same classes as in the code under test.
    if boto3.DEFAULT_SESSION is None:
        boto3.setup_default_session()
    session: Any = boto3.DEFAULT_SESSION
    return session.client(service, region_name=session.region_name or REGION)
