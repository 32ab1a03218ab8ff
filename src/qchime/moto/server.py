"""moto's server behind ours, which forwards requests for other services to it unchanged."""

import warnings
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from werkzeug.datastructures import Headers
from werkzeug.serving import WSGIRequestHandler

from qchime.control.neighbourhood import SENT_HEADERS
from qchime.core.caller import Scope
from qchime.core.table import SERVICES
from qchime.core.unknown import CBOR_HEADER
from qchime.restjson import Request

if TYPE_CHECKING:
    from types import ModuleType

    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class ExtraMissing(ImportError):
    """The extra `server`, which moto's server needs, is not installed."""


class MotoServer:
    """Every other AWS service, and moto's control routes under `/moto-api/`.

    Raises:
        ExtraMissing: the extra `server` is not installed.
    """

    def __init__(self) -> None:
        server = _server()
        self._application = server.DomainDispatcherApplication(server.create_backend_app)

    def has(self, head: Request) -> bool:
        """Whether moto has the service that a request is for, judged by the head of the request.

        True for every unsigned request, because moto identifies the service of these by more than the head.
        False for rpc-v2-cbor, which moto cannot parse.
        """
        if CBOR_HEADER in head.headers:
            return False
        if not Scope.of(head).signing_name:
            return True
        host = self._application.infer_service_region_host(_environ(head), unquote(head.path))
        # Where more than the host decides, moto gives the name of one of its modules: `s3control`.
        return (
            host is None
            or "." not in host
            or any(
                pattern.match(f"http://{host}")
                for module, pattern in self._application.backend_url_patterns
                if module not in SERVICES.modules
            )
        )

    def answer(
        self,
        environ: "WSGIEnvironment",
        start_response: "StartResponse",
        allow: Callable[[Headers], None],
    ) -> Iterable[bytes]:
        """Stream moto's response to a WSGI request, whose body must be unread.

        `allow` is called on the headers of the response before they are sent.
        """
        if SENT_HEADERS in environ:
            environ = _with_motos_headers(environ, environ.pop(SENT_HEADERS))

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            allowed = Headers(headers)
            allow(allowed)
            return start_response(status, allowed.to_wsgi_list(), exc_info)

        answer: Iterable[bytes] = self._application(environ, start)
        return answer


class _MadeEnviron(WSGIRequestHandler):
    """Gives moto's request handler an environ that another server has made."""

    def __init__(self, environ: "WSGIEnvironment", headers: Headers) -> None:
        self._environ = environ
        self.headers: Any = headers

    def make_environ(self) -> "WSGIEnvironment":
        return self._environ


def _with_motos_headers(environ: "WSGIEnvironment", sent: list[tuple[bytes, bytes]]) -> "WSGIEnvironment":
    """The environ as moto's own request handler makes it, with headers such as `x-amz-meta-my_key` of S3."""
    motos = getattr(_server(), "MotoRequestHandler", None)
    if motos is None:  # older versions of moto do not read such headers
        return environ
    headers = Headers([(name.decode("latin-1"), value.decode("latin-1")) for name, value in sent])
    made: WSGIEnvironment = type("RequestHandler", (motos, _MadeEnviron), {})(environ, headers).make_environ()
    return made


def _environ(head: Request) -> dict[str, Any]:
    """The WSGI environ that moto identifies the service from."""
    headers = {f"HTTP_{name.upper().replace('-', '_')}": text for name, text in head.headers.items()}
    content_type = head.headers.get("content-type", "")
    return {
        **headers,
        "HTTP_HOST": head.host,
        "CONTENT_TYPE": content_type,
        "REQUEST_METHOD": head.method,
        "PATH_INFO": unquote(head.path),
        "QUERY_STRING": head.query,
        "SERVER_NAME": head.host,
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(),
    }


def _server() -> "ModuleType":
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # moto warns about what is raised below
        try:
            from moto.moto_server import werkzeug_app
        except ImportError as error:
            raise ExtraMissing(
                f"moto's server cannot be loaded ({error}). Install it: pip install 'qchime[server]'"
            ) from error
    return werkzeug_app
