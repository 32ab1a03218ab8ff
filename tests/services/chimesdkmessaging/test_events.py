"""Events: what the sessions of members receive, and what streams carry."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from qchime import Client, Handle, Server
from qchime.core.cloud import cloud
from qchime.pytest_plugin import pytest_assertrepr_compare
from qchime.services.chimesdkmessaging import SERVICE
from qchime.services.chimesdkmessaging.backend import ChimeSDKMessagingBackend
from qchime.services.chimesdkmessaging.event import Event
from qchime.world import DEFAULT_ACCOUNT_ID, records
from tests.services.chimesdkmessaging.samples import Chat


def received(qchime: Handle, arn: str, **wanted: str) -> list[str]:
    """The types of the events that the sessions of somebody receive."""
    return [event.type for event in qchime.events(to=arn, **wanted)]


@pytest.fixture
def quiet(qchime: Handle, channel: str) -> str:
    """The channel, with its first events forgotten."""
    qchime.events.reset()
    return channel


class TestEnvelope:
    def test_a_frame_has_headers_and_a_payload_that_is_json_in_a_string(
        self, chat: Chat, channel: str, qchime: Handle
    ) -> None:
        event = qchime.events(to=chat.bob)[0]
        frame = json.loads(event.frame)
        assert frame["Headers"] == {
            "x-amz-chime-event-type": "CREATE_CHANNEL_MEMBERSHIP",
            "x-amz-chime-message-type": "SYSTEM",
        }
        assert json.loads(frame["Payload"]) == event.payload

    def test_a_payload_has_the_models_names_and_timestamps_in_iso_8601(
        self, client: Any, chat: Chat, channel: str, qchime: Handle
    ) -> None:
        found = client.describe_channel_membership(
            ChannelArn=channel, MemberArn=chat.bob, ChimeBearer=chat.admin
        )["ChannelMembership"]
        payload = qchime.events(to=chat.bob)[0].payload
        times = {name: datetime.fromisoformat(payload[name].replace("Z", "+00:00")) for name in TIMES}
        assert payload | times == found
        assert all(payload[name].endswith("Z") for name in TIMES)

    def test_a_stream_carries_the_type_and_the_payload(
        self, chat: Chat, channel: str, qchime: Handle
    ) -> None:
        event = qchime.events("CREATE_CHANNEL")[0]
        assert event.record == {"EventType": "CREATE_CHANNEL", "Payload": event.payload}
        assert event.payload["CreatedBy"] == {"Arn": chat.alice, "Name": "Alice"}


TIMES = ("CreatedTimestamp", "LastUpdatedTimestamp")


class TestChannels:
    @pytest.mark.rule("messaging.events-of-a-new-channel")
    def test_the_first_members_get_the_memberships_one_after_the_other(
        self, chat: Chat, channel: str, qchime: Handle
    ) -> None:
        assert received(qchime, chat.alice) == ["CREATE_CHANNEL_MEMBERSHIP"] * 2
        [own] = qchime.events(to=chat.bob)
        assert own.payload["Member"] == {"Arn": chat.bob, "Name": "Bob"}
        assert qchime.events(data_type="Channel") == [
            "CREATE_CHANNEL",
            "CREATE_CHANNEL_MEMBERSHIP",
            "CREATE_CHANNEL_MEMBERSHIP",
            "CREATE_CHANNEL_MODERATOR",
        ]

    def test_members_get_an_update(self, client: Any, chat: Chat, quiet: str, qchime: Handle) -> None:
        client.update_channel(ChannelArn=quiet, Name="Renamed", Metadata="blue", ChimeBearer=chat.admin)
        [event] = qchime.events()
        assert (event.type, set(event.recipients)) == ("UPDATE_CHANNEL", {chat.alice, chat.bob})
        assert event.payload.items() >= {"Name": "Renamed", "Metadata": "blue", "Mode": "RESTRICTED"}.items()

    def test_members_get_the_deletion_alone(
        self, client: Any, chat: Chat, quiet: str, qchime: Handle
    ) -> None:
        client.delete_channel(ChannelArn=quiet, ChimeBearer=chat.alice)
        [event] = qchime.events()
        assert (event.type, set(event.recipients)) == ("DELETE_CHANNEL", {chat.alice, chat.bob})
        assert event.payload["Name"] == "General"

    def test_an_expired_channel_is_deleted(self, client: Any, chat: Chat, quiet: str, qchime: Handle) -> None:
        settings = {"ExpirationDays": 1, "ExpirationCriterion": "CREATED_TIMESTAMP"}
        client.put_channel_expiration_settings(
            ChannelArn=quiet, ExpirationSettings=settings, ChimeBearer=chat.alice
        )
        qchime.clock.advance(days=2)
        assert chat.channels() == []
        assert qchime.events() == ["UPDATE_CHANNEL_EXPIRATION_SETTINGS", "DELETE_CHANNEL"]
        assert received(qchime, chat.bob) == ["DELETE_CHANNEL"]


class TestMemberships:
    def test_all_members_and_the_new_one_get_a_membership(
        self, chat: Chat, quiet: str, qchime: Handle
    ) -> None:
        chat.add(quiet, chat.carol)
        chat.add(quiet, chat.carol)
        [event] = qchime.events()
        assert event.type == "CREATE_CHANNEL_MEMBERSHIP"
        assert event.recipients == (chat.alice, chat.bob, chat.carol)
        assert event.payload["InvitedBy"]["Arn"] == chat.admin

    def test_all_members_and_the_removed_one_get_a_removal(
        self, client: Any, chat: Chat, quiet: str, qchime: Handle
    ) -> None:
        client.delete_channel_membership(ChannelArn=quiet, MemberArn=chat.bob, ChimeBearer=chat.alice)
        [event] = qchime.events()
        assert (event.type, event.recipients) == ("DELETE_CHANNEL_MEMBERSHIP", (chat.alice, chat.bob))
        assert event.payload["Member"] == {"Arn": chat.bob, "Name": "Bob"}

    @pytest.mark.rule("messaging.events-of-a-batch")
    def test_a_batch_is_one_event_for_members_and_several_for_streams(
        self, client: Any, chat: Chat, quiet: str, qchime: Handle
    ) -> None:
        new = [chat.bob, chat.carol, chat.nobody, chat.dave]
        for _ in range(2):
            client.batch_create_channel_membership(ChannelArn=quiet, MemberArns=new, ChimeBearer=chat.alice)
        [event] = qchime.events(to=chat.carol)
        assert event.type == "BATCH_CREATE_CHANNEL_MEMBERSHIP"
        assert event.recipients == (chat.alice, chat.bob, chat.carol, chat.dave)
        assert [member["Arn"] for member in event.payload["Members"]] == [chat.carol, chat.dave]
        added = [event.payload["Member"]["Arn"] for event in qchime.events(data_type="Channel")]
        assert added == [chat.carol, chat.dave]

    def test_a_ban_removes_the_member(self, client: Any, chat: Chat, quiet: str, qchime: Handle) -> None:
        given = {"ChannelArn": quiet, "MemberArn": chat.bob, "ChimeBearer": chat.alice}
        client.create_channel_ban(**given)
        client.delete_channel_ban(**given)
        client.delete_channel_ban(**given)
        assert qchime.events() == ["DELETE_CHANNEL_MEMBERSHIP", "CREATE_CHANNEL_BAN", "DELETE_CHANNEL_BAN"]
        assert received(qchime, chat.bob) == ["DELETE_CHANNEL_MEMBERSHIP"]

    def test_streams_carry_moderators(self, client: Any, chat: Chat, quiet: str, qchime: Handle) -> None:
        given = {"ChannelArn": quiet, "ChannelModeratorArn": chat.bob, "ChimeBearer": chat.alice}
        client.create_channel_moderator(**given)
        client.delete_channel_moderator(**given)
        client.delete_channel_moderator(**given)
        assert qchime.events() == ["CREATE_CHANNEL_MODERATOR", "DELETE_CHANNEL_MODERATOR"]
        assert qchime.events()[0].payload["Moderator"] == {"Arn": chat.bob, "Name": "Bob"}
        assert received(qchime, chat.alice) == []

    @pytest.mark.rule("messaging.deleted-user")
    def test_a_deleted_user_leaves_its_channels(
        self, identity: Any, chat: Chat, quiet: str, qchime: Handle
    ) -> None:
        identity.delete_app_instance_user(AppInstanceUserArn=chat.bob)
        assert received(qchime, chat.alice) == ["DELETE_CHANNEL_MEMBERSHIP"]


class TestFilters:
    def test_events_of_one_channel_or_type(self, client: Any, chat: Chat, quiet: str, qchime: Handle) -> None:
        other = chat.create("Other", MemberArns=[chat.bob])
        client.update_channel(ChannelArn=quiet, ChimeBearer=chat.alice)
        assert received(qchime, chat.bob) == ["CREATE_CHANNEL_MEMBERSHIP", "UPDATE_CHANNEL"]
        assert received(qchime, chat.bob, channel=other) == ["CREATE_CHANNEL_MEMBERSHIP"]
        assert received(qchime, chat.bob, type="UPDATE_CHANNEL") == ["UPDATE_CHANNEL"]

    def test_an_unknown_type_is_refused_with_similar_ones(self, qchime: Handle) -> None:
        with pytest.raises(ValueError, match="Choose from: CREATE_CHANNEL"):
            qchime.events("CREATED_CHANNEL")
        with pytest.raises(ValueError, match="Choose from: ChannelMessage, Channel"):
            qchime.events(data_type="Message")


class TestComparison:
    def test_a_failed_one_shows_the_difference_and_the_events(
        self, chat: Chat, channel: str, qchime: Handle
    ) -> None:
        lines = pytest_assertrepr_compare("==", qchime.events(to=chat.bob), ["CREATE_CHANNEL"])
        assert lines is not None
        assert lines[:5] == [
            "events are not as expected (- expected, + published)",
            "- CREATE_CHANNEL",
            "+ CREATE_CHANNEL_MEMBERSHIP",
            "",
            "The events in full:",
        ]
        assert lines[5].startswith('  CREATE_CHANNEL_MEMBERSHIP to alice, bob: {"')


class TestHandle:
    def test_each_account_has_its_events(self, chat: Chat, channel: str, qchime: Handle) -> None:
        mine = qchime.account(DEFAULT_ACCOUNT_ID)
        assert mine.events() == qchime.events() != []
        assert qchime.account("111122223333").events() == []
        mine.events.reset()
        assert qchime.events() == []

    def test_a_reset_forgets_them(self, chat: Chat, channel: str, qchime: Handle) -> None:
        qchime.reset()
        assert qchime.events() == []

    def test_a_state_does_not_have_them(self, chat: Chat, channel: str, qchime: Handle) -> None:
        qchime.load(qchime.dump())
        assert qchime.events() == []
        assert chat.members(channel) == [chat.alice, chat.bob]

    def test_only_the_latest_are_kept(
        self, chat: Chat, quiet: str, qchime: Handle, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(records, "MOST_RECORDS", 2)
        chat.add(quiet, chat.carol, chat.dave, chat.eve)
        assert [event.payload["Member"]["Name"] for event in qchime.events()] == ["Dave", "Eve"]

    @pytest.mark.parametrize("what", ["payloads", "recipients"])
    def test_their_size_is_limited(
        self, client: Any, chat: Chat, quiet: str, qchime: Handle, monkeypatch: pytest.MonkeyPatch, what: str
    ) -> None:
        monkeypatch.setattr(records, "MOST_BYTES", 20_000)
        if what == "recipients":
            monkeypatch.setattr("qchime.services.chimesdkmessaging.event.BYTES_OF_RECIPIENT", 5_000)
        for number in range(9):
            chat.send(quiet, str(number) * (4_000 if what == "payloads" else 1))
        kept = [event.payload["Content"][0] for event in qchime.events()]
        assert kept == list("5678" if what == "payloads" else "8")

    def test_a_client_of_a_server_reads_the_same(
        self, chat: Chat, channel: str, qchime: Handle, server: Server
    ) -> None:
        remote = Client(server.url)
        for wanted in ({}, {"to": chat.bob}, {"channel": channel}, {"data_type": "ChannelMessage"}):
            assert remote.events(**wanted) == qchime.events(**wanted)
        assert remote.account("111122223333").events() == []
        with pytest.raises(ValueError, match="Choose from"):
            remote.events("CREATED_CHANNEL")
        remote.events.reset()
        assert qchime.events() == []


@pytest.fixture
def server() -> Any:
    """A server of the state that the tests use."""
    with Server(cloud=cloud) as running:
        yield running


@pytest.fixture
def backend(chat: Chat) -> ChimeSDKMessagingBackend:
    """The chats that the client uses."""
    found = cloud.account(DEFAULT_ACCOUNT_ID).backend(SERVICE, "us-east-1")
    assert isinstance(found, ChimeSDKMessagingBackend)
    return found


class TestListeners:
    def test_they_hear_what_the_user_receives_without_the_lock(
        self, chat: Chat, channel: str, backend: ChimeSDKMessagingBackend
    ) -> None:
        heard: list[tuple[str, int]] = []
        backend.events.listen(chat.bob, lambda event: heard.append((event.type, len(chat.members(channel)))))
        chat.add(channel, chat.carol)
        chat.create("Without Bob")
        assert heard == [("CREATE_CHANNEL_MEMBERSHIP", 3)]

    def test_what_a_listener_causes_comes_after_what_it_hears(
        self, chat: Chat, channel: str, backend: ChimeSDKMessagingBackend, qchime: Handle
    ) -> None:
        heard: list[Event] = []

        def add_carol(event: Event) -> None:
            chat.add(channel, chat.carol)

        for listener in (add_carol, heard.append):
            backend.events.listen(chat.bob, listener)
        qchime.events.reset()
        chat.add(channel, chat.dave)
        assert heard == qchime.events(to=chat.bob)
        assert len(heard) == 2

    def test_a_closed_one_hears_nothing_more(
        self, chat: Chat, channel: str, backend: ChimeSDKMessagingBackend
    ) -> None:
        heard: list[Event] = []
        first = backend.events.listen(chat.bob, heard.append)
        second = backend.events.listen(chat.bob, heard.append)
        first.close()
        chat.add(channel, chat.carol)
        second.close()
        second.close()
        chat.add(channel, chat.dave)
        assert len(heard) == 1

    def test_one_that_another_closes_meanwhile_hears_nothing(
        self, chat: Chat, channel: str, backend: ChimeSDKMessagingBackend
    ) -> None:
        heard: list[Event] = []
        backend.events.listen(chat.bob, lambda event: second.close())
        second = backend.events.listen(chat.bob, heard.append)
        chat.add(channel, chat.carol)
        assert heard == []

    def test_it_does_not_end_with_a_user_whose_id_begins_alike(
        self, identity: Any, chat: Chat, backend: ChimeSDKMessagingBackend
    ) -> None:
        given = {"AppInstanceArn": chat.arn, "AppInstanceUserId": "bobby", "Name": "Bobby"}
        bobby = identity.create_app_instance_user(**given)["AppInstanceUserArn"]
        ends: list[str] = []
        backend.events.listen(bobby, lambda event: None, lambda: ends.append("end"))
        identity.delete_app_instance_user(AppInstanceUserArn=chat.bob)
        assert ends == []

    def test_it_ends_after_the_last_event_when_the_user_is_deleted(
        self, identity: Any, chat: Chat, channel: str, backend: ChimeSDKMessagingBackend
    ) -> None:
        heard: list[str] = []
        backend.events.listen(chat.bob, lambda event: heard.append(event.type), lambda: heard.append("end"))
        identity.delete_app_instance_user(AppInstanceUserArn=chat.bob)
        assert heard == ["DELETE_CHANNEL_MEMBERSHIP", "end"]

    @pytest.mark.parametrize("delete", ["delete_app_instance", "reset"])
    def test_it_ends_with_the_app_instance(
        self, identity: Any, chat: Chat, backend: ChimeSDKMessagingBackend, delete: str
    ) -> None:
        ends: list[str] = []
        backend.events.listen(chat.bob, lambda event: None, lambda: ends.append("end"))
        if delete == "reset":
            backend.identities.reset()
        else:
            identity.delete_app_instance(AppInstanceArn=chat.arn)
        assert ends == ["end"]

    def test_one_that_fails_does_not_affect_the_call_or_the_others(
        self,
        chat: Chat,
        channel: str,
        backend: ChimeSDKMessagingBackend,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        heard: list[Event] = []

        def fail(event: Event) -> None:
            raise ZeroDivisionError

        listeners: list[Callable[[Event], None]] = [fail, heard.append]
        for listener in listeners:
            backend.events.listen(chat.bob, listener)
        chat.add(channel, chat.carol)
        assert len(heard) == 1
        assert "ZeroDivisionError" in caplog.text
