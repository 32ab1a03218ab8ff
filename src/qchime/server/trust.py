"""Decides which requests to trust: pages from foreign sites must not use the server through a browser.

A foreign `Host` header indicates DNS rebinding: a page whose own domain resolves to this machine. Foreign
origins are refused before the body is read. Pages from localhost are allowed, because Q Apps is called from
browsers, and so are the configured origins.
"""

import ipaddress
import re
from collections.abc import Collection, MutableMapping
from functools import lru_cache

from werkzeug.http import parse_set_header

from qchime.core.partitions import hostname, is_under
from qchime.core.table import SERVICES
from qchime.restjson import Request, Response

EXPOSED = "x-amzn-ErrorType, x-amzn-RequestId"
_METHODS = "GET, POST, PUT, PATCH, DELETE"
_WHO_MAY = "only those from localhost and from the origins given with --allow-origin."
_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://[^/?#@\\\s*]+")
_USUAL_PORTS = {"http": ":80", "https": ":443"}


class Trust:
    """The trust rules of one server.

    `hosts` are allowed host names, besides localhost and addresses; so are all names under `domains`. Pages
    from `origins` may use the server, besides local ones.

    Raises:
        ValueError: one of the origins is malformed.
    """

    def __init__(
        self, hosts: Collection[str] = (), domains: Collection[str] = (), origins: Collection[str] = ()
    ) -> None:
        self._hosts = {host.lower() for host in hosts}
        self._domains = domains
        self._origins = {_as_browsers_say(origin) for origin in origins}

    def refusal(self, request: Request) -> str | None:
        """Why the request must be refused, None if it is trusted."""
        host = request.headers.get("host", "")
        if host and not self._knows(host):
            return (
                f"This server does not accept the host name {host}. "
                "Use localhost, or start the server with --allow-host."
            )
        origin = request.headers.get("origin")
        if origin is None and request.headers.get("sec-fetch-site") == "cross-site":
            return f"Pages from other sites may not use this server; {_WHO_MAY}"
        if origin is not None and not self._allows(origin):
            return f"Pages from {origin} may not use this server; {_WHO_MAY}"
        return None

    def preflight(self, request: Request) -> Response | None:
        """The response to a CORS preflight request, None for other requests."""
        if request.method != "OPTIONS" or "access-control-request-method" not in request.headers:
            return None
        headers = {
            "Access-Control-Allow-Methods": _METHODS,
            "Access-Control-Allow-Headers": request.headers.get("access-control-request-headers", ""),
            "Access-Control-Max-Age": "600",
        }
        # Browsers send this before a page from a public network may use a private one.
        if "access-control-request-private-network" in request.headers:
            headers["Access-Control-Allow-Private-Network"] = "true"
        return Response(204, headers)

    def allow(self, request: Request, headers: MutableMapping[str, str]) -> None:
        """Add the CORS headers to a response, so that the page may read it."""
        if origin := request.headers.get("origin"):
            headers["Access-Control-Allow-Origin"] = origin
            headers.setdefault("Access-Control-Expose-Headers", EXPOSED)
            vary = parse_set_header(headers.get("Vary"))
            vary.add("Origin")
            headers["Vary"] = vary.to_header()

    def _allows(self, origin: str) -> bool:
        return origin in self._origins or _is_local(hostname(origin.partition("://")[2]))

    def _knows(self, host: str) -> bool:
        name = hostname(host)
        if name in self._hosts or _is_local(name) or _is_address(name) or is_under(host, self._domains):
            return True
        return any(service.owns(host) for service in SERVICES)


@lru_cache(maxsize=256)
def is_loopback(host: str) -> bool:
    """Whether a server that binds this host can be reached from this machine only."""
    return host == "localhost" or (_is_address(host) and ipaddress.ip_address(host).is_loopback)


def _as_browsers_say(origin: str) -> str:
    """Normalize an origin as browsers do: in lower case, without the default port of its scheme."""
    said = origin.lower()
    if not _ORIGIN.fullmatch(said):
        raise ValueError(
            f"{origin!r} is not an origin. Use a scheme and a host, such as https://app.example.com"
        )
    return said.removesuffix(_USUAL_PORTS.get(said.partition(":")[0], ""))


def _is_local(name: str) -> bool:
    return name.endswith(".localhost") or is_loopback(name)


@lru_cache(maxsize=256)
def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
