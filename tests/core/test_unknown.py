"""Unknown services: how their own SDKs read the response."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
import requests
from botocore.config import Config
from botocore.exceptions import ClientError

from qchime.server import Server

CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    # AWS's protocols: json, rest-json, query, ec2, rest-xml and rpc-v2-cbor.
    "dynamodb": ("list_tables", {}),
    "qbusiness": ("list_applications", {}),
    "chime-sdk-meetings": ("create_meeting", {"MediaRegion": "us-east-1", "ExternalMeetingId": "ab"}),
    "sts": ("get_caller_identity", {}),
    "ec2": ("describe_vpcs", {}),
    "s3": ("list_buckets", {}),
    "route53": ("list_hosted_zones", {}),
    "bedrock": ("list_foundation_models", {}),
    "eventbridgev2": ("list_event_buses", {}),
}


def refusal(server: Server, service: str) -> ClientError:
    """The error that a client of the service gets, which retries if it can."""
    if service not in boto3.Session().get_available_services():
        pytest.skip(f"the installed botocore does not have {service}")
    keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b", "region_name": "us-east-1"}
    client = boto3.client(
        service, endpoint_url=server.url, config=Config(retries={"max_attempts": 2}), **keys
    )
    operation, parameters = CALLS[service]
    with pytest.raises(ClientError) as caught:
        getattr(client, operation)(**parameters)
    return caught.value


@pytest.fixture(scope="module")
def with_moto() -> Iterator[Server]:
    pytest.importorskip("flask")
    with Server(moto=True) as server:
        yield server


@pytest.mark.parametrize("service", CALLS)
def test_the_error_names_the_service_and_says_what_to_do(qchime_server: Server, service: str) -> None:
    error = refusal(qchime_server, service)
    message = error.response["Error"]["Message"]

    assert error.response["Error"]["Code"] == "NotImplementedException"
    assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 501
    assert error.response["ResponseMetadata"]["RetryAttempts"] == 0
    assert "AWS_ENDPOINT_URL_QAPPS" in message
    signing_name = boto3.client(service, region_name="us-east-1").meta.service_model.signing_name
    if signing_name == "chime":
        assert "No operation of chime-sdk-identity or chime-sdk-messaging has POST /meetings" in message
    else:
        assert f"no service '{signing_name}'" in message
        assert "--moto" in message


def test_a_service_unknown_to_botocore_is_refused_in_json(qchime_server: Server) -> None:
    scope = "Credential=a/20240521/us-east-1/unheard-of/aws4_request"
    headers = {"Authorization": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0"}
    answer = requests.get(f"{qchime_server.url}/things", headers=headers, timeout=30)

    assert answer.status_code == 501
    assert "no service 'unheard-of'" in answer.json()["message"]


@pytest.mark.parametrize("service", ["qbusiness", "chime-sdk-meetings", "eventbridgev2"])
def test_a_service_that_moto_lacks_too_is_refused(with_moto: Server, service: str) -> None:
    error = refusal(with_moto, service)

    assert error.response["Error"]["Code"] == "NotImplementedException"
    assert error.response["ResponseMetadata"]["RetryAttempts"] == 0
    assert "endpoint_url of its own" in error.response["Error"]["Message"]


def test_moto_answers_for_its_services(with_moto: Server) -> None:
    keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b", "region_name": "us-east-1"}
    sts = boto3.client("sts", endpoint_url=with_moto.url, **keys)

    assert sts.get_caller_identity()["Account"] == "123456789012"


def test_a_resource_of_another_service_is_refused(qchime_server: Server) -> None:
    """Amazon Chime SDK's services share `/tags` and their signing name."""
    keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b", "region_name": "us-east-1"}
    identity = boto3.client("chime-sdk-identity", endpoint_url=qchime_server.url, **keys)
    meeting = "arn:aws:chime:us-east-1:123456789012:meeting/1"
    calls: dict[str, dict[str, Any]] = {
        "list_tags_for_resource": {},
        "tag_resource": {"Tags": [{"Key": "a", "Value": "b"}]},
        "untag_resource": {"TagKeys": ["a"]},
    }
    for operation, parameters in calls.items():
        with pytest.raises(ClientError, match="its input is another service's") as caught:
            getattr(identity, operation)(ResourceARN=meeting, **parameters)
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501
