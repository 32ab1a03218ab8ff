"""The response to a request for an unknown service, in the protocol that its SDK can parse."""

import json
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal
from xml.sax.saxutils import escape

from qchime.core.caller import InvalidSignature, Scope
from qchime.core.partitions import dns_suffixes, is_under
from qchime.core.table import SERVICES
from qchime.restjson import ERROR_TYPE, Request, Response, UnknownOperation

CODE = "NotImplementedException"
STATUS = 501
CBOR_HEADER = "smithy-protocol"
"""The header that names the protocol rpc-v2-cbor, in requests and responses.

https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html
"""
_SIGNING_NAME = re.compile(r"[a-zA-Z0-9_.-]{1,63}", re.ASCII)
Protocol = Literal["json", "rest-json", "query", "ec2", "rest-xml", "rpc-v2-cbor"]


def not_implemented(request: Request, scope: Scope, *, with_moto: bool = False) -> Response:
    """A 501 that names the service and says what to do. SDKs do not retry it.

    An unsigned request to a host other than AWS's does not come from an SDK, and gets a 404.

    Raises:
        InvalidSignature: the signing name is malformed.
    """
    if not scope.signing_name and not is_under(request.host, dns_suffixes()):
        message = f"No operation has {request.method} {request.path}. This server answers {_ours()}."
        headers = {"Content-Type": "application/json", ERROR_TYPE: UnknownOperation.code}
        return Response(UnknownOperation.status, headers, json.dumps({"message": message}).encode())
    name = scope.signing_name or request.host
    if scope.signing_name and not _SIGNING_NAME.fullmatch(name):
        raise InvalidSignature("Credential should be scoped to a valid service.")
    message = _message(request, name, with_moto)
    protocol = _protocol(request, scope.signing_name)
    if protocol == "rpc-v2-cbor":
        headers = {"Content-Type": "application/cbor", CBOR_HEADER: protocol}
        return Response(STATUS, headers, _cbor({"__type": CODE, "message": message}))
    if protocol in ("json", "rest-json"):
        version = "1.0" if "1.0" in request.headers.get("content-type", "") else "1.1"
        content_type = "application/json" if protocol == "rest-json" else f"application/x-amz-json-{version}"
        body = json.dumps({"__type": CODE, "message": message})
        return Response(STATUS, {"Content-Type": content_type, ERROR_TYPE: CODE}, body.encode())
    error = f"<Code>{CODE}</Code><Message>{escape(message)}</Message>"
    return Response(STATUS, {"Content-Type": "text/xml"}, _XML[protocol].format(error=error).encode())


_XML: dict[str, str] = {
    "query": "<ErrorResponse><Error>{error}</Error><RequestId>0</RequestId></ErrorResponse>",
    "ec2": "<Response><Errors><Error>{error}</Error></Errors><RequestID>0</RequestID></Response>",
    "rest-xml": "<Error>{error}<RequestId>0</RequestId></Error>",
}
"""The error document of each XML protocol: https://smithy.io/2.0/aws/protocols/index.html"""


def _cbor(texts: dict[str, str]) -> bytes:
    """A map of fewer than 24 texts in CBOR (RFC 8949)."""

    def text(value: str) -> bytes:
        encoded = value.encode()
        return b"\x7a" + len(encoded).to_bytes(4, "big") + encoded

    items = b"".join(text(name) + text(value) for name, value in texts.items())
    return bytes([0xA0 + len(texts)]) + items


def _message(request: Request, name: str, with_moto: bool) -> str:
    siblings = [service.name for service in SERVICES if service.signing_name == name]
    if siblings:
        what = (
            f"No operation of {_listed(siblings, 'or')} has {request.method} {request.path}, "
            "or the ARN in its input is another service's"
        )
    else:
        what = f"This server has no service {name!r}"
    variables = _listed([service.endpoint_variable for service in SERVICES], "and")
    if siblings:
        todo = (
            f"If it is for another service that signs as {name!r}, give its client an endpoint_url of its "
            f"own, or set {variables} instead of AWS_ENDPOINT_URL"
        )
    elif with_moto:
        todo = "moto does not have it either: give its client an endpoint_url of its own"
    else:
        todo = (
            "Start it with --moto to add moto's services, or send only these services here: "
            f"set {variables} instead of AWS_ENDPOINT_URL"
        )
    return f"{what}. It answers {_ours()}. {todo}."


def _ours() -> str:
    return _listed([service.name for service in SERVICES], "and")


def _listed(names: Sequence[str], conjunction: str) -> str:
    """`a`, `a and b`, `a, b and c`."""
    *others, last = names
    return f"{', '.join(others)} {conjunction} {last}" if others else last


def _protocol(request: Request, signing_name: str) -> Protocol:
    """The protocol of a request, by its headers, else by botocore's model of the service."""
    content_type = request.headers.get("content-type", "")
    if CBOR_HEADER in request.headers:
        return "rpc-v2-cbor"
    if "x-amz-target" in request.headers or "x-amz-json" in content_type:
        return "json"
    if "x-www-form-urlencoded" in content_type:
        return "ec2" if signing_name == "ec2" else "query"
    return "rest-xml" if signing_name and _speaks_xml(signing_name) else "rest-json"


@lru_cache(maxsize=256)  # the name comes from the client, so the cache needs a bound
def _speaks_xml(signing_name: str) -> bool:
    """Whether a service uses rest-xml; the signing name of such a service is also botocore's name for it."""
    from botocore.exceptions import UnknownServiceError
    from botocore.loaders import Loader

    try:
        model = Loader().load_service_model(signing_name, "service-2")
    except UnknownServiceError:
        return False
    return str(model["metadata"]["protocol"]) == "rest-xml"
