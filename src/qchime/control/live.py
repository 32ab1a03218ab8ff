"""A proxy for a part of the world, which remains valid after a reset or a load."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar, cast

Part = TypeVar("Part")


class Live:
    """Forwards to a part of the world. It looks up the part each time, since a load or reset replaces it."""

    __slots__ = ("_find",)

    def __init__(self, find: Callable[[], Any]) -> None:
        object.__setattr__(self, "_find", find)

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        """The class of the part, for `isinstance`."""
        return type(self._find())

    def __getattr__(self, name: str) -> Any:
        return getattr(self._find(), name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the part, if it is a function."""
        return self._find()(*args, **kwargs)

    def __eq__(self, other: object) -> bool:
        part = self._find()
        return part is (other._find() if type(other) is Live else other)

    def __hash__(self) -> int:
        return id(self._find())

    def __reduce__(self) -> Any:
        return Live, (self._find,)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._find(), name, value)

    def __delattr__(self, name: str) -> None:
        delattr(self._find(), name)

    def __getitem__(self, key: Any) -> Any:
        return self._find()[key]

    def __setitem__(self, key: Any, value: Any) -> None:
        self._find()[key] = value

    def __delitem__(self, key: Any) -> None:
        del self._find()[key]

    def __contains__(self, item: object) -> bool:
        return item in self._find()

    def __dir__(self) -> list[str]:
        return dir(self._find())

    def __repr__(self) -> str:
        return repr(self._find())

    def __iter__(self) -> Iterator[Any]:
        return iter(self._find())

    def __len__(self) -> int:
        return len(self._find())

    def __bool__(self) -> bool:
        return True


def live(find: Callable[[], Part]) -> Part:
    """A proxy for the part that a function finds, of the part's type."""
    return cast("Part", Live(find))
