"""Where ids come from: moto's random source, so that `/moto-api/seed` makes runs repeatable."""

from moto.moto_api._internal import mock_random


def new_uuid() -> str:
    """A UUID of version 4 in lower case."""
    return str(mock_random.uuid4())
