"""The bodies of the latest responses."""

import pytest

from qchime.world import responses
from qchime.world.responses import ENTRY, Responses


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Responses:
    """Responses with room for three bodies of a hundred bytes."""
    monkeypatch.setattr(responses, "MOST_BYTES", 3 * (100 + ENTRY))
    return Responses()


def test_a_body_is_found_by_its_request_id(kept: Responses) -> None:
    kept.add("first", b"1")
    kept.add("second", b"2")
    assert kept.by_request_id() == {"first": b"1", "second": b"2"}


def test_a_body_is_not_copied(kept: Responses) -> None:
    body = b"a body"
    kept.add("first", body)
    assert kept.by_request_id()["first"] is body


def test_the_oldest_bodies_are_dropped(kept: Responses) -> None:
    for number in range(10):
        kept.add(f"{number}", bytes(100))
    assert list(kept.by_request_id()) == ["7", "8", "9"]


def test_empty_bodies_do_not_accumulate(kept: Responses) -> None:
    for number in range(1000):
        kept.add(f"{number}", b"")
    assert len(kept.by_request_id()) == 3 * (100 + ENTRY) // ENTRY


def test_a_body_that_is_too_large_is_not_kept(kept: Responses) -> None:
    kept.add("large", bytes(1000))
    kept.add("small", b"1")
    assert kept.by_request_id() == {"small": b"1"}


def test_a_repeated_id_has_the_latest_body(kept: Responses) -> None:
    for body in (b"1", b"2", b"3"):
        kept.add("repeated", body)
    assert kept.by_request_id() == {"repeated": b"3"}


def test_a_reset_drops_everything(kept: Responses) -> None:
    for _ in range(3):
        kept.add("before", bytes(100))
    kept.reset()
    assert kept.by_request_id() == {}
    for name in ("a", "b", "c"):
        kept.add(name, bytes(100))
    assert list(kept.by_request_id()) == ["a", "b", "c"]
