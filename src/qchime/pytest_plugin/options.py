"""What `@pytest.mark.qchime(...)` can be told, and what becomes of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from os import PathLike
from pathlib import Path
from typing import Any

import pytest

from qchime.control.handle import Handle


@dataclass(frozen=True)
class Options:
    """The options of one test: those of its class and its module too, the nearest winning.

    Files are looked for in the folder of the test's own file.
    """

    limits: Mapping[str, int] = field(default_factory=dict)
    """Quotas that differ from AWS's, by their names in `Handle.limits`."""
    users_required: bool = False
    """Whether Q Apps refuses callers whom nobody has registered."""
    account: str | None = None
    """The AWS account that clients call from, and that the handle and the options are about."""
    clean: bool = True
    """Whether the test begins with nothing, also inside a wider mock, and leaves nothing behind there."""
    seed: str | PathLike[str] | None = None
    """A state file to begin with."""
    state: str | PathLike[str] | None = None
    """A state file to begin with, if it is there, and to save to when the test has ended."""
    assert_all_faults_used: bool = False
    """Whether a fault that has not struck as often as it was to fails the test."""

    @classmethod
    def of(cls, node: pytest.Item) -> Options:
        """The options of all markers that a test has."""
        given: dict[str, Any] = {}
        for marker in reversed(list(node.iter_markers("qchime"))):
            if marker.args:
                raise TypeError(f"all options have names, but found {', '.join(map(repr, marker.args))}")
            limits = marker.kwargs.get("limits", {})
            if not isinstance(limits, Mapping):
                raise TypeError(f"limits takes quotas by their names, not {limits!r}")
            limits = {**given.get("limits", {}), **limits}
            given |= {**marker.kwargs, "limits": limits}
        known = [option.name for option in fields(cls)]
        if unknown := ", ".join(name for name in given if name not in known):
            raise TypeError(f"there is no option {unknown}. There is: {', '.join(known)}")
        return cls(**given)

    @contextmanager
    def applied(self, handle: Handle, folder: Path) -> Iterator[Handle]:
        """Carry them out around a test; gives the handle that the test is to have."""
        with pytest.MonkeyPatch.context() as environment:
            if self.account is not None:
                handle = handle.account(self.account)
                environment.setenv("AWS_ACCESS_KEY_ID", self.account)
            state = folder / self.state if self.state is not None else None
            for file in (folder / self.seed if self.seed is not None else None, state):
                if file is not None and (file != state or file.exists()):
                    handle.load(file)
            handle.limits.update(**self.limits)
            if self.users_required:
                handle.users.required = True
            yield handle
        if state is not None:
            handle.save(state)
        if self.assert_all_faults_used:
            handle.faults.assert_all_used()
