"""Builds the errors that faults inject, with all members that their shapes have."""

from typing import Any

from qchime.core.caller import AUTHENTICATION_ERRORS
from qchime.core.service import Service
from qchime.restjson import CommonError, Input, Operation, ServiceException, python_name
from qchime.rules import inferred

_FILLERS: dict[str, Any] = {"integer": 1, "long": 1, "float": 1.0, "double": 1.0, "boolean": True, "list": ()}


@inferred(
    "core.injected-members",
    "The members of an injected error are derived from the input where the service can do so; the others are "
    "placeholders of their type.",
    turn="faults.add",
)
def injected(
    service: Service, operation: Operation, name: str, given: Input, message: str | None = None
) -> ServiceException | CommonError:
    """The error of this name. Members that the service cannot derive from the input get placeholders."""
    message = message or f"{name}, injected by a fault."
    if name in AUTHENTICATION_ERRORS:
        return AUTHENTICATION_ERRORS[name](message)
    kind = service.error(name)
    members = {"message": message, **service.injected_members(given)}
    shape: Any = next(shape for shape in operation.model.error_shapes if shape.name == name)
    for member, member_shape in shape.members.items():
        if not hasattr(kind, python_name(member)):
            members.setdefault(python_name(member), _filler(member_shape))
    return kind.of_members(**members)


def _filler(shape: Any) -> Any:
    """A placeholder of this shape; None, which is not serialized, for types that errors rarely have."""
    if shape.type_name == "string":
        return shape.enum[0] if shape.enum else "injected"
    return _FILLERS.get(shape.type_name)
