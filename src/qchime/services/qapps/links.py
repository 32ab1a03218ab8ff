"""Addresses of links to files: on the server that returned them, or in a bucket that only the mock has."""

import re

PATH = "/_qchime/files"
"""Where a server serves files."""

HOSTS = re.compile(r"https?://qchime-files\.s3\.[a-z0-9-]+\.amazonaws\.com(?=[:/?]|$)")
"""The address of links to files in the process."""

MOTOS_WAY = "/qapps_us-east-1"
"""The prefix of `PATH` on moto's own server, which finds the service of an unsigned request by its path, in
the form `/service_region/`. The region has no meaning here.
"""


def address(base_url: str | None, region: str) -> str:
    """The beginning of links; `base_url` is the address of the server, None in the process."""
    if base_url is not None:
        return f"{base_url}{PATH}"
    return f"https://qchime-files.s3.{region}.amazonaws.com"
