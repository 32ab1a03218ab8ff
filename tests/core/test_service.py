"""The table of services, compared with botocore's models."""

import json
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import boto3
import botocore
import pytest

from qchime.core.injection import injected
from qchime.core.partitions import dns_suffixes, is_under, partition_of
from qchime.core.service import InvalidRow, Service
from qchime.core.table import SERVICES
from qchime.restjson import Operation, ServiceException, UnsupportedOperation
from qchime.services.chimesdkidentity import SERVICE as CHIME_SDK_IDENTITY
from qchime.services.qapps import SERVICE as QAPPS

each_service = pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)


@each_service
def test_names_match_the_model(service: Service) -> None:
    assert service.model.endpoint_prefix == service.endpoint_prefix
    assert service.model.signing_name == service.signing_name
    assert service.model.service_id.hyphenize() == service.name, "botocore's events use this name"


@each_service
def test_hosts_match_botocores_endpoints(service: Service) -> None:
    partitions = json.loads((Path(botocore.__file__).parent / "data" / "partitions.json").read_text())
    for partition in partitions["partitions"]:
        regions = [name for name in partition["regions"] if not name.startswith("aws")]
        if not regions:  # older versions of botocore have partitions without one
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
def test_a_host_is_under_a_domain_if_it_is_a_subdomain(host: str, expected: bool) -> None:
    assert is_under(host, ["example.org", "example.com"]) is expected


def test_chime_sdk_identity_is_complete() -> None:
    names = CHIME_SDK_IDENTITY.model.operation_names
    assert len(names) >= 30
    assert [name for name in names if not CHIME_SDK_IDENTITY.supports(name)] == []


def test_an_unknown_operation_is_not_supported() -> None:
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


RBIN = Service(
    name="rbin",
    title="Recycle Bin",
    endpoint_prefix="rbin",
    signing_name="rbin",
    backend_class="rbin_rows:NoSuchBackend",
    exceptions_module="rbin_rows",
    routes_object="no_such_module:ROUTES",
)


class ConflictException(ServiceException):
    """The only error in the module below."""


@pytest.fixture
def exceptions(monkeypatch: pytest.MonkeyPatch) -> Any:
    module: Any = ModuleType("rbin_rows")
    module.ConflictException = ConflictException
    monkeypatch.setitem(sys.modules, module.__name__, module)
    return module


def name_of(error: Exception) -> str:
    return type(error).__name__


@pytest.fixture
def rbin(exceptions: Any) -> Service:
    """A row that has not yet imported anything."""
    return replace(RBIN)


class TestAnInvalidRow:
    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            (
                {"name": "rbim"},
                r"botocore [\d.]+ has no service 'rbim'. Correct the row's name .* newer botocore",
            ),
            ({"signing_name": "bin"}, "rbin has signing_name='bin'; botocore's model has 'rbin'"),
            ({"endpoint_prefix": "bin"}, "rbin has endpoint_prefix='bin'; botocore's model has 'rbin'"),
            (
                {"name": "sts", "endpoint_prefix": "sts", "signing_name": "sts"},
                "sts uses the protocol query; qchime supports rest-json only",
            ),
        ],
    )
    def test_is_checked_against_the_model(self, changes: dict[str, Any], message: str) -> None:
        with pytest.raises(InvalidRow, match=message):
            replace(RBIN, **changes).operation("CreateRule")

    @pytest.mark.parametrize(
        ("field", "message"),
        [
            ("backend", "backend_class='rbin_rows:NoSuchBackend', .* no attribute 'NoSuchBackend'"),
            ("routes", "routes_object='no_such_module:ROUTES', .* No module named 'no_such_module'"),
        ],
    )
    def test_names_the_object_that_cannot_be_imported(self, rbin: Service, field: str, message: str) -> None:
        with pytest.raises(InvalidRow, match=f"The row of rbin has {message}"):
            getattr(rbin, field)

    def test_names_a_missing_exceptions_module(self) -> None:
        with pytest.raises(InvalidRow, match="exceptions_module='no_such_module'"):
            replace(RBIN, exceptions_module="no_such_module").invalid("?")


class TestErrorsOnBehalfOfAService:
    def test_default_to_the_usual_ones_of_the_model(self, rbin: Service) -> None:
        assert name_of(rbin.failed("?")) == "InternalServerException"
        assert rbin.missing.__name__ == "ResourceNotFoundException"
        answer = rbin.operation("GetRule").serialize_error(rbin.invalid("?"))
        assert answer.headers["x-amzn-ErrorType"] == "ValidationException"
        assert (answer.status, json.loads(answer.body)) == (400, {"Message": "?"})

    def test_can_be_named_by_the_module(self, rbin: Service, exceptions: Any) -> None:
        exceptions.INVALID = exceptions.FAILED = exceptions.MISSING = ConflictException
        assert {type(rbin.invalid("?")), type(rbin.failed("?")), rbin.missing} == {ConflictException}

    def test_use_the_class_in_the_module(self, rbin: Service, exceptions: Any) -> None:
        exceptions.ValidationException = type("ValidationException", (ServiceException,), {})
        assert type(rbin.invalid("?")) is exceptions.ValidationException

    def test_must_be_named_if_the_model_has_no_usual_one(self, exceptions: Any) -> None:
        row = replace(RBIN, name="lambda", endpoint_prefix="lambda", signing_name="lambda")
        message = r"rbin_rows has no INVALID, and lambda .* Add `INVALID = .* InvalidParameterValueException"
        with pytest.raises(InvalidRow, match=message):
            row.invalid("?")

    def test_get_placeholders_if_a_fault_injects_them(self, exceptions: Any) -> None:
        name = "notifications-contacts"
        row = replace(RBIN, name="notificationscontacts", endpoint_prefix=name, signing_name=name)
        operation = row.operation("ListEmailContacts")
        error: Any = injected(row, operation, "ValidationException", {})
        assert json.loads(operation.serialize_error(error).body) == {
            "message": "ValidationException, injected by a fault.",
            "reason": "fieldValidationFailed",
            "fieldList": [],
        }

    def test_get_members_from_the_module(self, rbin: Service, exceptions: Any) -> None:
        exceptions.injected_members = lambda given: {"reason": given["Identifier"]}
        error: Any = injected(
            rbin, rbin.operation("GetRule"), "ResourceNotFoundException", {"Identifier": "RULE"}
        )
        assert error.reason == "RULE"


def operation_of(service: str, name: str) -> Operation:
    return replace(RBIN, name=service, endpoint_prefix=service, signing_name=service).operation(name)


class TestModelsOfOtherServices:
    def test_may_have_numbers_with_fractions(self) -> None:
        strategy = operation_of("appconfig", "CreateDeploymentStrategy")
        given = {"Name": "slow", "DeploymentDurationInMinutes": 5, "GrowthFactor": 2.5}
        assert strategy.validate(given) == []
        assert strategy.bind(given)["growth_factor"] == 2.5
        assert json.loads(strategy.serialize({"growth_factor": 2.5}).body) == {"GrowthFactor": 2.5}
        assert strategy.validate({**given, "GrowthFactor": 0.5}) == [
            "Value '0.5' at 'growthFactor' failed to satisfy constraint: "
            "Member must have value greater than or equal to 1.0"
        ]
        [violation] = strategy.validate({**given, "GrowthFactor": True})
        assert violation.endswith("Member must be a number")

    def test_may_have_errors_without_a_status(self) -> None:
        create = operation_of("backup", "CreateBackupVault")
        assert (
            create.serialize_error(type("AlreadyExistsException", (ServiceException,), {})("?")).status == 400
        )

    @pytest.mark.parametrize(
        ("service", "operation", "what"),
        [
            ("appconfig", "CreateHostedConfigurationVersion", "body is one member"),
            ("appsync", "StartSchemaCreation", "Blob, a blob"),
        ],
    )
    def test_may_have_unsupported_types(self, service: str, operation: str, what: str) -> None:
        with pytest.raises(UnsupportedOperation, match=what) as caught:
            operation_of(service, operation)
        assert caught.value.status == 501
