"""The errors that faults let happen, with all the members that an operation's answer must have."""

from typing import Any

from qchime.core.caller import AUTHENTICATION_ERRORS
from qchime.core.service import Service
from qchime.restjson import CommonError, Input, Operation, ServiceException, python_name

_FILLERS: dict[str, Any] = {"string": "injected", "integer": 1, "long": 1, "boolean": True}


def injected(
    service: Service, operation: Operation, name: str, given: Input
) -> ServiceException | CommonError:
    """An error with all its members, as this input could have met it."""
    message = f"{name}, injected by a fault."
    if name in AUTHENTICATION_ERRORS:
        return AUTHENTICATION_ERRORS[name](message)
    unknown = type(name, (ServiceException,), {})  # to us, though not to a newer botocore
    kind: type[ServiceException] = getattr(service.exceptions, name, unknown)
    members = {"message": message, **service.exceptions.injected_members(given)}
    shape: Any = next(shape for shape in operation.model.error_shapes if shape.name == name)
    for member, member_shape in shape.members.items():
        if not hasattr(kind, python_name(member)):
            members.setdefault(python_name(member), _FILLERS[member_shape.type_name])
    return kind.of_members(**members)
