"""What a server can be reached by, on machines of every kind."""

import socket

import pytest

from qchime import Cloud
from qchime.server import Server
from qchime.server.trust.listening import client_host, is_dual_stack, warning
from tests.server.wire import send


@pytest.fixture(params=[True, False], ids=["dual stack", "single stack"])
def has_both(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether one socket can listen on IPv4 and IPv6 at once; on OpenBSD none can."""
    monkeypatch.setattr(socket, "has_dualstack_ipv6", lambda: request.param)
    return bool(request.param)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("::1", "[::1]"),
        ("qchime", "qchime"),
        ("192.168.0.17", "192.168.0.17"),
        ("0.0.0.0", "127.0.0.1"),
        ("", "127.0.0.1"),
    ],
)
def test_the_url_has_an_address_that_clients_can_connect_to(has_both: bool, host: str, expected: str) -> None:
    assert client_host(host) == expected
    assert not is_dual_stack(host)


@pytest.mark.parametrize("host", ["::", "0::0"])
def test_the_unspecified_ipv6_address_covers_ipv4_if_possible(has_both: bool, host: str) -> None:
    assert is_dual_stack(host) is has_both
    assert client_host(host) == ("127.0.0.1" if has_both else "[::1]")
    kinds = "IPv4 and IPv6" if has_both else "IPv6"
    assert f"{host} is every {kinds} address of this machine. " in (warning(host) or "")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.8.8", "::1"])
def test_loopback_is_not_warned_about(host: str) -> None:
    assert warning(host) is None


@pytest.mark.parametrize("host", ["192.168.0.17", "fd00::1", "qchime"])
def test_other_addresses_are_warned_about(host: str) -> None:
    assert warning(host) == f"Warning: {host} can be reached from other machines."


def test_a_server_on_all_addresses_refuses_foreign_hosts() -> None:
    with Server("", cloud=Cloud()) as server:
        assert server.url.startswith("http://127.0.0.1:")
        assert send(server, "GET", "/_qchime/health").status == 200
        for host in ("[", "evil.example"):
            assert send(server, "GET", "/_qchime/health", headers={"Host": host}).status == 403
