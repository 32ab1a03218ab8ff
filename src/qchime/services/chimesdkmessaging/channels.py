"""Channels: create, describe, list, update, delete, and their expiration."""

from typing import Any

from qchime.core.backend import Call
from qchime.core.tagging import TagList
from qchime.rules import inferred, observed
from qchime.services.chimesdkidentity.face import PAGE
from qchime.services.chimesdkmessaging import access, elastic
from qchime.services.chimesdkmessaging.directory import ChannelDirectory, Visit
from qchime.services.chimesdkmessaging.exceptions import (
    ConflictException,
    ForbiddenException,
    invalid_identity,
)
from qchime.services.chimesdkmessaging.resources import Channel

DEFAULT_MODE = "RESTRICTED"
DEFAULT_PRIVACY = "PUBLIC"

DEFAULTS = inferred(
    "messaging.channel-defaults",
    "A channel that is created without Mode and Privacy is RESTRICTED and PUBLIC. Names need not be unique.",
    sources=["https://docs.aws.amazon.com/chime-sdk/latest/dg/call-from-backend.html"],
)

SAME_CHANNEL_ID = observed(
    "messaging.same-channel-id",
    "Creating a channel with the ChannelId of an existing one raises a ConflictException. Programs that run "
    "against AWS rely on it.",
    sources=["https://github.com/RyanSMcHarg/AgentEchelon"],
)

FREE_CHANNEL_ID = inferred(
    "messaging.free-channel-id", "The ChannelId of a deleted channel can be used again."
)

FIRST_MEMBERS = inferred(
    "messaging.first-members",
    "MemberArns become DEFAULT members, and ModeratorArns become members and moderators. The bearer becomes "
    "both; naming it again is not an error. In an elastic channel, ModeratorArns and the bearer become "
    "moderators only.",
)

CLIENT_TOKENS = inferred(
    "messaging.client-tokens",
    "A client request token counts for its bearer only: another bearer can use the same token for another "
    "request.",
)

REPLACED_METADATA = observed(
    "messaging.replaced-metadata",
    "UpdateChannel without Metadata removes it. Programs that run against AWS send it again each time.",
    sources=["https://github.com/RyanSMcHarg/AgentEchelon"],
)

KEPT_NAME = inferred(
    "messaging.kept-name", "UpdateChannel without Name or Mode keeps them; both are optional in the model."
)

LIST_PUBLIC = observed(
    "messaging.list-channels",
    "ListChannels without Privacy lists PUBLIC channels, to administrators too.",
    sources=["https://github.com/aws/amazon-chime-sdk-js/issues/1369"],
)

EXPIRY = inferred(
    "messaging.channel-expiry",
    "A channel is deleted exactly six hours after it expires. Before its first message, "
    "LAST_MESSAGE_TIMESTAMP counts from its creation.",
    turn="clock.advance",
)


class ChannelOperations(ChannelDirectory):
    """https://docs.aws.amazon.com/chime-sdk/latest/APIReference/API_messaging-chime_CreateChannel.html"""

    @DEFAULTS
    @CLIENT_TOKENS
    def create_channel(
        self,
        call: Call,
        *,
        app_instance_arn: str,
        name: str,
        client_request_token: str,
        chime_bearer: str,
        mode: str = DEFAULT_MODE,
        privacy: str = DEFAULT_PRIVACY,
        metadata: str | None = None,
        tags: TagList | None = None,
        channel_id: str | None = None,
        member_arns: list[str] | None = None,
        moderator_arns: list[str] | None = None,
        elastic_channel_configuration: dict[str, int] | None = None,
        expiration_settings: dict[str, Any] | None = None,
    ) -> Channel:
        """Create a channel, with the bearer as its first member and moderator."""
        visit = self.visit_instance(chime_bearer, app_instance_arn)
        self.check_role(call, visit)
        self.check_metadata(metadata)
        token = f"{chime_bearer} {client_request_token}"
        if earlier := self.replayed(visit.chat.channels, token, call):
            return earlier
        arn = f"{app_instance_arn}/channel/{channel_id or self.new_uuid()}"
        self._check_new(visit, arn, [*(member_arns or ()), *(moderator_arns or ())])
        if elastic_channel_configuration is not None:
            elastic.check_mode(mode)
            elastic.check_region(self.region_name, self.world)
            elastic.check_configuration(elastic_channel_configuration, member_arns)
            elastic.check_quotas(visit.chat, elastic_channel_configuration, self.world.limits)
        now = self.world.clock.now()
        channel = Channel(
            channel_arn=arn,
            name=name,
            mode=mode,
            privacy=privacy,
            metadata=metadata,
            created_by_arn=chime_bearer,
            created_timestamp=now,
            last_updated_timestamp=now,
            tags=self.tags_of({}, tags),
            elastic_channel_configuration=elastic_channel_configuration,
            expiration_settings=expiration_settings,
        )
        visit.chat.channels.add(arn, channel, client_token=token, parameters=call.parameters)
        visit.chat.expire(channel)
        self.chats[app_instance_arn] = visit.chat
        self.publish_channel("CREATE_CHANNEL", channel)
        self._add_first(visit, channel, member_arns or [], moderator_arns or [])
        return channel

    def _check_new(self, visit: Visit, arn: str, first: list[str]) -> None:
        for identity in first:
            if not visit.knows(identity):
                raise invalid_identity(identity)
        if arn in visit.chat.channels:
            raise ConflictException(f"The channel {arn} already exists.").because(SAME_CHANNEL_ID)
        limit = self.world.limits.channels_per_app_instance
        self.check_quota(visit.chat.channels, limit, "channels in this app instance")

    @FIRST_MEMBERS
    def _add_first(self, visit: Visit, channel: Channel, members: list[str], moderators: list[str]) -> None:
        moderators = [visit.bearer, *moderators]
        if channel.is_elastic:
            self.create_sub_channel(channel)
        else:
            for arn in dict.fromkeys([*moderators, *members]):
                self.add_member(visit, channel, arn, "DEFAULT")
        for arn in dict.fromkeys(moderators):
            self.add_moderator(visit, channel, arn)

    def describe_channel(self, call: Call, *, channel_arn: str, chime_bearer: str) -> dict[str, Any]:
        """One channel in full."""
        visit, channel = self.enter(call, chime_bearer, channel_arn)
        return {"channel": self.described(visit, channel)}

    @LIST_PUBLIC
    def list_channels(
        self,
        call: Call,
        *,
        app_instance_arn: str,
        chime_bearer: str,
        privacy: str = "PUBLIC",
        max_results: int = PAGE,
        next_token: str | None = None,
    ) -> dict[str, Any]:
        """A page of summaries of the PUBLIC channels, or of the PRIVATE ones for administrators."""
        visit = self.visit_instance(chime_bearer, app_instance_arn)
        self.check_role(call, visit)
        if privacy == "PRIVATE":
            self.require(visit, access.PRIVATE_CHANNELS)
        page = self.page(
            visit.chat.channels, max_results, next_token, only=lambda channel: channel.privacy == privacy
        )
        return self.summaries(visit, page.items, page.next_token)

    @REPLACED_METADATA
    @KEPT_NAME
    def update_channel(
        self,
        call: Call,
        *,
        channel_arn: str,
        chime_bearer: str,
        name: str | None = None,
        mode: str | None = None,
        metadata: str | None = None,
    ) -> Channel:
        """Replace the metadata, and name and mode if they are given."""
        _, channel = self.enter(call, chime_bearer, channel_arn)
        self.check_metadata(metadata)
        if channel.is_elastic:
            elastic.check_mode(mode or channel.mode)
        channel.name, channel.mode = name or channel.name, mode or channel.mode
        channel.metadata = metadata
        channel.last_updated_timestamp = self.world.clock.now()
        self.publish_channel("UPDATE_CHANNEL", channel, channel.member_arns)
        return channel

    @FREE_CHANNEL_ID
    def delete_channel(self, call: Call, *, channel_arn: str, chime_bearer: str) -> None:
        """Delete the channel with everything in it."""
        visit, channel = self.enter(call, chime_bearer, channel_arn)
        self.remove_channel(visit.chat, channel)

    @inferred(
        "messaging.channels-of-stacks",
        "A stack deletes its channel even if the bearer is already gone: AWS deletes the channel first, "
        "moto deletes in any order.",
    )
    def delete_channel_of_stack(self, call: Call, *, channel_arn: str, chime_bearer: str) -> None:
        """As `delete_channel`; but nothing happens if the channel is gone, and its bearer may be gone."""
        try:
            chat, channel = self.channel_of(channel_arn)
        except ForbiddenException:
            return
        if self.identities.home(chime_bearer) is None:
            self.remove_channel(chat, channel)
        else:
            self.delete_channel(call, channel_arn=channel_arn, chime_bearer=chime_bearer)

    @EXPIRY
    def put_channel_expiration_settings(
        self,
        call: Call,
        *,
        channel_arn: str,
        chime_bearer: str | None = None,
        expiration_settings: dict[str, Any] | None = None,
    ) -> Channel:
        """Set when the channel expires; without settings it never does."""
        visit, channel = self.enter(call, chime_bearer, channel_arn)
        channel.expiration_settings = expiration_settings
        channel.last_updated_timestamp = self.world.clock.now()
        visit.chat.expire(channel)
        self.publish_channel("UPDATE_CHANNEL_EXPIRATION_SETTINGS", channel)
        return channel
