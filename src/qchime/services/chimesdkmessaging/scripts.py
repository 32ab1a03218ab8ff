"""What a function of a test author makes of a message, as the input of ChannelFlowCallback."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from inspect import signature
from typing import Any

from botocore.model import StructureShape

from qchime.restjson import Operation
from qchime.services.chimesdkmessaging.resources import Callback, SubChannel

RETURNS = (
    "A function of flows.script returns None, or a dict with the members ChannelMessage and DeleteResource "
    "of ChannelFlowCallback."
)

TAKES = "flows.script takes a function of the event, or of the event and a context, as Lambda functions are"


def function_of_event(function: Callable[..., Any]) -> Callable[[dict[str, Any]], Any]:
    """A function as one of the event alone: the context of the handler of a Lambda function is None.

    Raises:
        TypeError: it takes neither the event nor event and context.
    """
    if callable(function) and _takes(function, {}):
        return function
    if callable(function) and _takes(function, {}, None):
        return lambda event: function(event, None)
    raise TypeError(f"{TAKES}, not {function!r}")


def _takes(function: Callable[..., Any], *arguments: object) -> bool:
    try:
        signature(function).bind(*arguments)
    except TypeError:
        return False
    except ValueError:  # a function that is not written in Python may have no signature
        pass
    return True


def callback_input(operation: Operation, callback: Callback, part: SubChannel, answer: Any) -> dict[str, Any]:
    """The input of ChannelFlowCallback for what a function has returned.

    Raises:
        TypeError: the function has returned something else.
    """
    given = {} if answer is None else answer
    if not isinstance(given, Mapping) or not isinstance(given.get("ChannelMessage", {}), Mapping):
        raise TypeError(f"{RETURNS} It returned {answer!r}")
    place = {} if part.sub_channel_id is None else {"SubChannelId": part.sub_channel_id}
    message = {"MessageId": callback.message_id, **place, **given.get("ChannelMessage", {})}
    whole = {
        "CallbackId": callback.callback_id,
        "ChannelArn": part.channel_arn,
        **given,
        "ChannelMessage": message,
    }
    shape: Any = operation.model.input_shape
    problems = [*_unknown(shape, whole), *_unknown(shape.members["ChannelMessage"], message)]
    if problems := problems or operation.validate(whole):
        raise TypeError(f"{RETURNS} It returned {answer!r}: {'; '.join(problems)}")
    return whole


def _unknown(shape: StructureShape, members: dict[str, Any]) -> list[str]:
    return [f"{shape.name} has no member {name!r}" for name in members if name not in shape.members]
