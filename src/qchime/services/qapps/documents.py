"""Files for file-upload cards: sent in the request, or announced and then uploaded to a link."""

import base64
import hashlib
import json
import re
from contextlib import suppress
from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

import pybase64

from qchime.core.backend import Call
from qchime.restjson import encoded, to_iso8601
from qchime.rules import inferred
from qchime.services.qapps.directory import Directory
from qchime.services.qapps.exceptions import (
    ContentTooLargeException,
    ResourceNotFoundException,
    ValidationException,
)
from qchime.services.qapps.links import LINKS
from qchime.services.qapps.resources import UPLOAD_LASTS, Document

NO_TARGET = inferred(
    "qapps.presigned-url-of-nothing",
    "CreatePresignedUrl for a missing app, session or card raises a ValidationException, because the "
    "operation declares no ResourceNotFoundException.",
)
NOT_FOR_FILES = inferred(
    "qapps.file-cards", "A file for a card that is not a file-upload card raises a ValidationException."
)

_DATA_URL = re.compile(rb"data:[^,]*;base64,")


class DocumentOperations(Directory):
    """https://docs.aws.amazon.com/amazonq/latest/api-reference/API_qapps_ImportDocument.html"""

    def import_document(
        self,
        call: Call,
        *,
        instance_id: str,
        app_id: str,
        card_id: str,
        file_contents_base64: str,
        file_name: str,
        scope: str,
        session_id: str | None = None,
    ) -> Document:
        """Store a file, sent as plain base64 or as a data URL, as in AWS's examples."""
        self._check_target(call, instance_id, app_id, card_id, scope, session_id)
        content = _decoded(file_contents_base64)
        limit = self.world.limits.file_bytes
        if len(content) > limit:
            message = f"A file can have at most {limit} bytes; this one has {len(content)}."
            raise ContentTooLargeException(message, "Document", file_name)
        document = Document(self.new_uuid(), app_id, session_id, file_name, content)
        self.instance(instance_id).documents[document.file_id] = document
        return document

    @NO_TARGET
    def create_presigned_url(
        self,
        call: Call,
        *,
        instance_id: str,
        app_id: str,
        card_id: str,
        file_contents_sha256: str,
        file_name: str,
        scope: str,
        session_id: str | None = None,
    ) -> dict[str, Any]:
        """Announce a file. Cards can use it once its content has been posted to the returned URL."""
        try:
            self._check_target(call, instance_id, app_id, card_id, scope, session_id)
        except ResourceNotFoundException as error:
            raise ValidationException(error.message).because(NO_TARGET) from None
        document = Document(self.new_uuid(), app_id, session_id, file_name, None)
        document.expires_at = expires_at = self.world.clock.now() + UPLOAD_LASTS
        where = f"{self.account_id}/{self.region_name}/{quote(instance_id, safe='')}"
        key = f"{where}/{document.file_id}"
        document.upload_fields = self._post_fields(key, file_contents_sha256, expires_at)
        self.instance(instance_id).documents[document.file_id] = document
        return {
            "file_id": document.file_id,
            "presigned_url": LINKS.upload_address(call.base_url, self.region_name, self.account_id),
            "presigned_url_fields": document.upload_fields,
            "presigned_url_expiration": expires_at,
        }

    def announced(self, instance_id: str, file_id: str) -> Document | None:
        """A file that was announced with a presigned URL, if there is one."""
        instance = self.existing_instance(instance_id)
        document = instance.documents.get(file_id) if instance is not None else None
        return document if document is not None and document.upload_fields is not None else None

    @inferred("qapps.session-files", "With the scope SESSION, the cards are those of the session's version.")
    @NOT_FOR_FILES
    def _check_target(
        self, call: Call, instance_id: str, app_id: str, card_id: str, scope: str, session_id: str | None
    ) -> None:
        """Check that the caller may give files to this card."""
        if scope == "SESSION":
            if session_id is None:
                raise ValidationException("The scope SESSION requires a sessionId.")
            version = self.session_of(call, instance_id, session_id, app_id).version
        else:
            version = self.app(call, instance_id, app_id).newest
        card = version.card(card_id)
        if card is None:
            raise ResourceNotFoundException("QApp", app_id, f"The Q App {app_id} has no card {card_id}.")
        if card.kind != "file_upload":
            raise ValidationException(
                f"The card {card_id} does not take files. Choose a file-upload card."
            ).because(NOT_FOR_FILES)

    def _post_fields(self, key: str, sha256: str, expires_at: datetime) -> dict[str, str]:
        """The form fields of an S3 POST.

        https://docs.aws.amazon.com/amazonq/latest/api-reference/API_qapps_CreatePresignedUrl.html,
        https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTForms.html
        """
        context = base64.b64encode(json.dumps({"key": key}).encode()).decode()
        fields = {
            "key": key,
            "x-amz-algorithm": "AWS4-HMAC-SHA256",
            "x-amz-checksum-sha256": sha256,
            "x-amz-credential": f"QCHIME/{expires_at:%Y%m%d}/{self.region_name}/s3/aws4_request",
            "x-amz-date": f"{expires_at - UPLOAD_LASTS:%Y%m%dT%H%M%SZ}",
            "x-amz-server-side-encryption": "aws:kms",
            "x-amz-server-side-encryption-aws-kms-key-id": self._kms_key_arn,
            "x-amz-server-side-encryption-context": context,
        }
        conditions = [{name: value} for name, value in fields.items()]
        policy = json.dumps({"expiration": to_iso8601(expires_at), "conditions": conditions})
        signed = base64.b64encode(policy.encode())
        return {**fields, "policy": signed.decode(), "x-amz-signature": hashlib.sha256(signed).hexdigest()}

    @property
    @inferred(
        "qapps.kms-key",
        "The KMS key in the form fields of a presigned URL is a key of the account, the same throughout a "
        "region. AWS documents that the field exists.",
        sources=[
            "https://docs.aws.amazon.com/amazonq/latest/api-reference/API_qapps_CreatePresignedUrl.html"
        ],
    )
    def _kms_key_arn(self) -> str:
        owner = f"{self.partition}:kms:{self.region_name}:{self.account_id}"
        return f"arn:{owner}:key/{uuid5(NAMESPACE_URL, owner)}"


@inferred("qapps.base64-spaces", "White space in base64 is ignored.")
def _decoded(text: str) -> bytes:
    """Decode base64, with or without a data URL's prefix and with or without padding."""
    content = encoded(text)
    url = _DATA_URL.match(content)
    bare = content[url.end() :] if url else content
    with suppress(ValueError):  # most files need no mending, which takes time and memory
        return pybase64.b64decode(bare, validate=True)
    mended = b"".join(bytes(bare).split()).rstrip(b"=")
    mended += b"=" * (-len(mended) % 4)
    try:
        return pybase64.b64decode(mended, validate=True)
    except ValueError:
        raise ValidationException(
            "fileContentsBase64 is neither base64 nor a data URL with base64."
        ) from None
