"""Identifying a service by the ARN if it shares its signing name and path with others."""

import json
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest

from qchime.core.caller import Scope
from qchime.core.identify import identify_service
from qchime.core.service import Service
from qchime.core.table import SERVICES
from qchime.restjson import Request


def row(name: str, endpoint_prefix: str, arns: str) -> Service:
    return Service(
        name=name,
        title=name,
        endpoint_prefix=endpoint_prefix,
        signing_name="chime",
        arns=arns,
        backend_class="none:none",
        exceptions_module="none",
    )


MEETINGS = row("chime-sdk-meetings", "meetings-chime", r"arn:aws:chime:[a-z0-9-]*:\d*:meeting/")
VOICE = row("chime-sdk-voice", "voice-chime", r"arn:aws:chime:[a-z0-9-]*:\d*:(vc|sma)/")
ROWS = (MEETINGS, VOICE)
MEETING_ARN = "arn:aws:chime:us-east-1:123456789012:meeting/1"
CONNECTOR_ARN = "arn:aws:chime:us-east-1:123456789012:vc/1"
SIGNED = Scope(signing_name="chime")


def read_tags(arn: str, host: str = "localhost:4590") -> Request:
    return Request("GET", host, "/tags", f"arn={quote(arn)}", {}, b"")


def write_tags(arn: str) -> Request:
    body = json.dumps({"ResourceARN": arn, "Tags": [{"Key": "a", "Value": "b"}]}).encode()
    return Request("POST", "localhost:4590", "/tags", "operation=tag-resource", {}, body)


each_order = pytest.mark.parametrize("rows", [ROWS, ROWS[::-1]], ids=["in-order", "reversed"])


@each_order
@pytest.mark.parametrize("request_for", [read_tags, write_tags])
@pytest.mark.parametrize(("arn", "owner"), [(MEETING_ARN, MEETINGS), (CONNECTOR_ARN, VOICE)])
def test_the_arn_selects_the_service(rows: Any, request_for: Any, arn: str, owner: Service) -> None:
    assert identify_service(request_for(arn), SIGNED, rows) is owner


@each_order
def test_the_host_takes_precedence_over_the_arn(rows: Any) -> None:
    request = read_tags(MEETING_ARN, "voice-chime.us-east-1.amazonaws.com")
    assert identify_service(request, SIGNED, rows) is VOICE


@each_order
def test_a_path_of_only_one_service_needs_no_arn(rows: Any) -> None:
    request = Request("POST", "localhost:4590", "/meetings", "", {}, b"{}")
    assert identify_service(request, SIGNED, rows) is MEETINGS


@pytest.mark.parametrize("arn", ["no ARN", "arn:aws:s3:::bucket", "arn:aws:chime:us-east-1:123456789012"])
def test_an_input_without_a_known_arn_goes_to_the_first_service(arn: str) -> None:
    assert identify_service(read_tags(arn), SIGNED, ROWS) is MEETINGS
    assert identify_service(read_tags(arn), SIGNED, ROWS[::-1]) is VOICE


@pytest.mark.parametrize("rows", [ROWS, (MEETINGS,)])
@pytest.mark.parametrize("request_for", [read_tags, write_tags])
def test_an_arn_of_an_unknown_service_belongs_to_none(rows: Any, request_for: Any) -> None:
    request = request_for("arn:aws:chime:us-east-1:123456789012:app-instance/1/channel/2")
    assert identify_service(request, SIGNED, rows) is None


def test_only_tagging_operations_take_any_resource() -> None:
    """Other operations refuse ARNs of another kind themselves."""
    path = f"/app-instances/{quote('arn:aws:chime:us-east-1:123456789012:meeting/1', safe='')}"
    request = Request("GET", "localhost:4590", path, "", {}, b"")
    assert identify_service(request, SIGNED) is SERVICES.named("chime-sdk-identity")


def test_a_row_without_arns_owns_none() -> None:
    rows = (replace(MEETINGS, arns=""), VOICE)
    assert identify_service(read_tags(CONNECTOR_ARN), SIGNED, rows) is VOICE


def test_an_unknown_signing_name_belongs_to_no_service() -> None:
    assert identify_service(read_tags(MEETING_ARN), Scope(signing_name="s3"), ROWS) is None


def test_a_service_unknown_to_botocore_is_skipped() -> None:
    rows = (replace(VOICE, name="chime-sdk-tomorrow"), MEETINGS)
    assert identify_service(read_tags(MEETING_ARN), SIGNED, rows) is MEETINGS
