"""The application: a request is trusted or refused, then answered by the control routes or a service.

Our own server asks it for responses, any other one by WSGI. Who is to answer is decided by the head of a
request, for what is moto's must come to it unread.
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
from qchime.core.caller import Scope
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
"""In bytes: a file of 50 MB as base64 in JSON, and room to see that a larger one is too large."""


class Application:
    """Both services behind one address, and the control routes beside them.

    With `moto` every other service too, under AWS's own names as well. With `verify_signatures` registered
    users only, and nobody in their name: what is not signed as it should be is refused.

    Raises:
        ExtraMissing: the extra `server` is not installed, which moto's server needs.
        ValueError: something among the origins is none.
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
        self._cloud = cloud
        self._control = ControlRoutes(cloud, state_file)
        self._trust = Trust(hosts, dns_suffixes() if moto else (), origins)
        self.neighbour = _neighbour() if moto else None
        """moto's server, for all services that we do not have."""
        self._verifies_signatures = verify_signatures

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request, as WSGI has it."""
        request = from_wsgi(environ)
        response = self.respond(request, partial(read_body, environ))
        if response is None:
            return self._let_moto_answer(request, environ, start_response)
        if not deliver(environ.get(SOCKET), response):
            response = Response(500)  # WSGI wants one; it reaches nobody
        return to_wsgi(response, start_response)

    def respond(self, request: Request, read: Callable[[int], bytes]) -> Response | None:
        """The response to one request, whose body is still to be read, of at most so many bytes.

        None where moto is to answer. The response may have to be late, or lost.
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
        """Whether a request is for none of our services.

        An unsigned request for a host of AWS's is that host's, whatever its path says: the path may be a
        key in a bucket of S3.
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
        answer: Iterable[bytes] = neighbour.answer(
            environ, start_response, partial(self._trust.allow, request)
        )
        return answer

    def _answer(self, request: Request, read: Callable[[int], bytes]) -> Response:
        # One more than is taken: of a body without a length werkzeug reads so much, and then no more.
        request.body = read(LARGEST_BODY + 1)
        if len(request.body) > LARGEST_BODY:
            raise RequestEntityTooLarge(f"A request may have {LARGEST_BODY} bytes.")
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
        raise RuntimeError("moto is not joined: qchime.moto.registration.register() does that")
    return neighbourhood.neighbour.application()


def _without_errors(request: Request, answer: Callable[[], Answered]) -> Answered | Response:
    """The answer, or a refusal that says what has gone wrong."""
    try:
        return answer()
    except CommonError as error:
        return refuse(error.status, error.code, str(error))
    except HTTPException as error:
        return _refuse_http(error)
    except Exception:
        logger.exception("%s %s failed in the server", request.method, request.path)
        return refuse(500, "InternalFailure", "The mock failed on this request; the traceback is in its log.")


def _refuse_http(error: HTTPException) -> Response:
    """werkzeug's refusals in our form; of a client that fell silent werkzeug says just that it is gone."""
    if isinstance(error.__context__, TimeoutError):
        error = RequestTimeout("The rest of the request did not come in time.")
    return refuse(error.code or 400, type(error).__name__, error.description or error.name)
