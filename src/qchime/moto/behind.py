"""moto's own server behind ours: whatever is none of our services is handed to it as it came."""

import warnings
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from werkzeug.datastructures import Headers
from werkzeug.serving import WSGIRequestHandler

from qchime.core.caller import Scope
from qchime.core.dispatch import identify_service
from qchime.core.partitions import dns_suffixes
from qchime.core.service import SERVICES
from qchime.restjson import Request
from qchime.server.control import PREFIX
from qchime.server.trust import is_under

if TYPE_CHECKING:
    from types import ModuleType

    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class ExtraMissing(ImportError):
    """moto's server needs packages that are not installed."""


class Moto:
    """Every other AWS service, and moto's control routes under `/moto-api/`.

    Raises:
        ExtraMissing: the extra `server` is not installed.
    """

    def __init__(self) -> None:
        server = _server()
        self._application = server.DomainDispatcherApplication(server.create_backend_app)

    def takes(self, head: Request) -> bool:
        """Whether a request is moto's; its body counts for nothing.

        An unsigned request for a host of AWS's is that host's, whatever its path says: the path may be a
        key in a bucket of S3.
        """
        if head.path.startswith(PREFIX):
            return False
        if not Scope.of(head).signing_name and is_under(head.host, dns_suffixes()):
            return not any(service.hosts.match(f"https://{head.host}") for service in SERVICES)
        return identify_service(head) is None

    def answer(
        self,
        environ: "WSGIEnvironment",
        start_response: "StartResponse",
        allow: Callable[[Headers], None],
    ) -> Iterable[bytes]:
        """moto's answer, in its own time and of any size. Nothing of the body may have been read.

        What `allow` does to its headers comes last.
        """

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            allowed = Headers(headers)
            allow(allowed)
            return start_response(status, allowed.to_wsgi_list(), exc_info)

        answer: Iterable[bytes] = self._application(environ, start)
        return answer


def request_handler(ours: type[WSGIRequestHandler]) -> type[WSGIRequestHandler]:
    """Our handler of connections, which takes the headers that moto's takes: `x-amz-meta-my_key` for S3."""
    # Older versions of moto have no handler of their own.
    motos = getattr(_server(), "MotoRequestHandler", WSGIRequestHandler)
    return type("RequestHandler", (ours, motos), {})


def _server() -> "ModuleType":
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # moto's own words for what is said below
        try:
            from moto.moto_server import werkzeug_app
        except ImportError as error:
            raise ExtraMissing(
                f"moto's server cannot be loaded ({error}). What it needs: pip install 'qchime[server]'"
            ) from error
    return werkzeug_app
