"""Which service a request is for, and who it comes from, as the running server sees it."""

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from qchime import __version__
from qchime.server import Server
from qchime.services.chimesdkidentity.app_instances import AppInstanceOperations
from qchime.services.qapps.backend import QAppsBackend
from tests.server.wire import ARN, Reply, client, create, names, send, signed

CHIME_HOST = "identity-chime.eu-central-1.amazonaws.com"
QAPPS_HOST = "data.qapps.us-west-2.amazonaws.com"


def services_arn(answer: Reply) -> str:
    assert answer.status == 201, answer
    return answer.json["AppInstanceArn"]


def post(server: Server, headers: dict[str, str]) -> Reply:
    return send(server, "POST", "/app-instances", {"Name": "Chat", "ClientRequestToken": "token"}, headers)


@pytest.fixture
def lists_q_apps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QAppsBackend, "list_q_apps", lambda self, call, **_: {"apps": []}, raising=False)


class TestService:
    def test_by_the_signing_name(self, qchime_server: Server) -> None:
        assert send(qchime_server, "GET", "/app-instances", headers=signed("chime")).status == 200

    def test_by_the_signing_name_of_q_apps(self, qchime_server: Server, lists_q_apps: None) -> None:
        answer = send(qchime_server, "GET", "/apps.list", headers=signed("qapps") | {"instance-id": "i"})

        assert (answer.status, answer.json) == (200, {"apps": []})

    def test_the_signing_name_counts_more_than_the_host(self, qchime_server: Server) -> None:
        answer = send(qchime_server, "GET", "/app-instances", headers=signed("qapps") | {"Host": CHIME_HOST})

        assert (answer.status, answer.error) == (501, "NotImplementedException")
        assert "No operation of qapps has GET /app-instances" in answer.message

    def test_a_request_signed_for_another_service_is_none_of_ours(self, qchime_server: Server) -> None:
        answer = send(qchime_server, "GET", "/app-instances", headers=signed("bedrock"))

        assert (answer.status, answer.error) == (501, "NotImplementedException")
        assert (
            "no service 'bedrock'. It answers chime-sdk-identity, chime-sdk-messaging and qapps"
            in answer.message
        )

    def test_by_the_host_where_nothing_is_signed(self, qchime_server: Server) -> None:
        assert send(qchime_server, "GET", "/app-instances", headers={"Host": CHIME_HOST}).status == 200

    def test_by_the_host_of_q_apps(self, qchime_server: Server, lists_q_apps: None) -> None:
        headers = {"Host": QAPPS_HOST, "instance-id": "i"}

        assert send(qchime_server, "GET", "/apps.list", headers=headers).status == 200

    def test_the_host_counts_more_than_the_path(self, qchime_server: Server) -> None:
        answer = send(qchime_server, "GET", "/app-instances", headers={"Host": QAPPS_HOST})

        assert (answer.status, answer.error) == (404, "UnknownOperationException")

    def test_by_the_path_where_nothing_else_says_it(self, qchime_server: Server, lists_q_apps: None) -> None:
        assert send(qchime_server, "GET", "/app-instances").status == 200
        assert send(qchime_server, "GET", "/apps.list", headers={"instance-id": "i"}).status == 200

    def test_tags_of_both_services_are_told_apart_by_the_path(self, qchime_server: Server) -> None:
        arn = create(qchime_server)
        tags = {"ResourceARN": arn, "Tags": [{"Key": "team", "Value": "a"}]}

        assert send(qchime_server, "POST", "/tags?operation=tag-resource", tags).status == 204
        assert send(qchime_server, "GET", f"/tags?arn={arn}").json == {"Tags": tags["Tags"]}


class TestUnknownOperations:
    @pytest.mark.parametrize(
        "headers", [{}, signed("chime"), {"Host": CHIME_HOST}], ids=["path", "signed", "host"]
    )
    @pytest.mark.parametrize(
        ("method", "target"),
        [
            ("PATCH", "/app-instances"),
            ("GET", "/app-instances/"),
            ("GET", f"/app-instances/{ARN}"),
            ("POST", "/tags"),
            ("REPORT", "/app-instances"),
            ("OPTIONS", "/app-instances"),
        ],
    )
    def test_an_unknown_path_or_method_is_an_unknown_operation(
        self, qchime_server: Server, headers: dict[str, str], method: str, target: str
    ) -> None:
        answer = send(qchime_server, method, target, headers=headers)

        assert (answer.status, answer.error) == (404, "UnknownOperationException")
        assert f"{method} {target.partition('?')[0]}" in answer.message

    @pytest.mark.parametrize("target", ["/", "/nothing"])
    def test_a_path_that_begins_like_none_of_ours_is_one_too_where_nothing_is_signed(
        self, qchime_server: Server, target: str
    ) -> None:
        answer = send(qchime_server, "GET", target)

        assert (answer.status, answer.error) == (404, "UnknownOperationException")
        assert f"GET {target}" in answer.message

    def test_signed_it_may_be_another_services_of_the_same_signing_name(self, qchime_server: Server) -> None:
        answer = send(qchime_server, "GET", "/nothing", headers=signed("chime"))

        assert (answer.status, answer.error) == (501, "NotImplementedException")
        assert "No operation of chime-sdk-identity or chime-sdk-messaging has GET /nothing" in answer.message

    def test_a_user_whose_id_is_a_word_of_another_route_is_found(self, qchime_server: Server) -> None:
        chime = client(qchime_server)
        arn = chime.create_app_instance(Name="Chat")["AppInstanceArn"]
        for user_id in ("endpoints", "admins"):
            user = chime.create_app_instance_user(AppInstanceArn=arn, AppInstanceUserId=user_id, Name="A")
            described = chime.describe_app_instance_user(AppInstanceUserArn=user["AppInstanceUserArn"])

            assert described["AppInstanceUser"]["AppInstanceUserArn"] == f"{arn}/user/{user_id}"


class TestMissingOperations:
    def test_one_that_botocore_knows_and_we_do_not_is_not_implemented(
        self, qchime_server: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delattr(AppInstanceOperations, "create_app_instance")
        answer = post(qchime_server, signed())

        assert (answer.status, answer.error) == (501, "NotImplementedException")
        assert "CreateAppInstance of chime-sdk-identity" in answer.message
        assert f"qchime {__version__}" in answer.message

    def test_boto3_shows_it_as_a_client_error(
        self, qchime_server: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delattr(AppInstanceOperations, "create_app_instance")
        with pytest.raises(ClientError, match="does not implement CreateAppInstance") as caught:
            client(qchime_server).create_app_instance(Name="Chat")

        assert caught.value.response["Error"]["Code"] == "NotImplementedException"


class TestAccount:
    def test_is_motos_unless_something_says_otherwise(self, qchime_server: Server) -> None:
        assert ":123456789012:app-instance/" in services_arn(post(qchime_server, {}))

    def test_is_the_access_key_if_that_has_12_digits(self, qchime_server: Server) -> None:
        assert ":210987654321:" in services_arn(post(qchime_server, signed(access_key_id="210987654321")))

    @pytest.mark.parametrize("key", ["21098765432", "2109876543210", "AKIA987654321", "21098765432a"])
    def test_any_other_access_key_is_none(self, qchime_server: Server, key: str) -> None:
        assert ":123456789012:" in services_arn(post(qchime_server, signed(access_key_id=key)))

    def test_is_the_header_if_there_is_one(self, qchime_server: Server) -> None:
        headers = signed(access_key_id="210987654321") | {"x-moto-account-id": "111122223333"}

        assert ":111122223333:" in services_arn(post(qchime_server, headers))

    @pytest.mark.parametrize("account", ["1234", "12345678901a", "1111222233334", "mine"])
    def test_a_header_that_is_no_account_is_refused(self, qchime_server: Server, account: str) -> None:
        answer = post(qchime_server, {"x-moto-account-id": account})

        assert (answer.status, answer.error) == (400, "ValidationError")
        assert names(qchime_server) == []

    def test_is_the_environments_before_all(
        self, qchime_server: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("MOTO_ACCOUNT_ID", "444455556666")
        headers = signed(access_key_id="210987654321") | {"x-moto-account-id": "111122223333"}

        assert ":444455556666:" in services_arn(post(qchime_server, headers))

    def test_is_refused_if_the_environment_has_no_account_id(
        self, qchime_server: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("MOTO_ACCOUNT_ID", "test")
        answer = post(qchime_server, signed())

        assert (answer.status, answer.error) == (400, "ValidationError")
        assert "MOTO_ACCOUNT_ID takes 12 digits, not 'test'" in answer.message

    def test_is_that_of_an_assumed_role(self, qchime_server: Server) -> None:
        with mock_aws():
            keys = boto3.client("sts", region_name="us-east-1").assume_role(
                RoleArn="arn:aws:iam::777788889999:role/chat", RoleSessionName="session"
            )["Credentials"]
            chime = client(
                qchime_server,
                aws_access_key_id=keys["AccessKeyId"],
                aws_secret_access_key=keys["SecretAccessKey"],
                aws_session_token=keys["SessionToken"],
            )
            assert ":777788889999:" in chime.create_app_instance(Name="Chat")["AppInstanceArn"]

    def test_accounts_see_nothing_of_each_other(self, qchime_server: Server) -> None:
        create(qchime_server)
        theirs = client(qchime_server, aws_access_key_id="210987654321")

        assert theirs.list_app_instances()["AppInstances"] == []
        assert names(qchime_server) == ["Chat"]


class TestRegion:
    @pytest.mark.parametrize("region", ["us-east-1", "eu-central-1", "cn-north-1", "mars-north-1"])
    def test_is_that_of_the_signature(self, qchime_server: Server, region: str) -> None:
        arn = client(qchime_server, region_name=region).create_app_instance(Name="Chat")["AppInstanceArn"]

        assert f":chime:{region}:" in arn

    def test_is_that_of_the_host_where_nothing_is_signed(self, qchime_server: Server) -> None:
        assert ":chime:eu-central-1:" in services_arn(post(qchime_server, {"Host": CHIME_HOST}))

    def test_the_signature_counts_more_than_the_host(self, qchime_server: Server) -> None:
        headers = signed(region="us-west-2") | {"Host": CHIME_HOST}

        assert ":chime:us-west-2:" in services_arn(post(qchime_server, headers))

    def test_is_us_east_1_where_nothing_says_it(self, qchime_server: Server) -> None:
        assert ":chime:us-east-1:" in services_arn(post(qchime_server, {}))

    @pytest.mark.parametrize("region", ["US-EAST-1", "us_east_1", "-", "x" * 64])
    def test_what_cannot_be_a_region_is_refused(self, qchime_server: Server, region: str) -> None:
        answer = post(qchime_server, signed(region=region))

        assert (answer.status, answer.error) == (403, "InvalidSignatureException")
        assert names(qchime_server) == []

    def test_regions_see_nothing_of_each_other(self, qchime_server: Server) -> None:
        create(qchime_server)

        assert client(qchime_server, region_name="eu-west-1").list_app_instances()["AppInstances"] == []


class TestPresignedUrls:
    @staticmethod
    def get(server: Server, operation: str, parameters: Any = None, **more: Any) -> Reply:
        url = client(server, **more).generate_presigned_url(operation, Params=parameters or {}, ExpiresIn=60)
        assert url.startswith(f"{server.url}/")
        return send(server, "GET", url.removeprefix(server.url))

    def test_are_answered(self, qchime_server: Server) -> None:
        arn = create(qchime_server)

        listed = self.get(qchime_server, "list_app_instances", {"MaxResults": 5})
        assert [instance["AppInstanceArn"] for instance in listed.json["AppInstances"]] == [arn]

        described = self.get(qchime_server, "describe_app_instance", {"AppInstanceArn": arn})
        assert described.json["AppInstance"]["Name"] == "Chat"

    def test_carry_account_and_region(self, qchime_server: Server) -> None:
        elsewhere = {"aws_access_key_id": "210987654321", "region_name": "eu-central-1"}
        client(qchime_server, **elsewhere).create_app_instance(Name="Theirs")
        create(qchime_server, "Ours")

        listed = self.get(qchime_server, "list_app_instances", **elsewhere)
        assert [instance["Name"] for instance in listed.json["AppInstances"]] == ["Theirs"]

    def test_answer_errors_too(self, qchime_server: Server) -> None:
        answer = self.get(qchime_server, "describe_app_instance", {"AppInstanceArn": ARN})

        assert (answer.status, answer.error) == (403, "ForbiddenException")

    def test_of_an_operation_told_by_the_query_are_answered(self, qchime_server: Server) -> None:
        arn = create(qchime_server)
        url = client(qchime_server).generate_presigned_url(
            "tag_resource", Params={"ResourceARN": arn, "Tags": []}
        )
        body = {"ResourceARN": arn, "Tags": [{"Key": "team", "Value": "a"}]}

        assert send(qchime_server, "POST", url.removeprefix(qchime_server.url), body).status == 204

    def test_with_credentials_that_are_none_count_as_unsigned(self, qchime_server: Server) -> None:
        answer = send(qchime_server, "GET", "/app-instances?X-Amz-Credential=%FF%00&X-Amz-Signature=")

        assert answer.status == 200
