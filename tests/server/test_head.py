"""Heads of requests that are as the RFC wants them, and those that are not."""

from io import BytesIO

import pytest

from qchime.server import head
from qchime.server.head import FirstLine, Refused, by_name, read_fields


def fields(*lines: bytes) -> list[tuple[str, str]]:
    return read_fields(BytesIO(b"".join([*lines, b"\r\n"])))


class TestFirstLines:
    @pytest.mark.parametrize(
        ("line", "first"),
        [
            ("GET / HTTP/1.1", FirstLine("GET", "/", "1.1")),
            ("POST /apps.create?x HTTP/1.0", FirstLine("POST", "/apps.create?x", "1.0")),
            ("GET http://localhost/ HTTP/1.1", FirstLine("GET", "http://localhost/", "1.1")),
            ("M-SEARCH * HTTP/1.1", FirstLine("M-SEARCH", "*", "1.1")),
            ("GET /", FirstLine("GET", "/", "1.0")),
            ("GET /\xff HTTP/1.1", FirstLine("GET", "/\xff", "1.1")),
        ],
    )
    def test_are_a_method_a_target_and_a_version(self, line: str, first: FirstLine) -> None:
        assert FirstLine.of(line) == first

    @pytest.mark.parametrize(
        "line",
        [
            "",
            " GET / HTTP/1.1",
            "GET  / HTTP/1.1",
            "GET / HTTP/1.1 ",
            "GET\t/ HTTP/1.1",
            "GET / HTTP/2.0",
            "GET / HTTP/1.10",
            "GET / http/1.1",
            "POST /",
            "G(T / HTTP/1.1",
            "GET /a b HTTP/1.1",
            "GET / HTTP/1.1\n",
        ],
    )
    def test_are_refused_if_they_are_anything_else(self, line: str) -> None:
        with pytest.raises(Refused) as caught:
            FirstLine.of(line)
        assert caught.value.status == 400

    @pytest.mark.parametrize(
        ("version", "connection", "keeps"),
        [
            ("1.1", "", True),
            ("1.1", "Close", False),
            ("1.1", "TE, close", False),
            ("1.0", "", False),
            ("1.0", "Keep-Alive", True),
            ("1.0", "keep-alive, close", False),
        ],
    )
    def test_say_whether_the_connection_stays(self, version: str, connection: str, keeps: bool) -> None:
        assert FirstLine("GET", "/", version).keeps(connection) is keeps


class TestFields:
    def test_are_read_up_to_the_empty_line(self) -> None:
        stream = BytesIO(
            b"Host: localhost\r\nX-Empty:\r\nX-Spaces: \t a b \t\nx-colon: a:b\r\n\r\nbody: x\r\n"
        )

        assert read_fields(stream) == [
            ("Host", "localhost"),
            ("X-Empty", ""),
            ("X-Spaces", "a b"),
            ("x-colon", "a:b"),
        ]
        assert stream.read() == b"body: x\r\n"

    @pytest.mark.parametrize(
        "line",
        [
            b"no colon\r\n",
            b": no name\r\n",
            b"Space : before the colon\r\n",
            b" folded: or indented\r\n",
            b"X: a\rHost: evil\r\n",
            b"X: a\x00b\r\n",
            b"X\xff: a\r\n",
            b"Content Length: 5\r\n",
        ],
    )
    @pytest.mark.parametrize("others", [[], [b"Host: localhost\r\n"]])
    def test_are_refused_if_one_is_none(self, line: bytes, others: list[bytes]) -> None:
        for lines in ([*others, line], [line, *others]):
            with pytest.raises(Refused) as caught:
                fields(*lines)
            assert caught.value.status == 400

    def test_have_to_end(self) -> None:
        with pytest.raises(Refused, match="must end with an empty line"):
            read_fields(BytesIO(b"Host: localhost\r\n"))

    def test_may_not_be_too_many(self) -> None:
        lines = [b"X: x\r\n"] * head.MOST_FIELDS
        assert len(fields(*lines)) == head.MOST_FIELDS

        with pytest.raises(Refused) as caught:
            fields(*lines, b"X: x\r\n")
        assert caught.value.status == 431

    def test_may_not_be_too_long(self) -> None:
        most = head.LONGEST_LINE - len(b"X: \r\n")
        assert len(fields(b"X: " + b"x" * most + b"\r\n")[0][1]) == most

        with pytest.raises(Refused) as caught:
            fields(b"X: " + b"x" * (most + 1) + b"\r\n")
        assert caught.value.status == 431

    def test_of_one_name_are_joined_in_any_spelling(self) -> None:
        assert by_name([("X-A", "1"), ("Y", "2"), ("x-a", "3")]) == {"x-a": "1,3", "y": "2"}
