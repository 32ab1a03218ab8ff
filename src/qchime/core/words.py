"""Helpers for the attributes that services add to the handle (`qchime.core.service.Word`)."""

import inspect
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

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


def with_arguments_of(
    local: Callable[Concatenate[Any, Arguments], Any],
) -> Callable[[Callable[[Any, dict[str, Any]], Result]], Callable[Concatenate[Any, Arguments], Result]]:
    """Decorate a method of a client, so that it has the signature of the method that it calls on the server.

    It gets the arguments that a caller gives as members of a JSON object, for `call_with` on the server.
    """
    signature = inspect.signature(local)

    def decorate(
        send: Callable[[Any, dict[str, Any]], Result],
    ) -> Callable[Concatenate[Any, Arguments], Result]:
        @wraps(local)
        def method(self: Any, /, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
            _, *given = signature.bind(self, *args, **kwargs).arguments.items()
            return send(self, dict(given))

        return method

    return decorate
