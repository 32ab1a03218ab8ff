"""Where links to files lead: to the server that gave them out, or to a bucket that only the mock has."""

import re

PATH = "/_qchime/files"
"""Where a server answers them."""

HOSTS = re.compile(r"https?://qchime-files\.s3\.[a-z0-9-]+\.amazonaws\.com(?=[:/?]|$)")
"""Where they lead in the process."""


def address(base_url: str | None, region: str) -> str:
    """What links start with; `base_url` is the server's, None in the process."""
    if base_url is not None:
        return f"{base_url}{PATH}"
    return f"https://qchime-files.s3.{region}.amazonaws.com"
