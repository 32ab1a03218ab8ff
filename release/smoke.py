"""Calls each service in-process and over HTTP, in an environment that has nothing but the wheel."""

from __future__ import annotations

import sys
import sysconfig
from typing import Any

import boto3

import qchime

CALLS = [
    ("chime-sdk-identity", "list_app_instances", {}),
    ("chime-sdk-messaging", "get_messaging_session_endpoint", {}),
    ("qapps", "list_q_apps", {"instanceId": "4a8b1f06-6bd1-4f7a-9d0e-0c5f2f4f7f11"}),
]
SETTINGS: dict[str, Any] = {
    "region_name": "us-east-1",
    "aws_access_key_id": "111122223333",
    "aws_secret_access_key": "any",
}


def call(service: Any, operation: str, members: dict[str, str], **settings: Any) -> None:
    """Call an operation with a new client; what boto3 raises passes through."""
    getattr(boto3.client(service, **SETTINGS, **settings), operation)(**members)


def has_lock_back() -> bool:
    """Whether a free-threaded Python has turned its lock on again, for a module that does not support it."""
    is_free_threaded = bool(sysconfig.get_config_var("Py_GIL_DISABLED"))
    return is_free_threaded and bool(getattr(sys, "_is_gil_enabled")())  # noqa: B009  # new in 3.13


def main(version: str) -> None:
    """Exercise the installed package, which must have this version."""
    assert qchime.__version__ == version, f"{qchime.__version__} is installed"
    for service, operation, members in CALLS:
        with getattr(qchime, f"mock_{service.replace('-', '')}")() as mock:
            call(service, operation, members)
            assert len(mock.calls()) == 1
            mock.load(mock.dump())
    with qchime.Server() as server:
        for service, operation, members in CALLS:
            call(service, operation, members, endpoint_url=server.url)
        assert len(qchime.Client(server.url).calls()) == len(CALLS)
    assert not has_lock_back(), "a module has enabled the GIL: Python's warning names it"


if __name__ == "__main__":
    main(sys.argv[1])
