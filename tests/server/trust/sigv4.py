"""SigV4 written down from AWS's description of it, without botocore, which signs and checks elsewhere.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from functools import reduce
from hashlib import sha256
from urllib.parse import quote

from qchime.world import User


def now() -> datetime:
    return datetime.now(timezone.utc)


def stamp(at: datetime) -> str:
    return at.strftime("%Y%m%dT%H%M%SZ")


@dataclass
class Signing:
    """One signature; a test changes what it wants to be wrong."""

    user: User
    host: str
    method: str = "GET"
    target: str = "/app-instances"
    body: bytes = b""
    service: str = "chime"
    region: str = "us-east-1"
    at: datetime = field(default_factory=now)
    date: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    payload: str = ""

    @property
    def scope(self) -> str:
        return f"{self.date or stamp(self.at)[:8]}/{self.region}/{self.service}/aws4_request"

    @property
    def credential(self) -> str:
        return f"{self.user.access_key_id}/{self.scope}"

    def in_headers(self) -> dict[str, str]:
        """The headers of the request, with the signature among them."""
        headers = {"host": self.host, "x-amz-date": stamp(self.at), **self.headers}
        if self.user.session_token:
            headers["x-amz-security-token"] = self.user.session_token
        path, _, query = self.target.partition("?")
        names = ";".join(sorted(headers))
        signature = self._signature(path, query, headers)
        authorization = f"Credential={self.credential}, SignedHeaders={names}, Signature={signature}"
        return {**headers, "authorization": f"AWS4-HMAC-SHA256 {authorization}"}

    def in_query(self, expires: int | None = 60) -> str:
        """The target of a presigned request; it is sent with `self.headers`."""
        headers = {"host": self.host, **self.headers}
        parameters = {
            "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
            "X-Amz-Credential": self.credential,
            "X-Amz-Date": stamp(self.at),
            "X-Amz-SignedHeaders": ";".join(sorted(headers)),
        }
        if expires is not None:
            parameters["X-Amz-Expires"] = str(expires)
        if self.user.session_token:
            parameters["X-Amz-Security-Token"] = self.user.session_token
        path, _, query = self.target.partition("?")
        added = "&".join(f"{name}={quote(text, safe='')}" for name, text in parameters.items())
        query = f"{query}&{added}" if query else added
        return f"{path}?{query}&X-Amz-Signature={self._signature(path, query, headers)}"

    def _signature(self, path: str, query: str, headers: Mapping[str, str]) -> str:
        canonical = [
            self.method,
            quote(path),
            "&".join(sorted(query.split("&"))),
            *(f"{name}:{headers[name]}" for name in sorted(headers)),
            "",
            ";".join(sorted(headers)),
            self.payload or sha256(self.body).hexdigest(),
        ]
        digest = sha256("\n".join(canonical).encode()).hexdigest()
        text = "\n".join(["AWS4-HMAC-SHA256", stamp(self.at), self.scope, digest])
        key = reduce(_hmac, self.scope.split("/"), f"AWS4{self.user.secret_access_key}".encode())
        return _hmac(key, text).hex()


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), sha256)
