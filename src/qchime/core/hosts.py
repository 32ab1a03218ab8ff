"""Host names and addresses as URLs and `Host` headers have them, parsed strictly.

Trust depends on them, so a text that other parsers may read differently names no host: one with user
information, escapes, characters beyond ASCII or the zone of an IPv6 address.
"""

import re
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import NamedTuple

LONGEST = 300
"""In characters: the longest name of the DNS and a port have fewer."""

_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?"
_HOST = re.compile(
    rf"(?:(?P<name>{_LABEL}(?:\.{_LABEL})*\.?)|\[(?P<address>[0-9A-Fa-f:.]+)\])(?::(?P<port>[0-9]{{0,5}}))?"
)


class Host(NamedTuple):
    """A host, and the port if there is one."""

    name: str
    """In lower case; of an IPv6 address the shortest form, without brackets."""
    port: int | None

    @classmethod
    def parse(cls, text: str) -> "Host":
        """Parse `name`, `name:port`, or the same with an IPv6 address in brackets.

        Raises:
            ValueError: it is anything else.
        """
        found = _HOST.fullmatch(text) if len(text) <= LONGEST else None
        if found is None or int(found["port"] or 0) > 65535:
            raise ValueError(f"{text!r} is not a host.")
        name = found["name"].lower() if found["name"] else str(IPv6Address(found["address"]))
        return cls(name, int(found["port"]) if found["port"] else None)


def hostname(text: str) -> str:
    """The name of a host with or without a port, as `Host` has it; empty if `text` is malformed."""
    return _hostname(text) if len(text) <= LONGEST else ""  # the cache is to stay small


@lru_cache(maxsize=256)
def _hostname(text: str) -> str:
    try:
        return Host.parse(text).name
    except ValueError:
        return ""


@lru_cache(maxsize=256)
def address_of(name: str) -> IPv4Address | IPv6Address | None:
    """The IP address that a name is; None for other names."""
    try:
        address = ip_address(name)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def is_loopback(name: str) -> bool:
    """Whether only this machine can reach what listens at this name."""
    address = address_of(name)
    return name == "localhost" or (address is not None and address.is_loopback)


def in_url(name: str) -> str:
    """The name as a URL has it: an IPv6 address in brackets."""
    return f"[{name}]" if ":" in name else name
