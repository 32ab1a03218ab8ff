"""The command `qchime`."""

import argparse
import logging
import os
import signal
import sys
from collections.abc import Sequence

from qchime._version import __version__

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 4590


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a subcommand; returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        code = int(options.run(options))
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read the output has seen enough, such as `head`; Python must not write the rest at its exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="qchime", description="Amazon Q Apps and Amazon Chime SDK Identity, in memory, for tests."
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(title="commands", required=True)

    serve = commands.add_parser("serve", help="answer AWS SDKs and the AWS CLI over HTTP")
    serve.add_argument("--host", default=DEFAULT_HOST, help="address to bind (default: %(default)s)")
    serve.add_argument(
        "--port",
        type=_port,
        default=DEFAULT_PORT,
        help="port to bind, 0 for a free one (default: %(default)s)",
    )
    serve.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="another name that clients call this server by; may be repeated",
    )
    serve.set_defaults(run=_serve)

    operations = commands.add_parser("operations", help="list the operations and whether they are supported")
    operations.set_defaults(run=_operations)
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text} is not a number from 0 to 65535")
    return int(text)


def _serve(options: argparse.Namespace) -> int:
    from qchime.server.serving import Server
    from qchime.server.trust import is_loopback

    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        server = Server(options.host, options.port, options.allow_host)
    except OSError as error:
        print(
            f"qchime cannot serve on {options.host}:{options.port}: {error.strerror or error}. "
            "Choose another --port (0 takes a free one) or --host.",
            file=sys.stderr,
        )
        return 1
    if not is_loopback(options.host):
        print(f"Warning: {options.host} can be reached from other machines.", file=sys.stderr)
    # SIGINT too, for shells start background jobs with it ignored.
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGINT, _interrupt)
    try:
        print(_welcome(server.url), flush=True)
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    print("qchime has ended.", file=sys.stderr)
    return 0


def _interrupt(signum: int, frame: object) -> None:
    raise KeyboardInterrupt


def _welcome(url: str) -> str:
    from qchime.service import SERVICES

    variables = [f"  export AWS_ENDPOINT_URL_{s.name.upper().replace('-', '_')}={url}" for s in SERVICES]
    return "\n".join([f"qchime {__version__} is serving on {url} (Ctrl-C ends it). To use it:", *variables])


def _operations(options: argparse.Namespace) -> int:
    from qchime.service import SERVICES

    for service in SERVICES:
        names = service.model.operation_names
        supported = [name for name in names if service.supports(name)]
        print(f"{service.name}: {len(supported)} of {len(names)} operations")
        for name in names:
            print(f"  {'+' if name in supported else '-'} {name}")
    return 0
