"""Tells a browser when there is something new. It then requests again what it shows."""

from __future__ import annotations

from qchime.core.cloud import Cloud
from qchime.server.console.rendering import HEADERS
from qchime.server.console.streaming import EventStream
from qchime.server.console.visit import Visit, news_of

NEWS = b"data: news\n\n"


class News:
    """Looks at a cloud now and then; `seen` is what the browser has seen already."""

    def __init__(self, cloud: Cloud, account_id: str | None, seen: str) -> None:
        self._cloud = cloud
        self._account_id = account_id
        self._seen = seen

    def poll(self) -> bytes:
        """An event if a call was made or something has changed since this was last called."""
        now = news_of(self._cloud, self._account_id)
        if self._seen == now:
            return b""
        self._seen = now
        return NEWS


def events(visit: Visit) -> EventStream:
    """The stream of news since the browser requested what it shows."""
    headers = {**HEADERS, "Content-Type": "text/event-stream"}
    news = News(visit.cloud, visit.account_id, visit.query.get("since", ""))
    return EventStream(200, headers, poll=news.poll)
