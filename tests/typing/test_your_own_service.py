"""The attributes that a package with a service of its own adds to the handle."""

from typing_extensions import assert_type

from qchime.services.qapps.answers import Answers
from tests.typing.own_service import Client, Handle, mock_rbin


def use(client: Client, fixture: Handle) -> None:
    """Use what only type checkers can see."""
    assert_type(client.trash.empty(), str)
    assert_type(client.account("111122223333").trash.empty(), str)
    assert_type(fixture.trash.empty(), int)
    with mock_rbin() as mock:
        assert_type(mock.trash.empty(), int)
        assert_type(mock.account("111122223333").trash.empty(), int)
        mock.trahs.empty()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]


def test_a_mock_gives_the_handle_of_its_package() -> None:
    with mock_rbin() as mock:
        assert_type(mock, Handle)
        assert_type(mock.answers, Answers)
    started = mock_rbin()
    assert_type(started.start(), Handle)
    started.stop()


@mock_rbin
def decorated(number: int) -> str:
    return str(number)


def test_a_decorated_function_keeps_its_type() -> None:
    assert_type(decorated(1), str)
