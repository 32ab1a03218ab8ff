"""Helpers for the tests of the mocks."""

from typing import Any

import boto3

REGION = "us-east-1"


def chime() -> Any:
    return boto3.client("chime-sdk-identity", region_name=REGION)


def create(name: str = "chat") -> str:
    return str(chime().create_app_instance(Name=name)["AppInstanceArn"])


def names() -> list[str]:
    return [instance["Name"] for instance in chime().list_app_instances()["AppInstances"]]
