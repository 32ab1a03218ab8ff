"""The decorators, which intercept boto3 and aiobotocore clients in-process."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qchime.mocking.mock import Mock, MockOf, decorators

__all__ = ["Mock", "MockOf", "decorators"]


def __getattr__(name: str) -> Any:
    """The decorator of an installed service, such as `mock_qapps`. Its first start imports boto3."""
    if name in __all__ or name.startswith("mock_"):
        from qchime.mocking.mock import Mock, MockOf, decorators

        found = {"Mock": Mock, "MockOf": MockOf, "decorators": decorators, **decorators()}.get(name)
        if found is not None:
            return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
