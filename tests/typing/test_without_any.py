"""No use of the handle is an `Any` to type checkers, except JSON. `mypy.ini` forbids it in this module."""

from datetime import datetime, timedelta
from pathlib import Path

from typing_extensions import assert_type

from qchime import Client, Cloud, Handle, Server, mock_chimesdkidentity, mock_chimesdkmessaging, mock_qapps


def use(mock: Handle, folder: Path) -> None:
    """Use every attribute of a handle."""
    assert_type(mock.clock.now() + mock.clock.offset, datetime)
    mock.clock.advance(days=1, hours=2.5)
    fault = mock.faults.add("ListQApps", "ThrottlingException", times=1)
    assert_type((fault.is_used, fault.struck, fault.error), tuple[bool, int, str | None])
    assert_type([one.operation for one in mock.faults.unused], list[str])
    mock.limits.apps_per_user = mock.limits.file_bytes
    mock.limits.update(app_instances_per_account=2)
    assert_type(mock.limits.as_dict(), dict[str, int])
    assert_type([mock.rules[name] for name in mock.rules], list[str])
    alice = mock.users.add("alice@example.com", user_id="a841e300-40c1-7062-fa34-5b46dadbbaad")
    assert_type((alice.expires_at, alice.session_token), tuple[datetime | None, str | None])
    mock.users.required = not mock.users.required
    mock.throttling = not mock.throttling
    mock.answers.add(card="Summary", text="All is well")
    mock.answers.in_progress(polls=2)
    assert_type([answer.card for answer in mock.answers], list[str | None])
    mock.categories.add("Travel")
    assert_type([category.title for category in mock.categories], list[str])
    mock.endpoints.deactivate("1")
    assert_type(mock.endpoints.deactivated, dict[str, str])
    mock.flows.hold("Censor")
    assert_type([message.callback_id for message in mock.flows.pending()], list[str])
    assert_type([event.channel_arn for event in mock.events("CREATE_CHANNEL", to="arn")], list[str])
    assert_type([(call.user.email, call.status) for call in mock.calls()], list[tuple[str, int | None]])
    assert_type(mock.accounts, list[str])
    assert_type(mock.account("111122223333").clock.offset, timedelta)
    assert_type(mock.page(), str)
    mock.save_page(folder / "page.html")
    mock.save(str(folder / "state.json"))
    mock.seed(42)
    mock.reset()


def test_the_handles_of_a_server(tmp_path: Path) -> None:
    with Server(cloud=Cloud()) as server:
        use(server, tmp_path)
        use(Client(server.url), tmp_path)


def test_the_handle_of_a_mock(tmp_path: Path) -> None:
    with mock_qapps() as mock, mock_chimesdkidentity(), mock_chimesdkmessaging():
        use(mock, tmp_path)


@mock_qapps
async def test_a_decorated_coroutine(tmp_path: Path) -> None:
    async with mock_qapps() as mock:
        use(mock, tmp_path)
