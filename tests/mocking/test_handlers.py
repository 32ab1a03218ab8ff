"""A test author's own handlers of botocore's events."""

from contextlib import ExitStack
from typing import Any

import pytest
from botocore.session import get_session
from botocore.stub import Stubber
from moto import mock_aws

from qchime import mock_chimesdkidentity, mock_qapps
from tests.mocking.clients import REGION, chime, create, names
from tests.mocking.test_gates import own_answer

EVENT = "before-send.chime-sdk-identity.ListAppInstances"


def names_seen_by(client: Any) -> list[str]:
    return [instance["Name"] for instance in client.list_app_instances()["AppInstances"]]


@pytest.mark.parametrize("mock", [mock_chimesdkidentity, mock_aws])
@pytest.mark.parametrize("register", ["register_first", "register", "register_last"])
def test_their_response_is_used_and_ours_does_not_act(mock: Any, register: str) -> None:
    with mock(), mock_qapps() as handle:
        client = chime()
        getattr(client.meta.events, register)(EVENT, lambda request, **_: own_answer(request))
        assert names_seen_by(client) == ["mine"]
        assert handle.calls() == []


@pytest.mark.parametrize("mock", [mock_chimesdkidentity, mock_aws])
def test_their_response_is_used_for_all_clients_of_their_session(mock: Any) -> None:
    with mock(), mock_qapps() as handle:
        session: Any = get_session()
        session.register("before-send", lambda request, **_: own_answer(request))
        assert names_seen_by(session.create_client("chime-sdk-identity", region_name=REGION)) == ["mine"]
        assert handle.calls() == []


@pytest.mark.parametrize("mocks", [[mock_chimesdkidentity], [mock_aws], [mock_aws, mock_chimesdkidentity]])
def test_a_handler_that_only_looks_sees_each_request_once(mocks: list[Any]) -> None:
    seen: list[str] = []
    with ExitStack() as stack:
        for mock in mocks:
            stack.enter_context(mock())
        handle = stack.enter_context(mock_qapps())
        client = chime()
        client.meta.events.register(EVENT, lambda request, **_: seen.append(request.method))
        assert names_seen_by(client) == []
        assert seen == ["GET"]
        assert handle.calls() == ["ListAppInstances"]


def test_botocores_stubber_comes_first() -> None:
    with mock_chimesdkidentity() as handle:
        create("ours")
        client = chime()
        with Stubber(client) as stubber:
            stubber.add_response("list_app_instances", {"AppInstances": [{"Name": "stubbed"}]})
            assert names_seen_by(client) == ["stubbed"]
        assert names() == ["ours"]
        assert handle.calls() == ["CreateAppInstance", "ListAppInstances"]
