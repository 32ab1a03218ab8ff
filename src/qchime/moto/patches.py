"""The patches to moto's modules, each of which can be undone.

Nothing here imports moto, because this module is loaded into every test run.
"""

from __future__ import annotations

import functools
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from datetime import timezone
from typing import TYPE_CHECKING, Any, ClassVar

from qchime import compat

if TYPE_CHECKING:
    from qchime.world import Session

_PROVIDER = re.compile(r"(ProvidedContexts\.member\.\d+)\.ProviderArn")


class Patch(ABC):
    """A change to one of moto's modules."""

    module: ClassVar[str]
    """The name of the module, which is patched as soon as it is imported."""

    @abstractmethod
    def apply(self, module: Any) -> None:
        """Apply the change."""

    @abstractmethod
    def undo(self, module: Any) -> None:
        """Restore the original."""


class Hosts(Patch):
    """Adds our hosts to moto's index, where the first match wins. moto's server uses the same list."""

    module = "moto.backend_index"

    def apply(self, module: Any) -> None:
        """Insert our hosts at the front."""
        module.backend_url_patterns[:0] = self._patterns()

    def undo(self, module: Any) -> None:
        """Remove our hosts."""
        ours = self._patterns()
        module.backend_url_patterns[:] = [entry for entry in module.backend_url_patterns if entry not in ours]

    def _patterns(self) -> list[tuple[str, re.Pattern[str]]]:
        """AWS's hosts, those that moto's server derives from the signing name, and those of `Routes`."""
        from qchime.core.table import SERVICES

        patterns = []
        for service in SERVICES:
            host = rf"https?://{service.signing_name}\.[a-z0-9-]+\.amazonaws\.com"
            guessed = re.compile(host, re.IGNORECASE)
            patterns += [(service.module, service.url_pattern), (service.module, guessed)]
            if service.routes is not None:
                patterns.append((service.module, service.routes.hosts))
        return patterns


class ExplicitReset(Patch):
    """Makes an explicit reset, by `/moto-api/reset` or in-process, clear our state too.

    The resets at every start and stop of `mock_aws` reach us through `qchime.moto.state`, which respects the
    owner of the state.
    """

    module = "moto.moto_api._internal.models"

    def apply(self, module: Any) -> None:
        """Wrap moto's reset."""
        original = module.MotoAPIBackend.reset

        @functools.wraps(original)
        def reset(backend: Any) -> None:
            from qchime.core.cloud import cloud
            from qchime.moto.state import register_for_moto_reset

            original(backend)
            cloud.reset()
            register_for_moto_reset()

        module.MotoAPIBackend.reset = reset

    def undo(self, module: Any) -> None:
        """Restore moto's reset."""
        module.MotoAPIBackend.reset = module.MotoAPIBackend.reset.__wrapped__


class CloudFormation(Patch):
    """Adds our resource types to the list of models that moto's CloudFormation reads once."""

    module = "moto.cloudformation.parsing"

    def apply(self, module: Any) -> None:
        """Append our models to the list."""
        original = module.get_model_list

        @functools.wraps(original)
        def get_model_list() -> list[Any]:
            from qchime.moto.cloudformation import models

            return [*original(), *models()]

        self._replace(module, get_model_list)

    def undo(self, module: Any) -> None:
        """Restore moto's list."""
        self._replace(module, module.get_model_list.__wrapped__)

    def _replace(self, module: Any, get_model_list: Any) -> None:
        module.get_model_list = get_model_list
        module.get_model_map.cache_clear()
        module.get_name_type_map.cache_clear()


class Start(Patch):
    """Installs our interception when `mock_aws` starts, so that no call to our services reaches AWS."""

    module = "moto.core.models"

    def __init__(self, intercept: Callable[[], None]) -> None:
        self._intercept = intercept

    def apply(self, module: Any) -> None:
        """Wrap the start of `mock_aws`; if it is already running, install the interception now."""
        if module.botocore_stubber.enabled:
            self._intercept()
        original = module.MockAWS.start

        @functools.wraps(original)
        def start(mock: Any, *args: Any, **kwargs: Any) -> Any:
            self._intercept()
            return original(mock, *args, **kwargs)

        module.MockAWS.start = start

    def undo(self, module: Any) -> None:
        """Restore the start of `mock_aws`."""
        module.MockAWS.start = module.MockAWS.start.__wrapped__


class Transitions(Patch):
    """Registers our models with moto's state manager, which needs a default transition for each."""

    module = "moto.moto_api"

    def apply(self, module: Any) -> None:
        """Make transitions immediate, unless a test author sets others."""
        from qchime.core.table import SERVICES

        for name in (name for service in SERVICES for name in service.transitions):
            module.state_manager.register_default_transition(name, {"progression": "immediate"})

    def undo(self, module: Any) -> None:
        """Leave the defaults registered: nothing reads them any more."""


class Seed(Patch):
    """Makes a seed for moto's random source, by `/moto-api/seed` or in-process, seed our ids too."""

    module = "moto.moto_api._internal"

    def apply(self, module: Any) -> None:
        """Wrap the seeding of moto's random source."""
        source = module.mock_random
        original = source.seed

        @functools.wraps(original)
        def seed(seed: Any = None, *args: Any, **kwargs: Any) -> None:
            from qchime.core.cloud import cloud

            original(seed, *args, **kwargs)
            cloud.ids.seed(seed)

        source.seed = seed

    def undo(self, module: Any) -> None:
        """Restore the seeding of moto's random source."""
        del module.mock_random.seed


_context_assertion: ContextVar[str | None] = ContextVar("context_assertion", default=None)
"""The context assertion of the AssumeRole that moto is handling."""


class ContextAssertions(Patch):
    """Makes moto's STS remember the context assertion that it was given for a session.

    moto ignores `ProvidedContexts`. The session is kept on its access key, so moto's resets forget it.
    """

    module = "moto.sts.responses"

    def apply(self, module: Any) -> None:
        """Wrap AssumeRole, both where moto reads the request and where it creates the session."""
        respond, create = module.TokenResponse.assume_role, module.STSBackend.assume_role

        @functools.wraps(respond)
        def assume_role(response: Any) -> Any:
            before = _context_assertion.set(_assertion_in(response.querystring))
            try:
                return respond(response)
            finally:
                _context_assertion.reset(before)

        @functools.wraps(create)
        def create_session(backend: Any, *args: Any, **kwargs: Any) -> Any:
            role = create(backend, *args, **kwargs)
            if (assertion := _context_assertion.get()) is not None:
                setattr(role.access_key, compat.MOTO_SESSION, _session(assertion, role))
            return role

        module.TokenResponse.assume_role = assume_role
        module.STSBackend.assume_role = create_session

    def undo(self, module: Any) -> None:
        """Restore moto's AssumeRole."""
        module.TokenResponse.assume_role = module.TokenResponse.assume_role.__wrapped__
        module.STSBackend.assume_role = module.STSBackend.assume_role.__wrapped__


def _assertion_in(query: Mapping[str, list[str]]) -> str | None:
    """The assertion for Identity Center among the provided contexts; AWS has no other provider yet.

    https://docs.aws.amazon.com/STS/latest/APIReference/API_ProvidedContext.html
    """
    for name, texts in query.items():
        if (found := _PROVIDER.fullmatch(name)) and texts[0].endswith(":contextProvider/IdentityCenter"):
            return query.get(f"{found[1]}.ContextAssertion", [None])[0]
    return None


def _session(assertion: str, role: Any) -> Session:
    from qchime.world import Session

    expires_at = role.expiration.replace(tzinfo=timezone.utc)
    return Session(assertion, role.access_key_id, role.secret_access_key, role.session_token, expires_at)


def patches(intercept: Callable[[], None]) -> tuple[Patch, ...]:
    """All patches; `intercept` installs our interception of clients."""
    return (
        Hosts(),
        ExplicitReset(),
        CloudFormation(),
        Start(intercept),
        Transitions(),
        Seed(),
        ContextAssertions(),
    )
