"""A stack under `mock_aws`."""

from collections.abc import Iterator

import pytest
from moto import mock_aws

from tests.moto.stacks import Stacks


@pytest.fixture
def stacks() -> Iterator[Stacks]:
    with mock_aws():
        yield Stacks()
