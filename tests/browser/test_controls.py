"""What a test author sets, by forms."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from qchime import Cloud, Server
from tests.browser.visiting import follow
from tests.server.wire import send
from tests.services.qapps.samples import HERE, definition, query

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

ONCE = Config(retries={"total_max_attempts": 1})
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def controls(page: Page) -> Page:
    page.goto("/_qchime/page/controls")
    return page


def part(page: Page, name: str) -> Locator:
    return page.locator(f"#{name}")


class TestFaults:
    def test_only_errors_that_the_operation_declares_can_be_chosen(self, controls: Page) -> None:
        faults = part(controls, "faults")
        with controls.expect_navigation():
            faults.get_by_label("Operation").select_option("CreateQApp")
        errors = faults.get_by_label("Error").locator("option").all_inner_texts()
        assert "ServiceQuotaExceededException" in errors
        assert "ExpiredTokenException" in errors
        assert "ResourceNotFoundException" not in errors

    def test_a_fault_strikes_as_often_as_asked(
        self, controls: Page, client: Callable[..., Any], server: Server
    ) -> None:
        faults = part(controls, "faults")
        with controls.expect_navigation():
            faults.get_by_label("Operation").select_option("ListQApps")
        faults.get_by_label("Error").select_option("ThrottlingException")
        faults.get_by_label("Times").fill("1")
        faults.get_by_label("Where").fill(json.dumps(HERE))
        follow(faults.get_by_role("button", name="Add fault"))
        qapps = client("qapps", config=ONCE)
        qapps.list_q_apps(instanceId="another")
        with pytest.raises(qapps.exceptions.ThrottlingException):
            qapps.list_q_apps(**HERE)
        qapps.list_q_apps(**HERE)
        part(controls, "fault-list").get_by_text("struck 1 of 1 times").wait_for()
        follow(part(controls, "faults").get_by_role("button", name="Remove all"))
        assert list(server.faults) == []

    def test_a_fault_may_only_delay(self, controls: Page, server: Server) -> None:
        faults = part(controls, "faults")
        with controls.expect_navigation():
            faults.get_by_label("Operation").select_option("ListQApps")
        faults.get_by_label("Delay (seconds)").fill("0.5")
        follow(faults.get_by_role("button", name="Add fault"))
        (fault,) = server.faults
        assert (fault.error, fault.delay, fault.times) == (None, 0.5, None)


def test_the_clock_advances_and_returns(controls: Page, server: Server) -> None:
    clock = part(controls, "clock")
    clock.get_by_label("Days").fill("7")
    clock.get_by_label("Hours").fill("1.5")
    follow(clock.get_by_role("button", name="Advance"))
    assert server.clock.offset == timedelta(days=7, hours=1.5)
    assert "7 days, 1:30:00" in part(controls, "ahead").inner_text()
    follow(part(controls, "clock").get_by_role("button", name="Reset"))
    assert server.clock.offset == timedelta(0)


class TestUsers:
    def test_a_user_has_credentials_to_copy(
        self, controls: Page, client: Callable[..., Any], server: Server
    ) -> None:
        part(controls, "users").get_by_label("E-mail").fill("alice@example.com")
        follow(part(controls, "users").get_by_role("button", name="Add user"))
        part(controls, "users").get_by_text("alice@example.com").click()
        (alice,) = server.users
        copied = controls.locator("#boto3-1").inner_text()
        assert eval(f"dict({copied})") == alice.credentials  # noqa: S307
        environment = controls.locator("#environment-1").inner_text()
        assert f"export AWS_ACCESS_KEY_ID={alice.access_key_id}" in environment
        profile = controls.locator("#profile-1").inner_text()
        assert f"aws_secret_access_key = {alice.secret_access_key}" in profile

    def test_of_many_the_first_are_shown(self, page: Page, server: Server) -> None:
        for number in range(101):
            server.users.add(f"user-{number}@example.com")
        page.goto("/_qchime/page/controls")
        assert part(page, "users").locator("details").count() == 100
        assert part(page, "users").get_by_text("Only the first 100 are shown.").is_visible()

    def test_they_can_be_required(self, controls: Page, client: Callable[..., Any], server: Server) -> None:
        follow(part(controls, "users").get_by_role("button", name="Require registration"))
        assert server.users.required
        with pytest.raises(ClientError, match="Unauthorized"):
            client("qapps").list_q_apps(**HERE)
        follow(part(controls, "users").get_by_role("button", name="Allow all callers"))
        client("qapps").list_q_apps(**HERE)

    def test_a_mistake_is_explained_and_changes_nothing(
        self, controls: Page, server: Server, missing: list[str]
    ) -> None:
        missing.append("page/act")
        part(controls, "users").get_by_label("E-mail").fill("<b>no address</b>")
        follow(part(controls, "users").get_by_role("button", name="Add user"))
        assert "<b>no address</b>" in controls.get_by_role("alert").inner_text()
        assert list(server.users) == []


def test_a_limit_can_be_set_and_all_can_be_reset(controls: Page, server: Server) -> None:
    controls.get_by_role("spinbutton", name="apps_per_user").fill("1")
    follow(controls.get_by_role("button", name="Set apps_per_user"))
    assert server.limits.as_dict() == server.limits.as_dict() | {"apps_per_user": 1}
    follow(part(controls, "limits").get_by_role("button", name="Reset"))
    assert server.limits.apps_per_user == 100


def test_a_rule_can_be_turned(controls: Page, server: Server) -> None:
    controls.get_by_role("combobox", name="qapps.default-output-source").select_option("llm")
    follow(controls.get_by_role("button", name="Set qapps.default-output-source"))
    assert server.rules["qapps.default-output-source"] == "llm"
    follow(part(controls, "rules").get_by_role("button", name="Reset"))
    assert server.rules["qapps.default-output-source"] == "approved-sources"


def test_an_answer_is_what_cards_answer(controls: Page, client: Callable[..., Any]) -> None:
    answer = '{"card": "Summary", "text": "From the page"}'
    part(controls, "answers").get_by_label("Members (JSON)").fill(answer)
    follow(part(controls, "answers").get_by_role("button", name="Add"))
    qapps = client("qapps")
    card = query(title="Summary")
    app = qapps.create_q_app(**HERE, title="App", appDefinition=definition(card))["appId"]
    session = qapps.start_q_app_session(**HERE, appId=app, appVersion=1)["sessionId"]
    status = qapps.get_q_app_session(**HERE, sessionId=session)["cardStatus"]
    assert status[card["qQuery"]["id"]]["currentValue"] == "From the page"


def test_what_is_not_json_is_explained(controls: Page, missing: list[str]) -> None:
    missing.append("page/act")
    part(controls, "answers").get_by_label("Members (JSON)").fill("{")
    follow(part(controls, "answers").get_by_role("button", name="Add"))
    assert "is not JSON" in controls.get_by_role("alert").inner_text()


def test_a_seed_makes_ids_repeatable(controls: Page, client: Callable[..., Any]) -> None:
    ids = []
    for _ in range(2):
        part(controls, "seed").get_by_label("Number or text").fill("the same")
        follow(part(controls, "seed").get_by_role("button", name="Seed"))
        ids.append(client("chime-sdk-identity").create_app_instance(Name="Chat")["AppInstanceArn"])
    assert ids[0] == ids[1]


def test_an_account_has_no_seed_of_its_own(page: Page) -> None:
    page.goto("/_qchime/accounts/111122223333/page/controls")
    assert part(page, "seed").count() == 0


def test_throttling_can_be_turned_on(controls: Page, server: Server) -> None:
    follow(part(controls, "throttling").get_by_role("button"))
    assert server.throttling


def test_a_state_is_saved_and_loaded_as_a_file(
    controls: Page, client: Callable[..., Any], server: Server, tmp_path: Path
) -> None:
    chime = client("chime-sdk-identity")
    chime.create_app_instance(Name="Kept")
    with controls.expect_download() as download:
        part(controls, "state").get_by_role("link").click()
    file = tmp_path / "state.json"
    download.value.save_as(file)
    server.reset()
    part(controls, "state").get_by_label("State file").set_input_files(file)
    follow(part(controls, "state").get_by_role("button", name="Load"))
    assert [found["Name"] for found in chime.list_app_instances()["AppInstances"]] == ["Kept"]


def test_a_reset_clears_everything(controls: Page, client: Callable[..., Any]) -> None:
    chime = client("chime-sdk-identity")
    chime.create_app_instance(Name="Chat")
    part(controls, "reset").get_by_text("Clear everything").first.click()
    follow(part(controls, "reset").get_by_role("button", name="Clear everything"))
    assert chime.list_app_instances()["AppInstances"] == []


def test_those_of_an_account_concern_it_alone(page: Page, server: Server) -> None:
    page.goto("/_qchime/accounts/111122223333/page/controls")
    part(page, "clock").get_by_label("Days").fill("7")
    follow(part(page, "clock").get_by_role("button", name="Advance"))
    assert "accounts/111122223333/page/controls" in page.url
    assert server.account("111122223333").clock.offset == timedelta(days=7)
    assert server.clock.offset == timedelta(0)


class TestTrust:
    """Only the page itself may use its forms."""

    @pytest.fixture
    def token(self, server: Server) -> str:
        shown = send(server, "GET", "/_qchime/page/controls").body.decode()
        found = re.search(r'name="token" value="([^"]+)"', shown)
        assert found
        return found[1]

    def post(self, server: Server, token: str, origin: str | None) -> int:
        headers = {**FORM, **({} if origin is None else {"Origin": origin})}
        body = f"token={token}&route=POST+clock&days:json=7".encode()
        return send(server, "POST", "/_qchime/page/act", body, headers).status

    def test_a_form_of_the_page_is_accepted(self, server: Server, token: str) -> None:
        assert self.post(server, token, server.url) == 303
        assert server.clock.offset == timedelta(days=7)

    @pytest.mark.parametrize(
        "origin", [None, "null", "http://localhost:3000", "https://example.com"], ids=str
    )
    def test_another_origin_is_refused(self, server: Server, token: str, origin: str | None) -> None:
        assert self.post(server, token, origin) == 403
        assert server.clock.offset == timedelta(0)

    @pytest.mark.parametrize("token", ["", "guessed", "%F0%9F%8E%89"])
    def test_another_token_is_refused(self, server: Server, token: str) -> None:
        assert self.post(server, token, server.url) == 403
        assert server.clock.offset == timedelta(0)

    def test_the_token_of_another_server_is_refused(self, server: Server, token: str) -> None:
        with Server(cloud=Cloud()) as other:
            assert self.post(other, token, other.url) == 403

    def test_pages_of_other_origins_cannot_read_it(self, server: Server) -> None:
        answer = send(server, "GET", "/_qchime/page/controls", headers={"Origin": "http://localhost:3000"})
        assert answer.status == 403
        assert b"token" not in answer.body

    @pytest.mark.parametrize("target", ["", "page/calls", "page/page.js", "page/events", "page/nothing"])
    def test_every_part_has_a_strict_policy(self, server: Server, target: str) -> None:
        policy = send(server, "HEAD", f"/_qchime/{target}").headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy


class TestMember:
    """A server that is one of several has no controls for all accounts."""

    @pytest.fixture
    def server(self) -> Iterator[Server]:
        with Server(cloud=Cloud(), member=True) as server:
            yield server

    def test_says_what_to_do_instead(self, page: Page, missing: list[str]) -> None:
        missing.append("page/act")
        page.goto("/_qchime/page/controls")
        follow(part(page, "throttling").get_by_role("button"))
        assert "/_qchime/accounts/{id}/throttling" in page.get_by_role("alert").inner_text()

    def test_has_those_of_an_account(self, page: Page, server: Server) -> None:
        page.goto("/_qchime/accounts/111122223333/page/controls")
        follow(part(page, "throttling").get_by_role("button"))
        assert server.account("111122223333").throttling
