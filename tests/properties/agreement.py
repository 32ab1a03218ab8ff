"""Helpers of both state machines: a mocked service in frozen time, and comparable responses."""

from collections.abc import Callable
from datetime import datetime, timezone
from functools import cache
from typing import Any

import boto3
import time_machine
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError
from hypothesis import note
from moto.moto_api._internal import mock_random

from qchime.control.handle import Handle
from qchime.mocking.mock import Mock
from qchime.world import User

START = datetime(2026, 1, 1, tzinfo=timezone.utc)
GIVEN = dict[str, Any]
ANSWER = dict[str, Any] | str
"""A result, or the name of the error."""


class Refused(Exception):
    """A model's refusal; its text is the name of the error."""


class Stage:
    """One service in memory. Its clock moves by `advance` only, and its ids are the same every time.

    So are the credentials, and clients can be reused from one run to the next.
    """

    def __init__(self, mock: Mock) -> None:
        self._time = time_machine.travel(START, tick=False)
        self._time.start()
        self._random = mock_random.getstate()
        mock_random.seed(0)
        self._mock = mock
        self.handle: Handle = mock.start()

    def close(self) -> None:
        self._mock.stop()
        mock_random.setstate(self._random)
        self._time.stop()


@cache
def _session() -> boto3.Session:
    return boto3.Session()


@cache
def client_for(service: str, access_key_id: str, secret_access_key: str) -> Any:
    """A client without validation, cached because creating one takes longer than hundreds of calls."""
    session: Any = _session()
    return session.client(
        service,
        region_name="us-east-1",
        aws_access_key_id=access_key_id,
        aws_secret_access_key=secret_access_key,
        config=Config(parameter_validation=False, retries={"total_max_attempts": 1}),
    )


def client_of(service: str, user: User) -> Any:
    return client_for(service, user.access_key_id, user.secret_access_key)


def answer_of(client: Any, operation: str, given: GIVEN) -> ANSWER:
    try:
        answer: dict[str, Any] = getattr(client, xform_name(operation))(**given)
    except ClientError as error:
        name: str = error.response["Error"]["Code"]
        note(f"{operation}({given}): {name}")
        return name
    del answer["ResponseMetadata"]
    note(f"{operation}({given}): {answer}")
    return answer


def expected_of(act: Callable[..., dict[str, Any] | None], *arguments: Any) -> ANSWER:
    try:
        return act(*arguments) or {}
    except Refused as error:
        return str(error)


def made(answer: ANSWER, member: str) -> str:
    """The id that the service has generated, which the model cannot predict."""
    return str(answer[member]) if isinstance(answer, dict) else "nothing was made"


def present(**members: Any) -> dict[str, Any]:
    """Only the members that are not None, as in responses."""
    return {name: value for name, value in members.items() if value is not None}
