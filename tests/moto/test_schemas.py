"""The resource types of stacks, compared with the schemas that AWS publishes and cfn-lint contains."""

from typing import Any

import pytest

from qchime.moto.cloudformation import Resource, models

# The environments with other versions of moto have other schemas.
pytest.importorskip("cfnlint.version", minversion="1.58")
schemas = pytest.importorskip("cfnlint.schema").PROVIDER_SCHEMA_MANAGER


def names(schema: dict[str, Any], key: str) -> set[str]:
    return {path.rpartition("/")[2] for path in schema.get(key, ())}


@pytest.fixture(params=models(), ids=lambda model: model.type)
def model(request: pytest.FixtureRequest) -> type[Resource]:
    found: type[Resource] = request.param
    return found


@pytest.fixture
def schema(model: type[Resource]) -> dict[str, Any]:
    found: dict[str, Any] = schemas.get_resource_schema("us-east-1", model.type).schema
    return found


def test_the_properties_are_those_of_the_schema(model: type[Resource], schema: dict[str, Any]) -> None:
    assert model.property_names() == set(schema["properties"]) - names(schema, "readOnlyProperties")


def test_the_properties_that_replace_a_resource(model: type[Resource], schema: dict[str, Any]) -> None:
    assert model.fixed_properties() == names(schema, "createOnlyProperties")


def test_the_attributes_are_the_read_only_properties(model: type[Resource], schema: dict[str, Any]) -> None:
    assert {name for name in schema["properties"] if model.has_cfn_attr(name)} == names(
        schema, "readOnlyProperties"
    )


def test_the_identifier(model: type[Resource], schema: dict[str, Any]) -> None:
    arn, *others = [path.rpartition("/")[2] for path in schema["primaryIdentifier"]]
    assert model.row.from_arn("arn")[arn] == "arn"
    assert list(model.row.identified_by) == others
