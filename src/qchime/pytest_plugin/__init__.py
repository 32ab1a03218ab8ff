"""pytest fixtures, and a marker for their options. Every test that uses one starts with clean state.

Nothing heavy is imported until a fixture is used.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from itertools import count
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

import pytest

import qchime as face
from qchime.control.decorated import mocks_of
from qchime.core.group import moto_name, service_entry_points

if TYPE_CHECKING:
    from qchime import Client, Handle, Server
    from qchime.pytest_plugin.elsewhere import Elsewhere
    from qchime.pytest_plugin.options import Options

REGION = "us-east-1"
"""The region of the clients, unless the environment or the AWS configuration sets another."""

ELSEWHERE = pytest.StashKey["Elsewhere"]()
"""The server of `--qchime-url`, in pytest's configuration; missing if tests run in-process."""
READ = pytest.StashKey[int]()
"""How many of our markers a test had when they were read; missing if it has no fixtures."""
WORKERS = pytest.StashKey["count[int]"]()
"""The numbers of the workers of pytest-xdist."""

MARKER = """\
qchime(limits={}, rules={}, users_required=False, throttling=False, account=None, clean=True, \
seed=None, state=None, assert_all_faults_used=False): \
mock every service of qchime in-process, with these options. \
limits: quotas that differ from AWS's; rules: choices that differ from the default; \
users_required: refuse callers who are not registered; \
throttling: refuse requests that exceed AWS's rates; \
account: the AWS account of the clients, the handle and the options; \
clean: start with clean state, even inside a wider mock, and leave nothing behind; \
seed: a state file to load at the start; \
state: a state file to load at the start, if it exists, and to save to after the test; \
assert_all_faults_used: fail the test if a fault has not struck as often as requested. \
Paths of files are relative to the folder of the test file."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--qchime-url`, `--qchime-page-on-failure` and `--qchime-page-folder`."""
    group = parser.getgroup("qchime")
    group.addoption(
        "--qchime-page-on-failure",
        action="store_true",
        help="write what its mock held to an HTML file, for each test that fails",
    )
    group.addoption(
        "--qchime-page-folder",
        default="qchime-failures",
        metavar="FOLDER",
        help="folder of these files, relative to the root directory (default: %(default)s)",
    )
    group.addoption(
        "--qchime-url",
        metavar="URL",
        help="use the qchime server at this address instead of in-process mocks, in an account of this "
        "run's own (default: the environment variable QCHIME_URL)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register our marker, a client fixture for each installed service, and `--qchime-page-on-failure`."""
    config.addinivalue_line("markers", MARKER)
    clients = ModuleType("qchime clients")
    for service in service_entry_points():
        setattr(clients, _fixture_name(service), _client_fixture(service))
    config.pluginmanager.register(clients, clients.__name__)
    if config.getoption("qchime_page_on_failure"):
        from qchime.pytest_plugin.failures import Failures

        folder = config.rootpath / config.getoption("qchime_page_folder")
        config.pluginmanager.register(Failures(folder), "qchime failures")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Find the server of `--qchime-url` before any test: if it is missing, that is one error."""
    config = session.config
    option: str | None = config.getoption("qchime_url")
    url = os.environ.get("QCHIME_URL", "") if option is None else option
    known = getattr(config, "workerinput", {}).get("qchime")
    if known or url:
        from qchime.pytest_plugin.elsewhere import Elsewhere

        config.stash[ELSEWHERE] = Elsewhere(**known) if known else Elsewhere.at(url)
        config.stash[WORKERS] = count()


def pytest_report_header(config: pytest.Config) -> str | None:
    """Show the server of `--qchime-url`, and the account that this run has on it."""
    has_workers = config.pluginmanager.has_plugin("dsession")
    return config.stash[ELSEWHERE].header(has_workers) if ELSEWHERE in config.stash else None


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Pass the server to a worker of pytest-xdist, with an account of its own."""
    stash = node.config.stash
    if ELSEWHERE in stash:
        node.workerinput["qchime"] = asdict(stash[ELSEWHERE].of_worker(next(stash[WORKERS])))


@pytest.fixture(autouse=True)
def _qchime_decorated(request: pytest.FixtureRequest) -> Iterator[None]:
    """Run the mocks of decorated classes around the whole test: its set-up methods, its fixtures, itself.

    Fixtures of wider scopes are set up earlier, outside the mocks.
    """
    with ExitStack() as stack:
        for node in request.node.listchain():
            for running in mocks_of(node.obj) if isinstance(node, pytest.Class) else ():
                stack.enter_context(running())
        yield


@pytest.fixture(autouse=True)
def _qchime_marked(request: pytest.FixtureRequest, _qchime_decorated: None) -> None:
    """Run a test with our marker inside the mock, even if it does not request the fixture.

    The marker is read when the test runs, so it may have been added late or to one parameter. Fixtures of
    wider scopes are set up earlier, outside the mock.
    """
    request.node.stash[READ] = _markers(request.node)
    if request.node.stash[READ]:
        request.getfixturevalue("qchime")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> None:
    """Fail a test on which a marker of ours has no effect, rather than run it outside the mock."""
    if _markers(item) > item.stash.get(READ, 0):
        pytest.fail(
            "@pytest.mark.qchime has no effect here: it was added after the mocks of this test had started, "
            "such as by a fixture, or to a test without fixtures. Add it in a hook, such as "
            "pytest_collection_modifyitems, or request the fixture `qchime`.",
            pytrace=False,
        )


@pytest.fixture
def qchime(
    request: pytest.FixtureRequest, _qchime_decorated: None, _qchime_elsewhere: Elsewhere | None
) -> Iterator[Handle]:
    """The handle of a mock of every service, in-process, with the options of the marker.

    With `--qchime-url`, that server is used instead.
    """
    from qchime.pytest_plugin.options import Options

    try:
        options = Options.of(request.node)
        if _qchime_elsewhere is not None:
            options = _qchime_elsewhere.located(options)
    except (TypeError, ValueError) as error:
        pytest.fail(f"@pytest.mark.qchime: {error}", pytrace=False)
    place = _mocked(options) if _qchime_elsewhere is None else _qchime_elsewhere.serving(options)
    with place as handle, options.applied(handle, request.path.parent) as handle:
        yield handle


@pytest.fixture(scope="session")
def _qchime_elsewhere(pytestconfig: pytest.Config) -> Iterator[Elsewhere | None]:
    elsewhere = pytestconfig.stash.get(ELSEWHERE, None)
    if elsewhere is not None:
        face._intercept()  # keeps clients that were created earlier from AWS
    yield elsewhere
    if elsewhere is not None:
        elsewhere.leave()


@pytest.fixture(scope="session")
def _qchime_running_server(_qchime_elsewhere: Elsewhere | None) -> Iterator[Server | None]:
    if _qchime_elsewhere is not None:
        yield None
    else:
        with face.Server() as server:
            yield server


@pytest.fixture
def qchime_server(qchime: Handle, _qchime_running_server: Server | None) -> Server | Client:
    """A server on a free port of this machine, which is a handle too. Use its `url` as `endpoint_url`.

    With `--qchime-url`, it is a `Client` for this run's account on that server.
    """
    return cast("Client", qchime) if _qchime_running_server is None else _qchime_running_server


def pytest_assertrepr_compare(op: str, left: object, right: object) -> list[str] | None:
    """Explain how a handle's calls, or other records, differ from the expected ones in a failed assertion."""
    module = sys.modules.get("qchime.world.records")
    if module is None or op != "==":
        return None
    if isinstance(left, module.Records) and isinstance(right, list | tuple | module.Records):
        return [f"{left.kind} are not as expected (- expected, + {left.participle})", *left.difference(right)]
    if isinstance(right, module.Records) and isinstance(left, list | tuple):
        return pytest_assertrepr_compare(op, right, left)
    return None


def _markers(node: pytest.Item) -> int:
    return sum(1 for _ in node.iter_markers("qchime"))


def _fixture_name(service: str) -> str:
    return f"{service.replace('-', '_')}_client"


def _client_fixture(service: str) -> Any:
    def client(qchime: Handle) -> Any:
        return _client(service)

    client.__doc__ = f"A boto3 client for {service}, mocked in-process or answered by `--qchime-url`."
    return pytest.fixture(name=_fixture_name(service))(client)


def _client(service: str) -> Any:
    import boto3

    # The default session, so that `client.exceptions` are the same classes as in the code under test.
    if boto3.DEFAULT_SESSION is None:
        boto3.setup_default_session()
    session: Any = boto3.DEFAULT_SESSION
    return session.client(service, region_name=session.region_name or REGION)


@contextmanager
def _mocked(options: Options) -> Iterator[Handle]:
    from qchime.control.handle import CloudHandle

    with ExitStack() as stack:
        if options.clean:
            stack.enter_context(CloudHandle().anew())
        mocks = [getattr(face, f"mock_{moto_name(service)}") for service in service_entry_points()]
        handle, *_ = [stack.enter_context(mock()) for mock in mocks]
        yield handle
