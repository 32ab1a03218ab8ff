"""App instances: create, describe, list, update, delete."""

import re
from datetime import datetime, timedelta, timezone
from typing import Any

import boto3
import pytest

from qchime.control.handle import Handle
from qchime.world import Clock
from tests.services.chimesdkidentity.samples import call, call_without_metadata

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


@pytest.mark.parametrize(
    ("region", "partition"), [("us-east-1", "aws"), ("eu-central-1", "aws"), ("cn-north-1", "aws-cn")]
)
def test_the_arn_has_partition_region_account_and_a_lower_case_uuid(
    qchime: Handle, region: str, partition: str
) -> None:
    client = boto3.client("chime-sdk-identity", region_name=region)
    arn = client.create_app_instance(Name="Chat")["AppInstanceArn"]
    assert re.fullmatch(rf"arn:{partition}:chime:{region}:123456789012:app-instance/{UUID}", arn)


def test_create_returns_only_the_arn(client: Any) -> None:
    assert set(call_without_metadata(client, "CreateAppInstance", Name="Chat")) == {"AppInstanceArn"}


@pytest.mark.rule("chime.app-instance-names")
def test_names_need_not_be_unique(client: Any) -> None:
    """Samples look app instances up by name."""
    first, second = (client.create_app_instance(Name="Chat")["AppInstanceArn"] for _ in range(2))
    assert first != second


@pytest.mark.rule("protocol.patterns")
@pytest.mark.parametrize(
    "name", ["C", "x" * 256, "Chat 💬 für alle", "two\nlines", "tab\tand\rreturn", "\U00010000\U0010ffff"]
)
def test_the_name_is_returned_as_given(client: Any, name: str) -> None:
    """The model's range of supplementary planes allows emoji."""
    arn = client.create_app_instance(Name=name)["AppInstanceArn"]
    assert client.describe_app_instance(AppInstanceArn=arn)["AppInstance"]["Name"] == name


def test_control_characters_are_not_allowed_in_names(client: Any) -> None:
    with pytest.raises(client.exceptions.BadRequestException, match="regular expression pattern"):
        client.create_app_instance(Name="bell\u0007")


@pytest.mark.rule("protocol.patterns")
@pytest.mark.parametrize("metadata", ["", '{"theme": "dark"}', "line\nbreak", "🎉" * 256])
def test_metadata_is_returned_as_given(client: Any, metadata: str) -> None:
    """Line breaks are allowed."""
    arn = client.create_app_instance(Name="Chat", Metadata=metadata)["AppInstanceArn"]
    assert client.describe_app_instance(AppInstanceArn=arn)["AppInstance"]["Metadata"] == metadata


def test_absent_metadata_stays_absent(client: Any, instance_arn: str) -> None:
    assert "Metadata" not in client.describe_app_instance(AppInstanceArn=instance_arn)["AppInstance"]
    assert "Metadata" not in client.list_app_instances()["AppInstances"][0]


def test_describe_returns_everything_but_tags(client: Any, instance_arn: str) -> None:
    described = client.describe_app_instance(AppInstanceArn=instance_arn)["AppInstance"]
    assert set(described) == {"AppInstanceArn", "Name", "CreatedTimestamp", "LastUpdatedTimestamp"}
    assert described["AppInstanceArn"] == instance_arn
    assert described["CreatedTimestamp"] == described["LastUpdatedTimestamp"]


def test_timestamps_are_aware_and_precise_to_the_millisecond(
    client: Any, qchime: Handle, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = datetime(2024, 5, 21, 23, 17, 27, 350_499, tzinfo=timezone.utc)
    monkeypatch.setattr(Clock, "now", lambda clock: moment)
    arn = client.create_app_instance(Name="Chat")["AppInstanceArn"]
    created = client.describe_app_instance(AppInstanceArn=arn)["AppInstance"]["CreatedTimestamp"]
    assert created.utcoffset() is not None
    assert created == moment.replace(microsecond=350_000)


def test_summaries_have_metadata_but_no_timestamps(client: Any) -> None:
    arn = client.create_app_instance(Name="Chat", Metadata="m")["AppInstanceArn"]
    listed = client.list_app_instances()
    assert listed["AppInstances"] == [{"AppInstanceArn": arn, "Name": "Chat", "Metadata": "m"}]


def test_the_list_is_empty_at_first(client: Any) -> None:
    assert call_without_metadata(client, "ListAppInstances") == {"AppInstances": []}


def test_update_replaces_name_and_metadata(client: Any) -> None:
    arn = client.create_app_instance(Name="Chat", Metadata="old")["AppInstanceArn"]
    updated = call_without_metadata(
        client, "UpdateAppInstance", AppInstanceArn=arn, Name="Talk", Metadata="new"
    )
    assert updated == {"AppInstanceArn": arn}
    assert client.list_app_instances()["AppInstances"] == [
        {"AppInstanceArn": arn, "Name": "Talk", "Metadata": "new"}
    ]


def test_update_accepts_empty_metadata(client: Any) -> None:
    arn = client.create_app_instance(Name="Chat", Metadata="old")["AppInstanceArn"]
    client.update_app_instance(AppInstanceArn=arn, Name="Chat", Metadata="")
    assert client.describe_app_instance(AppInstanceArn=arn)["AppInstance"]["Metadata"] == ""


@pytest.mark.rule("chime.update-timestamps")
def test_update_changes_only_the_last_updated_timestamp(
    client: Any, qchime: Handle, instance_arn: str
) -> None:
    before = client.describe_app_instance(AppInstanceArn=instance_arn)["AppInstance"]
    qchime.clock.advance(hours=1)
    client.update_app_instance(AppInstanceArn=instance_arn, Name="Talk", Metadata="")
    after = client.describe_app_instance(AppInstanceArn=instance_arn)["AppInstance"]
    assert after["CreatedTimestamp"] == before["CreatedTimestamp"]
    assert after["LastUpdatedTimestamp"] >= before["LastUpdatedTimestamp"] + timedelta(hours=1)


def test_a_deleted_instance_is_gone(client: Any, instance_arn: str) -> None:
    client.delete_app_instance(AppInstanceArn=instance_arn)
    assert client.list_app_instances()["AppInstances"] == []
    with pytest.raises(client.exceptions.ForbiddenException):
        client.delete_app_instance(AppInstanceArn=instance_arn)


def test_deleting_one_instance_keeps_the_others(client: Any, instance_arn: str) -> None:
    other = client.create_app_instance(Name="Other")["AppInstanceArn"]
    client.delete_app_instance(AppInstanceArn=instance_arn)
    assert [found["AppInstanceArn"] for found in client.list_app_instances()["AppInstances"]] == [other]


@pytest.mark.parametrize(
    "operation", ["DescribeAppInstanceUser", "DescribeAppInstanceBot", "DescribeAppInstanceUserEndpoint"]
)
def test_deleting_an_instance_deletes_everything_in_it(
    client: Any, inputs: dict[str, dict[str, Any]], instance_arn: str, operation: str
) -> None:
    client.delete_app_instance(AppInstanceArn=instance_arn)
    with pytest.raises((client.exceptions.ForbiddenException, client.exceptions.NotFoundException)):
        call(client, operation, **inputs[operation])


def test_users_and_bots_of_one_instance_are_not_in_another(client: Any, user_arn: str, bot_arn: str) -> None:
    other = client.create_app_instance(Name="Other")["AppInstanceArn"]
    assert client.list_app_instance_users(AppInstanceArn=other)["AppInstanceUsers"] == []
    assert client.list_app_instance_bots(AppInstanceArn=other)["AppInstanceBots"] == []


def test_an_admin_of_one_instance_is_not_an_admin_of_another(client: Any, admin_arn: str) -> None:
    other = client.create_app_instance(Name="Other")["AppInstanceArn"]
    with pytest.raises(client.exceptions.ForbiddenException):
        client.describe_app_instance_admin(AppInstanceArn=other, AppInstanceAdminArn=admin_arn)
