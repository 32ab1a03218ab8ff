"""Endpoints from the environment or the config file, which LocalStack's users have.

Clients with such an endpoint are answered; those with an `endpoint_url` argument are left alone.
https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from copy import copy
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import botocore.session
from botocore.awsrequest import AWSPreparedRequest
from botocore.configprovider import ConfiguredEndpointProvider
from botocore.exceptions import BotoCoreError

from qchime.core.service import Service
from qchime.core.table import SERVICES
from qchime.mocking.origins import Configured, Given


def at_aws(endpoint: Any, request: AWSPreparedRequest) -> AWSPreparedRequest:
    """The request as the client would send it without a configured endpoint, for a service of ours."""
    for service in SERVICES:
        if service.endpoint_prefix == endpoint._endpoint_prefix and _is_configured(service, endpoint.host):
            moved = copy(request)
            moved.url = moved_to_aws(service, endpoint.host, request.url)
            return moved
    return request


def moved_to_aws(service: Service, endpoint_url: str, url: str) -> str:
    """A URL below an endpoint, as it would be at AWS. The region is any: signatures contain the right one."""
    parts = urlsplit(url)
    path = parts.path.removeprefix(urlsplit(endpoint_url).path.removesuffix("/"))
    return parts._replace(
        scheme="https", netloc=f"{service.endpoint_prefix}.us-east-1.amazonaws.com", path=path
    ).geturl()


def is_below(endpoint_url: str, url: str) -> bool:
    """Whether a URL is below an endpoint; the case of the host does not matter."""
    endpoint, parts = urlsplit(endpoint_url), urlsplit(url)
    is_there = (endpoint.scheme, endpoint.netloc.lower()) == (parts.scheme, parts.netloc.lower())
    return is_there and parts.path.startswith(f"{endpoint.path.removesuffix('/')}/")


def configured(service: Service) -> Iterator[str]:
    """The endpoints of a service that the environment and the profiles of the config file name now."""
    for name in (service.endpoint_variable, "AWS_ENDPOINT_URL"):
        if url := os.environ.get(name):
            yield url
    yield from _in_config_file(service.name, *_config_file())


def _is_configured(service: Service, url: str) -> bool:
    """Whether the URL of an endpoint comes from a configuration.

    URLs of clients that were created before qchime was imported do not tell where they come from.
    """
    return isinstance(url, Configured) or (not isinstance(url, Given) and url in configured(service))


def _config_file() -> tuple[str, int]:
    """The config file and the time of its last change, after which it is read again."""
    path = os.path.expanduser(os.environ.get("AWS_CONFIG_FILE", "~/.aws/config"))
    try:
        return path, os.stat(path).st_mtime_ns
    except OSError:
        return path, 0


@lru_cache(maxsize=16)
def _in_config_file(service: str, path: str, changed: int) -> tuple[str, ...]:
    if not changed:
        return ()
    session: Any = botocore.session.Session()
    urls = []
    with suppress(BotoCoreError):  # clients report what is wrong with the file
        config = session.full_config
        for profile in config.get("profiles", {}).values():
            with suppress(BotoCoreError):
                urls.append(ConfiguredEndpointProvider(config, profile, service, {}).provide())
    return tuple(filter(None, urls))
