"""Generates minimal inputs from the model, which a client can send."""

from typing import Any

from botocore.model import OperationModel


def smallest_input(operation: OperationModel) -> dict[str, Any]:
    """What an operation requires, and nothing else."""
    shape = operation.input_shape
    return _smallest(shape) if shape is not None else {}


def _smallest(shape: Any) -> Any:
    kind = shape.type_name
    least = shape.metadata.get("min", 0)
    if kind == "structure":
        wanted = shape.required_members or list(shape.members)[: 1 if shape.metadata.get("union") else 0]
        return {name: _smallest(shape.members[name]) for name in wanted}
    if kind == "list":
        return [_smallest(shape.member) for _ in range(least)]
    if kind == "map":
        return {_smallest(shape.key): _smallest(shape.value) for _ in range(least)}
    if kind == "string":
        return shape.metadata["enum"][0] if "enum" in shape.metadata else "x" * max(least, 1)
    return {"boolean": True, "integer": least, "long": least}[kind]
