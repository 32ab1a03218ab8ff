"""The one way between the model's names and ours: `AppInstanceArn` is `app_instance_arn` inside."""

from botocore import xform_name
from botocore.model import Shape, StructureShape


def python_name(model_name: str) -> str:
    """The Python spelling of a name of the model, the same that boto3 gives its methods."""
    name: str = xform_name(model_name)
    return name


def wire_name(member_name: str, shape: Shape) -> str:
    """The spelling of a member on the wire: its locationName where the model gives one."""
    name: str = shape.serialization.get("name", member_name)
    return name


def location(shape: Shape) -> str:
    """Where a member travels: `uri`, `querystring`, `header`, or `body` where the model says nothing."""
    place: str = shape.serialization.get("location", "body")
    return place


def members(shape: StructureShape | None) -> dict[str, Shape]:
    """The members of a structure, by name; none where an operation has no input or output."""
    return dict(shape.members) if shape is not None else {}
