"""How large the body of a request may be, which its head decides."""

from math import inf
from uuid import uuid4

from qchime.core.caller import Scope
from qchime.core.identify import identify_service
from qchime.core.injection import injected
from qchime.core.service import Service
from qchime.restjson import Operation, Request, Response, ServiceException, UnknownOperation
from qchime.server.control import PREFIX
from qchime.server.refusals import refuse

LARGEST_BODY = 1024 * 1024
"""In bytes, for operations that do not take a file."""

LARGEST_FILE = 100 * 1024 * 1024
"""In bytes: room for a file of 50 MB as base64 in JSON, and for larger ones that the service refuses."""

TOO_LARGE = 413


def largest_body(head: Request) -> int:
    """How many bytes the body of this request may have."""
    if "transfer-encoding" not in head.headers and announced_length(head) <= LARGEST_BODY:
        return LARGEST_BODY
    if head.path.startswith(PREFIX):  # a state, or a file for one of the services' links
        return LARGEST_FILE
    service, operation = _find_operation(head)
    takes_file = service is not None and operation is not None and operation.name in service.file_operations
    return LARGEST_FILE if takes_file else LARGEST_BODY


def announced_length(head: Request) -> float:
    """The number of bytes that Content-Length announces; infinite for a number that is too long to be one."""
    length = head.headers.get("content-length", "0")
    return int(length) if length.isdecimal() and len(length) < 20 else inf


def too_large(head: Request) -> Response:
    """The 413 for a body that is too large: the error that the operation declares for it, if there is one."""
    message = f"The body of this request may have at most {largest_body(head)} bytes."
    service, operation = _find_operation(head)
    if service is not None and operation is not None:
        for name in operation.errors_with_status(TOO_LARGE):
            error = injected(service, operation, name, {}, message)
            assert isinstance(error, ServiceException)
            response = operation.serialize_error(error)
            response.headers["x-amzn-RequestId"] = str(uuid4())
            return response
    return refuse(TOO_LARGE, "RequestEntityTooLarge", message)


def _find_operation(head: Request) -> tuple[Service, Operation] | tuple[None, None]:
    service = identify_service(head, Scope.of(head))
    if service is None:
        return None, None
    try:
        name, _ = service.router.match(head)
    except UnknownOperation:
        return None, None
    return service, service.operation(name)
