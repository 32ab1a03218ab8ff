"""Services of AWS that nobody else has, in memory, for tests.

`@mock_qapps` and `@mock_chimesdkidentity` answer boto3 and aiobotocore clients inside the process;
`qchime serve` answers every other AWS SDK. No account, no token, no network.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qchime._version import __version__
from qchime.moto import registration

if TYPE_CHECKING:
    from qchime import server
    from qchime.control import client, handle
    from qchime.core.cloud import Cloud
    from qchime.mocking.mock import Mock, MockOf
    from qchime.services.qapps.answers import Answers
    from qchime.services.qapps.remote import RemoteAnswers

    mock_chimesdkidentity: MockOf
    mock_qapps: MockOf

    # The handle finds the words of services at run time; type checkers learn those of our own services here.

    class Handle(handle.Handle):
        """The world of a mock in one hand: clock, faults, limits, users and answers, calls and state."""

        @property
        def answers(self) -> Answers:
            """What cards answer: `answers.add(card="Summary", text="All is well")`."""

        def account(self, account_id: str) -> Handle:
            """The same words for one account alone."""

    class Client(Handle, client.Client):
        """The handle of a server that runs elsewhere."""

        @property
        def answers(self) -> RemoteAnswers:  # type: ignore[override]
            """What cards answer there."""

        def account(self, account_id: str) -> Client:
            """The same words for one account alone."""

    class Server(Handle, server.Server):  # type: ignore[misc]  # an account of a server is no server
        """A server, and the handle of what it holds."""

        def start(self) -> Server:
            """Serve in a thread beside this one."""

        def __enter__(self) -> Server: ...


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
