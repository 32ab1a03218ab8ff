"""The sign-in hook, tested with the decorator: for unittest, or for tests without pytest's features."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from unittest import TestCase, mock

import boto3
from sign_in import Person, sign_in

from qchime import mock_chimesdkidentity

if TYPE_CHECKING:
    from mypy_boto3_chime_sdk_identity.type_defs import AppInstanceUserTypeDef


@mock_chimesdkidentity
class SignInTest(TestCase):
    def setUp(self) -> None:
        region = mock.patch.dict(os.environ, {"AWS_DEFAULT_REGION": "us-east-1"})
        region.start()
        self.addCleanup(region.stop)
        self.chime = boto3.client("chime-sdk-identity")
        self.instance = self.chime.create_app_instance(Name="chat", ClientRequestToken="chat")[
            "AppInstanceArn"
        ]

    def user(self, arn: str) -> AppInstanceUserTypeDef:
        return self.chime.describe_app_instance_user(AppInstanceUserArn=arn)["AppInstanceUser"]

    def admins(self) -> list[str]:
        listed = self.chime.list_app_instance_admins(AppInstanceArn=self.instance)
        return [entry["Admin"]["Arn"] for entry in listed["AppInstanceAdmins"]]

    def test_first_sign_in_creates_the_user(self) -> None:
        arn = sign_in(self.instance, Person("alice", "Alice"))
        self.assertEqual(self.user(arn)["Name"], "Alice")
        self.assertEqual(self.admins(), [])

    def test_another_sign_in_changes_nothing(self) -> None:
        arn = sign_in(self.instance, Person("alice", "Alice"))
        before = self.user(arn)
        sign_in(self.instance, Person("alice", "Alice"))
        self.assertEqual(self.user(arn), before)

    def test_a_changed_name_is_updated_and_the_metadata_is_kept(self) -> None:
        arn = sign_in(self.instance, Person("alice", "Alice"))
        self.chime.update_app_instance_user(AppInstanceUserArn=arn, Name="Alice", Metadata="colour: green")
        sign_in(self.instance, Person("alice", "Alice Smith"))
        self.assertEqual(self.user(arn)["Name"], "Alice Smith")
        self.assertEqual(self.user(arn)["Metadata"], "colour: green")

    def test_moderators_become_administrators_once(self) -> None:
        moderator = Person("bob", "Bob", is_moderator=True)
        arn = sign_in(self.instance, moderator)
        sign_in(self.instance, moderator)
        self.assertEqual(self.admins(), [arn])
