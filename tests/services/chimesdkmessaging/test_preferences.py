"""Read markers and preferences of members."""

import json
from typing import Any

import pytest

from qchime import Handle
from tests.services.chimesdkidentity.samples import call_without_metadata
from tests.services.chimesdkmessaging.samples import NO_ACCESS, Chat


def preferences(**more: Any) -> dict[str, Any]:
    return {"PushNotifications": {"AllowNotifications": "FILTERED", **more}}


class TestReadMarkers:
    def test_a_member_has_read_nothing_until_it_says_so(
        self, client: Any, chat: Chat, channel: str, qchime: Handle
    ) -> None:
        of_bob = {"ChannelArn": channel, "AppInstanceUserArn": chat.bob, "ChimeBearer": chat.bob}

        def marker() -> Any:
            found = client.describe_channel_membership_for_app_instance_user(**of_bob)["ChannelMembership"]
            return found["AppInstanceUserMembershipSummary"].get("ReadMarkerTimestamp")

        assert marker() is None
        answer = client.update_channel_read_marker(ChannelArn=channel, ChimeBearer=chat.bob)
        assert answer["ChannelArn"] == channel
        first = marker()
        assert first >= chat.describe(channel)["CreatedTimestamp"]
        qchime.clock.advance(minutes=5)
        client.update_channel_read_marker(ChannelArn=channel, ChimeBearer=chat.bob)
        assert (marker() - first).total_seconds() >= 300

    @pytest.mark.rule("messaging.deleted-membership")
    def test_a_member_that_returns_has_read_nothing(self, client: Any, chat: Chat, channel: str) -> None:
        of_bob = {"ChannelArn": channel, "MemberArn": chat.bob, "ChimeBearer": chat.bob}
        client.update_channel_read_marker(ChannelArn=channel, ChimeBearer=chat.bob)
        client.put_channel_membership_preferences(**of_bob, Preferences=preferences())
        client.delete_channel_membership(**of_bob)
        chat.add(channel, chat.bob)
        assert client.get_channel_membership_preferences(**of_bob)["Preferences"] == {}
        (found,) = client.list_channel_memberships_for_app_instance_user(ChimeBearer=chat.bob)[
            "ChannelMemberships"
        ]
        assert found["AppInstanceUserMembershipSummary"] == {"Type": "DEFAULT"}


class TestPreferences:
    @pytest.fixture
    def of_bob(self, chat: Chat, channel: str) -> dict[str, str]:
        return {"ChannelArn": channel, "MemberArn": chat.bob, "ChimeBearer": chat.bob}

    @pytest.mark.rule("messaging.empty-preferences")
    def test_they_are_empty_at_first(self, client: Any, of_bob: dict[str, str]) -> None:
        assert client.get_channel_membership_preferences(**of_bob)["Preferences"] == {}

    def test_they_are_returned_as_they_were_put(
        self, client: Any, chat: Chat, channel: str, of_bob: dict[str, str]
    ) -> None:
        wanted = preferences(FilterRule=json.dumps({"type": [{"anything-but": "bot"}]}))
        answer = call_without_metadata(
            client, "PutChannelMembershipPreferences", **of_bob, Preferences=wanted
        )
        assert answer == {
            "ChannelArn": channel,
            "Member": {"Arn": chat.bob, "Name": "Bob"},
            "Preferences": wanted,
        }
        assert call_without_metadata(client, "GetChannelMembershipPreferences", **of_bob) == answer
        client.put_channel_membership_preferences(**of_bob, Preferences={})
        assert client.get_channel_membership_preferences(**of_bob)["Preferences"] == {}

    @pytest.mark.rule("messaging.filter-rule")
    @pytest.mark.parametrize("rule", ["{", "[" * 2_000, json.dumps("ä" * 1024, ensure_ascii=False)])
    def test_a_filter_rule_is_json_of_two_kilobytes_at_most(
        self, client: Any, of_bob: dict[str, str], rule: str
    ) -> None:
        with pytest.raises(client.exceptions.BadRequestException, match="FilterRule"):
            client.put_channel_membership_preferences(**of_bob, Preferences=preferences(FilterRule=rule))
        assert client.get_channel_membership_preferences(**of_bob)["Preferences"] == {}

    @pytest.mark.rule("messaging.filter-rule")
    def test_a_filter_rule_of_two_kilobytes_is_accepted_with_any_notifications(
        self, client: Any, of_bob: dict[str, str]
    ) -> None:
        rule = json.dumps("ä" * 1023, ensure_ascii=False)
        for wanted in (preferences(), preferences(AllowNotifications="ALL", FilterRule=rule)):
            client.put_channel_membership_preferences(**of_bob, Preferences=wanted)
            assert client.get_channel_membership_preferences(**of_bob)["Preferences"] == wanted

    def test_a_missing_member_is_forbidden(self, client: Any, chat: Chat, channel: str) -> None:
        given = {"ChannelArn": channel, "MemberArn": chat.carol, "ChimeBearer": chat.carol}
        with pytest.raises(client.exceptions.ForbiddenException, match=NO_ACCESS):
            client.get_channel_membership_preferences(**given)
        with pytest.raises(client.exceptions.ForbiddenException, match=NO_ACCESS):
            client.put_channel_membership_preferences(**given, Preferences={})
