"""The decorators, which are also context managers and have `start()` and `stop()`."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cache, partial
from typing import TYPE_CHECKING, Generic, TypeVar, cast, overload

from qchime.core.table import SERVICES
from qchime.mocking import processes, replaced  # noqa: F401  # for what happens before a start
from qchime.mocking.first_use import handle, lifecycle
from qchime.mocking.functions import Inside, decorate_function

if TYPE_CHECKING:
    import typing_extensions

    from qchime import Handle
    from qchime.control.handle import Handle as AnyHandle
    from qchime.core.service import Service

    HandleType = typing_extensions.TypeVar("HandleType", bound=AnyHandle, default=Handle)
else:
    HandleType = TypeVar("HandleType")

Decorated = TypeVar("Decorated", bound=Callable[..., object])


class Mock(Generic[HandleType]):
    """A mock of one service in this process.

    It decorates functions, async functions, generator fixtures and classes, and is a context manager, sync
    and async. `start()` and `stop()` do the same by hand. Mocks nest, among themselves and with `mock_aws`.

    Packages that add attributes to the handle annotate their mocks with the type of that handle.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self._starts: list[None] = []
        """One item for each start without a stop; threads may append and pop at the same time."""

    def __reduce__(self) -> tuple[MockOf[HandleType], tuple[()]]:
        """Pickle as a mock that is not started, for another process."""
        return cast("MockOf[HandleType]", decorators()[f"mock_{self._service.module}"]), ()

    def start(self, reset: bool = True) -> HandleType:
        """Start the mock, and return its handle.

        With `reset=False` the outermost mock keeps the state that an earlier one left behind.

        Raises:
            IncompatibleVersion: moto, botocore or aiobotocore lacks something that qchime uses.
        """
        lifecycle().begin(self._service, reset)
        self._starts.append(None)
        return cast("HandleType", handle())

    def stop(self, remove_data: bool = True) -> None:
        """Stop the mock. With `remove_data=False` the outermost mock leaves its state behind.

        Raises:
            RuntimeError: this mock has not been started.
        """
        try:
            self._starts.pop()
        except IndexError:
            raise RuntimeError("stop() was called before start(). Call start() first.") from None
        lifecycle().end(self._service, remove_data)

    def __enter__(self) -> HandleType:
        return self.start()

    def __exit__(self, *exc_info: object) -> None:
        self.stop()

    async def __aenter__(self) -> HandleType:
        return self.start()

    async def __aexit__(self, *exc_info: object) -> None:
        self.stop()

    def __call__(self, target: Decorated) -> Decorated:
        """Decorate a function or a generator function (a fixture), sync or async, or a class.

        Raises:
            TypeError: the target is already a fixture, or neither a function nor a class.
        """
        if inspect.isclass(target):
            from qchime.mocking.classes import decorate_class  # imports unittest, which few need

            return decorate_class(target, self._wrap, partial(Inside, self._service))  # type: ignore[return-value]
        if type(target).__name__ == "FixtureFunctionDefinition":
            raise TypeError("The mock decorates a fixture. Put its decorator below @pytest.fixture.")
        if not callable(target) and not isinstance(target, classmethod):
            raise TypeError(f"A mock decorates functions and classes, not {target!r}.")
        return self._wrap(target)

    def _wrap(self, function: Decorated, reset: bool = True, remove_data: bool = True) -> Decorated:
        inside = Inside(self._service, reset, remove_data)
        return cast("Decorated", decorate_function(function, inside))


class MockOf(Generic[HandleType]):
    """The decorator of one service: `@mock_qapps`, `@mock_qapps()` or `with mock_qapps() as mock:`."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self.__module__ = "qchime"
        self.__name__: str = f"mock_{service.module}"
        self.__qualname__: str = self.__name__
        self.__doc__ = f"Mock {service.title} in this process, as a decorator or a context manager."

    @overload
    def __call__(self, target: Decorated) -> Decorated: ...

    @overload
    def __call__(self, target: None = None) -> Mock[HandleType]: ...

    def __call__(self, target: Decorated | None = None) -> Decorated | Mock[HandleType]:
        """Decorate the target; without one, return a mock to start, enter or decorate with."""
        mock: Mock[HandleType] = Mock(self._service)
        return mock if target is None else mock(target)

    def __reduce__(self) -> str:
        """Pickle as a global name."""
        return self.__name__

    def __repr__(self) -> str:
        return f"<function {self.__name__}>"


@cache
def decorators() -> dict[str, MockOf]:
    """The decorators of all installed services, by name, such as `mock_qapps`."""
    return {f"mock_{service.module}": MockOf(service) for service in SERVICES}
