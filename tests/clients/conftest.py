"""Fixtures for the clients of Q Apps."""

from collections.abc import Iterator

import pytest
from moto.moto_api import state_manager


@pytest.fixture
def sessions_take_a_poll() -> Iterator[None]:
    """Sessions are in progress at the first poll, and completed at the second."""
    state_manager.set_transition("qapps::session", {"progression": "manual", "times": 1})
    yield
    state_manager.unset_transition("qapps::session")
