"""Starts and stops mocks: sets up the environment and clears the state for the outermost one."""

import os

import boto3

from qchime import compat
from qchime.control.neighbourhood import Owner, neighbourhood
from qchime.control.running import running
from qchime.core.cloud import cloud
from qchime.core.service import Service
from qchime.mocking import interception, processes, replaced  # noqa: F401  # also where `mock_aws` alone starts
from qchime.world import Lock

FAKE_CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": interception.FAKE_CREDENTIALS["access_key"],
    "AWS_SECRET_ACCESS_KEY": interception.FAKE_CREDENTIALS["secret_key"],
}
"""The credentials that moto puts into the environment while it runs."""


class FakeEnvironment:
    """Fake credentials and no default session, as under moto, until `restore`."""

    def __init__(self) -> None:
        self._environment: dict[str, str | None] = {}
        self._session = boto3.DEFAULT_SESSION
        boto3.DEFAULT_SESSION = None
        if compat.moto_mocks_credentials():
            self._environment = {name: os.environ.get(name) for name in FAKE_CREDENTIALS}
            os.environ.update(FAKE_CREDENTIALS)

    def restore(self) -> None:
        """Restore the credentials and the default session."""
        boto3.DEFAULT_SESSION = self._session
        for name, value in self._environment.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


class Lifecycle:
    """Starts and stops the mocks of this process, which all share the default cloud.

    The state is cleared when the outermost mock starts and when it stops, whether that is one of ours or
    moto's `mock_aws`.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._environment: FakeEnvironment | None = None
        neighbourhood.after_reset.append(self._after_reset)

    def begin(self, service: Service, reset: bool) -> None:
        """Start a mock of a service; `reset` clears the state if it is the outermost.

        Raises:
            IncompatibleVersion: moto, botocore or aiobotocore lacks something that we use.
        """
        with self._lock:
            if not running:
                self._begin_outermost(reset)
            running.add(service, 1)

    def end(self, service: Service, remove_data: bool) -> None:
        """Stop a mock of a service; `remove_data` clears the state if it was the outermost."""
        with self._lock:
            running.add(service, -1)
            if not running:
                self._end_outermost(remove_data)

    def _begin_outermost(self, reset: bool) -> None:
        compat.check()
        replaced.install()
        if neighbourhood.is_running:
            neighbourhood.take_part()
            neighbourhood.owner = Owner.NEIGHBOUR
            return
        self._environment = FakeEnvironment()
        neighbourhood.owner = Owner.QCHIME
        if reset:
            cloud.reset()

    def _end_outermost(self, remove_data: bool) -> None:
        is_inside = neighbourhood.owner is Owner.NEIGHBOUR and neighbourhood.is_running
        neighbourhood.owner = Owner.NOBODY
        if neighbourhood.is_running:
            neighbourhood.take_part()
        else:
            self._restore_environment()
        if remove_data and not is_inside:
            cloud.reset()

    def _after_reset(self) -> None:
        """Take over from a `mock_aws` that stops before our mocks do: mocks may stop in any order."""
        with self._lock:
            if neighbourhood.is_running:
                return
            if not running:
                self._restore_environment()
            elif self._environment is None:
                self._environment = FakeEnvironment()
                cloud.reset()
                neighbourhood.owner = Owner.QCHIME

    def _restore_environment(self) -> None:
        if self._environment is not None:
            self._environment.restore()
            self._environment = None


lifecycle = Lifecycle()
