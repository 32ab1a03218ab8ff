"""One rich state for all tests, dumped once."""

import json
from typing import Any

import pytest

from tests.control.snapshot.populated import all_mocked, populate


@pytest.fixture(scope="session")
def rich() -> str:
    """A dump as JSON text, so that every test has its own copy."""
    with all_mocked() as mock:
        populate(mock)
        state = mock.dump()
    state["world"]["calls"] = state["world"]["calls"][-3:]  # the rest is similar
    return json.dumps(state)


@pytest.fixture
def state(rich: str) -> Any:
    return json.loads(rich)
