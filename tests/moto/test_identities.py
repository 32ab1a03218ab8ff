"""Identity-aware credentials: who signs with what moto's STS gives for a context assertion is that person."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any, cast

import boto3
import pytest
import requests
from botocore.exceptions import ClientError
from moto import mock_aws

from qchime import Client, Handle, Server, mock_qapps
from qchime.control.handle import CloudHandle
from tests.services.qapps.samples import HERE, definition

ROLE = "arn:aws:iam::123456789012:role/q-apps"
THEIRS = "arn:aws:iam::222233334444:role/q-apps"
PROVIDER = "arn:aws:iam::aws:contextProvider/IdentityCenter"
STORE = "d-1234567890"

NewClient = Callable[..., Any]


def under_mock_aws(stack: ExitStack) -> tuple[Handle, str | None]:
    stack.enter_context(mock_aws())
    stack.callback(CloudHandle().reset)  # the mock itself clears our state only after a call
    return cast("Handle", CloudHandle()), None


def under_both(stack: ExitStack) -> tuple[Handle, str | None]:
    stack.enter_context(mock_aws())
    return stack.enter_context(mock_qapps()), None


def under_both_the_other_way_round(stack: ExitStack) -> tuple[Handle, str | None]:
    mock = stack.enter_context(mock_qapps())
    stack.enter_context(mock_aws())
    return mock, None


def over_http(stack: ExitStack, verify_signatures: bool = False) -> tuple[Handle, str | None]:
    stack.enter_context(mock_qapps())
    server = stack.enter_context(Server(moto=True, verify_signatures=verify_signatures))
    stack.callback(requests.post, f"{server.url}/moto-api/reset", timeout=30)
    return Client(server.url), server.url


def verified(stack: ExitStack) -> tuple[Handle, str | None]:
    return over_http(stack, verify_signatures=True)


PLACES = [under_mock_aws, under_both, under_both_the_other_way_round, over_http, verified]


@pytest.fixture(params=PLACES, ids=lambda place: place.__name__)
def place(request: pytest.FixtureRequest) -> Iterator[tuple[Handle, str | None]]:
    with ExitStack() as stack:
        yield request.param(stack)


@pytest.fixture
def mock(place: tuple[Handle, str | None]) -> Handle:
    return place[0]


@pytest.fixture
def client(place: tuple[Handle, str | None]) -> NewClient:
    keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
    return lambda service, **credentials: boto3.client(
        service, region_name="us-east-1", endpoint_url=place[1], **{**keys, **credentials}
    )


@pytest.fixture
def sign_in(client: NewClient) -> NewClient:
    """A client for Q Apps, with credentials from STS for a context assertion."""
    return lambda *args, **kwargs: client("qapps", **keys_of(assume(client, *args, **kwargs)))


def assume(
    client: NewClient, assertion: str | None = None, role: str = ROLE, provider: str = PROVIDER, **more: Any
) -> Any:
    """Assume a role, for a context assertion or without one."""
    if assertion is not None:
        more["ProvidedContexts"] = [{"ProviderArn": provider, "ContextAssertion": assertion}]
    return client("sts").assume_role(RoleArn=role, RoleSessionName="docs", **more)


def keys_of(session: Any) -> dict[str, str]:
    return {
        "aws_access_key_id": session["Credentials"]["AccessKeyId"],
        "aws_secret_access_key": session["Credentials"]["SecretAccessKey"],
        "aws_session_token": session["Credentials"]["SessionToken"],
    }


def owner_of_new_app(qapps: Any) -> str:
    owner: str = qapps.create_q_app(**HERE, title="Trip", appDefinition=definition())["createdBy"]
    return owner


def titles(qapps: Any) -> list[str]:
    return [app["title"] for app in qapps.list_q_apps(**HERE)["apps"]]


def error_of(call: Callable[[], object]) -> str:
    with pytest.raises(ClientError) as caught:
        call()
    code: str = caught.value.response["Error"]["Code"]
    return code


class TestAnAssertion:
    @pytest.mark.rule("core.context-assertions")
    def test_is_a_person_of_its_own(self, mock: Handle, sign_in: NewClient) -> None:
        mock.users.required = True
        alice, bob = sign_in("the assertion of Alice"), sign_in("the assertion of Bob")

        assert owner_of_new_app(alice) != owner_of_new_app(bob)
        assert titles(alice) == titles(bob) == ["Trip"]

    def test_is_the_same_person_in_every_session(self, sign_in: NewClient) -> None:
        first, again = sign_in("the assertion of Alice"), sign_in("the assertion of Alice")

        assert owner_of_new_app(first) == owner_of_new_app(again)
        assert titles(again) == ["Trip", "Trip"]

    def test_is_the_user_registered_for_it(self, mock: Handle, sign_in: NewClient) -> None:
        alice = mock.users.add("alice@example.com", context_assertion="the assertion of Alice")
        qapps = sign_in("the assertion of Alice")

        assert owner_of_new_app(qapps) == alice.user_id
        assert mock.calls("CreateQApp")[-1].user.email == "alice@example.com"

    def test_may_be_one_of_several_of_a_user(self, mock: Handle, sign_in: NewClient) -> None:
        for day in ("Monday", "Tuesday"):
            mock.users.add("alice@example.com", context_assertion=day)

        assert mock.users.context_assertions == dict.fromkeys(("Monday", "Tuesday"), "alice@example.com")
        assert owner_of_new_app(sign_in("Monday")) == owner_of_new_app(sign_in("Tuesday"))

    def test_of_somebody_else_cannot_be_registered(self, mock: Handle) -> None:
        mock.users.add("alice@example.com", context_assertion="the assertion")

        with pytest.raises(ValueError, match=r"alice@example\.com already has the context assertion"):
            mock.users.add("bob@example.com", context_assertion="the assertion")
        assert [user.email for user in mock.users] == ["alice@example.com"]

    @pytest.mark.parametrize("assertion", ["", 5])
    def test_is_a_text(self, mock: Handle, assertion: Any) -> None:
        with pytest.raises(ValueError, match="takes context_assertion as a string"):
            mock.users.add("alice@example.com", context_assertion=assertion)

    def test_is_kept_in_the_state(self, mock: Handle, sign_in: NewClient) -> None:
        alice = mock.users.add("alice@example.com", context_assertion="the assertion of Alice")
        qapps = sign_in("the assertion of Alice")
        state = mock.dump()
        mock.reset()
        stranger = owner_of_new_app(qapps)
        mock.load(state)

        assert stranger != alice.user_id
        assert owner_of_new_app(qapps) == alice.user_id


class TestASession:
    def test_is_in_the_account_of_its_role(self, mock: Handle, sign_in: NewClient) -> None:
        qapps = sign_in("the assertion of Alice", role=THEIRS)
        app = qapps.create_q_app(**HERE, title="Trip", appDefinition=definition())

        assert ":222233334444:" in app["appArn"]
        assert mock.account("222233334444").calls("CreateQApp")[0].user.user_id == app["createdBy"]

    def test_finds_the_user_of_its_account_first(self, mock: Handle, sign_in: NewClient) -> None:
        mock.users.add("everybody@example.com", context_assertion="the assertion")
        theirs = mock.account("222233334444").users.add("theirs@example.com", context_assertion="another")

        assert owner_of_new_app(sign_in("another", role=THEIRS)) == theirs.user_id
        assert owner_of_new_app(sign_in("another")) != theirs.user_id

    def test_expires_by_the_clock_of_the_mock(self, mock: Handle, sign_in: NewClient) -> None:
        qapps = sign_in("the assertion of Alice", DurationSeconds=900)
        mock.clock.advance(minutes=14)
        titles(qapps)
        mock.clock.advance(minutes=2)

        assert error_of(lambda: titles(qapps)) == "ExpiredTokenException"

    def test_outlives_a_reset_of_our_state_only(self, mock: Handle, sign_in: NewClient) -> None:
        qapps = sign_in("the assertion of Alice")
        owner = owner_of_new_app(qapps)
        mock.reset()

        assert titles(qapps) == []
        assert owner_of_new_app(qapps) == owner

    def test_can_receive_a_grant(self, mock: Handle, sign_in: NewClient) -> None:
        alice, bob = sign_in("the assertion of Alice"), sign_in("the assertion of Bob")
        app = alice.create_q_app(**HERE, title="Trip", appDefinition=definition())["appId"]
        titles(bob)
        grant = {"principal": mock.calls("ListQApps")[-1].user.email, "action": "read"}
        alice.update_q_app_permissions(**HERE, appId=app, grantPermissions=[grant])

        assert bob.get_q_app(**HERE, appId=app)["title"] == "Trip"

    def test_is_looked_up_by_its_key(self, mock: Handle, client: NewClient) -> None:
        alice = mock.users.add("alice@example.com", context_assertion="the assertion of Alice")
        keys = keys_of(assume(client, "the assertion of Alice"))
        found = mock.users.by_access_key(keys["aws_access_key_id"])

        assert found == alice
        assert found.credentials == keys


class TestNobodysSession:
    """Depending on whether the server verifies signatures, the front door or Q Apps refuses it."""

    REFUSED = ("UnauthorizedException", "UnrecognizedClientException")

    @pytest.fixture(autouse=True)
    def users_are_required(self, mock: Handle) -> None:
        mock.users.required = True

    def test_has_no_assertion(self, sign_in: NewClient) -> None:
        assert error_of(lambda: titles(sign_in())) in self.REFUSED

    def test_has_the_context_of_another_provider(self, sign_in: NewClient) -> None:
        qapps = sign_in("the assertion", provider="arn:aws:iam::aws:contextProvider/Other")

        assert error_of(lambda: titles(qapps)) in self.REFUSED

    def test_is_made_from_a_persons_session_without_the_assertion(
        self, client: NewClient, sign_in: NewClient
    ) -> None:
        person = assume(client, "the assertion")
        again = client("sts", **keys_of(person)).assume_role(RoleArn=ROLE, RoleSessionName="docs")

        assert titles(client("qapps", **keys_of(person))) == []
        assert error_of(lambda: titles(client("qapps", **keys_of(again)))) in self.REFUSED

    def test_comes_from_another_operation(self, client: NewClient) -> None:
        assume(client, "the assertion")
        other = client("sts").assume_role_with_web_identity(
            RoleArn=ROLE, RoleSessionName="docs", WebIdentityToken="a token of Cognito"
        )

        assert error_of(lambda: titles(client("qapps", **keys_of(other)))) in self.REFUSED


class TestIdentityCenter:
    def create_user(self, client: NewClient, name: str, email: str | None = None) -> str:
        emails = [{"Value": email, "Type": "work", "Primary": True}] if email else []
        made = client("identitystore").create_user(
            IdentityStoreId=STORE,
            UserName=name,
            DisplayName=name,
            Name={"GivenName": "Alice", "FamilyName": "Smith"},
            **({"Emails": emails} if emails else {}),
        )
        return str(made["UserId"])

    @pytest.mark.parametrize(
        ("name", "email"),
        [("alice", "alice@example.com"), ("alice@example.com", None)],
        ids=["email", "name"],
    )
    def test_gives_its_user_id(
        self, mock: Handle, client: NewClient, sign_in: NewClient, name: str, email: str | None
    ) -> None:
        user_id = self.create_user(client, name, email)
        mock.users.add("alice@example.com", context_assertion="the assertion of Alice")

        created_by = owner_of_new_app(sign_in("the assertion of Alice"))
        found = client("identitystore").describe_user(IdentityStoreId=STORE, UserId=created_by)

        assert created_by == user_id
        assert found["UserName"] == name

    def test_gives_the_id_of_whoever_receives_a_grant(
        self, mock: Handle, client: NewClient, sign_in: NewClient
    ) -> None:
        user_id = self.create_user(client, "bob", "bob@example.com")
        alice = sign_in("the assertion of Alice")
        app = alice.create_q_app(**HERE, title="Trip", appDefinition=definition())["appId"]
        grant = {"principal": "bob@example.com", "action": "read"}
        alice.update_q_app_permissions(**HERE, appId=app, grantPermissions=[grant])

        shown = alice.describe_q_app_permissions(**HERE, appId=app)["permissions"]
        assert [entry["principal"]["userId"] for entry in shown][1:] == [user_id]

    def test_gives_way_to_an_id_of_the_test_author(self, mock: Handle, client: NewClient) -> None:
        self.create_user(client, "alice", "alice@example.com")

        assert mock.users.add("alice@example.com", user_id="chosen").user_id == "chosen"

    def test_of_another_account_is_not_asked_for_a_user_of_one(self, mock: Handle, client: NewClient) -> None:
        user_id = self.create_user(client, "alice", "alice@example.com")
        theirs = mock.account("222233334444").users.add("alice@example.com")

        assert theirs.user_id != user_id
        assert mock.users.add("alice@example.com").user_id == user_id
