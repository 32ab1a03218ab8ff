"""The options of `@pytest.mark.qchime(...)`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, fields
from os import PathLike
from pathlib import Path
from typing import Any, TypeVar

import pytest

from qchime.control.handle import Handle, checked_account

HandleType = TypeVar("HandleType", bound=Handle)

_SWITCHES = {"users_required", "throttling", "clean", "assert_all_faults_used"}


@dataclass(frozen=True)
class Options:
    """The options of one test, merged with those of its class and module; the closest marker wins.

    Paths of files are relative to the folder of the test file.
    """

    limits: Mapping[str, int] = field(default_factory=dict)
    """Quotas that differ from AWS's, by their names in `limits`."""
    rules: Mapping[str, str] = field(default_factory=dict)
    """Choices that differ from the default, by the names of the rules."""
    users_required: bool = False
    """Whether Q Apps refuses callers who are not registered."""
    throttling: bool = False
    """Whether requests that exceed AWS's rates are refused."""
    account: str | None = None
    """The AWS account of the clients, the handle and the options."""
    clean: bool = True
    """Whether the test starts with clean state, even inside a wider mock, and leaves nothing behind."""
    seed: str | PathLike[str] | None = None
    """A state file to load at the start."""
    state: str | PathLike[str] | None = None
    """A state file to load at the start, if it exists, and to save to after the test."""
    assert_all_faults_used: bool = False
    """Whether the test fails if a fault has not struck as often as requested."""

    @classmethod
    def of(cls, node: pytest.Item) -> Options:
        """Merge the options of all markers of a test.

        Raises:
            TypeError: an option is unknown, positional, or not of its type.
            ValueError: the account is not an account id.
        """
        given: dict[str, Any] = {}
        for marker in reversed(list(node.iter_markers("qchime"))):
            if marker.args:
                raise TypeError(f"pass options as keywords, not {', '.join(map(repr, marker.args))}")
            merged = {}
            for option, what in (("limits", "quotas"), ("rules", "choices")):
                named = marker.kwargs.get(option, {})
                if not isinstance(named, Mapping):
                    raise TypeError(f"{option} takes {what} by their names, not {named!r}")
                merged[option] = {**given.get(option, {}), **named}
            for option in _SWITCHES & marker.kwargs.keys():
                if not isinstance(marker.kwargs[option], bool):
                    raise TypeError(f"{option} takes True or False, not {marker.kwargs[option]!r}")
            if marker.kwargs.get("account") is not None:
                checked_account(marker.kwargs["account"])
            given |= {**marker.kwargs, **merged}
        known = [option.name for option in fields(cls)]
        if unknown := ", ".join(name for name in given if name not in known):
            raise TypeError(f"there is no option {unknown}. Choose from: {', '.join(known)}")
        return cls(**given)

    @contextmanager
    def applied(self, handle: HandleType, folder: Path) -> Iterator[HandleType]:
        """Apply the options around a test; the context value is the handle for the test."""
        with pytest.MonkeyPatch.context() as environment:
            if self.account is not None:
                handle = handle.account(self.account)
                _call_from(self.account, environment)
            state = folder / self.state if self.state is not None else None
            for file in (folder / self.seed if self.seed is not None else None, state):
                if file is not None and (file != state or file.exists()):
                    handle.load(file)
            with nullcontext() if self.clean else self._settings_restored(handle):
                self._apply_settings(handle)
                yield handle
                if state is not None:
                    handle.save(state)
        if self.assert_all_faults_used:
            handle.faults.assert_all_used()

    def _apply_settings(self, handle: Handle) -> None:
        handle.limits.update(**self.limits)
        handle.rules.update(self.rules)
        if self.users_required:
            handle.users.required = True
        if self.throttling:
            handle.throttling = True

    @contextmanager
    def _settings_restored(self, handle: Handle) -> Iterator[None]:
        """Restore what `_apply_settings` changes: the state of a test that is not clean is not its own."""
        limits = {name: getattr(handle.limits, name) for name in self.limits}
        rules = {name: handle.rules[name] for name in self.rules}
        required, throttling = handle.users.required, handle.throttling
        try:
            yield
        finally:
            handle.limits.update(**limits)
            handle.rules.update(rules)
            if self.users_required:
                handle.users.required = required
            if self.throttling:
                handle.throttling = throttling


def _call_from(account_id: str, environment: pytest.MonkeyPatch) -> None:
    """Let clients that are created from now on call from this account."""
    import boto3

    for name in ("MOTO_ACCOUNT_ID", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"):
        environment.delenv(name, raising=False)
    environment.setenv("AWS_ACCESS_KEY_ID", account_id)
    environment.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    environment.setattr(boto3, "DEFAULT_SESSION", None)  # it may have read its credentials already
