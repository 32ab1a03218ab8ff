"""Functions of other libraries that are replaced, once per process.

Each replacement asks whether a mock is running, and calls the original if none is, so nothing has to be
restored. It is the last before the network: whatever other libraries or test authors put in front of it, at
any time, is called first, and may be removed in any order.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from inspect import isfunction
from types import ModuleType
from typing import Any

from qchime.compat import imported
from qchime.core.importing import when_imported

Function = Callable[..., Any]
Wrap = Callable[[Function], Function]


class Gate:
    """A function that is replaced by what `wrap` makes of the original."""

    def __init__(self, module: str, owner: str, name: str, wrap: Wrap) -> None:
        self.module = module
        self.owner = owner
        self.name = name
        self._wrap = wrap
        self._replacement: Function | None = None
        self._beneath: set[Any] = set()
        """The classes whose own function is replaced, so that other replacements are in front of ours."""

    def install(self) -> None:
        """Replace the function, if its module is imported."""
        if (module := imported(self.module)) is not None:
            self.install_in(module)

    def install_in(self, module: ModuleType) -> None:
        """Replace the function, if the module has it, and nothing of ours is in place."""
        owner = getattr(module, self.owner)
        current = owner.__dict__.get(self.name)
        if current is None:
            return
        is_their_own = getattr(current, "__globals__", None) is vars(module)
        if current is self._replacement or (owner in self._beneath and not is_their_own):
            return
        self._replacement = functools.wraps(current)(self._wrap(_unbound(current)))
        if is_their_own:
            self._beneath.add(owner)
        setattr(owner, self.name, self._replacement)


def install_when_imported(gates: tuple[Gate, ...]) -> None:
    """Install each gate now, or as soon as its module is imported."""
    for gate in gates:
        when_imported(gate.module, gate.install_in)


def _unbound(current: Any) -> Function:
    """A function that takes the instance first, of whatever a class has as an attribute, such as a Mock."""
    if isfunction(current):
        return current
    if not hasattr(type(current), "__get__"):
        return lambda instance, *args, **kwargs: current(*args, **kwargs)
    return lambda instance, *args, **kwargs: current.__get__(instance, type(instance))(*args, **kwargs)
