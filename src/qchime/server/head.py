"""The head of a request, read strictly: what is doubtful is refused, and never becomes another request.

https://www.rfc-editor.org/rfc/rfc9112.html, sections 3 and 5. http.server reads heads with the parser for
e-mail, which forgives much, and takes longer than all the rest of an answer.
"""

import re
from dataclasses import dataclass
from http.client import HTTPMessage
from io import BufferedIOBase

LONGEST_LINE = 65_536
MOST_FIELDS = 100

_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_FIRST_LINE = re.compile(rf"({_TOKEN}) (\S+)(?: HTTP/(1\.[0-9]))?")
_FIELD = re.compile(rf"({_TOKEN}):([^\x00\r\n]*)\r?\n")
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


class Fields(HTTPMessage):
    """Header fields, given as they came: e-mail would first look for characters in them that it cannot have."""

    def items(self) -> list[tuple[str, str]]:
        return list(self.raw_items())


def read_fields(stream: BufferedIOBase) -> Fields:
    """The header fields, up to the empty line after them.

    Raises:
        Refused: something among them is none, or there are too many.
    """
    fields = Fields()
    for line in _lines(stream):
        found = _FIELD.fullmatch(line.decode("latin-1"))
        if found is None:
            raise Refused(400, f"{line!r} is no field of a header.")
        fields.set_raw(found[1], found[2].strip(" \t"))
    return fields


def _lines(stream: BufferedIOBase) -> list[bytes]:
    lines: list[bytes] = []
    while (line := stream.readline(LONGEST_LINE + 1)) not in _END:
        if len(line) > LONGEST_LINE:
            raise Refused(431, f"A line of a header may have {LONGEST_LINE} bytes.")
        lines.append(line)
        if not line or len(lines) > MOST_FIELDS:
            raise Refused(
                431 if line else 400, f"A head ends with an empty line, after {MOST_FIELDS} headers at most."
            )
    return lines
