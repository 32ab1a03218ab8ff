"""The cloud: independent accounts, and loads that are atomic for calls."""

import json
import os
import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import boto3
import pytest

from qchime import Cloud, Handle, Server
from qchime.control.handle import CloudHandle
from qchime.control.snapshot import StateError
from qchime.core.clients import deliver, from_client
from qchime.core.cloud import cloud
from qchime.core.dispatch import respond
from qchime.core.table import SERVICES
from qchime.restjson import Request
from qchime.server.trust import signatures
from qchime.services.qapps import SERVICE as QAPPS
from qchime.services.qapps.answers import Answers
from qchime.services.qapps.backend import QAppsBackend
from qchime.world import Lock
from tests.concurrency.together import at_once
from tests.forking import forks, in_child
from tests.services.qapps.samples import HERE, definition, query

new_client: Any = boto3.client

ONE = "111122223333"
OTHER = "444455556666"

CACHES = [
    r"qchime\.core\.table\.SERVICES\._(rows|limits)",  # the rows, and figures from them
    r"qchime\..*\._rows\.\d+\.(_operations|backend|exceptions|model|router|routes|url_pattern)",  # the model
    r"qchime\.control\.snapshot\.records\._converter",  # converters of records, by service
    r"qchime\.core\.hosts\._hostname",  # a host, parsed
    r"qchime\.core\.(backend|partitions)\.partition_of",  # by region
    r"qchime\.restjson\.routing\._unquote_cached",  # a part of a path, decoded
    r"qchime\.restjson\.timestamps\._in_utc",  # a timestamp, written
    r"qchime\..*\.urlsplit",  # the standard library's
    r"qchime\.world\.forks\._forkables\.length",  # what a forked child must renew
]
"""What calls may change in modules: caches of functions of the model, and the register for forks."""


def client(service: str, used: Cloud, account: str = ONE, **more: Any) -> Any:
    """A client that a cloud answers, without a mock or a server."""
    keys: Any = {"aws_access_key_id": account, "aws_secret_access_key": "any", **more}
    made = new_client(service, region_name="us-east-1", **keys)
    made.meta.events.register_first(
        "before-send", lambda request, **_: deliver(request.url, respond(used, from_client(request)))
    )
    return made


class TestModules:
    @staticmethod
    def changed_by_calls(whose: str) -> list[str]:
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(sys.path),
            "AWS_ACCESS_KEY_ID": "a",
            "AWS_SECRET_ACCESS_KEY": "b",
        }
        command = [sys.executable, "-m", "tests.core.module_state", whose]
        run = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment)
        assert run.returncode == 0, run.stderr
        return [
            place
            for place in json.loads(run.stdout)
            if not any(
                re.match(cache, place.replace(CATALOGUE, "qchime.core.table.SERVICES")) for cache in CACHES
            )
        ]

    def test_are_not_changed_by_calls_of_another_cloud(self) -> None:
        assert self.changed_by_calls("own") == []

    def test_change_only_in_the_default_cloud(self) -> None:
        """This also shows that the finder works."""
        places = self.changed_by_calls("default")
        assert places
        assert all(".default_cloud." in place for place in places)


CATALOGUE = "qchime.control.handle.default_cloud.contents.world._catalogue"
"""Where the finder first finds the table."""


class TestClouds:
    def test_share_nothing(self) -> None:
        used: Any = CloudHandle(Cloud())
        untouched = CloudHandle(Cloud())
        before = untouched.dump()
        used.limits.apps_per_user = 2
        used.users.add("alice@example.com")
        used.faults.add("ListQApps", "ThrottlingException", times=1)
        used.answers.add(text="Yes")
        used.clock.advance(days=1)
        client("chime-sdk-identity", used._cloud).create_app_instance(Name="chat")

        assert untouched.dump() == before
        assert untouched.calls() == untouched.accounts == []

    def test_can_belong_to_servers(self) -> None:
        with Server(cloud=Cloud()) as one, Server(cloud=Cloud()) as other:
            keys: Any = {"aws_access_key_id": ONE, "aws_secret_access_key": "any", "region_name": "us-east-1"}
            new_client("chime-sdk-identity", endpoint_url=one.url, **keys).create_app_instance(Name="chat")
            theirs = new_client("chime-sdk-identity", endpoint_url=other.url, **keys)

            assert theirs.list_app_instances()["AppInstances"] == []
            assert one.calls() == ["CreateAppInstance"]
            assert other.calls() == ["ListAppInstances"]
            assert cloud.contents.existing(ONE) is None

    def test_default_to_the_one_that_decorators_and_fixtures_share(self, qchime: Handle) -> None:
        with Server() as server:
            server.limits.apps_per_user = 7
            assert qchime.limits.apps_per_user == 7
            assert cloud.contents.world.limits.apps_per_user == 7


def state_of(number: int, account_id: str | None = None) -> dict[str, Any]:
    """A state whose user, limit, clock and resource all have the same number."""
    made: Any = CloudHandle(Cloud())
    of = made if account_id is None else made.account(account_id)
    of.limits.apps_per_user = number
    of.clock.advance(days=number)
    of.users.add(f"user-{number}@example.com", access_key_id="AKIAIOSFODNN7EXAMPLE")
    of.answers.add(text=str(number))
    keys: Any = {"aws_access_key_id": ONE if account_id else "AKIAIOSFODNN7EXAMPLE"}
    client("chime-sdk-identity", made._cloud, **keys).create_app_instance(Name=str(number))
    return of.dump()


@pytest.mark.parametrize("account_id", [None, ONE])
def test_a_call_sees_a_load_as_a_whole(account_id: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """While two states are loaded alternately, each call sees the numbers of only one of them."""
    used = Cloud()
    of = CloudHandle(used) if account_id is None else CloudHandle(used).account(account_id)
    states = [state_of(number, account_id) for number in (1, 2)]
    of.load(states[0])
    begun = of.clock.now().date().toordinal() - 1
    seen: list[set[str]] = []

    def spied(exchange: Any) -> None:
        world, backend = exchange.account.world, exchange.backend
        (instance,) = backend.app_instances
        seen.append(
            {
                str(world.limits.apps_per_user),
                str(world.clock.now().date().toordinal() - begun),
                exchange.caller.user.email.removeprefix("user-").removesuffix("@example.com"),
                world.words["answers"].of_card("any", "any").text,
                instance.name,
            }
        )

    used.steps = (*used.steps[:-1], spied, used.steps[-1])
    done = threading.Event()

    def load(number: int) -> None:
        while not done.is_set():
            for state in states:
                of.load(state)

    def call(number: int) -> None:
        made = client("chime-sdk-identity", used, aws_access_key_id="AKIAIOSFODNN7EXAMPLE")
        for _ in range(100):
            assert len(made.list_app_instances()["AppInstances"]) == 1

    def act(number: int, _: Any) -> None:
        try:
            load(number) if number == 0 else call(number)
        finally:
            done.set() if number else None

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        at_once(act, range(4))
    finally:
        sys.setswitchinterval(interval)
    assert {frozenset(numbers) for numbers in seen} == {frozenset("1"), frozenset("2")}


def test_a_call_is_verified_and_executed_on_the_same_state(monkeypatch: pytest.MonkeyPatch) -> None:
    """A load after the signature was verified does not affect the call."""
    used = Cloud()
    handle = CloudHandle(used)
    alice = handle.users.add("alice@example.com")
    empty = CloudHandle(Cloud()).dump()
    original = signatures._check_headers

    def load_meanwhile(*args: Any) -> None:
        original(*args)
        handle.load(empty)

    monkeypatch.setattr(signatures, "_check_headers", load_meanwhile)
    seen: list[str] = []
    used.steps = (*used.steps[:-1], lambda exchange: seen.append(exchange.caller.user.email), used.steps[-1])
    with Server(cloud=used, verify_signatures=True) as server:
        keys: Any = {**alice.credentials, "region_name": "us-east-1", "endpoint_url": server.url}
        new_client("qapps", **keys).list_q_apps(**HERE)

    assert seen == ["alice@example.com"]


def test_accounts_can_be_added_during_iteration() -> None:
    used = Cloud()
    used.account(ONE).backend(QAPPS, "us-east-1")
    for account in used:
        used.account(f"{int(account.id) + 1:012}").backend(QAPPS, "us-east-1")

    assert CloudHandle(used).accounts == [ONE, "111122223334"]


def test_the_dump_of_an_account_is_atomic(monkeypatch: pytest.MonkeyPatch) -> None:
    """A call in progress is in all parts of the dump, or in none."""
    used = Cloud()
    handle = CloudHandle(used).account(ONE)
    began, may_go_on = threading.Event(), threading.Event()

    def slow(*args: Any, **kwargs: Any) -> dict[str, Any]:
        handle.limits.apps_per_user = 7
        began.set()
        may_go_on.wait(30)
        handle.clock.advance(days=7)
        return {"apps": []}

    monkeypatch.setattr(QAppsBackend, "list_q_apps", slow)
    calling = threading.Thread(target=lambda: client("qapps", used).list_q_apps(**HERE))
    calling.start()
    assert began.wait(30)
    dumped: list[Any] = []
    dumping = threading.Thread(target=lambda: dumped.append(handle.dump()))
    dumping.start()
    dumping.join(0.2)
    may_go_on.set()
    calling.join()
    dumping.join()

    world = dumped[0]["accounts"][ONE]
    assert (world["limits"], world["clock"]["offset_seconds"]) == ({"apps_per_user": 7}, 7 * 86400)


def run_query(qapps: Any) -> str:
    """The answer of a query card."""
    card = query()
    app = qapps.create_q_app(**HERE, title="App", appDefinition=definition(card))["appId"]
    session = qapps.start_q_app_session(**HERE, appId=app, appVersion=1)["sessionId"]
    shown = qapps.get_q_app_session(**HERE, sessionId=session)["cardStatus"]
    return str(shown[card["qQuery"]["id"]]["currentValue"])


def test_attributes_of_services_are_created_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise the second thread would script answers that no card reads."""
    init = Answers.__init__

    def slow(self: Answers, everybody: Answers | None = None) -> None:
        threading.Event().wait(0.02)
        init(self, everybody)

    monkeypatch.setattr(Answers, "__init__", slow)
    world = CloudHandle(Cloud()).account(ONE)._world
    found = at_once(lambda number, _: world.words["answers"], range(8))

    assert len(set(map(id, found))) == 1


@forks
class TestForks:
    def test_a_child_calls_while_a_thread_of_the_parent_holds_the_account(self) -> None:
        used = Cloud()
        handle: Any = CloudHandle(used).account(ONE)
        began, may_go_on = threading.Event(), threading.Event()

        def slow(prompt: str) -> str:
            if not began.is_set():
                began.set()
                may_go_on.wait(60)
            return f"Answer to {prompt}"

        handle.answers.add(text=slow)
        mine, from_child = client("qapps", used), client("qapps", used)
        thread = threading.Thread(target=run_query, args=(mine,))
        thread.start()
        try:
            assert began.wait(30)
            assert in_child(lambda: run_query(from_child)) == "Answer to Say hello"
        finally:
            may_go_on.set()
            thread.join()

    def test_a_child_can_take_all_locks(self) -> None:
        lock, held, may_go_on = Lock(), threading.Event(), threading.Event()

        def hold() -> None:
            with lock:
                held.set()
                may_go_on.wait(60)

        def take() -> str:
            with lock:
                return "taken"

        thread = threading.Thread(target=hold)
        thread.start()
        try:
            assert held.wait(30)
            assert in_child(take) == "taken"
        finally:
            may_go_on.set()
            thread.join()

    def test_a_child_goes_on_with_the_locks_of_its_only_thread(self) -> None:
        lock = Lock()

        def leave() -> str:
            lock.release()
            with lock:
                return "released"

        with lock:
            assert in_child(leave) == "released"

    def test_a_child_generates_other_ids_in_every_cloud(self) -> None:
        used = [Cloud(), Cloud()]
        from_child = in_child(lambda: " ".join(one.ids.uuid() for one in used))

        assert len({*from_child.split(), *(one.ids.uuid() for one in used)}) == 4


class TestAccounts:
    def test_are_those_in_use(self) -> None:
        used = Cloud()
        client("chime-sdk-identity", used, OTHER).list_app_instances()
        CloudHandle(used).account(ONE).clock.advance(days=1)

        assert CloudHandle(used).accounts == [OTHER, ONE]

    @pytest.mark.parametrize("digits", ["\u0661" * 12, "\u00b9" * 12])
    def test_have_ascii_digits_only(self, digits: str) -> None:
        """The access key in a presigned URL can contain any character."""
        used = Cloud()
        credential = f"{digits}/20240521/us-east-1/chime/aws4_request"
        query = f"X-Amz-Credential={credential}"
        host = "identity-chime.us-east-1.amazonaws.com"
        respond(used, Request("GET", host, "/app-instances", query, {}, b""))

        assert digits not in CloudHandle(used).accounts

    def test_a_busy_one_does_not_displace_calls_of_another(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("qchime.world.records.MOST_RECORDS", 3)
        used = Cloud()
        mine, theirs = client("chime-sdk-identity", used), client("chime-sdk-identity", used, OTHER)
        mine.list_app_instances()
        for _ in range(5):
            theirs.list_app_instances()

        assert CloudHandle(used).account(ONE).calls() == ["ListAppInstances"]
        assert len(CloudHandle(used).account(OTHER).calls()) == 3

    def test_calls_of_all_accounts_are_in_order(self) -> None:
        used = Cloud()
        mine, theirs = client("chime-sdk-identity", used), client("chime-sdk-identity", used, OTHER)
        for one in (mine, theirs, theirs, mine):
            one.list_app_instances()
        handle = CloudHandle(used)
        order = [call.account_id for call in handle.calls()]

        assert order == [ONE, OTHER, OTHER, ONE]
        handle.load(handle.dump())
        assert [call.account_id for call in handle.calls()] == order

    def test_a_refused_caller_is_recorded_in_the_account(self) -> None:
        used = Cloud()
        mine = CloudHandle(used).account(ONE)
        alice = mine.users.add("alice@example.com", expires_in=60)
        mine.clock.advance(hours=1)
        made = client("chime-sdk-identity", used, **alice.credentials)
        with pytest.raises(made.exceptions.ClientError, match="ExpiredToken"):
            made.list_app_instances()

        assert [call.error for call in mine.calls()] == ["ExpiredTokenException"]

    def test_a_call_in_progress_does_not_affect_a_reset_account(self) -> None:
        """The reset account has neither its resources nor its record."""
        used = Cloud()
        mine = CloudHandle(used).account(ONE)
        used.steps = (*used.steps[:-1], lambda exchange: mine.reset(), used.steps[-1])
        client("chime-sdk-identity", used).create_app_instance(Name="chat")

        assert mine.calls() == []
        assert mine.dump()["services"] == {service.name: {} for service in SERVICES}

    def test_each_has_one_lock(self) -> None:
        account = Cloud().account(ONE)
        locks = {account.backend(s, region).lock for s in SERVICES for region in ("us-east-1", "eu-west-1")}
        assert locks == {account.lock}

    def test_a_backend_is_created_on_first_use(self) -> None:
        account = Cloud().account(ONE)
        assert account.existing(QAPPS) == {}
        assert account.existing(QAPPS) == {}, "reading creates none"
        made = account.backend(QAPPS, "us-east-1")
        assert account.existing(QAPPS) == {"us-east-1": made}


VERSION_1 = Path(__file__).parents[1] / "control" / "snapshot" / "version-1.json"


def apps_of(state: dict[str, Any]) -> list[dict[str, Any]]:
    """All Q Apps in a state."""
    regions = [region for account in state["services"]["qapps"].values() for region in account.values()]
    instances = [instance for region in regions for instance in region["instances"].values()]
    return [entry["resource"] for instance in instances for entry in instance["apps"]["entries"].values()]


class TestVersion1:
    """A state from a version of qchime in which only resources had accounts."""

    @pytest.fixture
    def loaded(self) -> CloudHandle:
        handle = CloudHandle(Cloud())
        handle.load(VERSION_1)
        return handle

    def test_is_the_version_of_the_file(self) -> None:
        assert json.loads(VERSION_1.read_bytes())["version"] == 1

    def test_is_loaded_completely(self, loaded: CloudHandle) -> None:
        old, new = json.loads(VERSION_1.read_bytes()), loaded.dump()

        assert new["services"].pop("chime-sdk-messaging") == {}, "which is newer"
        assert [app.pop("left_by") for app in apps_of(new)] == [[] for _ in apps_of(old)], "which is newer"
        assert new["services"] == old["services"]
        assert new["world"].pop("categories") == {"categories": []}, "which is newer"
        assert new["world"]["answers"].pop("work") == [], "which is newer"
        assert new["world"]["limits"].pop("initial_prompt_characters") == 10_000, "which is newer"
        assert new["world"].pop("rules") == new["world"].pop("endpoints") == {}, "which are newer"
        assert new["world"].pop("events") == {}, "which is newer"
        assert new["world"].pop("flows") == {"actions": []}, "which is newer"
        newer = [(call.pop("rule"), call.pop("time")) for call in new["world"]["calls"]]
        assert set(newer) == {(None, None)}, "which are newer"
        assert new["world"]["users"].pop("context_assertions") == {}, "which is newer"
        assert new["world"].pop("throttling") == {"enabled": False}, "which is newer"
        limits = new["world"].pop("limits")
        assert limits.items() >= old["world"].pop("limits").items(), "some are newer"
        assert new["world"] == old["world"]
        assert new["version"] == 2

    def test_can_be_used_and_dumped_again(self, loaded: CloudHandle) -> None:
        alice = next(user for user in loaded.users if user.email == "alice@example.com")
        qapps = client("qapps", loaded._cloud, **alice.credentials)
        chime = client("chime-sdk-identity", loaded._cloud, "123456789012")

        assert [app["title"] for app in qapps.list_q_apps(**HERE)["apps"]]
        assert run_query(qapps) == "All is well"
        names = [one["Name"] for one in chime.list_app_instances()["AppInstances"]]
        assert names == ["Empty", "Chat"]
        chime.create_app_instance(Name="new")
        again = CloudHandle(Cloud())
        again.load(loaded.dump())
        assert again.dump() == loaded.dump()

    def test_is_not_a_state_of_one_account(self, loaded: CloudHandle) -> None:
        with pytest.raises(StateError, match="not the state of the account"):
            loaded.account(ONE).load(VERSION_1)
