"""Identifying the caller by the signature. Accounts and regions over HTTP are tested with the server."""

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
import requests
from botocore.exceptions import ClientError

from qchime.control.handle import Handle
from qchime.server import Server
from qchime.world import DEFAULT_USER, User
from tests.services.qapps.samples import INSTANCE, definition

Client = Callable[..., Any]


@pytest.fixture(scope="module")
def verifying_server() -> Iterator[Server]:
    with Server(verify_signatures=True) as server:
        yield server


@pytest.fixture(params=["in the process", "over HTTP", "verified"])
def client(request: pytest.FixtureRequest, qchime: Handle) -> Client:
    """Creates clients of a user, for each place where signatures are read."""
    servers = {"over HTTP": "qchime_server", "verified": "verifying_server"}
    server = servers.get(request.param)
    url = request.getfixturevalue(server).url if server else None

    def make(service: str, user: User, **options: Any) -> Any:
        options = {"region_name": "us-east-1", "endpoint_url": url, **user.credentials, **options}
        return boto3.client(service, **options)

    return make


@pytest.fixture
def alice(qchime: Handle) -> User:
    return qchime.users.add("alice@example.com")


def error_of(call: Callable[[], object]) -> tuple[str, int]:
    with pytest.raises(ClientError) as caught:
        call()
    response = caught.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


class TestTemporaryCredentials:
    @pytest.mark.rule("core.expired-credentials")
    def test_are_accepted_until_they_expire(self, qchime: Handle, client: Client) -> None:
        chime = client("chime-sdk-identity", qchime.users.add("alice@example.com", expires_in=60))
        qchime.clock.advance(seconds=50)
        chime.create_app_instance(Name="Chat")
        qchime.clock.advance(seconds=11)

        assert error_of(chime.list_app_instances) == ("ExpiredTokenException", 403)

    def test_are_refused_by_q_apps_as_well(self, qchime: Handle, client: Client) -> None:
        qapps = client("qapps", qchime.users.add("alice@example.com", expires_in=60))
        assert qapps.list_q_apps(instanceId=INSTANCE)["apps"] == []
        qchime.clock.advance(seconds=60)

        assert error_of(lambda: qapps.list_q_apps(instanceId=INSTANCE)) == ("ExpiredTokenException", 403)

    def test_of_the_same_user_own_the_same_resources(self, qchime: Handle, client: Client) -> None:
        expiring = qchime.users.add("alice@example.com", expires_in=60)
        app = client("qapps", expiring).create_q_app(
            instanceId=INSTANCE, title="App", appDefinition=definition()
        )
        qchime.clock.advance(days=1)

        for fresh in (
            qchime.users.add("alice@example.com", expires_in=60),
            qchime.users.add("alice@example.com"),
        ):
            qapps = client("qapps", fresh)
            assert [found["appId"] for found in qapps.list_q_apps(instanceId=INSTANCE)["apps"]] == [
                app["appId"]
            ]
            qapps.update_q_app(instanceId=INSTANCE, appId=app["appId"], title="Changed")
        client("qapps", fresh).delete_q_app(instanceId=INSTANCE, appId=app["appId"])

    def test_of_another_user_do_not(self, qchime: Handle, client: Client, alice: User) -> None:
        app = client("qapps", alice).create_q_app(
            instanceId=INSTANCE, title="App", appDefinition=definition()
        )
        bobs = client("qapps", qchime.users.add("bob@example.com", expires_in=60))

        code, _ = error_of(lambda: bobs.get_q_app(instanceId=INSTANCE, appId=app["appId"]))
        assert code == "AccessDeniedException"

    def test_belong_to_a_registered_user(self, qchime: Handle, client: Client) -> None:
        qchime.users.required = True
        qapps = client("qapps", qchime.users.add("alice@example.com", expires_in=60))

        assert qapps.list_q_apps(instanceId=INSTANCE)["apps"] == []

    def test_are_recorded_with_their_user(self, qchime: Handle, client: Client, alice: User) -> None:
        client("chime-sdk-identity", qchime.users.add(alice.email, expires_in=60)).list_app_instances()

        assert qchime.calls("ListAppInstances")[0].user == alice


class TestPresignedUrls:
    @pytest.fixture
    def presigned(self, client: Client, alice: User) -> str:
        url: str = client("chime-sdk-identity", alice).generate_presigned_url(
            "list_app_instances", ExpiresIn=60
        )
        return url

    @pytest.fixture
    def chime(self, client: Client, alice: User) -> Any:
        return client("chime-sdk-identity", alice)

    def test_are_answered_until_they_expire(self, qchime: Handle, presigned: str) -> None:
        qchime.clock.advance(seconds=50)
        assert requests.get(presigned).json() == {"AppInstances": []}

    @pytest.mark.rule("core.presigned-expiry")
    def test_are_refused_once_they_have_expired(self, qchime: Handle, presigned: str) -> None:
        qchime.clock.advance(seconds=61)
        response = requests.get(presigned)

        assert response.status_code == 403
        assert response.headers["x-amzn-ErrorType"] == "InvalidSignatureException"
        assert response.headers["x-qchime-rule"] == "core.presigned-expiry"
        assert "Signature expired" in response.json()["message"]

    @pytest.mark.parametrize("broken", ["soon", "", "-1", "9999999999999999", "9" * 5000])
    def test_with_a_broken_expiry_are_refused(self, presigned: str, broken: str) -> None:
        response = requests.get(presigned.replace("X-Amz-Expires=60", f"X-Amz-Expires={broken}"))

        assert response.status_code == 403
        assert response.headers["x-amzn-ErrorType"] == "InvalidSignatureException"

    def test_for_an_invalid_region_are_refused(self, presigned: str) -> None:
        response = requests.get(presigned.replace("us-east-1%2Fchime", "US_EAST%2Fchime"))

        assert response.status_code == 403
        assert response.headers["x-amzn-ErrorType"] == "InvalidSignatureException"

    def test_expire_with_their_temporary_credentials(self, qchime: Handle, client: Client) -> None:
        chime = client("chime-sdk-identity", qchime.users.add("alice@example.com", expires_in=30))
        url = chime.generate_presigned_url("list_app_instances", ExpiresIn=60)
        assert requests.get(url).status_code == 200
        qchime.clock.advance(seconds=31)

        assert requests.get(url).headers["x-amzn-ErrorType"] == "ExpiredTokenException"

    def test_can_delete(self, qchime: Handle, chime: Any) -> None:
        arn = chime.create_app_instance(Name="Chat")["AppInstanceArn"]
        url = chime.generate_presigned_url("delete_app_instance", {"AppInstanceArn": arn}, ExpiresIn=60)
        assert requests.delete(url).status_code == 204
        assert chime.list_app_instances()["AppInstances"] == []

        qchime.clock.advance(seconds=61)
        assert requests.delete(url).headers["x-amzn-ErrorType"] == "InvalidSignatureException"

    def test_post_reads_the_body_only(self, chime: Any) -> None:
        """botocore moves the body's members into the query, where this protocol does not have them."""
        url = chime.generate_presigned_url("create_app_instance", {"Name": "Chat"}, ExpiresIn=60)
        assert "Name=Chat&ClientRequestToken=" in url
        response = requests.post(url, headers={"content-type": "application/json"})

        assert (response.status_code, response.json()["Code"]) == (400, "BadRequest")
        assert chime.list_app_instances()["AppInstances"] == []


def test_a_presigned_post_takes_any_body_without_verification(qchime: Handle, alice: User) -> None:
    chime = boto3.client("chime-sdk-identity", region_name="us-east-1", **alice.credentials)
    url = chime.generate_presigned_url("create_app_instance", {"Name": "Chat"}, ExpiresIn=60)
    response = requests.post(url, json={"Name": "Other", "ClientRequestToken": "token"})

    assert response.status_code == 201
    assert [found["Name"] for found in chime.list_app_instances()["AppInstances"]] == ["Other"]


@pytest.mark.rule("core.default-user")
def test_everybody_with_unregistered_credentials_is_one_user(qchime: Handle, client: Client) -> None:
    qchime.users.add("alice@example.com")
    for key in ("AKIANOBODYS", "ASIANOBODYS"):
        boto3.client(
            "qapps", region_name="us-east-1", aws_access_key_id=key, aws_secret_access_key="any"
        ).list_q_apps(instanceId=INSTANCE)
    assert [call.user for call in qchime.calls()] == [DEFAULT_USER, DEFAULT_USER]


def test_unregistered_credentials_never_expire(qchime: Handle) -> None:
    stranger = User("", "", "ASIAIOSFODNN7EXAMPLE", "secret", "token")
    chime = boto3.client("chime-sdk-identity", region_name="us-east-1", **stranger.credentials)
    qchime.clock.advance(days=365)

    assert chime.list_app_instances()["AppInstances"] == []
