"""Records requests that we answer, for moto's recorder."""

from importlib import import_module
from typing import Any

from botocore.awsrequest import AWSPreparedRequest
from moto.moto_api import recorder

from qchime.restjson import Request


def record(request: Request, url: str) -> None:
    """Record a request to this URL, in the form in which moto records its own."""
    headers: Any = dict(request.headers)
    prepared = AWSPreparedRequest(request.method, url, headers, request.body, stream_output=False)
    recorder._record_request(_normalized(prepared), request.body)


def _normalized(request: AWSPreparedRequest) -> Any:
    """The request as this version of moto records it: newer ones turn it into werkzeug's."""
    try:
        normalize = import_module("moto.core.request").normalize_request
    except (ImportError, AttributeError):
        return request
    return normalize(request)
