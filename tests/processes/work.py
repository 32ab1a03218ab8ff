"""Code under test that runs in processes of its own. It does not know about mocks."""

from typing import Any

import boto3

CARD = {"id": "4cf94d96-8819-45c2-98cc-58c56b35c72f", "title": "A", "type": "q-query", "prompt": "Hi"}
APP = {"cards": [{"qQuery": CARD}]}


def chime(**options: Any) -> Any:
    return boto3.client("chime-sdk-identity", region_name="us-east-1", **options)


def create(name: str) -> str:
    """The ARN of a new app instance."""
    arn: str = chime().create_app_instance(Name=name)["AppInstanceArn"]
    return arn


def names(_: object = None) -> list[str]:
    """The names of all app instances."""
    return [instance["Name"] for instance in chime().list_app_instances()["AppInstances"]]


def apps(_: object = None) -> list[str]:
    """The titles of all Q Apps."""
    client = boto3.client("qapps", region_name="us-east-1")
    return [app["title"] for app in client.list_q_apps(instanceId="docs")["apps"]]


def names_later(connection: Any) -> None:
    """Send the names of all app instances, or the error, through a connection."""
    try:
        connection.send(names())
    except Exception as error:
        connection.send(error)
