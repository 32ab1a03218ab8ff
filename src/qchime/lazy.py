"""`cached_property` without a lock, which that of `functools` has before Python 3.12.

A child that is forked while another thread computes a value would wait for that lock forever.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

__all__ = ["cached_property"]

if sys.version_info >= (3, 12):
    from functools import cached_property
else:
    Value = TypeVar("Value")

    class cached_property(Generic[Value]):  # named as the function that it replaces
        """A property that is computed on first use; by two threads at a time, it may be computed twice."""

        def __init__(self, compute: Callable[[Any], Value]) -> None:
            self._compute = compute
            self.__doc__ = compute.__doc__

        def __set_name__(self, owner: type, name: str) -> None:
            self._name = name

        @overload
        def __get__(self, instance: None, owner: type) -> cached_property[Value]: ...

        @overload
        def __get__(self, instance: object, owner: type) -> Value: ...

        def __get__(self, instance: object | None, owner: type) -> cached_property[Value] | Value:
            if instance is None:
                return self
            value: Value = instance.__dict__.setdefault(self._name, self._compute(instance))
            return value
