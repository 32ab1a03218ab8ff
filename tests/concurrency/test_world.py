"""The test author's controls while ten threads call: faults, calls, users, the clock, and reset."""

from collections import Counter
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest

from qchime.control.handle import Handle
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
