"""The sign-in hook of a chat application.

It runs after people have signed in with the company's identity provider, and before their chat window opens.
It makes sure that they have a user with their current name, and that moderators are administrators.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

import boto3

if TYPE_CHECKING:
    from mypy_boto3_chime_sdk_identity import ChimeSDKIdentityClient
    from mypy_boto3_chime_sdk_identity.type_defs import AppInstanceUserTypeDef


@dataclass(frozen=True)
class Person:
    """What the identity provider says about the person who has signed in."""

    id: str
    name: str
    is_moderator: bool = False


def sign_in(app_instance_arn: str, person: Person) -> str:
    """Make sure that the person can chat. Returns the ARN of the user, in whose name to send messages."""
    chime = boto3.client("chime-sdk-identity")
    user_arn = f"{app_instance_arn}/user/{person.id}"
    user = _describe(chime, user_arn)
    if user is None:
        chime.create_app_instance_user(
            AppInstanceArn=app_instance_arn,
            AppInstanceUserId=person.id,
            Name=person.name,
            ClientRequestToken=str(uuid4()),
        )
    elif user["Name"] != person.name:
        chime.update_app_instance_user(
            AppInstanceUserArn=user_arn, Name=person.name, Metadata=user.get("Metadata", "")
        )
    if person.is_moderator:
        _promote(chime, app_instance_arn, user_arn)
    return user_arn


def _describe(chime: ChimeSDKIdentityClient, user_arn: str) -> AppInstanceUserTypeDef | None:
    try:
        return chime.describe_app_instance_user(AppInstanceUserArn=user_arn)["AppInstanceUser"]
    except chime.exceptions.ForbiddenException:
        # The service does not distinguish a missing user from a forbidden one.
        return None


def _promote(chime: ChimeSDKIdentityClient, app_instance_arn: str, user_arn: str) -> None:
    with suppress(chime.exceptions.ConflictException):  # already an administrator
        chime.create_app_instance_admin(AppInstanceArn=app_instance_arn, AppInstanceAdminArn=user_arn)
