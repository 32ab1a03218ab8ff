"""The table of services, held against botocore's models."""

import json
from pathlib import Path

import boto3
import botocore
import pytest

from qchime.core.partitions import dns_suffixes, is_under, partition_of
from qchime.core.service import Service
from qchime.core.table import SERVICES
from qchime.services.chimesdkidentity import SERVICE as CHIME_SDK_IDENTITY
from qchime.services.qapps import SERVICE as QAPPS

each_service = pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)


@each_service
def test_names_are_the_models(service: Service) -> None:
    assert service.model.endpoint_prefix == service.endpoint_prefix
    assert service.model.signing_name == service.signing_name
    assert service.model.service_id.hyphenize() == service.name, "botocore's events go by this"


@each_service
def test_hosts_are_what_botocore_calls(service: Service) -> None:
    partitions = json.loads((Path(botocore.__file__).parent / "data" / "partitions.json").read_text())
    for partition in partitions["partitions"]:
        regions = [name for name in partition["regions"] if not name.startswith("aws")]
        if not regions:  # older versions of botocore know of partitions that have none yet
            continue
        region = regions[0]
        session = boto3.Session(aws_access_key_id="a", aws_secret_access_key="b")
        client = session.client(service.name, region_name=region)
        found = service.url_pattern.match(client.meta.endpoint_url)
        assert found, client.meta.endpoint_url
        assert found["region"] == region


@pytest.mark.parametrize(
    "url",
    [
        "https://data.qapps.us-east-1.amazonaws.com.evil.example/apps.list",
        "https://evil.example/data.qapps.us-east-1.amazonaws.com",
        "https://data.qapps.us-east-1.amazonaws.commercial.example/",
        "https://qapps.us-east-1.amazonaws.com/",
        "https://s3.us-east-1.amazonaws.com/",
        "http://localhost:4590/apps.list",
    ],
)
def test_other_hosts_are_not_ours(url: str) -> None:
    assert not any(service.url_pattern.match(url) for service in SERVICES)


def test_hosts_may_have_a_port() -> None:
    assert CHIME_SDK_IDENTITY.url_pattern.match(
        "https://identity-chime.us-east-1.amazonaws.com:443/app-instances"
    )


def test_dns_suffixes_come_from_botocore() -> None:
    assert {"amazonaws.com", "amazonaws.com.cn", "api.aws"} <= set(dns_suffixes())


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("a.example.com", True),
        ("a.example.com:80", True),
        ("A.EXAMPLE.COM", True),
        ("example.com", False),
        ("evilexample.com", False),
        ("a.example.com.evil", False),
        ("[", False),
    ],
)
def test_a_host_is_under_a_domain_if_it_has_a_name_there(host: str, expected: bool) -> None:
    assert is_under(host, ["example.org", "example.com"]) is expected


def test_chime_sdk_identity_is_complete() -> None:
    names = CHIME_SDK_IDENTITY.model.operation_names
    assert len(names) >= 30
    assert [name for name in names if not CHIME_SDK_IDENTITY.supports(name)] == []


def test_support_is_asked_of_the_backend_alone() -> None:
    assert not QAPPS.supports("NoSuchOperation")


@pytest.mark.parametrize(
    ("region", "partition"),
    [
        ("us-east-1", "aws"),
        ("mx-central-1", "aws"),
        ("cn-north-1", "aws-cn"),
        ("us-gov-west-1", "aws-us-gov"),
        ("mars-north-1", "aws"),
    ],
)
def test_partitions_come_from_botocore(region: str, partition: str) -> None:
    assert partition_of(region) == partition
