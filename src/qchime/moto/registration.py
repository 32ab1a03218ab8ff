"""Our services as services of moto: `mock_aws` covers them, and so does moto's server.

moto finds a service by its host in `moto.backend_index` and imports `moto.<service>` for it. Both are
answered from here once moto is imported, and not before: this module is loaded into every test run.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING, cast

from qchime import compat
from qchime.control.neighbourhood import neighbourhood
from qchime.core.importing import when_imported
from qchime.moto.neighbour import Moto
from qchime.moto.patches import Patch, patches

if TYPE_CHECKING:
    from importlib.abc import Loader

    from qchime.core.service import Service


class _ServiceLoader:
    """`moto.qapps` and the like, which moto imports for a service's backends and their urls."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return None  # an ordinary one

    def exec_module(self, module: ModuleType) -> None:
        from qchime.moto.state import Backends

        setattr(module, f"{self._service.module}_backends", Backends(self._service))


class _Finder:
    """Finds the modules that we bring along."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        service = _service(fullname) if fullname.startswith("moto.") else None
        return None if service is None else ModuleSpec(fullname, cast("Loader", _ServiceLoader(service)))


_finder = _Finder()
_patches: tuple[Patch, ...] = ()
_applied: list[Patch] = []


def register(intercept: Callable[[], None] | None = None) -> None:
    """Make our services part of moto, now or as soon as it is imported.

    Args:
        intercept: sees that requests of clients made earlier are caught; called when `mock_aws` begins. What
            was given once holds for later times.
    """
    global _patches
    if _finder in sys.meta_path:
        return
    neighbourhood.neighbour = Moto()
    sys.meta_path.insert(0, _finder)
    if intercept is not None:
        _patches = patches(intercept)
    for patch in _patches:
        when_imported(patch.module, partial(_apply, patch))


def unregister() -> None:
    """Leave moto as it was. The decorators of this package go on working."""
    if _finder not in sys.meta_path:
        return
    sys.meta_path.remove(_finder)
    for patch in reversed(_applied):
        patch.undo(sys.modules[patch.module])
    _applied.clear()
    for name in [name for name in list(sys.modules) if name.startswith("moto.") and _service(name)]:
        del sys.modules[name]
        delattr(sys.modules["moto"], name.removeprefix("moto."))


def _service(module: str) -> Service | None:
    """The service that a module of moto's would be about, if it is one of ours."""
    from qchime.core.table import SERVICES

    name = module.removeprefix("moto.")
    if name not in SERVICES.modules:
        return None
    return next(service for service in SERVICES if service.module == name)


def _apply(patch: Patch, module: ModuleType) -> None:
    """Make a change, or leave alone a moto that we do not fit: its other users know nothing of us."""
    if _finder not in sys.meta_path or patch in _applied:
        return
    try:
        compat.check_module(patch.module)
    except compat.IncompatibleVersion as error:
        warnings.warn(f"mock_aws will not answer the services of qchime: {error}", stacklevel=2)
        return
    patch.apply(module)
    _applied.append(patch)
