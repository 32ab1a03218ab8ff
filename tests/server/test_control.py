"""The handle's words over HTTP, under `/_qchime/`."""

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from qchime import __version__
from qchime.server import Server
from tests.server.wire import create, names, send

DAY = 24 * 60 * 60


def test_health_tells_the_version_and_the_services(qchime_server: Server):
    answer = send(qchime_server, "GET", "/_qchime/health")

    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json == {
        "status": "ok",
        "version": __version__,
        "services": ["qapps", "chime-sdk-identity"],
    }


def test_reset_clears_everything(qchime_server: Server):
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
    def test_get_tells_the_time(self, qchime_server: Server):
        shown = send(qchime_server, "GET", "/_qchime/clock").json
        now = datetime.fromisoformat(shown["now"])

        assert shown["offset_seconds"] == 0
        assert abs(datetime.now(timezone.utc) - now) < timedelta(minutes=1)

    def test_post_advances_it_by_timedeltas_keywords(self, qchime_server: Server):
        shown = send(qchime_server, "POST", "/_qchime/clock", {"days": 7, "hours": 0.5}).json

        assert shown["offset_seconds"] == 7 * DAY + 1800
        assert qchime_server.clock.offset == timedelta(days=7, minutes=30)

    def test_posts_add_up(self, qchime_server: Server):
        send(qchime_server, "POST", "/_qchime/clock", {"days": 2})

        assert send(qchime_server, "POST", "/_qchime/clock", {"days": -1}).json["offset_seconds"] == DAY

    def test_delete_sets_it_back(self, qchime_server: Server):
        qchime_server.clock.advance(days=1)

        assert send(qchime_server, "DELETE", "/_qchime/clock").json["offset_seconds"] == 0

    def test_the_services_live_by_it(self, qchime_server: Server):
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
    def test_what_is_wrong_is_named_and_nothing_changes(self, qchime_server: Server, body: Any, named: str):
        qchime_server.clock.advance(days=3)
        answer = send(qchime_server, "POST", "/_qchime/clock", body)

        assert answer.status == 400
        assert named in answer.message
        assert qchime_server.clock.offset == timedelta(days=3)


class TestLimits:
    def test_get_lists_them_all(self, qchime_server: Server):
        assert send(qchime_server, "GET", "/_qchime/limits").json == qchime_server.limits.as_dict()

    def test_patch_changes_those_that_it_names(self, qchime_server: Server):
        before = qchime_server.limits.as_dict()
        change = {"app_instances_per_account": 1, "tags_per_resource": 0}

        assert send(qchime_server, "PATCH", "/_qchime/limits", change).json == before | change
        assert qchime_server.limits.as_dict() == before | change

    def test_delete_puts_awss_figures_back(self, qchime_server: Server):
        before = qchime_server.limits.as_dict()
        qchime_server.limits.tags_per_resource = 1

        assert send(qchime_server, "DELETE", "/_qchime/limits").json == before

    def test_the_services_enforce_them(self, qchime_server: Server):
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
    def test_what_is_wrong_is_named_and_nothing_changes(self, qchime_server: Server, body: Any, named: str):
        before = qchime_server.limits.as_dict()
        answer = send(qchime_server, "PATCH", "/_qchime/limits", body)

        assert answer.status == 400
        assert named in answer.message
        assert qchime_server.limits.as_dict() == before


@pytest.mark.parametrize(
    "target", ["/_qchime/", "/_qchime/nothing", "/_qchime/limits/tags_per_resource", "/_qchime"]
)
def test_an_unknown_word_is_not_found(qchime_server: Server, target: str):
    assert send(qchime_server, "GET", target).status == 404


def test_an_unknown_word_is_told_the_known_ones(qchime_server: Server):
    message = send(qchime_server, "GET", "/_qchime/limit").message

    assert "/_qchime/limit" in message
    assert "health, reset, " in message


@pytest.mark.parametrize(
    ("method", "word", "allowed"),
    [
        ("POST", "health", "GET"),
        ("GET", "reset", "POST"),
        ("PUT", "clock", "GET, POST, DELETE"),
        ("POST", "limits", "GET, PATCH, DELETE"),
    ],
)
def test_an_unknown_method_is_not_allowed_and_changes_nothing(
    qchime_server: Server, method: str, word: str, allowed: str
):
    create(qchime_server)
    answer = send(qchime_server, method, f"/_qchime/{word}", {})

    assert answer.status == 405
    assert answer.headers["allow"] == allowed
    assert allowed in answer.message
    assert names(qchime_server) == ["Chat"]
