"""The flow of `examples/q_app_survey` in every client, over the server: three people with their own keys."""

import base64
import csv
import io
import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests
from botocore.loaders import Loader

from qchime import Server
from qchime.world import User
from tests.clients import node
from tests.clients.aws_cli import AwsCli, needs_the_cli
from tests.clients.examples import HANDOUT, INSTANCE, OPINIONS, REMINDER, SURVEYED, load

program = load("q_app_survey", "survey")
APP = {"cards": program.CARDS}
NAME = "Tides.txt"

pytestmark = pytest.mark.usefixtures("sessions_take_a_poll")


@pytest.fixture
def people(qchime_server: Server) -> list[User]:
    """The host, Alice and Bob."""
    qchime_server.answers.add(card="Reminder", text=REMINDER)
    return [qchime_server.users.add(f"{name}@example.com") for name in ("host", "alice", "bob")]


def table(content: bytes) -> list[list[str]]:
    """The exported table without its timestamps."""
    rows = csv.DictReader(io.StringIO(content.decode("utf-8")))
    return [[row["rating"], row["comment"]] for row in rows]


def test_boto3_with_the_program_itself(
    qchime_server: Server, people: list[User], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    host, *guests = (
        boto3.client("qapps", region_name="us-east-1", endpoint_url=qchime_server.url, **user.credentials)
        for user in people
    )
    handout = tmp_path / NAME
    handout.write_bytes(HANDOUT)
    pauses: list[float] = []
    monkeypatch.setattr(program.time, "sleep", pauses.append)

    survey = program.open_survey(host, INSTANCE, program.publish(host, INSTANCE), handout)
    for guest, opinion in zip(guests, OPINIONS, strict=True):
        program.answer(guest, survey, **opinion)
    bob = guests[-1]
    session = {"instanceId": INSTANCE, "sessionId": survey.session_id}
    found = bob.list_q_app_session_data(**session)["sessionData"]
    with pytest.raises(bob.exceptions.AccessDeniedException) as caught:
        program.close(bob, survey)
    rows = program.close(host, survey)

    assert len(pauses) == len(SURVEYED["polls"]) - 1
    assert {
        "polls": SURVEYED["polls"],
        "reminder": survey.reminder,
        "seen": [entry["value"]["rating"] for entry in found],
        "refused": caught.value.response["Error"]["Code"],
        "rows": [[row["rating"], row["comment"]] for row in rows],
    } == SURVEYED


async def survey(host: Any, alice: Any, bob: Any) -> dict[str, Any]:
    """The program, for asynchronous clients."""
    seen: dict[str, Any] = {"polls": []}
    app = await host.create_q_app(instanceId=INSTANCE, title="Survey", appDefinition=APP)
    version = {"instanceId": INSTANCE, "appId": app["appId"], "appVersion": app["appVersion"]}
    await host.create_library_item(**version, categories=[])
    session_id = (await host.start_q_app_session(**version))["sessionId"]
    session = {"instanceId": INSTANCE, "sessionId": session_id}
    document = await host.import_document(
        **session,
        appId=app["appId"],
        cardId=program.HANDOUT,
        fileName=NAME,
        fileContentsBase64=base64.b64encode(HANDOUT).decode(),
        scope="SESSION",
    )
    values = [{"cardId": program.HANDOUT, "value": document["fileId"]}]
    await host.update_q_app_session(**session, values=values)
    while "COMPLETED" not in seen["polls"]:
        card = (await host.get_q_app_session(**session))["cardStatus"][program.REMINDER]
        seen["polls"].append(card["currentState"])
    seen["reminder"] = card["currentValue"]
    sharing = {"enabled": True, "acceptResponses": True, "revealCards": False}
    await host.update_q_app_session_metadata(**session, sharingConfiguration=sharing)
    for guest, opinion in zip((alice, bob), OPINIONS, strict=True):
        values = [{"cardId": program.QUESTIONS, "value": json.dumps(opinion)}]
        await guest.update_q_app_session(**session, values=values)
    found = (await bob.list_q_app_session_data(**session))["sessionData"]
    seen["seen"] = [entry["value"]["rating"] for entry in found]
    with pytest.raises(bob.exceptions.AccessDeniedException) as caught:
        await bob.export_q_app_session_data(**session)
    seen["refused"] = caught.value.response["Error"]["Code"]
    link = (await host.export_q_app_session_data(**session))["csvFileLink"]
    seen["rows"] = table(requests.get(link, timeout=30).content)
    await host.stop_q_app_session(**session)
    return seen


def aiobotocore(**options: Any) -> AbstractAsyncContextManager[Any]:
    return pytest.importorskip("aiobotocore.session").get_session().create_client("qapps", **options)


def aioboto3(**options: Any) -> AbstractAsyncContextManager[Any]:
    return pytest.importorskip("aioboto3").Session().client("qapps", **options)


@pytest.mark.parametrize("client", [aiobotocore, aioboto3], ids=lambda client: client.__name__)
@pytest.mark.parametrize("place", ["over the server", "in the process"])
async def test_asynchronous_clients(
    qchime_server: Server,
    people: list[User],
    client: Callable[..., AbstractAsyncContextManager[Any]],
    place: str,
) -> None:
    endpoint = {"endpoint_url": qchime_server.url} if place == "over the server" else {}
    async with AsyncExitStack() as stack:
        clients = [
            await stack.enter_async_context(client(region_name="us-east-1", **endpoint, **user.credentials))
            for user in people
        ]
        assert await survey(*clients) == SURVEYED


@needs_the_cli
def test_aws_cli(qchime_server: Server, people: list[User], tmp_path: Path) -> None:
    host, alice, bob = (AwsCli("qapps", qchime_server, tmp_path, user) for user in people)
    instance = ("--instance-id", INSTANCE)
    seen: dict[str, Any] = {"polls": []}

    app = host("create-q-app", *instance, "--title", "Survey", "--app-definition", json.dumps(APP))
    version = (*instance, "--app-id", app["appId"], "--app-version", str(app["appVersion"]))
    host("create-library-item", *version, "--categories", "[]")
    session_id = host("start-q-app-session", *version)["sessionId"]
    session = (*instance, "--session-id", session_id)
    document = host(
        *("import-document", *session, "--app-id", app["appId"], "--card-id", program.HANDOUT),
        *("--scope", "SESSION", "--file-name", NAME),
        *("--file-contents-base64", base64.b64encode(HANDOUT).decode()),
    )

    def put(aws: AwsCli, card_id: str, value: str) -> None:
        aws("update-q-app-session", *session, "--values", json.dumps([{"cardId": card_id, "value": value}]))

    put(host, program.HANDOUT, document["fileId"])
    while "COMPLETED" not in seen["polls"]:
        card = host("get-q-app-session", *session)["cardStatus"][program.REMINDER]
        seen["polls"].append(card["currentState"])
    seen["reminder"] = card["currentValue"]
    sharing = "enabled=true,acceptResponses=true,revealCards=false"
    host("update-q-app-session-metadata", *session, "--sharing-configuration", sharing)
    for guest, opinion in zip((alice, bob), OPINIONS, strict=True):
        put(guest, program.QUESTIONS, json.dumps(opinion))
    found = bob("list-q-app-session-data", *session)["sessionData"]
    seen["seen"] = [entry["value"]["rating"] for entry in found]
    seen["refused"] = bob.error_of("export-q-app-session-data", *session)
    link = host("export-q-app-session-data", *session)["csvFileLink"]
    seen["rows"] = table(requests.get(link, timeout=30).content)
    host("stop-q-app-session", *session)

    assert seen == SURVEYED


class TestJavaScript2:
    """With botocore's model instead of its own, which has neither forms nor shared sessions yet."""

    pytestmark = node.needs("aws-sdk")

    def test_q_app_survey(self, qchime_server: Server, people: list[User], tmp_path: Path) -> None:
        flow = {
            "model": Loader().load_service_model("qapps", "service-2"),
            "instanceId": INSTANCE,
            "appDefinition": APP,
            "cards": {name: getattr(program, name) for name in ("HANDOUT", "REMINDER", "QUESTIONS")},
            "handout": base64.b64encode(HANDOUT).decode(),
            "opinions": OPINIONS,
            "people": [
                {"accessKeyId": user.access_key_id, "secretAccessKey": user.secret_access_key}
                for user in people
            ],
        }
        file = tmp_path / "flow.json"
        file.write_text(json.dumps(flow))
        seen = node.run("q_app_survey.cjs", qchime_server, str(file))
        seen["rows"] = table(seen["rows"].encode())

        assert seen == SURVEYED
