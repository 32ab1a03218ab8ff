"""The sizes of messages, in bytes of UTF-8."""

from __future__ import annotations

from typing import Any

from qchime.rules import inferred
from qchime.services.chimesdkmessaging.exceptions import BadRequestException
from qchime.services.chimesdkmessaging.resources import Message

LARGEST_CONTENT = {"STANDARD": 4096, "CONTROL": 30}
LARGEST_METADATA = 1024
LARGEST_ATTRIBUTES = 1024
"""Names and values together.

https://docs.aws.amazon.com/chime-sdk/latest/dg/msg-types.html
https://docs.aws.amazon.com/chime-sdk/latest/dg/filter-msgs.html
"""

SIZES = inferred(
    "messaging.message-size",
    "The size of Content, Metadata and MessageAttributes is measured in bytes of UTF-8. A message that is "
    "too large raises a BadRequestException, whose text was observed for a STANDARD message.",
    sources=["https://docs.aws.amazon.com/chime-sdk/latest/dg/msg-types.html"],
)

CONTROL_METADATA = inferred(
    "messaging.metadata-of-control-message",
    "A CONTROL message with Metadata, which AWS does not support, raises a BadRequestException; empty "
    "Metadata is accepted.",
    sources=["https://docs.aws.amazon.com/chime-sdk/latest/dg/msg-types.html"],
)


def check_sizes(message: Message) -> None:
    """Check the content, metadata and attributes of a message.

    Raises:
        BadRequestException: the message is too large, or a CONTROL message has metadata.
    """
    if message.type == "CONTROL" and message.metadata:
        raise BadRequestException("A CONTROL message cannot have Metadata.").because(CONTROL_METADATA)
    _check("Content", [message.content], LARGEST_CONTENT[message.type])
    _check("Metadata", [message.metadata], LARGEST_METADATA)
    _check("MessageAttributes", _texts(message.message_attributes or {}), LARGEST_ATTRIBUTES)


def _texts(attributes: dict[str, Any]) -> list[str]:
    values = [text for value in attributes.values() for text in value.get("string_values") or ()]
    return [*attributes, *values]


def _check(what: str, texts: list[str | None] | list[str], largest: int) -> None:
    size = sum(len((text or "").encode(errors="surrogatepass")) for text in texts)
    if size > largest:
        raise BadRequestException(
            f"Channel Messages size limit exceeded ({what} has {size} bytes of UTF-8; {largest} are allowed)"
        ).because(SIZES)
