"""Imports what a mock needs once it starts, because a decorator may never be used: test runs select tests."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from qchime.compat import explained

if TYPE_CHECKING:
    from qchime.control.handle import CloudHandle
    from qchime.mocking.lifecycle import Lifecycle


@cache
def lifecycle() -> Lifecycle:
    """What starts and stops mocks. The first call imports boto3, and everything that answers its clients.

    Raises:
        IncompatibleVersion: moto, botocore or aiobotocore lacks something that we import.
    """
    with explained():
        from qchime.mocking.lifecycle import lifecycle

    return lifecycle


def handle() -> CloudHandle:
    """The handle of what the decorators share."""
    from qchime.control.handle import CloudHandle

    return CloudHandle()
