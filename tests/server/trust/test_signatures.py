"""Which signatures a server takes that verifies them. The clients are tested with `tests/clients`."""

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import quote, urlsplit

import boto3
import pytest
import requests
from botocore.exceptions import ClientError

from qchime.control.handle import Handle
from qchime.server import Server
from qchime.world import DEFAULT_USER, User
from tests.server.trust.sigv4 import Signing, now, stamp
from tests.server.wire import ARN, TIMEOUT, Reply, client, send, send_raw, signed
from tests.services.qapps.samples import INSTANCE, definition
from tests.test_cli import QCHIME, serving

BODY = b'{"Name": "Chat", "ClientRequestToken": "token"}'
JSON = {"content-type": "application/json"}
MISMATCH = "The request signature we calculated does not match the signature you provided."
INVALID, INCOMPLETE = "InvalidSignatureException", "IncompleteSignatureException"
UNKNOWN, EXPIRED, MISSING = (
    "UnrecognizedClientException",
    "ExpiredTokenException",
    "MissingAuthenticationTokenException",
)


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    with Server(verify_signatures=True) as server:
        yield server


@pytest.fixture
def server(qchime: Handle, running: Server) -> Server:
    """A server that verifies signatures, with clean state."""
    return running


@pytest.fixture
def alice(qchime: Handle) -> User:
    return qchime.users.add("alice@example.com")


@pytest.fixture
def signing(server: Server, alice: User) -> Signing:
    """Alice lists app instances."""
    return Signing(alice, urlsplit(server.url).netloc)


@pytest.fixture
def creating(signing: Signing) -> Signing:
    """Alice creates an app instance."""
    return replace(signing, method="POST", body=BODY, headers=JSON)


def deliver(server: Server, signing: Signing, headers: dict[str, str] | None = None, **changes: Any) -> Reply:
    """Send what was signed, but for the changes that somebody makes on the way."""
    given = signing.in_headers() if headers is None else headers
    sent = {"method": signing.method, "target": signing.target, "body": signing.body or None, **changes}
    return send(server, headers=given, **sent)


def refused(answer: Reply, error: str, message: str = "") -> bool:
    assert (answer.status, answer.error) == (403, error), answer
    assert message in answer.message
    assert answer.headers["x-amzn-requestid"]
    return True


class TestAccepted:
    def test_what_a_registered_user_has_signed(
        self, server: Server, creating: Signing, signing: Signing
    ) -> None:
        assert deliver(server, creating).status == 201
        assert [found["Name"] for found in deliver(server, signing).json["AppInstances"]] == ["Chat"]

    def test_an_arn_in_the_path(self, server: Server, creating: Signing) -> None:
        arn = deliver(server, creating).json["AppInstanceArn"]
        read = replace(creating, method="GET", body=b"", target=f"/app-instances/{quote(arn, safe='')}")

        assert deliver(server, read).json["AppInstance"]["AppInstanceArn"] == arn

    @pytest.mark.parametrize("encoded", ["%20", "+"])
    def test_a_query_with_whatever_is_in_it(self, server: Server, signing: Signing, encoded: str) -> None:
        """A plus is a space, as the services read it, and signed as one."""
        target = "/app-instance-users?app-instance-arn=arn%3A%C3%A9%20x&max-results=1&empty="
        headers = replace(signing, target=target).in_headers()
        answer = send(server, "GET", target.replace("%20", encoded), headers=headers)

        assert answer.error in ("ForbiddenException", "BadRequestException"), answer

    def test_a_parameter_that_comes_twice(self, server: Server, signing: Signing) -> None:
        assert deliver(server, replace(signing, target="/app-instances?b=2&a=2&a=1&a=2")).status == 200

    def test_a_body_that_is_not_ascii(self, server: Server, creating: Signing) -> None:
        body = '{"Name": "Chat 😀", "ClientRequestToken": "token"}'.encode()

        assert deliver(server, replace(creating, body=body)).status == 201

    def test_headers_with_spaces_and_those_that_botocore_would_not_sign(
        self, server: Server, signing: Signing
    ) -> None:
        headers = replace(signing, headers={"user-agent": "sdk 1", "x-note": "a b"}).in_headers()

        assert send(server, "GET", signing.target, headers={**headers, "x-note": "  a   b "}).status == 200

    def test_a_true_hash_of_the_body(self, server: Server, creating: Signing) -> None:
        headers = {**JSON, "x-amz-content-sha256": sha256(BODY).hexdigest()}

        assert deliver(server, replace(creating, headers=headers)).status == 201

    def test_a_signer_whose_clock_is_somewhat_off(self, server: Server, signing: Signing) -> None:
        for minutes in (-4, 4):
            assert deliver(server, replace(signing, at=now() + timedelta(minutes=minutes))).status == 200

    def test_the_clock_of_the_mock_does_not_matter(
        self, qchime: Handle, server: Server, signing: Signing
    ) -> None:
        qchime.clock.advance(days=7)

        assert deliver(server, signing).status == 200

    def test_temporary_credentials(self, qchime: Handle, server: Server, signing: Signing) -> None:
        user = qchime.users.add("alice@example.com", expires_in=60)

        assert deliver(server, replace(signing, user=user)).status == 200

    def test_every_region(self, server: Server, signing: Signing) -> None:
        assert deliver(server, replace(signing, region="eu-central-1")).status == 200

    def test_q_apps(self, qchime: Handle, server: Server, alice: User) -> None:
        mine = client(server, "qapps", **alice.credentials)
        app = mine.create_q_app(instanceId=INSTANCE, title="Ä", appDefinition=definition(), tags={"a": "b"})
        mine.tag_resource(resourceARN=app["appArn"], tags={"ä": " é"})
        mine.untag_resource(resourceARN=app["appArn"], tagKeys=["ä", "a"])

        assert mine.list_tags_for_resource(resourceARN=app["appArn"])["tags"] == {}
        assert qchime.calls("CreateQApp")[0].user == alice

    def test_chime_sdk_identity(self, server: Server, alice: User) -> None:
        chime = client(server, **alice.credentials)
        arn = chime.create_app_instance(Name="Chat 😀")["AppInstanceArn"]
        chime.tag_resource(ResourceARN=arn, Tags=[{"Key": "a b", "Value": "é/+="}])
        user = chime.create_app_instance_user(AppInstanceArn=arn, AppInstanceUserId="a", Name="A")
        chime.describe_app_instance_user(AppInstanceUserArn=user["AppInstanceUserArn"])
        for unusual in ("arn:é x", "arn: +/", "arn:~*'()!"):
            with pytest.raises(ClientError) as caught:
                chime.list_app_instance_users(AppInstanceArn=unusual)
            assert caught.value.response["Error"]["Code"] in (
                "BadRequest",
                "BadRequestException",
                "Forbidden",
            )

        assert len(chime.list_app_instance_users(AppInstanceArn=arn)["AppInstanceUsers"]) == 1
        chime.delete_app_instance(AppInstanceArn=arn)


@pytest.mark.rule("server.signature-errors")
class TestRefused:
    def test_who_does_not_sign(self, server: Server) -> None:
        answer = send(server, "GET", "/app-instances")

        assert refused(answer, MISSING, "Missing Authentication Token")

    def test_an_access_key_that_nobody_has(self, server: Server, signing: Signing) -> None:
        answer = deliver(server, replace(signing, user=replace(signing.user, access_key_id="AKIANOBODY")))

        assert refused(answer, UNKNOWN, "The security token included in the request is invalid.")

    def test_it_is_a_call_that_names_its_rule(
        self, qchime: Handle, server: Server, alice: User, signing: Signing, creating: Signing
    ) -> None:
        guess, stranger = replace(alice, secret_access_key="guess"), replace(alice, access_key_id="1" * 12)
        refused(deliver(server, replace(creating, user=guess)), INVALID)
        refused(deliver(server, replace(signing, user=stranger)), UNKNOWN)
        refused(deliver(server, replace(signing, user=guess, method="DELETE")), INVALID)  # not an operation
        deliver(server, signing)

        creation, foreign, accepted = qchime.calls()
        assert (creation.operation, creation.status, creation.error) == ("CreateAppInstance", 403, INVALID)
        assert (foreign.operation, foreign.error, foreign.account_id) == (
            "ListAppInstances",
            UNKNOWN,
            "1" * 12,
        )
        assert creation.rule == foreign.rule == "server.signature-errors"
        assert (accepted.status, accepted.rule) == (200, None)

    def test_the_default_user(self, server: Server, signing: Signing) -> None:
        assert refused(deliver(server, replace(signing, user=DEFAULT_USER)), INCOMPLETE)

    @pytest.mark.parametrize("token", ["another", None])
    def test_a_session_token_that_is_not_the_one(
        self, qchime: Handle, server: Server, signing: Signing, token: str | None
    ) -> None:
        temporary = qchime.users.add("alice@example.com", expires_in=60)
        answer = deliver(server, replace(signing, user=replace(temporary, session_token=token)))

        assert refused(answer, UNKNOWN)

    def test_a_session_token_beside_lasting_credentials(self, server: Server, signing: Signing) -> None:
        answer = deliver(server, replace(signing, user=replace(signing.user, session_token="token")))

        assert refused(answer, UNKNOWN)

    def test_temporary_credentials_after_their_time(
        self, qchime: Handle, server: Server, signing: Signing
    ) -> None:
        temporary = replace(signing, user=qchime.users.add("alice@example.com", expires_in=60))
        qchime.clock.advance(seconds=61)
        answer = deliver(server, temporary)

        assert refused(answer, EXPIRED, "The security token included in the request is expired")
        assert deliver(server, signing).status == 200

    def test_a_wrong_secret(self, server: Server, signing: Signing) -> None:
        answer = deliver(server, replace(signing, user=replace(signing.user, secret_access_key="guess")))

        assert refused(answer, INVALID, MISMATCH)

    def test_the_secret_of_somebody_else(self, qchime: Handle, server: Server, signing: Signing) -> None:
        bob = qchime.users.add("bob@example.com")
        mixed = replace(signing.user, secret_access_key=bob.secret_access_key)

        assert refused(deliver(server, replace(signing, user=mixed)), INVALID, MISMATCH)

    @pytest.mark.parametrize(
        "change",
        [
            {"method": "PUT"},
            {"target": "/app-instances?max-results=2"},
            {"target": "/app-instances#fragment"},
            {"body": BODY.replace(b"Chat", b"Shop")},
            {"body": BODY + b" "},
            {"body": None},
        ],
        ids=str,
    )
    def test_what_was_changed_on_the_way(
        self, server: Server, creating: Signing, change: dict[str, Any]
    ) -> None:
        answer = deliver(server, creating, **change)

        assert answer.status in (403, 404, 501), answer
        assert answer.error in (INVALID, "NotImplementedException", "UnknownOperationException"), answer
        assert deliver(server, replace(creating, method="GET", body=b"")).json["AppInstances"] == []

    def test_another_path(self, server: Server, creating: Signing) -> None:
        arn = deliver(server, creating).json["AppInstanceArn"]
        read = replace(creating, method="DELETE", body=b"", target=f"/app-instances/{quote(ARN, safe='')}")
        answer = deliver(server, read, target=f"/app-instances/{quote(arn, safe='')}")

        assert refused(answer, INVALID, MISMATCH)

    @pytest.mark.parametrize(
        ("was", "becomes"),
        [
            ("us-east-1", "us-west-2"),
            ("Signature=", "Signature=0"),
            ("SignedHeaders=host;x-amz-date", "SignedHeaders=host"),
            ("SignedHeaders=host;", "SignedHeaders=host;x-absent;"),
            ("SignedHeaders=host;", "SignedHeaders=Host;"),
            ("SignedHeaders=host;", "SignedHeaders="),
        ],
    )
    def test_a_changed_authorization(self, server: Server, signing: Signing, was: str, becomes: str) -> None:
        headers = signing.in_headers()
        assert was in headers["authorization"]
        headers["authorization"] = headers["authorization"].replace(was, becomes)

        assert refused(deliver(server, signing, headers), INVALID)

    def test_a_host_that_is_not_signed(self, server: Server, signing: Signing) -> None:
        headers = signing.in_headers()
        headers["authorization"] = headers["authorization"].replace("host;", "")

        assert refused(deliver(server, signing, headers), INVALID, "'Host' or ':authority' must be a")

    def test_another_host(self, server: Server, signing: Signing) -> None:
        headers = signing.in_headers() | {"host": "localhost"}

        assert refused(deliver(server, signing, headers), INVALID, MISMATCH)

    @pytest.mark.parametrize("service", ["qapps", "s3", "chime-sdk-identity"])
    def test_another_service(self, server: Server, signing: Signing, service: str) -> None:
        answer = deliver(server, replace(signing, service=service))

        assert refused(answer, INVALID, "Credential should be scoped to correct service: 'chime'.")

    def test_another_day_in_the_scope(self, server: Server, signing: Signing) -> None:
        answer = deliver(server, replace(signing, date="20240521"))

        assert refused(answer, INVALID, "Date in Credential scope does not match YYYYMMDD")
        assert f"'20240521' != '{stamp(signing.at)[:8]}', from '{stamp(signing.at)}'." in answer.message

    @pytest.mark.rule("server.clock-skew")
    def test_a_signature_of_long_ago(self, server: Server, signing: Signing) -> None:
        at = now() - timedelta(minutes=6)
        answer = deliver(server, replace(signing, at=at))

        assert refused(answer, INVALID, f"Signature expired: {stamp(at)} is now earlier than ")
        assert answer.message.endswith(" - 5 min.)")

    @pytest.mark.rule("server.clock-skew")
    def test_a_signature_of_the_future(self, server: Server, signing: Signing) -> None:
        at = now() + timedelta(minutes=6)
        answer = deliver(server, replace(signing, at=at))

        assert refused(answer, INVALID, f"Signature not yet current: {stamp(at)} is still later than ")
        assert answer.message.endswith(" + 5 min.)")

    @pytest.mark.rule("server.body-hashes")
    @pytest.mark.parametrize("digest", [sha256(b"another").hexdigest(), "UNSIGNED-PAYLOAD", ""])
    def test_a_hash_that_is_not_that_of_the_body(
        self, server: Server, creating: Signing, digest: str
    ) -> None:
        lie = replace(creating, headers={**JSON, "x-amz-content-sha256": digest}, payload=digest)

        assert refused(deliver(server, lie), INVALID, MISMATCH)

    @pytest.mark.rule("core.incomplete-signatures")
    @pytest.mark.parametrize(
        ("authorization", "message"),
        [
            ("", "requires 'Credential' parameter. Authorization header requires 'Signature' parameter."),
            ("Bearer token", "Authorization header requires 'Credential' parameter."),
            ("Basic YTpi", "Authorization header requires 'Credential' parameter."),
            ("AWS4-HMAC-SHA256 Credential=a, Signature=0", "requires 'SignedHeaders' parameter."),
            ("AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=0", "exactly 5 slash-delimited"),
            (signed()["Authorization"].replace("HMAC", "ECDSA"), "Unsupported AWS 'algorithm'"),
        ],
    )
    def test_an_authorization_that_is_no_signature(
        self, server: Server, authorization: str, message: str
    ) -> None:
        headers = {"authorization": authorization, "x-amz-date": stamp(now())}

        assert refused(send(server, "GET", "/app-instances", headers=headers), INCOMPLETE, message)

    @pytest.mark.parametrize("date", ["", "today", "2024-05-21T00:00:00Z", "20240521T000000", "9" * 5000])
    def test_a_time_that_is_none(self, server: Server, signing: Signing, date: str) -> None:
        headers = signing.in_headers() | {"x-amz-date": date}

        assert refused(deliver(server, signing, headers), INCOMPLETE, "Date must be in ISO-8601")

    def test_no_time_at_all(self, server: Server, signing: Signing) -> None:
        headers = signing.in_headers()
        del headers["x-amz-date"]

        assert refused(deliver(server, signing, headers), INCOMPLETE, "'X-Amz-Date' header")

    def test_what_is_refused_does_nothing(self, qchime: Handle, server: Server, creating: Signing) -> None:
        stranger = replace(creating, user=replace(creating.user, secret_access_key="guess"))
        refused(deliver(server, stranger), INVALID)

        assert boto3.client("chime-sdk-identity", "us-east-1").list_app_instances()["AppInstances"] == []


class TestGarbage:
    """Whatever comes is answered, and nobody is let in."""

    @pytest.mark.parametrize(
        "line",
        [
            b"Authorization: \xff\xfe",
            b"Authorization: AWS4-HMAC-SHA256 Credential=%(credential)s, SignedHeaders=\xff, Signature=\xff",
            b"Authorization: AWS4-HMAC-SHA256 Credential=%(credential)s, SignedHeaders=host, Signature=\xe9",
            b"Authorization: AWS4-HMAC-SHA256 Credential=%(credential)s, SignedHeaders=;;host;, Signature=0",
            b"Authorization: AWS4-HMAC-SHA256 " + b"Credential=" * 5000,
            b"Authorization: AWS4-HMAC-SHA256 Credential=" + b"a/" * 30_000,
        ],
    )
    def test_in_the_header(self, server: Server, signing: Signing, line: bytes) -> None:
        head = [b"GET /app-instances HTTP/1.1", b"Host: " + signing.host.encode(), b"Connection: close"]
        date = b"X-Amz-Date: " + stamp(now()).encode()
        answer = send_raw(
            server, *head, date, line.replace(b"%(credential)s", signing.credential.encode()), b""
        )

        assert (answer.status, answer.error) in [(403, INVALID), (403, INCOMPLETE)], answer

    @pytest.mark.parametrize(
        "target",
        [
            b"[",
            b"@[",
            b"*",
            b"//[/app-instances",
            b"/app-instances/\xff\xfe?\xff=\xe9",
            b"/app-instances/%zz?%=%&&=&%ff",
            b"/app-instances?" + b"a=1&" * 10_000,
            b"/app-instances/../../..",
        ],
    )
    def test_in_the_target(self, server: Server, signing: Signing, target: bytes) -> None:
        head = [b"GET " + target + b" HTTP/1.1", b"Connection: close"]
        headers = [f"{name}: {text}".encode() for name, text in signing.in_headers().items()]
        answer = send_raw(server, *head, *headers, b"")

        assert answer.status in (400, 403, 404, 501), answer

    @pytest.mark.parametrize("twice", ["host", "x-amz-date", "authorization"])
    def test_a_header_that_comes_twice(self, server: Server, signing: Signing, twice: str) -> None:
        headers = [f"{name}: {text}".encode() for name, text in signing.in_headers().items()]
        again = f"{twice}: another".encode()
        answer = send_raw(server, b"GET /app-instances HTTP/1.1", *headers, again, b"Connection: close", b"")

        assert answer.status in (200, 403), answer

    @pytest.mark.parametrize(
        "query",
        [
            "X-Amz-Date=today",
            "X-Amz-Date=99999999T999999Z",
            "X-Amz-Expires=",
            "X-Amz-Expires=-1",
            "X-Amz-Expires=" + "9" * 5000,
            "X-Amz-Expires=9999999999999999",
            "X-Amz-Signature=%FF%E9",
            "X-Amz-SignedHeaders=%00;%FF",
            "X-Amz-Credential=%FF%00",
            "X-Amz-Algorithm=AWS4-HMAC-SHA1",
            "X-Amz-Security-Token=%ED%A0%80",
        ],
    )
    def test_in_a_presigned_url(self, server: Server, signing: Signing, query: str) -> None:
        name, _, _ = query.partition("=")
        kept = [pair for pair in signing.in_query().split("?")[1].split("&") if not pair.startswith(name)]
        answer = send(server, "GET", f"/app-instances?{'&'.join([*kept, query])}")

        assert answer.status == 403, answer
        assert answer.error in (INVALID, INCOMPLETE, UNKNOWN), answer
        assert send(server, "GET", f"{signing.in_query()}&{query}").status in (200, 403)


class TestPresignedUrls:
    def test_are_accepted(self, server: Server, signing: Signing) -> None:
        target = replace(signing, target="/app-instances?max-results=5&a=%20").in_query()

        assert send(server, "GET", target).status == 200

    def test_of_temporary_credentials_are_accepted(
        self, qchime: Handle, server: Server, signing: Signing
    ) -> None:
        user = qchime.users.add("alice@example.com", expires_in=60)

        assert send(server, "GET", replace(signing, user=user).in_query()).status == 200

    def test_hold_as_long_as_they_say(self, server: Server, signing: Signing) -> None:
        old = replace(signing, at=now() - timedelta(hours=1))

        assert send(server, "GET", old.in_query(expires=2 * 60 * 60)).status == 200
        assert refused(send(server, "GET", old.in_query(expires=60)), INVALID, "Signature expired")

    def test_expire_by_the_clock_of_the_mock(self, qchime: Handle, server: Server, signing: Signing) -> None:
        target = signing.in_query()
        qchime.clock.advance(seconds=61)

        assert refused(send(server, "GET", target), INVALID, "Signature expired")

    @pytest.mark.rule("server.clock-skew")
    def test_that_do_not_say_how_long_hold_as_long_as_headers(self, server: Server, signing: Signing) -> None:
        assert send(server, "GET", signing.in_query(expires=None)).status == 200

        old = replace(signing, at=now() - timedelta(minutes=6))
        assert refused(send(server, "GET", old.in_query(expires=None)), INVALID, "Signature expired")

    def test_of_the_future_are_refused(self, server: Server, signing: Signing) -> None:
        later = replace(signing, at=now() + timedelta(hours=1))

        assert refused(send(server, "GET", later.in_query()), INVALID, "Signature not yet current")

    @pytest.mark.parametrize(
        ("was", "becomes"),
        [
            ("/app-instances?", "/app-instance-users?"),
            ("max-results=1", "max-results=50"),
            ("max-results=1", "max-results=1&max-results=50"),
            ("X-Amz-Expires=60", "X-Amz-Expires=600"),
            ("X-Amz-Expires=60&", ""),
            ("us-east-1", "us-west-2"),
            ("X-Amz-Signature=", "X-Amz-Signature=0"),
            ("SignedHeaders=host", "SignedHeaders=host%3Bx-absent"),
        ],
    )
    def test_that_were_changed_are_refused(
        self, server: Server, signing: Signing, was: str, becomes: str
    ) -> None:
        target = replace(signing, target="/app-instances?max-results=1").in_query()
        assert was in target

        assert refused(send(server, "GET", target.replace(was, becomes)), INVALID)

    def test_do_not_live_longer_by_another_spelling(self, server: Server, signing: Signing) -> None:
        """The name of a parameter is signed as what it means."""
        target = replace(signing, at=now() - timedelta(hours=1)).in_query().replace("X-Amz-E", "X-Amz-%45")

        assert refused(send(server, "GET", target), INVALID, "Signature expired")

    @pytest.mark.parametrize("name", ["Algorithm", "Credential", "Signature", "SignedHeaders", "Date"])
    def test_with_something_missing_are_incomplete(self, server: Server, signing: Signing, name: str) -> None:
        pairs = signing.in_query().partition("?")[2].split("&")
        rest = "&".join(pair for pair in pairs if not pair.startswith(f"X-Amz-{name}="))

        assert refused(
            send(server, "GET", f"/app-instances?{rest}"), INCOMPLETE, f"must include 'X-Amz-{name}'."
        )

    def test_with_another_session_token_are_refused(self, server: Server, signing: Signing) -> None:
        answer = send(server, "GET", f"{signing.in_query()}&X-Amz-Security-Token=t")

        assert refused(answer, UNKNOWN)

    def test_are_no_way_around_a_header(self, server: Server, signing: Signing) -> None:
        answer = send(server, "GET", signing.in_query(), headers={"authorization": "Bearer token"})

        assert refused(answer, INCOMPLETE)

    @pytest.mark.rule("server.body-hashes")
    def test_sign_the_body_too(self, server: Server, creating: Signing) -> None:
        """Not as in Amazon S3, where a presigned URL takes any."""
        target = creating.in_query()
        assert refused(send(server, "POST", target, BODY + b" ", JSON), INVALID, MISMATCH)
        assert send(server, "POST", target, BODY, JSON).status == 201

        unsigned = replace(creating, payload="UNSIGNED-PAYLOAD")
        assert refused(send(server, "POST", unsigned.in_query(), BODY, JSON), INVALID, MISMATCH)


class TestPresignedByBoto3:
    """botocore signs an empty body, and moves what would be in it into the query, where nothing is read."""

    @pytest.fixture
    def chime(self, server: Server, alice: User) -> Any:
        return client(server, **alice.credentials)

    @pytest.fixture
    def presign(self, chime: Any) -> Callable[..., str]:
        return lambda operation, **parameters: chime.generate_presigned_url(
            operation, Params=parameters, ExpiresIn=60
        )

    def test_get(self, chime: Any, presign: Callable[..., str]) -> None:
        arn = chime.create_app_instance(Name="Chat")["AppInstanceArn"]

        assert requests.get(presign("describe_app_instance", AppInstanceArn=arn)).status_code == 200
        assert requests.get(presign("list_app_instance_users", AppInstanceArn=arn)).status_code == 200

    def test_delete(self, chime: Any, presign: Callable[..., str]) -> None:
        arn = chime.create_app_instance(Name="Chat")["AppInstanceArn"]
        url = presign("delete_app_instance", AppInstanceArn=arn)

        assert requests.get(url).json()["message"].startswith(MISMATCH)
        assert requests.delete(url).status_code == 204
        assert chime.list_app_instances()["AppInstances"] == []

    def test_post_without_its_body_gets_as_far_as_validation(self, presign: Callable[..., str]) -> None:
        answer = requests.post(presign("create_app_instance", Name="Chat"), headers=JSON)

        assert (answer.status_code, answer.json()["Code"]) == (400, "BadRequest")

    def test_post_with_a_body_is_refused(self, presign: Callable[..., str]) -> None:
        answer = requests.post(presign("create_app_instance", Name="Chat"), BODY, headers=JSON)

        assert (answer.status_code, answer.headers["x-amzn-ErrorType"]) == (403, INVALID)

    def test_q_apps_are_asked_with_the_header_that_was_signed(self, server: Server, alice: User) -> None:
        qapps = client(server, "qapps", **alice.credentials)
        url = qapps.generate_presigned_url("list_q_apps", Params={"instanceId": INSTANCE})

        assert requests.get(url, headers={"instance-id": INSTANCE}).json() == {"apps": []}
        assert requests.get(url, headers={"instance-id": "other"}).status_code == 403
        assert requests.get(url).status_code == 403


class TestWhatStaysOpen:
    def test_the_control_routes(self, server: Server) -> None:
        assert send(server, "GET", "/_qchime/health").status == 200
        assert send(server, "POST", "/_qchime/clock", {"days": 1}).status == 200

    def test_preflights_of_browsers(self, server: Server) -> None:
        headers = {"Origin": "http://localhost:3000", "Access-Control-Request-Method": "POST"}

        assert send(server, "OPTIONS", "/app-instances", headers=headers).status == 204

    def test_pages_see_why_they_are_refused(self, server: Server) -> None:
        answer = send(server, "GET", "/app-instances", headers={"Origin": "http://localhost:3000"})

        assert refused(answer, MISSING)
        assert answer.headers["access-control-allow-origin"] == "http://localhost:3000"

    def test_links_to_files(self, server: Server) -> None:
        assert send(server, "GET", "/_qchime/files/nothing").status not in (401, 403)

    def test_what_is_for_no_service_is_still_not_found(self, server: Server) -> None:
        assert send(server, "GET", "/nothing").error == "UnknownOperationException"

    def test_what_is_motos(self, qchime: Handle, alice: User) -> None:
        with Server(moto=True, verify_signatures=True) as server:
            keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
            assert client(server, "sts", **keys).get_caller_identity()["Account"]
            with pytest.raises(ClientError, match="UnrecognizedClientException"):
                client(server, **keys).list_app_instances()

            assert client(server, **alice.credentials).list_app_instances()["AppInstances"] == []


class TestCommand:
    def test_verifies_if_it_is_told_to(self) -> None:
        with serving("--verify-signatures") as process:
            assert refused(send(process.url, "GET", "/app-instances"), MISSING)
            user = send(process.url, "POST", "/_qchime/users", {"email": "alice@example.com"}).json
            signing = Signing(User(**user), urlsplit(process.url).netloc)

            assert send(process.url, "GET", signing.target, headers=signing.in_headers()).status == 200

    def test_says_so_in_its_help(self) -> None:
        ended = subprocess.run(
            [*QCHIME, "serve", "--help"], capture_output=True, text=True, timeout=TIMEOUT, check=True
        )

        assert "--verify-signatures" in ended.stdout
