"""The addresses at which clients reach a server, by the address that it binds."""

import socket

from qchime.core.hosts import address_of, in_url, is_loopback


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
