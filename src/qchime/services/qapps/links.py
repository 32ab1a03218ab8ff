"""Addresses of links to files: on the server that returned them, or in a bucket that only the mock has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qchime.core.cloud import Cloud
    from qchime.restjson import Request, Response


class FileLinks:
    """The addresses of files: uploads by form POST, downloads by GET."""

    path = "/_qchime/files"
    """Where a server serves files."""
    hosts = re.compile(r"https?://qchime-files\.s3\.[a-z0-9-]+\.amazonaws\.com\.?(?=[:/?]|$)", re.IGNORECASE)
    """The address of links to files in-process."""

    def address(self, base_url: str | None, region: str) -> str:
        """The beginning of links; `base_url` is the address of the server, None in-process."""
        if base_url is not None:
            return f"{base_url}{self.path}"
        return f"https://qchime-files.s3.{region}.amazonaws.com"

    def upload_address(self, base_url: str | None, region: str, account_id: str) -> str:
        """Where forms are posted. On a server it names the account: a load balancer does not read forms."""
        root = self.address(base_url, region)
        return f"{root}/" if base_url is None else f"{root}/{account_id}/"

    def respond(self, cloud: Cloud, request: Request) -> Response:
        """Accept an upload or send a download. The request's path is relative to the address of the files."""
        from qchime.services.qapps.file_links import respond_to_link

        return respond_to_link(cloud, request)


LINKS = FileLinks()
