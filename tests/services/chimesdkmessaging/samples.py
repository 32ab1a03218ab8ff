"""Inputs and helpers for the tests."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.services.chimesdkidentity.samples import NOBODYS_INSTANCE, NOBODYS_UUID

NOBODY = f"{NOBODYS_INSTANCE}/user/nobody"
NO_CHANNEL = f"{NOBODYS_INSTANCE}/channel/{NOBODYS_UUID}"
NO_ACCESS = "You do not have sufficient access to perform this action"
MESSAGE = {"Content": "Good morning", "Type": "STANDARD", "Persistence": "PERSISTENT"}
CONTROL = {"Type": "CONTROL", "Content": "typing"}
PASSING = {"Persistence": "NON_PERSISTENT"}
ELASTIC = {
    "MaximumSubChannels": 3,
    "TargetMembershipsPerSubChannel": 4,
    "MinimumMembershipPercentage": 40,
}
"""The configuration of an elastic channel: up to three sub-channels, each with two to four members."""
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:censor"


def processors(*fallbacks: str) -> list[dict[str, Any]]:
    """Processors of a channel flow with these fallback actions; one that aborts by default."""
    function = {"ResourceArn": FUNCTION, "InvocationType": "ASYNC"}
    return [
        {
            "Name": f"Processor {order}",
            "Configuration": {"Lambda": function},
            "ExecutionOrder": order,
            "FallbackAction": fallback,
        }
        for order, fallback in enumerate(fallbacks or ("ABORT",), 1)
    ]


def streams(arn: str, *data_types: str) -> dict[str, Any]:
    """Streaming configurations in the account and region of an ARN; one for messages by default."""
    partition, _, region, account = arn.split(":")[1:5]
    stream = f"arn:{partition}:kinesis:{region}:{account}:stream/chime-messaging-"
    configurations = [
        {"DataType": data_type, "ResourceArn": f"{stream}{data_type}"}
        for data_type in data_types or ("ChannelMessage",)
    ]
    return {"StreamingConfigurations": configurations}


def records(kinesis: Any, name: str) -> list[Any]:
    """What the stream of Kinesis for this data type carries."""
    stream = {"StreamName": f"chime-messaging-{name}"}
    [shard] = kinesis.list_shards(**stream)["Shards"]
    given = {**stream, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
    iterator = kinesis.get_shard_iterator(**given)["ShardIterator"]
    return [json.loads(found["Data"]) for found in kinesis.get_records(ShardIterator=iterator)["Records"]]


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

    def create_elastic(self, bearer: str = "", *, moderators: Sequence[str] = (), **changes: int) -> str:
        """Create an elastic channel as Alice, or as somebody else; returns its ARN."""
        configuration = {"ElasticChannelConfiguration": {**ELASTIC, **changes}}
        more = {"ModeratorArns": list(moderators)} if moderators else {}
        return self.create("Elastic", bearer, **configuration, **more)

    def parts(self, channel: str) -> dict[str, int]:
        """The numbers of members in the sub-channels of an elastic channel, by id, oldest first."""
        found = self.client.list_sub_channels(ChannelArn=channel, ChimeBearer=self.admin)["SubChannels"]
        return {part["SubChannelId"]: part["MembershipCount"] for part in found}

    def part_of(self, channel: str, member: str) -> str:
        """The id of the sub-channel of an elastic channel in which somebody is a member."""
        given = {"ChannelArn": channel, "MemberArn": member, "ChimeBearer": self.admin}
        return str(self.client.describe_channel_membership(**given)["ChannelMembership"]["SubChannelId"])

    def flow(self, channel: str = "", name: str = "Censor", *fallbacks: str) -> str:
        """Create a flow, and let the messages of a channel pass through it; returns its ARN."""
        given = {"AppInstanceArn": self.arn, "Name": name, "Processors": processors(*fallbacks)}
        flow = str(self.client.create_channel_flow(**given)["ChannelFlowArn"])
        if channel:
            here = {"ChannelArn": channel, "ChimeBearer": self.admin}
            self.client.associate_channel_flow(**here, ChannelFlowArn=flow)
        return flow

    def send(self, channel: str, content: str = "Good morning", bearer: str = "", **more: Any) -> str:
        """Send a persistent STANDARD message as Alice, or as somebody else; returns its id."""
        given = {"ChannelArn": channel, **MESSAGE, "Content": content, "ChimeBearer": bearer or self.alice}
        return str(self.client.send_channel_message(**given | more)["MessageId"])

    def contents(self, channel: str, bearer: str = "", **more: Any) -> list[str]:
        """The contents of the messages that Alice sees, or somebody else, the oldest first."""
        given = {"ChannelArn": channel, "ChimeBearer": bearer or self.alice, "SortOrder": "ASCENDING", **more}
        found = self.client.list_channel_messages(**given)["ChannelMessages"]
        return [message.get("Content", "") for message in found]

    def describe(self, channel: str, bearer: str = "") -> dict[str, Any]:
        """Describe a channel as the administrator, or as somebody else."""
        answer = self.client.describe_channel(ChannelArn=channel, ChimeBearer=bearer or self.admin)
        described: dict[str, Any] = answer["Channel"]
        return described

    def add(self, channel: str, *members: str, bearer: str = "", type: str = "DEFAULT", **more: str) -> None:
        """Add members to a channel as the administrator, or as somebody else."""
        for member in members:
            given = {"ChannelArn": channel, "MemberArn": member, "Type": type, **more}
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
