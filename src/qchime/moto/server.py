"""moto's own server behind ours: whatever is none of our services is handed to it as it came."""

import warnings
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from werkzeug.datastructures import Headers
from werkzeug.serving import WSGIRequestHandler

from qchime.core.caller import Scope
from qchime.core.table import SERVICES
from qchime.restjson import Request

if TYPE_CHECKING:
    from types import ModuleType

    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class ExtraMissing(ImportError):
    """moto's server needs packages that are not installed."""


class MotoServer:
    """Every other AWS service, and moto's control routes under `/moto-api/`.

    Raises:
        ExtraMissing: the extra `server` is not installed.
    """

    def __init__(self) -> None:
        server = _server()
        self._application = server.DomainDispatcherApplication(server.create_backend_app)

    def has(self, head: Request) -> bool:
        """Whether moto has the service that a request is for; its body counts for nothing.

        What is not signed moto tells apart by more than the head, so that is all its own.
        """
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
        """moto's answer, in its own time and of any size. Nothing of the body may have been read.

        What `allow` does to its headers comes last.
        """

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            allowed = Headers(headers)
            allow(allowed)
            return start_response(status, allowed.to_wsgi_list(), exc_info)

        answer: Iterable[bytes] = self._application(environ, start)
        return answer

    def request_handler(self, ours: type[WSGIRequestHandler]) -> type[WSGIRequestHandler]:
        """Our handler, with the headers that moto's takes besides: `x-amz-meta-my_key` of S3."""
        # Older versions of moto have no handler of their own.
        motos = getattr(_server(), "MotoRequestHandler", WSGIRequestHandler)
        return type("RequestHandler", (ours, motos), {})


def _environ(head: Request) -> dict[str, Any]:
    """What moto reads of the head of a request."""
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
        warnings.simplefilter("ignore")  # moto's own words for what is said below
        try:
            from moto.moto_server import werkzeug_app
        except ImportError as error:
            raise ExtraMissing(
                f"moto's server cannot be loaded ({error}). What it needs: pip install 'qchime[server]'"
            ) from error
    return werkzeug_app
