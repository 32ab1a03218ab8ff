"""Looks up bearers and channels, checks roles, and follows what Amazon Chime SDK Identity deletes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from qchime.core.backend import Call
from qchime.rules import inferred
from qchime.services.chimesdkidentity.face import (
    AppInstance,
    AppInstanceDeleted,
    IdentityDeleted,
)
from qchime.services.chimesdkmessaging import access
from qchime.services.chimesdkmessaging.access import Role
from qchime.services.chimesdkmessaging.balancing import Balancing
from qchime.services.chimesdkmessaging.chat import Chat, State
from qchime.services.chimesdkmessaging.exceptions import (
    BadRequestException,
    invalid_bearer,
    missing,
    no_access,
)
from qchime.services.chimesdkmessaging.integrity import IntegrityError, integrity_errors
from qchime.services.chimesdkmessaging.places import part_of
from qchime.services.chimesdkmessaging.publishing import FIRST_EVENTS
from qchime.services.chimesdkmessaging.resources import (
    Appointment,
    Channel,
    ChannelFlow,
    Membership,
    SubChannel,
)
from qchime.services.chimesdkmessaging.visibility import oldest_kept

BEARER_REQUIRED = inferred(
    "messaging.bearer-required",
    "SearchChannels and PutChannelExpirationSettings without a bearer, which is optional in the model, "
    "raise a BadRequestException.",
)

ORDER_OF_CHECKS = inferred(
    "messaging.order-of-checks",
    "After the model's constraints, the bearer is checked first, then whether the channel, sub-channel or "
    "app instance belongs to the bearer's app instance, then the bearer's role, and then the other "
    "arguments.",
)

AFTER_DELETED_IDENTITY = inferred(
    "messaging.deleted-user",
    "Deleting a user or bot removes its memberships, moderator roles and bans. Its channels and messages "
    "stay, with its ARN as their creator or sender.",
)


@dataclass(frozen=True, slots=True)
class Visit:
    """A bearer's call, in the chat of its app instance."""

    bearer: str
    """The ARN of the bearer."""
    instance: AppInstance
    chat: Chat
    now: datetime
    """The time of the call, by which messages are both hidden and deleted."""

    @property
    def oldest(self) -> datetime | None:
        """The time since which messages are kept; None if all are."""
        return oldest_kept(self.instance, self.now)

    def knows(self, arn: str) -> bool:
        """Whether the app instance has this user or bot."""
        return arn in self.instance.users or arn in self.instance.bots

    def shown(self, arn: str) -> dict[str, Any]:
        """A user or bot in a response, with its current name, if it has one and still exists."""
        identity = self.instance.users.get(arn) or self.instance.bots.get(arn)
        return {"arn": arn, "name": identity.name if identity else None}

    @property
    def is_admin(self) -> bool:
        """Whether the bearer is an administrator of the app instance."""
        return self.bearer in self.instance.admins

    def roles(self, channel: Channel | None = None, place: SubChannel | None = None) -> Role:
        """The roles of the bearer: in a channel, in a sub-channel of it, or only in the app instance."""
        roles = Role.BEARER
        if self.is_admin:
            roles |= Role.ADMIN
        return roles if channel is None else roles | _roles_in(channel, place or channel, self.bearer)


def _roles_in(channel: Channel, place: SubChannel, arn: str) -> Role:
    roles = Role.MODERATOR if arn in channel.moderators else access.NOBODY
    membership = place.membership_of(arn)
    if membership is None:
        stranger = Role.VISITOR if place is channel else Role.PASSER_BY
        return roles | (stranger if channel.privacy == "PUBLIC" else access.NOBODY)
    roles |= Role.MEMBER
    if membership.type == "DEFAULT":
        roles |= Role.SPEAKER
    return roles | (Role.HOST if channel.mode == "UNRESTRICTED" else access.NOBODY)


class ChannelDirectory(Balancing):
    """The chats of one account and region, and how operations look up what is in them."""

    def state(self) -> State:
        """The chats, as they are kept in a state file."""
        return State(self.chats)

    def restore(self, state: State) -> None:
        """Replace the chats with those of a state file."""
        self.chats = state.chats

    def integrity_errors(self) -> Iterator[IntegrityError]:
        """Inconsistencies in the state, such as an ARN of another app instance."""
        return integrity_errors(self.state(), self.identities.app_instance_arns)

    def hear(self, news: object) -> None:
        """Delete what belongs to a user, bot or app instance that is gone."""
        if isinstance(news, AppInstanceDeleted):
            self.chats.pop(news.app_instance_arn, None)
            self.events.end(news.app_instance_arn)
        if isinstance(news, IdentityDeleted):
            if chat := self.chats.get(news.app_instance_arn):
                self._remove_identity(chat, news.arn)
            self.events.end(news.arn)

    @AFTER_DELETED_IDENTITY
    def _remove_identity(self, chat: Chat, arn: str) -> None:
        participation = chat.participation(arn)
        self.remove_member(chat, arn, *participation.memberships)
        for channel in list(participation.moderated):
            self.remove_moderator(chat, channel, arn)
        for channel in list(participation.banned_in.values()):
            self.remove_ban(chat, channel, arn)

    def visit(self, bearer: str | None) -> Visit:
        """The visit of a bearer in its app instance.

        Raises:
            BadRequestException: there is no bearer.
            ForbiddenException: there is no such user or bot.
        """
        if bearer is None:
            raise BadRequestException("The x-amz-chime-bearer HTTP header is required.").because(
                BEARER_REQUIRED
            )
        instance = self.identities.home(bearer)
        if instance is None:
            raise invalid_bearer(bearer)
        return self.visit_of(bearer, instance)

    def visit_of(self, arn: str, instance: AppInstance) -> Visit:
        """The visit of a user or bot that is known to exist."""
        return Visit(arn, instance, self.chat(instance.app_instance_arn), self.world.clock.now())

    def visit_instance(self, bearer: str, app_instance_arn: str) -> Visit:
        """As `visit`, for an operation that names the app instance, which must be the bearer's."""
        visit = self.visit(bearer)
        if visit.instance.app_instance_arn != app_instance_arn:
            raise missing("app instance of the bearer", app_instance_arn)
        return visit

    @ORDER_OF_CHECKS
    def enter(
        self, call: Call, bearer: str | None, channel_arn: str, *, subject: str | None = None
    ) -> tuple[Visit, Channel]:
        """The visit of a bearer, and the channel that it calls.

        `subject` is the user or bot that the operation is about, if the access table distinguishes whether
        that is the bearer itself.

        Raises:
            ForbiddenException: there is no such user, bot or channel, or its role does not allow the call.
        """
        visit = self.visit(bearer)
        channel = self.channel(visit, channel_arn)
        self.check_role(call, visit, channel, subject=subject)
        return visit, channel

    def enter_part(
        self, call: Call, bearer: str, channel_arn: str, sub_channel_id: str | None
    ) -> tuple[Visit, SubChannel]:
        """As `enter`, for an operation on the messages of a sub-channel, where the role counts."""
        visit = self.visit(bearer)
        channel = self.channel(visit, channel_arn)
        part = part_of(channel, sub_channel_id)
        self.check_role(call, visit, channel, part)
        return visit, part

    def channel(self, visit: Visit, arn: str) -> Channel:
        """The channel of this ARN in the app instance of the bearer.

        Raises:
            ForbiddenException: there is no such channel.
        """
        channel = visit.chat.channels.get(arn)
        if channel is None:
            raise missing("channel in the app instance of the bearer:", arn)
        return channel

    def check_role(
        self,
        call: Call,
        visit: Visit,
        channel: Channel | None = None,
        place: SubChannel | None = None,
        *,
        subject: str | None = None,
    ) -> None:
        """Check by the access table that the bearer may perform the operation."""
        own = subject in (None, visit.bearer)
        allowed = access.roles_for(call.operation, self.world.rules, own=own)
        self.require(visit, allowed, channel, place)

    def require(
        self, visit: Visit, allowed: Role, channel: Channel | None = None, place: SubChannel | None = None
    ) -> None:
        """Check that the bearer has one of these roles, in a sub-channel of the channel if one is given."""
        if not visit.roles(channel, place) & allowed:
            needed = "nobody may" if allowed == access.NOBODY else f"it takes one of the roles {allowed.name}"
            raise no_access(f"{visit.bearer} lacks the role: {needed}")

    def chat(self, app_instance_arn: str) -> Chat:
        """The chat of an app instance, after removing channels that have expired.

        Before anything is created in it, it is a new one, which `self.chats` does not have yet.
        """
        chat = self.chats.get(app_instance_arn)
        if chat is None:
            return Chat(app_instance_arn)
        for channel in chat.expired(self.world.clock.now()):
            self.remove_channel(chat, channel)
        return chat

    def tagged(self, arn: str) -> Channel | ChannelFlow:
        """The channel or channel flow of this ARN."""
        return self.flow(arn)[1] if "/channel-flow/" in arn else self.channel_of(arn)[1]

    def channel_of(self, arn: str) -> tuple[Chat, Channel]:
        """The channel of this ARN, for an operation without a bearer, and its chat."""
        chat = self._chat_with(arn, "/channel/")
        channel = chat.channels.get(arn) if chat else None
        if chat is None or channel is None:
            raise missing("channel", arn)
        return chat, channel

    def flow(self, arn: str) -> tuple[Chat, ChannelFlow]:
        """The channel flow of this ARN, and its chat."""
        chat = self._chat_with(arn, "/channel-flow/")
        flow = chat.flows.get(arn) if chat else None
        if chat is None or flow is None:
            raise missing("channel flow", arn)
        return chat, flow

    def _chat_with(self, arn: str, kind: str) -> Chat | None:
        instance = self.identities.existing(arn.partition(kind)[0])
        return self.chat(instance.app_instance_arn) if instance else None

    def described(self, visit: Visit, channel: Channel) -> dict[str, Any]:
        """A channel in full, as the bearer sees it."""
        return self.channel_in_full(channel, visit.bearer, self._seen(visit, channel))

    def summary(self, visit: Visit, channel: Channel) -> dict[str, Any]:
        """A channel as lists show it to the bearer."""
        return self.channel_summary(channel, visit.bearer, self._seen(visit, channel))

    def _seen(self, visit: Visit, channel: Channel) -> list[SubChannel]:
        """The sub-channels whose messages the bearer may list."""
        allowed = access.roles_for("list_channel_messages", self.world.rules, own=True)
        return [part for part in channel.parts if visit.roles(channel, part) & allowed]

    def summaries(self, visit: Visit, channels: Iterable[Channel], next_token: str | None) -> dict[str, Any]:
        """A page of channels in a response."""
        return {"channels": [self.summary(visit, channel) for channel in channels], "next_token": next_token}

    def appointment(self, visit: Visit, arn: str) -> Appointment:
        """A new moderator or ban, by the bearer."""
        return Appointment(arn, visit.bearer, self.world.clock.now())

    @FIRST_EVENTS
    def add_member(
        self, visit: Visit, part: SubChannel, arn: str, type: str, *, in_batch: bool = False
    ) -> None:
        """Add a member that the sub-channel does not have yet, invited by the bearer."""
        now = self.world.clock.now()
        membership = Membership(arn, type, visit.bearer, now, now)
        visit.chat.add_member(part, membership)
        recipients = () if in_batch else part.member_arns
        self.publish_membership("CREATE_CHANNEL_MEMBERSHIP", part, membership, recipients)

    def remove_member(self, chat: Chat, arn: str, *parts: SubChannel) -> None:
        """Remove a member from these channels and sub-channels, as far as it is there."""
        for part in parts:
            recipients = part.member_arns
            if membership := chat.remove_member(part, arn):
                self.publish_membership("DELETE_CHANNEL_MEMBERSHIP", part, membership, recipients)
        for channel in {part.channel_arn: chat.channel_of(part) for part in parts}.values():
            self.scale_in(chat, channel)

    def add_moderator(self, visit: Visit, channel: Channel, arn: str) -> None:
        """Add a moderator that the channel does not have yet, made one by the bearer."""
        self.remove_member(visit.chat, arn, *channel.sub_channels)
        moderator = self.appointment(visit, arn)
        visit.chat.add_moderator(channel, moderator)
        self.publish_appointment("CREATE_CHANNEL_MODERATOR", channel, moderator)

    def remove_moderator(self, chat: Chat, channel: Channel, arn: str) -> None:
        """Remove a moderator, if it is one."""
        if moderator := chat.remove_moderator(channel, arn):
            self.remove_member(chat, arn, *channel.sub_channels)
            self.publish_appointment("DELETE_CHANNEL_MODERATOR", channel, moderator)

    def remove_ban(self, chat: Chat, channel: Channel, arn: str) -> None:
        """Remove a ban, if there is one."""
        if ban := chat.remove_ban(channel, arn):
            self.publish_appointment("DELETE_CHANNEL_BAN", channel, ban)

    def remove_channel(self, chat: Chat, channel: Channel) -> None:
        """Remove a channel with everything in it."""
        recipients = channel.member_arns
        chat.remove_channel(channel)
        self.publish_channel("DELETE_CHANNEL", channel, recipients)
