"""What moto's handler of botocore's requests does for us, and what it must leave to us."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qchime.control.running import running
from qchime.core.clients import ClientResponse
from qchime.core.table import SERVICES
from qchime.restjson import Response


def answer(stub: Callable[[], Any], request: Any) -> Any:
    """moto's answer; None for a request of a service whose own mock runs, which answers it.

    moto would answer a second time, or refuse what its whitelist lacks. What it answers for us comes in our
    form, for aiobotocore awaits the content.
    """
    service = next((service for service in SERVICES if service.url_pattern.match(request.url)), None)
    if service is None:
        return stub()
    if running.has(service):
        return None
    answered = stub()
    if answered is None:
        return None
    headers = {name: str(value) for name, value in answered.headers.items()}
    return ClientResponse(request.url, Response(answered.status_code, headers, answered.content))
