"""Measures how many bytes of memory resources and calls take."""

import gc
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks import door
from benchmarks.clients import CHIME
from qchime import mock_chimesdkidentity, mock_qapps
from qchime.control.handle import CloudHandle
from qchime.world.records import MOST_BYTES, MOST_RECORDS

MEGABYTE = 1_000_000
USERS = 100_000
FEWER = 2_000
LENGTH = 100_000
MOST_FOR_USERS = 150 * MEGABYTE


@dataclass(frozen=True)
class Kept:
    """The number of items of a kind, and the bytes that they take in total."""

    what: str
    count: int
    total: int
    limit: int | None = None

    @property
    def each(self) -> float:
        """Bytes per item."""
        return self.total / self.count

    @property
    def is_kept(self) -> bool:
        """Whether the total is within the limit."""
        return self.limit is None or self.total <= self.limit


def measure() -> list[Kept]:
    """Users, apps, sessions, and records of calls."""
    with mock_chimesdkidentity(), mock_qapps() as mock:
        mock.limits.update(apps_per_instance=USERS, apps_per_user=USERS)
        # The first of each kind also creates what is created once.
        door.create_users(door.create_instance("first"), 1)
        app_id = door.create_apps(1)[0]
        door.start_session(app_id)
        arn = door.create_instance("chat")
        return [
            Kept("app instance users", USERS, _bytes(lambda: door.create_users(arn, USERS)), MOST_FOR_USERS),
            Kept("Q Apps of one card", FEWER, _bytes(lambda: door.create_apps(FEWER))),
            Kept("sessions of one", FEWER, _bytes(lambda: _start_sessions(app_id))),
            Kept("records in a full call log", MOST_RECORDS, _bytes(_list_often, keep_calls=True)),
            _calls_at_length(),
        ]


def _start_sessions(app_id: str) -> None:
    for _ in range(FEWER):
        door.start_session(app_id)


def _list_often() -> None:
    for _ in range(2 * MOST_RECORDS):
        door.answer(CHIME, "GET", "/app-instances")


def _calls_at_length() -> Kept:
    """Refused calls are recorded too: the metadata of these is too long."""
    body = {"Name": "chat", "ClientRequestToken": "token", "Metadata": "x" * LENGTH}
    sent = 2 * MOST_BYTES // LENGTH

    def call() -> None:
        for _ in range(sent):
            door.answer(CHIME, "POST", "/app-instances", body=body)

    total = _bytes(call, keep_calls=True)
    return Kept(f"the same with bodies of {LENGTH // 1000} kB", len(CloudHandle().calls()), total)


def _bytes(make: Callable[[], object], keep_calls: bool = False) -> int:
    CloudHandle().reset_calls()
    gc.collect()
    tracemalloc.start()
    make()
    if not keep_calls:
        CloudHandle().reset_calls()
    gc.collect()
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return kept
