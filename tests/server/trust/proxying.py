"""A reverse proxy with TLS before a server without.

It sends the server's address as `Host`, and adds the host that the client called to `X-Forwarded-Host`.
"""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import trustme

from qchime.server import Server
from tests.server.wire import TIMEOUT, address

OF_ONE_CONNECTION = {"connection", "date", "server", "transfer-encoding"}


class Handler(BaseHTTPRequestHandler):
    upstream: Server

    def forward(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = dict(self.headers.items()) | {"Host": "{}:{}".format(*address(self.upstream))}
        for name, value in (("X-Forwarded-Host", self.headers["Host"]), ("X-Forwarded-Proto", "https")):
            headers[name] = ", ".join([*self.headers.get_all(name, []), value])
        connection = HTTPConnection(*address(self.upstream), timeout=TIMEOUT)
        connection.request(self.command, self.path, body or None, headers)
        response = connection.getresponse()
        self.send_response(response.status)
        for name, value in response.getheaders():
            if name.lower() not in OF_ONE_CONNECTION:
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(response.read())
        connection.close()

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = forward

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextmanager
def proxy_before(server: Server, certificates: trustme.CA) -> Iterator[str]:
    """A proxy on a free port; yields its URL, whose certificate is one of these."""
    handler = type("BoundHandler", (Handler,), {"upstream": server})
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificates.issue_cert("localhost").configure_cert(context)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as proxy:
        proxy.socket = context.wrap_socket(proxy.socket, server_side=True)
        thread = Thread(target=proxy.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield f"https://localhost:{proxy.server_port}"
        proxy.shutdown()
        thread.join()


def write(certificates: trustme.CA, file: Path) -> str:
    """Write what clients trust these certificates by; returns the path of the file."""
    certificates.cert_pem.write_to_path(file)
    return str(file)
