"""Dispatch, which is a tuple of steps."""

import json
from typing import Any

import pytest

from qchime.core.cloud import Cloud
from qchime.core.dispatch import STEPS, apply_fault, respond, validate
from qchime.core.exchange import Exchange
from qchime.restjson import Request, Response
from qchime.services.chimesdkidentity import SERVICE

HOST = "identity-chime.us-east-1.amazonaws.com"


def create(name: str = "chat", **members: Any) -> Request:
    body = {"Name": name, "ClientRequestToken": "token", **members}
    return Request("POST", HOST, "/app-instances", "", {}, json.dumps(body).encode())


@pytest.fixture
def cloud() -> Cloud:
    return Cloud()


def test_the_steps_are_in_order() -> None:
    assert [step.__name__ for step in STEPS] == [
        "find_service",
        "route",
        "find_account",
        "find_caller",
        "check_supported",
        "parse",
        "throttle",
        "check_caller",
        "apply_fault",
        "validate",
        "act",
    ]


def test_a_step_can_be_replaced(cloud: Cloud) -> None:
    def teapot(exchange: Exchange) -> Response:
        return Response(418, body=exchange.operation.name.encode())

    cloud.steps = (*STEPS[:-1], teapot)

    assert respond(cloud, create()).body == b"CreateAppInstance"
    assert cloud.contents.calls()[0].status == 418
    assert respond(Cloud(), create()).status == 201, "other clouds have the usual steps"


def test_a_step_can_be_left_out(cloud: Cloud) -> None:
    too_long = create("x" * 257)
    assert respond(cloud, too_long).error == "BadRequestException"

    cloud.steps = tuple(step for step in STEPS if step is not validate)
    assert respond(cloud, too_long).status == 201


def test_a_step_that_responds_ends_dispatch(cloud: Cloud) -> None:
    seen: list[str] = []

    def watched(step: Any) -> Any:
        def watch(exchange: Exchange) -> Response | None:
            seen.append(step.__name__)
            answer: Response | None = step(exchange)
            return answer

        return watch

    cloud.steps = tuple(map(watched, STEPS))
    cloud.contents.world.faults.add("CreateAppInstance", "ReadTimeoutError")

    assert respond(cloud, create()).lost == "ReadTimeoutError"
    assert seen[-1] == apply_fault.__name__


def test_reading_an_attribute_that_no_step_has_set_raises_attribute_error(cloud: Cloud) -> None:
    cloud.steps = STEPS[1:]
    with pytest.raises(AttributeError, match="service"):
        respond(cloud, create())

    assert respond(cloud, create(), SERVICE).status == 201, "the caller of dispatch knows the service"


def test_steps_without_a_response_raise_lookup_error(cloud: Cloud) -> None:
    cloud.steps = STEPS[:-1]
    with pytest.raises(LookupError, match="No step returned a response"):
        respond(cloud, create())
