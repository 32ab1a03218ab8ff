"""The source of ids."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from moto.moto_api._internal import mock_random

from qchime.control.handle import Handle
from qchime.core.cloud import Cloud, cloud
from qchime.world import Ids
from tests.forking import forks, in_child


@pytest.fixture
def seeded() -> Iterator[Any]:
    """moto's random source; after the test, it and ours are unpredictable again."""
    yield mock_random.seed
    mock_random.seed()


def test_an_id_is_a_uuid_of_version_4_in_lower_case() -> None:
    made = cloud.ids.uuid()

    assert str(UUID(made)) == made
    assert UUID(made).version == 4


def test_ids_are_unique() -> None:
    assert len({cloud.ids.uuid() for _ in range(1000)}) == 1000


def test_motos_seed_makes_ids_repeatable(seeded: Any) -> None:
    seeded(42)
    first = [cloud.ids.uuid(), cloud.ids.uuid()]
    seeded(42)

    assert [cloud.ids.uuid(), cloud.ids.uuid()] == first
    assert cloud.ids.uuid() not in first


def test_motos_seed_makes_users_and_resources_repeatable(
    seeded: Any, chime_sdk_identity_client: Any, qchime: Handle
) -> None:
    def run() -> tuple[str, str]:
        seeded(7)
        qchime.users.reset()
        user = qchime.users.add("alice@example.com")
        created = chime_sdk_identity_client.create_app_instance(Name="Chat")
        chime_sdk_identity_client.delete_app_instance(AppInstanceArn=created["AppInstanceArn"])
        return user.access_key_id, created["AppInstanceArn"]

    assert run() == run()


def test_another_seed_gives_other_ids(seeded: Any) -> None:
    seeded(1)
    first = cloud.ids.uuid()
    seeded(2)

    assert cloud.ids.uuid() != first


def test_our_seed_makes_ids_repeatable(qchime: Handle, chime_sdk_identity_client: Any) -> None:
    def run() -> str:
        qchime.seed(42)
        arn: str = chime_sdk_identity_client.create_app_instance(Name="Chat")["AppInstanceArn"]
        return arn

    try:
        first = run()
        qchime.reset()
        assert run() == first
    finally:
        cloud.ids.seed()


def test_each_cloud_has_its_own_ids() -> None:
    ours, theirs = Ids(), Ids()
    ours.seed(1)
    theirs.seed(1)
    first = ours.uuid()

    assert [theirs.uuid(), ours.uuid()] == [first, theirs.uuid()]


@forks
def test_a_forked_child_generates_other_ids() -> None:
    ids = Cloud().ids  # whatever has seeded those of the default cloud

    assert in_child(ids.uuid) != ids.uuid()
