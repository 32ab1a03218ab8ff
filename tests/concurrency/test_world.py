"""The test author's controls while ten threads call: faults, calls, users, the clock, and reset."""

from collections import Counter
from contextlib import suppress
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest

from qchime import Cloud, mock_qapps
from qchime.control.handle import Handle
from qchime.control.running import Running, running
from qchime.rules import RULES
from qchime.server import Server
from tests.concurrency.together import THREADS, at_once, flat, outcome
from tests.server.wire import Reply, signed
from tests.services.qapps.samples import HERE, definition

TIMES = 5


def test_a_fault_strikes_as_often_as_requested(qchime: Handle, chimes: list[Any]) -> None:
    first = qchime.faults.add("ListAppInstances", "ForbiddenException", times=7, after=4)
    second = qchime.faults.add("ListAppInstances", "ServiceFailureException", times=11)

    def call(_: int, client: Any) -> list[str]:
        return [outcome(client.list_app_instances) for _ in range(TIMES)]

    counted = Counter(flat(at_once(call, chimes)))
    passed = THREADS * TIMES - 7 - 11
    assert counted == {"ForbiddenException": 7, "ServiceFailureException": 11, "ok": passed}
    assert (first.struck, second.struck) == (7, 11)


def test_every_call_is_logged_once(qchime: Handle, chimes: list[Any]) -> None:
    def call(number: int, client: Any) -> list[str]:
        made = [client.create_app_instance(Name=f"{number} {time}") for time in range(TIMES)]
        return [answer["ResponseMetadata"]["RequestId"] for answer in made]

    answered = flat(at_once(call, chimes))
    calls = qchime.calls("CreateAppInstance")
    assert sorted(str(call.request_id) for call in calls) == sorted(answered)
    assert sorted(call.input["Name"] for call in calls) == sorted(
        f"{number} {time}" for number in range(THREADS) for time in range(TIMES)
    )
    for number in range(THREADS):
        own = [call.input["Name"] for call in calls if call.input["Name"].startswith(f"{number} ")]
        assert own == [f"{number} {time}" for time in range(TIMES)], "each thread's calls are in order"


def test_keep_alive_connections_are_not_mixed_up(qchime: Handle, qchime_server: Server) -> None:
    """Over plain HTTP, each response belongs to the request before it on the same connection."""
    address = urlsplit(qchime_server.url).netloc
    connections = [HTTPConnection(address, timeout=60) for _ in range(THREADS)]
    for connection in connections:
        connection.connect()

    def talk(number: int, connection: HTTPConnection) -> list[str]:
        request_ids = []
        for time in range(TIMES):
            body = f'{{"Name": "{number} {time}", "ClientRequestToken": "token-{number}-{time}"}}'
            connection.request("POST", "/app-instances", body, signed())
            made = Reply.of(connection.getresponse())
            assert made.status == 201
            request_ids.append(made.headers["x-amzn-requestid"])
            arn = made.json["AppInstanceArn"].replace("/", "%2F")
            connection.request("GET", f"/app-instances/{arn}", headers=signed())
            assert Reply.of(connection.getresponse()).json["AppInstance"]["Name"] == f"{number} {time}"
        connection.close()
        return request_ids

    assert len(set(flat(at_once(talk, connections)))) == THREADS * TIMES
    assert len(qchime.calls("CreateAppInstance")) == THREADS * TIMES


def test_one_address_is_one_user(qchime: Handle) -> None:
    added = at_once(lambda *_: qchime.users.add("alice@example.com"), range(THREADS))

    assert len({(user.user_id, user.access_key_id) for user in added}) == 1
    assert len(list(qchime.users)) == 1


def test_addresses_added_at_once_are_different_users(qchime: Handle, qchime_server: Server) -> None:
    def add(number: int, users: Any) -> list[Any]:
        return [users.add(f"user-{number}-{time}@example.com") for time in range(TIMES)]

    holders = [qchime.users, qchime_server.users] * (THREADS // 2)
    added = flat(at_once(add, holders))
    assert len({user.user_id for user in added}) == THREADS * TIMES
    assert len({user.access_key_id for user in added}) == THREADS * TIMES
    assert sorted(user.email for user in qchime.users) == sorted(user.email for user in added)


def test_the_clock_counts_every_hour(qchime: Handle) -> None:
    def advance(number: int, _: Any) -> None:
        for _ in range(1000):
            qchime.clock.advance(hours=1)

    at_once(advance, range(THREADS))
    assert qchime.clock.offset.total_seconds() == 3600 * 1000 * THREADS


@pytest.mark.usefixtures("threads_switch_anywhere")
def test_one_access_key_belongs_to_one_account(qchime: Handle) -> None:
    def register(number: int, _: Any) -> int:
        kept = 0
        for time in range(TIMES):
            with suppress(ValueError):
                account = qchime.account(f"{number:012}")
                account.users.add("alice@example.com", access_key_id=f"AKIAIOSFODNN7EXAMPLE{time}")
                kept += 1
        return kept

    assert sum(at_once(register, range(THREADS))) == TIMES


@pytest.mark.usefixtures("threads_switch_anywhere")
def test_a_reset_of_the_limits_is_not_undone_by_another_change() -> None:
    limits = Cloud().contents.world.limits

    def act(number: int, _: Any) -> list[int]:
        found = []
        for _ in range(10 * TIMES):
            if number:
                limits.tags_per_resource = number
            else:
                limits.endpoints_per_user = 3
                limits.reset()
            found.append(limits.endpoints_per_user)
        return found

    by_thread = at_once(act, range(THREADS))
    assert set(by_thread[0]) == {10}
    assert set(flat(by_thread)) <= {3, 10}


@pytest.mark.usefixtures("threads_switch_anywhere")
def test_a_reset_of_the_rules_is_not_undone_by_another_change() -> None:
    rules = Cloud().contents.world.rules
    (name, other), turned = list(rules)[:2], {name: RULES[name].choices[1] for name in rules}

    def act(number: int, _: Any) -> list[str]:
        found = []
        for _ in range(TIMES):
            if number:
                rules[other] = turned[other]
            else:
                rules[name] = turned[name]
                rules.reset()
            found.append(rules[name])
        return found

    assert set(at_once(act, range(THREADS))[0]) == {RULES[name].choices[0]}


@pytest.mark.usefixtures("threads_switch_anywhere")
def test_one_mock_may_be_started_by_many_threads() -> None:
    mock = mock_qapps()

    def act(number: int, _: Any) -> None:
        for _ in range(TIMES):
            with mock:
                assert running

    at_once(act, range(THREADS))
    assert not running
    with pytest.raises(RuntimeError, match=r"before start\(\)"):
        mock.stop()


def test_mocks_of_other_services_may_start_meanwhile() -> None:
    """Without the global interpreter lock, a `Counter` that grows cannot be iterated over."""
    for _ in range(20):
        started = Running()
        started.add(object(), 1)  # type: ignore[arg-type]

        def act(number: int, _: Any, started: Running = started) -> bool:
            if number == 0:
                for _ in range(100):
                    started.add(object(), 1)  # type: ignore[arg-type]
            return all(bool(started) for _ in range(100))

        assert all(at_once(act, range(THREADS)))


@pytest.mark.parametrize("interrupt", ["reset", "save and load"])
def test_calls_succeed_while_the_state_is_replaced(
    qchime: Handle, chimes: list[Any], people: list[Any], interrupt: str
) -> None:
    """Earlier resources may be gone; nothing else fails."""

    def act(number: int, _: Any) -> list[str]:
        if number == 0:
            for _ in range(TIMES):
                qchime.reset() if interrupt == "reset" else qchime.load(qchime.dump())
            return []
        return use_chime(chimes[number]) + use_qapps(people[number])

    found = set(flat(at_once(act, range(THREADS))))
    assert found <= {"ok", "ForbiddenException", "ResourceNotFoundException"}
    qchime.reset()
    assert chimes[0].list_app_instances()["AppInstances"] == []
    assert people[0].list_q_apps(**HERE)["apps"] == []
    assert qchime.calls() == ["ListAppInstances", "ListQApps"]
    assert outcome(chimes[0].create_app_instance, Name="Chat") == "ok"


def use_chime(client: Any) -> list[str]:
    outcomes = []
    for _ in range(TIMES):
        here = {"AppInstanceArn": client.create_app_instance(Name="Chat")["AppInstanceArn"]}
        user = {**here, "AppInstanceUserId": "alice", "Name": "Alice"}
        admin = {**here, "AppInstanceAdminArn": f"{here['AppInstanceArn']}/user/alice"}
        outcomes += [
            outcome(client.create_app_instance_user, **user),
            outcome(client.create_app_instance_admin, **admin),
            outcome(client.list_app_instance_admins, **here),
            outcome(client.list_app_instances),
            outcome(client.delete_app_instance, **here),
        ]
    return outcomes


def use_qapps(client: Any) -> list[str]:
    outcomes = []
    for _ in range(TIMES):
        app = {**HERE, "appId": client.create_q_app(**HERE, title="App", appDefinition=definition())["appId"]}
        outcomes += [
            outcome(client.create_library_item, **app, appVersion=1, categories=[]),
            outcome(client.start_q_app_session, **app, appVersion=1),
            outcome(client.list_library_items, **HERE),
            outcome(client.list_q_apps, **HERE),
            outcome(client.delete_q_app, **app),
        ]
    return outcomes
