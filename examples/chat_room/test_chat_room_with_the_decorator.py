"""The chat room, tested with the decorators: who may do what, and the credentials of browsers."""

from __future__ import annotations

import json
import os
from unittest import TestCase, mock

import boto3
import censor
from chat_room import Banned, ChatRoom
from moto import mock_aws

from qchime import mock_chimesdkidentity, mock_chimesdkmessaging

REGION = "us-east-1"


@mock_chimesdkidentity
@mock_chimesdkmessaging
class ChatRoomTest(TestCase):
    def setUp(self) -> None:
        region = mock.patch.dict(os.environ, {"AWS_DEFAULT_REGION": REGION})
        region.start()
        self.addCleanup(region.stop)
        self.chime = boto3.client("chime-sdk-messaging")
        self.room = ChatRoom.create(boto3.client("chime-sdk-identity"), self.chime, "Chat")
        self.alice = self.room.sign_up("alice", "Alice")
        self.bob = self.room.sign_up("bob", "Bob")
        self.channel = self.room.open_channel("general", "General", moderators=[self.alice])

    def texts(self, reader: str) -> list[str | None]:
        return [line.text for line in self.room.history(self.channel, reader)]

    def test_members_talk(self) -> None:
        self.room.join(self.channel, self.bob)
        self.room.say(self.channel, self.bob, "Hello")
        self.room.say(self.channel, self.alice, "Hello Bob")

        lines = self.room.history(self.channel, self.bob)
        self.assertEqual(
            [(line.speaker, line.text) for line in lines], [("Bob", "Hello"), ("Alice", "Hello Bob")]
        )

    def test_strangers_neither_talk_nor_read(self) -> None:
        with self.assertRaises(self.chime.exceptions.ForbiddenException):
            self.room.say(self.channel, self.bob, "Hello")
        with self.assertRaises(self.chime.exceptions.ForbiddenException):
            self.texts(self.bob)

    def test_moderators_remove_messages(self) -> None:
        self.room.join(self.channel, self.bob)
        message = self.room.say(self.channel, self.bob, "You are all fools")
        self.room.remove(self.channel, message, moderator=self.alice)

        self.assertEqual(self.texts(self.bob), [None])

    def test_others_remove_only_their_own_messages(self) -> None:
        self.room.join(self.channel, self.bob)
        message = self.room.say(self.channel, self.alice, "Be kind")
        with self.assertRaises(self.chime.exceptions.ForbiddenException):
            self.room.remove(self.channel, message, moderator=self.bob)

        self.assertEqual(self.texts(self.bob), ["Be kind"])

    def test_whoever_is_banned_is_out_until_pardoned(self) -> None:
        self.room.join(self.channel, self.bob)
        for _ in range(2):
            self.room.ban(self.channel, self.bob, moderator=self.alice)
        with self.assertRaises(Banned):
            self.room.join(self.channel, self.bob)

        self.room.pardon(self.channel, self.bob, moderator=self.alice)
        self.room.join(self.channel, self.bob)
        self.room.say(self.channel, self.bob, "Sorry")
        self.assertEqual(self.texts(self.alice), ["Sorry"])

    def test_everything_can_be_set_up_again(self) -> None:
        self.room.say(self.channel, self.alice, "Welcome")
        self.assertEqual(self.room.sign_up("alice", "Alice Smith"), self.alice)
        self.assertEqual(self.room.open_channel("general", "General", moderators=[self.alice]), self.channel)

        self.room.say(self.channel, self.alice, "I have married")
        names = [line.speaker for line in self.room.history(self.channel, self.alice)]
        self.assertEqual(names, ["Alice", "Alice Smith"])

    def test_the_censor_is_a_real_lambda_function(self) -> None:
        with mock_chimesdkmessaging() as chat:  # the handle of the mock that runs around this test
            chat.flows.script(censor.handler)
        self.room.censor(self.channel, "arn:aws:lambda:us-east-1:123456789012:function:censor")
        self.room.say(self.channel, self.alice, "What the heck?")
        self.room.say(self.channel, self.alice, "Cheap: https://example.com")

        self.assertEqual(self.texts(self.alice), ["What the ****?"])

    def test_credentials_of_a_browser_are_for_one_person(self) -> None:
        with mock_aws():
            sts = boto3.client("sts")
            with mock.patch.object(sts, "assume_role", wraps=sts.assume_role) as assume_role:
                keys = self.room.credentials(sts, "arn:aws:iam::123456789012:role/chat", self.bob)

        self.assertEqual(sorted(keys), ["accessKeyId", "expiration", "secretAccessKey", "sessionToken"])
        policy = json.loads(assume_role.call_args.kwargs["Policy"])
        resources = {resource for statement in policy["Statement"] for resource in statement["Resource"]}
        self.assertIn(self.bob, resources)
        self.assertNotIn(self.alice, resources)
