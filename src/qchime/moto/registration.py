"""Both services as services of moto: `mock_aws` covers them, and so does moto's server.

moto finds a service by its host in `moto.backend_index` and imports `moto.<service>` for it. Both are
answered from here once moto is imported, and not before: this module is loaded into every test run.
"""

from __future__ import annotations

import importlib.util
import sys
import warnings
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

from qchime import compat
from qchime.core.service import SERVICES, Service
from qchime.moto.patches import JOINS, Join


class _JoinLoader(Loader):
    """Loads a module of moto's as it is, then makes our change in it."""

    def __init__(self, original: Loader, join: Join) -> None:
        self._original = original
        self._join = join

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._original.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._original.exec_module(module)
        module.__loader__ = self._original
        if module.__spec__ is not None:
            module.__spec__.loader = self._original
        _enter(self._join, module)


class _ServiceLoader(Loader):
    """`moto.qapps` and `moto.chimesdkidentity`, which moto imports for their urls."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def exec_module(self, module: ModuleType) -> None:
        from qchime.moto.urls import Urls

        setattr(module, f"{self._service.module}_backends", {"global": Urls(self._service)})


class _Finder(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        for service in SERVICES:
            if fullname == f"moto.{service.module}":
                return ModuleSpec(fullname, _ServiceLoader(service))
        for join in JOINS:
            if fullname == join.module:
                return self._joined(join)
        return None

    def _joined(self, join: Join) -> ModuleSpec | None:
        sys.meta_path.remove(self)
        try:
            spec = importlib.util.find_spec(join.module)
        finally:
            sys.meta_path.insert(0, self)
        if spec is not None and spec.loader is not None:
            spec.loader = _JoinLoader(spec.loader, join)
        return spec


_finder = _Finder()
_entered: list[Join] = []


def register() -> None:
    """Make both services part of moto, now or as soon as it is imported."""
    if _finder in sys.meta_path:
        return
    sys.meta_path.insert(0, _finder)
    for join in JOINS:
        if module := sys.modules.get(join.module):
            _enter(join, module)


def unregister() -> None:
    """Leave moto as it was. The decorators of this package go on working."""
    if _finder not in sys.meta_path:
        return
    sys.meta_path.remove(_finder)
    for join in JOINS:
        if join in _entered and (module := sys.modules.get(join.module)):
            _entered.remove(join)
            join.leave(module)
    for service in SERVICES:
        if sys.modules.pop(f"moto.{service.module}", None):
            delattr(sys.modules["moto"], service.module)


def _enter(join: Join, module: ModuleType) -> None:
    """Make a change, or leave alone a moto that we do not fit: its other users know nothing of us."""
    try:
        compat.check_module(join.module)
    except compat.ContractBroken as error:
        warnings.warn(f"mock_aws will not know Q Apps and Chime SDK Identity: {error}", stacklevel=2)
        return
    join.enter(module)
    _entered.append(join)
