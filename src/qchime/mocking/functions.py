"""Decorates a function: its body runs inside the mock, whenever that is.

The body of a coroutine function or a generator function runs after the call. A plain function may hide one,
as wrappers do, so what a call returns is examined too.
"""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import AsyncIterator, Callable, Generator
from contextlib import aclosing, asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any

from qchime.mocking.first_use import lifecycle

if TYPE_CHECKING:
    from qchime.core.service import Service

Function = Callable[..., Any]


class Inside:
    """Runs a `with` block inside a mock of a service.

    If the mock is the outermost, `reset` clears the state before the block, and `remove_data` after it.
    """

    def __init__(self, service: Service, reset: bool = True, remove_data: bool = True) -> None:
        self.service = service
        self.reset = reset
        self.remove_data = remove_data

    def __enter__(self) -> None:
        lifecycle().begin(self.service, self.reset)

    def __exit__(self, *exc_info: object) -> None:
        lifecycle().end(self.service, self.remove_data)


def decorate_function(function: Function, inside: Inside) -> Function:
    """Wrap a function of any kind in one of the same kind, whose body runs inside the mock."""
    if isinstance(function, staticmethod | classmethod):
        return type(function)(decorate_function(function.__func__, inside))
    if (code := getattr(function, "__code__", None)) in _CONTEXT_MANAGERS:
        return _CONTEXT_MANAGERS[code](decorate_function(vars(function)["__wrapped__"], inside))
    wrap = next((wrap for is_kind, _, wrap in _KINDS if is_kind(function)), _plain_function)
    return functools.wraps(function)(wrap(function, inside))


def _coroutine_function(function: Function, inside: Inside) -> Function:
    async def wrapper(*args: Any, **kwargs: Any) -> Any:
        with inside:
            return await function(*args, **kwargs)

    return wrapper


def _generator_function(function: Function, inside: Inside) -> Function:
    def wrapper(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        with inside:
            return (yield from function(*args, **kwargs))

    return wrapper


def _async_generator_function(function: Function, inside: Inside) -> Function:
    async def wrapper(*args: Any, **kwargs: Any) -> AsyncIterator[Any]:
        with inside:
            async with aclosing(function(*args, **kwargs)) as items:
                step = items.asend(None)
                while True:  # asynchronous generators have no `yield from`
                    try:
                        item = await step
                    except StopAsyncIteration:
                        return
                    try:
                        sent = yield item
                    except GeneratorExit:
                        raise
                    except BaseException as error:
                        step = items.athrow(error)
                    else:
                        step = items.asend(sent)

    return wrapper


def _plain_function(function: Function, inside: Inside) -> Function:
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        finish = None
        lifecycle().begin(inside.service, inside.reset)
        try:
            result = function(*args, **kwargs)
            finish = _finisher(result)
            if finish is None:
                return result
            return finish(Inside(inside.service, reset=False, remove_data=inside.remove_data))
        finally:
            lifecycle().end(inside.service, inside.remove_data and finish is None)

    return wrapper


def _finisher(result: Any) -> Callable[[Inside], Any] | None:
    """What runs, inside the mock, the rest of what a plain function has begun; None if it is finished."""
    if any(isinstance(result, sys.modules[name].Future) for name in _WITH_FUTURES if name in sys.modules):
        return lambda inside: _until_done(result, inside)
    if isinstance(result, _CONTEXTS):
        return lambda inside: _entered_inside(result, inside)
    for _, is_result, wrap in _KINDS:
        if is_result(result):
            return lambda inside: wrap(lambda: result, inside)()
    return None


def _until_done(future: Any, inside: Inside) -> Any:
    """Let the mock run until a future is done: an event loop or a thread runs it, awaited or not."""
    inside.__enter__()
    future.add_done_callback(lambda _: inside.__exit__())
    return future


def _entered_inside(context: Any, inside: Inside) -> Any:
    """Let the mock run while somebody is in a `with` block whose body is a generator."""
    finish = _finisher(context.gen)
    if finish is not None:
        context.gen = finish(inside)
    return context


_KINDS: tuple[tuple[Callable[[Any], bool], Callable[[Any], bool], Callable[..., Function]], ...] = (
    (inspect.iscoroutinefunction, inspect.isawaitable, _coroutine_function),
    (inspect.isasyncgenfunction, inspect.isasyncgen, _async_generator_function),
    (inspect.isgeneratorfunction, inspect.isgenerator, _generator_function),
)
"""How to recognise functions whose body runs later, and what they return, and how to wrap them."""

_WITH_FUTURES = ("asyncio", "concurrent.futures")

_CONTEXT_MANAGERS: dict[Any, Callable[[Function], Function]] = {
    factory(lambda: None).__code__: factory  # type: ignore[arg-type, return-value]
    for factory in (contextmanager, asynccontextmanager)
}
"""Decorators of generator functions, by the code of the functions that they make."""
_CONTEXTS = tuple(type(factory(lambda: None)()) for factory in _CONTEXT_MANAGERS.values())
