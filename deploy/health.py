"""The health check of the container image: the exit code is 0 if the server answers."""

import ssl
from argparse import ArgumentParser
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path


def connection(command: list[str]) -> HTTPConnection:
    """A connection to the server that has been started by this command."""
    parser = ArgumentParser(add_help=False)
    parser.add_argument("--host", default="0.0.0.0")
    parser.add_argument("--port", type=int, default=4590)
    parser.add_argument("--tls", action="store_true")
    # An init process separates the command of the server from its own.
    options, _ = parser.parse_known_args([word for word in command if word != "--"])
    host = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(options.host, options.host)
    if options.tls:
        # The authority of the certificate is known to the server alone.
        context = ssl._create_unverified_context()
        return HTTPSConnection(host, options.port, timeout=2, context=context)
    return HTTPConnection(host, options.port, timeout=2)


if __name__ == "__main__":
    # The server, or the init process that has started it with the same arguments.
    server = connection(Path("/proc/1/cmdline").read_text("utf-8").split("\0"))
    server.request("GET", "/_qchime/health")
    raise SystemExit(server.getresponse().status != 200)
