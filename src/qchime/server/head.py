"""A strict parser for the head of a request. It refuses ambiguous heads, to prevent request smuggling.

https://www.rfc-editor.org/rfc/rfc9112.html, sections 3 and 5. http.server uses the parser for e-mail, which
is lenient and several times slower.
"""

import re
from dataclasses import dataclass
from io import BufferedIOBase

LONGEST_LINE = 65_536
MOST_FIELDS = 100

Fields = list[tuple[str, str]]
"""Names and values of header fields, in the order in which they arrived."""

_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_FIRST_LINE = re.compile(rf"({_TOKEN}) (\S+)(?: HTTP/(1\.[0-9]))?")
_FIELD = re.compile(rf"({_TOKEN}):([^\x00\r\n]*)\r?\n")
_FIELDS = re.compile(rf"(?:{_FIELD.pattern})*")
_END = (b"\r\n", b"\n")


class Refused(Exception):
    """The head of a request is malformed or too large; `status` is that of the response."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class FirstLine:
    """The request line. The HTTP version defaults to 1.0."""

    method: str
    target: str
    version: str

    @classmethod
    def of(cls, line: str) -> "FirstLine":
        """Parse a request line without its line ending.

        Raises:
            Refused: the line is malformed.
        """
        found = _FIRST_LINE.fullmatch(line)
        if found is None or (found[3] is None and found[1] != "GET"):
            raise Refused(400, f"A request starts with a method, a target and HTTP/1.1, not with {line!r}.")
        return cls(found[1], found[2], found[3] or "1.0")

    def keeps(self, connection: str) -> bool:
        """Whether the connection stays open, given the value of the header `Connection`."""
        wishes = {wish.strip() for wish in connection.lower().split(",")}
        return "close" not in wishes and (self.version != "1.0" or "keep-alive" in wishes)


def read_fields(stream: BufferedIOBase) -> Fields:
    """Read the header fields, and the empty line after them.

    Raises:
        Refused: a field is malformed or too long, or there are too many.
    """
    block = b"".join(_lines(stream)).decode("latin-1")
    if not _FIELDS.fullmatch(block):
        raise Refused(400, "Every header line must be a name, a colon and a value.")
    return [(name, text.strip(" \t")) for name, text in _FIELD.findall(block)]


def by_name(fields: Fields) -> dict[str, str]:
    """The fields by lowercase name; values of the same name are joined by commas (RFC 9110, section 5.3)."""
    headers: dict[str, str] = {}
    for name, text in fields:
        key = name.lower()
        headers[key] = f"{headers[key]},{text}" if key in headers else text
    return headers


def _lines(stream: BufferedIOBase) -> list[bytes]:
    lines: list[bytes] = []
    while (line := stream.readline(LONGEST_LINE + 1)) not in _END:
        if len(line) > LONGEST_LINE:
            raise Refused(431, f"A header line may have at most {LONGEST_LINE} bytes.")
        lines.append(line)
        if not line:
            raise Refused(400, "The headers must end with an empty line.")
        if len(lines) > MOST_FIELDS:
            raise Refused(431, f"A request may have at most {MOST_FIELDS} headers.")
    return lines
