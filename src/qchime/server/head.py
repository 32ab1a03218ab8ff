"""The head of a request, read strictly: what is doubtful is refused, and never becomes another request.

https://www.rfc-editor.org/rfc/rfc9112.html, sections 3 and 5. http.server reads heads with the parser for
e-mail, which forgives much, and takes several times as long.
"""

import re
from dataclasses import dataclass
from io import BufferedIOBase

LONGEST_LINE = 65_536
MOST_FIELDS = 100

Fields = list[tuple[str, str]]
"""Header fields as they came, in their order."""

_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_FIRST_LINE = re.compile(rf"({_TOKEN}) (\S+)(?: HTTP/(1\.[0-9]))?")
_FIELD = re.compile(rf"({_TOKEN}):([^\x00\r\n]*)\r?\n")
_FIELDS = re.compile(rf"(?:{_FIELD.pattern})*")
_END = (b"\r\n", b"\n")


class Refused(Exception):
    """No head of a request, or none that we take."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class FirstLine:
    """What a request begins with. Who names no version of HTTP speaks 1.0."""

    method: str
    target: str
    version: str

    @classmethod
    def of(cls, line: str) -> "FirstLine":
        """From the line without its end.

        Raises:
            Refused: it is none.
        """
        found = _FIRST_LINE.fullmatch(line)
        if found is None or (found[3] is None and found[1] != "GET"):
            raise Refused(400, f"A request begins with a method, a target and HTTP/1.1, not with {line!r}.")
        return cls(found[1], found[2], found[3] or "1.0")

    def keeps(self, connection: str) -> bool:
        """Whether another request may follow, for the header `Connection` of this one."""
        wishes = {wish.strip() for wish in connection.lower().split(",")}
        return "close" not in wishes and (self.version != "1.0" or "keep-alive" in wishes)


def read_fields(stream: BufferedIOBase) -> Fields:
    """The header fields, up to the empty line after them.

    Raises:
        Refused: something among them is none, or there are too many.
    """
    block = b"".join(_lines(stream)).decode("latin-1")
    if not _FIELDS.fullmatch(block):
        raise Refused(400, "Every line of a head is a name, a colon and a text.")
    return [(name, text.strip(" \t")) for name, text in _FIELD.findall(block)]


def by_name(fields: Fields) -> dict[str, str]:
    """The fields by their names in lower case; those of one name are joined (RFC 9110, section 5.3)."""
    headers: dict[str, str] = {}
    for name, text in fields:
        key = name.lower()
        headers[key] = f"{headers[key]},{text}" if key in headers else text
    return headers


def _lines(stream: BufferedIOBase) -> list[bytes]:
    lines: list[bytes] = []
    while (line := stream.readline(LONGEST_LINE + 1)) not in _END:
        if len(line) > LONGEST_LINE:
            raise Refused(431, f"A line of a header may have {LONGEST_LINE} bytes.")
        lines.append(line)
        if not line:
            raise Refused(400, "A head ends with an empty line.")
        if len(lines) > MOST_FIELDS:
            raise Refused(431, f"A request may have {MOST_FIELDS} headers.")
    return lines
