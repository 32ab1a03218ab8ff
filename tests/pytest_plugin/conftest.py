"""What the tests of the fixtures have in common."""

import pytest


@pytest.fixture
def user_tests(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    for name in ("AWS_DEFAULT_REGION", "QCHIME_URL"):
        monkeypatch.delenv(name, raising=False)
    pytester.makeini("[pytest]\naddopts = -p no:randomly\n")
    return pytester
