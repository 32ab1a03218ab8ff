"""Sessions of the real amazon-chime-sdk-js, in Node and in a browser.

The programs make both users cause every event, cut the connection of one of them, and let it catch up.
"""

import json
from typing import Any

import pytest

from qchime import Handle, Server
from qchime.world import User
from tests.chromium import CHROMIUM
from tests.clients import node
from tests.clients.cutting import relay_before
from tests.server.wire import address
from tests.services.chimesdkmessaging.story import STORY

pytestmark = node.needs("amazon-chime-sdk-js")

OPENED = ["connecting", "started", "SESSION_ESTABLISHED"]


def run(program: str, user: User, *arguments: str, **options: Any) -> Any:
    """Run a program that calls a server with these options, through a relay that it can cut."""
    credentials = {
        "accessKeyId": user.access_key_id,
        "secretAccessKey": user.secret_access_key,
        "sessionToken": user.session_token,
    }
    with Server(**options) as server, relay_before(address(server)) as (relay, cut_url):
        url = f"{server.url.rpartition(':')[0]}:{relay.port}"
        given = (url, cut_url, json.dumps(credentials), *arguments)
        return node.run_at(program, *given, ca_file=server.ca_file)


def check(seen: Any, handle: Handle) -> None:
    """Compare what the sessions received with what the handle tells."""
    channel = handle.events("DELETE_CHANNEL")[0].channel_arn
    for arn, received in zip(seen["arns"], seen["received"], strict=True):
        assert received == [*OPENED, *(event.type for event in handle.events(to=arn, channel=channel))]
    assert seen["received"][1] == [*OPENED, *STORY]
    assert seen["again"] == {
        "names": [
            "connecting again",
            "started",
            "SESSION_ESTABLISHED",
            "CHANNEL_DETAILS",
            "CREATE_CHANNEL_MESSAGE",
        ],
        "name": "Cut",
        "messages": ["before the cut"],
        "members": ["alice", "bob"],
    }
    assert seen["refused"] == 4401


def test_in_node_without_tls(qchime: Handle) -> None:
    """With a WebSocketAdapter, because the library connects by wss."""
    check(run("messaging_session.mjs", qchime.users.add("alice@example.com")), qchime)


@pytest.mark.parametrize("expires_in", [None, 3600], ids=["lasting", "temporary"])
def test_in_node_with_tls_and_signatures(qchime: Handle, expires_in: int | None) -> None:
    user = qchime.users.add("alice@example.com", expires_in)
    check(run("messaging_session.mjs", user, tls=True, verify_signatures=True), qchime)


@node.needs_chromium
def test_in_a_browser(qchime: Handle) -> None:
    assert CHROMIUM
    user = qchime.users.add("alice@example.com")
    check(run("messaging_browser.mjs", user, CHROMIUM, tls=True), qchime)
