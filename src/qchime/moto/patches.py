"""What we change in moto's own modules, each in one place, and how it is changed back.

Nothing here imports moto, for this is loaded into every test run.
"""

from __future__ import annotations

import functools
import re
from abc import ABC, abstractmethod
from typing import Any, ClassVar

from qchime.core.service import QAPPS, SERVICES


class Join(ABC):
    """One change in one of moto's modules."""

    module: ClassVar[str]
    """The module's name; it is changed as soon as it has been imported."""

    @abstractmethod
    def enter(self, module: Any) -> None:
        """Make the change."""

    @abstractmethod
    def leave(self, module: Any) -> None:
        """Take it back."""


class Hosts(Join):
    """moto finds services by the first host that matches in its index. Its server holds the same list."""

    module = "moto.backend_index"

    def enter(self, module: Any) -> None:
        """Put ours in front."""
        module.backend_url_patterns[:0] = self._patterns()

    def leave(self, module: Any) -> None:
        """Take out ours."""
        ours = self._patterns()
        module.backend_url_patterns[:] = [entry for entry in module.backend_url_patterns if entry not in ours]

    def _patterns(self) -> list[tuple[str, re.Pattern[str]]]:
        """AWS's hosts, those that moto's server guesses from the signing name, and the one of files."""
        from qchime.services.qapps import links

        patterns = [(QAPPS.module, links.HOSTS)]
        for service in SERVICES:
            guessed = re.compile(rf"https?://{service.signing_name}\.[a-z0-9-]+\.amazonaws\.com")
            patterns += [(service.module, service.hosts), (service.module, guessed)]
        return patterns


class ExplicitReset(Join):
    """A reset that somebody asks for, by `/moto-api/reset` or in the process, clears everything of ours too.

    Those that come with every start and stop of `mock_aws` take another way, and clear what `Backends` says.
    """

    module = "moto.moto_api._internal.models"

    def enter(self, module: Any) -> None:
        """Let moto's reset be followed by ours."""
        original = module.MotoAPIBackend.reset

        @functools.wraps(original)
        def reset(backend: Any) -> None:
            from qchime.control.handle import Handle

            original(backend)
            Handle().reset()
            for service in SERVICES:
                service.backends.enrol()

        module.MotoAPIBackend.reset = reset

    def leave(self, module: Any) -> None:
        """Let moto's reset be as it was."""
        module.MotoAPIBackend.reset = module.MotoAPIBackend.reset.__wrapped__


class CloudFormation(Join):
    """moto looks up the resources of a stack in a list of models, which it reads once."""

    module = "moto.cloudformation.parsing"

    def enter(self, module: Any) -> None:
        """Put our models at the end of the list."""
        original = module.get_model_list

        @functools.wraps(original)
        def get_model_list() -> list[Any]:
            from qchime.moto.cloudformation import MODELS

            return [*original(), *MODELS]

        self._replace(module, get_model_list)

    def leave(self, module: Any) -> None:
        """Let the list be as it was."""
        self._replace(module, module.get_model_list.__wrapped__)

    def _replace(self, module: Any, get_model_list: Any) -> None:
        module.get_model_list = get_model_list
        module.get_model_map.cache_clear()
        module.get_name_type_map.cache_clear()


JOINS: tuple[Join, ...] = (Hosts(), ExplicitReset(), CloudFormation())
