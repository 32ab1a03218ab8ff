"""Resources of CloudFormation stacks in moto, of the types that the rows of the services name.

A property is the member of the same name of the service's Create and Update operations, which validate it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any, ClassVar

from botocore.model import ListShape, Shape, StructureShape
from moto.cloudformation.exceptions import UnformattedGetAttTemplateException, ValidationError
from moto.core.common_models import CloudFormationModel

from qchime.core.backend import Call
from qchime.core.cloud import cloud
from qchime.core.service import Service
from qchime.core.table import SERVICES
from qchime.restjson import ServiceException, python_name, validation_message
from qchime.rules import inferred
from qchime.world import DEFAULT_USER

Properties = dict[str, Any]
TOKEN = "ClientRequestToken"
"""The only member of the Create operations that is not a property."""


@inferred(
    "cloudformation.caller",
    "A stack acts as the default user. Its calls are not subject to faults, and do not appear among the "
    "calls.",
)
class Api:
    """Calls a service in one account and region as the default user, on behalf of CloudFormation."""

    def __init__(self, service: Service, account_id: str, region_name: str) -> None:
        self._service = service
        self._backend = cloud.account(account_id).backend(service, region_name)

    def check(self, name: str, members: Properties) -> None:
        """Validate the input of an operation, and raise the service's own error if it violates the model."""
        if violations := self._service.operation(name).validate(members):
            raise self._service.invalid(validation_message(violations))

    def call(self, name: str, members: Properties) -> Any:
        """Call an operation, and return the resource that its method returns.

        Raises:
            ServiceException: the input violates the model, or the operation raises it.
        """
        self.check(name, members)
        operation = self._service.operation(name)
        parameters = operation.bind(members)
        with self._backend.lock:
            method = getattr(self._backend, operation.method)
            try:
                return method(Call(operation.method, DEFAULT_USER, parameters), **parameters)
            finally:
                self._backend.note_change()


@inferred(
    "cloudformation.failures",
    "If a resource of a stack fails, the CloudFormation call fails with a ValidationError in the words of "
    "AWS's resource handlers. (AWS accepts the call and rolls the stack back; moto does not.)",
)
@contextmanager
def cloudformations_errors() -> Iterator[None]:
    """Turn the service's errors into CloudFormation's, worded as by its resource handlers."""
    try:
        yield
    except ServiceException as error:
        message = f'Resource handler returned message: "{error}" ({type(error).__name__})'
        raise ValidationError(message=message) from error


class Resource(CloudFormationModel):
    """The base class of all resource types; `models` creates a subclass for each.

    moto finds direct subclasses of its own class by itself, and we could not unregister those.
    """

    service: ClassVar[Service]
    type: ClassVar[str] = ""
    """The type in templates; empty in this class, which moto asks too."""
    kind: ClassVar[str]
    """The API's name of the resource, as in `Create<kind>` and `<kind>Arn`."""
    logical_resource_id: str
    """The resource's name in the template, which moto sets."""

    def __init__(self, api: Api, properties: Properties) -> None:
        made = api.call(f"Create{self.kind}", {**properties, TOKEN: cloud.ids.uuid()})
        self.physical_resource_id: str = getattr(made, python_name(f"{self.kind}Arn"))
        """The value of `Ref`: the ARN."""
        self.properties = properties

    @classmethod
    def cloudformation_type(cls) -> str:
        """The type in templates."""
        return cls.type

    @staticmethod
    def cloudformation_name_type() -> str:
        """The property with the resource's name: none, because its ARN identifies it."""
        return ""

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        """Whether `Fn::GetAtt` has this attribute; the ARN is the only one."""
        return attr == f"{cls.kind}Arn"

    def get_cfn_attribute(self, attribute_name: str) -> str:
        """The value of `Fn::GetAtt`.

        Raises:
            UnformattedGetAttTemplateException: moto's error for an unknown attribute.
        """
        if not self.has_cfn_attr(attribute_name):
            raise UnformattedGetAttTemplateException()
        return self.physical_resource_id

    def is_created(self) -> bool:
        """Whether creation is complete: always."""
        return True

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str, **kwargs: Any
    ) -> Resource:
        """Create the resource, or raise CloudFormation's ValidationError."""
        with cloudformations_errors():
            properties = cls._properties(cloudformation_json, kwargs["LogicalId"])
            return cls(Api(cls.service, account_id, region_name), properties)

    @classmethod
    def update_from_cloudformation_json(
        cls,
        original_resource: Resource,
        new_resource_name: str,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
    ) -> Resource:
        """Update the resource, or replace it if a property has changed that Update does not take.

        Raises CloudFormation's ValidationError if that fails.
        """
        with cloudformations_errors():
            properties = cls._properties(cloudformation_json, original_resource.logical_resource_id)
            old, api = original_resource.properties, Api(cls.service, account_id, region_name)
            if any(old.get(name) != properties.get(name) for name in cls._fixed()):
                replacement = cls(api, properties)
                cls._delete(api, original_resource.physical_resource_id)
                return replacement
            original_resource._update(api, properties)
            return original_resource

    @classmethod
    def delete_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str
    ) -> None:
        """Delete the resource; `resource_name` is its physical id, the ARN."""
        cls._delete(Api(cls.service, account_id, region_name), resource_name)

    @classmethod
    def _delete(cls, api: Api, arn: str) -> None:
        """Delete a resource if it exists: moto may delete an app instance, with its bots, before a bot."""
        with suppress(cls.service.missing):
            api.call(f"Delete{cls.kind}", {f"{cls.kind}Arn": arn})

    @inferred(
        "cloudformation.removed-properties",
        "A name or metadata that is removed from a template becomes empty.",
    )
    def _update(self, api: Api, properties: Properties) -> None:
        """Update the resource. A name or metadata missing from the template becomes empty.

        Update requires both. Only Create's model tells which properties a template requires.
        """
        api.check(f"Create{self.kind}", {**properties, TOKEN: cloud.ids.uuid()})
        changeable = self._members("Update")
        changes = {name: value for name, value in properties.items() if name in changeable}
        arn = {f"{self.kind}Arn": self.physical_resource_id}
        api.call(f"Update{self.kind}", {"Name": "", "Metadata": ""} | changes | arn)
        self._tag(api, properties.get("Tags", []))
        self.properties = properties

    @inferred("cloudformation.added-tags", "A stack update keeps tags that were added by hand.")
    def _tag(self, api: Api, tags: list[dict[str, str]]) -> None:
        """Update the tags from the template; keep tags from elsewhere."""
        keys = {tag["Key"] for tag in tags}
        stale = [tag["Key"] for tag in self.properties.get("Tags", []) if tag["Key"] not in keys]
        if stale:
            api.call("UntagResource", {"ResourceARN": self.physical_resource_id, "TagKeys": stale})
        if tags:
            api.call("TagResource", {"ResourceARN": self.physical_resource_id, "Tags": tags})

    @classmethod
    def _fixed(cls) -> set[str]:
        """The properties that only Create takes."""
        only_at_creation = cls._members("Create") - cls._members("Update")
        return only_at_creation - {"Tags", TOKEN}

    @classmethod
    def _properties(cls, cloudformation_json: Any, logical_id: str) -> Properties:
        """The properties in the template.

        Raises:
            ValidationError: CloudFormation's error for unknown properties, or values of another type.
        """
        properties: Properties = _texts(cloudformation_json.get("Properties", {}))
        if strange := [*_strange(cls._input("Create"), properties)]:
            failed = f"Properties validation failed for resource {logical_id} with message:"
            raise ValidationError(message="\n".join([failed, *strange]))
        return properties

    @classmethod
    def _input(cls, verb: str) -> Shape | None:
        shape: Shape | None = cls.service.model.operation_model(f"{verb}{cls.kind}").input_shape
        return shape

    @classmethod
    def _members(cls, verb: str) -> set[str]:
        shape = cls._input(verb)
        return set(shape.members) if isinstance(shape, StructureShape) else set()


@cache
def models() -> tuple[type[Resource], ...]:
    """One class for each resource type that a service's row names."""
    return tuple(
        type(kind, (Resource,), {"service": service, "type": name, "kind": kind})
        for service in SERVICES
        for name, kind in service.stack_resources.items()
    )


@inferred("cloudformation.scalars", "Numbers and booleans in a template become strings.")
def _texts(value: Any) -> Any:
    """Convert scalars to strings, as all properties are: YAML reads `Value: 1` as a number."""
    if isinstance(value, dict):
        return {key: _texts(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_texts(inner) for inner in value]
    return str(value).lower() if isinstance(value, bool) else str(value)


@inferred("cloudformation.unknown-properties", "Unknown properties are refused.")
def _strange(shape: Shape | None, value: Any, path: str = "#") -> Iterator[str]:
    """Yield an error for each key that the type does not have; the API's own validation ignores these."""
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        for name, inner in value.items():
            if name in shape.members and name != TOKEN:
                yield from _strange(shape.members[name], inner, f"{path}/{name}")
            else:
                yield f"{path}: extraneous key [{name}] is not permitted"
    elif isinstance(shape, ListShape) and isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _strange(shape.member, inner, f"{path}/{number}")
