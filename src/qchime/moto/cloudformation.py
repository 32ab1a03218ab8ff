"""Resources of CloudFormation stacks in moto, of the types that the rows of the services name.

A property is the member of the same name of the service's Create and Update operations, which validate it.
"""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from typing import Any, ClassVar, cast

from botocore.model import Shape, StructureShape
from moto.cloudformation.exceptions import UnformattedGetAttTemplateException, ValidationError
from moto.core.common_models import CloudFormationModel

from qchime.core.cloud import cloud
from qchime.core.service import Service
from qchime.core.stacks import StackResource
from qchime.core.table import SERVICES
from qchime.moto.api import Api, Members, cloudformations_errors
from qchime.moto.templates import is_token, problems, typed
from qchime.restjson import ServiceException, python_name
from qchime.rules import inferred


class Resource(CloudFormationModel):
    """The base class of all resource types; `models` creates a subclass for each.

    moto finds direct subclasses of its own class by itself, and we could not unregister those.
    """

    service: ClassVar[Service]
    type: ClassVar[str] = ""
    """The type in templates; empty in this class, which moto asks too."""
    row: ClassVar[StackResource]
    logical_resource_id: str
    """The resource's name in the template, which moto sets."""

    def __init__(self, api: Api, properties: Members) -> None:
        made = api.call(f"Create{self.row.noun}", self._with_token(properties))
        self.arn: str = getattr(made, python_name(self.row.arn_member))
        self.physical_resource_id = self.row.physical_id(self.arn, properties)
        """The value of `Ref`: the ARN, and what else identifies the resource."""
        self.properties = properties
        self._api = api

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
        """Whether `Fn::GetAtt` has this attribute; `A.B` is the member B of the attribute A."""
        return attr in cls.row.arn_attributes() or cls._describes(attr.split("."))

    @classmethod
    def _describes(cls, path: list[str]) -> bool:
        """Whether the response of Describe can have a value at this path of an attribute."""
        if path[0] not in cls.row.attributes:
            return False
        shape: Shape | None = cls.service.model.operation_model(f"Describe{cls.row.noun}").output_shape
        for part in (cls.row.noun, *path):
            shape = shape.members.get(part) if isinstance(shape, StructureShape) else None
        return shape is not None

    @inferred(
        "cloudformation.absent-attributes",
        "`Fn::GetAtt` has no value for an attribute that a resource does not have at the moment, or whose "
        "resource was deleted outside the stack: an output that refers to it is left out.",
    )
    def get_cfn_attribute(self, attribute_name: str) -> Any:
        """The value of `Fn::GetAtt` at the moment; None without one.

        Raises:
            UnformattedGetAttTemplateException: moto's error for an attribute that the type does not have.
        """
        if not self.has_cfn_attr(attribute_name):
            raise UnformattedGetAttTemplateException()
        name, *inner = attribute_name.split(".")
        value = self._attributes(name).get(name)
        for part in inner:
            value = value and value.get(part)
        return value

    def _attributes(self, name: str) -> Members:
        """Some of the attributes, with this one, if it has a value."""
        if name not in self.row.attributes:
            return dict(self.row.from_arn(self.arn))
        try:
            response = self._api.read(f"Describe{self.row.noun}", self._identifier)
        except ServiceException:
            return {}
        return cast(Members, response[self.row.noun])

    def is_created(self) -> bool:
        """Whether creation is complete: always."""
        return True

    @classmethod
    def property_names(cls) -> set[str]:
        """The properties of the type: what Create takes."""
        return cls._members(f"Create{cls.row.noun}")

    @classmethod
    def fixed_properties(cls) -> set[str]:
        """The properties that only Create takes. A change of one replaces the resource."""
        return cls.property_names() - {"Tags"}.union(*map(cls._taken_by, cls._updates()))

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
        """Update the resource, or replace it if a property has changed that only Create takes.

        Raises CloudFormation's ValidationError if that fails.
        """
        with cloudformations_errors():
            properties = cls._properties(cloudformation_json, original_resource.logical_resource_id)
            api = Api(cls.service, account_id, region_name)
            if original_resource._changes(properties) & cls.fixed_properties():
                return original_resource._replaced(api, properties)
            original_resource._update(api, properties)
            return original_resource

    @classmethod
    def delete_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str
    ) -> None:
        """Delete the resource, whose physical id is `resource_name`, or raise a ValidationError."""
        with cloudformations_errors():
            cls._delete(Api(cls.service, account_id, region_name), resource_name)

    @classmethod
    def _delete(cls, api: Api, physical_id: str) -> None:
        """Delete a resource if it exists: moto may delete an app instance, with its bots, before a bot."""
        operation, identifier = f"Delete{cls.row.noun}", cls.row.identifier(physical_id)
        if cls.row.delete:
            api.call(operation, identifier, cls.row.delete)
            return
        with suppress(cls.service.missing):
            api.call(operation, identifier)

    @inferred(
        "cloudformation.cleanup",
        "If the service refuses to delete a resource that a stack update has replaced, the resource stays "
        "and the update succeeds.",
    )
    def _replaced(self, api: Api, properties: Members) -> Resource:
        """A new resource in place of this one, which is deleted afterwards."""
        replacement = type(self)(api, properties)
        with suppress(ServiceException):
            self._delete(api, self.physical_resource_id)
        return replacement

    @inferred(
        "cloudformation.update-operations",
        "A stack update calls only the operations that take a changed property.",
    )
    def _update(self, api: Api, properties: Members) -> None:
        """Update the resource. Only Create's model tells which properties a template requires."""
        api.check(f"Create{self.row.noun}", self._with_token(properties))
        changes = self._changes(properties)
        for operation in self._updates():
            if changes & self._taken_by(operation):
                api.call(operation, self._input(operation, properties))
        if "Tags" in changes:
            self._tag(api, properties.get("Tags", []))
        self.properties = properties

    @inferred(
        "cloudformation.removed-properties",
        "A name or metadata that is removed from a template becomes empty if the operation that updates the "
        "resource requires it. Otherwise the operation is called without it.",
    )
    def _input(self, operation: str, properties: Members) -> Members:
        """The input of an operation that updates the resource."""
        taken = self._taken_by(operation)
        required = dict.fromkeys(taken.intersection(self._shape(operation).required_members), "")
        given = {name: value for name, value in properties.items() if name in taken}
        return required | given | self._identifier

    @inferred("cloudformation.added-tags", "A stack update keeps tags that were added outside the stack.")
    def _tag(self, api: Api, tags: list[dict[str, str]]) -> None:
        """Update the tags from the template; keep tags from elsewhere."""
        keys = {tag["Key"] for tag in tags}
        stale = [tag["Key"] for tag in self.properties.get("Tags", []) if tag["Key"] not in keys]
        if stale:
            api.call("UntagResource", {"ResourceARN": self.arn, "TagKeys": stale})
        if tags:
            api.call("TagResource", {"ResourceARN": self.arn, "Tags": tags})

    @property
    def _identifier(self) -> Members:
        return dict(self.row.identifier(self.physical_resource_id))

    def _changes(self, properties: Members) -> set[str]:
        """The names of the properties that have changed."""
        old = self.properties
        return {name for name in {*old, *properties} if old.get(name) != properties.get(name)}

    @classmethod
    def _updates(cls) -> tuple[str, ...]:
        return (f"Update{cls.row.noun}", *cls.row.updates)

    @classmethod
    def _taken_by(cls, operation: str) -> set[str]:
        """The properties that an operation changes."""
        return (cls._members(operation) & cls.property_names()) - {*cls.row.identified_by}

    @classmethod
    @inferred(
        "cloudformation.required-properties",
        "A property that the API requires is required in templates, even if the schema of the resource type "
        "does not require it.",
    )
    def _properties(cls, cloudformation_json: Any, logical_id: str) -> Members:
        """The properties in the template.

        Raises:
            ValidationError: CloudFormation's error for unknown properties, or values of another type.
        """
        shape = cls._shape(f"Create{cls.row.noun}")
        properties: Members = typed(shape, cloudformation_json.get("Properties", {}))
        if found := [*problems(shape, properties)]:
            failed = f"Properties validation failed for resource {logical_id} with message:"
            raise ValidationError(message="\n".join([failed, *found]))
        return properties

    @classmethod
    def _members(cls, operation: str) -> set[str]:
        """The members of an operation's input, without its client token."""
        return {name for name, member in cls._shape(operation).members.items() if not is_token(member)}

    @classmethod
    def _with_token(cls, properties: Members) -> Members:
        """The input of Create, with a new client token if it takes one."""
        members = cls._shape(f"Create{cls.row.noun}").members
        return properties | {name: cloud.ids.uuid() for name, member in members.items() if is_token(member)}

    @classmethod
    def _shape(cls, operation: str) -> StructureShape:
        """The input of an operation; all that are called here take the ARN or the properties."""
        return cast(StructureShape, cls.service.model.operation_model(operation).input_shape)


@cache
def models() -> tuple[type[Resource], ...]:
    """One class for each resource type that a service's row names."""
    return tuple(
        type(row.noun, (Resource,), {"service": service, "type": name, "row": row})
        for service in SERVICES
        for name, row in service.stack_resources.items()
    )
