"""`--qchime-page-on-failure`: writes what the mock held when a test failed, as an HTML file to look at."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from qchime.control.handle import CloudHandle, Handle
from qchime.core.cloud import Cloud, cloud

if TYPE_CHECKING:
    from qchime.core.cloud import Contents

LONGEST_NAME = 150
"""In characters: of the name of a file, which begins with that of the test."""


class Failures:
    """Writes the files. A mock that ends with the test, such as a decorator, is looked at as it ends."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._last: Contents | None = None
        cloud.before_reset = self._keep

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self) -> None:
        """Forget what earlier tests left."""
        self._last = None

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Write the file of a test that has failed, and say so in the report."""
        report = yield
        if report.failed and report.when != "teardown":
            report.sections.append(("qchime", self._written(item)))
        return report

    def pytest_unconfigure(self) -> None:
        """Keep nothing any more."""
        cloud.before_reset = None

    def _keep(self, contents: Contents) -> None:
        if list(contents):
            self._last = contents

    def _written(self, item: pytest.Item) -> str:
        file = self._folder / _file_name(item.nodeid)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._handle_of(item).save_page(file)
        except Exception as error:  # the report of the failure itself matters more
            return f"The state of the mock could not be written to {file}: {error}"
        return f"The state of the mock: {file}"

    def _handle_of(self, item: pytest.Item) -> Handle:
        handle = getattr(item, "funcargs", {}).get("qchime")
        if isinstance(handle, Handle):
            return handle
        shown = Cloud()
        shown.replace(cloud.contents if list(cloud) or self._last is None else self._last)
        return CloudHandle(shown)


def _file_name(nodeid: str) -> str:
    """A name for the file of a test; a digest distinguishes those that would have the same."""
    digest = hashlib.blake2b(nodeid.encode(errors="replace"), digest_size=4).hexdigest()
    return f"{re.sub(r'[^A-Za-z0-9_.]+', '-', nodeid)[:LONGEST_NAME]}-{digest}.html"
