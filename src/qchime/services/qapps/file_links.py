"""Serves the links that Q Apps returns, as Amazon S3 does: uploads by form POST, downloads by GET.

https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html
"""

import base64
import hashlib
import re
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, cast
from urllib.parse import unquote
from xml.sax.saxutils import escape

from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.formparser import FormDataParser
from werkzeug.http import parse_options_header

from qchime.core.cloud import Cloud
from qchime.restjson import ErrorResponse, Request, Response, rule_header
from qchime.rules import inferred
from qchime.services.qapps import SERVICE
from qchime.services.qapps.resources import EXPORT_EXPIRY, UPLOAD_EXPIRY, Document

if TYPE_CHECKING:
    from qchime.services.qapps.backend import QAppsBackend

_EXPORT = re.compile(
    r"/(?P<account>\d+)/(?P<region>[a-z0-9-]+)/(?P<instance>[^/]+)/(?P<export>[a-f0-9-]+)\.csv"
)


class S3Error(ErrorResponse):
    """An error in the format of S3."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code

    def response(self, request_id: str) -> Response:
        """The response that S3 would return."""
        body = (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f"<Error><Code>{self.code}</Code><Message>{escape(str(self))}</Message>"
            f"<RequestId>{request_id}</RequestId></Error>"
        )
        return Response(self.status, {"Content-Type": "application/xml", **rule_header(self)}, body.encode())


def respond_to_link(cloud: Cloud, request: Request) -> Response:
    """Accept an upload or send a download. The request's path is relative to the address of the files."""
    try:
        if request.method == "POST":
            return _upload(cloud, request)
        if request.method == "GET":
            return _download(cloud, request)
        raise S3Error(405, "MethodNotAllowed", "The specified method is not allowed against this resource.")
    except S3Error as error:
        return error.response(cloud.ids.uuid())


def _download(cloud: Cloud, request: Request) -> Response:
    found = _EXPORT.fullmatch(request.path)
    backend = _backend(cloud, found["account"], found["region"]) if found else None
    instance = backend.existing_instance(unquote(found["instance"])) if found and backend else None
    export = instance.exports.get(found["export"]) if found and instance else None
    if backend is None or export is None:
        raise S3Error(404, "NoSuchKey", "The specified key does not exist.")
    if backend.world.clock.now() >= export.expires_at:
        raise S3Error(403, "AccessDenied", "Request has expired").because(EXPORT_EXPIRY)
    headers = {"Content-Type": "text/csv; charset=utf-8"}
    return Response(200, headers, export.content.encode())


@inferred(
    "qapps.repeated-upload",
    "A presigned URL accepts the same file any number of times until it expires, as Amazon S3 does.",
    sources=["https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html"],
)
def _upload(cloud: Cloud, request: Request) -> Response:
    form, files = _parsed(request)
    backend, document = _announced(cloud, form.get("key", ""))
    with backend.lock:
        _check_policy(document, form, backend.world.clock.now())
        if "file" not in files:
            message = "POST requires exactly one file upload per request."
            raise S3Error(400, "InvalidArgument", message)
        content = files["file"].read()
        if len(content) > backend.world.limits.file_bytes:
            message = "Your proposed upload exceeds the maximum allowed size"
            raise S3Error(400, "EntityTooLarge", message)
        digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
        if digest != form["x-amz-checksum-sha256"]:
            message = "The SHA256 you specified did not match the calculated checksum."
            raise S3Error(400, "BadDigest", message)
        document.content = content
        backend.note_change()
    return Response(204, {"ETag": f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'})


def _parsed(request: Request) -> tuple["MultiDict[str, str]", "MultiDict[str, FileStorage]"]:
    mimetype, options = parse_options_header(request.headers.get("content-type"))
    if mimetype != "multipart/form-data":
        message = "Bucket POST must be of the enclosure-type multipart/form-data"
        raise S3Error(412, "PreconditionFailed", message)
    body, request.body = BytesIO(request.body), b""  # so that the body is released once it is parsed
    length = body.getbuffer().nbytes
    try:
        _, form, files = FormDataParser(silent=False).parse(body, mimetype, length, options)
    except ValueError:
        message = "The body of your POST request is not well-formed multipart/form-data."
        raise S3Error(400, "MalformedPOSTRequest", message) from None
    return form, files


def _announced(cloud: Cloud, key: str) -> tuple["QAppsBackend", Document]:
    account, _, rest = key.partition("/")
    region, _, rest = rest.partition("/")
    instance_id, _, file_id = rest.partition("/")
    backend = _backend(cloud, account, region)
    document = backend.announced(unquote(instance_id), file_id) if backend else None
    if backend is None or document is None:
        raise S3Error(403, "AccessDenied", "Access Denied")
    return backend, document


def _check_policy(document: Document, form: "MultiDict[str, str]", now: datetime) -> None:
    if document.expires_at is None or now >= document.expires_at:
        message = "Invalid according to Policy: Policy expired."
        raise S3Error(403, "AccessDenied", message).because(UPLOAD_EXPIRY)
    for name, value in (document.upload_fields or {}).items():
        if form.get(name) != value:
            condition = f'["eq", "${name}", "{value}"]'
            message = f"Invalid according to Policy: Policy Condition failed: {condition}"
            raise S3Error(403, "AccessDenied", message)


def _backend(cloud: Cloud, account_id: str, region: str) -> "QAppsBackend | None":
    """The backend if it exists: a link must not create accounts."""
    account = cloud.contents.existing(account_id)
    backend = account.existing(SERVICE).get(region) if account is not None else None
    return cast("QAppsBackend | None", backend)
