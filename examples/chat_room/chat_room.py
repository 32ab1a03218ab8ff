"""The back end of a chat room on the Amazon Chime SDK.

People sign up and join channels. Moderators remove messages and ban people. A channel flow censors messages
before others see them: see `censor.py`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

if TYPE_CHECKING:
    from mypy_boto3_chime_sdk_identity import ChimeSDKIdentityClient
    from mypy_boto3_chime_sdk_messaging import ChimeSDKMessagingClient
    from mypy_boto3_chime_sdk_messaging.type_defs import (
        ChannelMessageSummaryTypeDef,
        ListChannelMessagesRequestTypeDef,
        ProcessorTypeDef,
    )
    from mypy_boto3_sts import STSClient

BROWSER_ACTIONS = [
    "chime:Connect",
    "chime:CreateChannelBan",
    "chime:ListChannelMessages",
    "chime:RedactChannelMessage",
    "chime:SendChannelMessage",
]


class Banned(Exception):
    """The moderators have banned this person from the channel."""


@dataclass(frozen=True)
class Line:
    """A line of a channel's history."""

    id: str
    at: datetime
    speaker: str
    text: str | None
    """None if a moderator has removed it."""


class ChatRoom:
    """An app instance, and its administrator, in whose name the back end acts."""

    def __init__(
        self, identity: ChimeSDKIdentityClient, messaging: ChimeSDKMessagingClient, app_instance_arn: str
    ) -> None:
        self.arn = app_instance_arn
        self.admin = f"{app_instance_arn}/user/back-end"
        self._identity = identity
        self._messaging = messaging

    @classmethod
    def create(
        cls, identity: ChimeSDKIdentityClient, messaging: ChimeSDKMessagingClient, name: str
    ) -> ChatRoom:
        """Create a chat room; a company runs this once."""
        room = cls(
            identity,
            messaging,
            identity.create_app_instance(Name=name, ClientRequestToken=str(uuid4()))["AppInstanceArn"],
        )
        room.sign_up("back-end", "Back end")
        identity.create_app_instance_admin(AppInstanceArn=room.arn, AppInstanceAdminArn=room.admin)
        return room

    def sign_up(self, user_id: str, name: str) -> str:
        """Make sure that somebody can chat, under this name. Returns the user's ARN."""
        user = f"{self.arn}/user/{user_id}"
        try:
            self._identity.create_app_instance_user(
                AppInstanceArn=self.arn, AppInstanceUserId=user_id, Name=name, ClientRequestToken=str(uuid4())
            )
        except self._identity.exceptions.ConflictException:
            self._identity.update_app_instance_user(AppInstanceUserArn=user, Name=name, Metadata="")
        return user

    def open_channel(self, channel_id: str, name: str, moderators: list[str]) -> str:
        """Make sure that a channel exists and has these moderators. Returns its ARN."""
        channel = f"{self.arn}/channel/{channel_id}"
        with suppress(self._messaging.exceptions.ConflictException):  # it exists
            self._messaging.create_channel(
                AppInstanceArn=self.arn,
                ChannelId=channel_id,
                Name=name,
                Mode="RESTRICTED",
                Privacy="PRIVATE",
                ChimeBearer=self.admin,
                ClientRequestToken=str(uuid4()),
            )
        for moderator in moderators:
            self.join(channel, moderator)
            with suppress(self._messaging.exceptions.ConflictException):  # a moderator already
                self._messaging.create_channel_moderator(
                    ChannelArn=channel, ChannelModeratorArn=moderator, ChimeBearer=self.admin
                )
        return channel

    def join(self, channel: str, user: str) -> None:
        """Make sure that somebody is a member of a channel.

        Raises:
            Banned: the moderators have banned the person.
        """
        try:
            self._messaging.create_channel_membership(
                ChannelArn=channel, MemberArn=user, Type="DEFAULT", ChimeBearer=self.admin
            )
        except self._messaging.exceptions.ConflictException:
            pass  # a member already
        except self._messaging.exceptions.ForbiddenException as error:
            raise Banned(user) from error

    def say(self, channel: str, user: str, text: str) -> str:
        """Send a message. Returns its id; others may not see the message yet."""
        sent = self._messaging.send_channel_message(
            ChannelArn=channel,
            Content=text,
            Type="STANDARD",
            Persistence="PERSISTENT",
            ChimeBearer=user,
            ClientRequestToken=str(uuid4()),
        )
        return sent["MessageId"]

    def history(self, channel: str, reader: str, since: datetime | None = None) -> Iterator[Line]:
        """What was said, as the reader sees it, the oldest line first.

        The reader's own messages are missing until the censor has seen them.
        """
        request: ListChannelMessagesRequestTypeDef = {
            "ChannelArn": channel,
            "SortOrder": "ASCENDING",
            "ChimeBearer": reader,
        }
        if since is not None:
            request["NotBefore"] = since
        while True:
            page = self._messaging.list_channel_messages(**request)
            yield from (_line(message) for message in page["ChannelMessages"] if _is_sent(message))
            if "NextToken" not in page:
                return
            request["NextToken"] = page["NextToken"]

    def remove(self, channel: str, message_id: str, moderator: str) -> None:
        """Remove the text of a message, for everybody."""
        self._messaging.redact_channel_message(
            ChannelArn=channel, MessageId=message_id, ChimeBearer=moderator
        )

    def ban(self, channel: str, user: str, moderator: str) -> None:
        """Remove somebody from a channel until `pardon`."""
        with suppress(self._messaging.exceptions.ConflictException):  # banned already
            self._messaging.create_channel_ban(ChannelArn=channel, MemberArn=user, ChimeBearer=moderator)

    def pardon(self, channel: str, user: str, moderator: str) -> None:
        """Let somebody join a channel again."""
        self._messaging.delete_channel_ban(ChannelArn=channel, MemberArn=user, ChimeBearer=moderator)

    def censor(self, channel: str, function_arn: str) -> None:
        """Send the messages of a channel to a Lambda function first, such as `censor.handler`."""
        self._messaging.associate_channel_flow(
            ChannelArn=channel, ChannelFlowArn=self._flow(function_arn), ChimeBearer=self.admin
        )

    def credentials(self, sts: STSClient, role_arn: str, user: str) -> dict[str, str]:
        """Credentials that let a browser chat for an hour, in this person's name only."""
        assumed = sts.assume_role(
            RoleArn=role_arn, RoleSessionName="chat", Policy=json.dumps(self._policy(user))
        )["Credentials"]
        return {
            "accessKeyId": assumed["AccessKeyId"],
            "secretAccessKey": assumed["SecretAccessKey"],
            "sessionToken": assumed["SessionToken"],
            "expiration": assumed["Expiration"].isoformat(),
        }

    def _policy(self, user: str) -> dict[str, Any]:
        allowed = {"Effect": "Allow", "Action": BROWSER_ACTIONS, "Resource": [user, f"{self.arn}/channel/*"]}
        endpoint = {"Effect": "Allow", "Action": "chime:GetMessagingSessionEndpoint", "Resource": "*"}
        return {"Version": "2012-10-17", "Statement": [allowed, endpoint]}

    def _flow(self, function_arn: str) -> str:
        """The channel flow of this room, the only one that it has."""
        found = self._messaging.list_channel_flows(AppInstanceArn=self.arn)["ChannelFlows"]
        if found:
            return found[0]["ChannelFlowArn"]
        processor: ProcessorTypeDef = {
            "Name": "Censor",
            "Configuration": {"Lambda": {"ResourceArn": function_arn, "InvocationType": "ASYNC"}},
            "ExecutionOrder": 1,
            "FallbackAction": "ABORT",
        }
        return self._messaging.create_channel_flow(
            AppInstanceArn=self.arn, Name="Censor", Processors=[processor], ClientRequestToken=str(uuid4())
        )["ChannelFlowArn"]


def _is_sent(message: ChannelMessageSummaryTypeDef) -> bool:
    return message["Status"]["Value"] == "SENT"


def _line(message: ChannelMessageSummaryTypeDef) -> Line:
    text = None if message["Redacted"] else message["Content"]
    return Line(message["MessageId"], message["CreatedTimestamp"], message["Sender"]["Name"], text)
