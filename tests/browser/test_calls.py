"""The calls as they come, and one of them in full."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from freezegun import freeze_time

from qchime import Server
from tests.browser.visiting import follow
from tests.services.qapps.samples import INSTANCE, definition, query, text

if TYPE_CHECKING:
    from playwright.sync_api import Page

AWS_CLI = os.environ.get("QCHIME_AWS_CLI") or shutil.which("aws")
UNCHECKED = Config(parameter_validation=False, retries={"total_max_attempts": 1})


@pytest.fixture
def calls(page: Page, client: Callable[..., Any], server: Server) -> Page:
    """The page of calls, after a few of different services, users and outcomes."""
    alice = server.users.add("alice@example.com")
    chime, qapps = client("chime-sdk-identity"), client("qapps", alice)
    chime.create_app_instance(Name="Chat")
    qapps.list_q_apps(instanceId=INSTANCE)
    with suppress(ClientError):
        chime.describe_app_instance(AppInstanceArn="arn:aws:chime:us-east-1:123456789012:app-instance/none")
    page.goto("/_qchime/page/calls")
    return page


def operations(page: Page) -> list[str]:
    return page.locator("#calls tbody th").all_inner_texts()


def test_they_are_those_of_the_handle_newest_first(calls: Page, server: Server) -> None:
    assert operations(calls) == [call.operation for call in server.calls()][::-1]
    outcomes = calls.locator("#calls tbody .badge").all_inner_texts()
    assert outcomes == ["403 ForbiddenException", "200", "201"]


def test_new_ones_come_without_a_reload_and_keep_the_focus(calls: Page, client: Callable[..., Any]) -> None:
    first = calls.get_by_role("link", name="CreateAppInstance")
    first.focus()
    client("qapps").list_library_items(instanceId=INSTANCE)
    calls.get_by_role("link", name="ListLibraryItems").wait_for()
    assert operations(calls)[0] == "ListLibraryItems"
    assert calls.evaluate("document.activeElement.innerText") == "CreateAppInstance"


def test_figures_of_the_last_minute_come_too(calls: Page, client: Callable[..., Any]) -> None:
    calls.get_by_text("In the last 60 seconds: 3 calls, 1 error", exact=True).wait_for()
    client("qapps").list_library_items(instanceId=INSTANCE)
    calls.get_by_text("In the last 60 seconds: 4 calls, 1 error", exact=True).wait_for()


@pytest.mark.parametrize(
    ("label", "value", "found"),
    [
        ("Operation", "ListQApps", ["ListQApps"]),
        ("User", "ALICE", ["ListQApps"]),
        ("Text in input or response", "Chat", ["CreateAppInstance"]),
        ("Text in input or response", INSTANCE, ["ListQApps"]),
        ("Account", "123456789012", ["DescribeAppInstance", "ListQApps", "CreateAppInstance"]),
        ("Account", "111122223333", []),
    ],
)
def test_a_filter_shows_those_that_fit(calls: Page, label: str, value: str, found: list[str]) -> None:
    calls.get_by_label(label).fill(value)
    follow(calls.get_by_role("button", name="Filter"))
    assert operations(calls) == found


def test_a_filter_that_is_typed_is_sent_once(calls: Page) -> None:
    calls.evaluate(
        "addEventListener('submit', (event) => event.defaultPrevented || (sessionStorage.sent += 'once '))"
    )
    calls.evaluate("sessionStorage.sent = ''")
    calls.get_by_label("Operation").fill("ListQApps")
    with calls.expect_navigation():
        calls.get_by_label("Operation").press("Enter")
    assert operations(calls) == ["ListQApps"]
    assert calls.evaluate("sessionStorage.sent") == "once "


@pytest.mark.parametrize(
    ("label", "option", "found"),
    [
        ("Service", "qapps", ["ListQApps"]),
        ("Outcome", "Errors", ["DescribeAppInstance"]),
        ("Outcome", "Results", ["ListQApps", "CreateAppInstance"]),
        ("Outcome", "Status 4xx", ["DescribeAppInstance"]),
        ("Outcome", "Status 5xx", []),
    ],
)
def test_a_choice_filters_at_once(calls: Page, label: str, option: str, found: list[str]) -> None:
    with calls.expect_navigation():
        calls.get_by_label(label).select_option(option)
    assert operations(calls) == found


def test_a_filter_holds_for_new_calls(calls: Page, client: Callable[..., Any]) -> None:
    with calls.expect_navigation():
        calls.get_by_label("Service").select_option("qapps")
    client("chime-sdk-identity").list_app_instances()
    client("qapps").list_library_items(instanceId=INSTANCE)
    calls.get_by_role("link", name="ListLibraryItems").wait_for()
    assert operations(calls) == ["ListLibraryItems", "ListQApps"]


def test_older_calls_are_on_further_pages(page: Page, client: Callable[..., Any]) -> None:
    chime = client("chime-sdk-identity")
    for _ in range(105):
        chime.list_app_instances()
    page.goto("/_qchime/page/calls")
    assert len(operations(page)) == 100
    follow(page.get_by_role("link", name="Older"))
    assert len(operations(page)) == 5
    follow(page.get_by_role("link", name="Newer"))
    assert len(operations(page)) == 100


def test_a_call_has_its_input_and_its_response(calls: Page) -> None:
    follow(calls.get_by_role("link", name="CreateAppInstance"))
    assert '"Name": "Chat"' in calls.locator("#input").inner_text()
    assert '"AppInstanceArn": "arn:aws:chime:' in calls.locator("#response").inner_text()


def test_a_refused_call_shows_the_rule_with_its_mark_and_sources(calls: Page) -> None:
    follow(calls.get_by_role("link", name="DescribeAppInstance", exact=True))
    rule = calls.locator("#rule").inner_text()
    assert "chime.missing-resource" in rule
    assert "inferred" in rule
    assert calls.locator("#rule ul a").get_attribute("href") == (
        "https://docs.aws.amazon.com/chime-sdk/latest/APIReference/API_identity-chime_DescribeAppInstanceBot.html"
    )


def test_invalid_input_shows_each_violation(page: Page, client: Callable[..., Any]) -> None:
    with pytest.raises(ClientError) as refused:
        client("chime-sdk-identity", config=UNCHECKED).create_app_instance(Name="", ClientRequestToken="x")
    page.goto("/_qchime/page/calls?operation=CreateAppInstance")
    follow(page.get_by_role("link", name="CreateAppInstance"))
    violations = page.locator("#violations li").all_inner_texts()
    assert len(violations) == 2
    assert all(violation in str(refused.value) for violation in violations)


def test_a_call_that_is_refused_for_another_reason_has_no_violations(calls: Page) -> None:
    follow(calls.get_by_role("link", name="DescribeAppInstance", exact=True))
    assert calls.locator("#violations").count() == 0


@pytest.mark.parametrize("is_valid", [True, False], ids=["valid", "invalid"])
def test_the_code_for_boto3_makes_the_same_call(
    page: Page, client: Callable[..., Any], server: Server, is_valid: bool
) -> None:
    qapps = client("qapps", server.users.add("alice@example.com"), config=UNCHECKED)
    title = 'It\'s "quoted" 🎉\n\\n' if is_valid else ""
    with suppress(ClientError):
        card = text(title="Topic")
        prompt = f"About @{card['textInput']['id']}"
        qapps.create_q_app(
            instanceId=INSTANCE, title=title, appDefinition=definition(card, query(prompt=prompt))
        )
    page.goto("/_qchime/page/calls?operation=CreateQApp")
    follow(page.get_by_role("link", name="CreateQApp"))
    with suppress(ClientError):
        exec(page.locator("#code-1").inner_text(), {})  # noqa: S102
    first, second = server.calls("CreateQApp")
    assert (first.input, first.user, first.error) == (second.input, second.user, second.error)


@pytest.mark.skipif(AWS_CLI is None, reason="the AWS CLI is not installed; `make test` does that")
def test_the_command_for_the_aws_cli_makes_the_same_call(
    page: Page, client: Callable[..., Any], server: Server
) -> None:
    assert AWS_CLI
    client("qapps").create_q_app(
        instanceId=INSTANCE, title="It's $HOME `here` 🎉", appDefinition=definition(text())
    )
    page.goto("/_qchime/page/calls?operation=CreateQApp")
    follow(page.get_by_role("link", name="CreateQApp"))
    command = page.locator("#code-2").inner_text().replace("aws qapps", f"{AWS_CLI} qapps")
    subprocess.run(["sh", "-c", command], check=True, capture_output=True, timeout=60)
    first, second = server.calls("CreateQApp")
    assert first.input == second.input


def test_copying_puts_the_text_on_the_clipboard(calls: Page) -> None:
    calls.context.grant_permissions(["clipboard-read", "clipboard-write"])
    follow(calls.get_by_role("link", name="CreateAppInstance"))
    calls.get_by_role("button", name="Copy Input").click()
    calls.get_by_role("button", name="Copied").wait_for()
    assert '"Name": "Chat"' in calls.evaluate("navigator.clipboard.readText()")


class TestTimeAndDuration:
    """Filters of three calls: two while time is frozen, which take no time, and one today."""

    @pytest.fixture
    def calls(self, page: Page, client: Callable[..., Any]) -> Page:
        qapps, chime = client("qapps"), client("chime-sdk-identity")
        with freeze_time("2026-05-01T12:00:00.5"):
            qapps.list_q_apps(instanceId=INSTANCE)
        with freeze_time("2026-05-01T13:00:00"):
            chime.list_app_instances()
        qapps.list_library_items(instanceId=INSTANCE)
        page.goto("/_qchime/page/calls")
        return page

    @pytest.mark.parametrize(
        ("label", "value", "found"),
        [
            ("Since", "2026-05-01T12:30:00", ["ListLibraryItems", "ListAppInstances"]),
            ("Since", "2026-05-01T12:00:01", ["ListLibraryItems", "ListAppInstances"]),
            ("Until", "2026-05-01T12:30:00", ["ListQApps"]),
            ("Until", "2026-05-01T12:00:00", ["ListQApps"]),
            ("Until", "2026-05-01T11:59:59", []),
            ("Duration of at least (ms)", "0.001", ["ListLibraryItems"]),
            ("Duration of at least (ms)", "1e9", []),
        ],
    )
    def test_a_filter_shows_those_that_fit(
        self, calls: Page, label: str, value: str, found: list[str]
    ) -> None:
        calls.get_by_label(label).fill(value)
        follow(calls.get_by_role("button", name="Filter"))
        assert operations(calls) == found

    def test_what_is_no_time_or_number_is_ignored(self, calls: Page) -> None:
        calls.goto("/_qchime/page/calls?since=yesterday&until=%00&slower=much")
        assert operations(calls) == ["ListLibraryItems", "ListAppInstances", "ListQApps"]
        assert calls.get_by_label("Since").input_value() == ""


def test_the_last_minute_passes_though_a_test_stops_the_time(
    page: Page, client: Callable[..., Any], server: Server
) -> None:
    with freeze_time("2020-02-02", tick=False):
        client("qapps").list_q_apps(instanceId=INSTANCE)
    server.clock.advance(days=365)
    page.goto("/_qchime/page/calls")
    assert page.get_by_text("In the last 60 seconds: 1 call, 0 errors").is_visible()
    assert page.locator(".sparkline .every").count() == 1


def test_an_answer_has_the_time_that_it_took_and_the_page_rests_longer(page: Page) -> None:
    answer = page.goto("/_qchime/page/calls")
    assert answer is not None
    assert float(answer.headers["server-timing"].removeprefix("page;dur=")) > 0
