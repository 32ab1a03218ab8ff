"""The application: checks whether to trust a request, then responds by a control route or a service.

Our own server calls `Application.respond`, other servers use it as a WSGI application. The head of a request
decides who responds, because moto must get its requests with the body unread.
"""

import logging
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from functools import partial
from os import PathLike
from typing import TYPE_CHECKING, TypeVar, cast

from werkzeug.exceptions import HTTPException, RequestEntityTooLarge, RequestTimeout

from qchime.control.neighbourhood import Application as NeighbourApplication
from qchime.control.neighbourhood import neighbourhood
from qchime.core.caller import Scope, account_of_key
from qchime.core.cloud import Cloud
from qchime.core.cloud import cloud as default_cloud
from qchime.core.delivery import SOCKET, deliver
from qchime.core.dispatch import respond_or_500
from qchime.core.identify import identify_service
from qchime.core.partitions import dns_suffixes, is_under
from qchime.core.table import SERVICES
from qchime.core.unknown import not_implemented
from qchime.restjson import CommonError, Request, Response
from qchime.server.control import PREFIX, ControlRoutes
from qchime.server.signatures import verify
from qchime.server.trust import Trust
from qchime.server.wsgi import from_wsgi, read_body, refuse, to_wsgi

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Answered = TypeVar("Answered")
logger = logging.getLogger("qchime.server")

LARGEST_BODY = 100 * 1024 * 1024
"""In bytes: room for a file of 50 MB as base64 in JSON, and for larger ones that the service refuses."""


class Application:
    """All services at one address, with the control routes.

    With `moto`, requests for other services go to moto's server, and AWS's own host names are allowed too.
    With `verify_signatures`, only requests with a valid signature of a registered user are accepted.

    Raises:
        ExtraMissing: the extra `server`, which moto's server needs, is not installed.
        ValueError: one of the origins is malformed, or `moto` is to serve beside a cloud of its own.
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
    ) -> None:
        if moto and cloud is not default_cloud:
            raise ValueError(
                "moto's state is one per process, so it can only serve beside the default cloud. "
                "Leave out `cloud` or `moto`, or start another process."
            )
        self._cloud = cloud
        self._control = ControlRoutes(cloud, state_file)
        self._trust = Trust(hosts, dns_suffixes() if moto else (), origins)
        self.neighbour = _neighbour() if moto else None
        """moto's server, for the services that we do not have; None without `moto`."""
        self._verifies_signatures = verify_signatures

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Respond to a WSGI request.

        Raises:
            RuntimeError: a fault loses the response, and the server does not expose the connection.
        """
        request = from_wsgi(environ)
        response = self.respond(request, partial(read_body, environ))
        if response is None:
            return self._let_moto_answer(request, environ, start_response)
        if not deliver(environ.get(SOCKET), response):
            response = Response(500)  # WSGI requires one, but the connection is closed
        return to_wsgi(response, start_response)

    def respond(self, request: Request, read: Callable[[int], bytes]) -> Response | None:
        """The response to a request with an unread body; None if moto is to respond.

        `read` returns the body, and takes the maximum number of bytes. The caller carries out the delay or
        loss of the response.
        """
        if (refusal := self._trust.refusal(request)) is not None:
            return refuse(403, "AccessDeniedException", refusal)
        response = self._trust.preflight(request)
        if response is None and self._is_left_to_neighbour(request):
            return None
        if response is None:
            response = _without_errors(request, partial(self._answer, request, read))
        self._trust.allow(request, response.headers)
        return response

    def _let_moto_answer(
        self, request: Request, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        allow = partial(self._trust.allow, request)
        answer = _without_errors(request, partial(self._neighbours_answer, request, environ, start_response))
        if isinstance(answer, Response):
            allow(answer.headers)
            return to_wsgi(answer, start_response)
        return answer

    def _is_left_to_neighbour(self, request: Request) -> bool:
        """Whether moto is to respond, because a request is not for one of our services.

        Only the host counts for an unsigned request to one of AWS's hosts: its path may be a key in an S3
        bucket.
        """
        if self.neighbour is None or request.path.startswith(PREFIX):
            return False
        scope = Scope.of(request)
        if not scope.signing_name and is_under(request.host, dns_suffixes()):
            return not any(service.owns(request.host) for service in SERVICES)
        return identify_service(request, scope) is None

    def _neighbours_answer(
        self, request: Request, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes] | Response:
        neighbour = cast(NeighbourApplication, self.neighbour)
        if not neighbour.has(request):
            return not_implemented(request, Scope.of(request), with_moto=True)
        account_id = account_of_key(self._cloud.contents, Scope.of(request).access_key_id)
        if account_id is not None:
            environ.setdefault("HTTP_X_MOTO_ACCOUNT_ID", account_id)
        answer: Iterable[bytes] = neighbour.answer(
            environ, start_response, partial(self._trust.allow, request)
        )
        return answer

    def _answer(self, request: Request, read: Callable[[int], bytes]) -> Response:
        # werkzeug truncates a body without a length here, so one byte more tells that it is too large.
        request.body = read(LARGEST_BODY + 1)
        if len(request.body) > LARGEST_BODY:
            raise RequestEntityTooLarge(f"The body of a request may have at most {LARGEST_BODY} bytes.")
        for service in SERVICES:
            if service.routes is not None and request.path.startswith(f"{service.routes.path}/"):
                path = request.path.removeprefix(service.routes.path)
                return service.routes.respond(self._cloud, replace(request, path=path))
        if request.path.startswith(PREFIX):
            return self._control(request)
        contents = self._cloud.contents
        if self._verifies_signatures:
            verify(contents, request)
        return respond_or_500(self._cloud, request, contents)


def _neighbour() -> NeighbourApplication:
    if neighbourhood.neighbour is None:
        raise RuntimeError("moto is not registered. Call qchime.moto.registration.register() first.")
    return neighbourhood.neighbour.application()


def _without_errors(request: Request, answer: Callable[[], Answered]) -> Answered | Response:
    """The result of `answer`, or an error response if it raises an exception."""
    try:
        return answer()
    except CommonError as error:
        return refuse(error.status, error.code, str(error))
    except HTTPException as error:
        return _refuse_http(error)
    except Exception:
        logger.exception("%s %s failed in the server", request.method, request.path)
        return refuse(500, "InternalFailure", "The mock failed on this request; its log has the traceback.")


def _refuse_http(error: HTTPException) -> Response:
    """The response for one of werkzeug's exceptions, which call a timeout a disconnected client."""
    if isinstance(error.__context__, TimeoutError):
        error = RequestTimeout("The rest of the request did not arrive in time.")
    return refuse(error.code or 400, type(error).__name__, error.description or error.name)
