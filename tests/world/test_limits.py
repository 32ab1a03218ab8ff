"""AWS's quotas, and limits that a test author sets."""

from typing import Any

import pytest

from qchime.core.table import SERVICES
from qchime.world import Limits

# https://docs.aws.amazon.com/chime-sdk/latest/ag/chime-sdk-quotas.html and
# https://docs.aws.amazon.com/amazonq/latest/qbusiness-ug/quotas-regions.html
AWS = {
    "app_instances_per_account": 100,
    "users_per_app_instance": 100_000,
    "admins_per_app_instance": 100,
    "endpoints_per_user": 10,
    "tags_per_resource": 50,
}


@pytest.mark.parametrize(("name", "figure"), AWS.items())
def test_they_default_to_aws_quotas(name: str, figure: int) -> None:
    assert Limits(SERVICES).as_dict()[name] == figure


def test_they_are_set_as_attributes() -> None:
    limits = Limits(SERVICES)
    limits.app_instances_per_account = 2
    limits.tags_per_resource = 0

    assert limits.as_dict() == Limits(SERVICES).as_dict() | {
        "app_instances_per_account": 2,
        "tags_per_resource": 0,
    }


def test_several_can_be_changed_at_once() -> None:
    limits = Limits(SERVICES)
    limits.update(endpoints_per_user=1, app_instances_per_account=2)

    assert limits.endpoints_per_user == 1
    assert limits.app_instances_per_account == 2


def test_the_error_for_a_misspelt_name_lists_the_valid_ones() -> None:
    with pytest.raises(AttributeError, match=r"no limit 'app_instance'.*app_instances_per_account, "):
        Limits(SERVICES).app_instance = 2


@pytest.mark.parametrize("figure", [-1, -(10**30)])
def test_a_negative_value_is_refused(figure: int) -> None:
    with pytest.raises(ValueError, match=f"tags_per_resource takes a number of 0 or more, not {figure}"):
        Limits(SERVICES).tags_per_resource = figure


@pytest.mark.parametrize("figure", [1.0, "1", None, True, [1]])
def test_anything_but_a_whole_number_is_refused(figure: Any) -> None:
    with pytest.raises(TypeError, match="tags_per_resource takes a whole number"):
        Limits(SERVICES).tags_per_resource = figure


@pytest.mark.parametrize("wrong", [{"misspelt": 1}, {"endpoints_per_user": -1}, {"endpoints_per_user": "1"}])
def test_one_invalid_value_prevents_all_changes(wrong: dict[str, Any]) -> None:
    limits = Limits(SERVICES)
    with pytest.raises((AttributeError, ValueError, TypeError)):
        limits.update(tags_per_resource=1, **wrong)

    assert limits.as_dict() == Limits(SERVICES).as_dict()


def test_reset_restores_aws_quotas() -> None:
    limits = Limits(SERVICES)
    limits.update(**dict.fromkeys(limits.as_dict(), 1))
    limits.reset()

    assert limits.as_dict() == Limits(SERVICES).as_dict()


def test_every_limit_can_be_read() -> None:
    limits = Limits(SERVICES)
    for name in limits.as_dict():
        setattr(limits, name, 7)

    assert set(limits.as_dict().values()) == {7}
