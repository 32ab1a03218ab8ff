"""The handle of one account: the same in-process and over HTTP, without effect on other accounts."""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import boto3
import pytest
import requests
from botocore.config import Config

from qchime import Client, Cloud, Handle
from qchime.control.snapshot import StateError
from qchime.core.table import SERVICES
from qchime.server import Server
from qchime.world import DEFAULT_USER
from tests.concurrency.together import at_once
from tests.services.qapps.samples import HERE, INSTANCE, definition, query

MINE = "111122223333"
THEIRS = "444455556666"
STS_KEY = "ASIAIOSFODNN7EXAMPLE"
PLUGIN = "11111111-1111-4111-8111-111111111111"


@pytest.fixture(params=["in the process", "over HTTP"])
def mock(request: pytest.FixtureRequest, qchime: Handle, qchime_server: Server) -> Handle:
    return qchime if request.param == "in the process" else Client(qchime_server.url)


@pytest.fixture
def mine(mock: Handle) -> Handle:
    return mock.account(MINE)


@pytest.fixture
def theirs(mock: Handle) -> Handle:
    return mock.account(THEIRS)


def client(service: str, account: str = MINE, url: str | None = None, **more: Any) -> Any:
    """A client whose access key is an account id, and which does not retry."""
    keys: Any = {"aws_access_key_id": account, "aws_secret_access_key": "any", **more}
    once = Config(retries={"total_max_attempts": 1})
    make: Any = boto3.client
    return make(service, region_name="us-east-1", endpoint_url=url, config=once, **keys)


def names(account: str = MINE, url: str | None = None) -> list[str]:
    chime = client("chime-sdk-identity", account, url)
    return [instance["Name"] for instance in chime.list_app_instances()["AppInstances"]]


def create(name: str, account: str = MINE) -> None:
    client("chime-sdk-identity", account).create_app_instance(Name=name)


def run_query(qapps: Any) -> str:
    """The answer of a query card called Summary."""
    card = query(title="Summary", prompt="Sum up")
    app = qapps.create_q_app(**HERE, title="App", appDefinition=definition(card))["appId"]
    session = qapps.start_q_app_session(**HERE, appId=app, appVersion=1)["sessionId"]
    shown = qapps.get_q_app_session(**HERE, sessionId=session)["cardStatus"]
    return str(shown[card["qQuery"]["id"]]["currentValue"])


class TestAnAccount:
    @pytest.mark.parametrize(
        "account_id", ["", "1", "1111222233334", "abcdabcdabcd", "\u0661" * 12, 111122223333]
    )
    def test_has_12_digits(self, mock: Handle, account_id: Any) -> None:
        with pytest.raises(ValueError, match="12 digits"):
            mock.account(account_id)

    def test_is_listed_once_it_is_used(self, mock: Handle, mine: Handle) -> None:
        assert mock.accounts == []
        names(THEIRS)
        mine.clock.advance(days=1)

        assert mock.accounts == mine.accounts == [THEIRS, MINE]

    def test_is_not_used_by_looking_at_it(self, mock: Handle, mine: Handle) -> None:
        assert mine.limits.apps_per_user == 100
        assert mine.clock.offset == timedelta()
        assert [*mine.users, *mine.faults, *mine.calls()] == []
        assert mine.users.required is False

        assert mock.accounts == []
        assert mock.dump()["accounts"] == {}

    def test_can_be_an_argument_of_a_client(self, qchime: Handle, qchime_server: Server) -> None:
        Client(qchime_server.url, account=MINE).limits.apps_per_user = 2
        assert qchime.account(MINE).limits.apps_per_user == 2
        with pytest.raises(ValueError, match="12 digits"):
            Client(qchime_server.url, account="mine")


class TestFaults:
    def test_strike_in_the_account_only(self, mock: Handle, mine: Handle) -> None:
        fault = mine.faults.add("ListAppInstances", "ThrottledClientException", times=1)
        assert (fault.operation, fault.struck) == ("ListAppInstances", 0)
        assert names(THEIRS) == []
        with pytest.raises(client("chime-sdk-identity").exceptions.ThrottledClientException):
            names()
        assert names() == []
        assert [one.struck for one in mine.faults] == [1]
        assert list(mock.faults) == []
        mine.faults.assert_all_used()

    def test_take_precedence_over_those_for_all_accounts(self, mock: Handle, mine: Handle) -> None:
        mock.faults.add("ListAppInstances", "ServiceFailureException")
        mine.faults.add("ListAppInstances", "ThrottledClientException", times=1)
        chime = client("chime-sdk-identity")
        with pytest.raises(chime.exceptions.ThrottledClientException):
            chime.list_app_instances()
        with pytest.raises(chime.exceptions.ServiceFailureException):
            chime.list_app_instances()
        mine.faults.reset()

        assert [len(mine.faults), len(mock.faults)] == [0, 1]


class TestAnswers:
    def test_take_precedence_over_those_for_all_accounts(self, mock: Handle, mine: Handle) -> None:
        mock.answers.add(text="everybody's")
        mine.answers.add(card="Summary", text="mine")
        assert run_query(client("qapps")) == "mine"
        assert run_query(client("qapps", THEIRS)) == "everybody's"
        assert [answer.text for answer in mine.answers] == ["mine"]
        mine.answers.reset()
        assert run_query(client("qapps")) == "everybody's"

    def test_include_apps_and_plugins(self, mock: Handle, mine: Handle) -> None:
        ours: Any = {"title": "ours", "appDefinition": {"cards": []}}
        everybodys: Any = {**ours, "title": "everybody's"}
        mock.answers.add_app(everybodys)
        mine.answers.add_app(ours)
        mine.answers.add_plugin(PLUGIN, "JIRA")
        asked = {**HERE, "options": {"problemStatement": "help"}}

        assert client("qapps").predict_q_app(**asked)["app"]["title"] == "ours"
        assert client("qapps", THEIRS).predict_q_app(**asked)["app"]["title"] == "everybody's"
        assert (mine.answers.apps, mine.answers.plugins) == ([(None, ours)], {PLUGIN: "JIRA"})
        assert mock.answers.plugins == {}


class TestLimits:
    def test_override_those_for_all_accounts(self, mock: Handle, mine: Handle) -> None:
        mock.limits.app_instances_per_account = 2
        mine.limits.app_instances_per_account = 1
        create("one")
        with pytest.raises(client("chime-sdk-identity").exceptions.ResourceLimitExceededException):
            create("one too many")
        create("one", THEIRS)
        create("two", THEIRS)

        assert mine.limits.as_dict() == {**mock.limits.as_dict(), "app_instances_per_account": 1}

    def test_default_to_those_for_all_accounts(self, mock: Handle, mine: Handle) -> None:
        mine.limits.update(apps_per_user=1)
        mine.limits.reset()
        mock.limits.apps_per_user = 7
        assert mine.limits.apps_per_user == 7

    def test_are_validated(self, mine: Handle) -> None:
        with pytest.raises(ValueError, match="0 or more"):
            mine.limits.apps_per_user = -1
        with pytest.raises(AttributeError, match="no limit"):
            mine.limits.apples = 1


class TestTheClock:
    def test_adds_to_the_clock_for_all_accounts(self, mock: Handle, mine: Handle, theirs: Handle) -> None:
        mock.clock.advance(days=2)
        mine.clock.advance(days=7)
        assert mine.clock.offset == timedelta(days=9)
        assert theirs.clock.offset == mock.clock.offset == timedelta(days=2)
        ahead = mine.clock.now() - datetime.now(timezone.utc)
        assert timedelta(days=9, minutes=-1) < ahead <= timedelta(days=9)
        mine.clock.reset()
        assert mine.clock.offset == timedelta(days=2)

    def test_sets_the_time_of_resources(self, mine: Handle) -> None:
        mine.clock.advance(days=7)
        create("mine")
        create("theirs", THEIRS)
        (ours,) = client("chime-sdk-identity").list_app_instances()["AppInstances"]
        arn = ours["AppInstanceArn"]
        made = client("chime-sdk-identity").describe_app_instance(AppInstanceArn=arn)["AppInstance"]
        assert made["CreatedTimestamp"] > datetime.now(timezone.utc) + timedelta(days=6)

    @pytest.mark.parametrize("sign", [1, -1])
    def test_stays_within_its_range_whatever_the_clock_for_all_accounts_does(
        self, mock: Handle, mine: Handle, sign: int
    ) -> None:
        years = 7_000 if sign > 0 else 40
        mine.clock.advance(days=sign * years * 365)
        mock.clock.advance(days=sign * years * 365)

        assert 1971 <= mine.clock.now().year <= 9900
        create("mine")
        assert names() == ["mine"]
        mine.load(mine.dump())


class TestUsers:
    def test_have_keys_that_contain_the_account(self, mock: Handle, mine: Handle) -> None:
        alice, temporary = (
            mine.users.add("alice@example.com"),
            mine.users.add("bob@example.com", expires_in=9),
        )
        assert alice.access_key_id[:18] == f"AKIAQC{MINE}"
        assert temporary.access_key_id[:18] == f"ASIAQC{MINE}"
        assert len(alice.access_key_id) == len(temporary.access_key_id) == 26
        client("qapps", **alice.credentials).list_q_apps(**HERE)

        (call,) = mine.calls()
        assert (call.user, call.account_id) == (alice, MINE)
        assert list(mock.users) == []
        assert [user.email for user in mine.users] == ["alice@example.com", "bob@example.com"]

    def test_of_all_accounts_are_users_of_each(self, mock: Handle, mine: Handle) -> None:
        alice = mock.users.add("alice@example.com", access_key_id=MINE)
        assert mine.users.by_access_key(MINE) == alice != DEFAULT_USER
        client("qapps").list_q_apps(**HERE)
        assert [call.user for call in mine.calls()] == [alice]

    def test_of_an_account_are_unknown_elsewhere(self, mock: Handle, mine: Handle, theirs: Handle) -> None:
        alice = mine.users.add("alice@example.com")
        for other in (mock, theirs):
            assert other.users.by_access_key(alice.access_key_id) == DEFAULT_USER

    def test_are_found_by_each_of_their_keys(self, mine: Handle) -> None:
        first, second = (mine.users.add("alice@example.com", access_key_id=key) for key in ("KEY1", "KEY2"))
        assert first == second
        for key in ("KEY1", "KEY2"):
            assert mine.users.by_access_key(key).access_key_id == key

    def test_can_be_required(self, mock: Handle, mine: Handle) -> None:
        mine.users.required = True
        assert (mine.users.required, mock.users.required) == (True, False)
        with pytest.raises(client("qapps").exceptions.UnauthorizedException):
            client("qapps").list_q_apps(**HERE)
        client("qapps", THEIRS).list_q_apps(**HERE)
        mine.users.reset()
        mock.users.required = True
        assert mine.users.required is True
        mine.users.required = False
        client("qapps").list_q_apps(**HERE)

    def test_have_the_given_credentials(self, mine: Handle) -> None:
        given: Any = {
            "user_id": "b841e300-40c1-7062-fa34-5b46dadbbaac",
            "access_key_id": STS_KEY,
            "secret_access_key": "secret",
            "session_token": "token",
        }
        alice = mine.users.add("alice@example.com", **given)
        assert {name: getattr(alice, name) for name in given} == given
        assert alice.expires_at is None
        client("qapps", **alice.credentials).list_q_apps(**HERE)

        (call,) = mine.calls()
        assert (call.account_id, call.user.user_id) == (MINE, given["user_id"])

    @pytest.mark.parametrize(
        "given",
        [
            {"access_key_id": STS_KEY},
            {"secret_access_key": "secret"},
            {"session_token": "token"},
            {"secret_access_key": "secret", "session_token": "token", "expires_in": 60},
        ],
    )
    def test_can_get_credentials_later(self, mine: Handle, given: dict[str, Any]) -> None:
        before = mine.users.add("alice@example.com")
        after = mine.users.add("alice@example.com", **given)
        given.pop("expires_in", None)

        assert after == before
        assert {name: getattr(after, name) for name in given} == given
        assert mine.users.by_access_key(after.access_key_id).credentials == after.credentials

    def test_with_given_temporary_keys_expire(self, mine: Handle) -> None:
        alice = mine.users.add("a@example.com", 60, access_key_id=STS_KEY, session_token="token")
        qapps = client("qapps", **alice.credentials)
        qapps.list_q_apps(**HERE)
        mine.clock.advance(minutes=2)
        with pytest.raises(qapps.exceptions.ClientError, match="ExpiredToken"):
            qapps.list_q_apps(**HERE)
        assert [call.error for call in mine.calls()] == [None, "ExpiredTokenException"]

    def test_are_the_same_user_as_in_all_accounts(self, mock: Handle, mine: Handle) -> None:
        user_id = "b841e300-40c1-7062-fa34-5b46dadbbaac"
        mock.users.add("alice@example.com", user_id=user_id)
        assert mine.users.add("alice@example.com").user_id == user_id
        with pytest.raises(ValueError, match=r"alice@example\.com already has the user_id"):
            mine.users.add("bob@example.com", user_id=user_id)

    @pytest.mark.parametrize("key", [THEIRS, f"AKIAQC{THEIRS}0123ABCD", f"ASIAQC{THEIRS}0123ABCD"])
    def test_cannot_have_keys_that_contain_another_account(self, mine: Handle, key: str) -> None:
        with pytest.raises(ValueError, match=f"belongs to the account {THEIRS}"):
            mine.users.add("alice@example.com", access_key_id=key)
        assert list(mine.users) == []

    def test_cannot_have_keys_registered_in_another_account(
        self, mock: Handle, mine: Handle, theirs: Handle
    ) -> None:
        theirs.users.add("bob@example.com", access_key_id=STS_KEY)
        for users in (mine.users, mock.users):
            with pytest.raises(ValueError, match=f"belongs to the account {THEIRS}"):
                users.add("alice@example.com", access_key_id=STS_KEY)
        state = theirs.dump()
        theirs.reset()
        alice = mine.users.add("alice@example.com", access_key_id=STS_KEY)
        with pytest.raises(StateError, match=r"users\[0\]\.access_key_id: the access key .* belongs to"):
            theirs.load(state)
        mock.account("777788889999").reset()
        client("qapps", **alice.credentials).list_q_apps(**HERE)
        assert [call.user for call in mine.calls()] == [alice]

    def test_keep_their_keys_through_a_load(self, mine: Handle) -> None:
        alice = mine.users.add("alice@example.com", access_key_id=STS_KEY)
        mine.load(mine.dump())
        assert mine.users.by_access_key(STS_KEY).credentials == alice.credentials


class TestCalls:
    def test_are_those_of_the_account(self, mock: Handle, mine: Handle, theirs: Handle) -> None:
        names()
        client("qapps", THEIRS).list_q_apps(**HERE)
        assert mine.calls() == mine.calls("ListAppInstances") == ["ListAppInstances"]
        assert theirs.calls() == ["ListQApps"]
        assert mock.calls() == ["ListAppInstances", "ListQApps"]
        assert mine.calls("ListQApps") == []
        with pytest.raises(ValueError, match="no operation"):
            mine.calls("ListQApp")


class TestResetDumpAndLoad:
    @pytest.fixture(autouse=True)
    def both_in_use(self, mock: Handle, mine: Handle, theirs: Handle) -> None:
        mock.limits.apps_per_user = 50
        for handle, account in ((mine, MINE), (theirs, THEIRS)):
            handle.limits.apps_per_user = 10
            handle.users.add(f"user@{account}.com")
            handle.answers.add(text=account)
            handle.faults.add("ListQApps", "ThrottlingException", after=5)
            handle.clock.advance(days=1)
            create(account, account)
            run_query(client("qapps", account))

    def test_of_one_account_leave_others_unchanged(self, mock: Handle, mine: Handle, theirs: Handle) -> None:
        before, everybodys, state = theirs.dump(), mock.dump()["world"], mine.dump()
        del everybodys["calls"]
        mine.reset()
        assert mine.dump()["services"] == {service.name: {} for service in SERVICES}
        assert (len(mine.calls()), len(list(mine.users)), len(mine.faults)) == (0, 0, 0)
        assert (mine.limits.apps_per_user, mine.clock.offset) == (50, timedelta())
        assert theirs.dump() == before
        mine.load(state)
        assert (mine.dump(), theirs.dump()) == (state, before)
        assert {k: v for k, v in mock.dump()["world"].items() if k != "calls"} == everybodys
        assert names() == [MINE]

    def test_can_be_a_file(self, mine: Handle, tmp_path: Any) -> None:
        mine.save(tmp_path / "mine.json")
        state = mine.dump()
        mine.reset()
        mine.load(tmp_path / "mine.json")
        assert mine.dump() == state

    def test_of_another_account_or_of_all_are_refused(
        self, mock: Handle, mine: Handle, theirs: Handle
    ) -> None:
        before = mock.dump()
        for wrong in (theirs.dump(), mock.dump()):
            with pytest.raises(StateError, match=f"not the state of the account {MINE} alone"):
                mine.load(wrong)
        wrong = mine.dump()
        wrong["world"]["calls"] += theirs.dump()["world"]["calls"]
        with pytest.raises(StateError, match=r"world\.calls: expected only calls of the account"):
            mine.load(wrong)
        assert mock.dump() == before

    def test_that_is_damaged_changes_nothing(self, mock: Handle, mine: Handle) -> None:
        before, wrong = mock.dump(), mine.dump()
        wrong["accounts"][MINE]["limits"]["apps_per_user"] = "many"
        with pytest.raises(StateError, match=rf"accounts\.{MINE}\.limits\.apps_per_user: expected a whole"):
            mine.load(wrong)
        assert mock.dump() == before

    def test_of_all_accounts_cover_each(self, mock: Handle, mine: Handle, theirs: Handle) -> None:
        state, ours = mock.dump(), mine.dump()
        mock.reset()
        assert mock.accounts == []
        mock.load(state)
        assert mock.dump() == state
        assert mine.dump() == ours
        assert theirs.calls() == ["CreateAppInstance", "CreateQApp", "StartQAppSession", "GetQAppSession"]

    def test_parts_of_the_handle_survive_a_reset(self, mine: Handle) -> None:
        limits, users, answers, clock = mine.limits, mine.users, mine.answers, mine.clock
        mine.reset()
        limits.apps_per_user = 1
        users.required = True
        clock.advance(days=3)
        answers.add(text="new")
        assert (mine.limits.apps_per_user, mine.users.required) == (1, True)
        assert mine.clock.offset == timedelta(days=3)
        assert [answer.text for answer in mine.answers] == ["new"]


class TestOverHttp:
    @pytest.fixture
    def send(self, qchime_server: Server) -> Callable[..., requests.Response]:
        def send(method: str, word: str, **more: Any) -> requests.Response:
            return requests.request(method, f"{qchime_server.url}/_qchime/{word}", timeout=30, **more)

        return send

    def test_accounts_are_listed(self, send: Any) -> None:
        names()
        assert send("GET", "accounts").json() == {"accounts": [MINE]}

    @pytest.mark.parametrize(
        "word",
        [
            "clock",
            "faults",
            "limits",
            "rules",
            "users",
            "calls",
            "answers",
            "categories",
            "endpoints",
            "state",
        ],
    )
    def test_every_route_exists_for_one_account(self, send: Any, word: str) -> None:
        assert send("GET", f"accounts/{MINE}/{word}").status_code == 200

    @pytest.mark.parametrize("account_id", ["1", "abcdabcdabcd", "%D9%A1" * 12])
    def test_an_invalid_account_id_is_refused(self, send: Any, account_id: str) -> None:
        refused = send("POST", f"accounts/{account_id}/reset")
        assert (refused.status_code, refused.json()["error"]) == (400, "ValueError")
        assert send("GET", "accounts").json() == {"accounts": []}

    @pytest.mark.parametrize(
        "word", ["", "time", "reset/x", f"accounts/{THEIRS}/reset", f"accounts/{THEIRS}"]
    )
    def test_a_route_that_accounts_do_not_have_is_not_found(self, send: Any, word: str) -> None:
        create("theirs", THEIRS)
        assert send("POST", f"accounts/{MINE}/{word}").status_code == 404
        assert names(THEIRS) == ["theirs"]

    def test_calls_can_be_cleared_for_one_account(self, send: Any, qchime: Handle) -> None:
        names()
        names(THEIRS)
        assert send("DELETE", f"accounts/{MINE}/calls").json() == {"calls": []}
        assert [call.account_id for call in qchime.calls()] == [THEIRS]

    def test_a_seed_is_for_all_accounts(self, send: Any) -> None:
        assert (
            "All accounts share" in send("POST", f"accounts/{MINE}/seed", json={"seed": 1}).json()["message"]
        )

    def test_a_seed_from_a_client_is_for_all_accounts(self, qchime_server: Server) -> None:
        with pytest.raises(ValueError, match="All accounts share one source of ids"):
            Client(qchime_server.url, account=MINE).seed(1)

    def test_the_state_file_is_not_overwritten_by_one_account(self, tmp_path: Any) -> None:
        file = tmp_path / "state.json"
        with Server(cloud=Cloud(), state_file=file) as server:
            theirs = server.account(THEIRS)
            theirs.limits.apps_per_user = 7
            assert requests.post(f"{server.url}/_qchime/state", timeout=30).status_code == 200
            saved = file.read_text()
            refused = requests.post(f"{server.url}/_qchime/accounts/{MINE}/state", timeout=30)

        assert (refused.status_code, refused.json()["error"]) == (400, "ValueError")
        assert file.read_text() == saved


def scenario(mine: Handle, url: str, account: str) -> None:
    """A test that works on a separate server, and in an account of a shared one."""
    mine.reset()
    assert (len(mine.calls()), len(list(mine.users)), len(mine.faults)) == (0, 0, 0)
    mine.limits.app_instances_per_account = 2
    mine.faults.add("ListAppInstances", "ThrottledClientException", times=1)
    mine.clock.advance(days=int(account[-1]))
    chime = client("chime-sdk-identity", account, url)
    for name in ("one", "two"):
        chime.create_app_instance(Name=name)
    with pytest.raises(chime.exceptions.ResourceLimitExceededException):
        chime.create_app_instance(Name="three")
    with pytest.raises(chime.exceptions.ThrottledClientException):
        chime.list_app_instances()
    assert names(account, url) == ["one", "two"]
    mine.faults.assert_all_used()
    assert mine.clock.offset == timedelta(days=int(account[-1]))
    state = mine.dump()
    mine.reset()
    assert names(account, url) == []
    mine.load(state)
    assert names(account, url) == ["one", "two"]
    assert mine.calls() == [
        *["CreateAppInstance"] * 3,
        *["ListAppInstances"] * 3,
    ]


def test_two_runs_share_a_server_a_hundred_times() -> None:
    with Server(cloud=Cloud()) as server:
        runs = []

        def run(number: int, account: Any) -> None:
            for _ in range(100):
                scenario(Client(server.url, account=account), server.url, account)
                runs.append(account)

        at_once(run, [MINE, "444455556667"])
        assert sorted(runs) == [MINE] * 100 + ["444455556667"] * 100
        assert server.limits.app_instances_per_account == 100
        assert set(server.accounts) == {MINE, "444455556667"}


def test_accounts_may_have_instances_of_the_same_name() -> None:
    """Q Apps' instances in two accounts may have the same id."""
    used = Cloud()
    with Server(cloud=used) as server:
        client("qapps", MINE, server.url).batch_create_category(
            instanceId=INSTANCE, categories=[{"title": "A"}]
        )
        found = client("qapps", THEIRS, server.url).list_categories(instanceId=INSTANCE)
        assert found["categories"] == []
