"""Which mocks are running, and what begins and ends with the outermost of them."""

import os
from collections import Counter
from threading import RLock

import boto3
from moto.core.config import mock_credentials
from moto.core.models import botocore_stubber

from qchime import compat
from qchime.control.handle import Handle
from qchime.core.backend import Backends
from qchime.core.service import SERVICES, Service
from qchime.mocking.interception import Interception

FAKE_CREDENTIALS = {"AWS_ACCESS_KEY_ID": "FOOBARKEY", "AWS_SECRET_ACCESS_KEY": "FOOBARSECRET"}
"""What moto puts into the environment while it mocks."""


class Surroundings:
    """Fake credentials and no default session, while a mock runs, as moto does it."""

    def __init__(self) -> None:
        self._environment: dict[str, str | None] = {}
        self._session = boto3.DEFAULT_SESSION
        boto3.DEFAULT_SESSION = None
        if mock_credentials():
            self._environment = {name: os.environ.get(name) for name in FAKE_CREDENTIALS}
            os.environ.update(FAKE_CREDENTIALS)

    def restore(self) -> None:
        """Put back what was there."""
        boto3.DEFAULT_SESSION = self._session
        for name, value in self._environment.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


class Lifecycle:
    """Counts the running mocks of this process, which all share one state.

    The state is cleared when the outermost mock begins and when it ends, whether that is one of ours
    or moto's `mock_aws`.
    """

    def __init__(self) -> None:
        self._lock = RLock()
        self._running: Counter[Service] = Counter()
        self._surroundings: Surroundings | None = None
        self._interception = Interception(self.is_running)
        self._interception.enter_events()
        Backends.after_moto_reset.append(self._after_moto_reset)

    def is_running(self, service: Service) -> bool:
        """Whether a service is answered in this process now."""
        return self._running[service] > 0

    def begin(self, service: Service, reset: bool) -> None:
        """One more mock of a service.

        Raises:
            ContractBroken: moto, botocore or aiobotocore is of a version that we do not fit.
        """
        with self._lock:
            if not any(self._running.values()):
                self._begin_outermost(reset)
            self._running[service] += 1

    def end(self, service: Service, remove_data: bool) -> None:
        """One mock of a service less."""
        with self._lock:
            self._running[service] -= 1
            if not any(self._running.values()):
                self._end_outermost(remove_data)

    def _begin_outermost(self, reset: bool) -> None:
        compat.check()
        inside_moto = botocore_stubber.enabled
        self._interception.close_gates()
        if inside_moto:
            _take_part_in_resets()
        else:
            self._surroundings = Surroundings()
            if reset:
                Handle().reset()
        Backends.held = not inside_moto

    def _end_outermost(self, remove_data: bool) -> None:
        self._interception.open_gates()
        inside_moto = not Backends.held and botocore_stubber.enabled
        Backends.held = False
        if botocore_stubber.enabled:
            _take_part_in_resets()
        else:
            self._restore_surroundings()
        if remove_data and not inside_moto:
            Handle().reset()

    def _after_moto_reset(self) -> None:
        """Mocks may stop in any order: what moto leaves behind when it ends is taken over."""
        with self._lock:
            if botocore_stubber.enabled:
                return
            if not any(self._running.values()):
                self._restore_surroundings()
            elif self._surroundings is None:
                self._surroundings = Surroundings()
                Handle().reset()
                Backends.held = True

    def _restore_surroundings(self) -> None:
        if self._surroundings is not None:
            self._surroundings.restore()
            self._surroundings = None


def _take_part_in_resets() -> None:
    for service in SERVICES:
        service.backends.enrol()


lifecycle = Lifecycle()
