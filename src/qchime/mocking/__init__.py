"""The decorators: boto3 and aiobotocore clients answered inside the process."""

from typing import Any

from qchime.compat import explained

with explained():
    from qchime.mocking.mock import Mock, decorators

__all__ = ["Mock", "decorators"]


def __getattr__(name: str) -> Any:
    """`mock_qapps` and the like: one for each service that is installed."""
    if (decorator := decorators().get(name)) is not None:
        return decorator
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
