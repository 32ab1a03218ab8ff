"""Where links to files lead: to the server that gave them out, or to a bucket that only the mock has."""

import re

PATH = "/_qchime/files"
"""Where a server answers them."""

HOSTS = re.compile(r"https?://qchime-files\.s3\.[a-z0-9-]+\.amazonaws\.com(?=[:/?]|$)")
"""Where they lead in the process."""

MOTOS_WAY = "/qapps_us-east-1"
"""What stands before `PATH` where moto's own server gives them out: of requests that are not signed it reads
the service from the path, in the form `/service_region/`. The region means nothing to us.
"""


def address(base_url: str | None, region: str) -> str:
    """What links start with; `base_url` is the server's, None in the process."""
    if base_url is not None:
        return f"{base_url}{PATH}"
    return f"https://qchime-files.s3.{region}.amazonaws.com"
