"""Checks that the methods of both services take the parameters in the model, in Python's spelling."""

import inspect
from typing import Any

import pytest
from botocore import xform_name

from qchime.core.table import SERVICES
from qchime.services.chimesdkidentity import SERVICE as CHIME_SDK_IDENTITY

PRESENT = [
    pytest.param(service, name, id=f"{service.name}-{name}")
    for service in SERVICES
    for name in service.model.operation_names
    if service.supports(name)
]


def parameters(service: Any, operation: Any) -> Any:
    method = getattr(service.backend, xform_name(operation))
    return list(inspect.signature(method).parameters.values())


@pytest.mark.parametrize(("service", "operation"), PRESENT)
def test_the_first_parameters_are_self_and_call(service: Any, operation: Any) -> None:
    first, second, *others = parameters(service, operation)
    assert (first.name, second.name) == ("self", "call")
    assert {other.kind for other in others} <= {inspect.Parameter.KEYWORD_ONLY}


@pytest.mark.parametrize(("service", "operation"), PRESENT)
def test_the_keywords_are_the_members_of_the_input(service: Any, operation: Any) -> None:
    shape = service.model.operation_model(operation).input_shape
    members = set(shape.members) if shape else set()
    _, _, *keywords = parameters(service, operation)
    assert {keyword.name for keyword in keywords} == {xform_name(member) for member in members}


@pytest.mark.parametrize(("service", "operation"), PRESENT)
def test_only_the_required_keywords_have_no_default(service: Any, operation: Any) -> None:
    shape = service.model.operation_model(operation).input_shape
    members = shape.required_members if shape else []
    _, _, *keywords = parameters(service, operation)
    without_default = {keyword.name for keyword in keywords if keyword.default is inspect.Parameter.empty}
    assert without_default == {xform_name(member) for member in members}


def test_all_operations_of_chime_sdk_identity_are_present() -> None:
    names = CHIME_SDK_IDENTITY.model.operation_names
    assert [name for name in names if not CHIME_SDK_IDENTITY.supports(name)] == []
    assert len(names) == 30
