"""The application: checks whether to trust a request, then responds by a control route or a service.

`qchime.server.asgi` and `qchime.server.wsgi` serve it over HTTP. The head of a request decides who responds,
because moto must get its requests with the body unread.
"""

from collections.abc import Collection, Iterable
from os import PathLike
from typing import TYPE_CHECKING

from qchime.control.saving import Saver
from qchime.core.cloud import Cloud
from qchime.core.cloud import cloud as default_cloud
from qchime.core.dispatch import STEPS, respond_or_500
from qchime.core.partitions import dns_suffixes
from qchime.restjson import Request, Response
from qchime.server.console import Console
from qchime.server.control import PREFIX, ControlRoutes
from qchime.server.control.members import MemberRoutes
from qchime.server.neighbour import Neighbour
from qchime.server.sockets import Sockets
from qchime.server.trust.bodies import LARGEST_BODY, too_large
from qchime.server.trust.origins import Trust
from qchime.server.trust.refusals import without_errors
from qchime.server.trust.signatures import verify

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class Application:
    """All services at one address, with the control routes; a WSGI application.

    With `moto`, requests for other services go to moto's server, and AWS's own host names are allowed too.
    With `verify_signatures`, only requests with a valid signature of a registered user are accepted.
    With `proxy`, the headers of a reverse proxy tell how its client sent a request.
    Without `page`, there is no page for browsers at `/_qchime/`.

    Raises:
        ExtraMissing: the extra `server`, which moto's server needs, is not installed.
        ValueError: one of the hosts or origins is malformed, `moto` is to serve in a member or beside a cloud
            of its own, or the state file cannot be loaded or created.
    """

    def __init__(
        self,
        hosts: Collection[str] = (),
        *,
        cloud: Cloud = default_cloud,
        origins: Collection[str] = (),
        moto: bool = False,
        state_file: str | PathLike[str] | None = None,
        verify_signatures: bool = False,
        proxy: bool = False,
        member: bool = False,
        page: bool = True,
    ) -> None:
        self.cloud = cloud
        self.trust = Trust(hosts, dns_suffixes() if moto else (), origins, proxy=proxy)
        self.neighbour = Neighbour(cloud, self.trust, is_member=member) if moto else None
        """moto's server, for the services that we do not have; None without `moto`."""
        self.saver = Saver(cloud, state_file) if state_file is not None else None
        """Keeps the state in the state file; who serves the application starts and stops it."""
        self._control = (MemberRoutes if member else ControlRoutes)(cloud, self.saver)
        self._console = Console(cloud, self._control) if page else None
        self.sockets = Sockets(cloud, self.trust, verifies_signatures=verify_signatures)
        self._verify = verify if verify_signatures else None

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Respond to a WSGI request.

        Raises:
            RuntimeError: a fault loses the response, and the server does not expose the connection.
        """
        from qchime.server.wsgi import respond  # not needed over ASGI

        return respond(self, environ, start_response)

    def neighbour_for(self, head: Request) -> Neighbour | None:
        """moto's server if it is to respond to a request, None if we are."""
        return self.neighbour if self.neighbour is not None and self.neighbour.takes(head) else None

    def is_quick(self, request: Request) -> bool:
        """Whether the response takes so little time that an event loop may wait for it.

        Not if the request is large, or if functions of a test author may run, which may wait themselves.
        """
        return (
            len(request.body) <= LARGEST_BODY
            and self.cloud.steps is STEPS
            and not self.cloud.contents.world.runs_functions
            and not request.path.startswith(PREFIX)
        )

    def respond(self, request: Request) -> Response:
        """The response to a request for one of our services or control routes.

        The caller carries out the delay or loss of the response.
        """
        response = without_errors(request, lambda: self._respond(request))
        self.trust.allow(request, response.headers)
        return response

    def is_for_page(self, head: Request) -> bool:
        """Whether a browser requests a part of the page."""
        return self._console is not None and self._console.has(head)

    def refuse_body(self, head: Request) -> Response:
        """The response to a request whose body is larger than `largest_body`."""
        response = too_large(head)
        self.trust.allow(head, response.headers)
        return response

    def _respond(self, request: Request) -> Response:
        if request.path.startswith(PREFIX):
            if self._console is not None and self._console.has(request):
                return self._console.respond(request)
            return self._control(request)
        if self.sockets.has(request):
            return self.sockets.upgrade_required(request)
        return respond_or_500(self.cloud, request, self._verify)
