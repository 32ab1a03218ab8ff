"""A call as code that makes it again, with boto3 and with the AWS CLI."""

from __future__ import annotations

import json
import shlex
from datetime import datetime
from pprint import pformat
from typing import Any

from botocore import xform_name

from qchime.world import CallRecord, User


def credentials_of(user: User, account_id: str) -> dict[str, str]:
    """The keyword arguments of a client; for the default user, a key that names the account."""
    if user.access_key_id:
        return {name: str(text) for name, text in user.credentials.items()}
    return {"aws_access_key_id": account_id, "aws_secret_access_key": "secret"}


def as_boto3(record: CallRecord, url: str, *, is_invalid: bool) -> str:
    """A program that makes the call; one that violates the model needs a client that does not check it."""
    given = {"region_name": record.region, "endpoint_url": url}
    arguments = [f"{name}={text!r}" for name, text in (given | _credentials(record)).items()]
    imports = ["import boto3"]
    if is_invalid:
        imports.append("from botocore.config import Config")
        arguments.append("config=Config(parameter_validation=False)")
    if any(isinstance(value, datetime) for value in record.input.values()):
        imports.insert(0, "import datetime")
    lines = "".join(f"    {argument},\n" for argument in arguments)
    client = f"client = boto3.client(\n    {record.service!r},\n{lines})"
    keywords = "".join(f"    {name}={_literal(value, name)},\n" for name, value in record.input.items())
    call = f"client.{xform_name(record.operation)}({keywords and f'{chr(10)}{keywords}'})"
    return "\n".join([*imports, "", client, call, ""])


def as_cli(record: CallRecord, url: str) -> str:
    """A shell command that makes the call."""
    variables = [f"{name.upper()}={shlex.quote(text)}" for name, text in _credentials(record).items()]
    command = f"aws {record.service} {xform_name(record.operation, '-')}"
    where = f"--region {shlex.quote(record.region)} --endpoint-url {shlex.quote(url)}"
    given = json.dumps(record.input, ensure_ascii=False, default=str)
    parts = [
        *variables,
        command,
        where,
        *([f"--cli-input-json {shlex.quote(given)}"] if record.input else []),
    ]
    return " \\\n  ".join(parts) + "\n"


def as_environment(user: User, account_id: str) -> str:
    """Shell commands that set the credentials of a user."""
    given = credentials_of(user, account_id)
    return "".join(f"export {name.upper()}={shlex.quote(text)}\n" for name, text in given.items())


def as_profile(user: User, account_id: str) -> str:
    """The section of a file `~/.aws/credentials` with the credentials of a user."""
    lines = [f"{name} = {text}\n" for name, text in credentials_of(user, account_id).items()]
    return f"[{user.email.partition('@')[0]}]\n" + "".join(lines)


def as_arguments(user: User, account_id: str) -> str:
    """The credentials of a user, as keyword arguments for `boto3.client`."""
    return "".join(f"{name}={text!r},\n" for name, text in credentials_of(user, account_id).items())


def _credentials(record: CallRecord) -> dict[str, str]:
    return credentials_of(record.user, record.account_id)


def _literal(value: Any, name: str) -> str:
    margin = " " * (5 + len(name))
    return pformat(value, width=100, sort_dicts=False).replace("\n", f"\n{margin}")
