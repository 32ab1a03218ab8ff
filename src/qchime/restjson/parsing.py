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
_INTEGER = re.compile(r"[+-]?[0-9]{1,20}")
_DEEPEST = 100

NESTING = inferred(
    "protocol.nesting", f"A body with JSON nested more than {_DEEPEST} levels deep is invalid input."
)


def parser(operation: OperationModel) -> Parse:
    """The function that gathers one operation's input from path, query string, headers and body."""
    places: dict[str, list[tuple[str, str, Shape]]] = {"uri": [], "querystring": [], "header": [], "body": []}
    for name, shape in members(operation.input_shape).items():
        places[location(shape)].append((name, wire_name(name, shape), shape))
    in_uri, in_query, in_headers, in_body = places.values()
    in_headers = [(name, wire.lower(), shape) for name, wire, shape in in_headers]

    def parse(request: Request, labels: Labels) -> Input:
        found: Input = {}
        for name, wire, shape in in_uri:
            found[name] = _from_text(labels[wire], shape)
        if in_query and request.query:
            query = _parameters(request.query)
            for name, wire, shape in in_query:
                if texts := query.get(wire):
                    found[name] = _from_texts(texts, shape)
        for name, wire, shape in in_headers:
            if (text := request.headers.get(wire)) is not None:
                found[name] = _from_text(text.strip(" \t"), shape)  # spaces around it are no part of it
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


def _from_texts(texts: list[str], shape: Shape) -> Any:
    if isinstance(shape, ListShape):
        return [_from_text(text, shape.member) for text in texts]
    return _from_text(texts[0], shape)


def _from_text(text: str, shape: Shape) -> Any:
    if shape.type_name in ("integer", "long") and _INTEGER.fullmatch(text):
        return int(text)
    if shape.type_name == "boolean" and text in ("true", "false"):
        return text == "true"
    return text


@inferred(
    "protocol.surrogates",
    "A body that contains half of a surrogate pair is not JSON: it could not be answered in UTF-8.",
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
