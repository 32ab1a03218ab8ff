"""Channel flows: create, describe, list, update, delete, and their channels."""

from __future__ import annotations

from typing import Any

from qchime.core.backend import Call
from qchime.core.tagging import TagList
from qchime.rules import inferred
from qchime.services.chimesdkidentity.face import PAGE
from qchime.services.chimesdkmessaging.chat import Chat
from qchime.services.chimesdkmessaging.directory import ChannelDirectory
from qchime.services.chimesdkmessaging.exceptions import (
    BadRequestException,
    ConflictException,
    NotFoundException,
    ResourceLimitExceededException,
    missing,
)
from qchime.services.chimesdkmessaging.resources import Channel, ChannelFlow

Processors = list[dict[str, Any]]

PROCESSORS = inferred(
    "messaging.flow-processors",
    "Two processors of a channel flow with the same ExecutionOrder raise a BadRequestException. So do too "
    "many processors in UpdateChannelFlow, which declares no error for quotas. Names need not be unique.",
)

CLIENT_TOKENS = inferred(
    "messaging.client-tokens-of-flows",
    "A client request token of CreateChannelFlow, which has no bearer, counts for its app instance.",
)

IN_USE = inferred(
    "messaging.delete-flow-in-use",
    "Deleting a channel flow that is still associated with a channel, which AWS refuses, raises a "
    "ConflictException.",
    sources=[
        "https://docs.aws.amazon.com/chime-sdk/latest/APIReference/API_messaging-chime_DeleteChannelFlow.html"
    ],
)

ASSOCIATED = inferred(
    "messaging.associate-flow",
    "Associating a flow with a channel that has another one raises a ConflictException; associating the "
    "same flow again changes nothing. A missing flow raises a NotFoundException, which the model declares, "
    "and so does disassociating a flow that the channel does not have. DisassociateChannelFlow concerns "
    "only the channel that it names. Members get UPDATE_CHANNEL.",
)


class FlowOperations(ChannelDirectory):
    """https://docs.aws.amazon.com/chime-sdk/latest/APIReference/API_messaging-chime_CreateChannelFlow.html"""

    @CLIENT_TOKENS
    def create_channel_flow(
        self,
        call: Call,
        *,
        app_instance_arn: str,
        processors: Processors,
        name: str,
        client_request_token: str,
        tags: TagList | None = None,
    ) -> ChannelFlow:
        """Create a channel flow."""
        if self.identities.existing(app_instance_arn) is None:
            raise missing("app instance", app_instance_arn)
        chat = self.chat(app_instance_arn)
        if earlier := self.replayed(chat.flows, client_request_token, call):
            return earlier
        _check_orders(processors)
        limits = self.world.limits
        self.check_quota(chat.flows, limits.channel_flows_per_app_instance, "channel flows")
        if problem := self._too_many(processors):
            raise ResourceLimitExceededException(problem)
        now = self.world.clock.now()
        arn = f"{app_instance_arn}/channel-flow/{self.new_uuid()}"
        flow = ChannelFlow(arn, name, processors, now, now, self.tags_of({}, tags))
        self.chats[app_instance_arn] = chat
        return chat.flows.add(arn, flow, client_token=client_request_token, parameters=call.parameters)

    def _too_many(self, processors: Processors) -> str | None:
        limit = self.world.limits.processors_per_channel_flow
        return f"A channel flow has at most {limit} processors." if len(processors) > limit else None

    def describe_channel_flow(self, call: Call, *, channel_flow_arn: str) -> dict[str, Any]:
        """One channel flow in full."""
        return {"channel_flow": self.flow(channel_flow_arn)[1]}

    def list_channel_flows(
        self,
        call: Call,
        *,
        app_instance_arn: str,
        max_results: int = PAGE,
        next_token: str | None = None,
    ) -> dict[str, Any]:
        """A page of the channel flows of an app instance."""
        if self.identities.existing(app_instance_arn) is None:
            raise missing("app instance", app_instance_arn)
        page = self.page(self.chat(app_instance_arn).flows, max_results, next_token)
        return {"channel_flows": page.items, "next_token": page.next_token}

    @PROCESSORS
    def update_channel_flow(
        self, call: Call, *, channel_flow_arn: str, processors: Processors, name: str
    ) -> ChannelFlow:
        """Replace name and processors. Messages that a processor has already stay with it."""
        _, flow = self.flow(channel_flow_arn)
        _check_orders(processors)
        if problem := self._too_many(processors):
            raise BadRequestException(problem).because(PROCESSORS)
        flow.name, flow.processors = name, processors
        flow.last_updated_timestamp = self.world.clock.now()
        return flow

    @IN_USE
    def delete_channel_flow(self, call: Call, *, channel_flow_arn: str) -> None:
        """Delete a channel flow that no channel uses."""
        chat, flow = self.flow(channel_flow_arn)
        if any(channel.channel_flow_arn == channel_flow_arn for channel in chat.channels):
            message = "The channel flow is associated with a channel. Disassociate it first."
            raise ConflictException(message).because(IN_USE)
        chat.flows.remove(flow.channel_flow_arn)

    @ASSOCIATED
    def associate_channel_flow(
        self, call: Call, *, channel_arn: str, channel_flow_arn: str, chime_bearer: str
    ) -> None:
        """Let the messages of the channel pass through a flow."""
        visit, channel = self.enter(call, chime_bearer, channel_arn)
        self._check_flow(visit.chat, channel_flow_arn)
        if channel.channel_flow_arn not in (None, channel_flow_arn):
            message = f"The channel has the channel flow {channel.channel_flow_arn}. Disassociate it first."
            raise ConflictException(message).because(ASSOCIATED)
        if channel.channel_flow_arn is None:
            self._set_flow(channel, channel_flow_arn)

    @ASSOCIATED
    def disassociate_channel_flow(
        self, call: Call, *, channel_arn: str, channel_flow_arn: str, chime_bearer: str
    ) -> None:
        """Let the messages of the channel pass without the flow."""
        visit, channel = self.enter(call, chime_bearer, channel_arn)
        self._check_flow(visit.chat, channel_flow_arn)
        if channel.channel_flow_arn != channel_flow_arn:
            message = f"The channel does not have the channel flow {channel_flow_arn}."
            raise NotFoundException(message).because(ASSOCIATED)
        self._set_flow(channel, None)

    def _check_flow(self, chat: Chat, arn: str) -> None:
        if arn not in chat.flows:
            raise NotFoundException(f"The app instance has no channel flow {arn}.").because(ASSOCIATED)

    def _set_flow(self, channel: Channel, arn: str | None) -> None:
        channel.channel_flow_arn = arn
        self.publish_channel("UPDATE_CHANNEL", channel, channel.member_arns)

    def list_channels_associated_with_channel_flow(
        self,
        call: Call,
        *,
        channel_flow_arn: str,
        max_results: int = PAGE,
        next_token: str | None = None,
    ) -> dict[str, Any]:
        """A page of the channels whose messages pass through the flow."""
        chat, _ = self.flow(channel_flow_arn)
        page = self.page(
            chat.channels,
            max_results,
            next_token,
            only=lambda channel: channel.channel_flow_arn == channel_flow_arn,
        )
        return {"channels": page.items, "next_token": page.next_token}


def _check_orders(processors: Processors) -> None:
    orders = [processor["execution_order"] for processor in processors]
    if len(set(orders)) < len(orders):
        raise BadRequestException("Two processors have the same ExecutionOrder.").because(PROCESSORS)
