"""The in-process handle: its parts outlive resets, and look like the objects they stand for."""

import copy
from datetime import timedelta
from typing import Any

import pytest

from qchime import Cloud, mock_qapps
from qchime.control.handle import CloudHandle
from qchime.services.chimesdkidentity.deactivated import Endpoints
from qchime.services.qapps.answers import Answers
from qchime.services.qapps.initial_categories import InitialCategories
from qchime.world import Clock, Faults, Limits, Rules, Users

PARTS = {
    "answers": Answers,
    "categories": InitialCategories,
    "clock": Clock,
    "endpoints": Endpoints,
    "faults": Faults,
    "limits": Limits,
    "rules": Rules,
    "users": Users,
}


@pytest.fixture
def handle() -> CloudHandle:
    return CloudHandle(Cloud())


@pytest.mark.parametrize("name", PARTS)
def test_a_part_looks_like_the_object_it_stands_for(handle: Any, name: str) -> None:
    part = getattr(handle, name)

    assert isinstance(part, PARTS[name])
    assert part == getattr(handle, name)
    assert hash(part) == hash(getattr(handle, name))
    assert part != getattr(CloudHandle(Cloud()), name)
    assert part != "something else"
    assert name in dir(handle)
    assert "reset" in dir(part)


@pytest.mark.parametrize("name", PARTS)
def test_a_part_survives_a_reset(handle: Any, name: str) -> None:
    part = getattr(handle, name)
    handle.reset()

    assert part == getattr(handle, name)


def test_a_copy_of_a_part_is_the_same_part(handle: Any) -> None:
    copy.copy(handle.clock).advance(days=1)

    assert handle.clock.offset == timedelta(days=1)


def test_an_unknown_attribute_is_an_error(handle: Any) -> None:
    with pytest.raises(AttributeError, match="'CloudHandle' object has no attribute 'clocks'"):
        _ = handle.clocks


def test_a_seed_is_for_all_accounts() -> None:
    mine = CloudHandle(Cloud()).account("111122223333")
    with pytest.raises(ValueError, match="All accounts share one source of ids"):
        mine.seed(42)


def test_a_decorator_returns_the_handle_of_the_default_cloud() -> None:
    with mock_qapps() as mock:
        assert mock.clock == CloudHandle().clock
