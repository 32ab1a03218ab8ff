"""The in-process handle and the one over HTTP behave the same."""

import inspect
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import boto3
import pytest

from qchime import Client, Handle, Server, world
from qchime.control import client, words
from qchime.core.cloud import Cloud
from qchime.core.table import SERVICES
from qchime.services.qapps.answers import PredictedApp
from qchime.world import DEFAULT_USER, Limits
from tests.services.qapps.samples import INSTANCE, definition, query

PLUGIN = "11111111-1111-4111-8111-111111111111"


@pytest.fixture(params=["in the process", "over HTTP"])
def mock(request: pytest.FixtureRequest, qchime: Handle, qchime_server: Server) -> Handle:
    return qchime if request.param == "in the process" else Client(qchime_server.url)


@pytest.fixture
def remote(qchime_server: Server) -> Client:
    return Client(qchime_server.url)


def run_query(client: Any) -> str:
    """The answer of a query card called Summary, in a new app."""
    card = query(title="Summary", prompt="Sum up")
    app = client.create_q_app(instanceId=INSTANCE, title="App", appDefinition=definition(card))
    session = client.start_q_app_session(instanceId=INSTANCE, appId=app["appId"], appVersion=1)
    shown = client.get_q_app_session(instanceId=INSTANCE, sessionId=session["sessionId"])
    return str(shown["cardStatus"][card["qQuery"]["id"]]["currentValue"])


class TestUsers:
    def test_sign_with_their_credentials(self, mock: Handle) -> None:
        alice = mock.users.add("alice@example.com")
        client = boto3.client("qapps", region_name="us-east-1", **alice.credentials)
        client.list_q_apps(instanceId=INSTANCE)

        assert mock.users.add("alice@example.com") == alice
        assert list(mock.users) == [alice]
        assert mock.users.by_access_key(alice.access_key_id) == alice
        assert mock.users.by_access_key("nobody's") == DEFAULT_USER
        assert [call.user for call in mock.calls()] == [alice]

    def test_can_be_required(self, mock: Handle, qapps_client: Any) -> None:
        assert mock.users.required is False
        mock.users.required = True
        assert mock.users.required is True
        with pytest.raises(qapps_client.exceptions.UnauthorizedException):
            qapps_client.list_q_apps(instanceId=INSTANCE)

    def test_can_have_context_assertions(self, mock: Handle) -> None:
        mock.users.add("alice@example.com", context_assertion="the assertion of Alice")

        assert mock.users.context_assertions == {"the assertion of Alice": "alice@example.com"}
        with pytest.raises(ValueError, match="already has the context assertion"):
            mock.users.add("bob@example.com", context_assertion="the assertion of Alice")

    def test_can_have_temporary_credentials(self, mock: Handle) -> None:
        alice = mock.users.add("alice@example.com", expires_in=3600)
        assert alice == mock.users.add("alice@example.com")
        assert mock.users.by_access_key(alice.access_key_id).expires_at == alice.expires_at
        assert [user.session_token for user in mock.users.temporary] == [alice.session_token]

        assert set(alice.credentials) == {
            "aws_access_key_id",
            "aws_secret_access_key",
            "aws_session_token",
        }
        client = boto3.client("qapps", region_name="us-east-1", **alice.credentials)
        assert client.list_q_apps(instanceId=INSTANCE)["apps"] == []
        mock.clock.advance(hours=2)
        with pytest.raises(client.exceptions.ClientError, match="ExpiredTokenException"):
            client.list_q_apps(instanceId=INSTANCE)

    def test_are_removed_by_their_own_reset(self, mock: Handle) -> None:
        mock.users.add("alice@example.com")
        mock.users.required = True
        mock.users.reset()

        assert list(mock.users) == []
        assert mock.users.required is False

    @pytest.mark.parametrize("email", ["alice", "", 5, None, "default@example.com"])
    def test_need_an_address(self, mock: Handle, email: Any) -> None:
        with pytest.raises(ValueError, match=r"e-mail address|default user"):
            mock.users.add(email)


class TestCategories:
    def test_are_what_the_library_begins_with(self, mock: Handle, qapps_client: Any) -> None:
        mock.categories.add("HR", color="#123456")
        (category,) = qapps_client.list_categories(instanceId=INSTANCE)["categories"]

        assert (category["title"], category["color"]) == ("HR", "#123456")
        assert [(one.title, one.id, one.color) for one in mock.categories] == [("HR", None, "#123456")]
        mock.categories.reset()
        assert list(mock.categories) == []

    def test_that_are_invalid_are_refused(self, mock: Handle) -> None:
        with pytest.raises(ValueError, match="not a category"):
            mock.categories.add("No-dashes")


class TestAnswers:
    def test_are_for_cards(self, mock: Handle, qapps_client: Any) -> None:
        mock.answers.add(card="Summary", text="All is well")
        mock.answers.add(card="Another", text="Not this one")

        assert run_query(qapps_client) == "All is well"
        mock.answers.reset()
        assert run_query(qapps_client) == "Answer to: Sum up"

    def test_have_a_default(self, mock: Handle, qapps_client: Any) -> None:
        mock.answers.add(card="Another", text="scripted")

        assert run_query(qapps_client) == "Answer to: Sum up"

    def test_include_apps_and_plugins(self, mock: Handle, qapps_client: Any) -> None:
        app: PredictedApp = {"title": "Poems", "appDefinition": {"cards": []}}
        mock.answers.add_app(app, problem_statement="write")
        mock.answers.add_plugin(PLUGIN, "JIRA")
        predicted = qapps_client.predict_q_app(instanceId=INSTANCE, options={"problemStatement": "write"})

        assert predicted["app"]["title"] == "Poems"
        assert mock.answers.apps == [("write", app)]
        assert mock.answers.plugins == {PLUGIN: "JIRA"}

    def test_can_be_listed(self, mock: Handle) -> None:
        mock.answers.add(card="One", text="1", fails=True)
        mock.answers.add(waits=True)

        assert [(a.card, a.fails, a.waits) for a in mock.answers] == [
            ("One", True, False),
            (None, False, True),
        ]

    @pytest.mark.parametrize(
        "wrong", [{"text": 5}, {"card": 5}, {"fails": "yes"}, {"waits": 1}, {"card": "x", "colour": "red"}]
    )
    def test_with_wrong_arguments_are_refused(self, mock: Handle, wrong: dict[str, Any]) -> None:
        with pytest.raises(TypeError):
            mock.answers.add(**wrong)
        assert list(mock.answers) == []


class TestClock:
    def test_can_be_advanced(self, mock: Handle) -> None:
        mock.clock.advance(days=7, hours=1)

        assert mock.clock.offset == timedelta(days=7, hours=1)
        ahead = mock.clock.now() - datetime.now(timezone.utc)
        assert timedelta(days=7) < ahead < timedelta(days=7, hours=2)
        mock.clock.reset()
        assert mock.clock.offset == timedelta()

    def test_refuses_an_invalid_duration(self, mock: Handle) -> None:
        with pytest.raises(TypeError, match="fortnights"):
            mock.clock.advance(fortnights=1)
        with pytest.raises(ValueError, match="that far"):
            mock.clock.advance(days=1e7)


class TestLimits:
    def test_are_read_and_set_by_name(self, mock: Handle, chime_sdk_identity_client: Any) -> None:
        assert mock.limits.app_instances_per_account == 100
        mock.limits.app_instances_per_account = 0
        assert mock.limits.app_instances_per_account == 0
        with pytest.raises(chime_sdk_identity_client.exceptions.ResourceLimitExceededException):
            chime_sdk_identity_client.create_app_instance(Name="chat")

    def test_are_set_at_once_and_reset(self, mock: Handle) -> None:
        mock.limits.update(file_bytes=1, tags_per_resource=2)
        assert mock.limits.as_dict() == Limits(SERVICES).as_dict() | {"file_bytes": 1, "tags_per_resource": 2}
        mock.limits.reset()
        assert mock.limits.as_dict() == Limits(SERVICES).as_dict()

    def test_refuse_unknown_names_and_invalid_values(self, mock: Handle) -> None:
        with pytest.raises(AttributeError, match="There is no limit 'apps'"):
            mock.limits.apps = 1
        with pytest.raises(ValueError, match="0 or more"):
            mock.limits.file_bytes = -1
        with pytest.raises(TypeError, match="whole number"):
            mock.limits.update(file_bytes="1")  # type: ignore[arg-type]


class TestFaults:
    def test_make_calls_fail(self, mock: Handle, qapps_client: Any) -> None:
        added = mock.faults.add("ListQApps", "ValidationException", times=1, where={"instanceId": "bad"})
        assert (added.operation, added.times, added.where) == ("ListQApps", 1, {"instanceId": "bad"})
        assert len(mock.faults) == len(mock.faults.unused) == 1
        with pytest.raises(AssertionError, match="struck 0 of 1"):
            mock.faults.assert_all_used()

        with pytest.raises(qapps_client.exceptions.ValidationException):
            qapps_client.list_q_apps(instanceId="bad")
        assert [fault.struck for fault in mock.faults] == [1]
        mock.faults.assert_all_used()
        mock.faults.reset()
        assert list(mock.faults) == []

    def test_take_the_same_arguments_by_position(self, mock: Handle) -> None:
        fault = mock.faults.add("ListQApps", "ValidationException", 2, 1, {"limit": 5}, 0.5)

        assert (fault.times, fault.after, fault.where, fault.delay) == (2, 1, {"limit": 5}, 0.5)
        assert fault.service is None

    def test_with_wrong_arguments_raise_value_error(self, mock: Handle) -> None:
        with pytest.raises(ValueError, match="Choose from: "):
            mock.faults.add("ListQApps", "ConflictException")
        with pytest.raises(TypeError, match="often"):
            mock.faults.add("ListQApps", "ValidationException", often=5)  # type: ignore[call-arg]


class TestCalls:
    def test_are_recorded(self, mock: Handle, qapps_client: Any) -> None:
        qapps_client.list_q_apps(instanceId=INSTANCE)
        with pytest.raises(qapps_client.exceptions.ResourceNotFoundException):
            qapps_client.get_q_app(instanceId=INSTANCE, appId=PLUGIN)

        assert mock.calls() == ["ListQApps", "GetQApp"]
        (call,) = mock.calls("GetQApp")
        assert call.input == {"instanceId": INSTANCE, "appId": PLUGIN}
        assert (call.status, call.error) == (404, "ResourceNotFoundException")

    def test_of_a_misspelt_operation_are_an_error(self, mock: Handle) -> None:
        with pytest.raises(ValueError, match="Choose from: CreateQApp"):
            mock.calls("CreateQapp")


class TestState:
    def test_can_be_dumped_and_loaded(self, mock: Handle, chime_sdk_identity_client: Any) -> None:
        chime_sdk_identity_client.create_app_instance(Name="chat")
        mock.limits.file_bytes = 1
        state = mock.dump()
        mock.reset()
        assert chime_sdk_identity_client.list_app_instances()["AppInstances"] == []
        assert mock.limits.file_bytes != 1

        mock.load(state)
        assert [i["Name"] for i in chime_sdk_identity_client.list_app_instances()["AppInstances"]] == ["chat"]
        assert mock.limits.file_bytes == 1

    def test_can_be_saved_and_loaded(
        self, mock: Handle, chime_sdk_identity_client: Any, tmp_path: Any
    ) -> None:
        chime_sdk_identity_client.create_app_instance(Name="chat")
        mock.save(tmp_path / "state.json")
        mock.reset()
        mock.load(tmp_path / "state.json")

        assert len(chime_sdk_identity_client.list_app_instances()["AppInstances"]) == 1

    def test_that_is_invalid_is_refused_with_the_place(self, mock: Handle) -> None:
        with pytest.raises(ValueError, match="version"):
            mock.load({})
        with pytest.raises(ValueError, match="nonsense"):
            mock.load(mock.dump() | {"nonsense": 1})


def public_names(owner: Any) -> set[str]:
    return {name for name in vars(owner) if not name.startswith("_")}


@pytest.mark.parametrize("word", [words.Clock, words.Faults, words.Limits, words.Rules, words.Users])
def test_attributes_have_the_same_interface_in_process_and_on_a_server(word: Any) -> None:
    for kind in (getattr(world, word.__name__), getattr(client, f"Remote{word.__name__}")):
        assert public_names(word) <= public_names(kind)
        for name in public_names(word):
            says, here = inspect.getattr_static(word, name), inspect.getattr_static(kind, name)
            assert type(says) is type(here)
            if inspect.isfunction(says):
                assert inspect.signature(says).parameters == inspect.signature(here).parameters


def test_the_remote_handle_defines_every_attribute() -> None:
    inherited = {"load", "save", "save_page"}  # files are read and written on the client's side
    assert public_names(Handle) - inherited <= public_names(Client)


class TestUrls:
    @pytest.mark.parametrize("end", ["", "/", "//"])
    def test_may_end_with_a_slash(self, qchime_server: Server, end: str) -> None:
        remote = Client(f"{qchime_server.url}{end}")
        assert remote.url == qchime_server.url

        remote.clock.advance(days=1)
        assert remote.account("111122223333").clock.offset == timedelta(days=1)

    def test_may_be_in_upper_case(self, qchime_server: Server) -> None:
        shouted = qchime_server.url.replace("http", "HTTP").replace("127.0.0.1", "LOCALHOST")
        assert Client(shouted).accounts == qchime_server.accounts

    @pytest.mark.parametrize(
        "url", ["https://mock.example.com", "http://[::1]:4590", "http://gateway.example.com/aws/qchime"]
    )
    def test_may_have_any_host_and_a_path(self, url: str) -> None:
        assert Client(f"{url}/").url == url

    @pytest.mark.parametrize(
        "url",
        [
            "",
            None,
            "localhost:4590",
            "127.0.0.1:4590",
            "//127.0.0.1:4590",
            "http:/127.0.0.1:4590",
            "http://",
            "http:///",
            "http://:4590",
            "ftp://127.0.0.1",
            "http://127.0.0.1:port",
            "http://127.0.0.1:70000",
            "http://127.0.0.1:4590.example.com",
            "http://::1:4590",
            "http://user:password@127.0.0.1:4590",
            "http://127.0.0.1:4590?",
            "http://127.0.0.1:4590/#top",
            "http://127.0.0.1:4590\n",
            " http://127.0.0.1:4590",
            "http://127.0.0.1:4590/a b",
        ],
    )
    def test_are_checked_by_the_constructor(self, url: Any) -> None:
        with pytest.raises(ValueError, match=r"such as http://127\.0\.0\.1:4590") as caught:
            Client(url)
        assert str(caught.value).startswith(f"{url!r} is not the URL of a server.")


def test_an_unknown_attribute_is_an_error(mock: Handle) -> None:
    with pytest.raises(AttributeError, match="has no attribute 'anwsers'"):
        mock.anwsers  # type: ignore[attr-defined]  # noqa: B018


def test_a_function_cannot_be_sent(remote: Client) -> None:
    with pytest.raises(TypeError, match="cannot be sent to a server"):
        remote.answers.add(text=lambda prompt: prompt.upper())


def test_an_unreachable_server_is_an_os_error(unused_tcp_port: int) -> None:
    with pytest.raises(OSError, match="refused"):
        Client(f"http://127.0.0.1:{unused_tcp_port}").reset()


def test_a_proxy_from_the_environment_is_not_used(remote: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert remote.limits.file_bytes > 0


class TestAuthorities:
    @pytest.fixture
    def server(self) -> Iterator[Server]:
        with Server(cloud=Cloud(), tls=True) as server:
            yield server

    @pytest.mark.parametrize("variable", ["AWS_CA_BUNDLE", "SSL_CERT_FILE"])
    def test_are_named_by_the_environment(
        self, server: Server, monkeypatch: pytest.MonkeyPatch, variable: str
    ) -> None:
        monkeypatch.setenv(variable, str(server.ca_file))
        assert Client(server.url).account("111122223333").calls() == []

    def test_that_are_unknown_are_refused(self, server: Server) -> None:
        with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
            Client(server.url).calls()

    def test_that_are_missing_are_an_error_that_names_the_variable(
        self, server: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("AWS_CA_BUNDLE", "/nowhere/ca.pem")
        with pytest.raises(FileNotFoundError, match=r"AWS_CA_BUNDLE .*/nowhere/ca\.pem"):
            Client(server.url)

    def test_do_not_matter_without_tls(self, qchime_server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AWS_CA_BUNDLE", "/nowhere/ca.pem")
        assert Client(qchime_server.url).calls() == []
