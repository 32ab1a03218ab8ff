"""Services of AWS that nobody else has, in memory, for tests.

`@mock_qapps` and `@mock_chimesdkidentity` answer boto3 and aiobotocore clients inside the process;
`qchime serve` answers every other AWS SDK. No account, no token, no network.
"""

from typing import TYPE_CHECKING, Any

from qchime._version import __version__
from qchime.moto import registration

if TYPE_CHECKING:
    from qchime.control.client import Client
    from qchime.control.handle import Handle
    from qchime.core.cloud import Cloud
    from qchime.mocking.mock import Mock, MockOf
    from qchime.server import Server

    mock_chimesdkidentity: MockOf
    mock_qapps: MockOf

__all__ = [
    "Client",
    "Cloud",
    "Handle",
    "Mock",
    "Server",
    "__version__",
    "mock_chimesdkidentity",
    "mock_qapps",
]


def _intercept() -> None:
    """What moto does first when `mock_aws` begins: this is where the two doors meet."""
    from qchime.mocking import interception, lifecycle  # noqa: F401

    interception.install()


registration.register(_intercept)


def __getattr__(name: str) -> Any:
    """Import what is heavy with its first use: the pytest plugin is loaded into every test run."""
    if name == "Client":
        from qchime.control.client import Client

        return Client
    if name == "Cloud":
        from qchime.core.cloud import Cloud

        return Cloud
    if name == "Handle":
        from qchime.control.handle import Handle

        return Handle
    if name == "Server":
        from qchime.server import Server

        return Server
    if name == "Mock" or name.startswith("mock_"):
        from qchime import mocking

        return getattr(mocking, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
