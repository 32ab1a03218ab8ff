"""A service that offers WebSockets, and leaves it to the test what happens on them."""

from collections.abc import Callable
from queue import Queue

from qchime.core.cloud import Account
from qchime.core.service import Connection
from qchime.restjson import Request
from tests.server.wire import TIMEOUT


class Offered:
    """WebSockets at `/socket`; every connection waits in a queue until a test takes it."""

    path = "/socket"
    unauthorized = 4321

    def __init__(self) -> None:
        self.connections: Queue[Connection] = Queue()
        self.seen: Queue[tuple[str, str, Request]] = Queue()
        self.ended: Queue[Connection] = Queue()
        self.fails = False

    def connect(
        self, account: Account, region: str, request: Request, connection: Connection
    ) -> Callable[[], None]:
        if self.fails:
            raise ZeroDivisionError
        self.seen.put((account.id, region, request))
        self.connections.put(connection)
        return lambda: self.ended.put(connection)

    def taken(self) -> Connection:
        """The next connection."""
        return self.connections.get(timeout=TIMEOUT)


OFFERED = Offered()
