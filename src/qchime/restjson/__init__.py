"""The server side of the rest-json protocol, driven by botocore's model of a service.

It routes, parses, validates and serializes, and depends on no particular service.
The protocol: https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html
"""

from qchime.restjson.errors import (
    CommonError,
    ErrorResponse,
    MalformedRequest,
    ServiceException,
    UnknownOperation,
    UnsupportedOperation,
)
from qchime.restjson.long_strings import encoded
from qchime.restjson.messages import ERROR_TYPE, RULE, Loss, Request, Response
from qchime.restjson.names import python_name
from qchime.restjson.operation import Operation, rule_header, serialize_common_error
from qchime.restjson.parsing import Input
from qchime.restjson.routing import Labels, Router
from qchime.restjson.serializing import json_writer
from qchime.restjson.timestamps import to_iso8601
from qchime.restjson.validating import rule_of_violations, validation_message

__all__ = [
    "ERROR_TYPE",
    "RULE",
    "CommonError",
    "ErrorResponse",
    "Input",
    "Labels",
    "Loss",
    "MalformedRequest",
    "Operation",
    "Request",
    "Response",
    "Router",
    "ServiceException",
    "UnknownOperation",
    "UnsupportedOperation",
    "encoded",
    "json_writer",
    "python_name",
    "rule_header",
    "rule_of_violations",
    "serialize_common_error",
    "to_iso8601",
    "validation_message",
]
