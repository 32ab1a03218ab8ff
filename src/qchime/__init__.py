"""Amazon Q Apps and Amazon Chime SDK Identity, in memory, for tests.

`@mock_qapps` and `@mock_chimesdkidentity` answer boto3 and aiobotocore clients inside the process;
`qchime serve` answers every other AWS SDK. No account, no token, no network.
"""

from typing import TYPE_CHECKING, Any

from qchime._version import __version__
from qchime.moto import registration

if TYPE_CHECKING:
    from qchime.control.client import Client
    from qchime.control.handle import Handle
    from qchime.mocking import Mock, mock_chimesdkidentity, mock_qapps

__all__ = ["Client", "Handle", "Mock", "__version__", "mock_chimesdkidentity", "mock_qapps"]

registration.register()


def __getattr__(name: str) -> Any:
    """Import what is heavy with its first use: the pytest plugin is loaded into every test run."""
    if name == "Client":
        from qchime.control.client import Client

        return Client
    if name == "Handle":
        from qchime.control.handle import Handle

        return Handle
    if name in __all__:
        from qchime import mocking

        return getattr(mocking, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
