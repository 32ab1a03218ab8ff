"""Bad input is answered as the client's mistake, whatever it is, and changes nothing."""

import re
import socket
from typing import Any
from urllib.parse import quote

import pytest

from qchime.core.service import Service
from qchime.core.table import SERVICES
from qchime.server import Server
from qchime.services.chimesdkidentity import SERVICE as CHIME_SDK_IDENTITY
from tests.server.wire import Reply, address, client, send, send_raw, signed

UUID = "a841e300-40c1-4062-8a34-5b46dadbbaac"
SUPPORTED = [
    (service, name)
    for service in SERVICES
    for name in service.model.operation_names
    if service.supports(name)
]
WITH_BODY = [
    (service, name)
    for service, name in SUPPORTED
    if service.model.operation_model(name).http["method"] in ("POST", "PUT")
]
TAG = {"Key": "team", "Value": "a"}
DEEP = b'{"a":' * 100_000 + b"1" + b"}" * 100_000
BROKEN = [b"{", b"[]", b"null", b'"text"', b"{'a': 1}", b'{"a": NaN}', b"\xff\xfe\x00", b"\x00", b"a=b", DEEP]
WRONG: dict[str, list[Any]] = {
    "string": [5, True, [], {}],
    "integer": ["5", 1.5, True, [], 10**400],
    "boolean": ["true", 1, []],
    "list": ["text", 5, {}],
    "map": ["text", 5, []],
    "structure": ["text", 5, []],
}


def of_operation(value: Any) -> str:
    return getattr(value, "name", value)


@pytest.fixture
def instance_arn(qchime_server: Server) -> str:
    """An app instance with a user in it, who is an administrator and has an endpoint."""
    chime = client(qchime_server)
    arn = chime.create_app_instance(Name="Chat", Tags=[TAG])["AppInstanceArn"]
    user = {"AppInstanceArn": arn, "AppInstanceUserId": "alice", "Name": "Alice", "Tags": [TAG]}
    user_arn = chime.create_app_instance_user(**user)["AppInstanceUserArn"]
    chime.create_app_instance_admin(AppInstanceArn=arn, AppInstanceAdminArn=user_arn)
    chime.register_app_instance_user_endpoint(
        AppInstanceUserArn=user_arn,
        Type="APNS",
        ResourceArn="arn:aws:mobiletargeting:us-east-1:123456789012:apps/1",
        EndpointAttributes={"DeviceToken": "device"},
    )
    return arn


def everything(server: Server, arn: str) -> list[Any]:
    chime = client(server)
    user_arn = f"{arn}/user/alice"
    answers = [
        chime.list_app_instances(),
        chime.describe_app_instance(AppInstanceArn=arn),
        chime.list_app_instance_users(AppInstanceArn=arn),
        chime.describe_app_instance_user(AppInstanceUserArn=user_arn),
        chime.list_app_instance_admins(AppInstanceArn=arn),
        chime.list_app_instance_bots(AppInstanceArn=arn),
        chime.list_app_instance_user_endpoints(AppInstanceUserArn=user_arn),
        chime.list_tags_for_resource(ResourceARN=arn),
        chime.list_tags_for_resource(ResourceARN=user_arn),
        chime.get_app_instance_retention_settings(AppInstanceArn=arn),
    ]
    for answer in answers:
        del answer["ResponseMetadata"]
    return answers


def target_of(service: Service, name: str, arn: str) -> str:
    """Where this operation is, for something that exists."""

    def label(found: re.Match[str]) -> str:
        has_user = "User" in found[1] or "Admin" in found[1] or found[1] == "endpointId"
        return quote(f"{arn}/user/alice" if has_user else arn, safe="")

    return re.sub(r"\{(\w+)\}", label, service.model.operation_model(name).http["requestUri"])


def post(server: Server, service: Service, name: str, arn: str, body: Any) -> Reply:
    method = service.model.operation_model(name).http["method"]
    headers = signed(service.signing_name) | {"instance-id": UUID}
    return send(server, method, target_of(service, name, arn), body, headers)


@pytest.mark.parametrize(("service", "name"), WITH_BODY, ids=of_operation)
def test_broken_bodies(qchime_server: Server, instance_arn: str, service: Service, name: str) -> None:
    before = everything(qchime_server, instance_arn)
    for body in BROKEN:
        answer = post(qchime_server, service, name, instance_arn, body)

        assert 400 <= answer.status < 500, (body[:20], answer)
        assert answer.error
    assert everything(qchime_server, instance_arn) == before


@pytest.mark.rule("protocol.nesting")
@pytest.mark.rule("protocol.surrogates")
@pytest.mark.parametrize(
    ("body", "rule"),
    [
        (b'{"Name": ' + b"[" * 100 + b"]" * 100 + b"}", "protocol.nesting"),
        (b'{"Name": "\\ud83d"}', "chime.invalid-input"),
        (b'{"Name": ""}', "chime.invalid-input"),
        (b"{", "chime.invalid-input"),
    ],
)
def test_bad_input_names_the_rule_that_makes_it_bad(qchime_server: Server, body: bytes, rule: str) -> None:
    answer = send(qchime_server, "POST", "/app-instances", body, signed())

    assert (answer.status, answer.error) == (400, "BadRequestException")
    assert answer.headers["x-qchime-rule"] == rule
    assert qchime_server.calls()[-1].rule == rule


@pytest.mark.parametrize(("service", "name"), WITH_BODY, ids=of_operation)
def test_members_of_wrong_types(
    qchime_server: Server, instance_arn: str, service: Service, name: str
) -> None:
    before = everything(qchime_server, instance_arn)
    shape: Any = service.model.operation_model(name).input_shape
    members = [
        (key, member) for key, member in shape.members.items() if "location" not in member.serialization
    ]
    for key, member in members:
        for value in WRONG[member.type_name]:
            answer = post(qchime_server, service, name, instance_arn, {key: value})

            assert answer.status == 400, (key, value, answer)
            assert f"at '{key[0].lower()}{key[1:]}" in answer.message
    assert everything(qchime_server, instance_arn) == before


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("CreateAppInstance", {"Name": "", "ClientRequestToken": "token"}),
        ("CreateAppInstance", {"Name": "x" * 257, "ClientRequestToken": "token"}),
        ("CreateAppInstance", {"Name": "null\0byte", "ClientRequestToken": "token"}),
        ("CreateAppInstance", {"Name": "a", "ClientRequestToken": "no spaces"}),
        ("CreateAppInstance", {"Name": "a", "ClientRequestToken": "token", "Metadata": "x" * 1025}),
        ("CreateAppInstance", {"Name": "a", "ClientRequestToken": "token", "Tags": []}),
        ("CreateAppInstance", {"Name": "a", "ClientRequestToken": "token", "Tags": [None]}),
        ("UpdateAppInstance", {"Name": "new"}),
        ("UpdateAppInstanceUser", {"Name": " ", "Metadata": ""}),
        ("TagResource", {"Tags": [{"Key": "team", "Value": "b"}]}),
        (
            "PutAppInstanceRetentionSettings",
            {"AppInstanceRetentionSettings": {"ChannelRetentionSettings": {"RetentionDays": 0}}},
        ),
        (
            "PutAppInstanceRetentionSettings",
            {"AppInstanceRetentionSettings": {"ChannelRetentionSettings": {"RetentionDays": 10**100}}},
        ),
        ("RegisterAppInstanceUserEndpoint", {"Type": "FAX"}),
    ],
)
def test_wrong_content(qchime_server: Server, instance_arn: str, name: str, body: dict[str, Any]) -> None:
    before = everything(qchime_server, instance_arn)
    answer = post(qchime_server, CHIME_SDK_IDENTITY, name, instance_arn, body)

    assert (answer.status, answer.error) == (400, "BadRequestException")
    assert "validation error" in answer.message
    assert everything(qchime_server, instance_arn) == before


@pytest.mark.parametrize("text", ["null \0 byte", "\u2028\x85\r\n", "😀" * 256])
def test_unusual_texts_where_they_are_allowed_come_back_as_they_were(
    qchime_server: Server, text: str
) -> None:
    body = {"Name": "Chat", "ClientRequestToken": "token", "Metadata": text}
    made = send(qchime_server, "POST", "/app-instances", body)
    described = send(qchime_server, "GET", f"/app-instances/{quote(made.json['AppInstanceArn'], safe='')}")

    assert described.json["AppInstance"]["Metadata"] == text


ARN_OF = b"/app-instances/arn%3Aaws%3Achime%3Aus-east-1%3A123456789012%3Aapp-instance%2F"


@pytest.mark.parametrize(
    "target",
    [
        ARN_OF + b"%zz",
        ARN_OF + b"%",
        ARN_OF + b"%FF%FE",
        ARN_OF + b"%00",
        ARN_OF + b"%ED%A0%80",
        ARN_OF + b"\xff\xfe",
        ARN_OF + b"..%2F..%2Fetc",
        ARN_OF + b"x" * 20_000,
        b"/app-instances/%",
        b"/app-instances/" + b"%2F" * 5000,
        b"/app-instance-users?app-instance-arn=%FF%00",
        b"/app-instance-users?app-instance-arn=\xff",
        b"/app-instances?max-results=" + b"9" * 5000,
        b"/app-instances?max-results=-1",
        b"/app-instances?max-results=%D9%A3",
        b"/app-instances?max-results=",
        b"/app-instances?next-token=%00",
        b"/app-instances?next-token=" + b"W10%3D",
        b"/app-instances?next-token=" + b"A" * 3000,
        b"/app-instances?next-token=%ED%A0%80",
        b"/tags?arn=",
        b"/tags?arn=%",
        b"/tags?",
        b"//evil.example/app-instances",
        b"/app-instances/../app-instances",
        b"/;",
        b"/?#",
        b"*",
    ],
)
def test_bad_targets(qchime_server: Server, instance_arn: str, target: bytes) -> None:
    before = everything(qchime_server, instance_arn)
    answer = send_raw(qchime_server, b"GET " + target + b" HTTP/1.1", b"Host: localhost")

    assert 400 <= answer.status < 500
    assert everything(qchime_server, instance_arn) == before


@pytest.mark.parametrize(
    "header",
    [
        b"Authorization: \xff\xfe",
        b"Authorization: AWS4-HMAC-SHA256 Credential=/////, SignedHeaders=, Signature=",
        b"Authorization: AWS4-HMAC-SHA256 Credential=\xff/20240521/us-east-1/chime/aws4_request",
        b"Authorization: AWS4-HMAC-SHA256 Credential=a/20240521/\xff/chime/aws4_request",
        b"Authorization: AWS4-HMAC-SHA256 Credential=a/20240521/us-east-1/\xff/aws4_request",
        b"Authorization: Bearer " + b"x" * 10_000,
        b"instance-id: \xff",
        b"x-moto-account-id: \xb2\xb2\xb2",
        b"Content-Type: multipart/form-data; boundary=",
        b"Content-Type: \xff",
        b"Content-Length: many",
        b"Content-Length: -5",
        b"Content-Length: " + b"9" * 5000,
        b"Content-Encoding: gzip",
        b"Transfer-Encoding: magic",
        b"Origin: http://[",
        b"Cookie: \xff=\xff",
        b"Date: never",
        b"X-Empty:",
    ],
)
@pytest.mark.parametrize("line", [b"GET /app-instances", b"GET /apps.nothing", b"GET /_qchime/health"])
def test_bad_headers(qchime_server: Server, line: bytes, header: bytes) -> None:
    assert send_raw(qchime_server, line + b" HTTP/1.1", b"Host: localhost", header).status in (
        200,
        400,
        403,
        404,
        501,
    )


@pytest.mark.parametrize(
    "chunks", [b"zz\r\n{}\r\n0\r\n\r\n", b"-5\r\n{}\r\n0\r\n\r\n", b"2\r\n{}{}{}\r\n0\r\n\r\n"]
)
@pytest.mark.parametrize("line", [b"POST /app-instances", b"POST /_qchime/reset"])
def test_broken_chunks(qchime_server: Server, instance_arn: str, line: bytes, chunks: bytes) -> None:
    answer = send_raw(
        qchime_server,
        line + b" HTTP/1.1",
        b"Host: localhost",
        b"Transfer-Encoding: chunked",
        body=chunks,
    )
    assert 400 <= answer.status < 500
    assert everything(qchime_server, instance_arn)


def test_a_body_in_chunks_is_read(qchime_server: Server) -> None:
    body = b'{"Name": "Chat", "ClientRequestToken": "token"}'
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:5], body[5:])) + b"0\r\n\r\n"
    answer = send_raw(
        qchime_server,
        b"POST /app-instances HTTP/1.1",
        b"Host: localhost",
        b"Transfer-Encoding: chunked",
        body=chunks,
    )
    assert answer.status == 201


@pytest.mark.parametrize(
    "garbage", [b"\x16\x03\x01\x00\xa5", b"\x00" * 100, b"GET", b"", b"GET / HTTP/9.9", b"/ GET HTTP/1.1"]
)
def test_the_server_goes_on_after_what_is_no_http_at_all(qchime_server: Server, garbage: bytes) -> None:
    with socket.create_connection(address(qchime_server), timeout=30) as connection:
        connection.sendall(garbage + b"\r\n\r\n")
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65536):
            pass

    assert send(qchime_server, "GET", "/_qchime/health").status == 200
