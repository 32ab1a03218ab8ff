"""Sends requests to dispatch directly, without boto3, which would hide our share of the time."""

import json
from typing import Any
from urllib.parse import quote, urlencode

from benchmarks.clients import CHIME, INSTANCE, QAPPS
from qchime.core.cloud import cloud
from qchime.core.dispatch import respond
from qchime.core.service import Service
from qchime.restjson import Request, Response
from qchime.services.chimesdkidentity import SERVICE as CHIME_SERVICE
from qchime.services.qapps import SERVICE as QAPPS_SERVICE

SERVICES = {CHIME: CHIME_SERVICE, QAPPS: QAPPS_SERVICE}


def _headers(service: Service) -> dict[str, str]:
    scope = f"AKIAIOSFODNN7EXAMPLE/20240521/us-east-1/{service.signing_name}/aws4_request"
    signature = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"
    return {"authorization": signature, "instance-id": INSTANCE}


def answer(name: str, method: str, path: str, query: str = "", body: Any = None) -> Response:
    """The response of a service to a request."""
    service = SERVICES[name]
    content = b"" if body is None else json.dumps(body).encode()
    host = f"{service.endpoint_prefix}.us-east-1.amazonaws.com"
    return respond(cloud, Request(method, host, path, query, _headers(service), content), service)


def ask(name: str, method: str, path: str, query: str = "", body: Any = None) -> Any:
    """The content of a successful response."""
    response = answer(name, method, path, query, body)
    assert response.error is None, response
    return json.loads(response.body)


def create_instance(name: str) -> str:
    """A new app instance; returns its ARN."""
    body = {"Name": name, "ClientRequestToken": name}
    arn: str = ask(CHIME, "POST", "/app-instances", body=body)["AppInstanceArn"]
    return arn


def create_users(instance_arn: str, count: int) -> None:
    """Create this many users in an app instance."""
    for number in range(count):
        body = {
            "AppInstanceArn": instance_arn,
            "AppInstanceUserId": f"user-{number}",
            "Name": f"User {number}",
            "ClientRequestToken": f"token-{number}",
        }
        ask(CHIME, "POST", "/app-instance-users", body=body)


def list_users(instance_arn: str) -> int:
    """Read all pages, 50 users on each; returns the number of users."""
    query = {"app-instance-arn": instance_arn, "max-results": "50"}
    return _count(CHIME, "/app-instance-users", query, "AppInstanceUsers", "next-token", "NextToken")


def create_apps(count: int, cards: int = 1) -> list[str]:
    """Create this many apps with this many cards each; returns their ids."""
    body = {"title": "App", "appDefinition": {"cards": [query_card(number) for number in range(cards)]}}
    return [ask(QAPPS, "POST", "/apps.create", body=body)["appId"] for _ in range(count)]


def list_apps() -> int:
    """Read all pages, 50 apps on each; returns the number of apps."""
    return _count(QAPPS, "/apps.list", {"limit": "50"}, "apps", "nextToken", "nextToken")


def start_session(app_id: str) -> str:
    """Run an app; returns the id of the session."""
    session = ask(QAPPS, "POST", "/runtime.startQAppSession", body={"appId": app_id, "appVersion": 1})
    session_id: str = session["sessionId"]
    return session_id


def query_card(number: int) -> dict[str, Any]:
    """A card that refers to the one before it."""
    prompt = f"Go on from @{_card_id(number - 1)}" if number else "Begin"
    return {
        "qQuery": {"id": _card_id(number), "title": f"Card {number}", "type": "q-query", "prompt": prompt}
    }


def _card_id(number: int) -> str:
    return f"{number:08d}-1111-4111-8111-111111111111"


def _count(service: str, path: str, query: dict[str, str], items: str, sent: str, given: str) -> int:
    count, token = 0, None
    while True:
        text = urlencode(query | ({sent: token} if token else {}), quote_via=quote)
        page = ask(service, "GET", path, text)
        count += len(page[items])
        token = page.get(given)
        if not token:
            return count
