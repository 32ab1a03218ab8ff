"""A `Host` or an `Origin`, whatever it looks like, is trusted only for a host that other parsers find too."""

from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from hypothesis import event, example, given, settings
from hypothesis import strategies as st
from urllib3.util import parse_url

from qchime.core.table import SERVICES
from qchime.restjson import Request
from qchime.server.trust.origins import Trust

TRUST = Trust(["mock.test:4590"], ["amazonaws.com"], ["https://app.example.com"])

GOOD = ["localhost", "app.localhost:3000", "127.0.0.1", "[::1]:80", "mock.test", "s3.amazonaws.com"]
PIECES = [
    *GOOD,
    *(
        "evil.example",
        "app.example.com",
        "localhost",
        "127.0.0.1",
        "127.1",
        "0x7f000001",
        "0177.0.0.1",
        "::1",
    ),
    *(
        ":80",
        ":",
        ".",
        "-",
        "@",
        "/",
        "\\",
        "?",
        "#",
        "%",
        "%00",
        "%2e",
        "%40",
        "%25eth0",
        "[",
        "]",
        "*",
        "_",
    ),
    *(" ", "\t", ",", ";", "\x00", "\xb2", "\u0661", "\u212a", "\uff0e", "\uff11", "a", "1"),
]
HOSTS = (
    st.sampled_from(GOOD)
    | st.lists(st.sampled_from(PIECES), max_size=5).map("".join)
    | st.builds("{1}{0}{2}".format, st.text(max_size=3), st.sampled_from(GOOD), st.text(max_size=3))
)
SCHEMES = st.sampled_from(["http://", "https://", "HTTP://", "app://", "file://", "//", "://", "http:", ""])
ORIGINS = st.just("https://app.example.com") | st.builds("{}{}".format, SCHEMES, HOSTS)

PROFILE: Any = settings.default
many = settings(max_examples=PROFILE.max_examples * 25)  # each takes less than a millisecond


def is_trusted(**headers: str) -> bool:
    trusted = TRUST.refusal(Request("GET", "localhost", "/", "", headers, b"")) is None
    event(f"trusted: {trusted}")
    return trusted


def host_of(text: str) -> str:
    """The host in which two parsers agree, the more lenient ones that clients and other servers use."""
    url = urlsplit(f"http://{text}/path")
    other = parse_url(f"http://{text}/path")
    assert (url.username, url.password, url.path, url.query, url.fragment) == (None, None, "/path", "", "")
    assert (other.auth, other.path, other.query, other.fragment) == (None, "/path", None, None)
    assert url.port == other.port
    assert url.hostname == (other.host or "").strip("[]")
    return url.hostname


def is_address(name: str) -> bool:
    try:
        return bool(ip_address(name))
    except ValueError:
        return False


def is_local(name: str) -> bool:
    return (
        name == "localhost"
        or name.endswith(".localhost")
        or (is_address(name) and ip_address(name).is_loopback)
    )


@many
@given(host=HOSTS)
@example(host="localhost:3000.evil.example")
@example(host="evil.example@localhost")
@example(host="identity-chime.us-east-1.amazonaws.com:443@evil.example")
def test_a_trusted_host_is_an_address_or_local_or_allowed(host: str) -> None:
    if host and is_trusted(host=host):
        name = host_of(host)
        is_awss = name.endswith(".amazonaws.com") or any(service.owns(name) for service in SERVICES)
        assert is_address(name) or is_local(name) or name == "mock.test" or is_awss


@many
@given(origin=ORIGINS)
@example(origin="http://localhost:3000.evil.example")
@example(origin="http://evil.example\\@localhost")
def test_a_trusted_origin_is_local_or_allowed(origin: str) -> None:
    if is_trusted(origin=origin) and origin != "https://app.example.com":
        scheme, separator, host = origin.partition("://")
        assert scheme
        assert separator
        assert urlsplit(origin).scheme == scheme.lower()
        assert is_local(host_of(host))


@many
@given(host=HOSTS)
def test_a_host_that_is_refused_can_be_allowed_as_the_refusal_spells_it(host: str) -> None:
    request = Request("GET", "localhost", "/", "", {"host": host}, b"")
    refusal = TRUST.refusal(request) or ""
    if "--allow-host" in refusal:
        assert Trust([refusal.rpartition("--allow-host ")[2]]).refusal(request) is None
