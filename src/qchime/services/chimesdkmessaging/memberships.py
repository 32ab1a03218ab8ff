"""Memberships of a channel: one by one, and in batches."""

from typing import Any

from qchime.core.backend import Call
from qchime.rules import disputed, inferred
from qchime.services.chimesdkidentity.face import PAGE
from qchime.services.chimesdkmessaging import access
from qchime.services.chimesdkmessaging.directory import ChannelDirectory, Visit
from qchime.services.chimesdkmessaging.elastic import check_supported
from qchime.services.chimesdkmessaging.exceptions import (
    BadRequestException,
    ConflictException,
    ForbiddenException,
    NotFoundException,
    ResourceLimitExceededException,
    not_found,
)
from qchime.services.chimesdkmessaging.places import check_added, check_deleted, parts_of, places_of
from qchime.services.chimesdkmessaging.publishing import BATCH_EVENTS
from qchime.services.chimesdkmessaging.resources import Channel, Membership, SubChannel

REPEATED = disputed(
    "messaging.repeated-membership",
    "Creating a membership again with the same type succeeds and changes nothing. Programs that call it "
    "after CreateChannel or before every message rely on that; others catch a ConflictException, which the "
    "model declares.",
    sources=[
        "https://docs.aws.amazon.com/chime-sdk/latest/APIReference/API_messaging-chime_CreateChannelMembership.html",
        "https://github.com/RyanSMcHarg/AgentEchelon",
        "https://github.com/aws-samples/amazon-ivs-chime-messaging-ugc-demo",
    ],
    choices=["unchanged", "conflict"],
)

OTHER_TYPE = inferred(
    "messaging.membership-of-other-type",
    "Creating a membership that already exists with another type raises a ConflictException.",
)

BANNED = inferred(
    "messaging.banned-member",
    "Creating a membership for a banned user or bot raises a ForbiddenException. Banned users can still "
    "read a PUBLIC channel.",
)

BATCH = inferred(
    "messaging.batch",
    "A batch without a Type is of the Type DEFAULT. Existing members of the same type are among the "
    "results; a refused member is among the Errors, with the Code of the error that CreateChannelMembership "
    "would raise. A batch that contains only the bearer requires the role to join, any other batch the role "
    "to add others.",
)

DELETED = inferred(
    "messaging.deleted-membership",
    "A removed member loses its read marker and its preferences, and keeps its messages and its role as a "
    "moderator.",
)

NOT_A_MEMBER = disputed(
    "messaging.delete-missing-membership",
    "DeleteChannelMembership for a user or bot that is not a member raises a ConflictException, the only "
    "fitting error that its model declares.",
    sources=[
        "https://docs.aws.amazon.com/chime-sdk/latest/APIReference/API_messaging-chime_DeleteChannelMembership.html",
        "https://github.com/RyanSMcHarg/AgentEchelon",
    ],
    choices=["conflict", "unchanged"],
)


class MembershipOperations(ChannelDirectory):
    """https://docs.aws.amazon.com/chime-sdk/latest/APIReference/API_messaging-chime_CreateChannelMembership.html"""

    def create_channel_membership(
        self,
        call: Call,
        *,
        channel_arn: str,
        member_arn: str,
        type: str,
        chime_bearer: str,
        sub_channel_id: str | None = None,
    ) -> dict[str, Any]:
        """Add a user or bot to the channel."""
        visit, channel = self._enter(call, chime_bearer, channel_arn, type, subject=member_arn)
        part = self._join(visit, channel, member_arn, type, sub_channel_id)
        return {
            "channel_arn": channel_arn,
            "member": visit.shown(member_arn),
            "sub_channel_id": part.sub_channel_id,
        }

    @BATCH
    @BATCH_EVENTS
    def batch_create_channel_membership(
        self,
        call: Call,
        *,
        channel_arn: str,
        member_arns: list[str],
        chime_bearer: str,
        type: str = "DEFAULT",
        sub_channel_id: str | None = None,
    ) -> dict[str, Any]:
        """Add several users and bots, or say for each why not."""
        subject = chime_bearer if set(member_arns) == {chime_bearer} else ""
        visit, channel = self._enter(call, chime_bearer, channel_arn, type, subject=subject)
        before = {*channel.memberships.entries}
        joined, errors = [], []
        for arn in dict.fromkeys(member_arns):
            try:
                self._join(visit, channel, arn, type, sub_channel_id, in_batch=not channel.is_elastic)
                joined.append(arn)
            except _OF_ONE_MEMBER as error:
                errors.append({"member_arn": arn, "error_code": error.code, "error_message": error.message})
        added = [arn for arn in joined if arn not in before]
        if added and not channel.is_elastic:
            batch = _batch(visit, channel, type, added)
            self.publish("BATCH_CREATE_CHANNEL_MEMBERSHIP", channel, batch, channel.member_arns)
        batch = _batch(visit, channel, type, joined) | {"sub_channel_id": sub_channel_id}
        return {"batch_channel_memberships": batch, "errors": errors}

    def _enter(
        self, call: Call, bearer: str, channel_arn: str, type: str, *, subject: str
    ) -> tuple[Visit, Channel]:
        visit, channel = self.enter(call, bearer, channel_arn, subject=subject)
        if type == "HIDDEN":
            self.require(visit, access.HIDDEN, channel)
            check_supported(channel, "HIDDEN memberships are")
        return visit, channel

    def _join(
        self,
        visit: Visit,
        channel: Channel,
        arn: str,
        type: str,
        sub_channel_id: str | None,
        *,
        in_batch: bool = False,
    ) -> SubChannel:
        """Add a member that the channel does not have yet. Return where it is."""
        if not visit.knows(arn):
            raise not_found(f"The app instance has no user or bot {arn}.")
        if arn in channel.bans:
            raise ForbiddenException(f"{arn} is banned from the channel.").because(BANNED)
        check_added(channel, arn, sub_channel_id)
        for part in parts_of(channel, sub_channel_id):
            if arn in part.memberships:
                self._check_repeated(part.memberships[arn], type)
                return part
        self._check_quotas(visit, channel, arn)
        part = self.place_for_new_member(visit.chat, channel, sub_channel_id)
        self.add_member(visit, part, arn, type, in_batch=in_batch)
        return part

    def _check_repeated(self, existing: Membership, type: str) -> None:
        if existing.type != type:
            message = f"{existing.member_arn} is already a member, of type {existing.type}."
            raise ConflictException(message).because(OTHER_TYPE)
        if self.world.rules[REPEATED.name] == "conflict":
            raise ConflictException(f"{existing.member_arn} is already a member.").because(REPEATED)

    def _check_quotas(self, visit: Visit, channel: Channel, arn: str) -> None:
        limits = self.world.limits
        self.check_quota(channel.memberships, limits.memberships_per_channel, "memberships of this channel")
        memberships = visit.chat.participation(arn).memberships
        self.check_quota(memberships, limits.memberships_per_user, "memberships of this user")

    def describe_channel_membership(
        self,
        call: Call,
        *,
        channel_arn: str,
        member_arn: str,
        chime_bearer: str,
        sub_channel_id: str | None = None,
    ) -> dict[str, Any]:
        """One membership in full."""
        _, channel = self.enter(call, chime_bearer, channel_arn)
        for part in parts_of(channel, sub_channel_id):
            if member_arn in part.memberships:
                membership = self.membership_in_full(part, part.memberships[member_arn])
                return {"channel_membership": membership}
        raise not_found(f"{member_arn} is not a member of the channel.")

    def list_channel_memberships(
        self,
        call: Call,
        *,
        channel_arn: str,
        chime_bearer: str,
        type: str = "DEFAULT",
        max_results: int = PAGE,
        next_token: str | None = None,
        sub_channel_id: str | None = None,
    ) -> dict[str, Any]:
        """A page of members of one type."""
        visit, channel = self._enter(call, chime_bearer, channel_arn, type, subject="")
        first, *others = places_of(channel, sub_channel_id)
        page = self.page(
            first.memberships,
            max_results,
            next_token,
            only=lambda membership: membership.type == type,
            also=[part.memberships for part in others],
        )
        return {
            "channel_arn": channel_arn,
            "channel_memberships": [{"member": visit.shown(item.member_arn)} for item in page.items],
            "next_token": page.next_token,
        }

    @DELETED
    @NOT_A_MEMBER
    def delete_channel_membership(
        self,
        call: Call,
        *,
        channel_arn: str,
        member_arn: str,
        chime_bearer: str,
        sub_channel_id: str | None = None,
    ) -> None:
        """Remove a member."""
        visit, channel = self.enter(call, chime_bearer, channel_arn, subject=member_arn)
        check_deleted(channel, member_arn, sub_channel_id)
        parts = [part for part in parts_of(channel, sub_channel_id) if member_arn in part.memberships]
        self.remove_member(visit.chat, member_arn, *parts)
        if not parts and self.world.rules[NOT_A_MEMBER.name] == "conflict":
            raise ConflictException(f"{member_arn} is not a member of the channel.").because(NOT_A_MEMBER)


def _batch(visit: Visit, channel: Channel, type: str, members: list[str]) -> dict[str, Any]:
    return {
        "invited_by": visit.shown(visit.bearer),
        "type": type,
        "members": [visit.shown(arn) for arn in members],
        "channel_arn": channel.channel_arn,
    }


_OF_ONE_MEMBER = (
    BadRequestException,
    ConflictException,
    ForbiddenException,
    NotFoundException,
    ResourceLimitExceededException,
)
"""What `_join` raises, which a batch reports for each member."""
