"""Requests through a reverse proxy, which tells in headers how its client sent them.

The proxy nearest to the server appends its values to those that it received, so only the last ones are its
own; all others may come from the client. werkzeug's `ProxyFix` does the same, but for WSGI alone.
https://werkzeug.palletsprojects.com/en/stable/middleware/proxy_fix/
"""

from dataclasses import replace

from qchime.restjson import Request

_SCHEMES = ("http", "https")


def forwarded(request: Request) -> Request:
    """The request as the client sent it to the proxy, with the host that it may have signed.

    Values that are missing, and schemes other than HTTP's, leave the request as it was received.
    """
    host = _nearest(request, "x-forwarded-host")
    scheme = _nearest(request, "x-forwarded-proto").lower()
    if scheme not in _SCHEMES:
        scheme = _scheme_of(request)
    if not host:
        return replace(request, base_url=f"{scheme}://{request.host}")
    return replace(
        request, host=host, headers={**request.headers, "host": host}, base_url=f"{scheme}://{host}"
    )


def to_environ(request: Request) -> dict[str, str]:
    """The variables of a WSGI environ that tell the scheme and the host of a request."""
    return {"wsgi.url_scheme": _scheme_of(request), "HTTP_HOST": request.host}


def _scheme_of(request: Request) -> str:
    return (request.base_url or "http:").partition(":")[0]


def _nearest(request: Request, name: str) -> str:
    return request.headers.get(name, "").rpartition(",")[2].strip()
