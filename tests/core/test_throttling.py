"""AWS's request rates, which the mock enforces on request: over boto3, by the mock's clock."""

from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from functools import partial
from typing import Any

import boto3
import pytest
import time_machine
from botocore.config import Config
from botocore.exceptions import ClientError

from qchime import Client, Handle, Server
from qchime.core.rates import Rate, Rates
from qchime.core.service import Service
from qchime.core.table import SERVICES
from qchime.core.throttling import ERRORS
from qchime.services.chimesdkidentity import SERVICE as CHIME_SDK_IDENTITY
from qchime.services.chimesdkmessaging import SERVICE as CHIME_SDK_MESSAGING
from tests.services.qapps.samples import HERE

OTHER = "111122223333"
NOON = datetime(2024, 5, 21, 12, tzinfo=timezone.utc)

each_service = pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)


@pytest.fixture(params=["in the process", "over HTTP"])
def place(request: pytest.FixtureRequest, qchime: Handle, qchime_server: Server) -> tuple[Handle, str | None]:
    over_http = request.param == "over HTTP"
    return (Client(qchime_server.url), qchime_server.url) if over_http else (qchime, None)


@pytest.fixture
def mock(place: tuple[Handle, str | None]) -> Handle:
    return place[0]


@pytest.fixture(autouse=True)
def stopped_time() -> Iterator[None]:
    """Time that stands still, in the server of this process too: only the mock's clock advances."""
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def client(place: tuple[Handle, str | None]) -> Callable[..., Any]:
    """Clients that do not retry: retries sleep, which does not pass any time here."""

    def make(service: str, account: str = "123456789012", region: str = "us-east-1") -> Any:
        return boto3.client(
            service,
            region_name=region,
            endpoint_url=place[1],
            aws_access_key_id=account,
            aws_secret_access_key="testing",
            config=Config(retries={"max_attempts": 0}),
        )

    return make


@pytest.fixture
def chime(client: Callable[..., Any]) -> Any:
    return client("chime-sdk-identity")


def allowed(call: Callable[[], object], most: int = 60) -> int:
    """How often a call succeeds before it is throttled."""
    for number in range(most):
        try:
            call()
        except ClientError as error:
            if error.response["Error"]["Code"] not in ERRORS:
                raise
            return number
    return most


def error_of(call: Callable[[], object]) -> Any:
    with pytest.raises(ClientError) as caught:
        call()
    return caught.value.response


class TestByDefault:
    def test_nothing_is_throttled(self, mock: Handle, chime: Any) -> None:
        assert mock.throttling is False
        assert allowed(chime.list_app_instances) == 60


class TestARate:
    @pytest.fixture(autouse=True)
    def throttled(self, mock: Handle) -> None:
        mock.throttling = True

    def test_is_awss_for_the_operation(self, chime: Any) -> None:
        assert allowed(lambda: chime.create_app_instance(Name="Chat")) == 5
        assert allowed(chime.list_app_instances) == 10

    @pytest.mark.rule("chime.request-rates")
    def test_of_what_aws_does_not_name_is_that_of_what_it_resembles(self, chime: Any) -> None:
        arn = chime.create_app_instance(Name="Chat")["AppInstanceArn"]
        assert allowed(lambda: chime.tag_resource(ResourceARN=arn, Tags=[{"Key": "a", "Value": "b"}])) == 5
        assert allowed(lambda: chime.get_app_instance_retention_settings(AppInstanceArn=arn)) == 20

    @pytest.mark.rule("chime.request-rates")
    def test_names_its_rule_unless_aws_documents_it(self, mock: Handle, chime: Any) -> None:
        arn = chime.create_app_instance(Name="Chat")["AppInstanceArn"]

        def rule_of(call: Callable[[], object]) -> str | None:
            allowed(call)
            return mock.calls()[-1].rule

        assert rule_of(lambda: chime.create_app_instance(Name="Chat")) is None
        assert rule_of(lambda: chime.list_tags_for_resource(ResourceARN=arn)) == "chime.request-rates"
        assert rule_of(lambda: chime.describe_app_instance(AppInstanceArn=arn)) is None
        settings = {"AppInstanceArn": arn, "AppInstanceRetentionSettings": {}}
        put = lambda: chime.put_app_instance_retention_settings(**settings)  # noqa: E731
        assert rule_of(put) == "chime.request-rates"
        assert rule_of(lambda: chime.get_app_instance_retention_settings(AppInstanceArn=arn)) is None, (
            "the rate of all operations together"
        )

    def test_is_an_error_that_the_model_of_chime_declares(self, chime: Any) -> None:
        allowed(chime.list_app_instances)
        with pytest.raises(chime.exceptions.ThrottledClientException) as caught:
            chime.list_app_instances()

        response = caught.value.response
        assert response["ResponseMetadata"]["HTTPStatusCode"] == 429
        assert response["Code"] == "Throttled"
        assert response["Error"]["Message"].startswith("Rate exceeded: 10 requests per second for ListAppIn")

    @pytest.mark.rule("qapps.request-rates")
    def test_is_an_error_that_the_model_of_q_apps_declares(self, client: Callable[..., Any]) -> None:
        qapps = client("qapps")
        assert allowed(lambda: qapps.list_q_apps(**HERE)) == 10

        response = error_of(lambda: qapps.list_q_apps(**HERE))
        assert response["Error"]["Code"] == "ThrottlingException"
        headers = response["ResponseMetadata"]["HTTPHeaders"]
        assert headers["retry-after"] == "1"
        assert headers["x-qchime-rule"] == "qapps.request-rates"
        assert (response["serviceCode"], response["quotaCode"]) == ("qapps", "requests_per_second")

    def test_refills_evenly_with_the_clock(self, mock: Handle, chime: Any) -> None:
        allowed(chime.list_app_instances)
        mock.clock.advance(milliseconds=99)
        assert allowed(chime.list_app_instances) == 0
        mock.clock.advance(milliseconds=1)
        assert allowed(chime.list_app_instances) == 1
        mock.clock.advance(milliseconds=300)
        assert allowed(chime.list_app_instances) == 3

    @pytest.mark.rule("core.rate-bursts")
    def test_refills_to_the_requests_of_one_second(self, mock: Handle, chime: Any) -> None:
        allowed(chime.list_app_instances)
        mock.clock.advance(days=1)

        assert allowed(chime.list_app_instances) == 10

    def test_goes_on_after_the_clock_was_moved_back(self, mock: Handle, chime: Any) -> None:
        allowed(chime.list_app_instances)
        mock.clock.advance(days=-1)
        assert allowed(chime.list_app_instances) == 0
        mock.clock.advance(seconds=1)
        assert allowed(chime.list_app_instances) == 10

    def test_is_one_for_each_operation(self, client: Callable[..., Any]) -> None:
        qapps = client("qapps")
        allowed(lambda: qapps.list_q_apps(**HERE))

        assert allowed(lambda: qapps.list_library_items(**HERE)) == 10

    def test_of_all_operations_together_is_limited_as_well(self, mock: Handle, chime: Any) -> None:
        arn = chime.create_app_instance(Name="Chat")["AppInstanceArn"]
        mock.clock.advance(seconds=1)
        counts = [
            allowed(lambda: chime.describe_app_instance(AppInstanceArn=arn)),
            allowed(lambda: chime.get_app_instance_retention_settings(AppInstanceArn=arn)),
            allowed(chime.list_app_instances),
            allowed(lambda: chime.list_tags_for_resource(ResourceARN=arn)),
        ]

        assert counts == [20, 20, 10, 0]
        message = error_of(lambda: chime.list_tags_for_resource(ResourceARN=arn))["Error"]["Message"]
        assert "50 requests per second for all operations together" in message

    def test_is_one_for_each_account(self, chime: Any, client: Callable[..., Any]) -> None:
        allowed(chime.list_app_instances)

        assert allowed(client("chime-sdk-identity", account=OTHER).list_app_instances) == 10

    def test_is_one_for_each_region(self, chime: Any, client: Callable[..., Any]) -> None:
        allowed(chime.list_app_instances)

        assert allowed(client("chime-sdk-identity", region="eu-central-1").list_app_instances) == 10

    def test_counts_requests_that_fail(self, chime: Any) -> None:
        arn = "arn:aws:chime:us-east-1:123456789012:app-instance/x"
        codes = [
            error_of(lambda: chime.delete_app_instance(AppInstanceArn=arn))["Error"]["Code"] for _ in range(6)
        ]

        assert codes == [*["ForbiddenException"] * 5, "ThrottledClientException"]

    @pytest.mark.rule("core.rate-bursts")
    def test_does_not_count_refused_requests(self, mock: Handle, chime: Any) -> None:
        allowed(chime.list_app_instances)
        for _ in range(5):
            assert allowed(chime.list_app_instances) == 0
        mock.clock.advance(milliseconds=100)

        assert allowed(chime.list_app_instances) == 1

    def test_is_in_the_log(self, mock: Handle, chime: Any) -> None:
        allowed(lambda: chime.create_app_instance(Name="Chat"))
        refused = mock.calls("CreateAppInstance")[-1]

        assert (refused.error, refused.status) == ("ThrottledClientException", 429)
        assert refused.input["Name"] == "Chat"


class TestTheSetting:
    def test_can_be_turned_off(self, mock: Handle, chime: Any) -> None:
        mock.throttling = True
        allowed(chime.list_app_instances)
        mock.throttling = False

        assert allowed(chime.list_app_instances) == 60

    def test_of_an_account_is_its_own(self, mock: Handle, chime: Any, client: Callable[..., Any]) -> None:
        mock.account(OTHER).throttling = True
        assert allowed(chime.list_app_instances) == 60
        assert allowed(client("chime-sdk-identity", account=OTHER).list_app_instances) == 10

        mock.throttling = True
        mock.account(OTHER).throttling = False
        assert allowed(client("chime-sdk-identity", account=OTHER).list_app_instances) == 60
        assert (mock.throttling, mock.account(OTHER).throttling) == (True, False)

    def test_is_inherited_by_accounts(self, mock: Handle) -> None:
        mock.throttling = True

        assert mock.account(OTHER).throttling is True

    @pytest.mark.parametrize("setting", [1, "yes", None])
    def test_is_true_or_false(self, mock: Handle, setting: Any) -> None:
        with pytest.raises(ValueError, match="throttling takes True or False"):
            mock.throttling = setting

    def test_is_kept_in_the_state(self, mock: Handle, chime: Any) -> None:
        mock.throttling = True
        mock.account(OTHER).throttling = False
        state = mock.dump()
        mock.reset()
        assert mock.throttling is False

        mock.load(state)
        assert (mock.throttling, mock.account(OTHER).throttling) == (True, False)
        assert allowed(chime.list_app_instances) == 10

    def test_may_be_missing_in_a_state(self, mock: Handle) -> None:
        mock.account(OTHER).limits.file_bytes = 1
        state = mock.dump()
        for world in (state["world"], *state["accounts"].values()):
            del world["throttling"]
        mock.load(state)

        assert (mock.throttling, mock.account(OTHER).limits.file_bytes) == (False, 1)

    def test_ends_with_a_reset_that_forgets_what_was_used(self, mock: Handle, chime: Any) -> None:
        mock.throttling = True
        allowed(chime.list_app_instances)
        mock.reset()
        assert mock.throttling is False

        mock.throttling = True
        assert allowed(chime.list_app_instances) == 10


@pytest.mark.qchime(throttling=True)
def test_the_marker_turns_it_on(qchime: Handle, chime: Any) -> None:
    assert allowed(chime.list_app_instances) == 10


@each_service
def test_rates_are_of_operations_in_the_model(service: Service) -> None:
    rates = service.rates
    shared = {name for rate in rates.shared for name in rate.operations or ()}
    assert {*rates.by_operation, *rates.undocumented, *shared} <= set(service.model.operation_names)


@each_service
def test_every_operation_has_a_rate_and_an_error_for_it(service: Service) -> None:
    for name in service.model.operation_names:
        assert service.rates.of(name), name
        assert set(ERRORS) & set(service.operation(name).errors), name


def test_chime_sdk_identity_names_every_operation() -> None:
    rates = CHIME_SDK_IDENTITY.rates
    assert sorted([*rates.by_operation, *rates.undocumented]) == CHIME_SDK_IDENTITY.model.operation_names


INSTANCE = "arn:aws:chime:us-east-1:123456789012:app-instance/x"
BEARER = f"{INSTANCE}/user/y"
CHANNEL = {"ChannelArn": f"{INSTANCE}/channel/a"}


INPUT: dict[str, Any] = {
    **CHANNEL,
    "AppInstanceArn": INSTANCE,
    "CallbackId": "c" * 32,
    "ChannelFlowArn": f"{INSTANCE}/channel-flow/x",
    "ChannelMessage": {"MessageId": "x"},
    "ChannelModeratorArn": BEARER,
    "Content": "Hello",
    "Fields": [{"Key": "MEMBERS", "Operator": "INCLUDES", "Values": [BEARER]}],
    "MemberArn": BEARER,
    "MemberArns": [BEARER],
    "MessageId": "x",
    "Name": "General",
    "Persistence": "PERSISTENT",
    "Type": "STANDARD",
}
"""What operations take, as far as they take it."""


class TestARateOfAResource:
    """Operations of Chime SDK Messaging have rates for each channel, app instance or bearer."""

    @pytest.fixture(autouse=True)
    def throttled(self, mock: Handle) -> None:
        mock.throttling = True

    @pytest.fixture
    def admitted(self, client: Callable[..., Any]) -> Callable[..., int]:
        """How many calls are admitted, each by a bearer of its own, unless one is named.

        They fail all the same, because there are no channels.
        """
        messaging = client("chime-sdk-messaging")

        def admitted(operation: str, most: int = 40, **more: Any) -> int:
            method = messaging.meta.method_to_api_mapping[operation]
            takes = messaging.meta.service_model.operation_model(method).input_shape.members
            for number in range(most):
                every = {**INPUT, "ChimeBearer": f"{BEARER}{number}", **more}
                given = {name: value for name, value in every.items() if name in takes}
                error = error_of(lambda given=given: getattr(messaging, operation)(**given))  # type: ignore[misc]
                if error["Error"]["Code"] == "ThrottledClientException":
                    return number
            return most

        return admitted

    @pytest.mark.parametrize(
        ("operation", "rate"),
        [
            ("describe_channel", 20),
            ("list_channels", 10),
            ("update_channel", 15),
            ("delete_channel_moderator", 15),
            ("list_channel_bans", 15),
            ("list_sub_channels", 15),
            ("send_channel_message", 30),
            ("get_channel_message", 30),
            ("list_channel_messages", 30),
            ("batch_create_channel_membership", 1),
        ],
    )
    def test_is_awss_for_the_operation(
        self, mock: Handle, admitted: Callable[..., int], operation: str, rate: int
    ) -> None:
        assert admitted(operation) == rate
        assert mock.calls()[-1].rule is None

    @pytest.mark.rule("messaging.request-rates")
    def test_of_what_has_no_bearer_is_not_awss(self, mock: Handle, admitted: Callable[..., int]) -> None:
        assert admitted("delete_channel_flow") == 10
        assert mock.calls()[-1].rule == "messaging.request-rates"

    @pytest.mark.parametrize(
        ("rate", "operations"),
        [
            (15, ["create_channel", "update_channel", "delete_channel"]),
            (15, ["create_channel_membership", "create_channel_ban", "delete_channel_moderator"]),
            (15, ["list_channel_memberships", "list_channel_bans", "list_channel_moderators"]),
            (30, ["send_channel_message", "redact_channel_message", "channel_flow_callback"]),
            (
                15,
                [
                    "list_channel_memberships_for_app_instance_user",
                    "list_channels_moderated_by_app_instance_user",
                ],
            ),
        ],
    )
    def test_is_one_for_operations_of_a_kind(
        self, admitted: Callable[..., int], rate: int, operations: list[str]
    ) -> None:
        user = {"AppInstanceUserArn": BEARER}
        first, *others = operations
        assert admitted(first, rate - 1, **user) == rate - 1
        assert admitted(others[0], **user) == 1
        for other in others:
            assert admitted(other, **user) == 0

    def test_counts_writes_to_all_channels_of_an_app_instance(self, admitted: Callable[..., int]) -> None:
        assert admitted("update_channel", 10) == 10
        assert admitted("delete_channel", ChannelArn=f"{INSTANCE}/channel/b") == 5
        assert admitted("create_channel") == 0
        assert admitted("create_channel", AppInstanceArn=f"{INSTANCE}2") == 15
        assert admitted("create_channel_membership") == 15

    def test_is_one_for_each_channel(
        self, mock: Handle, client: Callable[..., Any], admitted: Callable[..., int]
    ) -> None:
        for name in "ab":
            assert admitted("describe_channel", ChannelArn=f"{INSTANCE}/channel/{name}") == 20
        describe = partial(client("chime-sdk-messaging").describe_channel, ChimeBearer=BEARER)
        assert error_of(lambda: describe(**CHANNEL))["Error"]["Message"].startswith(
            "Rate exceeded: 20 requests per second for DescribeChannel, in this account and region and for "
            f"{CHANNEL['ChannelArn']}. "
        )

    def test_of_messages_is_one_for_each_sub_channel(self, admitted: Callable[..., int]) -> None:
        for name in "ab":
            assert admitted("send_channel_message", SubChannelId=name) == 30
        message = {"MessageId": "x", "SubChannelId": "a"}
        assert admitted("channel_flow_callback", ChannelMessage=message) == 0
        assert admitted("channel_flow_callback") == 30

    def test_is_one_for_all_operations_of_a_bearer(
        self, mock: Handle, client: Callable[..., Any], admitted: Callable[..., int]
    ) -> None:
        for operation in ("describe_channel", "search_channels", "list_channel_messages"):
            assert admitted(operation, 3, ChimeBearer=BEARER) == 3
        assert admitted("update_channel_read_marker", ChimeBearer=BEARER) == 1
        describe = partial(client("chime-sdk-messaging").describe_channel, ChimeBearer=BEARER)
        message = error_of(lambda: describe(**CHANNEL))["Error"]["Message"]
        assert "10 requests per second for all operations of a bearer, in this account" in message
        assert f" and for {BEARER}. " in message
        assert mock.calls()[-1].rule is None
        assert admitted("describe_channel", ChimeBearer=f"{BEARER}2") == 10

    @pytest.mark.parametrize(
        "rubbish", [{"AppInstanceArn": {}}, {"AppInstanceArn": 5}, {"ChannelMessage": "x"}, {}]
    )
    def test_may_be_exceeded_by_invalid_input(self, mock: Handle, rubbish: dict[str, Any]) -> None:
        """Rates count requests before their input is validated."""
        rates = CHIME_SDK_MESSAGING.rates
        for operation in CHIME_SDK_MESSAGING.model.operation_names:
            for rate in rates.of(operation):
                assert isinstance(rate.resource(rubbish), str | None)

    def test_of_many_resources_takes_little_memory(
        self, client: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What has not been used for longest is forgotten, as if it had never been used.

        Each request here counts for a channel and for a bearer.
        """
        monkeypatch.setattr("qchime.world.throttling.MOST_BUCKETS", 4)
        messaging = client("chime-sdk-messaging")

        def code(name: str) -> Any:
            arn = f"arn:aws:chime:us-east-1:123456789012:app-instance/x/channel/{name}"
            given = {"ChannelArn": arn, "MemberArns": [arn], "ChimeBearer": arn}
            error = error_of(lambda: messaging.batch_create_channel_membership(**given))
            return error["Error"]["Code"]

        found = [code(name) for name in "abacab"]
        once, again = "ForbiddenException", "ThrottledClientException"
        assert found == [once, once, again, once, again, once]


def test_a_service_without_rates_has_none() -> None:
    assert Rates().of("CreateRule") == []
    assert Rates({"CreateRule": 1}).of("DeleteRule") == []


def test_other_operations_than_those_with_a_rate_have_one_of_their_own() -> None:
    shared = Rate("rules", 5, ("CreateRule", "DeleteRule"))
    rates = Rates({"ListRules": 1}, others=2, total=9, undocumented={"GetRule": 3}, shared=[shared])
    found = {
        name: [(rate.subject, rate.per_second) for rate in rates.of(name)]
        for name in ("CreateRule", "ListRules", "GetRule", "PutRule")
    }
    total = ("all operations together", 9)
    assert found == {
        "CreateRule": [("rules", 5), total],
        "ListRules": [("ListRules", 1), total],
        "GetRule": [("GetRule", 3), total],
        "PutRule": [("PutRule", 2), total],
    }
