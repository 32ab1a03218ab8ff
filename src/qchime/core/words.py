"""Helpers for the attributes that services add to the handle (`qchime.core.service.Word`)."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

OPTIONAL = {"optional": True}
"""Metadata of a field that a state may lack, because it is newer than the first version of its record."""


def call_with(method: Callable[..., Any], given: Mapping[str, Any]) -> Any:
    """Call a method with the members of a JSON object as keywords, and return its result.

    Raises:
        TypeError: a member is missing or unknown; the message says "member" rather than "argument".
    """
    try:
        inspect.signature(method).bind(**given)
    except TypeError as error:
        raise TypeError(str(error).replace("argument", "member")) from None
    return method(**given)
