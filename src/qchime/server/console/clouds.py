"""Pages for clouds that no server has: of mocks in this process."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from qchime.core.cloud import Cloud
from qchime.server.console import report
from qchime.world import Lock

if TYPE_CHECKING:
    from qchime.server.serving import Server


class PagesOfClouds:
    """The servers that show clouds in a browser, one for each cloud, until the process ends.

    `serve` starts a server for a cloud.
    """

    def __init__(self, serve: Callable[[Cloud], Server]) -> None:
        self._serve = serve
        self._lock = Lock()
        self._servers: dict[Cloud, Server] = {}

    def url_of(self, cloud: Cloud) -> str:
        """The URL of a server on a free port of loopback that shows this cloud."""
        with self._lock:
            server = self._servers.get(cloud)
            if server is None or server.is_inherited:
                server = self._servers[cloud] = self._serve(cloud)
        return server.url

    def saved(self, cloud: Cloud, account_id: str | None) -> str:
        """The text of an HTML file that shows this cloud, or one account of it."""
        return report.report(cloud, account_id)
