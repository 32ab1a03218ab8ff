"""What the process that started this one mocked, if that was `multiprocessing` by spawn or forkserver."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qchime.core.service import Service


class Heritage:
    """The services that were mocked where this process was started, by botocore's names.

    Call `check` before a request leaves for AWS.
    """

    def __init__(self) -> None:
        self.names: frozenset[str] = frozenset()

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
