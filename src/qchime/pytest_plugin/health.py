"""Asks a server whether it is one that tests can use, so that one clear error precedes all tests."""

from __future__ import annotations

import json
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit

import pytest

from qchime.control.opening import opener_for

TIMEOUT = 10.0
"""Seconds without data after which the server counts as unreachable."""

_SOURCE = "Correct --qchime-url (or QCHIME_URL)"


def check_address(url: str) -> None:
    """Check that this may be the address of a server.

    Raises:
        pytest.UsageError: it has another form.
    """
    try:
        parts = urlsplit(url)
        is_base = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        is_base = is_base and not parts.query and not parts.fragment
    except ValueError:  # such as a port that is not a number
        is_base = False
    if not is_base:
        raise pytest.UsageError(
            f"{url!r} is not the address of a server, such as http://127.0.0.1:4590. {_SOURCE}."
        )


def version_of(url: str, account_id: str) -> str:
    """The version of the server at an address, which is asked in the name of an account.

    Raises:
        pytest.UsageError: no server answers there, or another one than qchime's, or one that is too old to
            have accounts.
    """
    try:
        with opener_for(url).open(f"{url}/_qchime/accounts/{account_id}/health", timeout=TIMEOUT) as response:
            health = _json(response)
    except HTTPError as error:
        with error:
            raise _unusable(url, error.code, _json(error).get("message")) from None
    except (OSError, HTTPException, UnicodeError) as error:  # the last for a host name that cannot exist
        reason = getattr(error, "reason", None) or error
        raise pytest.UsageError(
            f"No server answers at {url}: {reason}. {_SOURCE}, or start the server with `qchime serve`."
        ) from None
    if "version" not in health:
        raise _unusable(url, response.status, None)
    return str(health["version"])


def _unusable(url: str, status: int, message: str | None) -> pytest.UsageError:
    said = f" ({message})" if message else ""
    return pytest.UsageError(
        f"The server at {url} is not qchime, does not accept this client, or is too old to have accounts: "
        f"it answered a health check with status {status}{said}. {_SOURCE}."
    )


def _json(response: Any) -> dict[str, Any]:
    """The JSON object in a response, an empty one if there is anything else in it."""
    try:
        content = json.load(response)
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}
