"""A connection over HTTP, which the application reaches to lose a response."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from qchime.core.delivery import LONGEST_SILENCE
from qchime.server.messages import CONNECTION
from qchime.server.sockets.upgrades import UpgradingProtocol
from qchime.server.transport import GatheringTransport


class Protocol(UpgradingProtocol):
    """One connection."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin a connection on which nothing is in progress."""
        is_plain = transport.get_extra_info("sslcontext") is None  # TLS sends nothing after the client's end
        super().connection_made(GatheringTransport(transport) if is_plain else transport)  # type: ignore[arg-type]
        self.is_endless = False
        """Whether the response in progress ends only with the connection."""
        self._is_gone = asyncio.Event()

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that the client is gone."""
        self._is_gone.set()
        super().connection_lost(exc)

    def eof_received(self) -> bool:  # type: ignore[override]
        """Respond even to a client that has closed its half of the connection, but not without end."""
        self._is_gone.set()
        cycle = self.cycle
        is_awaited = cycle is not None and not cycle.response_complete and not cycle.more_body
        if is_awaited:
            cycle.keep_alive = False
        stays = is_awaited and not self.is_endless and self.scheme == "http"  # TLS has no such half
        if not stays:
            self.transport.close()
        return stays

    def on_message_begin(self) -> None:
        """Let the application reach this connection."""
        super().on_message_begin()
        self.scope["extensions"] = {CONNECTION: {"protocol": self}}

    def shutdown(self) -> None:
        """Close the connection, or let the response in progress do it."""
        super().shutdown()
        if self.is_endless:
            self.transport.abort()

    async def lose(self, silent: bool) -> None:
        """Close the connection without a response; if `silent`, as soon as the client has hung up."""
        self.is_endless = True
        if silent:
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._is_gone.wait(), LONGEST_SILENCE)
        self.abort()

    def abort(self) -> None:
        """Close the connection now."""
        self.cycle.disconnected = True
        self.transport.abort()
