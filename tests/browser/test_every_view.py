"""What holds for every view: it is accessible, fits a narrow window, and shows hostile text as text."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from qchime import Cloud, Server
from tests.browser.conftest import client_of
from tests.browser.visiting import follow
from tests.services.chimesdkmessaging.samples import MESSAGE
from tests.services.qapps.samples import HERE, definition, file, form, new_id, query, text

if TYPE_CHECKING:
    from playwright.sync_api import Page

PARTS = [
    "<script>document.title = 'taken'</script>",
    "<img src=x onerror=\"document.title='taken'\">",
    "{{ 7 * 7 }} {% raw %}&lt;'\"",
    "\u202eright to left\u202c שלום",
    "🎉🎉",
    "x" * 60,
]
HOSTILE = " ".join(PARTS)
NAME = " ".join(PARTS[1:2] + PARTS[3:5])
"""For what may have 100 characters."""
TITLE = f"{PARTS[3]} 🎉 & '{'x' * 60}'"
"""For what may not have markup either."""
UNCHECKED = Config(parameter_validation=False, retries={"total_max_attempts": 1})


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server whose resources, calls and controls have hostile names. The tests only look at it."""
    with Server(cloud=Cloud()) as server:
        fill_chat(server)
        fill_app(server)
        set_controls(server)
        yield server


def fill_chat(server: Server) -> None:
    identity, messaging = (client_of(server, f"chime-sdk-{name}") for name in ("identity", "messaging"))
    tags = [{"Key": HOSTILE[:100], "Value": HOSTILE}]
    instance = identity.create_app_instance(Name=HOSTILE, Metadata=HOSTILE, Tags=tags)["AppInstanceArn"]
    for name in ("alice", "bob"):
        identity.create_app_instance_user(
            AppInstanceArn=instance, AppInstanceUserId=name, Name=NAME, Metadata=HOSTILE
        )
    alice, bob = f"{instance}/user/alice", f"{instance}/user/bob"
    created = messaging.create_channel(
        AppInstanceArn=instance, Name=HOSTILE, ChimeBearer=alice, MemberArns=[bob], Metadata=HOSTILE
    )
    channel = {"ChannelArn": created["ChannelArn"], "ChimeBearer": alice}
    messaging.send_channel_message(**channel, **{**MESSAGE, "Content": HOSTILE})
    messaging.send_channel_message(
        **channel, **{**MESSAGE, "Content": HOSTILE, "Target": [{"MemberArn": bob}]}
    )
    for refused in ({"Name": HOSTILE * 4}, {"Name": ""}):
        with suppress(ClientError):
            client_of(server, "chime-sdk-identity", config=UNCHECKED).create_app_instance(**refused)
    with suppress(ClientError):
        identity.describe_app_instance(AppInstanceArn=instance[:-1] + "x")


def fill_app(server: Server) -> None:
    server.categories.add("Texts")
    qapps = client_of(server, "qapps")
    topic, notes, feedback = new_id(), new_id(), new_id()
    cards = definition(
        text(topic, TITLE, placeholder=HOSTILE),
        file(notes, "Notes"),
        query(title=TITLE, prompt=f"{HOSTILE} @{topic} @Notes"),
        form(feedback, "Feedback"),
    )
    app = {**HERE, "appId": qapps.create_q_app(**HERE, title=TITLE, appDefinition=cards)["appId"]}
    started = qapps.start_q_app_session(
        **app, appVersion=1, initialValues=[{"cardId": topic, "value": HOSTILE}]
    )
    submitted = [{"cardId": feedback, "value": json.dumps({"name": HOSTILE})}]
    qapps.update_q_app_session(**HERE, sessionId=started["sessionId"], values=submitted)
    document = {"cardId": notes, "fileContentsBase64": "aGVsbG8=", "fileName": f"{NAME}.txt"}
    qapps.import_document(**app, **document, scope="APPLICATION")
    category = qapps.list_categories(**HERE)["categories"][0]["id"]
    qapps.create_library_item(**app, appVersion=1, categories=[category])


def set_controls(server: Server) -> None:
    server.users.add(f"{'x' * 60}+<b>@example.com")
    server.faults.add("ListQApps", "ThrottlingException", where={"instanceId": HOSTILE})
    server.answers.add(card=TITLE, text=HOSTILE)


def searched(kind: str) -> Callable[[Page], None]:
    """Opens the first resource of a kind."""

    def show(page: Page) -> None:
        page.goto("/_qchime/page/search?text=-")
        row = page.locator("main tbody tr", has=page.get_by_role("cell", name=kind, exact=True))
        follow(row.locator("a").first)

    return show


def viewed(kind: str, view: str) -> Callable[[Page], None]:
    """Opens the first resource of a kind, and chooses a view of it."""

    def show(page: Page) -> None:
        searched(kind)(page)
        option = page.get_by_label("View").locator("option", has_text=view).first
        with page.expect_navigation():
            page.get_by_label("View").select_option(value=option.get_attribute("value"))

    return show


def group(page: Page) -> None:
    searched("App instance")(page)
    follow(page.get_by_role("link", name="Users 2"))


def called(**filtered: str) -> Callable[[Page], None]:
    """Opens the latest call that fits a filter."""

    def show(page: Page) -> None:
        page.goto(f"/_qchime/page/calls?{urlencode(filtered)}")
        follow(page.locator("#calls tbody a").first)

    return show


def opened(target: str) -> Callable[[Page], None]:
    def show(page: Page) -> None:
        page.goto(f"/_qchime/{target}")
        page.locator("details").evaluate_all("all => all.forEach(each => each.open = true)")

    return show


VIEWS: dict[str, Callable[[Page], None]] = {
    "overview": opened(""),
    "an account": opened("accounts/123456789012/"),
    "nothing yet": opened("accounts/999999999999/"),
    "a search": opened(f"page/search?{urlencode({'text': '<'})}"),
    "a search in vain": opened(f"page/search?{urlencode({'text': HOSTILE * 2})}"),
    "an app instance": searched("App instance"),
    "its users": group,
    "a user": searched("App instance user"),
    "a channel": searched("Channel"),
    "its events": viewed("Channel", "Events"),
    "an app": searched("App"),
    "a session of it": viewed("App", "Session"),
    "submissions": viewed("Session", "Submissions"),
    "a file": searched("Document"),
    "calls": opened("page/calls"),
    "calls that are filtered": opened(f"page/calls?{urlencode({'text': HOSTILE})}"),
    "calls in vain": opened(f"page/calls?{urlencode({'user': HOSTILE})}"),
    "a call": called(operation="CreateQApp"),
    "a refused call": called(operation="DescribeAppInstance"),
    "an invalid call": called(operation="CreateAppInstance", status="errors"),
    "controls": opened(f"page/controls?fault=qapps+CreateQApp&{urlencode({'done': HOSTILE})}"),
    "controls of an account": opened("accounts/123456789012/page/controls"),
    "a service": opened("page/service?name=qapps"),
    "nothing there": opened("page/nothing"),
}


@pytest.mark.parametrize("view", VIEWS)
def test_nothing_stands_in_the_way_of_a_screen_reader(
    page: Page, violations: Callable[[], list[str]], missing: list[str], view: str
) -> None:
    missing.append("page/nothing")
    VIEWS[view](page)
    assert violations() == []


@pytest.mark.parametrize("view", VIEWS)
def test_hostile_text_is_text_and_a_narrow_window_is_wide_enough(
    page: Page, missing: list[str], view: str
) -> None:
    missing.append("page/nothing")
    page.set_viewport_size({"width": 360, "height": 640})
    VIEWS[view](page)
    assert page.locator("main").locator("script, img, b[onmouseover]").count() == 0
    assert not page.title().startswith("taken")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("view", ["an app instance", "a user", "a channel", "an app", "a session of it"])
def test_a_hostile_name_is_shown_in_full(page: Page, view: str) -> None:
    VIEWS[view](page)
    shown = page.locator("main").inner_text()
    assert all(part in shown for part in PARTS)


def test_a_hostile_text_is_explained_as_it_was_entered(page: Page, missing: list[str]) -> None:
    missing.append("page/act")
    page.goto("/_qchime/page/controls")
    page.locator("#users").get_by_label("E-mail").fill(HOSTILE)
    follow(page.locator("#users").get_by_role("button", name="Add user"))
    assert "<img src=x onerror=" in page.get_by_role("alert").inner_text()
    assert page.locator("main").locator("script, img").count() == 0
