"""boto3 clients to measure."""

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import boto3
from botocore.awsrequest import AWSResponse
from moto.core.models import botocore_stubber

REGION = "us-east-1"
CHIME = "chime-sdk-identity"
QAPPS = "qapps"
INSTANCE = "11111111-1111-4111-8111-111111111111"
_KEYS = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "secret"}


def new_client(service: str) -> Any:
    """A client in a session of its own."""
    return boto3.Session().client(service, region_name=REGION, **_KEYS)


def constant_client(service: str, body: bytes) -> Any:
    """A client that gets the same response to every call, where a mock would respond."""
    client = new_client(service)
    events = client.meta.events
    events.unregister("before-send", botocore_stubber)
    events.register(f"before-send.{service}", _constant(body))
    return client


def body_of(client: Any, call: Callable[[], object]) -> bytes:
    """The response body that a call gets."""
    bodies: list[bytes] = []
    client.meta.events.register_last(
        "after-call", lambda http_response, **_: bodies.append(http_response.content), "b"
    )
    call()
    client.meta.events.unregister("after-call", unique_id="b")
    return bytes(bodies[0])


class _Raw(BytesIO):
    def stream(self) -> Iterator[bytes]:
        yield self.read()


def _constant(body: bytes) -> Callable[..., AWSResponse]:
    headers = {"Content-Type": "application/json", "x-amzn-RequestId": INSTANCE}
    return lambda request, **_: AWSResponse(request.url, 200, headers, _Raw(body))  # type: ignore[arg-type]
