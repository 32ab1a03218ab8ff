"""The budgets, and what is measured for each."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any

import boto3
from botocore.stub import Stubber
from moto import mock_aws

from benchmarks import documents, door, looking, serving, sessions, spread
from benchmarks.clients import CHIME, INSTANCE, QAPPS, body_of, constant_client, new_client
from benchmarks.measuring import Measure, Work, alternate, alternate_programs, alternate_work, seconds_of
from qchime import mock_chimesdkidentity, mock_qapps

Show = Callable[[float], str]


def as_time(seconds: float) -> str:
    """A duration, in the unit that keeps it short."""
    return f"{seconds * 1e6:.0f} µs" if seconds < 0.001 else f"{seconds * 1e3:.1f} ms"


def as_rate(rate: float) -> str:
    """A rate in requests per second."""
    return f"{rate:.0f}/s"


def as_size(size: float) -> str:
    """A number of bytes."""
    return f"{size / 1e6:.1f} MB"


def as_share(share: float) -> str:
    """A share of the whole."""
    return f"{share:.1%}"


@dataclass(frozen=True)
class Budget:
    """A limit for the ratio of two measurements; without a `limit` it is for information."""

    what: str
    compared_with: str
    limit: float | None
    measure: Callable[[], Measure]
    at_least: bool = False
    """Whether the ratio must be at least the limit, because it is one of speed."""
    show: Show = as_time

    def is_kept(self, ratio: float) -> bool:
        """Whether a measured ratio is within the limit."""
        if self.limit is None:
            return True
        return ratio >= self.limit if self.at_least else ratio <= self.limit

    @property
    def wanted(self) -> str:
        """The limit, as the table shows it."""
        if self.limit is None:
            return ""
        return f"{'at least' if self.at_least else 'at most'} {self.limit:g}"


def _describe(client: Any) -> Work:
    arn = client.create_app_instance(Name="chat")["AppInstanceArn"]
    return lambda: client.describe_app_instance(AppInstanceArn=arn)


def _get_app(client: Any) -> Work:
    definition = {"cards": [door.query_card(0)]}
    app_id = client.create_q_app(instanceId=INSTANCE, title="App", appDefinition=definition)["appId"]
    return lambda: client.get_q_app(instanceId=INSTANCE, appId=app_id)


def _call_and_constant(service: str, call_of: Callable[[Any], Work]) -> Measure:
    """Both clients make the same call, and get the same bytes."""
    with mock_chimesdkidentity(), mock_qapps():
        ours = new_client(service)
        call = call_of(ours)
        theirs = constant_client(service, body_of(ours, call))
        return alternate_work(call, _same_call(service, theirs), 100, 20)


def _same_call(service: str, client: Any) -> Work:
    if service == QAPPS:
        return lambda: client.get_q_app(instanceId=INSTANCE, appId=INSTANCE)
    arn = f"arn:aws:chime:us-east-1:123456789012:app-instance/{INSTANCE}"
    return lambda: client.describe_app_instance(AppInstanceArn=arn)


def _call_and_stubber() -> Measure:
    with mock_chimesdkidentity():
        call = _describe(new_client(CHIME))
        answer: Any = call()
        del answer["ResponseMetadata"]
        client = new_client(CHIME)
        stubber = Stubber(client)
        stubber.activate()

        def stubbed() -> None:
            stubber.add_response("describe_app_instance", answer)
            client.describe_app_instance(AppInstanceArn=INSTANCE)

        return alternate_work(call, stubbed, 30, 20)


def _call_and_moto() -> Measure:
    with mock_aws(), mock_chimesdkidentity():
        call = _describe(new_client(CHIME))
        ivs = new_client("ivs")
        arn = ivs.create_channel(name="chat")["channel"]["arn"]
        return alternate_work(call, lambda: ivs.get_channel(arn=arn), 30, 20)


def _start_and_stop() -> Measure:
    return alternate_work(
        lambda: _start_and_stop_one(mock_qapps()), lambda: _start_and_stop_one(mock_aws()), 15, 10
    )


def _start_and_stop_one(mock: Any) -> None:
    mock.start()
    mock.stop()


def _small_test() -> Measure:
    def ours() -> None:
        with mock_chimesdkidentity():
            boto3.Session().client(CHIME, region_name="us-east-1").create_app_instance(Name="chat")

    def theirs() -> None:
        with mock_aws():
            boto3.Session().client("ivs", region_name="us-east-1").create_channel(name="chat")

    return alternate_work(ours, theirs, 15)


def _import(ours: str) -> Callable[[], Measure]:
    return lambda: alternate_programs(ours, "from moto import mock_aws", 15)


def _first_start() -> Measure:
    return alternate_programs(
        "import boto3\nfrom qchime import mock_qapps\nmock_qapps().start()",
        "import boto3\nfrom moto import mock_aws\nmock_aws().start()",
        15,
    )


def _listing() -> Measure:
    """Seconds per user; the short list is read more often, so that the time is measurable."""
    with mock_chimesdkidentity():
        few, many = door.create_instance("few"), door.create_instance("many")
        door.create_users(few, 1_000)
        door.create_users(many, 100_000)
        return alternate(
            lambda: seconds_of(lambda: door.list_users(many)) / 100_000,
            lambda: seconds_of(lambda: door.list_users(few), 50) / 1_000,
            7,
        )


def _serving() -> Measure:
    with ExitStack() as stack:
        ours, theirs = (stack.enter_context(server) for server in (serving.ours(), serving.motos()))
        return alternate(
            lambda: ours.answers_per_second(connections=8, seconds=1.0),
            lambda: theirs.answers_per_second(connections=8, seconds=1.0),
            11,
        )


def _many_connections() -> Measure:
    with serving.ours() as ours:
        return alternate(
            lambda: ours.answers_per_second(connections=64, seconds=1.0),
            lambda: ours.answers_per_second(connections=8, seconds=1.0),
            7,
        )


def _slow_neighbours() -> Measure:
    """Slow clients have sent a part of their request."""
    with serving.ours() as ours:

        def beside() -> float:
            with serving.slow_clients(ours.port, 500):
                return ours.answers_per_second(connections=8, seconds=1.0)

        return alternate(beside, lambda: ours.answers_per_second(connections=8, seconds=1.0), 7)


LOOKING = tuple(
    Budget(
        f"time that a server at 1 000 calls/s has left, with {what} open in a browser",
        "without a page",
        0.95,
        partial(looking.measure, view),
        True,
        as_share,
    )
    for what, view in (("the page of calls", looking.calls), ("that of a resource", looking.resource))
)
ONE_SERVER = "one server"
BALANCED = (
    Budget(
        "two servers by account, ListAppInstances, by processor time",
        ONE_SERVER,
        1.5,
        lambda: spread.by_processor_time(spread.empty_lists),
        True,
        as_rate,
    ),
    Budget(
        "the same by the clock",
        ONE_SERVER,
        None,
        lambda: spread.by_the_clock(spread.empty_lists),
        True,
        as_rate,
    ),
    Budget(
        "two servers by account, StartQAppSession, by processor time",
        ONE_SERVER,
        1.5,
        lambda: spread.by_processor_time(spread.sessions),
        True,
        as_rate,
    ),
    Budget(
        "the same by the clock",
        ONE_SERVER,
        None,
        lambda: spread.by_the_clock(spread.sessions),
        True,
        as_rate,
    ),
)
SAME_CLIENT = "the same client with a constant response"
BUDGETS = (
    Budget("DescribeAppInstance", SAME_CLIENT, 1.2, lambda: _call_and_constant(CHIME, _describe)),
    Budget("GetQApp", SAME_CLIENT, 1.2, lambda: _call_and_constant(QAPPS, _get_app)),
    Budget("DescribeAppInstance", "the same with botocore's Stubber", None, _call_and_stubber),
    Budget("DescribeAppInstance", "GetChannel of moto's `ivs`", None, _call_and_moto),
    Budget("starting and stopping a mock", "the same with `mock_aws`", 0.02, _start_and_stop),
    Budget(
        "a small test: start, `boto3.client` in a new session, one call, stop",
        "the same with `mock_aws` and `ivs`",
        0.2,
        _small_test,
    ),
    Budget("`import qchime`", "`from moto import mock_aws`", 0.1, _import("import qchime")),
    Budget(
        "`from qchime import mock_qapps`",
        "`from moto import mock_aws`",
        0.7,
        _import("from qchime import mock_qapps"),
    ),
    Budget(
        "`import boto3`, the same import, and the first start", "the same with `mock_aws`", None, _first_start
    ),
    Budget("listing 100 000 users in pages of 50, per user", "listing 1 000 users", 1.1, _listing),
    Budget("`qchime serve`, 8 connections", "`moto_server` with `ivs`", 18, _serving, True, as_rate),
    Budget("`qchime serve`, 64 connections", "8 connections", None, _many_connections, True, as_rate),
    Budget(
        "`qchime serve`, 8 connections, beside 500 slow clients",
        "without them",
        None,
        _slow_neighbours,
        True,
        as_rate,
    ),
    Budget(
        "importing a document of 50 MB over HTTP",
        "the same body, read and not parsed",
        2,
        documents.measure,
    ),
    Budget("1 000 messages to 100 sessions, per frame", "to 25 sessions", 1.1, sessions.measure),
    Budget(
        "memory of the server after 24 000 messages to 10 sessions",
        "after 12 000",
        sessions.GROWTH,
        sessions.measure_memory,
        show=as_size,
    ),
    *(() if looking.CHROMIUM is None else LOOKING),
    *(() if spread.HAPROXY is None else BALANCED),
)
