"""What words of the handle have in common, whoever brings them."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

OPTIONAL = {"optional": True}
"""Metadata of a field that a state may lack: one that came later than the first version of its record."""


def call_with(method: Callable[..., Any], given: Mapping[str, Any]) -> Any:
    """What a method returns for the members of a JSON object.

    Raises:
        TypeError: a member is missing, or the method does not take it; the message names it as a member.
    """
    try:
        inspect.signature(method).bind(**given)
    except TypeError as error:
        raise TypeError(str(error).replace("argument", "member")) from None
    return method(**given)
