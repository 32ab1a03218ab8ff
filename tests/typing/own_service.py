"""What a package with a service of its own declares for type checkers: see docs/your-own-service.md."""

from typing import TYPE_CHECKING

import qchime

if TYPE_CHECKING:

    class Trash:
        """An attribute of the handle."""

        def empty(self) -> int: ...

    class RemoteTrash:
        """The same attribute over HTTP."""

        def empty(self) -> str: ...

    class Handle(qchime.Handle):
        """The handle with the attribute."""

        @property
        def trash(self) -> Trash: ...

    class Client(Handle, qchime.Client):
        """The handle of a server with the attribute."""

        @property
        def trash(self) -> RemoteTrash: ...  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]

    mock_rbin: qchime.MockOf[Handle]
else:
    from qchime import Client, Handle
    from qchime import mock_qapps as mock_rbin

__all__ = ["Client", "Handle", "mock_rbin"]
