"""Names in the model, on the wire, and in Python, where `AppInstanceArn` is `app_instance_arn`."""

from botocore import xform_name
from botocore.model import Shape, StructureShape


def python_name(model_name: str) -> str:
    """The Python spelling of a name in the model, as boto3 spells its methods."""
    name: str = xform_name(model_name)
    return name


def wire_name(member_name: str, shape: Shape) -> str:
    """The spelling of a member on the wire: its locationName if the model gives one."""
    name: str = shape.serialization.get("name", member_name)
    return name


def location(shape: Shape) -> str:
    """Where a member travels: `uri`, `querystring`, `header`, or `body` by default."""
    place: str = shape.serialization.get("location", "body")
    return place


def members(shape: StructureShape | None) -> dict[str, Shape]:
    """The members of a structure, by name; empty for an operation without input or output."""
    return dict(shape.members) if shape is not None else {}
