"""What of an ASGI scope becomes our own request."""

import pytest

from qchime.server.messages import head_of


@pytest.mark.parametrize(("address", "host"), [("127.0.0.1", "127.0.0.1:4590"), ("::1", "[::1]:4590")])
def test_without_a_host_header_the_host_is_the_servers_address(address: str, host: str) -> None:
    scope = {"method": "GET", "scheme": "http", "raw_path": b"/", "query_string": b"", "headers": []}
    head = head_of({**scope, "server": (address, 4590)})

    assert (head.host, head.base_url) == (host, f"http://{host}")
