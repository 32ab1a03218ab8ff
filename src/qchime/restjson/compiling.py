"""Functions made once per shape of the model, instead of walks of the model per request."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar, cast

from botocore.model import Shape

Made = TypeVar("Made", bound=Callable[..., Any])


class PerShape(Generic[Made]):
    """Makes a function for a shape out of the functions for the shapes inside it.

    `makers` has one maker per type of the model (`structure`, `list`, `string`…), called with the
    shape and this object. Structures are made once; one that contains itself finds its own function
    when it is called.
    """

    def __init__(self, makers: dict[str, Callable[[Any, "PerShape[Made]"], Made]]) -> None:
        self._makers = makers
        self._structures: dict[str, Made] = {}

    def __call__(self, shape: Shape) -> Made:
        """The function for this shape."""
        if shape.type_name != "structure":
            return self._makers[shape.type_name](shape, self)
        name: str = shape.name
        if name not in self._structures:
            self._structures[name] = cast(Made, lambda *args: self._structures[name](*args))
            self._structures[name] = self._makers["structure"](shape, self)
        return self._structures[name]
