"""Every other AWS service on our server, and both of ours on moto's own server."""

import base64
import hashlib
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests
from botocore.config import Config
from moto.moto_server import werkzeug_app
from moto.server import ThreadedMotoServer

from qchime import Cloud, Server, mock_chimesdkidentity, mock_qapps
from qchime.moto.server import MotoServer
from qchime.server.trust import protocol
from qchime.world import Credentials
from tests.clients.aws_cli import AwsCli, needs_the_cli
from tests.server.wire import TIMEOUT, create, limit_bodies, names, send, signed
from tests.services.chimesdkmessaging.samples import records, streams
from tests.services.qapps.running import PAPER, start
from tests.services.qapps.samples import INSTANCE, definition, file
from tests.test_cli import QCHIME

PAGE = "http://localhost:3000"
STORY = b"Once upon a time"


def client(url: str, service: str, **config: Any) -> Any:
    keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b", "region_name": "us-east-1"}
    return _session().client(service, endpoint_url=url, config=Config(**config), **keys)


@cache
def _session() -> boto3.Session:
    """A session for all tests, because reading botocore's models takes longer than most of them."""
    return boto3.Session()


@pytest.fixture
def server() -> Iterator[Server]:
    with mock_qapps(), mock_chimesdkidentity(), Server(moto=True) as running:
        requests.post(f"{running.url}/moto-api/reset")
        yield running


@pytest.fixture
def bucket(server: Server) -> str:
    """A bucket with a public object."""
    s3 = client(server.url, "s3")
    s3.create_bucket(Bucket="bucket")
    s3.put_object(Bucket="bucket", Key="tags", Body=STORY, ACL="public-read", Metadata={"my_key": "1"})
    return "bucket"


def free_port() -> int:
    """A free port for moto's own server, which not every version of moto can choose itself."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port


def upload(url: str) -> tuple[requests.Response, Any]:
    """Announce a file, post it to the link, and export the session; returns the response and the export."""
    qapps = client(url, "qapps")
    app_id = qapps.create_q_app(instanceId=INSTANCE, title="App", appDefinition=definition(file(PAPER)))[
        "appId"
    ]
    session_id = start(qapps, app_id)
    link = qapps.create_presigned_url(
        instanceId=INSTANCE,
        appId=app_id,
        cardId=PAPER,
        sessionId=session_id,
        scope="SESSION",
        fileName="story.txt",
        fileContentsSha256=base64.b64encode(hashlib.sha256(STORY).digest()).decode(),
    )
    assert link["presignedUrl"].startswith(url)
    story = {"file": ("story.txt", STORY, "text/plain")}
    answer = requests.post(link["presignedUrl"], data=link["presignedUrlFields"], files=story)
    value = {"cardId": PAPER, "value": link["fileId"]}
    qapps.update_q_app_session(instanceId=INSTANCE, sessionId=session_id, values=[value])
    return answer, qapps.export_q_app_session_data(instanceId=INSTANCE, sessionId=session_id)


def repeated_arns(url: str) -> list[str]:
    """The ARNs of two runs with the same seed."""
    arns = []
    for _ in range(2):
        assert requests.post(f"{url}/moto-api/reset").status_code == 200
        assert requests.post(f"{url}/moto-api/seed?a=42").status_code == 200
        arns.append(client(url, "chime-sdk-identity").create_app_instance(Name="Chat")["AppInstanceArn"])
    return arns


class TestOurPort:
    def test_our_services_are_answered(self, server: Server) -> None:
        chime = client(server.url, "chime-sdk-identity")
        chime.create_app_instance(Name="Chat")

        assert names(server) == ["Chat"]
        assert client(server.url, "qapps").list_q_apps(instanceId=INSTANCE)["apps"] == []
        assert send(server, "GET", "/_qchime/health").json["status"] == "ok"

    def test_unsigned_requests_are_identified_by_path_and_host(self, server: Server) -> None:
        create(server)
        for headers in ({}, {"Host": "identity-chime.us-east-1.amazonaws.com"}):
            assert len(send(server, "GET", "/app-instances", headers=headers).json["AppInstances"]) == 1

    def test_an_unknown_operation_of_ours_is_not_forwarded(self, server: Server) -> None:
        answer = send(server, "GET", "/nothing", headers=signed("chime"))

        assert (answer.status, answer.error) == (501, "NotImplementedException")
        assert "another service that signs as 'chime'" in answer.message

    def test_other_services_are_forwarded_to_moto(self, server: Server) -> None:
        queue = client(server.url, "sqs").create_queue(QueueName="queue")["QueueUrl"]
        assert queue.startswith(server.url)

        table = {"AttributeName": "id", "AttributeType": "S"}, {"AttributeName": "id", "KeyType": "HASH"}
        dynamodb = client(server.url, "dynamodb")
        dynamodb.create_table(
            TableName="t",
            AttributeDefinitions=[table[0]],
            KeySchema=[table[1]],
            BillingMode="PAY_PER_REQUEST",
        )
        assert dynamodb.list_tables()["TableNames"] == ["t"]

    def test_accounts_of_assumed_roles_come_from_moto(self, server: Server) -> None:
        role = {"RoleArn": "arn:aws:iam::777788889999:role/chat", "RoleSessionName": "session"}
        keys = client(server.url, "sts").assume_role(**role)["Credentials"]
        answer = send(
            server,
            "POST",
            "/app-instances",
            {"Name": "Chat", "ClientRequestToken": "token"},
            signed(access_key_id=keys["AccessKeyId"]),
        )
        assert ":777788889999:" in answer.json["AppInstanceArn"]

    def test_links_to_files_are_answered(self, server: Server) -> None:
        answer, export = upload(server.url)

        assert answer.status_code == 204
        assert requests.get(export["csvFileLink"]).text.startswith("user,")

    def test_motos_kinesis_carries_the_events_of_channels(self, server: Server) -> None:
        identity, messaging, kinesis = (
            client(server.url, name) for name in ("chime-sdk-identity", "chime-sdk-messaging", "kinesis")
        )
        here = {"AppInstanceArn": identity.create_app_instance(Name="Chat")["AppInstanceArn"]}
        user = identity.create_app_instance_user(**here, AppInstanceUserId="alice", Name="Alice")
        kinesis.create_stream(StreamName="chime-messaging-Channel", ShardCount=1)
        messaging.put_messaging_streaming_configurations(**here, **streams(here["AppInstanceArn"], "Channel"))
        messaging.create_channel(**here, Name="General", ChimeBearer=user["AppInstanceUserArn"])
        expected = [event.record for event in server.events(data_type="Channel")]
        assert records(kinesis, "Channel") == expected != []

    def test_motos_reset_clears_our_state(self, server: Server) -> None:
        server.limits.users_per_app_instance = 7
        create(server)
        client(server.url, "sqs").create_queue(QueueName="queue")

        assert requests.post(f"{server.url}/moto-api/reset").json() == {"status": "ok"}
        assert names(server) == []
        assert server.limits.users_per_app_instance != 7
        assert "QueueUrls" not in client(server.url, "sqs").list_queues()

    def test_motos_reset_resets_the_clock_even_without_calls(self, server: Server) -> None:
        server.clock.advance(days=1)
        requests.post(f"{server.url}/moto-api/reset")

        assert server.clock.offset.total_seconds() == 0

    def test_motos_seed_makes_our_ids_repeatable(self, server: Server) -> None:
        one, other = repeated_arns(server.url)

        assert one == other

    @pytest.mark.parametrize("path", ["/moto-api/", "/moto-api/data.json", "/favicon.ico"])
    def test_motos_pages_are_served(self, server: Server, path: str) -> None:
        create(server)
        answer = send(server, "GET", path)

        assert answer.error is None
        assert answer.status == (404 if path == "/favicon.ico" else 200)

    @needs_the_cli
    def test_the_aws_cli_can_copy_files(self, server: Server, tmp_path: Path) -> None:
        aws = AwsCli("s3", server, tmp_path)
        (tmp_path / "story.txt").write_bytes(STORY)
        for arguments in (["mb", "s3://files"], ["cp", str(tmp_path / "story.txt"), "s3://files/a/b"]):
            ended = aws.run(*arguments)
            assert ended.returncode == 0, ended.stderr
        assert aws.run("cp", "s3://files/a/b", "-").stdout.encode() == STORY


class TestBuckets:
    def test_bodies_arrive_whole_and_may_be_larger_than_ours(
        self, server: Server, bucket: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        limit_bodies(monkeypatch, 1000)
        s3 = client(server.url, "s3")
        s3.put_object(Bucket=bucket, Key="large", Body=bytes(range(256)) * 1000)

        assert s3.get_object(Bucket=bucket, Key="large")["Body"].read() == bytes(range(256)) * 1000
        assert send(server, "POST", "/app-instances", b" " * 1001).status == 413

    def test_a_body_that_moto_reads_late_does_not_time_out(
        self, server: Server, bucket: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        answer = MotoServer.answer

        def late(self: MotoServer, *args: Any) -> Any:
            time.sleep(2)
            return answer(self, *args)

        monkeypatch.setattr(protocol, "IDLE_TIMEOUT", 1.0)
        monkeypatch.setattr(MotoServer, "answer", late)
        s3, body = client(server.url, "s3"), b"x" * 5_000_000
        s3.put_object(Bucket=bucket, Key="late", Body=body)  # expects a 100 Continue first
        requests.put(f"{server.url}/{bucket}/later", body, headers=signed("s3")).raise_for_status()

        for key in ("late", "later"):
            assert s3.head_object(Bucket=bucket, Key=key)["ContentLength"] == len(body)

    def test_an_unsigned_form_is_read_by_moto_only(self, server: Server) -> None:
        role = "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleSessionName=a&WebIdentityToken=t"
        role += "&RoleArn=arn:aws:iam::123456789012:role/chat"
        headers = {"Content-Type": "application/x-www-form-urlencoded"}

        assert b"AssumeRoleWithWebIdentityResult" in send(server, "POST", "/", role.encode(), headers).body

    @pytest.mark.skipif(
        not hasattr(werkzeug_app, "MotoRequestHandler"), reason="this version of moto does not keep them"
    )
    def test_headers_with_underscores_are_kept(self, server: Server, bucket: str) -> None:
        found = client(server.url, "s3").head_object(Bucket=bucket, Key="tags")

        assert found["Metadata"] == {"my_key": "1"}
        assert found["ContentLength"] == len(STORY)

    def test_an_unsigned_unknown_path_is_a_bucket_and_a_key(self, server: Server, bucket: str) -> None:
        assert send(server, "GET", "/bucket/tags").body == STORY

    @pytest.mark.parametrize(
        "host",
        ["bucket.s3.amazonaws.com", "bucket.s3.us-east-1.amazonaws.com:443", "BUCKET.s3.amazonaws.com"],
    )
    def test_an_aws_host_takes_precedence_over_a_path_of_ours(
        self, server: Server, bucket: str, host: str
    ) -> None:
        assert (
            send(server, "GET", "/tags?arn=x", headers={"Host": host.replace("BUCKET", "bucket")}).body
            == STORY
        )

    def test_buckets_can_be_subdomains_of_localhost(self, server: Server, bucket: str) -> None:
        client(server.url, "s3").put_object(Bucket=bucket, Key="key", Body=STORY, ACL="public-read")

        assert send(server, "GET", "/key", headers={"Host": "bucket.localhost:4590"}).body == STORY

    def test_presigned_urls_are_forwarded_to_moto(self, server: Server, bucket: str) -> None:
        url = client(server.url, "s3").generate_presigned_url(
            "get_object", Params={"Bucket": bucket, "Key": "tags"}
        )
        assert requests.get(url).content == STORY

    def test_a_response_has_only_motos_headers(self, server: Server, bucket: str) -> None:
        headers = send(server, "DELETE", "/bucket/tags", headers=signed("s3")).headers

        assert "content-type" not in headers or not headers["content-type"].startswith("text/plain")
        assert "access-control-expose-headers" not in headers


class TestTrust:
    @pytest.mark.parametrize("target", ["/", "/bucket/key", "/moto-api/reset", "/app-instances"])
    @pytest.mark.parametrize(
        "headers",
        [
            {"Host": "evil.example"},
            {"Host": "s3.amazonaws.com.evil.example"},
            {"Host": "amazonaws.com.evil"},
            {"Host": "evilamazonaws.com"},
            {"Origin": "https://evil.example"},
            {"Origin": "https://bucket.s3.amazonaws.com"},
            {"Sec-Fetch-Site": "cross-site"},
        ],
    )
    def test_untrusted_requests_do_not_reach_moto(
        self, server: Server, target: str, headers: dict[str, str]
    ) -> None:
        create(server)
        answer = send(server, "POST", target, headers=headers)

        assert (answer.status, answer.error) == (403, "AccessDeniedException")
        assert names(server) == ["Chat"]

    @pytest.mark.parametrize(
        "host", ["s3.amazonaws.com", "sqs.cn-north-1.amazonaws.com.cn", "a.b.api.aws:443"]
    )
    def test_aws_hosts_are_allowed_with_moto(self, server: Server, host: str) -> None:
        assert send(server, "GET", "/_qchime/health", headers={"Host": host}).status == 200

    def test_pages_from_this_machine_may_read_responses(self, server: Server, bucket: str) -> None:
        asked = {"Origin": PAGE, "Access-Control-Request-Method": "PUT"}
        assert send(server, "OPTIONS", "/bucket/key", headers=asked).status == 204

        answer = send(server, "GET", "/bucket/tags", headers={"Origin": PAGE})
        assert answer.body == STORY
        assert answer.headers["access-control-allow-origin"] == PAGE
        assert answer.headers["vary"] == "Origin"

    def test_headers_that_moto_exposes_stay_exposed(self, server: Server, bucket: str) -> None:
        rule = {"AllowedMethods": ["GET"], "AllowedOrigins": [PAGE], "ExposeHeaders": ["ETag"]}
        client(server.url, "s3").put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [rule]})
        answer = send(server, "GET", "/bucket/tags", headers={"Origin": PAGE})

        assert answer.headers["access-control-allow-origin"] == PAGE
        assert "ETag" in answer.headers["access-control-expose-headers"]


def test_a_failure_of_moto_is_logged_and_not_shown_to_the_client(
    server: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def explode(*args: Any) -> None:
        raise RuntimeError("the reactor has lost its coolant")

    monkeypatch.setattr(werkzeug_app.DomainDispatcherApplication, "__call__", explode)
    answer = send(server, "GET", "/bucket/key", headers={"Origin": PAGE})

    assert (answer.status, answer.error) == (500, "InternalFailure")
    assert "coolant" not in answer.message
    assert answer.headers["access-control-allow-origin"] == PAGE
    assert "the reactor has lost its coolant" in caplog.text


def test_without_moto_other_services_are_refused(qchime_server: Server) -> None:
    assert send(qchime_server, "GET", "/bucket/key", headers=signed("s3")).status == 501
    assert send(qchime_server, "GET", "/bucket/key", headers={"Host": "localhost"}).status == 404
    assert send(qchime_server, "POST", "/moto-api/reset").status == 404


class TestCommand:
    def test_prints_what_to_export_for_all_services(self) -> None:
        command = [*QCHIME, "serve", "--port", "0", "--moto"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            assert process.stdout
            welcome = process.stdout.readline() + process.stdout.readline()
            try:
                url = welcome.partition("AWS_ENDPOINT_URL=")[2].strip()
                assert f"with moto is serving on {url} " in welcome
                assert client(url, "s3").list_buckets()["Buckets"] == []
                assert client(url, "chime-sdk-identity").list_app_instances()["AppInstances"] == []
            finally:
                process.terminate()
                assert process.wait(TIMEOUT) == 0

    def test_without_the_extra_says_how_to_install_it_and_binds_nothing(self) -> None:
        program = """
            import socket, sys
            def bind(*arguments, **options):
                raise AssertionError("bound")
            sys.modules["flask"] = None
            socket.create_server = bind
            from qchime.cli import main
            sys.exit(main(["serve", "--moto", "--port", "0"]))
        """
        command = [sys.executable, "-c", textwrap.dedent(program)]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert ended.returncode == 1
        assert "pip install 'qchime[server]'" in ended.stderr
        assert len(ended.stderr.splitlines()) == 1
        assert ended.stdout == ""


class TestMotosOwnServer:
    @pytest.fixture
    def url(self) -> Iterator[str]:
        url = f"http://127.0.0.1:{(port := free_port())}"
        server = ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
        server.start()
        requests.post(f"{url}/moto-api/reset")
        yield url
        requests.post(f"{url}/moto-api/reset")
        server.stop()

    def test_answers_for_both_services(self, url: str) -> None:
        chime, qapps = client(url, "chime-sdk-identity"), client(url, "qapps")
        chime.create_app_instance(Name="Chat")
        app = {"instanceId": INSTANCE, "title": "App", "appDefinition": definition(file(PAPER))}
        app_id = qapps.create_q_app(**app)["appId"]

        assert [instance["Name"] for instance in chime.list_app_instances()["AppInstances"]] == ["Chat"]
        assert [app["appId"] for app in qapps.list_q_apps(instanceId=INSTANCE)["apps"]] == [app_id]
        with pytest.raises(chime.exceptions.BadRequestException):
            chime.create_app_instance(Name="x" * 257)

    def test_returns_links_that_work(self, url: str) -> None:
        answer, export = upload(url)

        assert answer.status_code == 204
        assert requests.get(export["csvFileLink"]).text.startswith("user,")

    def test_its_reset_and_seed_cover_our_services(self, url: str) -> None:
        one, other = repeated_arns(url)

        assert one == other
        assert len(client(url, "chime-sdk-identity").list_app_instances()["AppInstances"]) == 1


def test_motos_command_answers_for_both_services() -> None:
    port = free_port()
    program = f"import qchime; from moto.server import main; main(['-p', '{port}'])"
    process = subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr
        assert any("Running on" in line for line in process.stderr)
        answer, _ = upload(f"http://127.0.0.1:{port}")
        assert answer.status_code == 204
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("registered", [False, True])
def test_an_access_key_names_the_account_for_motos_services_too(server: Server, registered: bool) -> None:
    account = "111122223333"
    keys: Credentials = {"aws_access_key_id": account, "aws_secret_access_key": "any"}
    if registered:
        keys = server.account(account).users.add("a@example.com", access_key_id="AKIAOWN").credentials
    sts = boto3.client("sts", region_name="us-east-1", endpoint_url=server.url, **keys)

    assert sts.get_caller_identity()["Account"] == account


def test_it_serves_the_default_cloud_only() -> None:
    with pytest.raises(ValueError, match="moto's state is one per process"):
        Server(cloud=Cloud(), moto=True)
