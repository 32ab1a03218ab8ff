"""For every test: responses are checked against the model, and no request reaches AWS."""

from __future__ import annotations

import os
import pkgutil
import socket
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import qchime
from qchime.core.cloud import cloud
from qchime.core.exchange import Exchange, Step
from qchime.restjson import Response, ServiceException
from tests.answers import check_answer
from tests.chromium import CHROMIUM
from tests.conformance import report

if TYPE_CHECKING:
    from playwright.sync_api import Browser


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what the conformance suite tried; in full, and as a page, if the environment names a file."""
    figures = report.figures(terminalreporter.stats.get("passed", ()))
    if not figures:
        return
    file = os.environ.get("QCHIME_CONFORMANCE_PAGE")
    for line in report.lines(figures) if file else ():
        terminalreporter.write_line(line)
    total = sum(kinds.total() for kinds in figures.values())
    terminalreporter.write_line(f"conformance: {total} variants of the input of {len(figures)} operations")
    if file:
        Path(file).write_text(report.page(figures), encoding="utf-8")


@pytest.fixture(scope="session")
def loaded_modules() -> None:
    """Loads every module of qchime."""
    for module in pkgutil.walk_packages(qchime.__path__, "qchime."):
        if not module.name.endswith("__main__"):
            with suppress(ImportError):  # what an extra needs may not be installed
                import_module(module.name)


@pytest.fixture
def pytester(loaded_modules: None, pytester: pytest.Pytester) -> pytest.Pytester:
    """pytest's fixture, which unloads the modules that are loaded in its test: ours already are, and stay."""
    return pytester


@pytest.fixture(scope="module")  # Playwright occupies the thread's event loop, which other modules need
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("chromium is not installed")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture(autouse=True)
def every_answer_fits_the_model() -> Iterator[None]:
    """Check every response in this process, whichever entry point it comes from."""
    wrong: list[AssertionError] = []

    def checked(step: Step) -> Step:
        def check(exchange: Exchange) -> Response | None:
            try:
                response = step(exchange)
            except ServiceException as error:
                response = exchange.operation.serialize_error(error)
            if response is not None and response.lost is None and hasattr(exchange, "operation"):
                try:
                    check_answer(exchange.operation.model, response)
                except AssertionError as error:
                    wrong.append(error)  # an exception in a server's thread would be lost
            return response

        return check

    steps, cloud.steps = cloud.steps, tuple(map(checked, cloud.steps))
    with pytest.MonkeyPatch.context() as patched:
        # Steps of a test author's run in threads; these ones must not.
        patched.setattr("qchime.server.application.STEPS", cloud.steps)
        yield
    cloud.steps = steps
    assert not wrong, wrong[0]


@pytest.fixture
def reachable() -> tuple[str, ...]:
    """The addresses that a test may connect to."""
    return ("127.0.0.1", "::1", "localhost")


@pytest.fixture(autouse=True)
def no_network_but_loopback(monkeypatch: pytest.MonkeyPatch, reachable: tuple[str, ...]) -> None:
    """Make a request that no mock intercepts fail at once, instead of reaching AWS."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            assert address[0] in reachable, f"a test tried to reach {address}"
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
