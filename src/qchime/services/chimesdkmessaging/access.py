"""Who may do what: one table, as in AWS's page "Authorization by role".

https://docs.aws.amazon.com/chime-sdk/latest/dg/auth-by-role.html
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Flag, auto
from typing import NamedTuple

from qchime.restjson import python_name
from qchime.rules import Rule, disputed, inferred, observed
from qchime.world import Rules


class Role(Flag):
    """What a bearer is in an app instance and in a channel. Roles add up."""

    BEARER = auto()
    """Any user or bot of the app instance."""
    ADMIN = auto()
    MODERATOR = auto()
    MEMBER = auto()
    SPEAKER = auto()
    """A member that is not HIDDEN."""
    HOST = auto()
    """A member of an UNRESTRICTED channel."""
    VISITOR = auto()
    """Not a member of the channel, which is PUBLIC."""
    PASSER_BY = auto()
    """Not a member of the sub-channel; its channel is PUBLIC."""


class Row(NamedTuple):
    """The roles that may perform an operation on what is the bearer's own, and on what is others'."""

    own: Role
    others: Role


NOBODY = Role(0)
EVERYBODY = Role.BEARER
STAFF = Role.ADMIN | Role.MODERATOR
INSIDE = STAFF | Role.MEMBER
PUBLIC = INSIDE | Role.VISITOR
"""Everybody if the channel is PUBLIC."""

SELF_JOIN = disputed(
    "messaging.self-join",
    "Every user can join a PUBLIC channel, even a RESTRICTED one. AWS's page about roles denies that, its "
    "page about concepts allows it, and programs rely on it.",
    sources=[
        "https://docs.aws.amazon.com/chime-sdk/latest/dg/auth-by-role.html",
        "https://docs.aws.amazon.com/chime-sdk/latest/dg/messaging-concepts.html",
        "https://github.com/aws-samples/amazon-ivs-chime-messaging-ugc-demo",
    ],
    choices=["allowed", "denied"],
)

REMOVE_OTHERS = disputed(
    "messaging.remove-others",
    "Members that are not moderators can remove only themselves. AWS's page about roles allows members to "
    "delete memberships, without saying whose; its own chat application offers that to moderators only.",
    sources=[
        "https://docs.aws.amazon.com/chime-sdk/latest/dg/auth-by-role.html",
        "https://github.com/aws-samples/amazon-chime-sdk/tree/main/apps/chat",
    ],
    choices=["moderators", "members"],
)

DESCRIBE_PRIVATE = observed(
    "messaging.describe-private-channel",
    "Members and moderators can describe a PRIVATE channel, although AWS's page about roles says that they "
    "can describe only public ones.",
    sources=["https://github.com/aws-samples/amazon-chime-sdk/tree/main/apps/chat"],
)

DELETE_MESSAGE = disputed(
    "messaging.delete-message",
    "Only an administrator of the app instance can delete a message. One row of AWS's page about roles "
    "denies it to moderators, another one allows it.",
    sources=["https://docs.aws.amazon.com/chime-sdk/latest/dg/auth-by-role.html"],
    choices=["administrators", "moderators"],
)

EXPIRATION_BY = inferred(
    "messaging.expiration-settings-roles",
    "The same roles can put the expiration settings of a channel as can update it: administrators and "
    "moderators.",
)

OWN_LISTS = disputed(
    "messaging.own-lists",
    "Users and bots can list and describe only their own memberships and moderated channels; administrators "
    "can list and describe anybody's. Two rows of AWS's page about roles allow those of others.",
    sources=["https://docs.aws.amazon.com/chime-sdk/latest/dg/auth-by-role.html"],
)

READERS = inferred(
    "messaging.readers-of-sub-channels",
    "The members of a sub-channel, moderators and administrators can read its messages. Other users cannot, "
    "even if the channel is PUBLIC.",
    sources=["https://docs.aws.amazon.com/chime-sdk/latest/dg/elastic-channels.html"],
    choices=["members", "everybody"],
)


def _row(own: Role, others: Role | None = None) -> Row:
    return Row(own, own if others is None else others)


_TABLE: Mapping[str, Row] = {
    "CreateChannel": _row(EVERYBODY),
    "DescribeChannel": _row(PUBLIC),
    "UpdateChannel": _row(STAFF),
    "DeleteChannel": _row(STAFF),
    "ListChannels": _row(EVERYBODY),
    "SearchChannels": _row(EVERYBODY),
    "PutChannelExpirationSettings": _row(STAFF),
    "AssociateChannelFlow": _row(STAFF),
    "DisassociateChannelFlow": _row(STAFF),
    "ListSubChannels": _row(STAFF),
    "CreateChannelMembership": _row(own=PUBLIC, others=STAFF | Role.HOST),
    "BatchCreateChannelMembership": _row(own=PUBLIC, others=STAFF | Role.HOST),
    "DescribeChannelMembership": _row(PUBLIC),
    "ListChannelMemberships": _row(PUBLIC),
    "DeleteChannelMembership": _row(own=INSIDE, others=STAFF),
    "CreateChannelModerator": _row(STAFF),
    "DescribeChannelModerator": _row(STAFF),
    "ListChannelModerators": _row(STAFF),
    "DeleteChannelModerator": _row(STAFF),
    "CreateChannelBan": _row(STAFF),
    "DescribeChannelBan": _row(STAFF),
    "ListChannelBans": _row(STAFF),
    "DeleteChannelBan": _row(STAFF),
    "SendChannelMessage": _row(Role.SPEAKER),
    "GetChannelMessage": _row(PUBLIC),
    "ListChannelMessages": _row(PUBLIC),
    "UpdateChannelMessage": _row(own=INSIDE, others=NOBODY),
    "RedactChannelMessage": _row(own=INSIDE, others=STAFF),
    "DeleteChannelMessage": _row(Role.ADMIN),
    "GetChannelMessageStatus": _row(own=EVERYBODY, others=NOBODY),
    "UpdateChannelReadMarker": _row(Role.MEMBER),
    "GetChannelMembershipPreferences": _row(own=Role.MEMBER, others=NOBODY),
    "PutChannelMembershipPreferences": _row(own=Role.MEMBER, others=NOBODY),
    "ListChannelMembershipsForAppInstanceUser": _row(own=EVERYBODY, others=Role.ADMIN),
    "DescribeChannelMembershipForAppInstanceUser": _row(own=EVERYBODY, others=Role.ADMIN),
    "ListChannelsModeratedByAppInstanceUser": _row(own=EVERYBODY, others=Role.ADMIN),
    "DescribeChannelModeratedByAppInstanceUser": _row(own=EVERYBODY, others=Role.ADMIN),
}

ACCESS = {python_name(operation): row for operation, row in _TABLE.items()}
"""The rows by the method of the operation."""

HIDDEN = STAFF
"""Who may create and list HIDDEN memberships, beside what the table says."""

PRIVATE_CHANNELS = Role.ADMIN
"""Who may list the PRIVATE channels of an app instance."""

TURNED: Mapping[tuple[Rule, str], Mapping[str, Row]] = {
    (SELF_JOIN, "denied"): {
        "create_channel_membership": _row(own=INSIDE, others=STAFF | Role.HOST),
        "batch_create_channel_membership": _row(own=INSIDE, others=STAFF | Role.HOST),
    },
    (REMOVE_OTHERS, "members"): {"delete_channel_membership": _row(INSIDE)},
    (DELETE_MESSAGE, "moderators"): {"delete_channel_message": _row(STAFF)},
    (READERS, "everybody"): {
        "get_channel_message": _row(PUBLIC | Role.PASSER_BY),
        "list_channel_messages": _row(PUBLIC | Role.PASSER_BY),
    },
}
"""The rows that replace others if a test author turns a rule."""


def roles_for(operation: str, rules: Rules, *, own: bool) -> Role:
    """The roles that may perform an operation on what is the bearer's own, or on what is others'."""
    row = ACCESS[operation]
    for (rule, choice), rows in TURNED.items():
        if operation in rows and rules[rule.name] == choice:
            row = rows[operation]
    return row.own if own else row.others
