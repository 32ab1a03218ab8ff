"""Resources of CloudFormation stacks, by moto's CloudFormation: the types that the services' rows name.

A property is the member of the same name of the service's Create and Update operations, so those check it
and act.
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
from qchime.world import DEFAULT_USER

Properties = dict[str, Any]
TOKEN = "ClientRequestToken"
"""The one member of the Create operations that is no property."""


class Api:
    """A service in one account and region, as CloudFormation calls it: as the default user."""

    def __init__(self, service: Service, account_id: str, region_name: str) -> None:
        self._service = service
        self._backend = cloud.account(account_id).backend(service, region_name)

    def check(self, name: str, members: Properties) -> None:
        """Raise what the service answers to members that break its model."""
        if breaches := self._service.operation(name).validate(members):
            raise self._service.invalid(validation_message(breaches))

    def call(self, name: str, members: Properties) -> Any:
        """Check, bind and act; returns what the operation's method does, and raises what it raises."""
        self.check(name, members)
        operation = self._service.operation(name)
        parameters = operation.bind(members)
        with self._backend.lock:
            method = getattr(self._backend, operation.method)
            return method(Call(operation.method, DEFAULT_USER, parameters), **parameters)


@contextmanager
def cloudformations_errors() -> Iterator[None]:
    """The service's errors become CloudFormation's, in the words of its resource handlers (inferred)."""
    try:
        yield
    except ServiceException as error:
        message = f'Resource handler returned message: "{error}" ({type(error).__name__})'
        raise ValidationError(message=message) from error


class Resource(CloudFormationModel):
    """What all types have in common. `models` makes a subclass for each.

    moto would find direct subclasses of its own class by itself, and nobody could take them out again.
    """

    service: ClassVar[Service]
    type: ClassVar[str] = ""
    """The type in templates; moto asks this class too, which has none."""
    kind: ClassVar[str]
    """The API's name of it, as in `Create<kind>` and `<kind>Arn`."""
    logical_resource_id: str
    """The resource's name in the template; set by moto."""

    def __init__(self, api: Api, properties: Properties) -> None:
        made = api.call(f"Create{self.kind}", {**properties, TOKEN: cloud.ids.uuid()})
        self.physical_resource_id: str = getattr(made, python_name(f"{self.kind}Arn"))
        """What `Ref` gives: the ARN."""
        self.properties = properties

    @classmethod
    def cloudformation_type(cls) -> str:
        """The type in templates."""
        return cls.type

    @staticmethod
    def cloudformation_name_type() -> str:
        """None: names are not what resources of these types are known by."""
        return ""

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        """There is one attribute, the ARN."""
        return attr == f"{cls.kind}Arn"

    def get_cfn_attribute(self, attribute_name: str) -> str:
        """What `Fn::GetAtt` gives."""
        if not self.has_cfn_attr(attribute_name):
            raise UnformattedGetAttTemplateException()
        return self.physical_resource_id

    def is_created(self) -> bool:
        """At once."""
        return True

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str, **kwargs: Any
    ) -> Resource:
        """Made by the Create operation."""
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
        """Changed in place, or replaced where a property differs that no operation changes."""
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
        """The resource's name is its physical id."""
        cls._delete(Api(cls.service, account_id, region_name), resource_name)

    @classmethod
    def _delete(cls, api: Api, arn: str) -> None:
        """moto deletes in any order: a bot may be gone already, with its app instance."""
        with suppress(cls.service.missing):
            api.call(f"Delete{cls.kind}", {f"{cls.kind}Arn": arn})

    def _update(self, api: Api, properties: Properties) -> None:
        """A name or metadata that a template has no more becomes empty, for updates need both (inferred).

        What a template must have, only Create's model says.
        """
        api.check(f"Create{self.kind}", {**properties, TOKEN: cloud.ids.uuid()})
        changeable = self._members("Update")
        changes = {name: value for name, value in properties.items() if name in changeable}
        arn = {f"{self.kind}Arn": self.physical_resource_id}
        api.call(f"Update{self.kind}", {"Name": "", "Metadata": ""} | changes | arn)
        self._tag(api, properties.get("Tags", []))
        self.properties = properties

    def _tag(self, api: Api, tags: list[dict[str, str]]) -> None:
        """Tags that did not come from the template stay (inferred)."""
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
        """What the template says, refused in CloudFormation's words if that is not of this type."""
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
    """A class for each type that a service names."""
    return tuple(
        type(kind, (Resource,), {"service": service, "type": name, "kind": kind})
        for service in SERVICES
        for name, kind in service.stack_resources.items()
    )


def _texts(value: Any) -> Any:
    """YAML reads `Value: 1` as a number. All properties here are texts, so it becomes one (inferred)."""
    if isinstance(value, dict):
        return {key: _texts(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_texts(inner) for inner in value]
    return str(value).lower() if isinstance(value, bool) else str(value)


def _strange(shape: Shape | None, value: Any, path: str = "#") -> Iterator[str]:
    """The keys that the type does not have; the API's own validation would pass over them."""
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        for name, inner in value.items():
            if name in shape.members and name != TOKEN:
                yield from _strange(shape.members[name], inner, f"{path}/{name}")
            else:
                yield f"{path}: extraneous key [{name}] is not permitted"
    elif isinstance(shape, ListShape) and isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _strange(shape.member, inner, f"{path}/{number}")
