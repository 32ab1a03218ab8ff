"""The Lambda function of the chat room's channel flow, which masks rude words.

https://docs.aws.amazon.com/chime-sdk/latest/dg/processor-setup.html
"""

import re
from typing import Any

import boto3

RUDE = re.compile(r"\b(?:blast|darn|heck)\b", re.IGNORECASE)
ADVERTISEMENT = re.compile(r"https?://", re.IGNORECASE)


def handler(event: dict[str, Any], context: object) -> None:
    """Mask the rude words of a message, and deny one that has a link."""
    message = event["ChannelMessage"]
    boto3.client("chime-sdk-messaging").channel_flow_callback(
        CallbackId=event["CallbackId"],
        ChannelArn=message["ChannelArn"],
        DeleteResource=ADVERTISEMENT.search(message["Content"]) is not None,
        ChannelMessage={"MessageId": message["MessageId"], "Content": clean(message["Content"])},
    )


def clean(text: str) -> str:
    """The text with an asterisk for each letter of a rude word."""
    return RUDE.sub(lambda word: "*" * len(word[0]), text)
