"""Calls back once a module is imported."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from importlib.abc import Loader
    from importlib.machinery import ModuleSpec

Callback = Callable[[ModuleType], None]


def when_imported(name: str, callback: Callback) -> None:
    """Call `callback` with a module: now if it is already imported, else right after its import."""
    if sys.modules.get(name) is not None:  # None stands for a module that must not be imported
        callback(import_module(name))  # waits for another thread that is importing it
    else:
        _finder.callbacks.setdefault(name, []).append(callback)
        if _finder not in sys.meta_path:
            sys.meta_path.insert(0, _finder)


class _Finder:
    """Finds a module with the other finders, and wraps its loader so that callbacks run after loading."""

    def __init__(self) -> None:
        self.callbacks: dict[str, list[Callback]] = {}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname not in self.callbacks:
            return None
        finders = list(sys.meta_path)  # those before this one have been asked
        after = finders[finders.index(self) + 1 :] if self in finders else finders
        others = [finder for finder in after if hasattr(finder, "find_spec")]
        found = (finder.find_spec(fullname, path, target) for finder in others)
        spec = next((spec for spec in found if spec is not None), None)
        if spec is not None and spec.loader is not None:
            spec.loader = cast("Loader", _Loader(spec.loader, self.callbacks))
        return spec


class _Loader:
    """Loads a module with its own loader, then runs the callbacks.

    It has no base class: importing `importlib.abc` takes longer than everything else that qchime imports in
    each test run.
    """

    def __init__(self, original: Loader, callbacks: dict[str, list[Callback]]) -> None:
        self._original = original
        self._callbacks = callbacks

    def __getattr__(self, name: str) -> Any:
        """What else the loader has, for those who look for a module without importing it."""
        if name == "_original":  # of a copy that is being made
            raise AttributeError(name)
        return getattr(self._original, name)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._original.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._original.exec_module(module)
        module.__loader__ = self._original
        if module.__spec__ is not None:
            module.__spec__.loader = self._original
        for callback in self._callbacks.pop(module.__name__, ()):
            callback(module)


_finder = _Finder()
