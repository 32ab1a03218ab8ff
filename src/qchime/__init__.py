"""In-memory mocks of Amazon Q Apps, Amazon Chime SDK Identity and Amazon Chime SDK Messaging, for tests.

`@mock_qapps`, `@mock_chimesdkidentity` and `@mock_chimesdkmessaging` intercept boto3 and aiobotocore clients
in-process; `qchime serve` answers every other AWS SDK. No account, no token, no network.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from qchime.control.pages import Pages, pages
from qchime.moto import registration

if TYPE_CHECKING:
    __version__: str
    """The version of the installed package."""

    from qchime import server
    from qchime.control import client, handle
    from qchime.core.cloud import Cloud
    from qchime.mocking.mock import Mock, MockOf
    from qchime.services.chimesdkidentity.deactivated import Endpoints
    from qchime.services.chimesdkidentity.remote import RemoteEndpoints
    from qchime.services.chimesdkmessaging.events import Events
    from qchime.services.chimesdkmessaging.flow_actions import Flows
    from qchime.services.chimesdkmessaging.remote import RemoteEvents, RemoteFlows
    from qchime.services.qapps.answers import Answers
    from qchime.services.qapps.initial_categories import InitialCategories
    from qchime.services.qapps.remote import RemoteAnswers, RemoteInitialCategories

    mock_chimesdkidentity: MockOf
    """Mock Amazon Chime SDK Identity in this process, as a decorator or a context manager."""
    mock_chimesdkmessaging: MockOf
    """Mock Amazon Chime SDK Messaging in this process, as a decorator or a context manager."""
    mock_qapps: MockOf
    """Mock Amazon Q Apps in this process, as a decorator or a context manager."""

    # Services add attributes to the handle at run time; this tells type checkers about those of our services.
    # Packages with other services do the same: see docs/your-own-service.md.

    class Handle(handle.Handle):
        """The controls of a mock, with those that the services add."""

        @property
        def answers(self) -> Answers:
            """The answers of cards: `answers.add(card="Summary", text="All is well")`."""

        @property
        def endpoints(self) -> Endpoints:
            """The endpoints of devices: `endpoints.deactivate(endpoint_id)`."""

        @property
        def categories(self) -> InitialCategories:
            """The initial categories of libraries: `categories.add("Human Resources")`."""

        @property
        def events(self) -> Events:
            """The events that members of channels receive: `events(to=alice, channel=general)`."""

        @property
        def flows(self) -> Flows:
            """What channel flows do with messages: `flows.hold()`."""

    class Client(Handle, client.Client):
        """The handle of a server in another process."""

        @property
        def answers(self) -> RemoteAnswers:  # type: ignore[override]
            """The answers of cards on the server."""

        @property
        def endpoints(self) -> RemoteEndpoints:  # type: ignore[override]
            """The endpoints of devices on the server."""

        @property
        def categories(self) -> RemoteInitialCategories:  # type: ignore[override]
            """The initial categories of libraries on the server."""

        @property
        def events(self) -> RemoteEvents:  # type: ignore[override]
            """The events that members of channels on the server receive."""

        @property
        def flows(self) -> RemoteFlows:  # type: ignore[override]
            """What channel flows on the server do with messages."""

    class Server(Handle, server.Server):
        """A server, and the handle of its cloud."""

        def account(self, account_id: str) -> Handle:  # type: ignore[override]  # not a server
            """The handle of a single account."""


__all__ = [
    "Client",
    "Cloud",
    "Handle",
    "Mock",
    "MockOf",
    "Server",
    "__version__",
    "mock_chimesdkidentity",
    "mock_chimesdkmessaging",
    "mock_qapps",
]


def _intercept() -> None:
    """Install our interception of clients. moto calls this when `mock_aws` starts."""
    from qchime.mocking import lifecycle, replaced  # noqa: F401

    replaced.install()


registration.register(_intercept)


@cache
def _pages() -> Pages:
    """What shows a mock's state in a browser."""
    from qchime.server import Server
    from qchime.server.console.clouds import PagesOfClouds

    return PagesOfClouds(lambda cloud: Server(cloud=cloud).start())


pages.load = _pages


def _import(name: str) -> Any:
    """Import heavy modules on first use: the pytest plugin is loaded into every test run."""
    if name == "__version__":
        from qchime._version import installed_version

        return installed_version()
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
    if name in ("Mock", "MockOf") or name.startswith("mock_"):
        from qchime import mocking

        return getattr(mocking, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


if not TYPE_CHECKING:  # type checkers would take a misspelt name for one that exists
    __getattr__ = _import
