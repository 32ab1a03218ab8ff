"""Streaming configurations: which events of an app instance Amazon Kinesis streams carry.

https://docs.aws.amazon.com/chime-sdk/latest/dg/streaming-export.html
"""

from __future__ import annotations

import re
from typing import Any

from qchime import compat
from qchime.core.backend import Call
from qchime.rules import inferred
from qchime.services.chimesdkmessaging.directory import ChannelDirectory
from qchime.services.chimesdkmessaging.exceptions import BadRequestException, NotFoundException, missing

Configurations = list[dict[str, str]]

PUT = inferred(
    "messaging.put-streams",
    "A Put replaces all streaming configurations. Two configurations of the same DataType raise a "
    "BadRequestException, and so does a ResourceArn that is not a Kinesis stream chime-messaging-… in the "
    "same account and region, or, under mock_aws, one that moto does not have.",
    sources=["https://docs.aws.amazon.com/chime-sdk/latest/dg/streaming-export.html"],
)

GET = inferred(
    "messaging.get-streams",
    "Getting the streaming configurations raises a NotFoundException, which the model declares, if the app "
    "instance is missing or has none, such as before a Put or after a Delete. A second Delete succeeds.",
)


class StreamingOperations(ChannelDirectory):
    """https://docs.aws.amazon.com/chime-sdk/latest/APIReference/API_messaging-chime_PutMessagingStreamingConfigurations.html"""

    @PUT
    def put_messaging_streaming_configurations(
        self, call: Call, *, app_instance_arn: str, streaming_configurations: Configurations
    ) -> dict[str, Any]:
        """Let streams carry the events from now on."""
        self._check_instance(app_instance_arn)
        self._check(streaming_configurations)
        chat = self.chat(app_instance_arn)
        chat.streams = streaming_configurations
        self.chats[app_instance_arn] = chat
        return {"streaming_configurations": chat.streams}

    @GET
    def get_messaging_streaming_configurations(self, call: Call, *, app_instance_arn: str) -> dict[str, Any]:
        """The streams that carry the events."""
        self._check_instance(app_instance_arn)
        streams = self.chat(app_instance_arn).streams
        if streams is None:
            message = "The app instance has no streaming configurations. Put some first."
            raise NotFoundException(message).because(GET)
        return {"streaming_configurations": streams}

    def delete_messaging_streaming_configurations(self, call: Call, *, app_instance_arn: str) -> None:
        """Let no streams carry the events."""
        if self.identities.existing(app_instance_arn) is None:
            raise missing("app instance", app_instance_arn)
        self.chat(app_instance_arn).streams = None

    def _check_instance(self, arn: str) -> None:
        if self.identities.existing(arn) is None:
            raise NotFoundException(f"There is no app instance {arn}.").because(GET)

    def _check(self, configurations: Configurations) -> None:
        types = [configuration["data_type"] for configuration in configurations]
        if len(set(types)) < len(types):
            raise BadRequestException("Two streaming configurations have the same DataType.").because(PUT)
        here = f"arn:{self.partition}:kinesis:{self.region_name}:{self.account_id}:stream/chime-messaging-"
        for arn in (configuration["resource_arn"] for configuration in configurations):
            if not re.fullmatch(rf"{re.escape(here)}[a-zA-Z0-9_.-]+", arn):
                raise BadRequestException(f"{arn} is not a stream whose ARN starts with {here}").because(PUT)
            if compat.moto_lacks_stream(arn):
                message = f"moto has no Kinesis stream {arn}. Create it with CreateStream first."
                raise BadRequestException(message).because(PUT)
