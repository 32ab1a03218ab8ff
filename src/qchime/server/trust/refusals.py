"""Error responses of the server itself, in the form of AWS's errors."""

import json
import logging
from collections.abc import Callable
from http.client import responses
from typing import TypeVar
from uuid import uuid4

from werkzeug.exceptions import HTTPException, default_exceptions

from qchime.restjson import CommonError, Request, Response, serialize_common_error

Result = TypeVar("Result")
logger = logging.getLogger("qchime.server")


def refuse(status: int, code: str, message: str) -> Response:
    """An error response; `code` is the error's name."""
    headers = {
        "Content-Type": "application/json",
        "x-amzn-ErrorType": code,
        "x-amzn-RequestId": str(uuid4()),
    }
    return Response(status, headers, json.dumps({"message": message}).encode())


def without_errors(request: Request, answer: Callable[[], Result]) -> Result | Response:
    """The response of `answer`, or an error response if it raises an exception."""
    try:
        return answer()
    except CommonError as error:
        response = serialize_common_error(error)
        response.headers["x-amzn-RequestId"] = str(uuid4())
        return response
    except HTTPException as error:
        return refuse(error.code or 400, type(error).__name__, error.description or error.name)
    except Exception:
        logger.exception("%s %s failed in the server", request.method, request.path)
        return refuse(500, "InternalFailure", "The mock failed on this request; its log has the traceback.")


def raw_refusal(status: int, message: str, method: bytes) -> bytes:
    """A whole HTTP response that refuses a request, and after which the connection is closed."""
    response = refuse(status, default_exceptions[status].__name__, message)
    headers = {**response.headers, "Content-Length": str(len(response.body)), "Connection": "close"}
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    head = f"HTTP/1.1 {status} {responses[status]}\r\n{lines}\r\n".encode()
    return head if method == b"HEAD" else head + response.body
