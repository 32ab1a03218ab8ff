"""moto's recorder records the calls of our services, whichever mock answers them."""

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests
from moto import mock_aws
from moto.moto_api import recorder

from qchime import mock_chimesdkidentity, mock_qapps
from qchime.core.cloud import cloud

MOCKS: dict[str, list[Any]] = {
    "mock_aws": [mock_aws],
    "ours": [mock_chimesdkidentity, mock_qapps],
    "ours in mock_aws": [mock_aws, mock_chimesdkidentity, mock_qapps],
    "mock_aws in ours": [mock_chimesdkidentity, mock_qapps, mock_aws],
}
URL = "https://identity-chime.us-east-1.amazonaws.com/app-instances"


@pytest.fixture(params=MOCKS)
def mocks(request: pytest.FixtureRequest) -> Iterator[None]:
    with ExitStack() as stack:
        for mock in MOCKS[request.param]:
            stack.enter_context(mock())
        yield


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Callable[[], list[Any]]]:
    """Stops the recorder and returns what it has recorded: method, URL and body of each call."""
    monkeypatch.setattr(recorder, "_location", str(tmp_path / "recording"))
    recorder.reset_recording()
    recorder.start_recording()

    def stop() -> list[Any]:
        recorder.stop_recording()
        return [entry(json.loads(line)) for line in recorder.download_recording().splitlines()]

    yield stop
    recorder.stop_recording()


def entry(line: dict[str, Any]) -> tuple[str, str, str]:
    body = base64.b64decode(line["body"]).decode() if line["body_encoded"] else line["body"]
    return line["method"], line["url"].partition("?")[0], body


def client(name: str) -> Any:
    return boto3.client(name, region_name="us-east-1")


@pytest.mark.usefixtures("mocks")
class TestUnderEachMock:
    def test_calls_of_boto3_are_recorded_once(self, recorded: Callable[[], list[Any]]) -> None:
        client("chime-sdk-identity").create_app_instance(Name="chat")
        client("chime-sdk-identity").list_app_instances()

        (method, url, body), listed = recorded()
        assert (method, url, json.loads(body)["Name"]) == ("POST", URL, "chat")
        assert listed[:2] == ("GET", URL)

    async def test_calls_of_aiobotocore_are_recorded_once(self, recorded: Callable[[], list[Any]]) -> None:
        session = pytest.importorskip("aiobotocore.session").get_session()
        async with session.create_client("chime-sdk-identity", region_name="us-east-1") as chime:
            await chime.create_app_instance(Name="chat")

        ((method, url, body),) = recorded()
        assert (method, url, json.loads(body)["Name"]) == ("POST", URL, "chat")

    @pytest.mark.parametrize("mocks", [name for name in MOCKS if name != "mock_aws"], indirect=True)
    def test_calls_of_requests_that_we_answer_are_recorded_once(
        self, recorded: Callable[[], list[Any]]
    ) -> None:
        url = client("qapps").generate_presigned_url("list_q_apps", Params={"instanceId": "one"})
        requests.get(url, headers={"instance-id": "one"})

        assert [line[:2] for line in recorded()] == [
            ("GET", "https://data.qapps.us-east-1.amazonaws.com/apps.list")
        ]

    def test_a_recording_can_be_replayed(self, recorded: Callable[[], list[Any]]) -> None:
        chime = client("chime-sdk-identity")
        chime.create_app_instance(Name="chat")
        recorded()
        cloud.reset()
        recorder.replay_recording()

        assert [instance["Name"] for instance in chime.list_app_instances()["AppInstances"]] == ["chat"]

    def test_nothing_is_recorded_unless_the_recorder_runs(self, recorded: Callable[[], list[Any]]) -> None:
        assert recorded() == []
        client("chime-sdk-identity").list_app_instances()
        assert recorded() == []
