"""Channel flows: create, describe, list, update, delete, and their channels."""

from typing import Any

import pytest

from qchime import Handle
from tests.services.chimesdkidentity.samples import (
    NOBODYS_INSTANCE,
    NOBODYS_UUID,
    call_without_metadata,
    tags,
)
from tests.services.chimesdkmessaging.samples import NO_ACCESS, Chat, processors

NO_FLOW = f"{NOBODYS_INSTANCE}/channel-flow/{NOBODYS_UUID}"


def create(client: Any, chat: Chat, **more: Any) -> Any:
    given = {"AppInstanceArn": chat.arn, "Name": "Censor", "Processors": processors(), **more}
    return client.create_channel_flow(**given)["ChannelFlowArn"]


class TestCreate:
    def test_a_flow_has_what_was_given(self, client: Any, chat: Chat) -> None:
        flow = create(client, chat, Tags=tags(colour="blue"))
        assert flow.startswith(f"{chat.arn}/channel-flow/")
        found = client.describe_channel_flow(ChannelFlowArn=flow)["ChannelFlow"]
        assert found["CreatedTimestamp"] == found["LastUpdatedTimestamp"]
        assert found.items() >= {"ChannelFlowArn": flow, "Name": "Censor", "Processors": processors()}.items()
        assert client.list_tags_for_resource(ResourceARN=flow)["Tags"] == tags(colour="blue")

    def test_a_missing_app_instance_is_forbidden(self, client: Any, chat: Chat) -> None:
        with pytest.raises(client.exceptions.ForbiddenException, match=NO_ACCESS):
            create(client, chat, AppInstanceArn=NOBODYS_INSTANCE)
        with pytest.raises(client.exceptions.ForbiddenException, match=NO_ACCESS):
            client.list_channel_flows(AppInstanceArn=NOBODYS_INSTANCE)

    @pytest.mark.rule("messaging.flow-processors")
    def test_two_processors_need_different_orders(self, client: Any, chat: Chat, qchime: Handle) -> None:
        qchime.limits.processors_per_channel_flow = 2
        twice = [{**processors()[0], "ExecutionOrder": 1}] * 2
        with pytest.raises(client.exceptions.BadRequestException, match="ExecutionOrder"):
            create(client, chat, Processors=twice)
        create(client, chat, Processors=processors("ABORT", "CONTINUE"))
        create(client, chat)

    @pytest.mark.rule("messaging.client-tokens-of-flows")
    def test_a_repeated_token_creates_nothing(self, client: Any, chat: Chat) -> None:
        flow = create(client, chat, ClientRequestToken="token")
        assert create(client, chat, ClientRequestToken="token") == flow
        with pytest.raises(client.exceptions.ConflictException, match="already used"):
            create(client, chat, ClientRequestToken="token", Name="Another")
        assert len(client.list_channel_flows(AppInstanceArn=chat.arn)["ChannelFlows"]) == 1

    def test_more_than_the_quotas_are_refused(self, client: Any, chat: Chat, qchime: Handle) -> None:
        with pytest.raises(client.exceptions.ResourceLimitExceededException, match="1 processors"):
            create(client, chat, Processors=processors("ABORT", "ABORT"))
        qchime.limits.channel_flows_per_app_instance = 1
        create(client, chat)
        with pytest.raises(client.exceptions.ResourceLimitExceededException, match="channel flows"):
            create(client, chat)


class TestMissing:
    @pytest.mark.parametrize(
        "operation",
        [
            "DescribeChannelFlow",
            "UpdateChannelFlow",
            "DeleteChannelFlow",
            "ListChannelsAssociatedWithChannelFlow",
        ],
    )
    @pytest.mark.rule("messaging.missing-resource")
    def test_a_missing_flow_is_forbidden(self, client: Any, chat: Chat, operation: str) -> None:
        more = {"Name": "x", "Processors": processors()} if operation.startswith("Update") else {}
        for arn in (NO_FLOW, f"{chat.arn}/channel-flow/nothing"):
            with pytest.raises(client.exceptions.ForbiddenException, match=NO_ACCESS):
                call_without_metadata(client, operation, ChannelFlowArn=arn, **more)


class TestList:
    def test_pages_in_order_of_creation(self, client: Any, chat: Chat) -> None:
        flows = [chat.flow(name=f"Flow {number}") for number in range(3)]
        page = client.list_channel_flows(AppInstanceArn=chat.arn, MaxResults=2)
        assert [flow["ChannelFlowArn"] for flow in page["ChannelFlows"]] == flows[:2]
        assert page["ChannelFlows"][0]["Processors"] == processors()
        rest = client.list_channel_flows(AppInstanceArn=chat.arn, NextToken=page["NextToken"])
        assert [flow["Name"] for flow in rest["ChannelFlows"]] == ["Flow 2"]
        assert "NextToken" not in rest

    def test_the_channels_of_a_flow(self, client: Any, chat: Chat) -> None:
        flow = chat.flow()
        channels = [chat.create(f"Channel {number}") for number in range(3)]
        for channel in channels[::2]:
            client.associate_channel_flow(ChannelArn=channel, ChannelFlowArn=flow, ChimeBearer=chat.alice)
        found = client.list_channels_associated_with_channel_flow(ChannelFlowArn=flow)["Channels"]
        assert [channel["ChannelArn"] for channel in found] == channels[::2]
        assert found[0]["Name"] == "Channel 0"
        page = client.list_channels_associated_with_channel_flow(ChannelFlowArn=flow, MaxResults=1)
        assert len(page["Channels"]) == 1
        assert "NextToken" in page


class TestUpdate:
    def test_it_replaces_name_and_processors(self, client: Any, chat: Chat, qchime: Handle) -> None:
        flow = chat.flow()
        qchime.clock.advance(minutes=1)
        answer = client.update_channel_flow(
            ChannelFlowArn=flow, Name="Renamed", Processors=processors("CONTINUE")
        )
        assert answer["ChannelFlowArn"] == flow
        found = client.describe_channel_flow(ChannelFlowArn=flow)["ChannelFlow"]
        assert (found["Name"], found["Processors"]) == ("Renamed", processors("CONTINUE"))
        assert found["LastUpdatedTimestamp"] > found["CreatedTimestamp"]

    @pytest.mark.rule("messaging.flow-processors")
    def test_two_processors_need_different_orders(self, client: Any, chat: Chat, qchime: Handle) -> None:
        qchime.limits.processors_per_channel_flow = 2
        with pytest.raises(client.exceptions.BadRequestException, match="ExecutionOrder"):
            client.update_channel_flow(ChannelFlowArn=chat.flow(), Name="x", Processors=processors() * 2)

    @pytest.mark.rule("messaging.flow-processors")
    def test_more_processors_than_the_quota_are_a_bad_request(self, client: Any, chat: Chat) -> None:
        flow = chat.flow()
        with pytest.raises(client.exceptions.BadRequestException, match="1 processors"):
            client.update_channel_flow(ChannelFlowArn=flow, Name="x", Processors=processors("ABORT", "ABORT"))


class TestDelete:
    def test_a_deleted_flow_is_gone(self, client: Any, chat: Chat) -> None:
        client.delete_channel_flow(ChannelFlowArn=chat.flow())
        assert client.list_channel_flows(AppInstanceArn=chat.arn)["ChannelFlows"] == []

    @pytest.mark.rule("messaging.delete-flow-in-use")
    def test_one_that_a_channel_uses_is_a_conflict(self, client: Any, chat: Chat, channel: str) -> None:
        flow = {"ChannelFlowArn": chat.flow(channel)}
        with pytest.raises(client.exceptions.ConflictException, match="Disassociate it first"):
            client.delete_channel_flow(**flow)
        client.disassociate_channel_flow(ChannelArn=channel, ChimeBearer=chat.alice, **flow)
        client.delete_channel_flow(**flow)

    def test_the_app_instance_takes_it_along(self, client: Any, identity: Any, chat: Chat) -> None:
        flow = chat.flow()
        identity.delete_app_instance(AppInstanceArn=chat.arn)
        with pytest.raises(client.exceptions.ForbiddenException, match=NO_ACCESS):
            client.describe_channel_flow(ChannelFlowArn=flow)


class TestAssociate:
    @pytest.mark.rule("messaging.associate-flow")
    def test_members_hear_of_the_flow_once(
        self, client: Any, chat: Chat, channel: str, qchime: Handle
    ) -> None:
        given = {"ChannelArn": channel, "ChannelFlowArn": chat.flow(channel), "ChimeBearer": chat.alice}
        client.associate_channel_flow(**given)
        assert chat.describe(channel)["ChannelFlowArn"] == given["ChannelFlowArn"]
        client.disassociate_channel_flow(**given)
        assert "ChannelFlowArn" not in chat.describe(channel)
        events = qchime.events("UPDATE_CHANNEL", to=chat.bob)
        assert [event.payload.get("ChannelFlowArn") for event in events] == [given["ChannelFlowArn"], None]

    @pytest.mark.rule("messaging.associate-flow")
    def test_another_flow_is_a_conflict(self, client: Any, chat: Chat, channel: str) -> None:
        chat.flow(channel)
        with pytest.raises(client.exceptions.ConflictException, match="Disassociate it first"):
            chat.flow(channel, "Another")

    @pytest.mark.rule("messaging.associate-flow")
    def test_a_missing_flow_is_not_found(self, client: Any, chat: Chat, channel: str) -> None:
        here = {"ChannelArn": channel, "ChimeBearer": chat.alice}
        for arn in (NO_FLOW, f"{chat.arn}/channel-flow/nothing"):
            for attempt in (client.associate_channel_flow, client.disassociate_channel_flow):
                with pytest.raises(client.exceptions.NotFoundException, match="no channel flow"):
                    attempt(ChannelFlowArn=arn, **here)

    @pytest.mark.rule("messaging.associate-flow")
    def test_a_flow_that_the_channel_does_not_have_is_not_found(
        self, client: Any, chat: Chat, channel: str
    ) -> None:
        other = chat.create("Other")
        flow = chat.flow(other)
        with pytest.raises(client.exceptions.NotFoundException, match="does not have"):
            client.disassociate_channel_flow(ChannelArn=channel, ChannelFlowArn=flow, ChimeBearer=chat.alice)
        assert chat.describe(other)["ChannelFlowArn"] == flow


class TestTags:
    def test_of_a_flow_change(self, client: Any, chat: Chat) -> None:
        flow = {"ResourceARN": chat.flow()}
        client.tag_resource(**flow, Tags=tags(colour="blue", size="big"))
        client.untag_resource(**flow, TagKeys=["colour"])
        assert client.list_tags_for_resource(**flow)["Tags"] == tags(size="big")

    def test_of_a_missing_flow_are_forbidden(self, client: Any, chat: Chat) -> None:
        with pytest.raises(client.exceptions.ForbiddenException, match=NO_ACCESS):
            client.list_tags_for_resource(ResourceARN=f"{chat.arn}/channel-flow/nothing")
