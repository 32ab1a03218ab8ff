"""Tags of channels."""

from typing import Any

import boto3
import pytest

from qchime import Handle, Server
from tests.services.chimesdkidentity.samples import call, tags
from tests.services.chimesdkmessaging.samples import NO_ACCESS, Chat


def listed(client: Any, arn: str) -> Any:
    return client.list_tags_for_resource(ResourceARN=arn)["Tags"]


def test_tags_are_added_overwritten_and_removed(client: Any, channel: str) -> None:
    assert listed(client, channel) == []
    client.tag_resource(ResourceARN=channel, Tags=tags(team="blue", stage="test"))
    client.tag_resource(ResourceARN=channel, Tags=tags(team="red", size="big"))
    client.untag_resource(ResourceARN=channel, TagKeys=["stage", "unknown"])
    assert listed(client, channel) == tags(team="red", size="big")


def test_an_update_of_the_channel_keeps_its_tags(client: Any, chat: Chat) -> None:
    """Observed."""
    channel = chat.create(Tags=tags(team="blue"))
    client.update_channel(ChannelArn=channel, Name="Renamed", ChimeBearer=chat.alice)
    assert listed(client, channel) == tags(team="blue")


def test_a_missing_channel_is_forbidden(client: Any, chat: Chat) -> None:
    for arn in (f"{chat.arn}/channel/nothing", chat.alice, chat.arn):
        for operation, more in (
            ("TagResource", {"Tags": tags(a="b")}),
            ("UntagResource", {"TagKeys": ["a"]}),
            ("ListTagsForResource", {}),
        ):
            with pytest.raises(client.exceptions.ForbiddenException, match=NO_ACCESS):
                call(client, operation, ResourceARN=arn, **more)


def test_more_tags_than_the_limit_are_refused(client: Any, chat: Chat, channel: str, qchime: Handle) -> None:
    qchime.limits.tags_per_resource = 1
    with pytest.raises(client.exceptions.ResourceLimitExceededException, match="1 tags"):
        client.tag_resource(ResourceARN=channel, Tags=tags(a="b", c="d"))
    with pytest.raises(client.exceptions.ResourceLimitExceededException, match="1 tags"):
        chat.create(Tags=tags(a="b", c="d"))
    assert listed(client, channel) == []
    assert chat.channels() == [channel]


def test_on_one_host_the_arn_says_whose_tags_they_are(
    chat: Chat, channel: str, identity: Any, qchime_server: Server
) -> None:
    """Both services have the signing name `chime` and the path `/tags`."""
    keys: Any = {"aws_access_key_id": "a", "aws_secret_access_key": "b", "region_name": "us-east-1"}
    for name in ("chime-sdk-messaging", "chime-sdk-identity"):
        client = boto3.client(name, endpoint_url=qchime_server.url, **keys)
        client.tag_resource(ResourceARN=channel, Tags=tags(by=name))
        client.tag_resource(ResourceARN=chat.alice, Tags=tags(by=name))
        assert listed(client, channel) == listed(client, chat.alice) == tags(by=name)
