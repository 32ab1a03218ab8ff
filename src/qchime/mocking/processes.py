"""Tells processes that `multiprocessing` starts afresh, by spawn or forkserver, what their parent mocks.

They import everything anew, so they are not mocked, and refuse to send requests for these services to AWS.
Nothing heavy is imported into a process that does not use botocore.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any

from qchime.control.heritage import heritage
from qchime.control.neighbourhood import neighbourhood
from qchime.control.running import running
from qchime.core.importing import when_imported


class Bequest:
    """`multiprocessing` pickles this for each process when it starts that, and unpickles it there."""

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        names = heritage.names | _mocked_here()
        return (inherit, (names,)) if names else (str, ())


def inherit(names: Iterable[str]) -> Bequest:
    """Make this process, which has just been started, refuse requests for these services."""
    heritage.names = frozenset(names)
    when_imported("botocore.session", _intercept)
    return Bequest()


def _intercept(session: ModuleType) -> None:
    from qchime.mocking import replaced

    replaced.install()


def _mocked_here() -> frozenset[str]:
    if not running and not neighbourhood.is_running:
        return frozenset()
    from qchime.core.table import SERVICES

    return frozenset(service.name for service in SERVICES if neighbourhood.is_running or running.has(service))


def _hand_down(process: ModuleType) -> None:
    # Every Process copies this dictionary of its parent, and pickles it along with itself.
    getattr(process.current_process(), "_config", {})["qchime"] = Bequest()


when_imported("multiprocessing.process", _hand_down)
