"""Both services as services of moto: `mock_aws` covers them, and so does moto's server.

moto finds a service by its host in `moto.backend_index` and imports `moto.<service>` for it. Both are
answered from here once moto is imported, and not before: this module is loaded into every test run.
"""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from qchime import links
from qchime.service import QAPPS, SERVICES, Service

INDEX = "moto.backend_index"


class _IndexLoader(Loader):
    """Loads moto's index of hosts as it is, then puts ours into it."""

    def __init__(self, original: Loader) -> None:
        self._original = original

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._original.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._original.exec_module(module)
        module.__loader__ = self._original
        if module.__spec__ is not None:
            module.__spec__.loader = self._original
        _add_patterns(module)


class _ServiceLoader(Loader):
    """`moto.qapps` and `moto.chimesdkidentity`, which moto imports for their urls."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def exec_module(self, module: ModuleType) -> None:
        from qchime.moto_urls import Urls

        setattr(module, f"{self._service.module}_backends", {"global": Urls(self._service)})


class _Finder(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        for service in SERVICES:
            if fullname == f"moto.{service.module}":
                return ModuleSpec(fullname, _ServiceLoader(service))
        if fullname == INDEX:
            return self._index()
        return None

    def _index(self) -> ModuleSpec | None:
        sys.meta_path.remove(self)
        try:
            spec = importlib.util.find_spec(INDEX)
        finally:
            sys.meta_path.insert(0, self)
        if spec is not None and spec.loader is not None:
            spec.loader = _IndexLoader(spec.loader)
        return spec


_finder = _Finder()


def register() -> None:
    """Make both services part of moto, now or as soon as it is imported."""
    if _finder in sys.meta_path:
        return
    sys.meta_path.insert(0, _finder)
    if index := sys.modules.get(INDEX):
        _add_patterns(index)


def unregister() -> None:
    """Leave moto as it was. The decorators of this package go on working."""
    if _finder not in sys.meta_path:
        return
    sys.meta_path.remove(_finder)
    if index := sys.modules.get(INDEX):
        ours = _patterns()
        index.backend_url_patterns[:] = [entry for entry in index.backend_url_patterns if entry not in ours]
    for service in SERVICES:
        if sys.modules.pop(f"moto.{service.module}", None):
            delattr(sys.modules["moto"], service.module)


def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    """AWS's hosts, those that moto's server guesses from the signing name, and the one of links to files."""
    patterns = [(QAPPS.module, links.HOSTS)]
    for service in SERVICES:
        guessed = rf"https?://{service.signing_name}\.[a-z0-9-]+\.amazonaws\.com"
        patterns.append((service.module, re.compile(f"{service.hosts.pattern}|{guessed}")))
    return patterns


def _add_patterns(index: Any) -> None:
    index.backend_url_patterns[:0] = _patterns()
