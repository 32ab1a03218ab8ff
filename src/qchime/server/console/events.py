"""Tells a browser when there is something new. It then requests again what it shows."""

from __future__ import annotations

from qchime.core.cloud import Cloud
from qchime.server.console.rendering import HEADERS
from qchime.server.console.visit import Visit
from qchime.server.streaming import EventStream

NEWS = b"data: news\n\n"


class News:
    """Looks at a cloud now and then, so that nothing has to be done for a call while nobody looks."""

    def __init__(self, cloud: Cloud, account_id: str | None) -> None:
        self._cloud = cloud
        self._account_id = account_id
        self._seen: tuple[object, ...] = ()

    def poll(self) -> bytes:
        """An event if a call was made or something has changed since this was last called."""
        contents = self._cloud.contents
        last = max((log.last_serial for log in contents.call_logs(self._account_id)), default=-1)
        now = (contents, self._cloud.changes.last, last)
        if self._seen == now:
            return b""
        self._seen = now
        return NEWS


def events(visit: Visit) -> EventStream:
    """The stream of news, which begins with one."""
    headers = {**HEADERS, "Content-Type": "text/event-stream"}
    return EventStream(200, headers, poll=News(visit.cloud, visit.account_id).poll)
