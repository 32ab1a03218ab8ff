"""Q Apps with aiobotocore, with the server as its endpoint and under the decorators."""

import asyncio
import base64
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from qchime import mock_qapps
from qchime.server import Server

session = pytest.importorskip("aiobotocore.session")

Flow = Callable[[Any], Coroutine[Any, Any, None]]

INSTANCE = "8b4b9cc0-2f5a-4b7d-9e56-6f7d3f1c1a2b"
PAPER = "3e57f6a8-92f5-47e1-8a1b-0d8c9d8b5a11"
SUMMARY = "0c6de0f3-5ae2-4d2b-8f37-9f6a3c2e4d33"
CARDS = [
    {"fileUpload": {"id": PAPER, "title": "Paper", "type": "file-upload"}},
    {"qQuery": {"id": SUMMARY, "title": "Summary", "type": "q-query", "prompt": f"Sum up @{PAPER}"}},
]

pytestmark = pytest.mark.usefixtures("sessions_take_a_poll")


async def life_of_a_session(client: Any) -> None:
    definition = {"cards": CARDS}
    created = await client.create_q_app(instanceId=INSTANCE, title="Reader", appDefinition=definition)
    app = {"instanceId": INSTANCE, "appId": created["appId"]}
    assert (await client.get_q_app(**app))["requiredCapabilities"] == ["FileUpload", "RetrievalMode"]

    published = await client.create_library_item(appVersion=1, categories=[], **app)
    assert published["status"] == "PUBLISHED"

    started = await client.start_q_app_session(appVersion=1, **app)
    running = {"instanceId": INSTANCE, "sessionId": started["sessionId"]}
    document = await client.import_document(
        cardId=PAPER,
        fileName="story.txt",
        fileContentsBase64=base64.b64encode(b"Once upon a time").decode(),
        scope="SESSION",
        sessionId=started["sessionId"],
        **app,
    )
    values = [{"cardId": PAPER, "value": document["fileId"]}]
    await client.update_q_app_session(values=values, **running)
    polls = [await client.get_q_app_session(**running) for _ in range(2)]
    assert [poll["status"] for poll in polls] == ["IN_PROGRESS", "COMPLETED"]
    assert polls[1]["cardStatus"][SUMMARY]["currentValue"] == f"Answer to: Sum up {document['fileId']}"

    await client.stop_q_app_session(**running)
    await client.delete_q_app(**app)
    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        await client.get_q_app(**app)
    assert caught.value.response["resourceType"] == "QApp"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404


async def apps_in_pages(client: Any) -> None:
    titles = [f"App {number}" for number in range(5)]
    await asyncio.gather(
        *(
            client.create_q_app(instanceId=INSTANCE, title=title, appDefinition={"cards": []})
            for title in titles
        )
    )
    pages = client.get_paginator("list_q_apps").paginate(
        instanceId=INSTANCE, PaginationConfig={"PageSize": 2}
    )
    found = [[app["title"] for app in page["apps"]] async for page in pages]

    assert [len(page) for page in found] == [2, 2, 1]
    assert sorted(title for page in found for title in page) == titles


async def run(flow: Flow, **more: Any) -> None:
    keys = {"region_name": "us-east-1", "aws_access_key_id": "a", "aws_secret_access_key": "b"}
    async with session.get_session().create_client("qapps", **keys, **more) as client:
        await flow(client)


flows = pytest.mark.parametrize("flow", [life_of_a_session, apps_in_pages], ids=lambda flow: flow.__name__)


@flows
def test_with_the_server(qchime_server: Server, flow: Flow) -> None:
    asyncio.run(run(flow, endpoint_url=qchime_server.url))


@flows
def test_in_the_process(flow: Flow) -> None:
    with mock_qapps():
        asyncio.run(run(flow))


@flows
def test_in_a_decorated_coroutine(flow: Flow) -> None:
    asyncio.run(mock_qapps(run)(flow))
