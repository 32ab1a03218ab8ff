"""Processes that `multiprocessing` starts afresh, by spawn or forkserver, while a mock runs.

They import everything anew, so they are not mocked. Each is told what its parent mocks, and refuses to send
requests for these services to AWS. Nothing heavy is imported into a process that does not use botocore.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import ModuleType
from typing import TYPE_CHECKING, Any

from qchime.control.neighbourhood import neighbourhood
from qchime.control.running import running
from qchime.core.importing import when_imported

if TYPE_CHECKING:
    from qchime.core.service import Service


class Heritage:
    """The services that were mocked where this process was started, by botocore's names.

    `multiprocessing` pickles it for each process when it starts that, and unpickles it there.
    """

    def __init__(self) -> None:
        self.names: frozenset[str] = frozenset()

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        names = self.names | _mocked_here()
        return (inherit, (names,)) if names else (str, ())

    def check(self, service: Service, url: str) -> None:
        """Check a request to one of AWS's hosts, in a process in which no mock of the service runs.

        Raises:
            RuntimeError: a mock of the service was running where this process was started.
        """
        if service.name in self.names:
            mock = f"mock_{service.module}"
            raise RuntimeError(
                f"A client sends a request to {url}. {service.title} was mocked in the process that started "
                f"this one, but a started process is not mocked. Start a mock here: decorate the function "
                f"that runs here with @{mock}, or pass initializer={mock}().start to the pool. To share one "
                "state between processes, use a server."
            )


heritage = Heritage()


def inherit(names: Iterable[str]) -> Heritage:
    """Make this process, which has just been started, refuse requests for these services."""
    heritage.names = frozenset(names)
    when_imported("botocore.session", _intercept)
    return heritage


def _intercept(session: ModuleType) -> None:
    from qchime.mocking import interception

    interception.install()


def _mocked_here() -> frozenset[str]:
    if not running and not neighbourhood.is_running:
        return frozenset()
    from qchime.core.table import SERVICES

    return frozenset(service.name for service in SERVICES if neighbourhood.is_running or running.has(service))


def _hand_down(process: ModuleType) -> None:
    # Every Process copies this dictionary of its parent, and pickles it along with itself.
    getattr(process.current_process(), "_config", {})["qchime"] = heritage


when_imported("multiprocessing.process", _hand_down)
