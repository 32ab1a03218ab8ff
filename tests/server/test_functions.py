"""Functions of a test author run in threads of the server, and may call it themselves."""

import threading
from typing import Any

import pytest

from qchime import Server
from tests.server.wire import client, create, names
from tests.services.chimesdkmessaging.samples import MESSAGE, processors

QUERY = "4cf94d96-8819-45c2-98cc-58c56b35c72f"
INSTANCE = "instance"


@pytest.fixture
def qapps(qchime_server: Server) -> Any:
    return client(qchime_server, "qapps")


@pytest.fixture
def app_id(qapps: Any) -> str:
    card = {"qQuery": {"id": QUERY, "title": "Summary", "type": "q-query", "prompt": "Sum up"}}
    app = qapps.create_q_app(instanceId=INSTANCE, title="App", appDefinition={"cards": [card]})
    return str(app["appId"])


def start(qapps: Any, app_id: str) -> str:
    session = qapps.start_q_app_session(instanceId=INSTANCE, appId=app_id, appVersion=1)
    return str(session["sessionId"])


def card_of(qapps: Any, session_id: str) -> Any:
    session = qapps.get_q_app_session(instanceId=INSTANCE, sessionId=session_id)
    return session["cardStatus"][QUERY]


def test_an_answer_asks_the_same_service_of_the_same_account(
    qchime_server: Server, qapps: Any, app_id: str
) -> None:
    qchime_server.answers.add(text=lambda prompt: qapps.get_q_app(instanceId=INSTANCE, appId=app_id)["title"])

    assert card_of(qapps, start(qapps, app_id))["currentValue"] == "App"


def test_an_answer_asks_another_service_and_the_control_routes(
    qchime_server: Server, qapps: Any, app_id: str
) -> None:
    def answer(prompt: str) -> str:
        create(qchime_server, "Made")
        return ", ".join(names(qchime_server))

    qchime_server.answers.add(text=answer)

    assert card_of(qapps, start(qapps, app_id))["currentValue"] == "Made"


def test_an_answer_of_one_account_delays_no_other_call(
    qchime_server: Server, qapps: Any, app_id: str
) -> None:
    is_asked, may_answer = threading.Event(), threading.Event()

    def answer(prompt: str) -> str:
        is_asked.set()
        assert may_answer.wait(30)
        return "At last"

    qchime_server.account("123456789012").answers.add(text=answer)
    sessions: list[str] = []
    waiting = threading.Thread(target=lambda: sessions.append(start(qapps, app_id)))
    waiting.start()
    try:
        assert is_asked.wait(30)

        assert names(qchime_server) == []
        assert qapps.list_q_apps(instanceId=INSTANCE)["apps"][0]["title"] == "App"
    finally:
        may_answer.set()
        waiting.join()
    assert card_of(qapps, sessions[0])["currentValue"] == "At last"


def test_a_script_of_a_flow_delays_no_other_call(qchime_server: Server) -> None:
    messaging, scene = client(qchime_server, "chime-sdk-messaging"), channel_with_flow(qchime_server)
    is_asked, may_answer = threading.Event(), threading.Event()

    def script(event: Any) -> None:
        if event["ChannelMessage"]["Content"] == "Slow":
            is_asked.set()
            assert may_answer.wait(30)

    def send(content: str) -> None:
        messaging.send_channel_message(**scene, **MESSAGE | {"Content": content})

    qchime_server.flows.script(script)
    waiting = threading.Thread(target=send, args=["Slow"])
    waiting.start()
    try:
        assert is_asked.wait(30)
        send("Quick")
        assert sent(qchime_server) == ["Quick"]
    finally:
        may_answer.set()
        waiting.join()
    assert sent(qchime_server) == ["Quick", "Slow"]


def channel_with_flow(server: Server) -> dict[str, str]:
    identity, messaging = client(server), client(server, "chime-sdk-messaging")
    here = {"AppInstanceArn": identity.create_app_instance(Name="Chat")["AppInstanceArn"]}
    user = identity.create_app_instance_user(**here, AppInstanceUserId="alice", Name="Alice")
    bearer = {"ChimeBearer": user["AppInstanceUserArn"]}
    channel = {"ChannelArn": messaging.create_channel(**here, **bearer, Name="General")["ChannelArn"]}
    flow = messaging.create_channel_flow(**here, Name="Censor", Processors=processors())
    messaging.associate_channel_flow(**channel, **bearer, ChannelFlowArn=flow["ChannelFlowArn"])
    return channel | bearer


def sent(server: Server) -> list[str]:
    return [event.payload["Content"] for event in server.events("CREATE_CHANNEL_MESSAGE")]


def test_a_card_is_in_progress_while_its_answer_runs(qchime_server: Server, qapps: Any, app_id: str) -> None:
    session_id = start(qapps, app_id)
    seen: list[str] = []

    def answer(prompt: str) -> str:
        seen.append(card_of(qapps, session_id)["currentState"])
        return "Done"

    qchime_server.answers.add(text=answer)
    start(qapps, app_id)

    assert seen == ["COMPLETED"]  # of the session before
    assert [call.operation for call in qchime_server.calls("StartQAppSession")] == ["StartQAppSession"] * 2


def test_a_step_of_the_test_author_may_call_the_server(
    qchime_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    from qchime.core.cloud import cloud
    from qchime.core.exchange import Exchange

    create(qchime_server, "Before")
    asked: list[list[str]] = []

    def ask(exchange: Exchange) -> None:
        if exchange.operation.name == "CreateAppInstance":
            asked.append(names(qchime_server))

    monkeypatch.setattr(cloud, "steps", (*cloud.steps[:2], ask, *cloud.steps[2:]))
    create(qchime_server, "After")

    assert asked == [["Before"]]
