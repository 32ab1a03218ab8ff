"""A server that runs elsewhere, which answers instead of in-process mocks."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

import pytest

from qchime.pytest_plugin.health import check_address, version_of

if TYPE_CHECKING:
    from qchime import Client
    from qchime.pytest_plugin.options import Options


@dataclass(frozen=True)
class Elsewhere:
    """A server at another address, and the account there of this run, or of one worker of it."""

    url: str
    """Its address, for `endpoint_url`."""
    version: str
    """The version of qchime that it runs."""
    account_id: str

    @classmethod
    def at(cls, url: str) -> Elsewhere:
        """The server at an address, with a new account.

        Raises:
            pytest.UsageError: no qchime server that has accounts answers there.
        """
        check_address(url)
        url, account_id = url.rstrip("/"), _new_account()
        return cls(url, version_of(url, account_id), account_id)

    def of_worker(self, number: int) -> Elsewhere:
        """The same server for a worker, numbered from 0, with an account of its own."""
        return replace(self, account_id=str(int(self.account_id) + number))

    def header(self, has_workers: bool) -> str:
        """The line in the header of pytest's report."""
        others = " and those after it, one per worker" if has_workers else ""
        return f"qchime: {self.url}, version {self.version}, account {self.account_id}{others}"

    def located(self, options: Options) -> Options:
        """The options of a test, with this account unless they name another.

        Raises:
            ValueError: a state file is to be used without the account that it belongs to.
        """
        if options.account is None and (options.seed is not None or options.state is not None):
            raise ValueError(
                "with --qchime-url, seed and state need an account: a state file belongs to the account that "
                "it was saved for, and this run has a new one. Add account=…, the account of the file"
            )
        return replace(options, account=options.account or self.account_id)

    @contextmanager
    def serving(self, options: Options) -> Iterator[Client]:
        """Let the server answer clients; the context value is the handle of the account of the options.

        The account is cleared at the start and at the end, unless the test is not to be clean.
        """
        from qchime.control import client
        from qchime.control.endpoint import endpoint

        handle = cast("Client", client.Client(self.url, options.account))
        with endpoint.required(self.url), pytest.MonkeyPatch.context() as environment:
            _direct_clients_to(self.url, environment)
            if options.clean:
                handle.reset()
            try:
                yield handle
            finally:
                if options.clean:
                    handle.reset()

    def leave(self) -> None:
        """Clear the account: tests that are not clean may have left something in it."""
        from qchime.control.client import Client

        Client(self.url, self.account_id).reset()


def _new_account() -> str:
    """A random account, so that runs on one server differ, with room for the workers' accounts after it.

    `random` does not do: plugins seed it, with the same seed in several runs.
    """
    return str(10**11 + secrets.randbelow(9 * 10**11 - 10**6))


def _direct_clients_to(url: str, environment: pytest.MonkeyPatch) -> None:
    """Let clients that are created from now on find our services at this address, past any proxy."""
    from qchime.core.table import SERVICES

    for service in SERVICES:
        environment.setenv(service.endpoint_variable, url)
    environment.setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "false")
    direct = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    if direct != "*":
        parts = urlsplit(url)
        hosts = ",".join(filter(None, [direct, parts.netloc, parts.hostname]))
        for name in ("no_proxy", "NO_PROXY"):  # programs differ in which of the two they read
            environment.setenv(name, hosts)
