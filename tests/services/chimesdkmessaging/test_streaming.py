"""Streaming configurations, and the records in moto's Kinesis; channel flows that invoke moto's Lambda."""

import io
import json
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest
from moto import mock_aws

from qchime import Handle, compat
from tests.services.chimesdkidentity.samples import NOBODYS_INSTANCE
from tests.services.chimesdkmessaging.samples import FUNCTION, NO_ACCESS, Chat, records, streams


def put(client: Any, chat: Chat, *data_types: str) -> Any:
    given = {"AppInstanceArn": chat.arn, **streams(chat.arn, *data_types)}
    return client.put_messaging_streaming_configurations(**given)["StreamingConfigurations"]


class TestConfigurations:
    @pytest.mark.rule("messaging.put-streams")
    def test_a_put_replaces_all(self, client: Any, chat: Chat) -> None:
        both = streams(chat.arn, "Channel", "ChannelMessage")["StreamingConfigurations"]
        assert put(client, chat, "Channel", "ChannelMessage") == both
        put(client, chat, "Channel")
        answer = client.get_messaging_streaming_configurations(AppInstanceArn=chat.arn)
        assert answer["StreamingConfigurations"] == both[:1]

    @pytest.mark.rule("messaging.get-streams")
    def test_there_are_none_before_a_put_and_after_a_delete(self, client: Any, chat: Chat) -> None:
        here = {"AppInstanceArn": chat.arn}
        with pytest.raises(client.exceptions.NotFoundException, match="Put some first"):
            client.get_messaging_streaming_configurations(**here)
        put(client, chat)
        for _ in range(2):
            answer = client.delete_messaging_streaming_configurations(**here)
            assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
        with pytest.raises(client.exceptions.NotFoundException):
            client.get_messaging_streaming_configurations(**here)

    @pytest.mark.rule("messaging.get-streams")
    def test_a_missing_app_instance_is_not_found(self, client: Any, chat: Chat) -> None:
        here = {"AppInstanceArn": NOBODYS_INSTANCE}
        with pytest.raises(client.exceptions.NotFoundException, match="no app instance"):
            client.get_messaging_streaming_configurations(**here)
        with pytest.raises(client.exceptions.NotFoundException, match="no app instance"):
            client.put_messaging_streaming_configurations(**here, **streams(chat.arn))
        with pytest.raises(client.exceptions.ForbiddenException, match=NO_ACCESS):
            client.delete_messaging_streaming_configurations(**here)

    @pytest.mark.rule("messaging.put-streams")
    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("chime-messaging-", "messages-"),
            ("us-east-1", "us-west-2"),
            ("123456789012", "210987654321"),
            ("kinesis", "firehose"),
        ],
    )
    def test_a_stream_has_to_be_of_the_same_account_and_region(
        self, client: Any, chat: Chat, old: str, new: str
    ) -> None:
        given = streams(chat.arn)["StreamingConfigurations"][0]
        given["ResourceArn"] = given["ResourceArn"].replace(old, new)
        with pytest.raises(client.exceptions.BadRequestException, match="starts with arn:aws:kinesis:"):
            client.put_messaging_streaming_configurations(
                AppInstanceArn=chat.arn, StreamingConfigurations=[given]
            )

    @pytest.mark.rule("messaging.put-streams")
    def test_each_data_type_has_one_stream(self, client: Any, chat: Chat) -> None:
        with pytest.raises(client.exceptions.BadRequestException, match="same DataType"):
            put(client, chat, "Channel", "Channel")


@pytest.fixture
def moto() -> Iterator[None]:
    """moto's other services, without Docker."""
    with mock_aws(config={"lambda": {"use_docker": False}}):
        yield


@pytest.fixture
def kinesis(qchime: Handle, moto: None) -> Any:
    """A client of Kinesis, with a stream for each data type."""
    client: Any = boto3.client("kinesis", region_name="us-east-1")
    for name in ("Channel", "ChannelMessage"):
        client.create_stream(StreamName=f"chime-messaging-{name}", ShardCount=1)
    return client


class TestKinesis:
    @pytest.mark.rule("messaging.stream-records")
    def test_streams_carry_the_events_from_then_on(
        self, kinesis: Any, client: Any, chat: Chat, channel: str, qchime: Handle
    ) -> None:
        chat.send(channel, "Before")
        put(client, chat, "Channel", "ChannelMessage")
        qchime.events.reset()
        chat.add(channel, chat.carol)
        message = chat.send(channel, "Ünïcode")
        client.update_channel(ChannelArn=channel, ChimeBearer=chat.alice, Metadata="blue")
        client.redact_channel_message(ChannelArn=channel, MessageId=message, ChimeBearer=chat.alice)
        for data_type in ("Channel", "ChannelMessage"):
            expected = [event.record for event in qchime.events(data_type=data_type)]
            assert records(kinesis, data_type) == expected
        found = records(kinesis, "ChannelMessage")
        assert [one["EventType"] for one in found] == ["CREATE_CHANNEL_MESSAGE", "REDACT_CHANNEL_MESSAGE"]
        assert found[0]["Payload"].items() >= {"Content": "Ünïcode", "MessageId": message}.items()

    @pytest.mark.rule("messaging.stream-records")
    def test_they_carry_one_membership_for_each_member_of_a_batch(
        self, kinesis: Any, client: Any, chat: Chat, channel: str
    ) -> None:
        put(client, chat, "Channel")
        client.batch_create_channel_membership(
            ChannelArn=channel, MemberArns=[chat.carol, chat.dave], ChimeBearer=chat.alice
        )
        assert [one["Payload"]["Member"]["Name"] for one in records(kinesis, "Channel")] == ["Carol", "Dave"]

    def test_moto_does_not_wait_for_the_lock_of_the_account(
        self, client: Any, chat: Chat, channel: str, qchime: Handle, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Consumers of a stream may call the service, from other threads too."""
        seen: list[list[str]] = []

        def consume(*record: str) -> None:
            with ThreadPoolExecutor() as threads:
                seen.append(threads.submit(chat.contents, channel).result(timeout=60))

        put(client, chat)
        monkeypatch.setattr(compat, "put_in_moto_stream", consume)
        chat.send(channel)
        assert seen == [["Good morning"]]

    def test_nothing_is_carried_after_a_delete(
        self, kinesis: Any, client: Any, chat: Chat, channel: str
    ) -> None:
        put(client, chat)
        client.delete_messaging_streaming_configurations(AppInstanceArn=chat.arn)
        chat.send(channel)
        assert records(kinesis, "ChannelMessage") == []

    @pytest.mark.rule("messaging.stream-records")
    def test_a_stream_that_is_deleted_does_not_affect_calls(
        self, kinesis: Any, client: Any, chat: Chat, channel: str
    ) -> None:
        put(client, chat)
        kinesis.delete_stream(StreamName="chime-messaging-ChannelMessage")
        chat.send(channel)
        assert chat.contents(channel) == ["Good morning"]

    @pytest.mark.rule("messaging.put-streams")
    def test_a_stream_that_moto_does_not_have_is_refused(self, moto: None, client: Any, chat: Chat) -> None:
        with pytest.raises(client.exceptions.BadRequestException, match="Create it with CreateStream"):
            put(client, chat)


class TestLambda:
    @pytest.fixture
    def function(self, qchime: Handle, moto: None) -> str:
        """The function of the flows' processors. moto does not run it without Docker."""
        role = boto3.client("iam", region_name="us-east-1").create_role(
            RoleName="censor", AssumeRolePolicyDocument="{}"
        )["Role"]["Arn"]
        code = io.BytesIO()
        with zipfile.ZipFile(code, "w") as archive:
            archive.writestr("censor.py", "def handler(event, context): ...")
        made = boto3.client("lambda", region_name="us-east-1").create_function(
            FunctionName="censor",
            Runtime="python3.12",
            Role=role,
            Handler="censor.handler",
            Code={"ZipFile": code.getvalue()},
        )
        return str(made["FunctionArn"])

    def test_a_function_is_invoked_with_the_event(
        self,
        function: str,
        client: Any,
        chat: Chat,
        channel: str,
        qchime: Handle,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        invoked: list[Any] = []
        monkeypatch.setattr(
            "moto.awslambda_simple.models.LambdaSimpleBackend.invoke",
            lambda backend, name, qualifier, body, *_: invoked.append((name, json.loads(body))),
        )
        assert function == FUNCTION
        chat.flow(channel)
        qchime.flows.invoke()
        chat.send(channel)
        [pending] = qchime.flows.pending()
        assert invoked == [("censor", pending.event)]
        client.channel_flow_callback(
            CallbackId=pending.callback_id,
            ChannelArn=channel,
            ChannelMessage={"MessageId": pending.event["ChannelMessage"]["MessageId"]},
        )
        assert chat.contents(channel, chat.bob) == ["Good morning"]

    @pytest.mark.parametrize(("fallback", "status"), [("ABORT", "FAILED"), ("CONTINUE", "SENT")])
    def test_the_fallback_decides_if_there_is_no_such_function(
        self, moto: None, client: Any, chat: Chat, channel: str, qchime: Handle, fallback: str, status: str
    ) -> None:
        chat.flow(channel, "Censor", fallback)
        qchime.flows.invoke()
        given = {"ChannelArn": channel, "MessageId": chat.send(channel), "ChimeBearer": chat.alice}
        found = client.get_channel_message_status(**given)["Status"]
        assert found["Value"] == status
        assert ("Detail" in found) == (status == "FAILED")
