"""Who may do what: every operation, in every role."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore import xform_name
from botocore.exceptions import ClientError

from qchime import Handle
from qchime.rules import Rule
from qchime.services.chimesdkmessaging import SERVICE, access
from qchime.services.chimesdkmessaging.access import Role
from tests.services.chimesdkmessaging.samples import MESSAGE, NO_ACCESS, Chat

ROLES = ("admin", "moderator", "member", "host", "hidden", "visitor", "stranger")
"""`host` is a member of an UNRESTRICTED channel, `hidden` a HIDDEN member, `visitor` not a member of a PUBLIC
channel, and `stranger` not a member of a PRIVATE one. Moderator and administrator are not members."""


TABLE = """
                                    admin  moderator  member  host  hidden  visitor  stranger
    create a channel                yes    yes        yes     yes   yes     yes      yes
    describe                        yes    yes        yes     yes   yes     yes      no
    update                          yes    yes        no      no    no      no       no
    delete                          yes    yes        no      no    no      no       no
    put expiration settings         yes    yes        no      no    no      no       no
    list channels                   yes    yes        yes     yes   yes     yes      yes
    list private channels           yes    no         no      no    no      no       no
    add others                      yes    yes        no      yes   no      no       no
    add oneself                     yes    yes        yes     yes   yes     yes      no
    add hidden others               yes    yes        no      no    no      no       no
    add others in a batch           yes    yes        no      yes   no      no       no
    add oneself in a batch          yes    yes        yes     yes   yes     yes      no
    describe a membership           yes    yes        yes     yes   yes     yes      no
    list memberships                yes    yes        yes     yes   yes     yes      no
    list hidden memberships         yes    yes        no      no    no      no       no
    remove others                   yes    yes        no      no    no      no       no
    remove oneself                  yes    yes        yes     yes   yes     no       no
    create a moderator              yes    yes        no      no    no      no       no
    describe a moderator            yes    yes        no      no    no      no       no
    list moderators                 yes    yes        no      no    no      no       no
    delete a moderator              yes    yes        no      no    no      no       no
    send                            no     no         yes     yes   no      no       no
    get a message                   yes    yes        yes     yes   yes     yes      no
    list messages                   yes    yes        yes     yes   yes     yes      no
    update a message of others      no     no         no      no    no      no       no
    redact a message of others      yes    yes        no      no    no      no       no
    delete a message of others      yes    no         no      no    no      no       no
    get a status of others          no     no         no      no    no      no       no
    associate a flow                yes    yes        no      no    no      no       no
    disassociate a flow             yes    yes        no      no    no      no       no
    ban                             yes    yes        no      no    no      no       no
    describe a ban                  yes    yes        no      no    no      no       no
    list bans                       yes    yes        no      no    no      no       no
    delete a ban                    yes    yes        no      no    no      no       no
    mark as read                    no     no         yes     yes   yes     no       no
    get own preferences             no     no         yes     yes   yes     no       no
    get others' preferences         no     no         no      no    no      no       no
    put own preferences             no     no         yes     yes   yes     no       no
    put others' preferences         no     no         no      no    no      no       no
    list own memberships            yes    yes        yes     yes   yes     yes      yes
    list others' memberships        yes    no         no      no    no      no       no
    describe others' membership     yes    no         no      no    no      no       no
    list own moderated channels     yes    yes        yes     yes   yes     yes      yes
    list others' moderated channels yes    no         no      no    no      no       no
    describe others' moderation     yes    no         no      no    no      no       no
    search                          yes    yes        yes     yes   yes     yes      yes
    list sub-channels               yes    yes        no      no    no      no       no
"""


Case = tuple[str, Callable[[Chat, str, str], dict[str, Any]]]
"""An operation, and its input besides channel and bearer, from the chat, the channel and the bearer."""

CASES: dict[str, Case] = {
    "create a channel": ("CreateChannel", lambda chat, *_: {"AppInstanceArn": chat.arn, "Name": "Another"}),
    "describe": ("DescribeChannel", lambda *_: {}),
    "update": ("UpdateChannel", lambda *_: {"Name": "Renamed"}),
    "delete": ("DeleteChannel", lambda *_: {}),
    "put expiration settings": ("PutChannelExpirationSettings", lambda *_: {}),
    "list channels": ("ListChannels", lambda chat, *_: {"AppInstanceArn": chat.arn}),
    "list private channels": (
        "ListChannels",
        lambda chat, *_: {"AppInstanceArn": chat.arn, "Privacy": "PRIVATE"},
    ),
    "add others": ("CreateChannelMembership", lambda chat, *_: {"MemberArn": chat.eve, "Type": "DEFAULT"}),
    "add oneself": ("CreateChannelMembership", lambda _, __, me: {"MemberArn": me, "Type": "DEFAULT"}),
    "add hidden others": (
        "CreateChannelMembership",
        lambda chat, *_: {"MemberArn": chat.eve, "Type": "HIDDEN"},
    ),
    "add others in a batch": (
        "BatchCreateChannelMembership",
        lambda chat, _, me: {"MemberArns": [chat.eve, me]},
    ),
    "add oneself in a batch": ("BatchCreateChannelMembership", lambda _, __, me: {"MemberArns": [me]}),
    "describe a membership": ("DescribeChannelMembership", lambda chat, *_: {"MemberArn": chat.alice}),
    "list memberships": ("ListChannelMemberships", lambda *_: {}),
    "list hidden memberships": ("ListChannelMemberships", lambda *_: {"Type": "HIDDEN"}),
    "remove others": ("DeleteChannelMembership", lambda chat, *_: {"MemberArn": chat.alice}),
    "remove oneself": ("DeleteChannelMembership", lambda _, __, me: {"MemberArn": me}),
    "create a moderator": ("CreateChannelModerator", lambda chat, *_: {"ChannelModeratorArn": chat.eve}),
    "describe a moderator": (
        "DescribeChannelModerator",
        lambda chat, *_: {"ChannelModeratorArn": chat.alice},
    ),
    "list moderators": ("ListChannelModerators", lambda *_: {}),
    "delete a moderator": ("DeleteChannelModerator", lambda chat, *_: {"ChannelModeratorArn": chat.alice}),
    "ban": ("CreateChannelBan", lambda chat, *_: {"MemberArn": chat.eve}),
    "describe a ban": ("DescribeChannelBan", lambda chat, *_: {"MemberArn": chat.eve}),
    "list bans": ("ListChannelBans", lambda *_: {}),
    "delete a ban": ("DeleteChannelBan", lambda chat, *_: {"MemberArn": chat.eve}),
    "send": ("SendChannelMessage", lambda *_: MESSAGE),
    "get a message": ("GetChannelMessage", lambda chat, channel, _: {"MessageId": chat.send(channel)}),
    "list messages": ("ListChannelMessages", lambda *_: {}),
    "update a message of others": (
        "UpdateChannelMessage",
        lambda chat, channel, _: {"MessageId": chat.send(channel), "Content": "Good evening"},
    ),
    "redact a message of others": (
        "RedactChannelMessage",
        lambda chat, channel, _: {"MessageId": chat.send(channel)},
    ),
    "delete a message of others": (
        "DeleteChannelMessage",
        lambda chat, channel, _: {"MessageId": chat.send(channel)},
    ),
    "get a status of others": (
        "GetChannelMessageStatus",
        lambda chat, channel, _: {"MessageId": chat.send(channel)},
    ),
    "associate a flow": ("AssociateChannelFlow", lambda chat, *_: {"ChannelFlowArn": chat.flow()}),
    "disassociate a flow": (
        "DisassociateChannelFlow",
        lambda chat, channel, _: {"ChannelFlowArn": chat.flow(channel)},
    ),
    "mark as read": ("UpdateChannelReadMarker", lambda *_: {}),
    "get own preferences": ("GetChannelMembershipPreferences", lambda _, __, me: {"MemberArn": me}),
    "get others' preferences": (
        "GetChannelMembershipPreferences",
        lambda chat, *_: {"MemberArn": chat.alice},
    ),
    "put own preferences": (
        "PutChannelMembershipPreferences",
        lambda _, __, me: {"MemberArn": me, "Preferences": {}},
    ),
    "put others' preferences": (
        "PutChannelMembershipPreferences",
        lambda chat, *_: {"MemberArn": chat.alice, "Preferences": {}},
    ),
    "list own memberships": ("ListChannelMembershipsForAppInstanceUser", lambda *_: {}),
    "list others' memberships": (
        "ListChannelMembershipsForAppInstanceUser",
        lambda chat, *_: {"AppInstanceUserArn": chat.alice},
    ),
    "describe others' membership": (
        "DescribeChannelMembershipForAppInstanceUser",
        lambda chat, *_: {"AppInstanceUserArn": chat.alice},
    ),
    "list own moderated channels": ("ListChannelsModeratedByAppInstanceUser", lambda *_: {}),
    "list others' moderated channels": (
        "ListChannelsModeratedByAppInstanceUser",
        lambda chat, *_: {"AppInstanceUserArn": chat.alice},
    ),
    "describe others' moderation": (
        "DescribeChannelModeratedByAppInstanceUser",
        lambda chat, *_: {"AppInstanceUserArn": chat.alice},
    ),
    "list sub-channels": ("ListSubChannels", lambda *_: {}),
    "search": (
        "SearchChannels",
        lambda chat, *_: {"Fields": [{"Key": "MEMBERS", "Operator": "INCLUDES", "Values": [chat.alice]}]},
    ),
}


def rows() -> dict[str, list[str]]:
    """What the table says, by case."""
    heading, *lines = TABLE.strip().splitlines()
    assert heading.split() == list(ROLES)
    found = {}
    for line in lines:
        words = line.split()
        found[" ".join(words[: -len(ROLES)])] = words[-len(ROLES) :]
    return found


EXPECTED = [
    pytest.param(case, role, said == "yes", id=f"{case}, {role}")
    for case, words in rows().items()
    for role, said in zip(ROLES, words, strict=True)
]


@pytest.fixture
def bearer(client: Any, chat: Chat, request: pytest.FixtureRequest) -> tuple[str, str]:
    """A channel of Alice's, and somebody in the role."""
    role = request.param
    privacy = "PUBLIC" if role == "visitor" else "PRIVATE"
    mode = "UNRESTRICTED" if role == "host" else "RESTRICTED"
    channel = chat.create(Privacy=privacy, Mode=mode)
    if role in ("member", "host", "hidden"):
        chat.add(channel, chat.bob, type="HIDDEN" if role == "hidden" else "DEFAULT")
    if role == "moderator":
        given = {"ChannelArn": channel, "ChannelModeratorArn": chat.bob, "ChimeBearer": chat.admin}
        client.create_channel_moderator(**given)
    return channel, chat.admin if role == "admin" else chat.bob


def refusal(client: Any, operation: str, given: dict[str, Any]) -> str:
    """The message of a ForbiddenException; empty if the call succeeds, or fails for another reason."""
    try:
        getattr(client, xform_name(operation))(**given)
    except ClientError as error:
        details = error.response["Error"]
        return details["Message"] if details["Code"] == "ForbiddenException" else ""
    return ""


@pytest.mark.rule("messaging.refused")
@pytest.mark.rule("messaging.describe-private-channel")
@pytest.mark.rule("messaging.expiration-settings-roles")
@pytest.mark.rule("messaging.own-lists")
@pytest.mark.parametrize(("case", "bearer", "allowed"), EXPECTED, indirect=["bearer"])
def test_an_operation_is_allowed_or_forbidden(
    client: Any, chat: Chat, case: str, bearer: tuple[str, str], allowed: bool
) -> None:
    channel, somebody = bearer
    operation, make = CASES[case]
    members = client.meta.service_model.operation_model(operation).input_shape.members
    given = {"ChannelArn": channel, "ChimeBearer": somebody, **make(chat, channel, somebody)}
    refused = refusal(client, operation, {name: given[name] for name in given if name in members})
    if allowed:
        assert refused == ""
    else:
        assert refused.startswith(NO_ACCESS)
        assert "lacks the role" in refused


def test_every_operation_with_a_bearer_is_in_the_table(client: Any) -> None:
    model = client.meta.service_model
    walked = {operation for operation, _ in CASES.values()}
    for name in filter(SERVICE.supports, model.operation_names):
        assert (name in walked) == ("ChimeBearer" in model.operation_model(name).input_shape.members), name


@pytest.mark.rule("messaging.delete-message")
@pytest.mark.parametrize("turned", access.TURNED, ids=lambda turned: f"{turned[0].name}={turned[1]}")
def test_a_turned_rule_changes_who_may_do_what(qchime: Handle, turned: tuple[Rule, str]) -> None:
    rule, choice = turned
    rules: Any = qchime.rules

    def roles() -> list[Role]:
        return [
            access.roles_for(operation, rules, own=own)
            for operation in access.TURNED[turned]
            for own in (True, False)
        ]

    before = roles()
    qchime.rules[rule.name] = choice
    assert roles() != before
    del qchime.rules[rule.name]
    assert roles() == before
