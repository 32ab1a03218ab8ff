"""The types of the handle, in-process and on a server."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typing_extensions import assert_type

import qchime
from qchime import Client, Cloud, Handle, Server, mock_qapps
from qchime.control.words import Clock, Faults, Limits, Rules, Users
from qchime.services.chimesdkidentity.deactivated import Endpoints
from qchime.services.chimesdkidentity.remote import RemoteEndpoints
from qchime.services.chimesdkmessaging.event import Event, EventRecords
from qchime.services.chimesdkmessaging.events import Events
from qchime.services.chimesdkmessaging.flow_actions import Flows, PendingMessage
from qchime.services.chimesdkmessaging.remote import RemoteEvents, RemoteFlows
from qchime.services.qapps.answers import Answers, PredictedApp
from qchime.services.qapps.initial_categories import InitialCategories
from qchime.services.qapps.remote import RemoteAnswers, RemoteInitialCategories
from qchime.world import CallRecord, Calls, Fault, User


def use(handle: Handle) -> None:
    """Use a handle of a mock, a server or a client."""
    handle.clock.advance(days=7)
    handle.answers.add(card="Summary", text="All is well")
    handle.reset()


def test_the_handle_of_a_mock() -> None:
    with mock_qapps() as mock:
        assert_type(mock.clock, Clock)
        assert_type(mock.faults, Faults)
        assert_type(mock.limits, Limits)
        assert_type(mock.rules, Rules)
        assert_type(mock.users, Users)
        assert_type(mock.answers, Answers)
        assert_type(mock.endpoints, Endpoints)
        assert_type(mock.categories, InitialCategories)
        assert_type(mock.events, Events)
        assert_type(mock.events(), EventRecords)
        assert_type(mock.events()[:1], EventRecords)
        assert_type([event for event in mock.events()], list[Event])  # noqa: C416
        assert_type(mock.flows, Flows)
        assert_type(mock.flows.pending(), list[PendingMessage])
        assert_type(mock.calls(), Calls)
        assert_type(mock.account("111122223333"), Handle)
        assert_type(mock.account("111122223333").answers, Answers)
        assert_type(mock.accounts, list[str])
        assert_type(mock.throttling, bool)
        assert_type(mock.dump(), dict[str, Any])
        use(mock)


def test_the_types_of_attributes() -> None:
    with mock_qapps() as mock:
        assert_type(mock.clock.now(), datetime)
        assert_type(mock.clock.offset, timedelta)
        assert_type(mock.faults.add("CreateQApp", "ThrottlingException", times=2), Fault)
        assert_type(mock.limits.apps_per_user, int)
        assert_type(mock.rules["qapps.default-output-source"], str)
        mock.rules["qapps.default-output-source"] = "llm"
        del mock.rules["qapps.default-output-source"]
        assert_type(mock.users.add("alice@example.com"), User)
        assert_type(mock.users.required, bool)
        assert_type(mock.users.context_assertions, dict[str, str])
        assert_type([call for call in mock.calls("CreateQApp")], list[CallRecord])  # noqa: C416


def test_wrong_arguments_are_errors() -> None:
    with Server(cloud=Cloud()) as server:
        client = Client(server.url)
        for handle in (server, client):
            with pytest.raises(TypeError):
                handle.answers.add(card="Summary", fail=True)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
            with pytest.raises(TypeError):
                handle.faults.add("CreateQApp", tmies=2)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
            with pytest.raises(ValueError, match="title and appDefinition"):
                handle.answers.add_app({"title": "Trip"})  # type: ignore[typeddict-item]  # pyright: ignore[reportArgumentType]
        with pytest.raises(TypeError):
            server.flows.script(lambda: None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def test_scripts_of_flows() -> None:
    def censor(event: dict[str, Any]) -> dict[str, Any]:
        return {"ChannelMessage": {"Content": "***"}}

    def handler(event: dict[str, Any], context: object) -> str:
        return "ignored"

    with mock_qapps() as mock:
        mock.flows.script(censor)
        mock.flows.script(handler, flow="Censor")
        mock.flows.script(lambda event: {"DeleteResource": event["ChannelMessage"]["Content"] == "?"})
        mock.flows.script(lambda event: None)


def test_misspelt_names_are_errors() -> None:
    with pytest.raises(AttributeError), mock_qapps() as mock:
        mock.anwsers.reset()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    with pytest.raises(AttributeError):
        qchime.mock_qaps()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    with pytest.raises(AttributeError), Server(cloud=Cloud()) as server:
        Client(server.url).flow.reset()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]


def test_a_state_may_be_a_mapping_or_the_path_of_a_file(tmp_path: Path) -> None:
    with mock_qapps() as mock:
        state: Mapping[str, Any] = mock.dump()
        mock.save(tmp_path / "state.json")
        mock.load(state)
        mock.load(tmp_path / "state.json")
        mock.load(str(tmp_path / "state.json"))


def test_the_handles_of_a_server_and_its_client() -> None:
    assert_type(qchime.Server(), Server)
    with Server(cloud=Cloud()) as server:
        assert_type(server, Server)
        assert_type(server.url, str)
        assert_type(server.answers, Answers)
        assert_type(server.account("111122223333"), Handle)
        client = qchime.Client(server.url)
        assert_type(client, Client)
        assert_type(client.answers, RemoteAnswers)
        assert_type(client.endpoints, RemoteEndpoints)
        assert_type(client.categories, RemoteInitialCategories)
        assert_type(client.events, RemoteEvents)
        assert_type(client.flows, RemoteFlows)
        assert_type(client.rules.as_dict(), dict[str, str])
        assert_type(client.users.add("alice@example.com"), User)
        assert_type(client.account("111122223333"), Client)
        assert_type(client.faults.add("CreateQApp", "ThrottlingException", times=2), Fault)
        client.answers.add(card="Summary", fails=True)
        client.answers.add_app({"title": "Trip", "appDefinition": {"cards": []}}, "Plan a trip")
        assert_type(client.answers.apps, list[tuple[str | None, PredictedApp]])
        client.categories.add("Travel", color="#00ff00")
        use(server)
        use(client)
        use(client.account("111122223333"))
