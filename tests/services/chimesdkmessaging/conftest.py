"""Clients, and an app instance with an administrator and some users."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.services.chimesdkidentity.samples import lex
from tests.services.chimesdkmessaging.samples import Chat

USERS = ("admin", "alice", "bob", "carol", "dave", "eve")


@pytest.fixture
def client(chime_sdk_messaging_client: Any) -> Any:
    """A boto3 client."""
    return chime_sdk_messaging_client


@pytest.fixture
def identity(chime_sdk_identity_client: Any) -> Any:
    """A boto3 client of Amazon Chime SDK Identity."""
    return chime_sdk_identity_client


@pytest.fixture
def create_chat(identity: Any, client: Any) -> Callable[[], Chat]:
    """Create an app instance with a bot and six users, one of them its administrator."""

    def create() -> Chat:
        here = {"AppInstanceArn": identity.create_app_instance(Name="Chat")["AppInstanceArn"]}
        for name in USERS:
            identity.create_app_instance_user(**here, AppInstanceUserId=name, Name=name.capitalize())
        bot = identity.create_app_instance_bot(**here, Name="Helper", Configuration=lex())
        chat = Chat(client, here["AppInstanceArn"], bot["AppInstanceBotArn"])
        identity.create_app_instance_admin(**here, AppInstanceAdminArn=chat.admin)
        return chat

    return create


@pytest.fixture
def chat(create_chat: Callable[[], Chat]) -> Chat:
    """An app instance with a bot and six users, one of them its administrator, without channels."""
    return create_chat()


@pytest.fixture
def channel(chat: Chat) -> str:
    """Alice's channel, PUBLIC and RESTRICTED, with Bob as a member."""
    return chat.create("General", MemberArns=[chat.bob])
