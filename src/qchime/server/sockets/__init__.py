"""The WebSockets of the services."""

from qchime.server.sockets.sockets import Sockets

__all__ = ["Sockets"]
