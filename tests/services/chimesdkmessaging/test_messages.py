"""Messages: send, get, list, update, redact, delete, and their status."""

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
import time_machine

from qchime import Handle
from qchime.world import Clock
from tests.changes import assert_noticed
from tests.services.chimesdkidentity.samples import call_without_metadata
from tests.services.chimesdkmessaging.samples import CONTROL, MESSAGE, NO_ACCESS, PASSING, Chat

NOON = datetime(2024, 5, 21, 12, tzinfo=timezone.utc)


@pytest.fixture
def get(client: Any, chat: Chat, channel: str) -> Callable[..., Any]:
    """Get a message as Alice, or as somebody else."""

    def get(message_id: str, bearer: str = "") -> Any:
        given = {"ChannelArn": channel, "MessageId": message_id, "ChimeBearer": bearer or chat.alice}
        return client.get_channel_message(**given)["ChannelMessage"]

    return get


@pytest.fixture
def do(client: Any, chat: Chat, channel: str) -> Callable[..., Any]:
    """Call an operation on a message as Alice, or as somebody else."""

    def do(operation: str, message_id: str, bearer: str = "", **more: Any) -> Any:
        given = {"ChannelArn": channel, "MessageId": message_id, "ChimeBearer": bearer or chat.alice}
        return call_without_metadata(client, operation, **given, **more)

    return do


class TestSend:
    def test_the_response_has_the_id_and_the_status(self, client: Any, chat: Chat, channel: str) -> None:
        given = {"ChannelArn": channel, **MESSAGE, "ChimeBearer": chat.alice}
        answer = call_without_metadata(client, "SendChannelMessage", **given)
        assert re.fullmatch("[0-9a-f]{64}", answer.pop("MessageId"))
        assert answer == {"ChannelArn": channel, "Status": {"Value": "SENT"}}

    def test_a_message_has_what_was_given(self, chat: Chat, channel: str, get: Callable[..., Any]) -> None:
        attributes = {"colour": {"StringValues": ["red", "blue"]}}
        more: Any = {"Metadata": "{}", "ContentType": "text/plain", "MessageAttributes": attributes}
        found = get(chat.send(channel, "Good\x00 morning", **more))
        assert found.items() >= {**MESSAGE, "Content": "Good\x00 morning", **more}.items()
        assert found["ChannelArn"] == channel
        assert found["Sender"] == {"Arn": chat.alice, "Name": "Alice"}
        assert found["Redacted"] is False
        assert found["Status"] == {"Value": "SENT"}
        assert found["CreatedTimestamp"] == found["LastUpdatedTimestamp"]
        assert not {"LastEditedTimestamp", "Target", "SubChannelId"} & set(found)

    def test_metadata_may_be_empty(self, chat: Chat, channel: str, get: Callable[..., Any]) -> None:
        assert get(chat.send(channel, Metadata=""))["Metadata"] == ""
        assert get(chat.send(channel, Metadata="", **CONTROL))["Metadata"] == ""

    def test_a_push_notification_is_checked_and_never_shown(
        self, client: Any, chat: Chat, channel: str, get: Callable[..., Any]
    ) -> None:
        push = {"Title": "News", "Body": "Good morning", "Type": "DEFAULT"}
        assert "PushNotification" not in get(chat.send(channel, PushNotification=push))
        with pytest.raises(client.exceptions.BadRequestException, match="title"):
            chat.send(channel, PushNotification=push | {"Title": "x" * 51})

    @pytest.mark.rule("messaging.send-message")
    def test_the_name_of_the_sender_is_that_at_the_time_of_sending(
        self, identity: Any, chat: Chat, channel: str, get: Callable[..., Any]
    ) -> None:
        message = chat.send(channel, bearer=chat.bob)
        identity.update_app_instance_user(AppInstanceUserArn=chat.bob, Name="Robert", Metadata="")
        assert get(message)["Sender"] == {"Arn": chat.bob, "Name": "Bob"}
        identity.delete_app_instance_user(AppInstanceUserArn=chat.bob)
        assert get(message)["Sender"] == {"Arn": chat.bob, "Name": "Bob"}

    def test_a_bot_can_send(self, chat: Chat, channel: str, get: Callable[..., Any]) -> None:
        chat.add(channel, chat.bot)
        assert get(chat.send(channel, bearer=chat.bot))["Sender"] == {"Arn": chat.bot, "Name": "Helper"}

    def test_an_administrator_sends_as_a_member_only(self, client: Any, chat: Chat, channel: str) -> None:
        with pytest.raises(client.exceptions.ForbiddenException, match=NO_ACCESS):
            chat.send(channel, bearer=chat.admin)
        chat.add(channel, chat.admin)
        chat.send(channel, bearer=chat.admin)

    @pytest.mark.rule("messaging.send-message")
    @pytest.mark.parametrize("more", [{}, PASSING])
    def test_a_repeated_token_sends_nothing(
        self, client: Any, chat: Chat, channel: str, qchime: Handle, more: dict[str, str]
    ) -> None:
        qchime.events.reset()
        first = chat.send(channel, ClientRequestToken="token", **more)
        assert chat.send(channel, ClientRequestToken="token", **more) == first
        with pytest.raises(client.exceptions.ConflictException, match="already used"):
            chat.send(channel, "Another", ClientRequestToken="token", **more)
        assert chat.send(channel, bearer=chat.bob, ClientRequestToken="token", **more) != first
        assert qchime.events() == ["CREATE_CHANNEL_MESSAGE"] * 2

    @pytest.mark.rule("messaging.send-message")
    def test_of_messages_that_pass_the_latest_are_remembered(
        self, chat: Chat, channel: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("qchime.services.chimesdkmessaging.messages.MOST_PASSED", 2)
        first, *_, last = [chat.send(channel, ClientRequestToken=f"token-{n}", **PASSING) for n in range(3)]
        assert chat.send(channel, ClientRequestToken="token-2", **PASSING) == last
        assert chat.send(channel, ClientRequestToken="token-0", **PASSING) != first

    def test_all_members_get_it_hidden_ones_too(self, chat: Chat, channel: str, qchime: Handle) -> None:
        chat.add(channel, chat.carol, type="HIDDEN")
        message = chat.send(channel, Metadata="blue")
        [event] = qchime.events("CREATE_CHANNEL_MESSAGE")
        assert event.recipients == (chat.alice, chat.bob, chat.carol)
        assert (event.message_type, event.payload["MessageId"]) == ("STANDARD", message)
        assert event.payload.items() >= {**MESSAGE, "ChannelArn": channel, "Redacted": False}.items()
        assert event.payload["Status"] == {"Value": "SENT"}
        assert qchime.events(data_type="ChannelMessage") == [event]


class TestPersistence:
    @pytest.mark.rule("messaging.non-persistent-message")
    @pytest.mark.rule("messaging.missing-message")
    def test_a_message_that_passes_is_only_an_event(
        self, client: Any, chat: Chat, channel: str, qchime: Handle, do: Callable[..., Any]
    ) -> None:
        message = chat.send(channel, **PASSING, **CONTROL)
        [event] = qchime.events("CREATE_CHANNEL_MESSAGE")
        assert (event.message_type, event.payload["Persistence"]) == ("CONTROL", "NON_PERSISTENT")
        assert event.payload["LastUpdatedTimestamp"] == event.payload["CreatedTimestamp"]
        assert chat.contents(channel) == []
        assert "LastMessageTimestamp" not in chat.describe(channel)
        with pytest.raises(client.exceptions.NotFoundException, match="no message"):
            do("GetChannelMessage", message)
        for operation, more in (
            ("UpdateChannelMessage", {"Content": "x"}),
            ("RedactChannelMessage", {}),
            ("GetChannelMessageStatus", {}),
        ):
            with pytest.raises(client.exceptions.ForbiddenException, match=NO_ACCESS) as raised:
                do(operation, message, **more)
            headers = raised.value.response["ResponseMetadata"]["HTTPHeaders"]
            assert headers["x-qchime-rule"] == "messaging.missing-message"
        with pytest.raises(client.exceptions.ForbiddenException, match=NO_ACCESS):
            do("DeleteChannelMessage", message, chat.admin)

    @pytest.mark.rule("messaging.non-persistent-message")
    def test_a_control_message_can_be_persistent(self, chat: Chat, channel: str) -> None:
        chat.send(channel, **CONTROL)
        assert chat.contents(channel, chat.bob) == ["typing"]


class TestSizes:
    @pytest.mark.rule("messaging.message-size")
    @pytest.mark.parametrize(
        ("largest", "more"),
        [
            ({"Content": "x" * 4096}, {"Content": "x" * 4097}),
            ({"Content": "ä" * 2048}, {"Content": "ä" * 2049}),
            ({"Metadata": "ä" * 512}, {"Metadata": "ä" * 513}),
            (CONTROL | {"Content": "ä" + "x" * 28}, CONTROL | {"Content": "ä" + "x" * 29}),
            (
                {"MessageAttributes": {"é": {"StringValues": ["x" * 511, "x" * 511]}}},
                {"MessageAttributes": {"éé": {"StringValues": ["x" * 511, "x" * 511]}}},
            ),
        ],
    )
    def test_are_bytes_of_utf_8(
        self, client: Any, chat: Chat, channel: str, largest: dict[str, Any], more: dict[str, Any]
    ) -> None:
        chat.send(channel, **{"content": "x", **largest})
        with pytest.raises(
            client.exceptions.BadRequestException, match=r"^.*Channel Messages size limit exceeded"
        ) as raised:
            chat.send(channel, **{"content": "x", **more})
        headers = raised.value.response["ResponseMetadata"]["HTTPHeaders"]
        assert headers["x-qchime-rule"] == "messaging.message-size"

    @pytest.mark.rule("messaging.message-size")
    def test_hold_for_updates(
        self, client: Any, chat: Chat, channel: str, do: Callable[..., Any], get: Callable[..., Any]
    ) -> None:
        message = chat.send(channel)
        with pytest.raises(client.exceptions.BadRequestException, match="size limit exceeded"):
            do("UpdateChannelMessage", message, Content="x" * 4097)
        assert get(message)["Content"] == "Good morning"

    @pytest.mark.rule("messaging.metadata-of-control-message")
    def test_a_control_message_has_no_metadata(self, client: Any, chat: Chat, channel: str) -> None:
        with pytest.raises(client.exceptions.BadRequestException, match="Metadata"):
            chat.send(channel, Metadata="blue", **CONTROL)


class TestTarget:
    @pytest.fixture
    def whisper(self, chat: Chat, channel: str) -> str:
        """A message of Alice's to Bob, in a channel with Carol."""
        chat.add(channel, chat.carol)
        return chat.send(channel, "Psst", Target=[{"MemberArn": chat.bob}])

    @pytest.mark.rule("messaging.unsent-messages")
    def test_only_sender_and_target_see_it(
        self, client: Any, chat: Chat, channel: str, whisper: str, get: Callable[..., Any]
    ) -> None:
        assert get(whisper, chat.bob)["Target"] == [{"MemberArn": chat.bob}]
        assert chat.contents(channel, chat.alice) == chat.contents(channel, chat.bob) == ["Psst"]
        for somebody in (chat.carol, chat.admin):
            assert chat.contents(channel, somebody) == []
            with pytest.raises(client.exceptions.NotFoundException):
                get(whisper, somebody)

    @pytest.mark.rule("messaging.events-of-a-targeted-message")
    def test_only_they_get_its_events(
        self, client: Any, chat: Chat, channel: str, whisper: str, qchime: Handle, do: Callable[..., Any]
    ) -> None:
        do("UpdateChannelMessage", whisper, Content="Pssst")
        client.delete_channel_membership(ChannelArn=channel, MemberArn=chat.bob, ChimeBearer=chat.alice)
        do("RedactChannelMessage", whisper, chat.admin)
        events = [event for event in qchime.events(data_type="ChannelMessage") if event.recipients]
        assert [event.recipients for event in events] == [(chat.alice, chat.bob)] * 2 + [(chat.alice,)]
        assert events[0].payload["Target"] == [{"MemberArn": chat.bob}]

    def test_the_last_message_is_the_last_that_one_sees(
        self, chat: Chat, channel: str, whisper: str, get: Callable[..., Any]
    ) -> None:
        sent = get(whisper)["CreatedTimestamp"]
        assert chat.describe(channel, chat.bob)["LastMessageTimestamp"] == sent
        assert "LastMessageTimestamp" not in chat.describe(channel, chat.carol)

    def test_an_administrator_deletes_it_unseen(
        self, chat: Chat, channel: str, whisper: str, do: Callable[..., Any]
    ) -> None:
        do("DeleteChannelMessage", whisper, chat.admin)
        assert chat.contents(channel) == []

    @pytest.mark.rule("messaging.target")
    def test_must_be_a_member(self, client: Any, chat: Chat, channel: str) -> None:
        for arn in (chat.eve, chat.nobody):
            with pytest.raises(client.exceptions.ForbiddenException, match="for the input parameter"):
                chat.send(channel, Target=[{"MemberArn": arn}])
        with pytest.raises(client.exceptions.BadRequestException, match="MemberArn"):
            chat.send(channel, Target=[{}])
        with pytest.raises(client.exceptions.BadRequestException, match="target"):
            chat.send(channel, Target=[{"MemberArn": chat.bob}, {"MemberArn": chat.alice}])


class TestGet:
    @pytest.mark.rule("messaging.missing-message")
    def test_a_missing_message_is_not_found(
        self, client: Any, chat: Chat, channel: str, get: Callable[..., Any]
    ) -> None:
        other = chat.create("Other")
        for message in ("nothing", chat.send(other)):
            with pytest.raises(client.exceptions.NotFoundException, match="no message") as raised:
                get(message)
            headers = raised.value.response["ResponseMetadata"]["HTTPHeaders"]
            assert headers["x-qchime-rule"] == "messaging.missing-message"

    def test_visitors_read_a_public_channel(self, chat: Chat, channel: str, get: Callable[..., Any]) -> None:
        assert get(chat.send(channel), chat.eve)["Content"] == "Good morning"


class TestList:
    @pytest.fixture
    def minutes(self, chat: Chat, channel: str, qchime: Handle) -> list[Any]:
        """The times of five messages, a minute apart."""
        for number in range(5):
            chat.send(channel, str(number))
            qchime.clock.advance(minutes=1)
        return [message["CreatedTimestamp"] for message in listed(chat, channel)][::-1]

    def test_the_newest_comes_first_unless_asked_otherwise(
        self, chat: Chat, channel: str, minutes: list[Any]
    ) -> None:
        assert [message["Content"] for message in listed(chat, channel)] == list("43210")
        assert chat.contents(channel, SortOrder="DESCENDING") == list("43210")
        assert chat.contents(channel, SortOrder="ASCENDING") == list("01234")

    def test_a_summary_lacks_channel_and_persistence(self, chat: Chat, channel: str) -> None:
        message = chat.send(channel)
        [found] = listed(chat, channel)
        assert found["MessageId"] == message
        assert found["Sender"] == {"Arn": chat.alice, "Name": "Alice"}
        assert not {"ChannelArn", "Persistence"} & set(found)

    @pytest.mark.rule("messaging.list-messages")
    def test_bounds_are_inclusive(self, chat: Chat, channel: str, minutes: list[Any]) -> None:
        assert chat.contents(channel, NotBefore=minutes[3]) == list("34")
        assert chat.contents(channel, NotAfter=minutes[1]) == list("01")
        assert chat.contents(channel, NotBefore=minutes[2], NotAfter=minutes[2]) == ["2"]
        soon = timedelta(milliseconds=1)
        assert chat.contents(channel, NotBefore=minutes[3] + soon, NotAfter=minutes[4] - soon) == []

    @pytest.mark.rule("messaging.list-messages")
    def test_messages_of_the_same_time_are_in_the_order_of_sending(self, chat: Chat, channel: str) -> None:
        freezegun = pytest.importorskip("freezegun")
        with freezegun.freeze_time("2030-01-01"):
            for number in range(5):
                chat.send(channel, str(number))
            assert chat.contents(channel) == list("01234")
            assert chat.contents(channel, SortOrder="DESCENDING") == list("43210")

    @pytest.mark.parametrize(("order", "expected"), [("ASCENDING", "0145"), ("DESCENDING", "5410")])
    def test_pages_survive_deletions(
        self, client: Any, chat: Chat, channel: str, do: Callable[..., Any], order: str, expected: str
    ) -> None:
        """The last message of the first page is deleted too."""
        sent = [chat.send(channel, str(number)) for number in range(6)]
        given = {"ChannelArn": channel, "SortOrder": order, "MaxResults": 2, "ChimeBearer": chat.bob}
        answer = client.list_channel_messages(**given)
        found = answer["ChannelMessages"]
        for gone in sorted({"2", "3", found[-1]["Content"]}):
            do("DeleteChannelMessage", sent[int(gone)], chat.admin)
        while "NextToken" in answer:
            answer = client.list_channel_messages(**given, NextToken=answer["NextToken"])
            found += answer["ChannelMessages"]
        assert [message["Content"] for message in found] == list(expected)

    def test_a_token_of_another_channel_is_a_bad_request(self, client: Any, chat: Chat, channel: str) -> None:
        for place in (channel, other := chat.create("Other")):
            for _ in range(2):
                chat.send(place)
        given = {"MaxResults": 1, "ChimeBearer": chat.alice}
        token = client.list_channel_messages(ChannelArn=channel, **given)["NextToken"]
        with pytest.raises(client.exceptions.BadRequestException, match="NextToken"):
            client.list_channel_messages(ChannelArn=other, NextToken=token, **given)


def listed(chat: Chat, channel: str) -> Any:
    given = {"ChannelArn": channel, "ChimeBearer": chat.bob}
    return chat.client.list_channel_messages(**given)["ChannelMessages"]


class TestUpdate:
    @pytest.mark.rule("messaging.update-message")
    def test_it_replaces_what_was_written_and_nothing_else(
        self, chat: Chat, channel: str, qchime: Handle, do: Callable[..., Any], get: Callable[..., Any]
    ) -> None:
        attributes = {"colour": {"StringValues": ["red"]}}
        more: Any = {"Metadata": "blue", "ContentType": "text/plain", "MessageAttributes": attributes}
        message = chat.send(channel, Target=[{"MemberArn": chat.bob}], **more)
        chat.send(channel, "Later")
        before = get(message)
        qchime.clock.advance(minutes=1)
        answer = do("UpdateChannelMessage", message, Content="Good evening")
        assert answer == {"ChannelArn": channel, "MessageId": message, "Status": {"Value": "SENT"}}
        after = get(message)
        assert after["LastEditedTimestamp"] == after["LastUpdatedTimestamp"] > before["LastUpdatedTimestamp"]
        changed = {"LastEditedTimestamp", "LastUpdatedTimestamp", "Metadata", "ContentType", "Content"}
        assert after["Content"] == "Good evening"
        assert not {"Metadata", "ContentType"} & set(after)
        assert {name: after[name] for name in after if name not in changed} == {
            name: before[name] for name in before if name not in changed
        }
        assert chat.contents(channel) == ["Good evening", "Later"]
        [event] = qchime.events("UPDATE_CHANNEL_MESSAGE")
        assert event.payload["Content"] == "Good evening"

    def test_only_the_sender_updates_a_message(
        self, client: Any, chat: Chat, channel: str, do: Callable[..., Any]
    ) -> None:
        message = chat.send(channel, bearer=chat.bob)
        for somebody in (chat.alice, chat.admin):
            with pytest.raises(client.exceptions.ForbiddenException, match=NO_ACCESS):
                do("UpdateChannelMessage", message, somebody, Content="x")
        do("UpdateChannelMessage", message, chat.bob, Content="x")

    def test_a_sender_who_has_left_does_not(
        self, client: Any, chat: Chat, channel: str, do: Callable[..., Any]
    ) -> None:
        message = chat.send(channel, bearer=chat.bob)
        client.delete_channel_membership(ChannelArn=channel, MemberArn=chat.bob, ChimeBearer=chat.bob)
        with pytest.raises(client.exceptions.ForbiddenException, match="lacks the role"):
            do("UpdateChannelMessage", message, chat.bob, Content="x")

    @pytest.mark.rule("messaging.update-message")
    def test_a_redacted_message_is_a_conflict(
        self, client: Any, chat: Chat, channel: str, do: Callable[..., Any]
    ) -> None:
        message = chat.send(channel)
        do("RedactChannelMessage", message)
        with pytest.raises(client.exceptions.ConflictException, match="redacted"):
            do("UpdateChannelMessage", message, Content="x")


class TestRedact:
    @pytest.mark.rule("messaging.redacted-message")
    def test_it_removes_what_the_message_says(
        self, chat: Chat, channel: str, qchime: Handle, do: Callable[..., Any], get: Callable[..., Any]
    ) -> None:
        message = chat.send(channel, Metadata="blue", MessageAttributes={"colour": {"StringValues": ["red"]}})
        qchime.clock.advance(minutes=1)
        answer = do("RedactChannelMessage", message)
        assert answer == {"ChannelArn": channel, "MessageId": message}
        found = get(message, chat.bob)
        assert found["Redacted"] is True
        assert not {"Content", "Metadata", "MessageAttributes"} & set(found)
        assert found["LastUpdatedTimestamp"] > found["CreatedTimestamp"]
        [event] = qchime.events("REDACT_CHANNEL_MESSAGE")
        assert event.recipients == (chat.alice, chat.bob)
        assert (event.payload["Redacted"], event.payload["Content"]) == (True, "")
        assert not {"Metadata", "MessageAttributes"} & set(event.payload)

    @pytest.mark.rule("messaging.redact-message")
    def test_a_second_time_changes_nothing(
        self, chat: Chat, channel: str, qchime: Handle, do: Callable[..., Any], get: Callable[..., Any]
    ) -> None:
        message = chat.send(channel)
        do("RedactChannelMessage", message)
        before = get(message)
        qchime.clock.advance(minutes=1)
        do("RedactChannelMessage", message, chat.admin)
        assert get(message) == before
        assert qchime.events("REDACT_CHANNEL_MESSAGE") == ["REDACT_CHANNEL_MESSAGE"]

    def test_members_redact_their_own_and_moderators_all(
        self, client: Any, chat: Chat, channel: str, do: Callable[..., Any]
    ) -> None:
        own, others = chat.send(channel, bearer=chat.bob), chat.send(channel)
        with pytest.raises(client.exceptions.ForbiddenException, match="lacks the role"):
            do("RedactChannelMessage", others, chat.bob)
        do("RedactChannelMessage", own, chat.bob)
        do("RedactChannelMessage", chat.send(channel, bearer=chat.bob), chat.alice)


class TestDelete:
    def test_a_deleted_message_is_gone(
        self, client: Any, chat: Chat, channel: str, qchime: Handle, do: Callable[..., Any]
    ) -> None:
        message = chat.send(channel, Metadata="blue")
        do("DeleteChannelMessage", message, chat.admin)
        assert chat.contents(channel) == []
        with pytest.raises(client.exceptions.NotFoundException):
            do("GetChannelMessage", message)
        with pytest.raises(client.exceptions.ForbiddenException, match=NO_ACCESS):
            do("DeleteChannelMessage", message, chat.admin)
        [event] = qchime.events("DELETE_CHANNEL_MESSAGE")
        assert event.payload.items() >= {"MessageId": message, "Redacted": True, "Content": ""}.items()
        assert "Metadata" not in event.payload

    @pytest.mark.rule("messaging.delete-message")
    def test_only_administrators_delete(
        self, client: Any, chat: Chat, channel: str, qchime: Handle, do: Callable[..., Any]
    ) -> None:
        message = chat.send(channel)
        with pytest.raises(client.exceptions.ForbiddenException, match="lacks the role"):
            do("DeleteChannelMessage", message, chat.alice)
        qchime.rules["messaging.delete-message"] = "moderators"
        do("DeleteChannelMessage", message, chat.alice)


class TestStatus:
    def test_a_message_is_sent(self, chat: Chat, channel: str, do: Callable[..., Any]) -> None:
        message = chat.send(channel)
        assert do("GetChannelMessageStatus", message) == {"Status": {"Value": "SENT"}}

    def test_only_the_sender_asks(
        self, client: Any, chat: Chat, channel: str, do: Callable[..., Any]
    ) -> None:
        message = chat.send(channel)
        for somebody in (chat.bob, chat.admin):
            with pytest.raises(client.exceptions.ForbiddenException, match=NO_ACCESS):
                do("GetChannelMessageStatus", message, somebody)


class TestLastMessageTimestamp:
    def test_is_when_the_last_message_was_sent(
        self, client: Any, chat: Chat, channel: str, qchime: Handle, get: Callable[..., Any]
    ) -> None:
        assert "LastMessageTimestamp" not in chat.describe(channel)
        chat.send(channel)
        qchime.clock.advance(minutes=1)
        sent = get(chat.send(channel))["CreatedTimestamp"]
        qchime.clock.advance(minutes=1)
        chat.send(channel, **PASSING)
        assert chat.describe(channel)["LastMessageTimestamp"] == sent
        given = {"AppInstanceArn": chat.arn, "ChimeBearer": chat.bob}
        [summary] = client.list_channels(**given)["Channels"]
        assert summary["LastMessageTimestamp"] == sent

    @pytest.mark.rule("messaging.channel-expiry")
    def test_channels_can_expire_after_it(
        self, client: Any, chat: Chat, channel: str, qchime: Handle
    ) -> None:
        settings = {"ExpirationDays": 1, "ExpirationCriterion": "LAST_MESSAGE_TIMESTAMP"}
        client.put_channel_expiration_settings(
            ChannelArn=channel, ExpirationSettings=settings, ChimeBearer=chat.alice
        )
        for _ in range(3):
            qchime.clock.advance(days=1)
            chat.send(channel)
        qchime.clock.advance(days=1, hours=7)
        assert chat.channels() == []


class TestRetention:
    @pytest.fixture
    def keep(self, identity: Any, chat: Chat) -> Callable[[int | None], None]:
        """Set for how many days messages are kept; None is for ever."""

        def keep(number: int | None) -> None:
            settings: Any = {} if number is None else {"RetentionDays": number}
            identity.put_app_instance_retention_settings(
                AppInstanceArn=chat.arn,
                AppInstanceRetentionSettings={"ChannelRetentionSettings": settings} if settings else {},
            )

        return keep

    @pytest.fixture
    def old(self, chat: Chat, channel: str, qchime: Handle) -> str:
        """A message of ten days ago."""
        message = chat.send(channel, "Old")
        qchime.clock.advance(days=10)
        return message

    @pytest.mark.rule("messaging.retention")
    def test_older_messages_are_hidden(
        self,
        client: Any,
        chat: Chat,
        channel: str,
        old: str,
        keep: Callable[[int | None], None],
        do: Callable[..., Any],
    ) -> None:
        keep(7)
        assert chat.contents(channel) == []
        assert "LastMessageTimestamp" not in chat.describe(channel)
        chat.send(channel, "New")
        assert chat.contents(channel) == ["New"]
        with pytest.raises(client.exceptions.NotFoundException):
            do("GetChannelMessage", old)
        with pytest.raises(client.exceptions.ForbiddenException):
            do("UpdateChannelMessage", old, Content="x")

    @pytest.mark.rule("messaging.retention")
    @pytest.mark.parametrize(("milliseconds", "contents"), [(-1, ["Old"]), (0, []), (1, [])])
    def test_they_are_hidden_and_deleted_from_the_same_moment_on(
        self,
        chat: Chat,
        channel: str,
        keep: Callable[[int | None], None],
        qchime: Handle,
        milliseconds: int,
        contents: list[str],
    ) -> None:
        """Deletion begins 30 days after the settings are put, so that both happen at once."""
        with time_machine.travel(NOON, tick=False):
            keep(30)
            chat.send(channel, "Old")
            qchime.clock.advance(days=30, milliseconds=milliseconds)
            assert chat.contents(channel) == contents
            keep(None)
            assert chat.contents(channel) == contents

    @pytest.mark.parametrize("before", range(8))
    def test_one_that_reaches_its_age_during_a_call_is_hidden_and_deleted_or_neither(
        self,
        chat: Chat,
        channel: str,
        keep: Callable[[int | None], None],
        qchime: Handle,
        monkeypatch: pytest.MonkeyPatch,
        before: int,
    ) -> None:
        """A millisecond passes whenever the clock is read."""
        with time_machine.travel(NOON, tick=False):
            keep(30)
            chat.send(channel, "Old")
            qchime.clock.advance(days=31)
            chat.send(channel, "New")
            keep(30)
            chat.send(channel, "Newer")
            qchime.clock.advance(days=30, milliseconds=-before)
            now = Clock.now

            def tick(clock: Clock) -> datetime:
                qchime.clock.advance(milliseconds=1)
                return now(clock)

            monkeypatch.setattr(Clock, "now", tick)
            seen = chat.contents(channel)
            monkeypatch.undo()
            state = json.dumps(qchime.dump()["services"])
            assert [text for text in ("New", "Newer") if f'"{text}"' in state] == seen

    @pytest.mark.rule("messaging.retention")
    @pytest.mark.parametrize("number", [14, None])
    def test_they_return_if_they_are_kept_longer(
        self, chat: Chat, channel: str, old: str, keep: Callable[[int | None], None], number: int | None
    ) -> None:
        keep(7)
        keep(number)
        assert chat.contents(channel) == ["Old"]

    @pytest.mark.rule("messaging.retention")
    @pytest.mark.parametrize("looks", [True, False])
    def test_they_are_gone_once_deletion_has_begun(
        self,
        chat: Chat,
        channel: str,
        old: str,
        keep: Callable[[int | None], None],
        qchime: Handle,
        looks: bool,
    ) -> None:
        keep(7)
        qchime.clock.advance(days=29)
        chat.send(channel, "New")
        qchime.clock.advance(days=2)
        if looks:
            assert_noticed(qchime, lambda: chat.contents(channel), changes=True)
            assert_noticed(qchime, lambda: chat.contents(channel), changes=False)
        keep(None)
        assert chat.contents(channel) == ["New"]
