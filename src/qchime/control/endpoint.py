"""The server that clients of this process must use now, if they may use no other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class RequiredEndpoint:
    """The address of that server, if there is one. Call `check` before a request leaves for AWS."""

    def __init__(self) -> None:
        self._url: str | None = None

    @contextmanager
    def required(self, url: str) -> Iterator[None]:
        """Refuse requests to AWS's own hosts until the context ends."""
        before, self._url = self._url, url
        try:
            yield
        finally:
            self._url = before

    @property
    def is_required(self) -> bool:
        """Whether clients must use a server now."""
        return self._url is not None

    def serves(self, url: str) -> bool:
        """Whether clients must use a server now, and this URL is there."""
        return self._url is not None and url.startswith(f"{self._url}/")

    def check(self, url: str) -> None:
        """Check a request to one of AWS's hosts of our services.

        Raises:
            RuntimeError: clients must use a server now.
        """
        if self._url is not None:
            raise RuntimeError(
                f"A client sends a request to {url}, but tests use the server at {self._url}. The client was "
                "created before the test, or with an endpoint of its own: create it while the test runs."
            )


endpoint = RequiredEndpoint()
