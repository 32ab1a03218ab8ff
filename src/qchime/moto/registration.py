"""Registers our services with moto, so that `mock_aws` and moto's server include them.

moto looks up a service's host in `moto.backend_index`, and imports `moto.<service>` for it. Both lead to us
once moto is imported. Nothing here imports moto, because this module is loaded into every test run.
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
    """Loads modules such as `moto.qapps`, which moto imports for a service's backends and their URLs."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return None  # the default: an ordinary module

    def exec_module(self, module: ModuleType) -> None:
        from qchime.moto.state import Backends

        setattr(module, f"{self._service.module}_backends", Backends(self._service))


class _Finder:
    """Finds the `moto.<service>` modules of our services."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        service = _service(fullname) if fullname.startswith("moto.") else None
        return None if service is None else ModuleSpec(fullname, cast("Loader", _ServiceLoader(service)))


_finder = _Finder()
_patches: tuple[Patch, ...] = ()
_applied: list[Patch] = []


def register(intercept: Callable[[], None] | None = None) -> None:
    """Register our services with moto, now or as soon as it is imported.

    Args:
        intercept: installs the interception of clients; called when `mock_aws` starts. Later calls may omit
            it to use the same again.
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
    """Undo all changes to moto. The decorators of this package keep working."""
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
    """The service of ours that a `moto.<service>` module is for, None for other modules."""
    from qchime.core.table import SERVICES

    name = module.removeprefix("moto.")
    if name not in SERVICES.modules:
        return None
    return next(service for service in SERVICES if service.module == name)


def _apply(patch: Patch, module: ModuleType) -> None:
    """Apply a patch; if moto is incompatible, only warn, because its users may not use qchime at all."""
    if _finder not in sys.meta_path or patch in _applied:
        return
    try:
        compat.check_module(patch.module)
    except compat.IncompatibleVersion as error:
        warnings.warn(f"mock_aws does not answer the services of qchime: {error}", stacklevel=2)
        return
    patch.apply(module)
    _applied.append(patch)
