"""The memory that resources take."""

import gc
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest

from qchime.control.handle import CloudHandle
from qchime.core.cloud import Cloud
from qchime.core.dispatch import respond
from qchime.restjson import Request

MOST_BYTES_OF_A_USER = 1500
"""So that 100 000 users, which AWS allows in one app instance, stay within 150 MB."""


def bytes_kept(make: Callable[[], object]) -> int:
    gc.collect()
    tracemalloc.start()
    try:
        make()
        gc.collect()
        return tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()


def test_a_user_is_small(chime_sdk_identity_client: Any) -> None:
    arn = chime_sdk_identity_client.create_app_instance(Name="chat")["AppInstanceArn"]

    def create(first: int, count: int) -> None:
        for number in range(first, first + count):
            chime_sdk_identity_client.create_app_instance_user(
                AppInstanceArn=arn, AppInstanceUserId=f"user-{number}", Name=f"User {number}"
            )
        CloudHandle().reset_calls()  # the call log is bounded

    create(0, 10)  # objects that are created only once
    assert bytes_kept(lambda: create(10, 300)) / 300 < MOST_BYTES_OF_A_USER


LONG = 20_000
REQUESTS = 2_000
MOST_BYTES_OF_CACHES = 150_000
"""Room for some hundred small entries; the requests have several times as much, however short they are."""


@pytest.mark.parametrize(
    ("path", "region"),
    [
        ("/app-instances/{number:08}" + "x" * LONG, "us-east-1"),
        ("/app-instances?next-token={number:08}" + "x" * LONG, "us-east-1"),
        ("/app-instances", "r-{number}-" + "x" * 50),
    ],
    ids=["paths", "queries", "regions"],
)
def test_nothing_of_what_clients_send_stays_in_caches(path: str, region: str) -> None:
    used = Cloud()

    def send(number: int) -> None:
        target, _, query = path.format(number=number).partition("?")
        scope = f"AKIAIOSFODNN7EXAMPLE/20240521/{region.format(number=number)}/chime/aws4_request"
        headers = {"authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"}
        respond(used, Request("GET", "localhost", target, query, headers, b""))

    def send_many(first: int, count: int) -> None:
        for number in range(first, first + count):
            send(number)
        used.reset()

    send_many(0, REQUESTS)
    assert bytes_kept(lambda: send_many(REQUESTS, REQUESTS)) < MOST_BYTES_OF_CACHES
