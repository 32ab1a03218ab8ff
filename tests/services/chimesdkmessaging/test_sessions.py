"""Sessions: WebSockets on which users receive the events of their channels."""

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from datetime import datetime, timezone
from threading import Thread
from time import sleep
from typing import Any

import boto3
import pytest
import time_machine
from botocore.exceptions import ClientError

from qchime import Handle, Server
from qchime.core.cloud import cloud
from qchime.services.chimesdkmessaging import SERVICE
from qchime.services.chimesdkmessaging.backend import ChimeSDKMessagingBackend
from qchime.services.chimesdkmessaging.prefetch import Prefetch
from qchime.world import DEFAULT_ACCOUNT_ID
from tests.services.chimesdkmessaging.listening import TIMEOUT, Frame, Session, opened, session
from tests.services.chimesdkmessaging.samples import NOBODY, Chat
from tests.services.chimesdkmessaging.story import STORY, send, tell_story

ELEVEN = 11
NOON = datetime(2024, 5, 21, 12, tzinfo=timezone.utc)
OTHER = "111122223333"
PREFETCH = {"prefetch-on": "connect"}
REGION: Any = {"region_name": "us-east-1"}

_ENDPOINT: Any = SERVICE.model.operation_model("GetMessagingSessionEndpoint").input_shape

needs_network_types = pytest.mark.skipif(
    "NetworkType" not in _ENDPOINT.members,
    reason="this botocore does not have network types",
)


@pytest.fixture
def url(qchime_server: Server) -> str:
    """The address of a server that has the same chats as the mock."""
    return qchime_server.url


class TestEndpoint:
    @pytest.mark.rule("messaging.session-endpoint")
    def test_in_the_process_it_is_one_of_awss(self, client: Any) -> None:
        assert client.get_messaging_session_endpoint()["Endpoint"] == {
            "Url": "node001.ue1.ws-messaging.chime.aws"
        }

    @needs_network_types
    @pytest.mark.rule("messaging.session-endpoint")
    def test_the_network_type_makes_no_difference(self, client: Any) -> None:
        plain, dual = (
            client.get_messaging_session_endpoint(**given)["Endpoint"]
            for given in ({}, {"NetworkType": "DUAL_STACK"})
        )
        assert plain == dual

    @needs_network_types
    @pytest.mark.rule("core.undeclared-invalid-input")
    def test_bad_input_is_an_error_that_no_model_declares(self, client: Any) -> None:
        with pytest.raises(ClientError, match="'networkType'") as raised:
            client.get_messaging_session_endpoint(NetworkType="IPV5_ONLY")
        assert raised.value.response["Error"]["Code"] == "ValidationError"
        assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400

    @pytest.mark.rule("messaging.session-endpoint")
    @pytest.mark.parametrize(("region", "name"), [("eu-central-1", "ec1"), ("ap-southeast-2", "as2")])
    def test_every_region_has_its_own(self, qchime: Handle, region: str, name: str) -> None:
        client = boto3.client("chime-sdk-messaging", region_name=region)
        url = client.get_messaging_session_endpoint()["Endpoint"]["Url"]
        assert url == f"node001.{name}.ws-messaging.chime.aws"

    def test_on_a_server_it_is_the_servers_own_host(self, url: str) -> None:
        client = boto3.client("chime-sdk-messaging", **REGION, endpoint_url=url)
        assert client.get_messaging_session_endpoint()["Endpoint"] == {"Url": url.removeprefix("http://")}


class TestEvents:
    @pytest.mark.parametrize("called", ["in the process", "on the server"])
    def test_a_session_receives_every_event_in_order(
        self, chat: Chat, qchime: Handle, url: str, called: str
    ) -> None:
        if called == "on the server":
            chat.client = boto3.client("chime-sdk-messaging", **REGION, endpoint_url=url)
        with session(url, chat.bob) as bobs, session(url, chat.eve) as eves:
            tell_story(chat, qchime)
            assert qchime.events(to=chat.bob) == STORY
            assert bobs.types(len(STORY)) == STORY
            events = qchime.events(to=chat.eve)
            assert eves.receive(len(events)) == [
                Frame(event.type, event.message_type, event.payload) for event in events
            ]

    def test_it_receives_them_as_it_calls(self, chat: Chat, channel: str, url: str) -> None:
        """Before the response, as it happens, but never without it."""
        with session(url, chat.bob) as bobs:
            for number in range(100):
                sent = send(chat, channel, str(number))
                [frame] = bobs.receive(1)
                assert (frame.payload["MessageId"], frame.payload["Content"]) == (sent, str(number))

    def test_every_session_of_a_user_receives_all(self, chat: Chat, channel: str, url: str) -> None:
        with session(url, chat.bob) as one, session(url, chat.bob) as two, session(url, chat.eve) as eves:
            chat.add(channel, chat.carol, chat.dave, chat.eve)
            for of_bob in (one, two):
                members = [frame.payload["Member"]["Arn"] for frame in of_bob.receive(3)]
                assert members == [chat.carol, chat.dave, chat.eve]
            assert eves.receive(1)[0].payload["Member"] == {"Arn": chat.eve, "Name": "Eve"}

    def test_a_closed_session_takes_no_part(self, chat: Chat, channel: str, url: str) -> None:
        with session(url, chat.bob):
            pass
        with session(url, chat.bob) as second:
            chat.add(channel, chat.carol)
            assert second.types(1) == ["CREATE_CHANNEL_MEMBERSHIP"]

    def test_it_leaves_nothing_behind(self, chat: Chat, qchime: Handle) -> None:
        with Server() as server:
            for _ in range(3):
                with session(server.url, chat.bob), session(server.url, chat.alice):
                    pass
        backend: Any = cloud.account(DEFAULT_ACCOUNT_ID).backend(SERVICE, "us-east-1")
        assert (backend.events._sessions, backend._connections) == ({}, {})

    def test_accounts_and_regions_are_separate(self, chat: Chat, url: str) -> None:
        for other in ({"key": OTHER}, {"key": "any", "region": "eu-central-1"}):
            with opened(url, userArn=chat.bob, **other) as stranger:
                assert stranger.close_code == 4401
        with account_session(url), session(url, chat.bob):
            pass


class TestElasticChannels:
    @pytest.mark.rule("messaging.scale-in")
    def test_sessions_hear_of_moves_and_of_the_end_of_a_sub_channel(self, chat: Chat, url: str) -> None:
        channel = chat.create_elastic(TargetMembershipsPerSubChannel=3)
        chat.add(channel, chat.bob, chat.dave, chat.carol)
        with session(url, chat.carol) as carols, session(url, chat.alice) as alices:
            chat.add(channel, chat.eve)
            part = chat.part_of(channel, chat.carol)
            chat.add(channel, chat.alice, SubChannelId=part)
            own = {"ChannelArn": channel, "MemberArn": chat.eve, "ChimeBearer": chat.eve}
            chat.client.delete_channel_membership(**own)
            of_carol, [joined, left] = carols.receive(5), alices.receive(2)
            removed = json.loads(alices.socket.recv(TIMEOUT))

        assert [frame.type for frame in of_carol] == [
            "UPDATE_CHANNEL_MEMBERSHIP",
            "CREATE_CHANNEL_MEMBERSHIP",  # of Eve
            "CREATE_CHANNEL_MEMBERSHIP",  # of Alice
            "DELETE_CHANNEL_MEMBERSHIP",  # of Eve
            "UPDATE_CHANNEL_MEMBERSHIP",
        ]
        assert {frame.message_type for frame in of_carol} == {"SYSTEM"}
        first = chat.part_of(channel, chat.bob)
        assert [frame.payload["SubChannelId"] for frame in of_carol] == [*[part] * 4, first]
        assert (joined.type, left.type) == ("CREATE_CHANNEL_MEMBERSHIP", "DELETE_CHANNEL_MEMBERSHIP")
        assert removed["Headers"] == {
            "x-amz-chime-event-type": "DELETE_CHANNEL_MEMBERSHIP",
            "x-amz-chime-message-type": "SYSTEM",
            "x-amz-chime-event-reason": "subchannel_DELETED",
        }
        assert json.loads(removed["Payload"])["SubChannelId"] == part


class TestUsers:
    @pytest.mark.rule("messaging.session-of-unknown-user")
    def test_others_are_unauthorized(self, chat: Chat, url: str) -> None:
        for query in ({"userArn": NOBODY}, {"userArn": f"{chat.bob}-2"}, {"userArn": chat.bot}, {}):
            with opened(url, **query) as strangers:
                assert (strangers.rest(), strangers.close_code) == ([], 4401)

    @pytest.mark.rule("messaging.unauthorized-session")
    def test_credentials_that_are_refused_are_unauthorized(self, chat: Chat, qchime: Handle) -> None:
        with Server(verify_signatures=True) as server, opened(server.url, userArn=chat.bob) as unsigned:
            assert (unsigned.rest(), unsigned.close_code) == ([], 4401)

    @pytest.mark.rule("messaging.session-of-deleted-user")
    def test_a_session_ends_with_its_user(
        self, chat: Chat, channel: str, identity: Any, qchime: Handle, url: str
    ) -> None:
        with session(url, chat.bob) as one, session(url, chat.bob) as two, session(url, chat.alice) as alices:
            identity.delete_app_instance_user(AppInstanceUserArn=chat.bob)
            for ended in (one, two):
                assert [frame.type for frame in ended.rest()] == ["DELETE_CHANNEL_MEMBERSHIP"]
                assert ended.close_code == 4401
            assert alices.types(1) == ["DELETE_CHANNEL_MEMBERSHIP"]
            identity.delete_app_instance(AppInstanceArn=chat.arn)
            assert alices.close_code == 4401

    @pytest.mark.rule("messaging.session-of-deleted-user")
    def test_a_session_ends_when_its_user_expires(
        self, chat: Chat, identity: Any, client: Any, qchime: Handle, url: str
    ) -> None:
        settings = {"ExpirationDays": 1, "ExpirationCriterion": "CREATED_TIMESTAMP"}
        identity.put_app_instance_user_expiration_settings(
            AppInstanceUserArn=chat.bob, ExpirationSettings=settings
        )
        with session(url, chat.bob) as bobs:
            qchime.clock.advance(days=2)
            chat.create()  # the mock notices what has expired when it is called
            assert bobs.close_code == 4401

    @pytest.mark.rule("messaging.most-sessions")
    def test_the_oldest_session_over_the_quota_is_kicked(
        self, chat: Chat, channel: str, qchime: Handle, url: str
    ) -> None:
        with ExitStack() as stack:
            sessions = [stack.enter_context(session(url, chat.bob)) for _ in range(ELEVEN)]
            assert sessions.pop(0).close_code == 4003
            stack.enter_context(session(url, chat.alice))
            chat.add(channel, chat.carol)
            assert [one.types(1) for one in sessions] == [["CREATE_CHANNEL_MEMBERSHIP"]] * 10

    @pytest.mark.rule("messaging.most-sessions")
    def test_the_quota_can_be_changed(self, chat: Chat, qchime: Handle, url: str) -> None:
        qchime.limits.connections_per_user = 1
        with session(url, chat.bob) as first, session(url, chat.bob):
            assert first.close_code == 4003
        qchime.limits.connections_per_user = 0
        with opened(url, userArn=chat.bob) as refused:
            assert refused.close_code == 4003

    @pytest.mark.rule("messaging.session-rate")
    def test_a_second_one_within_a_second_is_refused_if_rates_are_enforced(
        self, chat: Chat, qchime: Handle, url: str
    ) -> None:
        with time_machine.travel(NOON, tick=False), session(url, chat.bob), session(url, chat.bob):
            qchime.throttling = True
            with session(url, chat.alice), session(url, chat.eve):
                with opened(url, userArn=chat.alice) as refused:
                    assert refused.rest() == []
                    assert refused.close_code == 4429
                qchime.clock.advance(seconds=1)
                with session(url, chat.alice) as alices:
                    chat.create()
                    assert alices.types(1) == ["CREATE_CHANNEL_MEMBERSHIP"]

    def test_sessions_that_ended_do_not_count(
        self, chat: Chat, channel: str, qchime: Handle, url: str
    ) -> None:
        qchime.limits.connections_per_user = 2
        with session(url, chat.bob) as first:
            for _ in range(20):
                with session(url, chat.bob) as second:
                    second.socket.close()
            chat.add(channel, chat.carol)
            assert first.types(1) == ["CREATE_CHANNEL_MEMBERSHIP"]


@pytest.mark.rule("messaging.session-after-reset")
class TestReplacedState:
    @pytest.fixture
    def two(self, chat: Chat, url: str) -> Iterator[Any]:
        """A session of Bob, and one in another account."""
        with session(url, chat.bob) as bobs, account_session(url) as theirs:
            yield bobs, theirs

    def test_a_reset_closes_all_sessions(self, two: Any, qchime: Handle) -> None:
        qchime.reset()
        assert [one.close_code for one in two] == [1012, 1012]

    def test_a_reset_closes_a_session_that_is_about_to_open(
        self, chat: Chat, url: str, qchime: Handle, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        connect = ChimeSDKMessagingBackend.connect

        def connect_late(backend: ChimeSDKMessagingBackend, *args: Any) -> Any:
            """As if another thread has reset the mock while the server handled the handshake."""
            qchime.reset()
            return connect(backend, *args)

        monkeypatch.setattr(ChimeSDKMessagingBackend, "connect", connect_late)
        with opened(url, userArn=chat.bob, sessionId="one") as bobs:
            assert bobs.close_code == 1012

    def test_they_open_again_once_a_state_is_back_that_was_set_aside(self, chat: Chat, url: str) -> None:
        """As by the fixture `qchime` in a test inside a wider mock."""
        with session(url, chat.bob) as before, cloud.anew():
            assert before.close_code == 1012

        with session(url, chat.bob):  # receives that it is established
            pass

    def test_a_reset_of_an_account_closes_its_own(self, two: Any, qchime: Handle) -> None:
        qchime.account(OTHER).reset()
        bobs, theirs = two
        assert theirs.close_code == 1012
        qchime.reset()
        assert bobs.close_code == 1012

    def test_a_load_closes_all_sessions_which_can_then_reconnect(
        self, two: Any, chat: Chat, channel: str, qchime: Handle, url: str
    ) -> None:
        qchime.load(qchime.dump())
        assert [one.close_code for one in two] == [1012, 1012]
        with session(url, chat.bob) as again:
            chat.add(channel, chat.carol)
            assert again.types(1) == ["CREATE_CHANNEL_MEMBERSHIP"]

    def test_a_load_of_an_account_closes_its_own(self, two: Any, qchime: Handle) -> None:
        account = qchime.account(OTHER)
        account.load(account.dump())
        assert two[1].close_code == 1012

    def test_a_reset_of_the_service_alone_closes_its_sessions(self, two: Any, qchime: Handle) -> None:
        """As moto's reset of a backend does."""
        from moto.backends import get_backend

        get_backend("chime-sdk-messaging")["123456789012"]["us-east-1"].reset()
        assert two[0].close_code == 1012


def account_session(url: str) -> AbstractContextManager[Session]:
    """A session of a user in another account."""
    options: Any = {**REGION, "aws_access_key_id": OTHER, "aws_secret_access_key": "any"}
    identity = boto3.client("chime-sdk-identity", **options)
    arn = identity.create_app_instance(Name="Theirs")["AppInstanceArn"]
    user = identity.create_app_instance_user(AppInstanceArn=arn, AppInstanceUserId="bob", Name="Bob")
    return session(url, user["AppInstanceUserArn"], key=OTHER)


class TestPrefetch:
    def test_a_session_receives_details_of_the_channels_of_its_user(
        self, chat: Chat, client: Any, qchime: Handle, url: str
    ) -> None:
        channel = chat.create("General", MemberArns=[chat.bob], Metadata="{}", Privacy="PRIVATE")
        chat.create("Without Bob")
        chat.add(channel, chat.carol, type="HIDDEN")
        with session(url, chat.bob, **PREFETCH) as bobs:
            [details] = bobs.receive(1)
            chat.add(channel, chat.dave)
            assert bobs.types(1) == ["CREATE_CHANNEL_MEMBERSHIP"]

        assert details[:2] == ("CHANNEL_DETAILS", "SYSTEM")
        assert details.payload["Channel"] == {
            "ChannelArn": channel,
            "Name": "General",
            "Mode": "RESTRICTED",
            "Privacy": "PRIVATE",
            "Metadata": "{}",
        }
        members = [one["Member"] for one in details.payload["ChannelMemberships"]]
        assert members == [{"Arn": chat.alice, "Name": "Alice"}, {"Arn": chat.bob, "Name": "Bob"}]
        assert details.payload["ChannelMessages"] == []
        assert details.payload["ChannelMessagesHasMore"] is False
        assert "ReadMarkerTimestamp" not in details.payload

    @pytest.mark.rule("messaging.order-of-prefetch")
    def test_a_hidden_member_receives_them_too(self, chat: Chat, channel: str, client: Any, url: str) -> None:
        chat.add(channel, chat.carol, type="HIDDEN")
        with session(url, chat.carol, **PREFETCH) as carols:
            assert carols.receive(1)[0].payload["Channel"]["ChannelArn"] == channel

    def test_only_a_session_that_asks_receives_them(self, chat: Chat, channel: str, url: str) -> None:
        with session(url, chat.bob) as bobs:
            chat.add(channel, chat.carol)
            assert bobs.types(1) == ["CREATE_CHANNEL_MEMBERSHIP"]

    def test_they_have_the_latest_20_messages_that_the_user_sees(
        self, chat: Chat, channel: str, client: Any, url: str
    ) -> None:
        for number in range(21):
            send(chat, channel, str(number))
            send(chat, channel, "psst", Target=[{"MemberArn": chat.alice}])
        with session(url, chat.bob, **PREFETCH) as bobs, session(url, chat.alice, **PREFETCH) as alices:
            of_bob, of_alice = (one.receive(1)[0].payload for one in (bobs, alices))
        assert [one["Content"] for one in of_alice["ChannelMessages"]] == [
            text for number in range(20, 10, -1) for text in ("psst", str(number))
        ]
        assert of_alice["ChannelMessagesHasMore"] is True
        listed = client.list_channel_messages(ChannelArn=channel, ChimeBearer=chat.bob, MaxResults=20)
        ids = [one["MessageId"] for one in listed["ChannelMessages"]]
        assert [one["MessageId"] for one in of_bob["ChannelMessages"]] == ids

    def test_they_have_all_messages_of_a_quiet_channel(self, chat: Chat, channel: str, url: str) -> None:
        send(chat, channel, "one")
        send(chat, channel, "not for Eve", Target=[{"MemberArn": chat.alice}])
        chat.add(channel, chat.eve)
        with session(url, chat.eve, **PREFETCH) as eves:
            [details] = eves.receive(1)
        assert [one["Content"] for one in details.payload["ChannelMessages"]] == ["one"]
        assert details.payload["ChannelMessagesHasMore"] is False

    @pytest.mark.rule("messaging.order-of-prefetch")
    @pytest.mark.parametrize(
        ("query", "order"),
        [
            ({}, ["unread", "older unread", "read", "silent"]),
            ({"prefetch-sort-by": "unread"}, ["unread", "older unread", "read", "silent"]),
            ({"prefetch-sort-by": "last-message-timestamp"}, ["read", "unread", "older unread", "silent"]),
        ],
    )
    def test_unread_channels_come_first_unless_the_client_sorts_by_timestamp(
        self, chat: Chat, client: Any, qchime: Handle, url: str, query: dict[str, str], order: list[str]
    ) -> None:
        for name in ("silent", "older unread", "unread", "read"):
            channel = chat.create(name, MemberArns=[chat.bob])
            qchime.clock.advance(seconds=1)
            if name != "silent":
                send(chat, channel, "hello", chat.alice)
        qchime.clock.advance(seconds=1)
        client.update_channel_read_marker(ChannelArn=channel, ChimeBearer=chat.bob)
        with session(url, chat.bob, **PREFETCH, **query) as bobs:
            assert [one.payload["Channel"]["Name"] for one in bobs.receive(4)] == order

    def test_they_tell_when_the_user_has_read_the_channel(
        self, chat: Chat, channel: str, client: Any, url: str
    ) -> None:
        client.update_channel_read_marker(ChannelArn=channel, ChimeBearer=chat.bob)
        described = client.describe_channel_membership_for_app_instance_user(
            ChannelArn=channel, AppInstanceUserArn=chat.bob, ChimeBearer=chat.bob
        )["ChannelMembership"]["AppInstanceUserMembershipSummary"]
        with session(url, chat.bob, **PREFETCH) as bobs:
            marker = bobs.receive(1)[0].payload["ReadMarkerTimestamp"]
        assert datetime.fromisoformat(marker.replace("Z", "+00:00")) == described["ReadMarkerTimestamp"]

    @pytest.mark.rule("messaging.prefetch-of-elastic-channels")
    def test_they_have_what_is_in_the_sub_channel_of_the_user(self, chat: Chat, url: str) -> None:
        channel = chat.create_elastic(TargetMembershipsPerSubChannel=2)
        chat.add(channel, chat.bob, chat.carol, chat.dave)
        first, second = (chat.part_of(channel, arn) for arn in (chat.bob, chat.carol))
        chat.add(channel, chat.alice, SubChannelId=first)
        chat.add(channel, chat.alice, SubChannelId=second)
        send(chat, channel, "one", SubChannelId=first)
        send(chat, channel, "two", chat.carol, SubChannelId=second)
        with session(url, chat.carol, **PREFETCH) as carols, session(url, chat.alice, **PREFETCH) as alices:
            [of_carol] = carols.receive(1)
            of_alice = alices.receive(2)

        def shown(details: Frame) -> tuple[list[str], set[str]]:
            messages = [one["Content"] for one in details.payload["ChannelMessages"]]
            return messages, {one["Member"]["Name"] for one in details.payload["ChannelMemberships"]}

        assert shown(of_carol) == (["two"], {"Carol", "Alice"})
        assert sorted(map(shown, of_alice)) == [
            (["one"], {"Bob", "Dave", "Alice"}),
            (["two"], {"Carol", "Alice"}),
        ]
        assert {one.payload["Channel"]["ChannelArn"] for one in [of_carol, *of_alice]} == {channel}
        assert "ReadMarkerTimestamp" not in of_carol.payload

    def test_they_are_of_50_channels_at_most_with_30_members_each(
        self, chat: Chat, identity: Any, client: Any, url: str
    ) -> None:
        users = [create_user(identity, chat, f"user-{number}") for number in range(35)]
        channels = [chat.create(str(number)) for number in range(52)]
        chat.client.batch_create_channel_membership(
            ChannelArn=channels[-1], MemberArns=users, ChimeBearer=chat.alice
        )
        with session(url, chat.alice, **PREFETCH) as alices:
            details = alices.receive(50)
            chat.add(channels[0], chat.bob)
            assert alices.types(1) == ["CREATE_CHANNEL_MEMBERSHIP"]

        found = {one.payload["Channel"]["ChannelArn"]: one.payload for one in details}
        assert len(found) == 50
        assert {len(payload["ChannelMemberships"]) for payload in found.values()} <= {1, 30}

    def test_no_message_is_missing_or_repeated_between_them_and_the_events(
        self, chat: Chat, channel: str, url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        prefetched = Prefetch.prefetched

        def prefetched_slowly(*given: Any) -> list[str]:
            details = prefetched(*given)
            sleep(0.01)  # long enough for messages to be sent meanwhile, if they can
            return details

        monkeypatch.setattr(Prefetch, "prefetched", prefetched_slowly)
        texts = [str(number) for number in range(150)]
        sending = Thread(target=lambda: [send(chat, channel, text) for text in texts])
        with ExitStack() as stack:
            sending.start()
            sessions = [stack.enter_context(session(url, chat.bob, **PREFETCH)) for _ in range(5)]
            sending.join()
            for one in sessions:
                known = [message["Content"] for message in one.receive(1)[0].payload["ChannelMessages"]]
                first = int(known[0]) + 1 if known else 0
                events = one.receive(150 - first)
                assert known == texts[first - len(known) : first][::-1]
                assert [event.payload["Content"] for event in events] == texts[first:]


def create_user(identity: Any, chat: Chat, name: str) -> str:
    given = {"AppInstanceArn": chat.arn, "AppInstanceUserId": name, "Name": name}
    return str(identity.create_app_instance_user(**given)["AppInstanceUserArn"])
