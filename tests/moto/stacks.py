"""CloudFormation stacks, and what they contain."""

import copy
import json
from functools import cache
from typing import Any

import boto3

REGION = "us-east-1"


class Stacks:
    """One stack, and clients that inspect its resources."""

    def __init__(self, **endpoint: str) -> None:
        keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b", "region_name": REGION}
        self.cloudformation = _session().client("cloudformation", **keys, **endpoint)
        self.chime = _session().client("chime-sdk-identity", **keys, **endpoint)
        self.messaging = _session().client("chime-sdk-messaging", **keys, **endpoint)
        self.ssm = _session().client("ssm", **keys, **endpoint)

    def create(self, template: Any) -> dict[str, str]:
        """Create the stack; returns its outputs."""
        self.cloudformation.create_stack(StackName="chat", TemplateBody=as_text(template))
        return self.outputs()

    def update(self, template: Any) -> None:
        self.cloudformation.update_stack(StackName="chat", TemplateBody=as_text(template))

    def delete(self) -> None:
        self.cloudformation.delete_stack(StackName="chat")

    def outputs(self) -> dict[str, str]:
        [stack] = self.cloudformation.describe_stacks(StackName="chat")["Stacks"]
        assert stack["StackStatus"].endswith("_COMPLETE")
        return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}

    def instance(self, arn: str) -> dict[str, Any]:
        found: dict[str, Any] = self.chime.describe_app_instance(AppInstanceArn=arn)["AppInstance"]
        return found

    def bot(self, arn: str) -> dict[str, Any]:
        found: dict[str, Any] = self.chime.describe_app_instance_bot(AppInstanceBotArn=arn)["AppInstanceBot"]
        return found

    def user(self, arn: str) -> dict[str, Any]:
        response = self.chime.describe_app_instance_user(AppInstanceUserArn=arn)
        return dict(response["AppInstanceUser"])

    def channel(self, reference: str) -> dict[str, Any]:
        """The channel of a `Ref`."""
        arn, bearer = reference.split("|")
        found: dict[str, Any] = self.messaging.describe_channel(ChannelArn=arn, ChimeBearer=bearer)["Channel"]
        return found

    def flow(self, arn: str) -> dict[str, Any]:
        found: dict[str, Any] = self.messaging.describe_channel_flow(ChannelFlowArn=arn)["ChannelFlow"]
        return found

    def tags(self, arn: str) -> dict[str, str]:
        client = self.messaging if "/channel" in arn else self.chime
        tags = client.list_tags_for_resource(ResourceARN=arn)["Tags"]
        return {tag["Key"]: tag["Value"] for tag in tags}

    def names(self) -> list[str]:
        return [instance["Name"] for instance in self.chime.list_app_instances()["AppInstances"]]


@cache
def _session() -> boto3.Session:
    """A session for all tests, because reading botocore's models takes longer than most of them."""
    return boto3.Session()


def as_text(template: Any) -> str:
    return template if isinstance(template, str) else json.dumps(template)


def with_properties(template: Any, logical_id: str, **properties: Any) -> dict[str, Any]:
    """A template with other properties of a resource; None removes one."""
    changed: dict[str, Any] = copy.deepcopy(template)
    given = changed["Resources"][logical_id]["Properties"]
    for name, value in properties.items():
        if value is None:
            given.pop(name)
        else:
            given[name] = value
    return changed
