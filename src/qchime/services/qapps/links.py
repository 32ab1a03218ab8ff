"""Where links to files lead: to the server that gave them out, or to a bucket that only the mock has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qchime.core.cloud import Cloud
    from qchime.restjson import Request, Response


class FileLinks:
    """The addresses of files: uploads by form POST, downloads by GET."""

    path = "/_qchime/files"
    """Where a server answers them."""
    hosts = re.compile(r"https?://qchime-files\.s3\.[a-z0-9-]+\.amazonaws\.com(?=[:/?]|$)")
    """Where they lead in the process."""

    def address(self, base_url: str | None, region: str) -> str:
        """What links start with; `base_url` is the server's, None in the process."""
        if base_url is not None:
            return f"{base_url}{self.path}"
        return f"https://qchime-files.s3.{region}.amazonaws.com"

    def respond(self, cloud: Cloud, request: Request) -> Response:
        """Take an upload, or give a download; `path` is what comes after the address of the files."""
        from qchime.services.qapps.file_links import respond_to_link

        return respond_to_link(cloud, request)


LINKS = FileLinks()
