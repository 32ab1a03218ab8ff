"""What counts as a change to a cloud. That of operations is tested with them, in tests/services."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from qchime import Client, Cloud, Handle, Server
from qchime.services.chimesdkidentity import SERVICE as CHIME_SDK_IDENTITY
from tests.changes import assert_noticed
from tests.server.wire import client, create, names
from tests.services.qapps.samples import HERE, definition, query

ACCOUNT = "111122223333"
APP = {"title": "Trip", "appDefinition": {"cards": []}}
MAKE: dict[str, Callable[[Any], object]] = {
    "clock.advance": lambda handle: handle.clock.advance(days=1),
    "clock.reset": lambda handle: handle.clock.reset(),
    "limits": lambda handle: setattr(handle.limits, "file_bytes", 1),
    "limits.update": lambda handle: handle.limits.update(file_bytes=1),
    "limits.reset": lambda handle: handle.limits.reset(),
    "rules": lambda handle: handle.rules.__setitem__("chime.other-locales", "accepted"),
    "rules, the default": lambda handle: handle.rules.__delitem__("chime.other-locales"),
    "rules.update": lambda handle: handle.rules.update({"chime.other-locales": "accepted"}),
    "rules.reset": lambda handle: handle.rules.reset(),
    "endpoints.deactivate": lambda handle: handle.endpoints.deactivate("some id"),
    "endpoints.reset": lambda handle: handle.endpoints.reset(),
    "categories.add": lambda handle: handle.categories.add("News"),
    "categories.reset": lambda handle: handle.categories.reset(),
    "users.add": lambda handle: handle.users.add("alice@example.com"),
    "users.add of a temporary one": lambda handle: handle.users.add("alice@example.com", expires_in=9),
    "users.add of an assertion": lambda handle: handle.users.add("alice@example.com", context_assertion="it"),
    "users.required": lambda handle: setattr(handle.users, "required", True),
    "users.reset": lambda handle: handle.users.reset(),
    "throttling": lambda handle: setattr(handle, "throttling", True),
    "faults.add": lambda handle: handle.faults.add("CreateQApp", delay=1),
    "faults.reset": lambda handle: handle.faults.reset(),
    "answers.add": lambda handle: handle.answers.add(text="All is well"),
    "answers.add_app": lambda handle: handle.answers.add_app(APP),
    "answers.add_plugin": lambda handle: handle.answers.add_plugin("plugin", "JIRA"),
    "answers.in_progress": lambda handle: handle.answers.in_progress(polls=1),
    "answers.reset": lambda handle: handle.answers.reset(),
    "load": lambda handle: handle.load(handle.dump()),
    "reset": lambda handle: handle.reset(),
}
LOOK: dict[str, Callable[[Any], object]] = {
    "clock": lambda handle: (handle.clock.now(), handle.clock.offset),
    "limits": lambda handle: (handle.limits.file_bytes, handle.limits.as_dict()),
    "rules": lambda handle: (list(handle.rules), handle.rules.as_dict(), "x" in handle.rules),
    "endpoints": lambda handle: handle.endpoints.deactivated,
    "categories": lambda handle: list(handle.categories),
    "users": lambda handle: (list(handle.users), handle.users.required, handle.users.temporary),
    "users.context_assertions": lambda handle: handle.users.context_assertions,
    "users.by_access_key": lambda handle: handle.users.by_access_key("AKIAIOSFODNN7EXAMPLE"),
    "throttling": lambda handle: handle.throttling,
    "faults": lambda handle: (list(handle.faults), handle.faults.unused),
    "answers": lambda handle: (list(handle.answers), handle.answers.apps, handle.answers.work),
    "calls": lambda handle: handle.calls(),
    "accounts": lambda handle: handle.accounts,
    "dump": lambda handle: handle.dump(),
}


@pytest.fixture
def cloud() -> Cloud:
    return Cloud()


@pytest.fixture
def server(cloud: Cloud) -> Iterator[Server]:
    with Server(cloud=cloud) as server:
        server.limits.app_instances_per_account = 3  # a state to reset
        server.account(ACCOUNT).limits.app_instances_per_account = 2
        yield server


@pytest.fixture(params=["in the process", "over HTTP"])
def handle(request: pytest.FixtureRequest, server: Server) -> Handle:
    return Client(server.url) if request.param == "over HTTP" else server


@pytest.mark.parametrize("account", [None, ACCOUNT])
@pytest.mark.parametrize("word", MAKE)
def test_what_a_test_author_sets_is_noticed(
    handle: Handle, cloud: Cloud, word: str, account: str | None
) -> None:
    used = handle if account is None else handle.account(account)
    assert_noticed(handle, lambda: MAKE[word](used), changes=True, cloud=cloud)


@pytest.mark.parametrize("account", [None, ACCOUNT])
@pytest.mark.parametrize("word", LOOK)
def test_what_a_test_author_looks_at_does_not_change(
    handle: Handle, cloud: Cloud, word: str, account: str | None
) -> None:
    used = handle if account is None else handle.account(account)
    assert_noticed(handle, lambda: LOOK[word](used), changes=False, cloud=cloud)


def test_to_forget_the_calls_is_noticed(server: Server, cloud: Cloud) -> None:
    names(server)
    assert_noticed(server, server.reset_calls, changes=True, cloud=cloud)


def test_a_fault_that_counts_a_call_is_noticed(server: Server, cloud: Cloud) -> None:
    server.faults.add("ListAppInstances", "ThrottledClientException", after=1, times=1)
    for changes in (True, True, False):  # lets one pass, strikes one, and is used up
        assert_noticed(server, lambda: list_instances(server), changes=changes, cloud=cloud)


def list_instances(server: Server) -> None:
    chime = client(server)
    with suppress(chime.exceptions.ThrottledClientException):
        chime.list_app_instances()


def test_a_poll_of_a_session_in_progress_is_noticed(server: Server, cloud: Cloud) -> None:
    server.answers.in_progress(polls=1)
    qapps = client(server, "qapps")
    app_id = qapps.create_q_app(**HERE, title="App", appDefinition=definition(query()))["appId"]
    session = qapps.start_q_app_session(**HERE, appId=app_id, appVersion=1)["sessionId"]

    for changes in (True, True, False):  # in progress, then complete, and complete already
        assert_noticed(
            server,
            lambda: qapps.get_q_app_session(**HERE, sessionId=session),
            changes=changes,
            cloud=cloud,
        )


def test_a_change_during_and_one_after_a_function_are_both_noticed(server: Server, cloud: Cloud) -> None:
    noticed: list[object] = []
    qapps = client(server, "qapps")
    app_id = qapps.create_q_app(**HERE, title="App", appDefinition=definition(query()))["appId"]

    def answer(prompt: str) -> str:
        noticed.append(cloud.changes.last)
        return "All is well"

    server.answers.add(text=answer)
    qapps.start_q_app_session(**HERE, appId=app_id, appVersion=1)
    assert cloud.changes.last is not noticed[0]


def test_a_call_that_is_refused_before_it_can_change_anything_is_no_change(
    server: Server, cloud: Cloud
) -> None:
    def refused() -> None:
        chime = client(server)
        with pytest.raises(chime.exceptions.BadRequestException):
            chime.create_app_instance(Name="")

    names(server)  # uses the account
    assert_noticed(server, refused, changes=False, cloud=cloud)


def test_another_cloud_has_changes_of_its_own(server: Server) -> None:
    other = Cloud()
    last = other.changes.last
    create(server)
    assert other.changes.last is last


def test_contents_for_a_while_are_two_changes(server: Server, cloud: Cloud) -> None:
    first = cloud.changes.last
    with server.anew():
        second = cloud.changes.last
    assert len({first, second, cloud.changes.last}) == 3


def test_the_reset_of_a_backend_is_noticed(server: Server, cloud: Cloud) -> None:
    arn = create(server)
    backends = cloud.account(arn.split(":")[4]).existing(CHIME_SDK_IDENTITY)
    assert_noticed(server, backends["us-east-1"].reset, changes=True, cloud=cloud)
    assert names(server) == []
