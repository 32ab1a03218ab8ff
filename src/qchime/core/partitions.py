"""AWS's partitions, from botocore's data, which is often newer than moto's."""

import json
import re
from collections.abc import Collection
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from qchime.core.hosts import hostname


@cache
def dns_suffixes() -> tuple[str, ...]:
    """The domains of all partitions, including the dual-stack ones."""
    outputs = [partition["outputs"] for partition in _partitions()]
    return tuple(sorted({output[kind] for output in outputs for kind in ("dnsSuffix", "dualStackDnsSuffix")}))


def is_under(host: str, domains: Collection[str]) -> bool:
    """Whether a host, with or without a port, is a subdomain of one of these domains."""
    return hostname(host).endswith(tuple(f".{domain}" for domain in domains))


@lru_cache(maxsize=256)  # the region comes from the client, so the cache needs a bound
def partition_of(region: str) -> str:
    """The id of a region's partition, by its naming pattern; `aws` for any other name."""
    found = (partition["id"] for partition in _partitions() if re.match(partition["regionRegex"], region))
    return next(found, "aws")


@cache
def _partitions() -> list[dict[str, Any]]:
    import botocore

    file = Path(botocore.__file__).parent / "data" / "partitions.json"
    listed = json.loads(file.read_text(encoding="utf-8"))
    partitions: list[dict[str, Any]] = listed["partitions"]
    return partitions
