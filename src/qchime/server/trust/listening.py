"""The socket on which a server listens, and the address at which clients reach it."""

import os
import socket
from collections.abc import Iterable

from qchime.core.hosts import address_of, in_url, is_loopback

BACKLOG = 2048


class Port:
    """A port on which a server listens, and which can be closed and opened again.

    `number` is 0 for a free one.

    Raises:
        OSError: the port is taken, or this machine does not have the address.
    """

    def __init__(self, host: str, number: int) -> None:
        self._host = host
        self._socket = _listen(host, number)
        self.number = int(self._socket.getsockname()[1])

    def open(self) -> socket.socket:
        """The socket that listens on this port.

        Raises:
            OSError: the port has been taken since it was closed.
        """
        if self._socket.fileno() < 0:
            self._socket = _listen(self._host, self.number)
        return self._socket

    def close(self) -> None:
        """Close the port, unless it is closed already."""
        self._socket.close()

    def abandon(self) -> None:
        """Leave the port to the process that forked this one."""
        abandon([self._socket])  # uvloop keeps a socket from being closed
        self._socket.close()


def abandon(sockets: Iterable[socket.socket]) -> None:
    """Close the parent's sockets in a forked child, without freeing their numbers.

    The event loop of the parent's thread is in the child's memory, and may close the same numbers again.
    """
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in [opened.fileno() for opened in sockets]:
        if descriptor >= 0:
            os.dup2(null, descriptor, inheritable=False)
    os.close(null)


def is_dual_stack(host: str) -> bool:
    """Whether a server that binds this host listens on IPv4 too, although it is an IPv6 address."""
    return _covers_all(host) and ":" in host and socket.has_dualstack_ipv6()


def client_host(host: str) -> str:
    """What clients on this machine call a server that binds this host, as a URL has it.

    `0.0.0.0` and `::` stand for all addresses, and on some platforms clients cannot connect to them.
    """
    if not _covers_all(host):
        return in_url(host)
    return "127.0.0.1" if is_dual_stack(host) or ":" not in host else "[::1]"


def warning(host: str) -> str | None:
    """What to warn about before binding this host; None if only this machine can reach it."""
    if is_loopback(host):
        return None
    if not _covers_all(host):
        return f"Warning: {host} can be reached from other machines."
    kinds = "IPv4 and IPv6" if is_dual_stack(host) else "IPv6" if ":" in host else "IPv4"
    covered = f"{host or '0.0.0.0'} is every {kinds} address of this machine"
    return f"Warning: {covered}. Other machines can reach the server."


def _covers_all(host: str) -> bool:
    address = address_of(host)
    return not host or (address is not None and address.is_unspecified)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.create_server(
        (host, port), family=family, backlog=BACKLOG, dualstack_ipv6=is_dual_stack(host)
    )
    # Without the protocol asyncio would leave Nagle's algorithm on, which delays small responses.
    return socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP, fileno=listening.detach())
