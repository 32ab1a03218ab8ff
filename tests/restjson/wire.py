"""Requests and operations of both services, for the tests of the protocol."""

from collections.abc import Mapping

from qchime.restjson import Operation, Request
from qchime.services.chimesdkidentity import SERVICE as CHIME_SDK_IDENTITY
from qchime.services.qapps import SERVICE as QAPPS

INSTANCE = "arn:aws:chime:us-east-1:123456789012:app-instance/6f1c2f0e-4c1f-4a0e-9f0b-0a6f6f0d3a11"
ENCODED = "arn%3Aaws%3Achime%3Aus-east-1%3A123456789012%3Aapp-instance%2F6f1c2f0e-4c1f-4a0e-9f0b-0a6f6f0d3a11"
UUID = "a841e300-40c1-4062-8a34-5b46dadbbaac"


def request(
    method: str, target: str, *, headers: Mapping[str, str] | None = None, body: bytes = b""
) -> Request:
    path, _, query = target.partition("?")
    return Request(method, "localhost", path, query, headers or {}, body)


def chime(name: str) -> Operation:
    return CHIME_SDK_IDENTITY.operation(name)


def qapps(name: str) -> Operation:
    return QAPPS.operation(name)
