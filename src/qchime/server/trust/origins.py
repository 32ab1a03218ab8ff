"""Decides which requests to trust: pages from foreign sites must not use the server through a browser.

A foreign `Host` header indicates DNS rebinding: a page whose own domain resolves to this machine. Foreign
origins are refused before the body is read. Pages from localhost are allowed, because Q Apps is called from
browsers, and so are the configured origins.
"""

import re
from collections.abc import Collection, MutableMapping

from werkzeug.http import parse_set_header

from qchime.core.hosts import Host, address_of, hostname, in_url, is_loopback
from qchime.core.partitions import is_under
from qchime.core.table import SERVICES
from qchime.restjson import Request, Response
from qchime.server.trust.proxy import forwarded
from qchime.server.trust.refusals import refuse

EXPOSED = "x-amzn-ErrorType, x-amzn-RequestId, x-qchime-rule"
_METHODS = "GET, POST, PUT, PATCH, DELETE"
_WHO_MAY = "only those from localhost and from the origins given with --allow-origin."
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*")
_USUAL_PORTS = {"http": 80, "https": 443}


class Trust:
    """The trust rules of one server.

    `hosts` are allowed host names, besides localhost and addresses, with or without a port, which is ignored;
    so are all names under `domains`. Pages from `origins` may use the server, besides local ones. With
    `proxy`, the headers of a reverse proxy tell how its client sent a request.

    Raises:
        ValueError: one of the hosts or origins is malformed.
    """

    def __init__(
        self,
        hosts: Collection[str] = (),
        domains: Collection[str] = (),
        origins: Collection[str] = (),
        *,
        proxy: bool = False,
    ) -> None:
        self._hosts = {checked_name(host) for host in hosts}
        self._domains = domains
        self._origins = {_as_browsers_say(origin) for origin in origins}
        self.is_behind_proxy = proxy

    def as_sent(self, head: Request) -> Request:
        """The request as the proxy's client sent it; as received if there is no proxy, or if it is refused.

        A page can set `X-Forwarded-Host` but not `Host`, so `Host` must be trusted as well.
        """
        if not self.is_behind_proxy or self.refusal(head) is not None:
            return head
        return forwarded(head)

    def response(self, head: Request) -> Response | None:
        """The response to a request that is answered without reading its body; None for all others."""
        if (reason := self.refusal(head)) is not None:
            return refuse(403, "AccessDeniedException", reason)
        response = self.preflight(head)
        if response is not None:
            self.allow(head, response.headers)
        return response

    def refusal(self, request: Request) -> str | None:
        """Why the request must be refused, None if it is trusted."""
        host = request.headers.get("host", "")
        if host and not self._knows(hostname(host)):
            return _refusal_of(host)
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
        try:
            _, host = _parse_origin(origin)
        except ValueError:
            return False
        return origin in self._origins or _is_local(host.name)

    def _knows(self, name: str) -> bool:
        if name in self._hosts or _is_local(name) or address_of(name) or is_under(name, self._domains):
            return True
        return any(service.owns(name) for service in SERVICES)


def checked_name(host: str) -> str:
    """The name of an allowed host. An IPv6 address may lack its brackets, as in `--host`."""
    name = hostname(host) or hostname(in_url(host))
    if not name:
        raise ValueError(
            f"{host!r} is not a host name. Use a name as clients send it, with or without a port, "
            "such as mock.example.com or mock.example.com:4590"
        )
    return name


def _refusal_of(host: str) -> str:
    if not hostname(host):
        return f"The host {host} is malformed. Use a name or an address, such as localhost:4590."
    return (
        f"This server does not accept the host name {host}. "
        f"Use localhost, or start the server with --allow-host {host}"
    )


def _as_browsers_say(origin: str) -> str:
    """Normalize an origin as browsers do: in lower case, without the default port of its scheme."""
    try:
        scheme, (name, port) = _parse_origin(origin)
    except ValueError:
        raise ValueError(
            f"{origin!r} is not an origin. Use a scheme and a host, such as https://app.example.com"
        ) from None
    shown = "" if port in (None, _USUAL_PORTS.get(scheme)) else f":{port}"
    return f"{scheme}://{in_url(name)}{shown}"


def _parse_origin(origin: str) -> tuple[str, Host]:
    scheme, _, host = origin.partition("://")
    if not _SCHEME.fullmatch(scheme):
        raise ValueError(f"{origin!r} does not begin with a scheme.")
    return scheme.lower(), Host.parse(host)


def _is_local(name: str) -> bool:
    return name.endswith(".localhost") or is_loopback(name)
