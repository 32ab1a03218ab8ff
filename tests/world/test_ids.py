"""Where ids come from."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from moto.moto_api._internal import mock_random

from qchime.world import Clock, Users, new_uuid


@pytest.fixture
def seeded() -> Iterator[Any]:
    """moto's random source, to be seeded; as it was before, afterwards."""
    state = mock_random.getstate()
    yield mock_random.seed
    mock_random.setstate(state)


def test_an_id_is_a_uuid_of_version_4_in_lower_case():
    made = new_uuid()

    assert str(UUID(made)) == made
    assert UUID(made).version == 4


def test_no_two_are_alike():
    assert len({new_uuid() for _ in range(1000)}) == 1000


def test_motos_seed_makes_them_repeatable(seeded: Any):
    seeded(42)
    first = [new_uuid(), new_uuid()]
    seeded(42)

    assert [new_uuid(), new_uuid()] == first
    assert new_uuid() not in first


def test_motos_seed_makes_users_and_resources_repeatable(seeded: Any, chime_sdk_identity_client: Any):
    def run() -> tuple[str, str]:
        seeded(7)
        user = Users(Clock()).add("alice@example.com")
        created = chime_sdk_identity_client.create_app_instance(Name="Chat")
        chime_sdk_identity_client.delete_app_instance(AppInstanceArn=created["AppInstanceArn"])
        return user.user_id, created["AppInstanceArn"]

    assert run() == run()


def test_another_seed_makes_others(seeded: Any):
    seeded(1)
    first = new_uuid()
    seeded(2)

    assert new_uuid() != first
