"""CreatePresignedUrl, and the links that it returns, which accept uploads like Amazon S3."""

import base64
import hashlib
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import boto3
import pytest
import requests
import urllib3
from moto import mock_aws

from qchime import mock_qapps
from qchime.control.handle import Handle
from qchime.core.cloud import cloud
from qchime.server import Server
from qchime.services.qapps import SERVICE as QAPPS
from tests.changes import assert_noticed
from tests.services.qapps.running import PAPER, fill, share, start, states
from tests.services.qapps.samples import INSTANCE, definition, file, new_id
from tests.services.qapps.test_apps import UUID

STORY = b"Once upon a time"
DIGEST = base64.b64encode(hashlib.sha256(STORY).digest()).decode()


class Upload:
    """A file that a client has announced for its session."""

    def __init__(self, client: Any, instance_id: str = INSTANCE, **changes: Any) -> None:
        self.client = client
        self.instance_id = instance_id
        app = client.create_q_app(
            instanceId=instance_id, title="Reader", appDefinition=definition(file(PAPER))
        )
        self.app_id = app["appId"]
        given = {"instanceId": instance_id, "appId": self.app_id, "appVersion": 1}
        self.session_id = client.start_q_app_session(**given)["sessionId"]
        self.link = announce(
            client, self.app_id, instanceId=instance_id, sessionId=self.session_id, **changes
        )
        self.fields = self.link["presignedUrlFields"]

    def post(self, content: bytes = STORY, **fields: str) -> requests.Response:
        """Upload the file, with some form fields changed."""
        return requests.post(
            self.link["presignedUrl"],
            data={**self.fields, **fields},
            files={"file": ("story.txt", content, "text/plain")},
        )

    def is_usable(self) -> bool:
        """Whether the file card accepts the file."""
        value = {"cardId": PAPER, "value": self.link["fileId"]}
        given = {"instanceId": self.instance_id, "sessionId": self.session_id}
        try:
            self.client.update_q_app_session(values=[value], **given)
        except self.client.exceptions.ValidationException:
            return False
        return bool(self.client.get_q_app_session(**given)["status"] == "COMPLETED")


def announce(client: Any, app_id: str, **changes: Any) -> dict[str, Any]:
    given = {
        "instanceId": INSTANCE,
        "appId": app_id,
        "cardId": PAPER,
        "fileName": "story.txt",
        "fileContentsSha256": DIGEST,
        "scope": "SESSION" if "sessionId" in changes else "APPLICATION",
    }
    link: dict[str, Any] = client.create_presigned_url(**{**given, **changes})
    return link


def error_of(response: requests.Response) -> tuple[int, str | None]:
    """Status and code of an error in S3's format."""
    assert response.headers["Content-Type"] == "application/xml"
    error = ElementTree.fromstring(response.content)
    assert error.tag == "Error"
    assert error.findtext("Message")
    return response.status_code, error.findtext("Code")


@pytest.fixture(params=["in the process", "over the server"])
def upload(request: pytest.FixtureRequest, alice: Any, qchime: Handle) -> Upload:
    """A file that Alice has announced, each way."""
    if request.param == "in the process":
        return Upload(alice)
    server: Server = request.getfixturevalue("qchime_server")
    credentials: Any = qchime.users.add("alice@example.com").credentials
    return Upload(boto3.client("qapps", region_name="us-east-1", endpoint_url=server.url, **credentials))


class TestLink:
    def test_it_is_the_root_of_a_bucket_and_the_form_of_an_s3_post(self, alice: Any) -> None:
        upload = Upload(alice)

        assert upload.link["presignedUrl"].startswith("https://")
        assert upload.link["presignedUrl"].endswith(".amazonaws.com/")
        assert set(upload.fields) == {
            "key",
            "policy",
            "x-amz-algorithm",
            "x-amz-checksum-sha256",
            "x-amz-credential",
            "x-amz-date",
            "x-amz-server-side-encryption",
            "x-amz-server-side-encryption-aws-kms-key-id",
            "x-amz-server-side-encryption-context",
            "x-amz-signature",
        }
        assert upload.fields["x-amz-checksum-sha256"] == DIGEST

    @pytest.mark.rule("qapps.kms-key")
    def test_the_file_is_encrypted_with_a_kms_key_of_the_account(self, alice: Any) -> None:
        """Documented, except which key it is."""
        fields = Upload(alice).fields

        assert fields["x-amz-server-side-encryption"] == "aws:kms"
        key = fields["x-amz-server-side-encryption-aws-kms-key-id"]
        assert re.fullmatch(rf"arn:aws:kms:us-east-1:123456789012:key/{UUID}", key)
        assert Upload(alice).fields["x-amz-server-side-encryption-aws-kms-key-id"] == key

    def test_on_a_server_it_names_the_account_in_its_path(self, qchime_server: Server) -> None:
        """A load balancer sees the path, and not the form."""
        alice = qchime_server.account("111122223333").users.add("alice@example.com")
        options = {"region_name": "us-east-1", "endpoint_url": qchime_server.url}
        upload = Upload(boto3.client("qapps", **options, **alice.credentials))

        assert upload.link["presignedUrl"] == f"{qchime_server.url}/_qchime/files/111122223333/"
        assert upload.post().status_code == 204
        assert upload.is_usable()

    def test_on_a_server_a_form_is_also_taken_at_the_root(self, qchime_server: Server) -> None:
        """Earlier links had no account."""
        options = {"region_name": "us-east-1", "endpoint_url": qchime_server.url}
        upload = Upload(boto3.client("qapps", **options))
        upload.link["presignedUrl"] = f"{qchime_server.url}/_qchime/files/"

        assert upload.post().status_code == 204
        assert upload.is_usable()

    @pytest.mark.rule("qapps.upload-expiry")
    def test_it_expires_after_a_while(self, alice: Any, qchime: Handle) -> None:
        left = Upload(alice).link["presignedUrlExpiration"] - qchime.clock.now()

        assert timedelta(minutes=14) < left <= timedelta(minutes=15)

    def test_the_digest_is_base64_not_hex(self, alice: Any, create_app: Callable[..., str]) -> None:
        app_id = create_app(file(PAPER))
        with pytest.raises(alice.exceptions.ValidationException):
            announce(alice, app_id, fileContentsSha256=hashlib.sha256(STORY).hexdigest())

    @pytest.mark.parametrize(
        "changes",
        [{"appId": new_id()}, {"cardId": new_id()}, {"scope": "SESSION", "sessionId": new_id()}],
        ids=["app", "card", "session"],
    )
    @pytest.mark.rule("qapps.presigned-url-of-nothing")
    def test_a_missing_target_is_invalid(
        self, alice: Any, create_app: Callable[..., str], changes: dict[str, str]
    ) -> None:
        app_id = create_app(file(PAPER))
        with pytest.raises(alice.exceptions.ValidationException):
            announce(alice, app_id, **changes)

    def test_the_scope_session_needs_a_session(self, alice: Any, create_app: Callable[..., str]) -> None:
        with pytest.raises(alice.exceptions.ValidationException, match="requires a sessionId"):
            announce(alice, create_app(file(PAPER)), scope="SESSION")

    def test_those_who_may_update_an_app_get_links_for_it(
        self, bob: Any, create_app: Callable[..., str], publish: Callable[..., str]
    ) -> None:
        app_id = create_app(file(PAPER))
        publish(app_id)

        with pytest.raises(bob.exceptions.AccessDeniedException):
            announce(bob, app_id)

    def test_participants_of_a_shared_session_may_upload(
        self, alice: Any, bob: Any, create_app: Callable[..., str], publish: Callable[..., str]
    ) -> None:
        app_id = create_app(file(PAPER))
        publish(app_id)
        session_id = start(alice, app_id)
        share(alice, session_id)
        link = announce(bob, app_id, sessionId=session_id)
        posted = requests.post(
            link["presignedUrl"], data=link["presignedUrlFields"], files={"file": ("story.txt", STORY)}
        )
        fill(bob, session_id, {PAPER: link["fileId"]})

        assert posted.status_code == 204
        assert states(alice, session_id) == {PAPER: "COMPLETED"}

    def test_a_default_file_can_be_uploaded(self, alice: Any, create_app: Callable[..., str]) -> None:
        app_id = create_app(file(PAPER))
        link = announce(alice, app_id)
        cards = definition(file(PAPER, fileId=link["fileId"], filename="story.txt"))
        with pytest.raises(alice.exceptions.ValidationException):
            alice.update_q_app(instanceId=INSTANCE, appId=app_id, appDefinition=cards)

        requests.post(link["presignedUrl"], data=link["presignedUrlFields"], files={"file": STORY})
        alice.update_q_app(instanceId=INSTANCE, appId=app_id, appDefinition=cards)
        assert states(alice, start(alice, app_id, appVersion=2)) == {PAPER: "COMPLETED"}


class TestUpload:
    def test_a_file_is_usable_once_it_is_uploaded(self, upload: Upload) -> None:
        assert not upload.is_usable()

        posted = upload.post()
        assert (posted.status_code, posted.text) == (204, "")
        assert posted.headers["ETag"] == f'"{hashlib.md5(STORY, usedforsecurity=False).hexdigest()}"'
        assert upload.is_usable()

    def test_an_upload_is_a_change_unless_it_is_refused(self, upload: Upload, qchime: Handle) -> None:
        assert_noticed(qchime, lambda: upload.post(b"Another story"), changes=False)
        assert_noticed(qchime, upload.post, changes=True)

    def test_content_other_than_announced_is_refused(self, upload: Upload) -> None:
        refused = upload.post(b"Once upon another time")
        assert error_of(refused) == (400, "BadDigest")
        assert "x-qchime-rule" not in refused.headers
        assert not upload.is_usable()

    @pytest.mark.rule("qapps.upload-expiry")
    def test_an_upload_after_the_expiry_is_refused(self, upload: Upload, qchime: Handle) -> None:
        qchime.clock.advance(minutes=15)

        refused = upload.post()
        assert error_of(refused) == (403, "AccessDenied")
        assert refused.headers["x-qchime-rule"] == "qapps.upload-expiry"
        assert not upload.is_usable()

    @pytest.mark.parametrize(
        "name",
        [
            "key",
            "policy",
            "x-amz-algorithm",
            "x-amz-checksum-sha256",
            "x-amz-credential",
            "x-amz-date",
            "x-amz-server-side-encryption",
            "x-amz-server-side-encryption-aws-kms-key-id",
            "x-amz-server-side-encryption-context",
            "x-amz-signature",
        ],
    )
    @pytest.mark.parametrize("value", ["something else", ""])
    def test_a_form_with_a_changed_field_is_refused(self, alice: Any, name: str, value: str) -> None:
        upload = Upload(alice)

        changed: Any = {name: value}
        assert error_of(upload.post(**changed)) == (403, "AccessDenied")
        assert not upload.is_usable()

    def test_a_changed_digest_does_not_allow_other_content(self, upload: Upload) -> None:
        content = b"Something else"
        digest = base64.b64encode(hashlib.sha256(content).digest()).decode()

        assert error_of(upload.post(content, **{"x-amz-checksum-sha256": digest})) == (403, "AccessDenied")
        assert not upload.is_usable()

    def test_a_form_without_a_file_is_refused(self, upload: Upload) -> None:
        fields = {name: (None, value) for name, value in upload.fields.items()}

        posted = requests.post(upload.link["presignedUrl"], files=fields)
        assert error_of(posted) == (400, "InvalidArgument")
        assert not upload.is_usable()

    def test_a_file_over_the_limit_is_refused(self, upload: Upload, qchime: Handle) -> None:
        qchime.limits.file_bytes = len(STORY) - 1
        assert error_of(upload.post()) == (400, "EntityTooLarge")
        assert not upload.is_usable()

        qchime.limits.file_bytes = len(STORY)
        assert upload.post().status_code == 204

    def test_a_refused_upload_can_be_repeated(self, upload: Upload) -> None:
        upload.post(b"the wrong file")

        assert upload.post().status_code == 204
        assert upload.is_usable()

    @pytest.mark.rule("qapps.repeated-upload")
    def test_the_same_file_can_be_uploaded_twice(self, upload: Upload) -> None:
        upload.post()

        assert upload.post().status_code == 204
        assert error_of(upload.post(b"another file")) == (400, "BadDigest")
        assert upload.is_usable(), "the first upload is still there"

    def test_an_uploaded_file_outlives_its_link(self, upload: Upload, qchime: Handle) -> None:
        upload.post()
        qchime.clock.advance(days=1)

        assert upload.is_usable()

    def test_a_large_file_can_be_uploaded(self, alice: Any) -> None:
        content = bytes(range(256)) * 8192
        digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
        upload = Upload(alice, fileContentsSha256=digest)

        assert upload.post(content).status_code == 204

    @pytest.mark.parametrize("instance_id", ["a/b", "& %2F?", "../..", "a b+c"])
    def test_any_instance_can_have_files(self, alice: Any, instance_id: str) -> None:
        upload = Upload(alice, instance_id)

        assert upload.post().status_code == 204
        assert upload.is_usable()


def client() -> Any:
    return boto3.client("qapps", region_name="us-east-1")


class TestUnderMocks:
    @pytest.fixture(autouse=True)
    def credentials(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")

    @pytest.fixture(params=["mock_qapps", "mock_aws", "mock_qapps in mock_aws", "mock_aws in mock_qapps"])
    def mocked(self, request: pytest.FixtureRequest) -> Iterator[None]:
        mocks: dict[str, Any] = {"mock_qapps": mock_qapps, "mock_aws": mock_aws}
        inner, _, outer = request.param.partition(" in ")
        with mocks[outer or inner](), mocks[inner]():
            yield

    def test_uploads_are_answered(self, mocked: None) -> None:
        upload = Upload(client())

        assert upload.post().status_code == 204
        assert upload.is_usable()

    def test_errors_are_s3s(self, mocked: None) -> None:
        upload = Upload(client())

        assert error_of(upload.post(b"another file")) == (400, "BadDigest")

    def test_buckets_of_others_are_left_to_moto(self) -> None:
        with mock_aws(), mock_qapps():
            s3 = boto3.client("s3", region_name="us-east-1")
            s3.create_bucket(Bucket="mine")
            post = s3.generate_presigned_post("mine", "story.txt")
            requests.post(post["url"], data=post["fields"], files={"file": STORY}).raise_for_status()

            assert s3.get_object(Bucket="mine", Key="story.txt")["Body"].read() == STORY

    def test_links_lead_to_the_network_after_the_mock(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def urlopen(*args: Any, **kwargs: Any) -> None:
            raise requests.ConnectionError("this would have gone out")

        monkeypatch.setattr(urllib3.HTTPConnectionPool, "urlopen", urlopen)
        with mock_qapps():
            upload = Upload(client())
            assert upload.post().status_code == 204

        with pytest.raises(requests.ConnectionError, match="this would have gone out"):
            upload.post()


def part(name: str, value: bytes, more: bytes = b"") -> bytes:
    head = f'--B\r\nContent-Disposition: form-data; name="{name}"'.encode()
    return head + more + b"\r\n\r\n" + value + b"\r\n"


FORM_DATA = "multipart/form-data; boundary=B"
HOSTILE = {
    "no body": (FORM_DATA, b""),
    "no content type": (None, b"hello"),
    "JSON": ("application/json", b"{}"),
    "URL encoded": ("application/x-www-form-urlencoded", b"key=a"),
    "no boundary": ("multipart/form-data", b"--B--"),
    "an empty boundary": ("multipart/form-data; boundary=", b"----"),
    "a boundary of control characters": ('multipart/form-data; boundary="\t "', b"--\t --"),
    "half a boundary": ('multipart/form-data; boundary="', b"--"),
    "another boundary": (FORM_DATA, b"--C--"),
    "no end": (FORM_DATA, part("key", b"a/b/c")),
    "no name": (FORM_DATA, b"--B\r\nContent-Disposition: form-data\r\n\r\nx\r\n--B--"),
    "no disposition": (FORM_DATA, b"--B\r\nContent-Type: text/plain\r\n\r\nx\r\n--B--"),
    "headers that are not text": (FORM_DATA, b"--B\r\n\xff\xfe\r\n\r\nx\r\n--B--"),
    "an unknown character set": (
        FORM_DATA,
        part("key", b"x", b"\r\nContent-Type: text/plain; charset=nonsense") + b"--B--",
    ),
    "a key that is not text": (FORM_DATA, part("key", b"\xff\x00\xfe") + b"--B--"),
    "a key of slashes": (FORM_DATA, part("key", b"/" * 9_999) + b"--B--"),
    "a key with parent directories": (FORM_DATA, part("key", b"../../%2e%2e/%00") + b"--B--"),
    "a long key": (FORM_DATA, part("key", b"x" * 1_000_000) + b"--B--"),
    "a key that is a file": (FORM_DATA, part("key", b"a/b/c", b'; filename="key"') + b"--B--"),
    "no key": (FORM_DATA, part("file", b"x", b'; filename="x"') + b"--B--"),
    "an invalid length": (FORM_DATA, part("key", b"x", b"\r\nContent-Length: many") + b"--B--"),
    "many fields": (FORM_DATA, b"".join(part(f"x{n}", b"") for n in range(3_000)) + b"--B--"),
}


class TestHostileRequests:
    @pytest.fixture(params=["in the process", "over the server"])
    def url(self, request: pytest.FixtureRequest, alice: Any) -> str:
        if request.param == "in the process":
            return str(Upload(alice).link["presignedUrl"])
        return f"{request.getfixturevalue('qchime_server').url}/_qchime/files/"

    @pytest.mark.parametrize("name", HOSTILE)
    def test_a_malformed_form_is_a_client_error(self, url: str, name: str) -> None:
        content_type, body = HOSTILE[name]
        headers = {"Content-Type": content_type} if content_type else {}
        status, code = error_of(requests.post(url, data=body, headers=headers))

        assert (status, code) in {
            (400, "MalformedPOSTRequest"),
            (403, "AccessDenied"),
            (412, "PreconditionFailed"),
        }

    @pytest.mark.parametrize(
        "key",
        [
            f"999999999999/us-east-1/{INSTANCE}/{new_id()}",
            f"123456789012/mars-north-7/{INSTANCE}/{new_id()}",
            f"123456789012/us-east-1/an-instance-of-nobody/{new_id()}",
            f"123456789012/us-east-1/{INSTANCE}/{new_id()}",
        ],
        ids=["account", "region", "instance", "file"],
    )
    def test_an_unknown_key_is_refused_and_creates_nothing(self, url: str, alice: Any, key: str) -> None:
        upload = Upload(alice)
        before = known()

        assert error_of(upload.post(key=key)) == (403, "AccessDenied")
        posted = requests.post(url, data={**upload.fields, "key": key}, files={"file": STORY})
        assert error_of(posted) == (403, "AccessDenied")
        assert known() == before

    def test_an_unknown_download_creates_nothing(self, url: str) -> None:
        before = known()

        assert error_of(requests.get(f"{url}999999999999/mars-1/{new_id()}.csv")) == (404, "NoSuchKey")
        assert known() == before

    def test_an_imported_file_accepts_no_upload(self, alice: Any) -> None:
        upload = Upload(alice)
        imported = alice.import_document(
            instanceId=INSTANCE,
            appId=upload.app_id,
            cardId=PAPER,
            fileName="story.txt",
            fileContentsBase64=base64.b64encode(STORY).decode(),
            scope="APPLICATION",
        )["fileId"]
        key = upload.fields["key"].replace(upload.link["fileId"], imported)

        assert error_of(upload.post(key=key)) == (403, "AccessDenied")


def known() -> dict[tuple[str, str], set[str]]:
    """The existing instances, by account and region."""
    return {
        (account.id, region): set(backend._instances)  # type: ignore[attr-defined]
        for account in cloud
        for region, backend in account.existing(QAPPS).items()
    }
