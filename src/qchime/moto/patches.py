"""What we change in moto's own modules, each in one place, and how it is changed back.

Nothing here imports moto, for this is loaded into every test run.
"""

from __future__ import annotations

import functools
import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar


class Patch(ABC):
    """One change in one of moto's modules."""

    module: ClassVar[str]
    """The module's name; it is changed as soon as it has been imported."""

    @abstractmethod
    def apply(self, module: Any) -> None:
        """Make the change."""

    @abstractmethod
    def undo(self, module: Any) -> None:
        """Take it back."""


class Hosts(Patch):
    """moto finds services by the first host that matches in its index. Its server holds the same list."""

    module = "moto.backend_index"

    def apply(self, module: Any) -> None:
        """Put ours in front."""
        module.backend_url_patterns[:0] = self._patterns()

    def undo(self, module: Any) -> None:
        """Take out ours."""
        ours = self._patterns()
        module.backend_url_patterns[:] = [entry for entry in module.backend_url_patterns if entry not in ours]

    def _patterns(self) -> list[tuple[str, re.Pattern[str]]]:
        """AWS's hosts, those that moto's server guesses from the signing name, and the one of files."""
        from qchime.core.table import SERVICES

        patterns = []
        for service in SERVICES:
            guessed = re.compile(rf"https?://{service.signing_name}\.[a-z0-9-]+\.amazonaws\.com")
            patterns += [(service.module, service.url_pattern), (service.module, guessed)]
            if service.routes is not None:
                patterns.append((service.module, service.routes.hosts))
        return patterns


class ExplicitReset(Patch):
    """A reset that somebody asks for, by `/moto-api/reset` or in the process, clears everything of ours too.

    Those that come with every start and stop of `mock_aws` take another way, which asks whose the state is.
    """

    module = "moto.moto_api._internal.models"

    def apply(self, module: Any) -> None:
        """Let moto's reset be followed by ours."""
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
        """Let moto's reset be as it was."""
        module.MotoAPIBackend.reset = module.MotoAPIBackend.reset.__wrapped__


class CloudFormation(Patch):
    """moto looks up the resources of a stack in a list of models, which it reads once."""

    module = "moto.cloudformation.parsing"

    def apply(self, module: Any) -> None:
        """Put our models at the end of the list."""
        original = module.get_model_list

        @functools.wraps(original)
        def get_model_list() -> list[Any]:
            from qchime.moto.cloudformation import models

            return [*original(), *models()]

        self._replace(module, get_model_list)

    def undo(self, module: Any) -> None:
        """Let the list be as it was."""
        self._replace(module, module.get_model_list.__wrapped__)

    def _replace(self, module: Any, get_model_list: Any) -> None:
        module.get_model_list = get_model_list
        module.get_model_map.cache_clear()
        module.get_name_type_map.cache_clear()


class Start(Patch):
    """`mock_aws` begins: from now on nothing of ours may reach AWS, whenever its client was made."""

    module = "moto.core.models"

    def __init__(self, intercept: Callable[[], None]) -> None:
        self._intercept = intercept

    def apply(self, module: Any) -> None:
        """Let our interception be there first, or now if it has begun already."""
        if module.botocore_stubber.enabled:
            self._intercept()
        original = module.MockAWS.start

        @functools.wraps(original)
        def start(mock: Any, *args: Any, **kwargs: Any) -> Any:
            self._intercept()
            return original(mock, *args, **kwargs)

        module.MockAWS.start = start

    def undo(self, module: Any) -> None:
        """Let it begin as it did."""
        module.MockAWS.start = module.MockAWS.start.__wrapped__


class Transitions(Patch):
    """moto's state manager has a default for each model that it is asked about."""

    module = "moto.moto_api"

    def apply(self, module: Any) -> None:
        """Sessions and the like are done at once, unless somebody says otherwise."""
        from qchime.core.table import SERVICES

        for name in (name for service in SERVICES for name in service.transitions):
            module.state_manager.register_default_transition(name, {"progression": "immediate"})

    def undo(self, module: Any) -> None:
        """Nothing asks for them any more."""


class Seed(Patch):
    """A seed of moto's random source, by `/moto-api/seed` or in the process, is one of ours too."""

    module = "moto.moto_api._internal"

    def apply(self, module: Any) -> None:
        """Let the default cloud be seeded with it."""
        source = module.mock_random
        original = source.seed

        @functools.wraps(original)
        def seed(seed: Any = None, *args: Any, **kwargs: Any) -> None:
            from qchime.core.cloud import cloud

            original(seed, *args, **kwargs)
            cloud.ids.seed(seed)

        source.seed = seed

    def undo(self, module: Any) -> None:
        """Let its seed be its own."""
        del module.mock_random.seed


def patches(intercept: Callable[[], None]) -> tuple[Patch, ...]:
    """All that we change; `intercept` lets our interception of clients be there."""
    return (Hosts(), ExplicitReset(), CloudFormation(), Start(intercept), Transitions(), Seed())
