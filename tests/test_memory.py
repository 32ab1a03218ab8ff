"""The memory that resources take."""

import gc
import tracemalloc
from collections.abc import Callable
from typing import Any

from qchime.control.handle import CloudHandle

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
