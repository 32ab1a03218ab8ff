"""Writes the pages of the reference that follow from the code: `python -m tests.docs.reference docs`.

They are the operations of each service, from botocore's model and the backends, and the command line.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from _pytest.config.argparsing import Parser

from qchime import cli, pytest_plugin
from qchime.core.evidence import rules_of_operation
from qchime.core.service import Service
from qchime.core.table import SERVICES

_OPERATIONS = """\
# Operations

The operations of each service, and which of them qchime supports; calling any other returns a 501 error that
names it. The last column has the rules for its behaviour [that AWS does not document](fidelity.md).

`make reference` writes this page from botocore's model. `qchime operations` prints the list for the installed
botocore.
"""

_COMMAND_LINE = """\
# Command line

The commands of `qchime`, its options for pytest, and the environment variables that matter to it. [The
server](server.md) and [pytest](pytest.md) show how to use them. `make reference` writes this page from the
options.
"""

_ENVIRONMENT = """\

## Environment variables

| variable | what it does |
|---|---|
| `QCHIME_URL` | the server that tests use, as with `--qchime-url` |
| `AWS_ENDPOINT_URL_…` | the server that [SDKs](sdks/README.md) use; `qchime serve` prints the names |
| `AWS_CA_BUNDLE` | the certificates that `Client`, `--qchime-url` and boto3 trust: see [TLS](server.md#tls) |
| `MOTO_ACCOUNT_ID` | the [account](decorators.md#accounts-regions-credentials) of every request |
"""


def operations() -> str:
    """The page about the operations of each service."""
    return "".join([_OPERATIONS, *(_section(service) for service in SERVICES)])


def _section(service: Service) -> str:
    names = service.model.operation_names
    supported = sum(map(service.supports, names))
    count = "All" if supported == len(names) else f"{supported} of"
    rows = _table(("operation", "supported", "rules"), _operations_of(service))
    return (
        f"\n## {service.title}\n\n`{service.name}`. {count} {len(names)} operations are supported.\n\n{rows}"
    )


def _operations_of(service: Service) -> Iterator[tuple[str, ...]]:
    for name in service.model.operation_names:
        is_supported = service.supports(name)
        rules = rules_of_operation(service, name) if is_supported else ()
        shown = ", ".join(sorted(f"`{rule.name}`" for rule in rules))
        yield name, "yes" if is_supported else "**no**", shown


def command_line() -> str:
    """The page about the commands, pytest's options and the environment variables."""
    commands = _commands(cli._parser())
    options = Parser(_ispytest=True)
    pytest_plugin.pytest_addoption(options)
    group = options.getgroup("qchime").options
    rows = [(", ".join(option.names()), option.attrs()) for option in group]
    fixtures = _table(_HEADINGS, (_option(names, **attributes) for names, attributes in rows))
    return f"{_COMMAND_LINE}{''.join(commands)}\n## `pytest`\n\n{fixtures}{_ENVIRONMENT}"


_HEADINGS = ("option", "what it does", "default")


def _commands(parser: argparse.ArgumentParser) -> Iterator[str]:
    [subparsers] = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    for action in subparsers._choices_actions:
        options = subparsers.choices[action.dest]._actions
        rows = [
            _option(", ".join(option.option_strings), **vars(option))
            for option in options
            if option.dest != "help"
        ]
        yield f"\n## `qchime {action.dest}`\n\n{_sentence(action.help)}\n\n{_table(_HEADINGS, rows)}"


def _option(
    names: str, *, help: str, default: Any = None, metavar: str | None = None, **rest: Any
) -> tuple[str, ...]:
    takes_value = rest.get("nargs") != 0 and rest.get("action") != "store_true"
    value = f" {metavar or names.removeprefix('--').upper()}" if takes_value else ""
    shown = "" if default in (None, False, []) else f"`{default}`"
    return f"`{names}{value}`", help.replace(" (default: %(default)s)", ""), shown


def _sentence(text: str | None) -> str:
    return f"{text[0].upper()}{text[1:]}." if text else ""


def _table(headings: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [headings, ("---",) * len(headings), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


PAGES = {"operations.md": operations, "cli.md": command_line}

if __name__ == "__main__":
    for name, page in PAGES.items():
        Path(sys.argv[1], name).write_text(page(), encoding="utf-8")
