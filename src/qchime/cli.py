"""The command-line interface: `qchime serve` and `qchime operations`."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qchime._version import installed_version

if TYPE_CHECKING:
    from qchime.rules import Rule
    from qchime.server.serving import Server

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 4590
SIGNALS = (signal.SIGTERM, signal.SIGINT)  # shells ignore SIGINT in background jobs


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a subcommand, and return its exit code."""
    options = _parser().parse_args(arguments)
    try:
        code = int(options.run(options))
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader, such as `head`, has closed the pipe; Python must not flush the rest at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    return code


class _Parser(argparse.ArgumentParser):
    """Loads the services, which takes most of the time of a start, only if it shows them."""

    def format_help(self) -> str:
        from qchime.core.table import SERVICES

        *titles, last = (service.title for service in SERVICES)
        self.description = f"{', '.join(titles)} and {last}, in memory, for tests."
        return super().format_help()


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="qchime")
    parser.add_argument("--version", action="version", version=f"%(prog)s {installed_version()}")
    commands = parser.add_subparsers(title="commands", required=True, parser_class=argparse.ArgumentParser)

    _add_serve(commands)
    operations = commands.add_parser(
        "operations", help="list each service's operations, and which of them are supported"
    )
    operations.add_argument(
        "--evidence",
        action="store_true",
        help="also list the rules that AWS does not document, with their sources and how to change them",
    )
    operations.set_defaults(run=_operations)
    return parser


def _add_serve(commands: Any) -> None:
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
        help="another host name that clients use for the server, such as mock.example.com; "
        "a port is ignored; may be repeated",
    )
    serve.add_argument(
        "--allow-origin",
        action="append",
        default=[],
        metavar="ORIGIN",
        help="another origin whose pages may use the server, such as https://app.example.com; "
        "pages on localhost always may; may be repeated",
    )
    serve.add_argument(
        "--moto",
        action="store_true",
        help="serve every other AWS service too, through moto (requires the extra qchime[server])",
    )
    serve.add_argument(
        "--verify-signatures",
        action="store_true",
        help="accept only requests signed by registered users (register them at /_qchime/users)",
    )
    serve.add_argument(
        "--proxy",
        action="store_true",
        help="trust X-Forwarded-Host and X-Forwarded-Proto of the reverse proxy in front of the server",
    )
    serve.add_argument(
        "--tls",
        action="store_true",
        help="serve https, with a certificate from an authority made for this run, whose file is printed",
    )
    serve.add_argument(
        "--member",
        action="store_true",
        help="run as one of several servers behind a load balancer that spreads the accounts over them: "
        "refuse control routes that are not for a single account",
    )
    serve.add_argument(
        "--no-page",
        action="store_true",
        help="leave out the page at /_qchime/, which shows what the server holds in a browser",
    )
    serve.add_argument(
        "--seed", metavar="FILE", help="state file to load at the start; the server never writes to it"
    )
    serve.add_argument(
        "--state",
        metavar="FILE",
        help="state file to load at the start, if it exists, and to save to within a second of every change",
    )
    serve.set_defaults(run=_serve)


def _port(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text} is not a port. Use a number from 0 to 65535")
    return int(text)


def _serve(options: argparse.Namespace) -> int:
    earlier = {number: signal.getsignal(number) for number in SIGNALS}
    _handle_signals(_exit)
    try:
        return _serve_until_a_signal(options)
    finally:
        for number, handler in earlier.items():
            signal.signal(number, handler)


def _serve_until_a_signal(options: argparse.Namespace) -> int:
    from qchime.server.trust.listening import warning

    logging.basicConfig(level=logging.INFO, format="%(message)s")
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)  # the access log has what it warns of
    server = _server(options)
    if server is None:
        return 1
    if (text := warning(options.host)) is not None:
        print(text, file=sys.stderr)
    if options.moto:
        # moto's Lambda and Step Functions look here for the other services.
        os.environ.setdefault("MOTO_PORT", server.url.rpartition(":")[2])
    try:
        with server:
            _wait_for_the_end(_welcome(server.url, options.moto, server.ca_file, not options.no_page))
    except ValueError as error:  # the state cannot be saved at the end
        print(error, file=sys.stderr)
        return 1
    print("qchime has stopped.", file=sys.stderr)
    return 0


def _server(options: argparse.Namespace) -> Server | None:
    """A server that is bound and has loaded its state; on an error print it to stderr, and return None."""
    from qchime.control.handle import CloudHandle
    from qchime.core.hosts import in_url
    from qchime.server.serving import Server

    try:
        if options.seed is not None:
            CloudHandle().load(Path(options.seed))
        return Server(
            options.host,
            options.port,
            options.allow_host,
            origins=options.allow_origin,
            moto=options.moto,
            verify_signatures=options.verify_signatures,
            proxy=options.proxy,
            tls=options.tls,
            member=options.member,
            page=not options.no_page,
            state_file=options.state,
            access_log=sys.stderr,
        )
    except (ImportError, ValueError) as error:
        print(error, file=sys.stderr)
    except OSError as error:
        print(
            f"qchime cannot serve on {in_url(options.host)}:{options.port}: {error.strerror or error}. "
            "Choose another --port (0 takes a free one) or --host.",
            file=sys.stderr,
        )
    return None


def _wait_for_the_end(welcome: str) -> None:
    """Print the welcome, and wait for a signal.

    A signal may interrupt this thread anywhere, so the server runs in its own.
    """
    try:
        _handle_signals(_interrupt)
        print(welcome, flush=True)
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        pass


def _exit(signum: int, frame: object) -> None:
    """End the start, whatever it waits for: there is nothing to save yet.

    The kernel drops a signal without a handler if it is sent to the first process of a container.
    """
    os.write(2, b"qchime has stopped.\n")
    os._exit(0)


def _interrupt(signum: int, frame: object) -> None:
    """Stop the server. Ignore further signals, so that the state is saved."""
    _handle_signals(signal.SIG_IGN)
    raise KeyboardInterrupt


def _handle_signals(handler: Callable[[int, Any], object] | signal.Handlers) -> None:
    for number in SIGNALS:
        signal.signal(number, handler)


def _welcome(url: str, with_moto: bool, ca_file: str | None = None, with_page: bool = True) -> str:
    from qchime.core.table import SERVICES

    names = [service.endpoint_variable for service in SERVICES]
    variables = [f"  export {name}={url}" for name in (["AWS_ENDPOINT_URL"] if with_moto else names)]
    if ca_file is not None:
        variables += [f"  export {name}={ca_file}" for name in ("AWS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")]
    what = f"qchime {installed_version()}{' with moto' if with_moto else ''}"
    page = [f"To look at what it holds, open {url}/_qchime/ in a browser."] if with_page else []
    return "\n".join([f"{what} is serving on {url} (press Ctrl-C to stop). To use it:", *variables, *page])


def _operations(options: argparse.Namespace) -> int:
    from qchime.core.evidence import rules_by_subject, rules_of_operation
    from qchime.core.table import SERVICES

    for service in SERVICES:
        names = service.model.operation_names
        supported = [name for name in names if service.supports(name)]
        print(f"{service.name}: {len(supported)} of {len(names)} operations")
        for name in names:
            print(f"  {'+' if name in supported else '-'} {name}")
            if options.evidence and name in supported:
                _print_rules(rules_of_operation(service, name), indent=6)
    if options.evidence:
        for subject, rules in rules_by_subject().items():
            print(subject)
            _print_rules(rules, indent=2)
    return 0


def _print_rules(rules: Iterable[Rule], indent: int) -> None:
    for rule in rules:
        lines = [f"{rule.name} ({rule.mark}): {rule.text}", *(f"  {source}" for source in rule.sources)]
        if rule.way_to_turn:
            lines.append(f"  Change it: {rule.way_to_turn}")
        print(*(f"{' ' * indent}{line}" for line in lines), sep="\n")
