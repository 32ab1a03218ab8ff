"""The handle's words over HTTP, under `/_qchime/`."""

from datetime import datetime, timedelta, timezone
from http.client import HTTPConnection
from typing import Any

import pytest

from qchime import Handle, __version__
from qchime.core.table import SERVICES
from qchime.server import Server
from qchime.server.control.routes import WORDS, ControlRoutes
from tests.server.wire import TIMEOUT, Reply, address, create, names, send, send_raw, signed

DAY = 24 * 60 * 60


def test_health_tells_the_version_and_the_services(qchime_server: Server) -> None:
    answer = send(qchime_server, "GET", "/_qchime/health")

    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json == {
        "status": "ok",
        "version": __version__,
        "services": ["chime-sdk-identity", "chime-sdk-messaging", "qapps"],
    }


class TestHead:
    ROUTES = sorted(
        {name for name in WORDS if hasattr(ControlRoutes, f"get_{name}")}
        | {name for service in SERVICES for name in service.words}
    )

    @pytest.mark.parametrize("account", ["", "accounts/111122223333/"])
    @pytest.mark.parametrize("name", ROUTES)
    def test_has_the_headers_of_get_and_no_body(self, qchime_server: Server, name: str, account: str) -> None:
        create(qchime_server)
        connection = HTTPConnection(*address(qchime_server), timeout=TIMEOUT)
        head, got = (ask(connection, method, f"/_qchime/{account}{name}") for method in ("HEAD", "GET"))
        connection.close()

        assert (head.status, got.status) == (200, 200)
        assert head.headers | {"date": ""} == got.headers | {"date": ""}
        assert int(head.headers["content-length"]) == len(got.body) > 0
        assert head.body == b""

    def test_takes_the_same_query_as_get(self, qchime_server: Server) -> None:
        assert send(qchime_server, "HEAD", "/_qchime/calls?operation=ListQApps").status == 200
        assert send(qchime_server, "HEAD", "/_qchime/calls?operation=CreateQapp").status == 400

    def test_works_over_http_1_0_as_load_balancers_send_it(self, qchime_server: Server) -> None:
        answer = send_raw(qchime_server, b"HEAD /_qchime/health HTTP/1.0")

        assert (answer.status, answer.body) == (200, b"")

    def test_is_not_an_operation_of_a_service(self, qchime_server: Server) -> None:
        answer = send(qchime_server, "HEAD", "/app-instances", headers=signed())

        assert (answer.status, answer.error) == (404, "UnknownOperationException")
        assert qchime_server.calls() == []


def ask(connection: HTTPConnection, method: str, target: str) -> Reply:
    """Ask on a connection that stays open: bytes too many would be the beginning of the next answer."""
    connection.request(method, target)
    return Reply.of(connection.getresponse())


def test_reset_clears_everything(qchime_server: Server) -> None:
    create(qchime_server)
    qchime_server.clock.advance(days=1)
    qchime_server.limits.tags_per_resource = 1
    qchime_server.users.add("alice@example.com")

    assert send(qchime_server, "POST", "/_qchime/reset").status == 200
    assert names(qchime_server) == []
    assert qchime_server.clock.offset == timedelta()
    assert qchime_server.limits.tags_per_resource == 50
    assert list(qchime_server.users) == []


class TestClock:
    def test_get_tells_the_time(self, qchime_server: Server) -> None:
        shown = send(qchime_server, "GET", "/_qchime/clock").json
        now = datetime.fromisoformat(shown["now"])

        assert shown["offset_seconds"] == 0
        assert abs(datetime.now(timezone.utc) - now) < timedelta(minutes=1)

    def test_post_advances_it_by_timedeltas_keywords(self, qchime_server: Server) -> None:
        shown = send(qchime_server, "POST", "/_qchime/clock", {"days": 7, "hours": 0.5}).json

        assert shown["offset_seconds"] == 7 * DAY + 1800
        assert qchime_server.clock.offset == timedelta(days=7, minutes=30)

    def test_posts_add_up(self, qchime_server: Server) -> None:
        send(qchime_server, "POST", "/_qchime/clock", {"days": 2})

        assert send(qchime_server, "POST", "/_qchime/clock", {"days": -1}).json["offset_seconds"] == DAY

    def test_delete_sets_it_back(self, qchime_server: Server) -> None:
        qchime_server.clock.advance(days=1)

        assert send(qchime_server, "DELETE", "/_qchime/clock").json["offset_seconds"] == 0

    def test_the_services_live_by_it(self, qchime_server: Server) -> None:
        arn = create(qchime_server)
        user = {
            "AppInstanceArn": arn,
            "AppInstanceUserId": "alice",
            "Name": "Alice",
            "ClientRequestToken": "token",
            "ExpirationSettings": {"ExpirationDays": 1, "ExpirationCriterion": "CREATED_TIMESTAMP"},
        }
        assert send(qchime_server, "POST", "/app-instance-users", user).status == 201
        send(qchime_server, "POST", "/_qchime/clock", {"days": 2})

        listed = send(qchime_server, "GET", f"/app-instance-users?app-instance-arn={arn}")
        assert listed.json["AppInstanceUsers"] == []

    @pytest.mark.parametrize(
        ("body", "named"),
        [
            (b"{", "not JSON"),
            (b"\xff\xfe", "not JSON"),
            (b"[" * 100_000, "not JSON"),
            (b"[1]", "JSON object"),
            (b"null", "JSON object"),
            (b'"days"', "JSON object"),
            ({"fortnights": 1}, "fortnights"),
            ({"days": "1"}, "days"),
            ({"days": None}, "days"),
            ({"days": [1]}, "days"),
            ({"self": 1}, "self"),
            ({"days": 1, "": 1}, ""),
            ({"days": 1e12}, "cannot be advanced that far"),
            (b'{"days": 1e999}', "cannot be advanced that far"),
            (b'{"days": NaN}', "NaN"),
            (b'{"days": ' + b"9" * 5000 + b"}", "not JSON"),
        ],
    )
    def test_what_is_wrong_is_named_and_nothing_changes(
        self, qchime_server: Server, body: Any, named: str
    ) -> None:
        qchime_server.clock.advance(days=3)
        answer = send(qchime_server, "POST", "/_qchime/clock", body)

        assert answer.status == 400
        assert named in answer.message
        assert qchime_server.clock.offset == timedelta(days=3)


class TestLimits:
    def test_get_lists_them_all(self, qchime_server: Server) -> None:
        assert send(qchime_server, "GET", "/_qchime/limits").json == qchime_server.limits.as_dict()

    def test_patch_changes_those_that_it_names(self, qchime_server: Server) -> None:
        before = qchime_server.limits.as_dict()
        change = {"app_instances_per_account": 1, "tags_per_resource": 0}

        assert send(qchime_server, "PATCH", "/_qchime/limits", change).json == before | change
        assert qchime_server.limits.as_dict() == before | change

    def test_delete_puts_awss_figures_back(self, qchime_server: Server) -> None:
        before = qchime_server.limits.as_dict()
        qchime_server.limits.tags_per_resource = 1

        assert send(qchime_server, "DELETE", "/_qchime/limits").json == before

    def test_the_services_enforce_them(self, qchime_server: Server) -> None:
        send(qchime_server, "PATCH", "/_qchime/limits", {"app_instances_per_account": 1})
        create(qchime_server)
        second = send(qchime_server, "POST", "/app-instances", {"Name": "b", "ClientRequestToken": "second"})

        assert (second.status, second.error) == (400, "ResourceLimitExceededException")

    @pytest.mark.parametrize(
        ("body", "named"),
        [
            (b"{broken", "not JSON"),
            (b"[]", "JSON object"),
            ({"app_instances": 1}, "There is no limit 'app_instances'"),
            ({"tags_per_resource": 1, "app_instances": 1}, "There is no limit 'app_instances'"),
            ({"tags_per_resource": -1}, "tags_per_resource"),
            ({"endpoints_per_user": 1, "tags_per_resource": -1}, "tags_per_resource"),
            ({"tags_per_resource": "1"}, "tags_per_resource"),
            ({"tags_per_resource": 1.5}, "tags_per_resource"),
            ({"tags_per_resource": True}, "tags_per_resource"),
            ({"tags_per_resource": None}, "tags_per_resource"),
            ({"self": 1}, "self"),
            ({"__class__": 1}, "__class__"),
            (b'{"\\ud800": 1}', "There is no limit"),
        ],
    )
    def test_what_is_wrong_is_named_and_nothing_changes(
        self, qchime_server: Server, body: Any, named: str
    ) -> None:
        before = qchime_server.limits.as_dict()
        answer = send(qchime_server, "PATCH", "/_qchime/limits", body)

        assert answer.status == 400
        assert named in answer.message
        assert qchime_server.limits.as_dict() == before


@pytest.mark.parametrize("target", ["/_qchime/nothing", "/_qchime/limits/tags_per_resource", "/_qchime"])
def test_an_unknown_word_is_not_found(qchime_server: Server, target: str) -> None:
    assert send(qchime_server, "GET", target).status == 404


def test_an_unknown_word_is_told_the_known_ones(qchime_server: Server) -> None:
    message = send(qchime_server, "GET", "/_qchime/limit").message

    assert "/_qchime/limit" in message
    assert "health, accounts, seed, reset, " in message


@pytest.mark.parametrize(
    ("method", "word", "allowed"),
    [
        ("POST", "health", "GET, HEAD"),
        ("GET", "reset", "POST"),
        ("HEAD", "reset", "POST"),
        ("PUT", "clock", "GET, POST, DELETE, HEAD"),
        ("POST", "limits", "GET, PATCH, DELETE, HEAD"),
    ],
)
def test_an_unknown_method_is_not_allowed_and_changes_nothing(
    qchime_server: Server, method: str, word: str, allowed: str
) -> None:
    create(qchime_server)
    answer = send(qchime_server, method, f"/_qchime/{word}", {})

    assert answer.status == 405
    assert answer.headers["allow"] == allowed
    assert method == "HEAD" or allowed in answer.message
    assert names(qchime_server) == ["Chat"]


class TestUsers:
    def test_post_registers_somebody_and_tells_their_credentials(
        self, qchime: Handle, qchime_server: Server
    ) -> None:
        made = send(qchime_server, "POST", "/_qchime/users", {"email": "alice@example.com"}).json
        (alice,) = qchime.users

        assert made == {
            "email": "alice@example.com",
            "user_id": alice.user_id,
            "access_key_id": alice.access_key_id,
            "secret_access_key": alice.secret_access_key,
            "session_token": None,
            "expires_at": None,
        }
        assert send(qchime_server, "GET", "/_qchime/users").json == {
            "required": False,
            "users": [made],
            "temporary": [],
            "context_assertions": {},
        }

    def test_temporary_credentials_are_listed_apart(self, qchime_server: Server) -> None:
        body = {"email": "alice@example.com", "expires_in": 60}
        made = send(qchime_server, "POST", "/_qchime/users", body).json
        listed = send(qchime_server, "GET", "/_qchime/users").json

        assert made["access_key_id"].startswith("ASIA")
        assert listed["temporary"] == [made]
        assert [user["session_token"] for user in listed["users"]] == [None]

    def test_patch_requires_them(self, qchime: Handle, qchime_server: Server) -> None:
        assert send(qchime_server, "PATCH", "/_qchime/users", {"required": True}).json["required"] is True
        assert qchime.users.required is True

    def test_delete_forgets_them(self, qchime: Handle, qchime_server: Server) -> None:
        qchime.users.add("alice@example.com")
        assert send(qchime_server, "DELETE", "/_qchime/users").json["users"] == []


class TestFaults:
    def test_post_adds_one_and_get_shows_how_far_it_is(self, qchime_server: Server) -> None:
        body = {"operation": "ListAppInstances", "error": "ForbiddenException", "times": 2}
        added = send(qchime_server, "POST", "/_qchime/faults", body).json
        assert send(qchime_server, "GET", "/app-instances", headers=signed()).error == "ForbiddenException"

        assert added == {
            **body,
            "after": 0,
            "where": {},
            "delay": 0,
            "service": None,
            "passed": 0,
            "struck": 0,
        }
        assert send(qchime_server, "GET", "/_qchime/faults").json == {"faults": [{**added, "struck": 1}]}
        assert send(qchime_server, "DELETE", "/_qchime/faults").json == {"faults": []}


class TestAnswers:
    def test_post_scripts_cards_apps_and_plugins(self, qchime: Handle, qchime_server: Server) -> None:
        app = {"title": "Poems", "appDefinition": {"cards": []}}
        for body in (
            {"card": "Summary", "text": "All is well"},
            {"app": app, "problem_statement": "write"},
            {"plugin_id": "p", "plugin_type": "JIRA"},
            {"seconds": 5},
        ):
            assert send(qchime_server, "POST", "/_qchime/answers", body).status == 200
        qchime.answers.add(text=str.upper)

        assert send(qchime_server, "GET", "/_qchime/answers").json == {
            "answers": [
                {"card": "Summary", "text": "All is well", "fails": False, "waits": False},
                {"card": None, "text": None, "fails": False, "waits": False},
            ],
            "apps": [{"problem_statement": "write", "app": app}],
            "plugins": {"p": "JIRA"},
            "in_progress": [{"card": None, "polls": None, "seconds": 5}],
        }
        emptied: dict[str, Any] = {"answers": [], "apps": [], "plugins": {}, "in_progress": []}
        assert send(qchime_server, "DELETE", "/_qchime/answers").json == emptied


class TestCategories:
    def test_post_adds_what_the_library_begins_with(self, qchime_server: Server) -> None:
        added = {"title": "HR", "id": None, "color": None}
        assert send(qchime_server, "POST", "/_qchime/categories", {"title": "HR"}).status == 200
        assert send(qchime_server, "GET", "/_qchime/categories").json == {"categories": [added]}
        assert send(qchime_server, "POST", "/_qchime/categories", {"name": "HR"}).status == 400
        assert send(qchime_server, "DELETE", "/_qchime/categories").json == {"categories": []}


class TestCalls:
    def test_get_tells_them_all_or_those_of_one_operation(self, qchime_server: Server) -> None:
        create(qchime_server)
        names(qchime_server)
        (made,) = send(qchime_server, "GET", "/_qchime/calls?operation=CreateAppInstance").json["calls"]
        listed = send(qchime_server, "GET", "/_qchime/calls").json["calls"]

        assert [call["operation"] for call in listed] == ["CreateAppInstance", "ListAppInstances"]
        assert made["input"] == {"Name": "Chat", "ClientRequestToken": "token-Chat"}
        assert (made["status"], made["error"]) == (201, None)
        assert made["user"]["email"] == "default@example.com"

    def test_delete_forgets_them(self, qchime_server: Server) -> None:
        create(qchime_server)
        assert send(qchime_server, "DELETE", "/_qchime/calls").json == {"calls": []}


class TestState:
    def test_get_and_put(self, qchime_server: Server) -> None:
        create(qchime_server)
        state = send(qchime_server, "GET", "/_qchime/state").json
        send(qchime_server, "POST", "/_qchime/reset")
        assert send(qchime_server, "PUT", "/_qchime/state", state).status == 200

        assert names(qchime_server) == ["Chat"]

    def test_what_is_wrong_is_told_with_its_place_and_nothing_changes(self, qchime_server: Server) -> None:
        create(qchime_server)
        state = send(qchime_server, "GET", "/_qchime/state").json
        state["world"]["limits"]["file_bytes"] = "many"
        answer = send(qchime_server, "PUT", "/_qchime/state", state)

        assert answer.status == 400
        assert "world.limits.file_bytes: expected a whole number, not 'many'" in answer.message
        assert names(qchime_server) == ["Chat"]


@pytest.mark.parametrize(
    ("method", "word", "body", "named"),
    [
        ("POST", "users", {}, "missing a required member: 'email'"),
        ("POST", "users", {"email": "a@b", "colour": "red"}, "unexpected keyword member 'colour'"),
        ("POST", "users", {"email": "alice"}, "e-mail address"),
        ("POST", "users", {"email": "a@b", "expires_in": 0}, "expires_in"),
        ("PATCH", "users", {"required": "yes"}, "required"),
        ("PATCH", "users", {}, "'required'"),
        ("GET", "users?email=a", None, "'email'"),
        ("POST", "faults", {"error": "ForbiddenException"}, "'operation'"),
        ("POST", "faults", {"operation": "ListQApps", "error": "ForbiddenException"}, "Choose from: "),
        ("POST", "faults", {"operation": "ListQApps", "error": "ValidationException", "often": 1}, "'often'"),
        ("POST", "answers", {"card": "Summary", "txt": "hello"}, "'txt'"),
        ("POST", "answers", {"text": 5}, "text"),
        ("POST", "answers", {"app": {}}, "title and appDefinition"),
        ("POST", "answers", {"plugin_id": "p"}, "'plugin_type'"),
        ("GET", "events?type=CREATED_CHANNEL", None, "Choose from: CREATE_CHANNEL"),
        ("GET", "events?since=yesterday", None, "'since'"),
        ("POST", "flows", {"action": "script"}, "Choose from: pass, hold, invoke, fail"),
        ("POST", "flows", {"flow": "Censor"}, "'action'"),
        ("POST", "flows", {"action": "hold", "flow": 5}, "ARN or name"),
        ("GET", "calls?operation=CreateQapp", None, "Choose from: CreateQApp"),
        ("GET", "calls?since=yesterday", None, "'since'"),
        ("POST", "clock", {"weeeks": 1}, "weeeks"),
        ("PUT", "state", {}, "version"),
        ("PUT", "state", {"version": 3}, "version"),
        ("POST", "reset", {"now": True}, "'now'"),
    ],
)
def test_what_is_wrong_with_a_body_is_named(
    qchime_server: Server, method: str, word: str, body: Any, named: str
) -> None:
    answer = send(qchime_server, method, f"/_qchime/{word}", body)

    assert answer.status == 400
    assert named in answer.message
    assert "Control" not in answer.message
