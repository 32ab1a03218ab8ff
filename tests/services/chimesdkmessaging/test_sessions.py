"""Sessions: WebSockets on which users receive the events of their channels."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from datetime import datetime
from threading import Thread
from typing import Any

import boto3
import pytest

from qchime import Handle, Server
from tests.services.chimesdkmessaging.listening import Frame, Session, opened, session
from tests.services.chimesdkmessaging.samples import NOBODY, Chat

ELEVEN = 11
OTHER = "111122223333"
REGION: Any = {"region_name": "us-east-1"}


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
        assert client.get_messaging_session_endpoint(NetworkType="DUAL_STACK")["Endpoint"] == {
            "Url": "node001.ue1.ws-messaging.chime.aws"
        }

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
    def test_a_session_receives_what_the_handle_tells(
        self, chat: Chat, client: Any, identity: Any, qchime: Handle, url: str
    ) -> None:
        with session(url, chat.bob) as bobs:
            cause_events(chat, client)
            events = qchime.events(to=chat.bob)
            assert bobs.receive(len(events)) == [
                Frame(event.type, event.message_type, event.payload) for event in events
            ]
            assert len({event.type for event in events}) == 5

    def test_calls_to_the_server_cause_the_same_events(self, chat: Chat, qchime: Handle, url: str) -> None:
        chat.client = boto3.client("chime-sdk-messaging", **REGION, endpoint_url=url)
        with session(url, chat.bob) as bobs:
            cause_events(chat, chat.client)
            events = qchime.events(to=chat.bob)
            assert bobs.types(len(events)) == [event.type for event in events]

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

    def test_accounts_and_regions_are_separate(self, chat: Chat, url: str) -> None:
        for other in ({"key": OTHER}, {"key": "any", "region": "eu-central-1"}):
            with opened(url, userArn=chat.bob, **other) as stranger:
                assert stranger.close_code == 4401
        with account_session(url), session(url, chat.bob):
            pass


def cause_events(chat: Chat, client: Any) -> None:
    """Cause an event of every type that concerns channels and memberships."""
    channel = chat.create("General", MemberArns=[chat.bob])
    given = {"ChannelArn": channel, "ChimeBearer": chat.alice}
    client.update_channel(**given, Name="Renamed 😀", Metadata="{}")
    client.create_channel_membership(**given, MemberArn=chat.carol, Type="DEFAULT")
    client.batch_create_channel_membership(**given, MemberArns=[chat.dave, chat.eve])
    client.delete_channel_membership(**given, MemberArn=chat.carol)
    client.create_channel_ban(**given, MemberArn=chat.dave)
    client.delete_channel(**given)


class TestUsers:
    @pytest.mark.rule("messaging.session-of-unknown-user")
    def test_others_are_unauthorized(self, chat: Chat, url: str) -> None:
        for query in ({"userArn": NOBODY}, {"userArn": f"{chat.bob}-2"}, {"userArn": chat.bot}, {}):
            with opened(url, **query) as strangers:
                assert (strangers.rest(), strangers.close_code) == ([], 4401)

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
        with session(url, chat.bob, **{"prefetch-on": "connect"}) as bobs:
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
        with session(url, chat.carol, **{"prefetch-on": "connect"}) as carols:
            assert carols.receive(1)[0].payload["Channel"]["ChannelArn"] == channel

    def test_only_a_session_that_asks_receives_them(self, chat: Chat, channel: str, url: str) -> None:
        with session(url, chat.bob) as bobs:
            chat.add(channel, chat.carol)
            assert bobs.types(1) == ["CREATE_CHANNEL_MEMBERSHIP"]

    def test_they_tell_when_the_user_has_read_the_channel(
        self, chat: Chat, channel: str, client: Any, url: str
    ) -> None:
        client.update_channel_read_marker(ChannelArn=channel, ChimeBearer=chat.bob)
        described = client.describe_channel_membership_for_app_instance_user(
            ChannelArn=channel, AppInstanceUserArn=chat.bob, ChimeBearer=chat.bob
        )["ChannelMembership"]["AppInstanceUserMembershipSummary"]
        with session(url, chat.bob, **{"prefetch-on": "connect"}) as bobs:
            marker = bobs.receive(1)[0].payload["ReadMarkerTimestamp"]
        assert datetime.fromisoformat(marker.replace("Z", "+00:00")) == described["ReadMarkerTimestamp"]

    def test_they_are_of_50_channels_at_most_with_30_members_each(
        self, chat: Chat, identity: Any, client: Any, url: str
    ) -> None:
        users = [create_user(identity, chat, f"user-{number}") for number in range(35)]
        channels = [chat.create(str(number)) for number in range(52)]
        chat.client.batch_create_channel_membership(
            ChannelArn=channels[-1], MemberArns=users, ChimeBearer=chat.alice
        )
        with session(url, chat.alice, **{"prefetch-on": "connect"}) as alices:
            details = alices.receive(50)
            chat.add(channels[0], chat.bob)
            assert alices.types(1) == ["CREATE_CHANNEL_MEMBERSHIP"]

        found = {one.payload["Channel"]["ChannelArn"]: one.payload for one in details}
        assert len(found) == 50
        assert {len(payload["ChannelMemberships"]) for payload in found.values()} <= {1, 30}

    def test_no_event_is_missing_or_repeated_between_them_and_what_follows(
        self, chat: Chat, channel: str, identity: Any, client: Any, url: str
    ) -> None:
        users = [create_user(identity, chat, f"user-{number:02}") for number in range(28)]
        adding = Thread(target=chat.add, args=(channel, *users))
        with ExitStack() as stack:
            adding.start()
            query = {"prefetch-on": "connect"}
            sessions = [stack.enter_context(session(url, chat.bob, **query)) for _ in range(10)]
            adding.join()
            for one in sessions:
                known = one.receive(1)[0].payload["ChannelMemberships"]
                rest = one.receive(30 - len(known))
                arns = [found["Member"]["Arn"] for found in [*known, *(frame.payload for frame in rest)]]
                assert arns == [chat.alice, chat.bob, *users]


def create_user(identity: Any, chat: Chat, name: str) -> str:
    given = {"AppInstanceArn": chat.arn, "AppInstanceUserId": name, "Name": name}
    return str(identity.create_app_instance_user(**given)["AppInstanceUserArn"])
