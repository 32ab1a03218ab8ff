"""Messages in channels with a flow: what processors make of them."""

import json
from collections.abc import Callable
from functools import partial
from inspect import signature
from typing import Any
from unittest.mock import Mock

import pytest

from qchime import Client, Handle, Server, compat
from qchime.core.cloud import cloud
from qchime.world import DEFAULT_ACCOUNT_ID
from tests.services.chimesdkidentity.samples import call_without_metadata
from tests.services.chimesdkmessaging.samples import (
    CONTROL,
    FUNCTION,
    MESSAGE,
    NO_ACCESS,
    PASSING,
    Chat,
    processors,
)

EVENTS = {
    "DENIED": ["PENDING_CREATE_CHANNEL_MESSAGE", "DENIED_CREATE_CHANNEL_MESSAGE"],
    "FAILED": ["PENDING_CREATE_CHANNEL_MESSAGE", "FAILED_CREATE_CHANNEL_MESSAGE"],
    "SENT": ["PENDING_CREATE_CHANNEL_MESSAGE", "CREATE_CHANNEL_MESSAGE"],
}


@pytest.fixture
def flow(chat: Chat, channel: str, qchime: Handle) -> str:
    """The flow of the channel, whose events so far are forgotten."""
    flow = chat.flow(channel)
    qchime.events.reset()
    return flow


@pytest.fixture
def status(client: Any, chat: Chat, channel: str) -> Callable[[str], Any]:
    """The status of a message of Alice's."""

    def status(message_id: str) -> Any:
        given = {"ChannelArn": channel, "MessageId": message_id, "ChimeBearer": chat.alice}
        return client.get_channel_message_status(**given)["Status"]["Value"]

    return status


@pytest.fixture
def call_back(client: Any, channel: str) -> Callable[..., Any]:
    """Call back for the only pending message."""

    def call_back(pending: Any, delete: bool = False, **message: Any) -> Any:
        return client.channel_flow_callback(
            CallbackId=pending.callback_id,
            ChannelArn=pending.channel_arn,
            ChannelMessage={"MessageId": pending.event["ChannelMessage"]["MessageId"], **message},
            DeleteResource=delete,
        )

    return call_back


def types(qchime: Handle, arn: str) -> list[str]:
    return [event.type for event in qchime.events(to=arn)]


class TestPass:
    @pytest.mark.rule("messaging.flows-pass")
    def test_messages_pass_by_default(
        self, chat: Chat, channel: str, flow: str, qchime: Handle, status: Callable[[str], Any]
    ) -> None:
        assert status(chat.send(channel)) == "SENT"
        assert types(qchime, chat.bob) == ["CREATE_CHANNEL_MESSAGE"]
        assert qchime.flows.pending() == []

    @pytest.mark.parametrize("more", [CONTROL, PASSING | CONTROL])
    def test_control_messages_pass(
        self, chat: Chat, channel: str, flow: str, qchime: Handle, more: dict[str, str]
    ) -> None:
        qchime.flows.hold()
        chat.send(channel, **more)
        assert types(qchime, chat.bob) == ["CREATE_CHANNEL_MESSAGE"]

    def test_channels_without_a_flow_are_not_affected(self, chat: Chat, channel: str, qchime: Handle) -> None:
        qchime.flows.hold()
        chat.send(channel)
        assert chat.contents(channel, chat.bob) == ["Good morning"]


class TestHold:
    @pytest.fixture(autouse=True)
    def _hold(self, flow: str, qchime: Handle) -> None:
        qchime.flows.hold()

    @pytest.mark.rule("messaging.unsent-messages")
    def test_a_pending_message_is_its_senders_alone(
        self, client: Any, chat: Chat, channel: str, qchime: Handle, status: Callable[[str], Any]
    ) -> None:
        given = {"ChannelArn": channel, **MESSAGE, "ChimeBearer": chat.alice}
        answer = client.send_channel_message(**given)
        assert answer["Status"] == {"Value": "PENDING"}
        assert status(answer["MessageId"]) == "PENDING"
        assert chat.contents(channel) == ["Good morning"]
        assert chat.contents(channel, chat.bob) == chat.contents(channel, chat.admin) == []
        assert "LastMessageTimestamp" not in chat.describe(channel, chat.alice)
        [event] = qchime.events()
        assert (event.type, event.recipients) == ("PENDING_CREATE_CHANNEL_MESSAGE", (chat.alice,))
        assert event.payload["Status"] == {"Value": "PENDING"}

    def test_the_test_gets_the_event_that_lambda_would(
        self, chat: Chat, channel: str, flow: str, qchime: Handle
    ) -> None:
        attributes = {"colour": {"StringValues": ["red"]}}
        target = [{"MemberArn": chat.bob}]
        message = chat.send(channel, Metadata="blue", MessageAttributes=attributes, Target=target)
        [pending] = qchime.flows.pending()
        assert (pending.channel_arn, pending.channel_flow_arn) == (channel, flow)
        assert pending.event["EventType"] == "CHANNEL_MESSAGE_EVENT"
        assert pending.event["CallbackId"] == pending.callback_id
        found = pending.event["ChannelMessage"]
        times = {name: found.pop(name) for name in ("CreatedTimestamp", "LastUpdatedTimestamp")}
        assert found == {
            **MESSAGE,
            "MessageId": message,
            "ChannelArn": channel,
            "Metadata": "blue",
            "MessageAttributes": attributes,
            "Target": target,
            "Sender": {"Arn": chat.alice, "Name": "Alice"},
        }
        assert all(text.endswith("Z") for text in times.values())

    def test_the_callback_delivers_it(
        self,
        chat: Chat,
        channel: str,
        qchime: Handle,
        status: Callable[[str], Any],
        call_back: Callable[..., Any],
    ) -> None:
        message = chat.send(channel)
        [pending] = qchime.flows.pending()
        answer = call_back(pending)
        assert (answer["ChannelArn"], answer["CallbackId"]) == (channel, pending.callback_id)
        assert status(message) == "SENT"
        assert chat.contents(channel, chat.bob) == ["Good morning"]
        assert types(qchime, chat.alice) == EVENTS["SENT"]
        assert types(qchime, chat.bob) == ["CREATE_CHANNEL_MESSAGE"]
        assert qchime.flows.pending() == []
        assert "LastMessageTimestamp" in chat.describe(channel)

    def test_the_callback_replaces_what_it_names(
        self,
        client: Any,
        chat: Chat,
        channel: str,
        qchime: Handle,
        call_back: Callable[..., Any],
    ) -> None:
        message = chat.send(channel, Metadata="blue", ContentType="text/plain")
        attributes = {"colour": {"StringValues": ["red"]}}
        push = {"Title": "News", "Body": "x", "Type": "DEFAULT"}
        given = {"Content": "***", "MessageAttributes": attributes, "PushNotification": push}
        call_back(qchime.flows.pending()[0], **given)
        found = client.get_channel_message(ChannelArn=channel, MessageId=message, ChimeBearer=chat.bob)
        expected = {"Content": "***", "Metadata": "blue", "ContentType": "text/plain"}
        assert found["ChannelMessage"].items() >= {**expected, "MessageAttributes": attributes}.items()

    @pytest.mark.rule("messaging.message-status")
    def test_the_callback_denies_it(
        self,
        client: Any,
        chat: Chat,
        channel: str,
        qchime: Handle,
        status: Callable[[str], Any],
        call_back: Callable[..., Any],
    ) -> None:
        message = chat.send(channel)
        call_back(qchime.flows.pending()[0], delete=True)
        assert types(qchime, chat.alice) == EVENTS["DENIED"]
        assert types(qchime, chat.bob) == []
        assert qchime.events()[-1].payload["Status"] == {"Value": "DENIED"}
        assert chat.contents(channel) == []
        with pytest.raises(client.exceptions.ForbiddenException, match=NO_ACCESS):
            status(message)

    def test_messages_that_are_not_persistent_are_held_too(
        self, client: Any, chat: Chat, channel: str, qchime: Handle, call_back: Callable[..., Any]
    ) -> None:
        given = {"ChannelArn": channel, **MESSAGE, **PASSING, "ChimeBearer": chat.alice}
        sent = [client.send_channel_message(**given, ClientRequestToken="token") for _ in range(2)]
        assert [answer["Status"]["Value"] for answer in sent] == ["PENDING"] * 2
        call_back(qchime.flows.pending()[0], Content="***")
        again = client.send_channel_message(**given, ClientRequestToken="token")
        assert (again["MessageId"], again["Status"]) == (sent[0]["MessageId"], {"Value": "SENT"})
        assert [event.payload["Content"] for event in qchime.events(to=chat.bob)] == ["***"]
        assert chat.contents(channel) == []

    def test_others_do_not_find_a_pending_message(self, client: Any, chat: Chat, channel: str) -> None:
        given = {"ChannelArn": channel, "MessageId": chat.send(channel), "ChimeBearer": chat.admin}
        for attempt in (client.redact_channel_message, client.delete_channel_message):
            with pytest.raises(client.exceptions.ForbiddenException, match=NO_ACCESS):
                attempt(**given)

    @pytest.mark.rule("messaging.update-message")
    def test_a_pending_message_cannot_be_updated(self, client: Any, chat: Chat, channel: str) -> None:
        given = {"ChannelArn": channel, "MessageId": chat.send(channel), "ChimeBearer": chat.alice}
        with pytest.raises(client.exceptions.ConflictException, match="PENDING"):
            client.update_channel_message(Content="x", **given)
        with pytest.raises(client.exceptions.ForbiddenException, match=NO_ACCESS):
            client.redact_channel_message(**given)

    def test_one_that_is_held_survives_a_state(
        self, chat: Chat, channel: str, qchime: Handle, call_back: Callable[..., Any]
    ) -> None:
        chat.send(channel)
        before = qchime.flows.pending()
        qchime.load(json.loads(json.dumps(qchime.dump())))
        assert qchime.flows.pending() == before
        call_back(before[0])
        assert chat.contents(channel, chat.bob) == ["Good morning"]
        chat.send(channel)
        assert len(qchime.flows.pending()) == 1

    def test_a_deleted_channel_holds_nothing(
        self, client: Any, chat: Chat, channel: str, qchime: Handle, call_back: Callable[..., Any]
    ) -> None:
        chat.send(channel)
        [pending] = qchime.flows.pending()
        client.delete_channel(ChannelArn=channel, ChimeBearer=chat.alice)
        assert qchime.flows.pending() == []
        with pytest.raises(client.exceptions.ForbiddenException, match=NO_ACCESS):
            call_back(pending)

    def test_each_account_has_its_messages(self, chat: Chat, channel: str, qchime: Handle) -> None:
        chat.send(channel)
        assert len(qchime.account(DEFAULT_ACCOUNT_ID).flows.pending()) == 1
        assert qchime.account("111122223333").flows.pending() == []


class TestElasticChannels:
    @pytest.fixture
    def elastic(self, chat: Chat) -> str:
        """An elastic channel with a flow: Bob and Dave are in one sub-channel, Carol and Eve in another."""
        channel = chat.create_elastic(TargetMembershipsPerSubChannel=3)
        chat.add(channel, chat.bob, chat.dave, chat.carol, chat.eve)
        chat.flow(channel)
        return channel

    @pytest.fixture
    def sent(self, chat: Chat, elastic: str) -> dict[str, str]:
        """What names a message of Bob's, which is on its way."""
        part = {"SubChannelId": chat.part_of(elastic, chat.bob)}
        return {"MessageId": chat.send(elastic, bearer=chat.bob, **part), **part}

    @pytest.fixture(autouse=True)
    def _quiet(self, elastic: str, qchime: Handle) -> None:
        qchime.flows.hold()
        qchime.events.reset()

    def test_the_callback_names_the_sub_channel(
        self, client: Any, chat: Chat, elastic: str, sent: dict[str, str], qchime: Handle
    ) -> None:
        [pending] = qchime.flows.pending()
        assert pending.event["ChannelMessage"]["SubChannelId"] == sent["SubChannelId"]
        client.channel_flow_callback(
            CallbackId=pending.callback_id,
            ChannelArn=elastic,
            ChannelMessage={**sent, "Content": "Good evening"},
        )
        assert qchime.events() == ["PENDING_CREATE_CHANNEL_MESSAGE", "CREATE_CHANNEL_MESSAGE"]
        pending_event, event = qchime.events()
        assert pending_event.payload["SubChannelId"] == sent["SubChannelId"]
        assert (event.payload["Content"], event.recipients) == ("Good evening", (chat.bob, chat.dave))
        assert qchime.flows.pending() == []

    @pytest.mark.rule("messaging.sub-channel-id")
    def test_a_callback_without_it_is_a_bad_request(
        self, client: Any, elastic: str, sent: dict[str, str], qchime: Handle
    ) -> None:
        [pending] = qchime.flows.pending()
        given = {"CallbackId": pending.callback_id, "ChannelArn": elastic}
        message = {"MessageId": sent["MessageId"]}
        with pytest.raises(client.exceptions.BadRequestException, match="with a SubChannelId"):
            client.channel_flow_callback(**given, ChannelMessage=message)
        assert qchime.flows.pending() == [pending]

    @pytest.mark.rule("messaging.flow-callback")
    def test_the_sub_channel_of_others_does_not_know_it(
        self, client: Any, chat: Chat, elastic: str, sent: dict[str, str], qchime: Handle
    ) -> None:
        [pending] = qchime.flows.pending()
        given = {"CallbackId": pending.callback_id, "ChannelArn": elastic}
        message = {**sent, "SubChannelId": chat.part_of(elastic, chat.carol)}
        with pytest.raises(client.exceptions.ForbiddenException, match="no callback"):
            client.channel_flow_callback(**given, ChannelMessage=message)

    def test_it_is_gone_with_the_sub_channel(
        self, client: Any, chat: Chat, elastic: str, qchime: Handle
    ) -> None:
        part = {"SubChannelId": chat.part_of(elastic, chat.carol)}
        message = {"MessageId": chat.send(elastic, bearer=chat.carol, **part), **part}
        [pending] = qchime.flows.pending()
        client.delete_channel_membership(ChannelArn=elastic, MemberArn=chat.eve, ChimeBearer=chat.eve)
        assert list(chat.parts(elastic).values()) == [3]
        assert qchime.flows.pending() == []
        given = {"CallbackId": pending.callback_id, "ChannelArn": elastic}
        with pytest.raises(client.exceptions.ForbiddenException, match="no sub-channel"):
            client.channel_flow_callback(**given, ChannelMessage=message)

    def test_a_script_need_not_name_it(self, chat: Chat, elastic: str, qchime: Handle) -> None:
        qchime.flows.script(lambda event: {"ChannelMessage": {"Content": "***"}})
        part = {"SubChannelId": chat.part_of(elastic, chat.carol)}
        chat.send(elastic, bearer=chat.carol, **part)
        assert chat.contents(elastic, chat.carol, **part) == ["***"]

    def test_a_script_may_end_the_sub_channel(
        self, client: Any, chat: Chat, elastic: str, qchime: Handle
    ) -> None:
        eve = {"ChannelArn": elastic, "MemberArn": chat.eve, "ChimeBearer": chat.eve}

        def leave(event: dict[str, Any]) -> None:
            client.delete_channel_membership(**eve)

        qchime.flows.script(leave)
        chat.send(elastic, bearer=chat.carol, SubChannelId=chat.part_of(elastic, chat.carol))
        assert list(chat.parts(elastic).values()) == [3]
        assert qchime.events("CREATE_CHANNEL_MESSAGE") == []
        assert qchime.flows.pending() == []

    @pytest.mark.parametrize(("fallback", "status"), [("CONTINUE", "SENT"), ("ABORT", "FAILED")])
    def test_processors_may_fail_there(
        self, client: Any, chat: Chat, elastic: str, qchime: Handle, fallback: str, status: str
    ) -> None:
        qchime.flows.fail()
        flow = chat.describe(elastic)["ChannelFlowArn"]
        client.update_channel_flow(ChannelFlowArn=flow, Name="Censor", Processors=processors(fallback))
        part = {"SubChannelId": chat.part_of(elastic, chat.carol)}
        message = {"MessageId": chat.send(elastic, bearer=chat.carol, **part), **part}
        found = client.get_channel_message_status(ChannelArn=elastic, **message, ChimeBearer=chat.carol)
        assert found["Status"]["Value"] == status


class TestCallbackErrors:
    @pytest.fixture
    def pending(self, chat: Chat, channel: str, flow: str, qchime: Handle) -> Any:
        """A message that the flow holds."""
        qchime.flows.hold()
        chat.send(channel)
        return qchime.flows.pending()[0]

    @pytest.mark.rule("messaging.flow-callback")
    def test_an_unknown_callback_is_forbidden(
        self, client: Any, channel: str, pending: Any, chat: Chat
    ) -> None:
        given = {"CallbackId": "x" * 36, "ChannelMessage": {"MessageId": "1"}}
        for place in (channel, f"{chat.arn}/channel/nothing"):
            with pytest.raises(client.exceptions.ForbiddenException, match=NO_ACCESS):
                client.channel_flow_callback(ChannelArn=place, **given)

    @pytest.mark.rule("messaging.flow-callback")
    def test_one_of_another_channel_is_forbidden(self, client: Any, pending: Any, chat: Chat) -> None:
        other = {"ChannelArn": chat.create("Other"), "ChannelMessage": {"MessageId": "1"}}
        with pytest.raises(client.exceptions.ForbiddenException, match=NO_ACCESS):
            client.channel_flow_callback(CallbackId=pending.callback_id, **other)

    @pytest.mark.rule("messaging.flow-callback")
    def test_after_48_hours_it_is_forbidden(
        self, client: Any, chat: Chat, qchime: Handle, pending: Any, call_back: Callable[..., Any]
    ) -> None:
        qchime.clock.advance(hours=48)
        with pytest.raises(client.exceptions.ForbiddenException, match="last 48 hours"):
            call_back(pending)

    def test_shortly_before_it_works(
        self, qchime: Handle, pending: Any, call_back: Callable[..., Any]
    ) -> None:
        qchime.clock.advance(hours=47, minutes=59)
        call_back(pending)

    @pytest.mark.rule("messaging.flow-callback")
    def test_a_used_one_is_a_conflict(
        self, client: Any, qchime: Handle, pending: Any, call_back: Callable[..., Any]
    ) -> None:
        call_back(pending)
        with pytest.raises(client.exceptions.ConflictException, match="already used"):
            call_back(pending)
        assert qchime.events("CREATE_CHANNEL_MESSAGE") == ["CREATE_CHANNEL_MESSAGE"]

    @pytest.mark.rule("messaging.flow-callback")
    def test_another_message_is_a_bad_request(
        self, client: Any, pending: Any, call_back: Callable[..., Any]
    ) -> None:
        with pytest.raises(client.exceptions.BadRequestException, match="for the message"):
            call_back(pending, MessageId="another")
        call_back(pending)

    @pytest.mark.rule("messaging.message-size")
    def test_a_message_that_has_become_too_large_is_a_bad_request(
        self, client: Any, qchime: Handle, pending: Any, call_back: Callable[..., Any]
    ) -> None:
        with pytest.raises(client.exceptions.BadRequestException, match="size limit exceeded"):
            call_back(pending, Content="x" * 4097)
        assert qchime.flows.pending() == [pending]


class TestUpdates:
    @pytest.fixture
    def message(self, chat: Chat, channel: str, flow: str, qchime: Handle) -> str:
        """A message that Alice has sent; the next ones are held."""
        message = chat.send(channel, "Old")
        qchime.events.reset()
        qchime.flows.hold()
        return message

    @pytest.fixture
    def update(self, client: Any, chat: Chat, channel: str, message: str) -> Callable[[], Any]:
        """Update the message."""
        given = {"ChannelArn": channel, "MessageId": message, "ChimeBearer": chat.alice}
        return lambda: call_without_metadata(client, "UpdateChannelMessage", Content="New", **given)

    @pytest.mark.rule("messaging.update-in-flow")
    @pytest.mark.rule("messaging.message-status")
    def test_the_old_version_stays_until_the_callback(
        self,
        chat: Chat,
        channel: str,
        qchime: Handle,
        message: str,
        update: Callable[[], Any],
        status: Callable[[str], Any],
        call_back: Callable[..., Any],
    ) -> None:
        assert update()["Status"] == {"Value": "PENDING"}
        assert status(message) == "PENDING"
        assert chat.contents(channel) == chat.contents(channel, chat.bob) == ["Old"]
        [pending] = qchime.flows.pending()
        assert pending.event["ChannelMessage"]["Content"] == "New"
        assert "LastEditedTimestamp" in pending.event["ChannelMessage"]
        call_back(pending)
        assert status(message) == "SENT"
        assert chat.contents(channel, chat.bob) == ["New"]
        assert types(qchime, chat.bob) == ["UPDATE_CHANNEL_MESSAGE"]
        assert types(qchime, chat.alice) == ["PENDING_UPDATE_CHANNEL_MESSAGE", "UPDATE_CHANNEL_MESSAGE"]

    @pytest.mark.rule("messaging.update-in-flow")
    def test_it_stays_if_the_update_is_denied(
        self,
        chat: Chat,
        channel: str,
        qchime: Handle,
        message: str,
        update: Callable[[], Any],
        status: Callable[[str], Any],
        call_back: Callable[..., Any],
    ) -> None:
        update()
        call_back(qchime.flows.pending()[0], delete=True)
        assert chat.contents(channel) == ["Old"]
        assert status(message) == "SENT"
        assert types(qchime, chat.alice)[-1] == "DENIED_UPDATE_CHANNEL_MESSAGE"

    @pytest.mark.rule("messaging.update-in-flow")
    @pytest.mark.rule("messaging.message-status")
    def test_it_stays_if_the_update_fails(
        self,
        chat: Chat,
        channel: str,
        qchime: Handle,
        message: str,
        update: Callable[[], Any],
        status: Callable[[str], Any],
    ) -> None:
        qchime.flows.fail()
        update()
        assert chat.contents(channel, chat.bob) == ["Old"]
        assert status(message) == "FAILED"
        assert types(qchime, chat.alice)[-1] == "FAILED_UPDATE_CHANNEL_MESSAGE"
        qchime.flows.reset()
        update()
        assert status(message) == "SENT"

    @pytest.mark.rule("messaging.update-in-flow")
    @pytest.mark.parametrize("operation", ["RedactChannelMessage", "DeleteChannelMessage"])
    def test_it_comes_too_late_for_a_redacted_or_deleted_message(
        self,
        client: Any,
        chat: Chat,
        channel: str,
        qchime: Handle,
        message: str,
        update: Callable[[], Any],
        call_back: Callable[..., Any],
        operation: str,
    ) -> None:
        update()
        given = {"ChannelArn": channel, "MessageId": message, "ChimeBearer": chat.admin}
        call_without_metadata(client, operation, **given)
        call_back(qchime.flows.pending()[0])
        assert "New" not in chat.contents(channel)
        assert "UPDATE_CHANNEL_MESSAGE" not in types(qchime, chat.bob)


class TestScript:
    def test_it_gets_the_event_and_returns_what_to_replace(
        self, chat: Chat, channel: str, flow: str, qchime: Handle, status: Callable[[str], Any]
    ) -> None:
        def censor(event: dict[str, Any]) -> Any:
            return {"ChannelMessage": {"Content": event["ChannelMessage"]["Content"].replace("bad", "***")}}

        qchime.flows.script(censor)
        assert status(chat.send(channel, "a bad word")) == "SENT"
        assert chat.contents(channel, chat.bob) == ["a *** word"]
        assert types(qchime, chat.alice) == EVENTS["SENT"]

    def test_the_sender_is_told_that_the_message_is_pending(
        self, client: Any, chat: Chat, channel: str, flow: str, qchime: Handle
    ) -> None:
        qchime.flows.script(lambda event: None)
        answer = client.send_channel_message(ChannelArn=channel, **MESSAGE, ChimeBearer=chat.alice)
        assert answer["Status"] == {"Value": "PENDING"}
        assert chat.contents(channel, chat.bob) == ["Good morning"]

    def test_it_denies_a_message(self, chat: Chat, channel: str, flow: str, qchime: Handle) -> None:
        qchime.flows.script(lambda event: {"DeleteResource": True})
        chat.send(channel)
        assert chat.contents(channel) == []
        assert types(qchime, chat.alice) == EVENTS["DENIED"]

    def test_it_may_be_the_handler_of_a_lambda_function(
        self, client: Any, chat: Chat, channel: str, flow: str, qchime: Handle
    ) -> None:
        def handler(event: dict[str, Any], context: object) -> Any:
            assert context is None
            message = event["ChannelMessage"]
            client.channel_flow_callback(
                CallbackId=event["CallbackId"],
                ChannelArn=message["ChannelArn"],
                ChannelMessage={"MessageId": message["MessageId"], "Content": message["Content"].upper()},
            )
            return {"statusCode": 200}

        qchime.flows.script(handler)
        chat.send(channel)
        assert chat.contents(channel, chat.bob) == ["GOOD MORNING"]
        assert types(qchime, chat.bob) == ["CREATE_CHANNEL_MESSAGE"]

    def test_it_may_send_messages_itself(self, chat: Chat, channel: str, flow: str, qchime: Handle) -> None:
        other = chat.create("Log")

        def log(event: dict[str, Any]) -> None:
            chat.send(other, event["ChannelMessage"]["Content"])

        qchime.flows.script(log)
        chat.send(channel)
        assert chat.contents(other) == chat.contents(channel, chat.bob) == ["Good morning"]

    @pytest.mark.parametrize(
        "returned",
        [
            "text",
            1,
            {"Content": "x"},
            {"ChannelMessage": {"Content": 1}},
            {"ChannelMessage": {"content": "x"}},
            {"ChannelMessage": "x"},
        ],
    )
    def test_what_it_cannot_return_is_an_error_that_says_what_it_can(
        self, chat: Chat, channel: str, flow: str, qchime: Handle, returned: Any
    ) -> None:
        qchime.flows.script(lambda event: returned)
        with pytest.raises(TypeError, match="returns None, or a dict with the members ChannelMessage"):
            chat.send(channel)
        assert len(qchime.flows.pending()) == 1

    def test_what_it_raises_reaches_the_caller_and_the_message_stays_pending(
        self, chat: Chat, channel: str, flow: str, qchime: Handle
    ) -> None:
        qchime.flows.script(lambda event: {"Content": 1 // 0})
        with pytest.raises(ZeroDivisionError):
            chat.send(channel)
        assert len(qchime.flows.pending()) == 1
        assert chat.contents(channel, chat.bob) == []

    @pytest.mark.parametrize("returned", [None, {"DeleteResource": True}])
    def test_it_may_delete_the_channel(
        self, client: Any, chat: Chat, channel: str, flow: str, qchime: Handle, returned: Any
    ) -> None:
        def delete(event: dict[str, Any]) -> Any:
            client.delete_channel(ChannelArn=channel, ChimeBearer=chat.alice)
            return returned

        qchime.flows.script(delete)
        chat.send(channel)
        assert qchime.events()[-1].type == "DELETE_CHANNEL"

    def test_it_may_reset_the_mock(self, chat: Chat, channel: str, flow: str, qchime: Handle) -> None:
        qchime.flows.script(lambda event: qchime.reset())
        chat.send(channel)
        assert qchime.events() == []

    @pytest.mark.parametrize(
        "function",
        [
            pytest.param("***", id="a string"),
            pytest.param(lambda: None, id="without parameters"),
            pytest.param(lambda event, context, more: None, id="with three parameters"),
        ],
    )
    def test_it_must_take_an_event(self, qchime: Handle, function: Any) -> None:
        with pytest.raises(TypeError, match="takes a function of the event"):
            qchime.flows.script(function)

    def test_it_need_not_have_a_signature(self, chat: Chat, channel: str, flow: str, qchime: Handle) -> None:
        with pytest.raises(ValueError, match="no signature"):
            signature(dict)
        qchime.flows.script(dict)
        with pytest.raises(TypeError, match=r"It returned \{'EventType': "):
            chat.send(channel)

    @pytest.mark.parametrize(
        "function",
        [
            pytest.param(Mock(return_value=None), id="a mock"),
            pytest.param(partial(lambda context, event: None, None), id="a partial function"),
            pytest.param(lambda event, context=None: None, id="a handler that needs no context"),
            pytest.param(lambda *arguments: None, id="any arguments"),
        ],
    )
    def test_it_may_be_anything_that_takes_one(
        self, chat: Chat, channel: str, flow: str, qchime: Handle, function: Any
    ) -> None:
        qchime.flows.script(function)
        chat.send(channel)
        assert chat.contents(channel, chat.bob) == ["Good morning"]


class TestChanges:
    """What happens after a call is a change of its own, which a server has to save."""

    @pytest.mark.parametrize("fallback", ["ABORT", "CONTINUE"])
    @pytest.mark.parametrize("action", ["script", "invoke"])
    def test_are_noticed(
        self,
        chat: Chat,
        channel: str,
        qchime: Handle,
        monkeypatch: pytest.MonkeyPatch,
        action: str,
        fallback: str,
    ) -> None:
        chat.flow(channel, "Censor", fallback)
        before: list[object] = []

        def process(*_: Any) -> Any:
            before.append(cloud.changes.last)
            return None if action == "script" else "Nobody is there."

        monkeypatch.setattr(compat, "invoke_moto_lambda", process)
        qchime.flows.script(process)
        if action == "invoke":
            qchime.flows.invoke()
        chat.send(channel)
        assert [cloud.changes.last] != before != []


class TestFail:
    def test_a_message_fails_where_the_processor_aborts(
        self, chat: Chat, channel: str, flow: str, qchime: Handle, status: Callable[[str], Any]
    ) -> None:
        qchime.flows.fail()
        message = chat.send(channel)
        assert status(message) == "FAILED"
        assert chat.contents(channel) == ["Good morning"]
        assert chat.contents(channel, chat.bob) == []
        assert types(qchime, chat.alice) == EVENTS["FAILED"]
        assert qchime.events()[-1].payload["Status"].items() >= {"Value": "FAILED"}.items()

    def test_a_message_is_delivered_where_the_processor_continues(
        self, chat: Chat, channel: str, qchime: Handle
    ) -> None:
        chat.flow(channel, "Censor", "CONTINUE")
        qchime.flows.fail()
        chat.send(channel)
        assert chat.contents(channel, chat.bob) == ["Good morning"]


class TestSeveralProcessors:
    def test_have_the_message_one_after_the_other(
        self, client: Any, chat: Chat, channel: str, qchime: Handle, call_back: Callable[..., Any]
    ) -> None:
        qchime.limits.processors_per_channel_flow = 3
        chat.flow(channel, "Censor", "ABORT", "ABORT", "ABORT")
        qchime.events.reset()
        qchime.flows.hold()
        chat.send(channel, "0")
        seen = []
        for number in (1, 2, 3):
            [pending] = qchime.flows.pending()
            seen.append(pending.event["ChannelMessage"]["Content"])
            assert chat.contents(channel, chat.bob) == []
            call_back(pending, Content=f"{seen[-1]}{number}")
        assert seen == ["0", "01", "012"]
        assert chat.contents(channel, chat.bob) == ["0123"]
        assert types(qchime, chat.alice) == EVENTS["SENT"]

    def test_the_rest_pass_it_if_messages_pass_by_then(
        self, client: Any, chat: Chat, channel: str, qchime: Handle, call_back: Callable[..., Any]
    ) -> None:
        qchime.limits.processors_per_channel_flow = 2
        chat.flow(channel, "Censor", "ABORT", "ABORT")
        qchime.flows.hold()
        chat.send(channel)
        qchime.flows.reset()
        call_back(qchime.flows.pending()[0], Content="***")
        assert chat.contents(channel, chat.bob) == ["***"]

    def test_are_run_in_their_order(
        self, client: Any, chat: Chat, channel: str, qchime: Handle, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        qchime.limits.processors_per_channel_flow = 3
        flow = chat.flow(channel)
        given = processors("CONTINUE", "CONTINUE", "ABORT")
        for processor in given:
            processor["Configuration"]["Lambda"] = {
                "ResourceArn": f"{FUNCTION}-{processor['ExecutionOrder']}",
                "InvocationType": "ASYNC",
            }
        client.update_channel_flow(ChannelFlowArn=flow, Name="Censor", Processors=given[::-1])
        invoked: list[str] = []

        def invoke(arn: str, event: str) -> str:
            invoked.append(arn)
            return "Gone."

        monkeypatch.setattr(compat, "invoke_moto_lambda", invoke)
        qchime.flows.invoke()
        chat.send(channel)
        assert invoked == [f"{FUNCTION}-{order}" for order in (1, 2, 3)]
        assert qchime.events()[-1].type == "FAILED_CREATE_CHANNEL_MESSAGE"
        assert qchime.events()[-1].payload["Status"]["Detail"] == "Gone."


class TestFlows:
    def test_one_flow_by_its_name_or_arn(self, chat: Chat, channel: str, flow: str, qchime: Handle) -> None:
        other = chat.create("Other", MemberArns=[chat.bob])
        chat.flow(other, "Another")
        qchime.flows.hold()
        qchime.flows.pass_through("Another")
        qchime.flows.fail(flow)
        chat.send(other)
        chat.send(channel)
        assert chat.contents(other, chat.bob) == ["Good morning"]
        assert qchime.events()[-1].type == "FAILED_CREATE_CHANNEL_MESSAGE"

    def test_an_account_comes_before_all(self, chat: Chat, channel: str, flow: str, qchime: Handle) -> None:
        qchime.account(DEFAULT_ACCOUNT_ID).flows.pass_through()
        qchime.flows.hold()
        chat.send(channel)
        assert chat.contents(channel, chat.bob) == ["Good morning"]

    def test_a_state_has_all_but_scripts(self, chat: Chat, channel: str, flow: str, qchime: Handle) -> None:
        qchime.flows.script(lambda event: None)
        qchime.flows.hold("Censor")
        state = qchime.dump()
        assert state["world"]["flows"] == {"actions": [{"flow": "Censor", "kind": "hold"}]}
        qchime.load(json.loads(json.dumps(state)))
        chat.send(channel)
        assert len(qchime.flows.pending()) == 1

    def test_a_flow_is_a_string(self, qchime: Handle) -> None:
        with pytest.raises(TypeError, match="ARN or name"):
            qchime.flows.hold(1)  # type: ignore[arg-type]


class TestOverHTTP:
    @pytest.fixture
    def remote(self) -> Any:
        """A client of a server of the state that the tests use."""
        with Server(cloud=cloud) as server:
            yield Client(server.url)

    def test_messages_are_held_and_shown(
        self,
        chat: Chat,
        channel: str,
        flow: str,
        remote: Client,
        qchime: Handle,
        call_back: Callable[..., Any],
    ) -> None:
        remote.flows.hold()
        chat.send(channel)
        assert remote.flows.pending() == qchime.flows.pending()
        call_back(remote.flows.pending()[0])
        assert chat.contents(channel, chat.bob) == ["Good morning"]
        remote.flows.fail("Censor")
        chat.send(channel, "1")
        remote.flows.pass_through(flow)
        chat.send(channel, "2")
        remote.flows.invoke()
        chat.send(channel, "3")
        remote.flows.reset()
        chat.send(channel, "4")
        assert chat.contents(channel, chat.bob) == ["Good morning", "2", "4"]

    def test_functions_are_refused_with_advice(self, remote: Client) -> None:
        with pytest.raises(TypeError, match=r"flows\.hold\(\)"):
            remote.flows.script(lambda event: None)

    def test_an_unknown_action_is_refused(self, remote: Client) -> None:
        with pytest.raises(ValueError, match="Choose from: pass, hold, invoke, fail"):
            remote.flows._set("script", None)
