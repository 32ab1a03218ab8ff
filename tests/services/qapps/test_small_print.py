"""Edge cases of inferred rules."""

from collections.abc import Callable
from typing import Any

import pytest

from qchime.control.handle import Handle
from tests.services.qapps.samples import INSTANCE, new_id, text


@pytest.mark.rule("qapps.file-cards")
def test_only_file_cards_take_files(alice: Any, create_app: Callable[..., str]) -> None:
    card_id = new_id()
    app_id = create_app(text(card_id))
    with pytest.raises(alice.exceptions.ValidationException, match="does not take files"):
        alice.import_document(
            instanceId=INSTANCE,
            appId=app_id,
            cardId=card_id,
            fileName="a.txt",
            scope="APPLICATION",
            fileContentsBase64="aGk=",
        )


@pytest.mark.rule("qapps.unreadable-apps")
def test_an_app_removed_from_the_library_is_not_listed_for_others(
    alice: Any, bob: Any, app_id: str, publish: Callable[..., str]
) -> None:
    item = publish(app_id)
    bob.associate_q_app_with_user(instanceId=INSTANCE, appId=app_id)
    assert len(bob.list_q_apps(instanceId=INSTANCE)["apps"]) == 1
    alice.delete_library_item(instanceId=INSTANCE, libraryItemId=item)
    assert bob.list_q_apps(instanceId=INSTANCE)["apps"] == []


def test_the_default_users_address_is_reserved(qchime: Handle) -> None:
    with pytest.raises(ValueError, match="default user"):
        qchime.users.add("default@example.com")


@pytest.mark.parametrize("days", [365 * 7990, -365 * 100])
def test_the_clock_leaves_room_for_durations(qchime: Handle, days: int) -> None:
    with pytest.raises(ValueError, match="cannot be advanced that far"):
        qchime.clock.advance(days=days)
    assert qchime.clock.offset.total_seconds() == 0
