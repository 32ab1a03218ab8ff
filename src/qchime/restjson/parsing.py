"""Turns a request into the operation's input, still with the model's names and the wire's types.

Only a body that cannot be read is refused here. Values that do not fit the model are kept as they came,
for the validator to report.
"""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_plus

from botocore.model import ListShape, OperationModel, Shape

from qchime.restjson.errors import MalformedRequest
from qchime.restjson.long_strings import decode
from qchime.restjson.messages import Request
from qchime.restjson.names import location, members, wire_name
from qchime.restjson.routing import Labels
from qchime.rules import inferred

Input = dict[str, Any]
Parse = Callable[[Request, Labels], Input]
Read = Callable[[list[str]], Any]
_INTEGER = re.compile(r"[+-]?[0-9]{1,20}")
_DEEPEST = 100

NESTING = inferred(
    "protocol.nesting", f"JSON that is nested more than {_DEEPEST} levels deep is invalid input."
)


def parser(operation: OperationModel) -> Parse:
    """The function that gathers one operation's input from path, query string, headers and body."""
    places: dict[str, list[tuple[str, str, Read]]] = {"uri": [], "querystring": [], "header": [], "body": []}
    for name, shape in members(operation.input_shape).items():
        places[location(shape)].append((name, wire_name(name, shape), _reader(shape)))
    in_uri, in_query, in_headers, in_body = places.values()
    in_headers = [(name, wire.lower(), read) for name, wire, read in in_headers]

    def parse(request: Request, labels: Labels) -> Input:
        found: Input = {}
        for name, wire, read in in_uri:
            found[name] = read([labels[wire]])
        if in_query and request.query:
            query = _parameters(request.query)
            for name, wire, read in in_query:
                if texts := query.get(wire):
                    found[name] = read(texts)
        for name, wire, read in in_headers:
            if (text := request.headers.get(wire)) is not None:
                found[name] = read([text.strip(" \t")])  # spaces around it are no part of it
        if in_body and request.body:
            body = _read(request.body)
            found |= {name: body[wire] for name, wire, _ in in_body if wire in body}
        return found

    return parse


def _parameters(query: str) -> dict[str, list[str]]:
    """As `urllib.parse.parse_qs` does, which takes four times as long."""
    found: dict[str, list[str]] = {}
    for parameter in query.split("&"):
        name, _, text = parameter.partition("=")
        found.setdefault(unquote_plus(name), []).append(unquote_plus(text))
    return found


def _reader(shape: Shape) -> Read:
    """The function that reads a member from the texts that a path, a query string or a header has for it."""
    if isinstance(shape, ListShape):
        read_one = _reader(shape.member)
        return lambda texts: [read_one([text]) for text in texts]
    return _READERS.get(shape.type_name, _read_text)


def _read_text(texts: list[str]) -> Any:
    return texts[0]


def _read_integer(texts: list[str]) -> Any:
    return int(texts[0]) if _INTEGER.fullmatch(texts[0]) else texts[0]


def _read_boolean(texts: list[str]) -> Any:
    return texts[0] == "true" if texts[0] in ("true", "false") else texts[0]


_READERS: dict[str, Read] = {"integer": _read_integer, "long": _read_integer, "boolean": _read_boolean}


@inferred(
    "protocol.surrogates",
    "A body that contains half of a surrogate pair is not valid JSON, because a response could not encode "
    "it in UTF-8.",
)
def _read(body: bytes) -> dict[str, Any]:
    try:
        content = decode(body)
    except (ValueError, RecursionError) as error:
        raise MalformedRequest(f"The request body is not JSON: {error}") from error
    if not isinstance(content, dict):
        raise MalformedRequest("The request body must be a JSON object.")
    if _nested_deeper_than(_DEEPEST, content):
        message = f"The request body is nested more than {_DEEPEST} levels deep."
        raise MalformedRequest(message).because(NESTING)
    return content


def _nested_deeper_than(depth: int, content: Any) -> bool:
    level = [content]
    for _ in range(depth):
        level = [
            child
            for node in level
            if isinstance(node, dict | list)
            for child in (node.values() if isinstance(node, dict) else node)
        ]
        if not level:
            return False
    return True
