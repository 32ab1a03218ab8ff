"""`requests` for presigned URLs and links to files, beside others who answer `requests`."""

import io
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import boto3
import pytest
import requests
import responses
from moto import mock_aws
from moto.core.models import responses_mock
from requests.adapters import BaseAdapter, HTTPAdapter

from qchime import mock_qapps
from tests.services.qapps.test_file_links import STORY, Upload
from tests.services.qapps.test_file_links import client as qapps_client

OURS: Any = {"apps": []}
MINE = {"apps": ["mine"]}


def presigned() -> str:
    client = boto3.client("qapps", region_name="us-east-1")
    return str(client.generate_presigned_url("list_q_apps", Params={"instanceId": "one"}))


def get(url: str, session: requests.Session | None = None) -> Any:
    return (session or requests).get(url, headers={"instance-id": "one"}).json()


class Mine(BaseAdapter):
    """An adapter of a test author's, which never passes anything on."""

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        response = requests.Response()
        response.status_code, response.raw = 200, io.BytesIO(json.dumps(MINE).encode())
        return response

    def close(self) -> None: ...


class TestResponses:
    @pytest.mark.parametrize("around", [True, False], ids=["around the mock", "in the mock"])
    def test_what_is_registered_comes_first(self, around: bool) -> None:
        contexts: list[Any] = [responses.RequestsMock(), mock_qapps()]
        first, second = contexts if around else reversed(contexts)
        with first, second, mock_qapps() as mock:
            url = presigned()
            contexts[0].get(url, json=MINE)
            assert get(url) == MINE
            assert mock.calls() == []

    @pytest.mark.parametrize("around", [True, False], ids=["around mock_aws", "in mock_aws"])
    @pytest.mark.parametrize("other", [mock_qapps, mock_aws])
    def test_what_is_registered_comes_before_moto(self, around: bool, other: Any) -> None:
        contexts: list[AbstractContextManager[Any]] = [responses.mock, mock_aws()]
        first, second = contexts if around else reversed(contexts)
        with first, second, other():
            url = presigned()
            responses.get(url, json=MINE)  # `mock_aws` looks for these too
            assert get(url) == MINE

    @pytest.mark.parametrize("other", [nullcontext, mock_qapps], ids=["mock_aws alone", "ours in mock_aws"])
    def test_what_is_registered_with_moto_comes_first(self, other: Any) -> None:
        with mock_aws(), other():
            url = presigned()
            motos: Any = responses_mock
            motos.get(url, json=MINE)
            try:
                assert get(url) == MINE
            finally:
                motos.remove(responses.GET, url)

    @responses.activate
    def test_what_is_not_registered_is_answered(self) -> None:
        responses.get("https://example.com/", json=MINE)
        with mock_qapps() as mock:
            assert get(presigned()) == OURS
            assert get("https://example.com/") == MINE
            with pytest.raises(requests.ConnectionError, match="doesn't match any registered mock"):
                get("https://example.com/other")
            assert mock.calls() == ["ListQApps"]

    @responses.activate
    def test_what_passes_through_is_answered(self) -> None:
        responses.add_passthru("https://")
        with mock_qapps():
            assert get(presigned()) == OURS

    @responses.activate
    def test_faults_and_delays_reach_the_caller(self) -> None:
        with mock_qapps() as mock:
            mock.faults.add("ListQApps", "ReadTimeoutError", delay=0.001, times=1)
            with pytest.raises(requests.ReadTimeout):
                get(presigned())
            assert get(presigned()) == OURS

    @pytest.mark.parametrize("other", [nullcontext, mock_qapps], ids=["mock_aws alone", "ours in mock_aws"])
    def test_uploads_are_answered_under_moto_whatever_their_body(self, other: Any) -> None:
        with mock_aws(), other():
            assert upload(pieces).status_code == 204


class TestAdapters:
    def test_of_a_test_author_come_first(self) -> None:
        session = requests.Session()
        session.mount("https://data.qapps", Mine())
        with mock_qapps() as mock:
            assert get(presigned(), session) == MINE
            assert mock.calls() == []

    def test_that_pass_on_see_each_request_once(self) -> None:
        seen: list[str | None] = []

        class Seeing(HTTPAdapter):
            def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
                seen.append(request.method)
                return super().send(request, *args, **kwargs)

        session = requests.Session()
        session.mount("https://", Seeing())
        with mock_qapps():
            assert get(presigned(), session) == OURS
        assert seen == ["GET"]

    def test_that_another_library_chooses_come_first(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """As requests_mock does."""
        monkeypatch.setattr(requests.Session, "get_adapter", lambda session, url: Mine())
        with mock_qapps():
            assert get(presigned()) == MINE

    def test_that_are_replaced_come_first(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with mock_qapps():
            monkeypatch.setattr(HTTPAdapter, "send", Mine.send)
            assert get(presigned()) == MINE


def pieces(body: bytes) -> Iterator[bytes]:
    """A body that is sent in chunks."""
    yield from (body[start : start + 10] for start in range(0, len(body), 10))


class Iterable:
    """A body that can be read more than once."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    def __iter__(self) -> Iterator[bytes]:
        return pieces(self.body)


def read_from_the_middle(body: bytes) -> io.BytesIO:
    file = io.BytesIO(b"head" + body)
    file.seek(4)
    return file


def upload(body_of: Callable[[bytes], Any]) -> requests.Response:
    """Upload a file with a body of this form."""
    announced = Upload(qapps_client())
    url = announced.link["presignedUrl"]
    form = requests.Request(
        "POST", url, data=announced.fields, files={"file": ("story.txt", STORY)}
    ).prepare()
    assert isinstance(form.body, bytes)
    headers = {"Content-Type": form.headers["Content-Type"]}
    return requests.post(url, data=body_of(form.body), headers=headers)


@pytest.mark.parametrize(
    "body_of",
    [
        pieces,
        Iterable,
        lambda body: (piece.decode() for piece in pieces(body)),
        lambda body: iter([memoryview(body)]),
        bytes,
        bytearray,
        memoryview,
        io.BytesIO,
        lambda body: io.StringIO(body.decode()),
        read_from_the_middle,
    ],
    ids=[
        "generator",
        "iterable",
        "generator of text",
        "iterator of memory",
        "bytes",
        "bytearray",
        "memory",
        "file",
        "text file",
        "file that is partly read",
    ],
)
def test_bodies_of_uploads_have_any_form(body_of: Callable[[bytes], Any]) -> None:
    with mock_qapps():
        assert upload(body_of).status_code == 204
