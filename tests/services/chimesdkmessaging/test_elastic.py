"""Elastic channels: what they can be, and what they cannot do."""

from typing import Any

import boto3
import pytest

from qchime import Handle, mock_chimesdkidentity, mock_chimesdkmessaging
from tests.services.chimesdkmessaging.samples import ELASTIC, MESSAGE, Chat


@pytest.fixture
def channel(chat: Chat) -> str:
    """Alice's elastic channel."""
    return chat.create_elastic()


class TestCreate:
    def test_the_channel_has_its_configuration(self, chat: Chat, channel: str) -> None:
        found = chat.describe(channel)
        assert found["ElasticChannelConfiguration"] == ELASTIC
        assert (found["Mode"], found["Privacy"]) == ("RESTRICTED", "PUBLIC")
        assert "ElasticChannelConfiguration" not in chat.describe(chat.create())
        assert chat.channels()[0] == channel

    def test_the_bearer_becomes_moderator_only(self, client: Any, chat: Chat, channel: str) -> None:
        assert chat.moderators(channel) == [chat.alice]
        assert chat.members(channel) == []
        listed = client.list_channels_moderated_by_app_instance_user(ChimeBearer=chat.alice)["Channels"]
        assert [one["ChannelSummary"]["ChannelArn"] for one in listed] == [channel]

    @pytest.mark.rule("messaging.first-members")
    def test_named_moderators_are_not_members(self, chat: Chat) -> None:
        channel = chat.create_elastic(moderators=[chat.bob, chat.alice, chat.carol])
        assert chat.moderators(channel) == [chat.alice, chat.bob, chat.carol]
        assert chat.members(channel) == []

    @pytest.mark.parametrize("missing", ELASTIC)
    def test_all_settings_are_required(self, client: Any, chat: Chat, missing: str) -> None:
        settings = {name: value for name, value in ELASTIC.items() if name != missing}
        with pytest.raises(Exception, match=missing):
            chat.create(ElasticChannelConfiguration=settings)
        assert chat.channels() == []

    @pytest.mark.rule("messaging.elastic-channel-configuration")
    @pytest.mark.parametrize(
        ("more", "message"),
        [
            ({"Mode": "UNRESTRICTED"}, "RESTRICTED"),
            ({"MemberArns": ["bob"]}, "MemberArns"),
            (
                {"ElasticChannelConfiguration": {**ELASTIC, "MaximumSubChannels": 250_001}},
                "more than 1,000,000",
            ),
        ],
        ids=["mode", "members", "product"],
    )
    def test_what_no_elastic_channel_can_be_is_a_bad_request(
        self, client: Any, chat: Chat, more: dict[str, Any], message: str
    ) -> None:
        given: dict[str, Any] = {"ElasticChannelConfiguration": ELASTIC, **more}
        if "MemberArns" in more:
            given["MemberArns"] = [chat.bob]
        with pytest.raises(client.exceptions.BadRequestException, match=message) as raised:
            chat.create(**given)
        headers = raised.value.response["ResponseMetadata"]["HTTPHeaders"]
        assert headers["x-qchime-rule"] == "messaging.elastic-channel-configuration"
        assert chat.channels() == []

    def test_a_million_memberships_are_possible(self, chat: Chat, qchime: Handle) -> None:
        qchime.limits.sub_channels_per_elastic_channel = 250_000
        channel = chat.create_elastic(MaximumSubChannels=250_000)
        assert chat.describe(channel)["ElasticChannelConfiguration"]["MaximumSubChannels"] == 250_000

    def test_a_repeated_request_returns_the_same_channel(self, chat: Chat) -> None:
        given: dict[str, Any] = {"ElasticChannelConfiguration": ELASTIC, "ClientRequestToken": "token"}
        assert chat.create(**given) == chat.create(**given)
        assert len(chat.channels()) == 1


class TestQuotas:
    def test_an_app_instance_has_one_elastic_channel(
        self, client: Any, chat: Chat, channel: str, qchime: Handle
    ) -> None:
        with pytest.raises(client.exceptions.ResourceLimitExceededException, match="limit of 1 elastic"):
            chat.create_elastic()
        qchime.limits.elastic_channels_per_app_instance = 2
        chat.create_elastic()
        client.delete_channel(ChannelArn=channel, ChimeBearer=chat.alice)
        chat.create_elastic()

    @pytest.mark.rule("messaging.elastic-channel-configuration")
    @pytest.mark.parametrize(
        ("setting", "quota", "default"),
        [
            ("MaximumSubChannels", "sub_channels_per_elastic_channel", 100),
            ("TargetMembershipsPerSubChannel", "memberships_per_sub_channel", 1_000),
        ],
    )
    def test_the_settings_have_quotas(
        self, client: Any, chat: Chat, qchime: Handle, setting: str, quota: str, default: int
    ) -> None:
        assert getattr(qchime.limits, quota) == default
        given: Any = {setting: default + 1}
        with pytest.raises(client.exceptions.ResourceLimitExceededException, match=f"limit of {default}"):
            chat.create_elastic(**given)
        qchime.limits.update(**{quota: default + 1})
        chat.create_elastic(**given)

    def test_the_quota_for_memberships_of_a_channel_does_not_count(
        self, chat: Chat, channel: str, qchime: Handle
    ) -> None:
        qchime.limits.memberships_per_channel = 1
        chat.add(channel, chat.bob, chat.carol)
        assert chat.members(channel) == [chat.bob, chat.carol]

    def test_the_quota_for_memberships_of_a_user_counts(
        self, client: Any, chat: Chat, channel: str, qchime: Handle
    ) -> None:
        qchime.limits.memberships_per_user = 0
        with pytest.raises(
            client.exceptions.ResourceLimitExceededException, match="memberships of this user"
        ):
            chat.add(channel, chat.bob)
        assert chat.parts(channel) == dict.fromkeys(chat.parts(channel), 0)


@pytest.mark.rule("messaging.elastic-channel-regions")
@mock_chimesdkidentity
@mock_chimesdkmessaging
def test_other_regions_have_elastic_channels_only_if_the_test_author_says_so(qchime: Handle) -> None:
    identity = boto3.client("chime-sdk-identity", region_name="eu-central-1")
    messaging = boto3.client("chime-sdk-messaging", region_name="eu-central-1")
    instance = identity.create_app_instance(Name="Chat")["AppInstanceArn"]
    user = {"AppInstanceArn": instance, "AppInstanceUserId": "alice", "Name": "Alice"}
    chat = Chat(messaging, instance, "")
    identity.create_app_instance_user(**user)
    chat.create()
    with pytest.raises(messaging.exceptions.BadRequestException, match="us-east-1 only"):
        chat.create_elastic()
    qchime.rules["messaging.elastic-channel-regions"] = "everywhere"
    assert chat.describe(chat.create_elastic(), chat.alice)["ElasticChannelConfiguration"] == ELASTIC


def test_a_state_from_before_elastic_channels_can_be_loaded(chat: Chat, qchime: Handle) -> None:
    chat.send(chat.create(MemberArns=[chat.bob]))
    state = qchime.dump()
    old = _without(state, "sub_channel_id", "sub_channels", "elastic_channel_configuration")
    assert old != state
    qchime.reset()
    qchime.load(old)
    assert qchime.dump() == state


def _without(value: Any, *names: str) -> Any:
    """A copy of a state without members of these names."""
    if isinstance(value, list):
        return [_without(item, *names) for item in value]
    if isinstance(value, dict):
        return {name: _without(item, *names) for name, item in value.items() if name not in names}
    return value


class TestUpdate:
    def test_the_configuration_stays(self, client: Any, chat: Chat, channel: str) -> None:
        client.update_channel(ChannelArn=channel, Name="Renamed", Mode="RESTRICTED", ChimeBearer=chat.alice)
        found = chat.describe(channel)
        assert (found["Name"], found["ElasticChannelConfiguration"]) == ("Renamed", ELASTIC)

    @pytest.mark.rule("messaging.elastic-channel-configuration")
    def test_it_cannot_become_unrestricted(self, client: Any, chat: Chat, channel: str) -> None:
        with pytest.raises(client.exceptions.BadRequestException, match="RESTRICTED"):
            client.update_channel(ChannelArn=channel, Mode="UNRESTRICTED", ChimeBearer=chat.alice)
        assert chat.describe(channel)["Mode"] == "RESTRICTED"


class TestUnsupported:
    """What AWS does not support in elastic channels."""

    @pytest.mark.rule("messaging.unsupported-in-elastic-channels")
    @pytest.mark.parametrize(
        ("operation", "given"),
        [
            ("create_channel_membership", {"MemberArn": "carol", "Type": "HIDDEN"}),
            ("batch_create_channel_membership", {"MemberArns": ["carol"], "Type": "HIDDEN"}),
            ("list_channel_memberships", {"Type": "HIDDEN"}),
            ("update_channel_read_marker", {"ChimeBearer": "bob"}),
            ("get_channel_membership_preferences", {"MemberArn": "bob", "ChimeBearer": "bob"}),
            (
                "put_channel_membership_preferences",
                {"MemberArn": "bob", "Preferences": {}, "ChimeBearer": "bob"},
            ),
            (
                "send_channel_message",
                {**MESSAGE, "Target": [{"MemberArn": "bob"}], "SubChannelId": "his", "ChimeBearer": "bob"},
            ),
            ("describe_channel_moderated_by_app_instance_user", {"AppInstanceUserArn": "alice"}),
        ],
    )
    def test_it_is_a_bad_request(
        self, client: Any, chat: Chat, channel: str, operation: str, given: dict[str, Any]
    ) -> None:
        chat.add(channel, chat.bob)
        known = {"alice": chat.alice, "bob": chat.bob, "his": chat.part_of(channel, chat.bob)}
        known["carol"] = chat.carol
        named = {name: self._named(value, known) for name, value in given.items()}
        with pytest.raises(client.exceptions.BadRequestException, match="not supported in elastic") as raised:
            getattr(client, operation)(**{"ChannelArn": channel, "ChimeBearer": chat.alice, **named})
        headers = raised.value.response["ResponseMetadata"]["HTTPHeaders"]
        assert headers["x-qchime-rule"] == "messaging.unsupported-in-elastic-channels"
        assert chat.members(channel) == [chat.bob]

    def _named(self, value: Any, known: dict[str, str]) -> Any:
        """A value with ARNs in place of names."""
        if isinstance(value, list):
            return [self._named(item, known) for item in value]
        if isinstance(value, dict):
            return {name: self._named(item, known) for name, item in value.items()}
        return known.get(value, value)
