"""Shares botocore's data between all sessions that are created while a mock runs.

Every new session reads and parses hundreds of kilobytes of JSON, which takes most of the time of a small
test. Only the data that ships with botocore and boto3 is shared: it does not change while a process runs.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any

import boto3
from botocore.loaders import Loader

from qchime.control.running import running

_SHIPPED = {str(Path(boto3.__file__).parent / "data"), Loader.BUILTIN_DATA_PATH}
_shared: dict[tuple[tuple[str, ...], Hashable], Any] = {}


class SharedCache(dict[Hashable, Any]):
    """The cache of a loader, shared by all loaders with the same search paths.

    A loader with other search paths than those of botocore and boto3 has a cache of its own.
    """

    def __init__(self, loader: Loader) -> None:
        super().__init__()
        self._loader = loader

    def __contains__(self, key: object) -> bool:
        return super().__contains__(key) or (self._place(), key) in _shared

    def __getitem__(self, key: Hashable) -> Any:
        return super().__getitem__(key) if super().__contains__(key) else _shared[self._place(), key]

    def __setitem__(self, key: Hashable, value: Any) -> None:
        place = self._place()
        if _SHIPPED.issuperset(place):
            _shared[place, key] = value
        else:
            super().__setitem__(key, value)

    def _place(self) -> tuple[str, ...]:
        return tuple(path for path in self._loader.search_paths if path in _SHIPPED or Path(path).is_dir())


def share(init: Callable[..., None]) -> Callable[..., None]:
    """Wrap `Loader.__init__`, so that loaders created while a mock runs have a shared cache."""

    def __init__(loader: Loader, *args: Any, **kwargs: Any) -> None:
        init(loader, *args, **kwargs)
        if running:
            setattr(loader, "_cache", SharedCache(loader))  # noqa: B010

    return __init__
