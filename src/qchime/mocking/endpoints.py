"""Endpoints from the environment or the config file, which LocalStack's users have.

Clients with such an endpoint are answered; those with an `endpoint_url` argument are left alone.
https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
"""

import os
from functools import lru_cache
from typing import Any
from urllib.parse import SplitResult, urlsplit

import botocore.session
from botocore.configprovider import ConfiguredEndpointProvider

from qchime.core.service import Service


def path_below(service: Service, url: str) -> str | None:
    """The path of a URL below the endpoint that is configured for a service; None if it is elsewhere."""
    configured = _configured(service)
    wanted = urlsplit(url)
    if configured is None or wanted[:2] != configured[:2]:
        return None
    prefix = configured.path.rstrip("/")
    return wanted.path.removeprefix(prefix) if wanted.path.startswith(f"{prefix}/") else None


def _configured(service: Service) -> SplitResult | None:
    names = (service.endpoint_variable, "AWS_ENDPOINT_URL")
    url = next((os.environ[name] for name in names if os.environ.get(name)), None)
    url = url or _in_config(service.name, os.environ.get("AWS_PROFILE"), _config_file())
    return urlsplit(url) if url else None


def _config_file() -> tuple[str, float]:
    """The config file and its modification time; after a change it is read again."""
    path = os.path.expanduser(os.environ.get("AWS_CONFIG_FILE", "~/.aws/config"))
    try:
        return path, os.stat(path).st_mtime
    except OSError:
        return path, 0.0


@lru_cache(maxsize=16)
def _in_config(service: str, profile: str | None, file: tuple[str, float]) -> str | None:
    if not file[1]:
        return None
    session: Any = botocore.session.Session(profile=profile)
    config, scoped = session.full_config, session.get_scoped_config()
    url: str | None = ConfiguredEndpointProvider(config, scoped, service, {}).provide()
    return url
