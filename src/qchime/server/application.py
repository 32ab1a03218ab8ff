"""The application: checks whether to trust a request, then responds by a control route or a service.

`qchime.server.asgi` and `qchime.server.wsgi` serve it over HTTP. The head of a request decides who responds,
because moto must get its requests with the body unread.
"""

import logging
from collections.abc import Callable, Collection, Iterable
from os import PathLike
from typing import TYPE_CHECKING

from qchime.control.neighbourhood import Application as NeighbourApplication
from qchime.control.neighbourhood import neighbourhood
from qchime.control.saving import Saver
from qchime.core.caller import Scope, account_id_of, identify_caller
from qchime.core.cloud import Account, Cloud
from qchime.core.cloud import cloud as default_cloud
from qchime.core.dispatch import STEPS, respond_or_500
from qchime.core.identify import identify_service
from qchime.core.partitions import dns_suffixes, is_under
from qchime.core.service import Connection, Service
from qchime.core.table import SERVICES
from qchime.restjson import CommonError, Request, Response
from qchime.rules import inferred
from qchime.server import members
from qchime.server.bodies import LARGEST_BODY, too_large
from qchime.server.console import Console
from qchime.server.control import PREFIX, ControlRoutes
from qchime.server.proxy import forwarded
from qchime.server.refusals import refuse, without_errors
from qchime.server.signatures import verify
from qchime.server.trust import Trust
from qchime.world import Clock

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

logger = logging.getLogger("qchime.server")

SIGNED_SOCKETS = inferred(
    "server.websocket-expiry",
    "The presigned URL of a WebSocket expires by the machine's clock, even if the mock's is ahead: a client "
    "signs it by that clock whenever it connects.",
)

INTERNAL_ERROR = 1011
"""The status code that closes a WebSocket on which the mock fails."""


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
        if moto and cloud is not default_cloud:
            raise ValueError(
                "moto's state is one per process, so it can only serve beside the default cloud. "
                "Leave out `cloud` or `moto`, or start another process."
            )
        if moto and member:
            raise ValueError(members.NOT_WITH_MOTO)
        self.cloud = cloud
        self.trust = Trust(hosts, dns_suffixes() if moto else (), origins)
        self.neighbour = _neighbour() if moto else None
        """moto's server, for the services that we do not have; None without `moto`."""
        self.saver = Saver(cloud, state_file) if state_file is not None else None
        """Keeps the state in the state file; who serves the application starts and stops it."""
        self._control = (members.MemberRoutes if member else ControlRoutes)(cloud, self.saver)
        self._console = Console(cloud, self._control) if page else None
        self._verifies_signatures = verify_signatures
        self.is_behind_proxy = proxy

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Respond to a WSGI request.

        Raises:
            RuntimeError: a fault loses the response, and the server does not expose the connection.
        """
        from qchime.server.wsgi import respond  # not needed over ASGI

        return respond(self, environ, start_response)

    def as_sent(self, head: Request) -> Request:
        """The request as the proxy's client sent it; as received if there is no proxy, or if it is refused.

        A page can set `X-Forwarded-Host` but not `Host`, so `Host` must be trusted as well.
        """
        if not self.is_behind_proxy or self.trust.refusal(head) is not None:
            return head
        return forwarded(head)

    def refusal(self, head: Request) -> Response | None:
        """The response to a request that is answered without reading its body; None for all others."""
        if (reason := self.trust.refusal(head)) is not None:
            return refuse(403, "AccessDeniedException", reason)
        response = self.trust.preflight(head)
        if response is not None:
            self.trust.allow(head, response.headers)
        return response

    def is_left_to_neighbour(self, head: Request) -> bool:
        """Whether moto is to respond, because a request is not for one of our services.

        Only the host counts for an unsigned request to one of AWS's hosts: its path may be a key in an S3
        bucket.
        """
        if self.neighbour is None or head.path.startswith(PREFIX):
            return False
        scope = Scope.of(head)
        if not scope.signing_name and is_under(head.host, dns_suffixes()):
            return not any(service.owns(head.host) for service in SERVICES)
        return identify_service(head, scope) is None

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

    def connect(self, request: Request, connection: Connection) -> Callable[[], None]:
        """Let the service at this path serve a WebSocket.

        The caller calls the function returned once the connection ends.
        """
        service = SERVICES.with_sockets_at(request.path)
        assert service is not None
        assert service.sockets is not None
        try:
            account, region = self._connecting(service, request)
            return service.sockets.connect(account, region, request, connection)
        except CommonError as error:
            connection.close(service.sockets.unauthorized, str(error))
        except Exception:
            logger.exception("The WebSocket at %s failed", request.path)
            connection.close(INTERNAL_ERROR, "The mock failed on this connection; its log has the traceback.")
        return lambda: None

    @SIGNED_SOCKETS
    def _connecting(self, service: Service, request: Request) -> tuple[Account, str]:
        """The account and region of a client that connects."""
        contents, scope, clock = self.cloud.contents, Scope.of(request), Clock()
        if self._verifies_signatures:
            verify(contents, request, service, clock)
        account = contents.account(account_id_of(contents, request, scope.access_key_id))
        return account, identify_caller(account, request, scope, service, clock).region

    def is_for_page(self, head: Request) -> bool:
        """Whether a browser requests a part of the page."""
        return self._console is not None and self._console.has(head)

    def refuse_body(self, head: Request) -> Response:
        """The response to a request whose body is larger than `largest_body`."""
        response = too_large(head)
        self.trust.allow(head, response.headers)
        return response

    def _respond(self, request: Request) -> Response:
        for service in SERVICES:
            if service.routes is not None and request.path.startswith(f"{service.routes.path}/"):
                request.path = request.path.removeprefix(service.routes.path)
                return service.routes.respond(self.cloud, request)
        if self._console is not None and self._console.has(request):
            return self._console.respond(request)
        if request.path.startswith(PREFIX):
            return self._control(request)
        if SERVICES.with_sockets_at(request.path) is not None:
            return _upgrade_required(request.path)
        return respond_or_500(self.cloud, request, verify if self._verifies_signatures else None)


def _neighbour() -> NeighbourApplication:
    if neighbourhood.neighbour is None:
        raise RuntimeError("moto is not registered. Call qchime.moto.registration.register() first.")
    return neighbourhood.neighbour.application()


def _upgrade_required(path: str) -> Response:
    how = "Connect to it with a WebSocket client, on the server that `qchime serve` starts."
    response = refuse(426, "UpgradeRequired", f"{path} is for WebSockets. {how}")
    response.headers["Upgrade"] = "websocket"
    return response
