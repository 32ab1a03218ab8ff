"""Only texts in which every parser finds the same host are hosts."""

import pytest

from qchime.core.hosts import Host, hostname, is_loopback

MALFORMED = [
    "",
    ":",
    ":80",
    ".",
    "..localhost",
    ".localhost",
    "a..localhost",
    "-.localhost",
    "-a",
    "localhost:3000.evil.example",
    "localhost:80:80",
    "localhost:-1",
    "localhost:+80",
    "localhost: 80",
    "localhost:8_0",
    "localhost:65536",
    "localhost:000080",
    "localhost:\u0668\u0660",
    "localhost:\xb2",
    "localhost ",
    " localhost",
    "localhost\n",
    "local\thost",
    "localhost\x00",
    "localhost/",
    "localhost/evil",
    "localhost?",
    "localhost#",
    "localhost\\",
    "localhost\\.evil.example",
    "evil.example\\@localhost",
    "evil@localhost",
    "evil:80@localhost",
    "@localhost",
    "evil.example#.localhost",
    "evil.example%23.localhost",
    "local%68ost",
    "localhost%00",
    "localhost,evil.example",
    "localhost;evil.example",
    "*.localhost",
    "loc\u212alhost",
    "b\xfccher.example",
    "\uff11\uff12\uff17.0.0.1",
    "127\u30020.0.1",
    "::1",
    "[",
    "]",
    "[]",
    "[::1",
    "::1]",
    "[[::1]]",
    "[::1]evil.example",
    "[::1].evil.example",
    "[::1]80",
    "[localhost]",
    "[127.0.0.1]",
    "[::1%25eth0]",
    "[::1%eth0]",
    "[::1%.evil.example]",
    "[v1.a]",
    "[::12345]",
    "[1::2::3]",
    "a." * 151,
    "a" * 100_000,
]


@pytest.mark.parametrize(
    ("text", "name", "port"),
    [
        ("localhost", "localhost", None),
        ("LocalHost:4590", "localhost", 4590),
        ("localhost:", "localhost", None),
        ("a-b.c_d.example:0", "a-b.c_d.example", 0),
        ("xn--bcher-kva.example", "xn--bcher-kva.example", None),
        ("mock.test.", "mock.test.", None),
        ("127.0.0.1:65535", "127.0.0.1", 65535),
        ("[::1]", "::1", None),
        ("[0:0:0:0:0:0:0:1]:80", "::1", 80),
        ("[FD00::A]:80", "fd00::a", 80),
    ],
)
def test_a_host_is_a_name_with_an_optional_port(text: str, name: str, port: int | None) -> None:
    assert Host.parse(text) == Host(name, port)
    assert hostname(text) == name


@pytest.mark.parametrize("text", MALFORMED)
def test_other_texts_are_malformed(text: str) -> None:
    assert hostname(text) == ""
    with pytest.raises(ValueError, match=r"\S"):
        Host.parse(text)


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1"])
def test_loopback_is_this_machine_only(name: str) -> None:
    assert is_loopback(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "0.0.0.0",
        "::",
        "192.168.0.17",
        "::ffff:192.168.0.17",
        "::127.0.0.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "127.1",
        "127.0.0.1.",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
    ],
)
def test_other_names_and_addresses_are_not_loopback(name: str) -> None:
    assert not is_loopback(name)
