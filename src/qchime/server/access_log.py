"""The access log: a line per request."""

from contextlib import suppress
from typing import TextIO

from qchime.server.messages import Message


class AccessLog:
    """Writes to a file, or nowhere if it is None."""

    def __init__(self, file: TextIO | None) -> None:
        self._file = file

    def request(self, scope: Message, outcome: int | str) -> None:
        """Log a request, with the status of its response or with what happened instead."""
        if self._file is not None:
            target = b"?".join(filter(None, (scope["raw_path"], scope["query_string"]))).decode("latin-1")
            self.line(f"{scope['method']} {target} HTTP/{scope['http_version']}", outcome)

    def line(self, text: str, outcome: int | str) -> None:
        """Log what may not be a request, in ASCII, because it may contain any byte."""
        if self._file is not None:
            with suppress(OSError, ValueError):  # the reader of the log may have closed it
                self._file.write(f"{text!a} {outcome}\n")
