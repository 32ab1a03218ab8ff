"""Accounts behind a load balancer: each has one member, however a request tells its account."""

import base64
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import boto3
import pytest
import requests
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from qchime import Client
from qchime.world import Credentials, User
from tests.deploy.balancing import ACCOUNTS, DEFAULT, Deployment, deployed, haproxy, needs_haproxy
from tests.server.wire import address, send, signed
from tests.services.chimesdkmessaging.listening import session
from tests.test_cli import serving

pytestmark = needs_haproxy

ACCOUNT = "111122223333"
SIGNATURE = "SignedHeaders=host, Signature=0"
SCOPE = "20240521/us-east-1/chime/aws4_request"
PAPER = "3e57f6a8-92f5-47e1-8a1b-0d8c9d8b5a11"
PAPERS = {"cards": [{"fileUpload": {"id": PAPER, "title": "Paper", "type": "file-upload"}}]}
STORY = b"Once upon a time"
ONCE = Config(retries={"total_max_attempts": 1})

Head = dict[str, str]


def boto(deployment: Deployment, service: str, key: str | User, **more: Any) -> Any:
    """A boto3 client of the load balancer, with an access key or a user's credentials."""
    credentials: Credentials = (
        {"aws_access_key_id": key, "aws_secret_access_key": "any"}
        if isinstance(key, str)
        else key.credentials
    )
    options: dict[str, Any] = {"region_name": "us-east-1", "endpoint_url": deployment.url, **more}
    return boto3.client(service, **options, **credentials)


def chime(deployment: Deployment, key: str | User, **more: Any) -> Any:
    return boto(deployment, "chime-sdk-identity", key, **more)


def qapps(deployment: Deployment, key: str | User) -> Any:
    return boto(deployment, "qapps", key)


class TestAccounts:
    def test_each_stays_on_one_member_and_both_members_have_some(self, deployment: Deployment) -> None:
        for account in ACCOUNTS:
            arn = chime(deployment, account).create_app_instance(Name=account)["AppInstanceArn"]
            chime(deployment, account).update_app_instance(AppInstanceArn=arn, Name="again", Metadata="")
            listed = chime(deployment, account).list_app_instances()["AppInstances"]
            assert [instance["Name"] for instance in listed] == ["again"]

        assert {deployment.home(account) for account in ACCOUNTS} == {0, 1}
        assert all(sum(deployment.calls(account)) == 3 for account in ACCOUNTS)

    def test_the_key_of_a_registered_user_is_in_the_account_of_its_handle(
        self, deployment: Deployment
    ) -> None:
        for account in ACCOUNTS:
            handle = deployment.client(account)
            for user in (handle.users.add("alice@example.com"), handle.users.add("bob@example.com", 3600)):
                chime(deployment, user).list_app_instances()
                assert [call.user for call in handle.calls()][-1] == user
            assert deployment.calls(account)[deployment.home(account)] == 2

    def test_every_other_key_is_in_the_default_account(self, deployment: Deployment) -> None:
        keys = ["AKIAIOSFODNN7EXAMPLE", "any", f"AKIAQC{ACCOUNT}", "1111222233334", *map(str, range(20))]
        for key in keys:
            chime(deployment, key).create_app_instance(Name="chat")

        assert len(deployment.client().calls()) == len(keys)
        assert deployment.home(DEFAULT) in (0, 1)

    def test_what_is_set_for_one_counts_for_its_clients_alone(self, deployment: Deployment) -> None:
        deployment.client(ACCOUNTS[0]).limits.app_instances_per_account = 0
        for account in ACCOUNTS[1:]:
            chime(deployment, account).create_app_instance(Name="chat")
        client = chime(deployment, ACCOUNTS[0])
        with pytest.raises(client.exceptions.ResourceLimitExceededException):
            client.create_app_instance(Name="chat")

    def test_a_second_load_balancer_finds_the_same_members(self, deployment: Deployment) -> None:
        with haproxy([member.url for member in deployment.members]) as other:
            for account in ACCOUNTS:
                for url in (deployment.url, other):
                    send(url, "GET", "/app-instances", headers=signed(access_key_id=account))
                assert deployment.calls(account)[deployment.home(account)] == 2


class TestHeads:
    """The load balancer finds the account of a request by the same rules as the server."""

    @pytest.mark.parametrize(
        "head",
        [
            lambda key: {"Authorization": f"AWS4-HMAC-SHA256 Credential={key}/{SCOPE}, {SIGNATURE}"},
            lambda key: {"Authorization": f"AWS4-HMAC-SHA256 Credential={key}/{SCOPE},{SIGNATURE}"},
            lambda key: {"Authorization": f"AWS4-HMAC-SHA256 {SIGNATURE}, Credential={key}/{SCOPE}"},
            lambda key: signed(access_key_id=f"AKIAQC{key}0123ABCD"),
            lambda key: signed(access_key_id="any") | {"x-moto-account-id": key},
            lambda key: signed(access_key_id=DEFAULT) | {"x-moto-account-id": key},
            lambda key: {"x-moto-account-id": key},
        ],
    )
    def test_that_name_an_account(self, deployment: Deployment, head: Callable[[str], Head]) -> None:
        for account in ACCOUNTS[:6]:
            send(deployment.url, "GET", "/app-instances", headers=head(account))
            assert deployment.client(account).calls() == ["ListAppInstances"]

    @pytest.mark.parametrize(
        "head",
        [
            lambda key: {"Authorization": f"AWS4-HMAC-SHA256 Credential={key}/20240521, {SIGNATURE}"},
            lambda key: {"Authorization": f"AWS4-HMAC-SHA256 Credential={key}/now/{SCOPE}, {SIGNATURE}"},
            lambda key: {"Authorization": f"Basic {key}"},
            lambda key: signed(access_key_id=f"AKIAQC{key}0123abcd"),
            lambda key: signed(access_key_id=f"AXIAQC{key}0123ABCD"),
            lambda key: signed(access_key_id=f"{key}0"),
            lambda key: {},
        ],
    )
    def test_that_name_none(self, deployment: Deployment, head: Callable[[str], Head]) -> None:
        for account in ACCOUNTS[:6]:
            send(deployment.url, "GET", "/app-instances", headers=head(account))

        assert deployment.client().calls() == ["ListAppInstances"] * 6

    @pytest.mark.parametrize(
        "query",
        [
            lambda key: f"X-Amz-Credential={key}/{SCOPE}",
            lambda key: f"X-Amz-Credential={quote(f'{key}/{SCOPE}', safe='')}",
            lambda key: f"max-results=5&X-Amz-Credential=AKIAQC{key}0123ABCD%2F{quote(SCOPE)}&X-Amz-Date=1",
        ],
    )
    def test_with_the_account_in_the_query(self, deployment: Deployment, query: Callable[[str], str]) -> None:
        for account in ACCOUNTS[:6]:
            send(deployment.url, "GET", f"/app-instances?{query(account)}")
            assert deployment.client(account).calls() == ["ListAppInstances"]

    def test_the_header_comes_before_the_query(self, deployment: Deployment) -> None:
        for account in ACCOUNTS[:6]:
            target = f"/app-instances?X-Amz-Credential={ACCOUNT}/{SCOPE}"
            send(deployment.url, "GET", target, headers=signed(access_key_id=account))
            assert deployment.client(account).calls() == ["ListAppInstances"]

    @pytest.mark.parametrize("rest", ["", "/20240521/us-east-1/chime"])
    def test_a_query_with_half_a_scope_names_none(self, deployment: Deployment, rest: str) -> None:
        for account in ACCOUNTS[:6]:
            send(deployment.url, "GET", f"/app-instances?X-Amz-Credential={account}{rest}")

        assert deployment.client().calls() == ["ListAppInstances"] * 6

    @pytest.mark.parametrize("size", [8_000, 60_000])
    def test_as_large_as_a_server_takes(self, deployment: Deployment, size: int) -> None:
        headers = signed(access_key_id=ACCOUNT) | {"X-Amz-Security-Token": "x" * size}
        assert send(deployment.url, "GET", "/app-instances", headers=headers).json == {"AppInstances": []}

    def test_larger_ones_get_the_servers_own_refusal(self, deployment: Deployment) -> None:
        headers = {"X-Amz-Security-Token": "x" * 70_000}
        refused = send(deployment.url, "GET", "/app-instances", headers=headers)

        assert refused.status == 431
        assert refused.headers["content-type"] == "application/json"


class TestLinks:
    def test_presigned_urls(self, deployment: Deployment) -> None:
        for account in ACCOUNTS:
            alice = deployment.client(account).users.add("alice@example.com")
            url = chime(deployment, alice).generate_presigned_url("list_app_instances")
            assert requests.get(url).json() == {"AppInstances": []}
            assert deployment.client(account).calls()[0].user == alice

    @pytest.mark.parametrize("content", [STORY, STORY * 400_000], ids=["16 B", "6.4 MB"])
    def test_uploads_reach_the_member_that_has_the_document(
        self, deployment: Deployment, content: bytes
    ) -> None:
        for account in ACCOUNTS[:6]:
            client = qapps(deployment, account)
            app = client.create_q_app(instanceId="mine", title="Reader", appDefinition=PAPERS)
            link = client.create_presigned_url(
                instanceId="mine",
                appId=app["appId"],
                cardId=PAPER,
                fileName="story.txt",
                fileContentsSha256=base64.b64encode(hashlib.sha256(content).digest()).decode(),
                scope="APPLICATION",
            )
            posted = requests.post(
                link["presignedUrl"], data=link["presignedUrlFields"], files={"file": ("story.txt", content)}
            )
            assert posted.status_code == 204, posted.text

    def test_exports_come_from_the_member_that_has_the_session(self, deployment: Deployment) -> None:
        for account in ACCOUNTS[:4]:
            client = qapps(deployment, account)
            app = client.create_q_app(instanceId="mine", title="Form", appDefinition={"cards": []})
            started = {"instanceId": "mine", "appId": app["appId"], "appVersion": 1}
            session = client.start_q_app_session(**started)["sessionId"]
            link = client.export_q_app_session_data(instanceId="mine", sessionId=session)["csvFileLink"]
            assert link.startswith(deployment.url)
            assert requests.get(link).status_code == 200


class TestControl:
    def test_health_is_answered(self, deployment: Deployment) -> None:
        assert send(deployment.url, "GET", "/_qchime/health").json["status"] == "ok"

    def test_routes_for_all_accounts_are_refused(self, deployment: Deployment) -> None:
        everybody = Client(deployment.url)
        for refused in (everybody.reset, everybody.dump, everybody.calls, lambda: everybody.accounts):
            with pytest.raises(ValueError, match="This server is one of several"):
                refused()

    def test_the_handle_of_an_account_reaches_the_member_that_has_it(self, deployment: Deployment) -> None:
        for account in ACCOUNTS:
            chime(deployment, account).create_app_instance(Name="chat")
            handle = deployment.client(account)
            state = handle.dump()
            handle.reset()
            assert chime(deployment, account).list_app_instances()["AppInstances"] == []
            handle.load(state)
            assert len(chime(deployment, account).list_app_instances()["AppInstances"]) == 1
            deployment.home(account)


class TestFaults:
    def test_a_declared_error(self, deployment: Deployment) -> None:
        deployment.client(ACCOUNT).faults.add("ListAppInstances", "ThrottledClientException", times=1)
        client = chime(deployment, ACCOUNT, config=ONCE)
        with pytest.raises(client.exceptions.ThrottledClientException):
            client.list_app_instances()

    def test_a_lost_response_is_lost_for_the_client(self, deployment: Deployment) -> None:
        deployment.client(ACCOUNT).faults.add("ListAppInstances", "ConnectionClosedError")
        with pytest.raises(ConnectionClosedError):
            chime(deployment, ACCOUNT, config=ONCE).list_app_instances()

        assert deployment.client(ACCOUNT).calls() == ["ListAppInstances"]

    def test_a_silent_server_is_silent_for_the_client(self, deployment: Deployment) -> None:
        deployment.client(ACCOUNT).faults.add("ListAppInstances", "ReadTimeoutError")
        with pytest.raises(ReadTimeoutError):
            chime(deployment, ACCOUNT, config=ONCE.merge(Config(read_timeout=1))).list_app_instances()


class TestAMemberThatIsDown:
    def test_its_accounts_wait_for_it_and_those_of_the_other_go_on(self, tmp_path: Path) -> None:
        files = [("--state", str(tmp_path / name)) for name in ("one.json", "two.json")]
        with deployed(*files) as deployment:
            for account in ACCOUNTS:
                chime(deployment, account).create_app_instance(Name="chat")
            homes = {account: deployment.home(account) for account in ACCOUNTS}
            account = next(account for account in ACCOUNTS if homes[account] == 0)
            stopped = deployment.members[0]
            stopped.end()

            client = chime(deployment, account, config=ONCE)
            with pytest.raises(ClientError, match="The qchime server that has this account") as caught:
                client.list_app_instances()
            assert caught.value.response["Error"]["Code"] == "ServiceUnavailableException"
            for other in ACCOUNTS:
                if homes[other] == 1:
                    assert len(chime(deployment, other).list_app_instances()["AppInstances"]) == 1

            with serving("--member", "--port", str(address(stopped.url)[1]), *files[0]):
                assert len(client.list_app_instances()["AppInstances"]) == 1


def test_messaging_sessions_are_on_the_member_of_their_account(deployment: Deployment) -> None:
    for account in ACCOUNTS:
        identity, messaging = (
            boto(deployment, service, account) for service in ("chime-sdk-identity", "chime-sdk-messaging")
        )
        chat = {"AppInstanceArn": identity.create_app_instance(Name="chat")["AppInstanceArn"]}
        user = identity.create_app_instance_user(**chat, AppInstanceUserId="alice", Name="Alice")
        arn = user["AppInstanceUserArn"]
        host = messaging.get_messaging_session_endpoint()["Endpoint"]["Url"]
        with session(f"http://{host}", arn, key=account) as alices:
            messaging.create_channel(**chat, Name="General", ChimeBearer=arn)
            assert alices.types(1) == ["CREATE_CHANNEL_MEMBERSHIP"]
        assert f"http://{host}" == deployment.url

    assert {deployment.home(account) for account in ACCOUNTS} == {0, 1}
