"""Decorates a class: each of its tests runs inside the mock, from its set-up to its last cleanup.

That holds for inherited tests too. unittest runs a test by calling it, which is wrapped here; under pytest,
our plugin starts the mocks of a class. Each method is wrapped as well, by moto's rules, for those who call it
directly: a set-up method starts with clean state and its data remains for the test; in a class without one,
each test starts and ends with clean state.
http://docs.getmoto.org/en/latest/docs/getting_started.html#class-decorator
"""

import functools
import inspect
import unittest
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from types import FunctionType
from typing import Any

from qchime.control.decorated import add_mock

SET_UP = ("setup_method", "setUp", "asyncSetUp", "setup")
FOR_EACH_METHOD = ("setup_method", "teardown_method")
Function = Callable[..., Any]
Wrap = Callable[..., Function]


def decorate_class(cls: type, wrap: Wrap, running: Callable[..., AbstractContextManager[None]]) -> type:
    """Run the tests of a class and of its nested classes inside a mock, and return the same class.

    `wrap` takes a function, whether to reset the state before it, and whether to remove the data after it, by
    default both; `running` takes the latter two, and runs the mock for the length of a `with` block. The data
    of a set-up method stays after a test: with a debugger, pytest calls `tearDown` that late.
    """
    _wrap_class(cls, wrap)
    add_mock(cls, functools.partial(running, remove_data=not _set_ups(cls)))
    return cls


def _wrap_class(cls: type, wrap: Wrap) -> None:
    _wrap_methods(cls, wrap)
    if issubclass(cls, unittest.TestCase):
        # Not `run`, which `mock_aws` wraps in turn if it decorates the same class.
        call = wrap(_own_or_next(cls, "__call__"), remove_data=not _set_ups(cls))
        setattr(cls, "__call__", call)  # noqa: B010
    for name, value in list(vars(cls).items()):
        if issubclass(type(value), type) and not name.startswith("_") and _is_defined_in(cls, name, value):
            _wrap_class(value, wrap)


def _wrap_methods(cls: type, wrap: Wrap) -> None:
    set_ups = _set_ups(cls)
    # Not `isinstance`, which takes `Mock(spec=function)` for a function.
    own_methods = [name for name, value in vars(cls).items() if type(value) is FunctionType]
    inherited = [] if issubclass(cls, unittest.TestCase) else set_ups
    for name in {*own_methods, *inherited}:
        if name.startswith("_"):
            continue
        is_whole_test = name.startswith(unittest.TestLoader.testMethodPrefix) and not set_ups
        cleans_first = is_whole_test or name in set_ups[:1]
        function = _own_or_next(cls, name)
        wrapped = wrap(function, cleans_first, is_whole_test)
        with suppress(AttributeError, TypeError):  # of a metaclass that protects the class, as moto
            setattr(cls, name, _as_pytest_calls(function, wrapped) if name in FOR_EACH_METHOD else wrapped)


def _set_ups(cls: type) -> list[str]:
    return [name for name in SET_UP if _is_defined_by_user(cls, name)]


def _own_or_next(cls: type, name: str) -> Function:
    """The class's own method, or one that calls the next class's: which that is depends on the subclass."""
    own: Function | None = vars(cls).get(name)
    if own is not None:
        return own

    @functools.wraps(getattr(cls, name))
    def following(self: Any, *args: Any, **kwargs: Any) -> Any:
        return getattr(super(cls, self), name)(*args, **kwargs)

    return following


def _as_pytest_calls(function: Function, wrapped: Function) -> Function:
    """A wrapper with as many parameters as the function: pytest passes the test to those that take two."""
    if len(inspect.signature(function).parameters) > 1:
        return functools.wraps(function)(lambda self, method: wrapped(self, method))
    return functools.wraps(function)(lambda self, *method: wrapped(self))


def _is_defined_in(cls: type, name: str, inner: type) -> bool:
    """Whether `inner` is a nested class of `cls`, and not merely an attribute: `repo_class = Repo`."""
    return (inner.__module__, inner.__qualname__) == (cls.__module__, f"{cls.__qualname__}.{name}")


def _is_defined_by_user(cls: type, name: str) -> bool:
    owner = next((base for base in cls.__mro__ if name in vars(base)), object)
    return owner not in (object, unittest.TestCase, unittest.IsolatedAsyncioTestCase)
