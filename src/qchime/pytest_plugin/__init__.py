"""Fixtures for pytest, and a marker for their options. Every test that uses one starts with clean state.

Nothing heavy is imported until one is used.
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
"""Where the clients are, unless the environment names another region."""


MARKER = """\
qchime(limits={}, users_required=False, account=None, clean=True, seed=None, state=None, \
assert_all_faults_used=False): \
answer every service of qchime in the process, with these options. \
limits: quotas that differ from AWS's; users_required: refuse callers whom nobody has registered; \
account: the AWS account that clients call from, and that the handle and the options are about; \
clean: begin with nothing, also inside a wider mock, and leave nothing behind; \
seed: a state file to begin with; state: a state file to begin with and to save to; \
assert_all_faults_used: fail the test if a fault has not struck as often as it was to. \
Files are looked for beside the test's own file."""


def pytest_configure(config: pytest.Config) -> None:
    """Describe our marker, and have a fixture with a client for each service that is installed."""
    config.addinivalue_line("markers", MARKER)
    clients = ModuleType("qchime clients")
    for service in service_entry_points():
        setattr(clients, _fixture_name(service), _client_fixture(service))
    config.pluginmanager.register(clients, clients.__name__)


@pytest.fixture(autouse=True)
def _qchime_marked(request: pytest.FixtureRequest) -> None:
    """A test with our marker runs inside the mock, whether it asks for the handle or not.

    The marker is read when the test runs, so it may have been added late or to one parameter. Fixtures of
    wider scopes are set up before, outside of the mock.
    """
    if request.node.get_closest_marker("qchime") is not None:
        request.getfixturevalue("qchime")


@pytest.fixture
def qchime(request: pytest.FixtureRequest) -> Iterator[Handle]:
    """Every service answered in the process; the handle of the mock, with the options of the marker."""
    from qchime.control.handle import CloudHandle
    from qchime.pytest_plugin.options import Options

    try:
        options = Options.of(request.node)
    except TypeError as error:
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
    """A server on a free port of this machine: `.url` for `endpoint_url`, and the handle's words."""
    return _qchime_running_server


def pytest_assertrepr_compare(op: str, left: object, right: object) -> list[str] | None:
    """Where calls differ from what a test expected of them."""
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

    client.__doc__ = f"A boto3 client for {service}, answered in the process."
    return pytest.fixture(name=_fixture_name(service))(client)


def _client(service: str) -> Any:
    import boto3

    # The default session, so that `client.exceptions` are those of the code under test.
    if boto3.DEFAULT_SESSION is None:
        boto3.setup_default_session()
    session: Any = boto3.DEFAULT_SESSION
    return session.client(service, region_name=session.region_name or REGION)
