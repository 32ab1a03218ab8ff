"""A decorated class: every method of it runs inside the mock, by moto's rules for set-up methods.

Where the class has a set-up method, that starts with clean state and leaves it to the test; else each
test starts and ends clean. http://docs.getmoto.org/en/latest/docs/getting_started.html#class-decorator
"""

import functools
import inspect
import unittest
from collections.abc import Callable
from types import FunctionType
from typing import Any

SET_UP = ("setup_method", "setUp", "asyncSetUp", "setup")
FOR_EACH_METHOD = ("setup_method", "teardown_method")
Wrap = Callable[..., Any]


def decorate_class(cls: type, wrap: Wrap) -> type:
    """Wrap the methods of a class and of the classes inside it; returns the same class."""
    set_ups = [name for name in SET_UP if _is_defined_by_user(cls, name)]
    own_methods = [name for name, value in vars(cls).items() if isinstance(value, FunctionType)]
    for name in {*own_methods, *set_ups}:
        if name.startswith("_"):
            continue
        is_whole_test = name.startswith(unittest.TestLoader.testMethodPrefix) and not set_ups
        cleans_first = is_whole_test or name in set_ups[:1]
        function = getattr(cls, name)
        wrapped = wrap(function, cleans_first, is_whole_test)
        setattr(cls, name, _as_pytest_calls(function, wrapped) if name in FOR_EACH_METHOD else wrapped)
    for name, value in list(vars(cls).items()):
        if inspect.isclass(value) and not name.startswith("_") and _is_defined_in(cls, name, value):
            decorate_class(value, wrap)
    return cls


def _as_pytest_calls(function: Wrap, wrapped: Wrap) -> Wrap:
    """The same with as many parameters as the author wrote: pytest counts them, and gives the test to two."""
    if len(inspect.signature(function).parameters) > 1:
        return functools.wraps(function)(lambda self, method: wrapped(self, method))
    return functools.wraps(function)(lambda self, *method: wrapped(self))


def _is_defined_in(cls: type, name: str, inner: type) -> bool:
    """Whether a class stands inside another, rather than being an attribute of it: `repo_class = Repo`."""
    return (inner.__module__, inner.__qualname__) == (cls.__module__, f"{cls.__qualname__}.{name}")


def _is_defined_by_user(cls: type, name: str) -> bool:
    owner = next((base for base in cls.__mro__ if name in vars(base)), object)
    return owner not in (object, unittest.TestCase, unittest.IsolatedAsyncioTestCase)
