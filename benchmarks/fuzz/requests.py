"""Requests to mutate: calls of both services, control routes, links to files, in all framings."""

import json
from itertools import product

_SCOPE = "AKIAIOSFODNN7EXAMPLE/20240521/us-east-1/{}/aws4_request"
_CARD = {"id": "4cf94d96-8819-45c2-98cc-58c56b35c72f", "title": "Card", "type": "q-query", "prompt": "?"}
_ARN = "arn%3Aaws%3Achime%3Aus-east-1%3A123456789012%3Aapp-instance%2F6f1c2f0e-4c1f-4a0e-9f0b-0a6f6f0d3a11"

Call = tuple[str, str, object]
"""The method, the target and the content of a request."""

CHIME: list[Call] = [
    ("POST", "/app-instances", {"Name": "Chat", "ClientRequestToken": "token"}),
    ("GET", "/app-instances?max-results=5&next-token=x", None),
    ("GET", f"/app-instances/{_ARN}", None),
    ("POST", "/app-instance-users", {"AppInstanceArn": "x", "AppInstanceUserId": "u", "Name": "n"}),
    ("POST", "/tags?operation=tag-resource", {"ResourceARN": "x", "Tags": [{"Key": "a", "Value": "b"}]}),
    ("GET", f"/tags?arn={_ARN}", None),
    ("DELETE", f"/app-instances/{_ARN}", None),
]
QAPPS: list[Call] = [
    ("POST", "/apps.create", {"title": "App", "appDefinition": {"cards": [{"qQuery": _CARD}]}}),
    ("GET", "/apps.list?limit=5", None),
    ("GET", "/apps.get?appId=6f1c2f0e-4c1f-4a0e-9f0b-0a6f6f0d3a11", None),
    ("POST", "/runtime.startQAppSession", {"appId": "x", "appVersion": 1, "initialValues": []}),
    ("POST", "/apps.importDocument", {"fileContentsBase64": "AAAA", "fileName": "a.txt", "scope": "SESSION"}),
]
CONTROL: list[Call] = [
    ("GET", "/_qchime/health", None),
    ("HEAD", "/_qchime/users", None),
    ("POST", "/_qchime/clock", {"days": 1}),
    ("PATCH", "/_qchime/limits", {"apps_per_user": 5}),
    ("POST", "/_qchime/accounts/111122223333/users", {"email": "a@example.com"}),
    ("DELETE", "/_qchime/accounts/111122223333/limits", None),
    ("PUT", "/_qchime/state", {"version": 2}),
    ("GET", "/_qchime/files/123456789012/us-east-1/instance/0.csv", None),
    ("POST", "/_qchime/files/upload", {"key": "x"}),
    ("OPTIONS", "/apps.list", None),
]


def corpus() -> list[bytes]:
    """Valid requests, with a length and in chunks, of HTTP/1.1 and 1.0."""
    calls = [(call, "chime") for call in CHIME] + [(call, "qapps") for call in QAPPS + CONTROL]
    framings = product(calls, (False, True), ("1.1", "1.0"))
    return [_request(call, name, chunked, version) for (call, name), chunked, version in framings]


def _request(call: Call, signing_name: str, is_chunked: bool, version: str) -> bytes:
    method, target, content = call
    body = b"" if content is None else json.dumps(content).encode()
    head = [
        f"{method} {target} HTTP/{version}",
        "Host: localhost",
        f"Authorization: AWS4-HMAC-SHA256 Credential={_SCOPE.format(signing_name)}, SignedHeaders=host, "
        "Signature=0",
        "instance-id: instance",
        "Content-Type: application/json",
    ]
    if is_chunked:
        head.append("Transfer-Encoding: chunked")
        body = (b"%x\r\n%s\r\n" % (len(body), body) if body else b"") + b"0\r\n\r\n"
    elif body:
        head.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*head, "", ""]).encode() + body
