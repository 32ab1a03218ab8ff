"""How Python's standard library opens the URLs of a server."""

from __future__ import annotations

import errno
import os
import ssl
from urllib.request import BaseHandler, HTTPSHandler, OpenerDirector, ProxyHandler, build_opener


def opener_for(url: str) -> OpenerDirector:
    """What opens URLs of the server at `url`.

    It uses no proxy, since one from the environment could not reach loopback. With `https` it trusts the
    authorities in the file that AWS_CA_BUNDLE names, as boto3 does, besides those of Python.

    Raises:
        FileNotFoundError: AWS_CA_BUNDLE names nothing that exists.
    """
    handlers: list[BaseHandler] = [ProxyHandler({})]
    bundle = os.environ.get("AWS_CA_BUNDLE")
    if bundle and url.lower().startswith("https:"):
        handlers.append(HTTPSHandler(context=_trusting(bundle)))
    return build_opener(*handlers)


def _trusting(bundle: str) -> ssl.SSLContext:
    if not os.path.exists(bundle):
        raise FileNotFoundError(
            errno.ENOENT, "AWS_CA_BUNDLE must name an existing file of certificates", bundle
        )
    context = ssl.create_default_context()
    context.load_verify_locations(bundle)
    return context
