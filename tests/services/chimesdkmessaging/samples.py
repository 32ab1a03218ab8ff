"""Inputs and helpers for the tests."""

from dataclasses import dataclass
from typing import Any

from tests.services.chimesdkidentity.samples import NOBODYS_INSTANCE, NOBODYS_UUID

NOBODY = f"{NOBODYS_INSTANCE}/user/nobody"
NO_CHANNEL = f"{NOBODYS_INSTANCE}/channel/{NOBODYS_UUID}"
NO_ACCESS = "You do not have sufficient access to perform this action"


@dataclass
class Chat:
    """An app instance with users, and a client that calls in their names."""

    client: Any
    arn: str
    bot: str

    def __getattr__(self, name: str) -> str:
        """The ARN of the user with this id: `chat.alice`."""
        if name.startswith("_"):
            raise AttributeError(name)
        return f"{self.arn}/user/{name}"

    def create(self, name: str = "General", bearer: str = "", **more: Any) -> str:
        """Create a channel as Alice, or as somebody else; returns its ARN."""
        given = {"AppInstanceArn": self.arn, "Name": name, "ChimeBearer": bearer or self.alice, **more}
        return str(self.client.create_channel(**given)["ChannelArn"])

    def describe(self, channel: str, bearer: str = "") -> dict[str, Any]:
        """Describe a channel as the administrator, or as somebody else."""
        answer = self.client.describe_channel(ChannelArn=channel, ChimeBearer=bearer or self.admin)
        described: dict[str, Any] = answer["Channel"]
        return described

    def add(self, channel: str, *members: str, bearer: str = "", type: str = "DEFAULT") -> None:
        """Add members to a channel as the administrator, or as somebody else."""
        for member in members:
            given = {"ChannelArn": channel, "MemberArn": member, "Type": type}
            self.client.create_channel_membership(**given, ChimeBearer=bearer or self.admin)

    def members(self, channel: str, **more: Any) -> list[str]:
        """The ARNs of the members of a channel."""
        given = {"ChannelArn": channel, "ChimeBearer": self.admin, **more}
        found = self.client.list_channel_memberships(**given)["ChannelMemberships"]
        return [membership["Member"]["Arn"] for membership in found]

    def moderators(self, channel: str) -> list[str]:
        """The ARNs of the moderators of a channel."""
        found = self.client.list_channel_moderators(ChannelArn=channel, ChimeBearer=self.admin)
        return [moderator["Moderator"]["Arn"] for moderator in found["ChannelModerators"]]

    def channels(self, **more: Any) -> list[str]:
        """The ARNs of the channels of the app instance: the PUBLIC ones, unless told otherwise."""
        found = self.client.list_channels(AppInstanceArn=self.arn, ChimeBearer=self.admin, **more)
        return [channel["ChannelArn"] for channel in found["Channels"]]
