"""The decorators, which intercept boto3 and aiobotocore clients in-process."""

from typing import Any

from qchime.compat import explained

with explained():
    from qchime.mocking.mock import Mock, decorators

__all__ = ["Mock", "decorators"]


def __getattr__(name: str) -> Any:
    """The decorator of an installed service, such as `mock_qapps`."""
    if (decorator := decorators().get(name)) is not None:
        return decorator
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
