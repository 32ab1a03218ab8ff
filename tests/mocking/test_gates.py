"""Others' replacements of the functions that we replace come first, and may be removed in any order."""

import functools
import importlib
from collections.abc import Callable
from typing import Any
from unittest.mock import MagicMock, patch

import botocore.endpoint
import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from moto import mock_aws

from qchime import mock_chimesdkidentity, mock_qapps
from qchime.mocking.gates import Gate
from qchime.mocking.replaced import GATES
from tests.mocking.clients import chime, names

ENDPOINT: Any = botocore.endpoint.Endpoint
Replace = Callable[[Any, str, Any], Any]


def own_answer(request: AWSPreparedRequest) -> AWSResponse:
    """A response of a test author's."""
    raw: Any = MagicMock()
    raw.stream.return_value = [b'{"AppInstances": [{"Name": "mine"}]}']
    return AWSResponse(request.url, 200, HTTPHeaders(), raw)


def passing_on(function: Any) -> Any:
    """A replacement that passes everything on to what it replaces."""
    return lambda *args, **kwargs: function(*args, **kwargs)


def remembering(function: Any) -> Any:
    """A replacement that looks like what it replaces, as those of tracers do."""
    return functools.wraps(function)(passing_on(function))


def in_a_mock(patched: Any) -> None:
    with mock_chimesdkidentity(), patched:
        names()


def around_a_mock(patched: Any) -> None:
    with patched, mock_chimesdkidentity():
        names()


def overlapping(patched: Any) -> None:
    mock = mock_chimesdkidentity()
    with patched:
        mock.start()
    names()
    mock.stop()


@pytest.mark.parametrize("replacement", [passing_on, remembering])
@pytest.mark.parametrize("use", [in_a_mock, around_a_mock, overlapping])
@pytest.mark.parametrize("gate", GATES, ids=lambda gate: f"{gate.owner}.{gate.name}")
def test_replacements_do_not_pile_up(gate: Gate, use: Callable[[Any], None], replacement: Any) -> None:
    owner = getattr(pytest.importorskip(gate.module), gate.owner)
    with mock_chimesdkidentity(), mock_aws():
        pass
    before = vars(owner)[gate.name]
    for _ in range(3):
        use(patch.object(owner, gate.name, replacement(vars(owner)[gate.name])))

    assert vars(owner)[gate.name] is before


@pytest.mark.parametrize("use", [in_a_mock, around_a_mock, overlapping])
def test_a_thousand_replacements_leave_the_stack_alone(
    use: Callable[[Any], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(1000):
        with patch.object(ENDPOINT, "_send", passing_on(ENDPOINT._send)), mock_chimesdkidentity():
            pass
    use(patch.object(ENDPOINT, "_send", passing_on(ENDPOINT._send)))


@pytest.mark.parametrize("around", [True, False], ids=["before the mock", "in the mock"])
def test_a_replacement_that_answers_is_obeyed(around: bool) -> None:
    theirs = patch.object(ENDPOINT, "_send", lambda endpoint, request: own_answer(request))
    contexts: list[Any] = [theirs, mock_chimesdkidentity()]
    first, second = contexts if around else reversed(contexts)
    with first, second, mock_qapps() as mock:
        assert names() == ["mine"]
        assert mock.calls() == []
    with mock_chimesdkidentity():
        assert names() == []


@pytest.mark.parametrize("around", [True, False], ids=["before the mock", "in the mock"])
def test_a_replacement_that_passes_on_sees_each_request_once(around: bool) -> None:
    seen: list[str] = []
    send = ENDPOINT._send

    def traced(endpoint: Any, request: AWSPreparedRequest) -> Any:
        seen.append(request.method)
        return send(endpoint, request)

    contexts: list[Any] = [patch.object(ENDPOINT, "_send", traced), mock_chimesdkidentity()]
    first, second = contexts if around else reversed(contexts)
    with first, second, mock_qapps() as mock:
        assert names() == []
        assert seen == ["GET"]
        assert mock.calls() == ["ListAppInstances"]


def test_a_mock_object_may_replace_a_function() -> None:
    with patch.object(ENDPOINT, "_send") as send, mock_chimesdkidentity():
        send.side_effect = own_answer
        assert names() == ["mine"]
    assert send.call_count == 1


def arguments(*given: Any) -> tuple[int, Any]:
    """How many there are, and the last one."""
    return len(given), given[-1]


@pytest.mark.parametrize(
    "attribute",
    [
        MagicMock(side_effect=arguments),
        staticmethod(arguments),
        arguments,
        functools.partial(arguments),  # a method from Python 3.14 on
    ],
    ids=["mock object", "static method", "function", "partial"],
)
def test_whatever_is_found_in_a_class_is_called_as_the_class_would(
    attribute: Any, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """Somebody may have replaced a function before we do."""
    owner = type("Owner", (), {"shout": attribute})
    before = owner().shout("hey")
    monkeypatch.setattr(importlib.import_module("tests.mocking.clients"), "Owner", owner, raising=False)
    Gate("tests.mocking.clients", "Owner", "shout", lambda original: original).install()

    assert owner().shout("hey") == before


def test_a_function_that_its_module_restores_is_replaced_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """As when a test author has saved it before our import."""
    original = ENDPOINT._send
    while hasattr(original, "__wrapped__"):
        original = original.__wrapped__
    monkeypatch.setattr(ENDPOINT, "_send", original)
    with mock_chimesdkidentity():
        assert names() == []


def test_a_reloaded_module_is_intercepted() -> None:
    before = dict(vars(botocore.endpoint))
    try:
        importlib.reload(botocore.endpoint)
        with mock_chimesdkidentity():
            assert chime().list_app_instances()["AppInstances"] == []
    finally:
        vars(botocore.endpoint).update(before)
    with mock_chimesdkidentity():
        assert names() == []


def test_a_function_that_is_missing_is_left_out() -> None:
    Gate("botocore.endpoint", "Endpoint", "no_such_function", passing_on).install()
    assert not hasattr(ENDPOINT, "no_such_function")
    Gate("no.such.module", "Any", "function", passing_on).install()
