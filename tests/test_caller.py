"""Who calls, as the signature tells. Accounts and regions over HTTP are tested with the server."""

from http.client import HTTPConnection, HTTPResponse
from urllib.parse import urlsplit

import boto3
import pytest


@pytest.fixture
def presigned(qchime_server) -> str:
    client = boto3.client("chime-sdk-identity", region_name="us-east-1", endpoint_url=qchime_server.url)
    return client.generate_presigned_url("list_app_instances", ExpiresIn=60)


def get(url: str) -> HTTPResponse:
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname, parts.port)
    connection.request("GET", f"{parts.path}?{parts.query}")
    return connection.getresponse()


def test_a_presigned_url_is_answered_until_it_expires(qchime_server, presigned: str):
    qchime_server.clock.advance(seconds=50)
    assert get(presigned).status == 200


def test_an_expired_presigned_url_is_refused(qchime_server, presigned: str):
    qchime_server.clock.advance(seconds=61)
    response = get(presigned)
    assert response.status == 403
    assert response.headers["x-amzn-ErrorType"] == "InvalidSignatureException"
    assert b"Signature expired" in response.read()


@pytest.mark.parametrize("broken", ["X-Amz-Expires=soon", "X-Amz-Expires=9999999999999999"])
def test_a_presigned_url_with_a_broken_expiry_is_refused(presigned: str, broken: str):
    response = get(presigned.replace("X-Amz-Expires=60", broken))
    assert response.status == 403
    assert response.headers["x-amzn-ErrorType"] == "InvalidSignatureException"
