"""The table of the two services, and what is known of each before its model is read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any

from qchime.core.partitions import dns_suffixes

if TYPE_CHECKING:
    from botocore.model import ServiceModel

    from qchime.core.backend import Backend, Backends
    from qchime.restjson import Operation, Router, ServiceException


@dataclass(frozen=True, eq=False)
class Service:
    """One service: how to recognize its requests, its model, and where its state is.

    Everything heavy comes with its first use. A test holds the names here against the model.
    """

    name: str
    """botocore's name, as in `boto3.client(name)`."""
    module: str
    """moto's spelling of it, and the name of our package."""
    endpoint_prefix: str
    """The first part of its hosts."""
    signing_name: str
    """The service in the credential scope of a signature."""

    @cached_property
    def hosts(self) -> re.Pattern[str]:
        """AWS's own addresses of this service in every partition, FIPS and dual-stack ones too."""
        suffixes = "|".join(map(re.escape, dns_suffixes()))
        prefix = re.escape(self.endpoint_prefix)
        return re.compile(rf"https?://{prefix}(?:-fips)?\.(?P<region>[a-z0-9-]+)\.(?:{suffixes})(?=[:/?]|$)")

    @cached_property
    def model(self) -> ServiceModel:
        """botocore's model, the newest that is installed."""
        from botocore.loaders import Loader
        from botocore.model import ServiceModel

        return ServiceModel(Loader().load_service_model(self.name, "service-2"), self.name)

    @cached_property
    def router(self) -> Router:
        """The model's routes."""
        from qchime.restjson import Router

        return Router(self.model)

    @cached_property
    def _operations(self) -> dict[str, Operation]:
        return {}

    def operation(self, name: str) -> Operation:
        """One operation, read from the model at its first call."""
        if name not in self._operations:
            from qchime.restjson import Operation

            self._operations[name] = Operation(self.model.operation_model(name))
        return self._operations[name]

    @cached_property
    def backends(self) -> Backends[Backend]:
        """The state, by account and region."""
        package = import_module(f"qchime.services.{self.module}.backend")
        backends: Backends[Backend] = getattr(package, f"{self.module}_backends")
        return backends

    def supports(self, operation: str) -> bool:
        """Whether we have this operation of the model."""
        from qchime.restjson import python_name

        return hasattr(self.backends.backend, python_name(operation))

    @property
    def exceptions(self) -> Any:
        """The module of its errors."""
        return import_module(f"qchime.services.{self.module}.exceptions")

    def invalid(self, message: str) -> ServiceException:
        """The service's own answer to input that breaks its model."""
        error: ServiceException = self.exceptions.INVALID(message)
        return error

    def failed(self, message: str) -> ServiceException:
        """The service's own answer when it fails itself."""
        error: ServiceException = self.exceptions.FAILED(message)
        return error


QAPPS = Service("qapps", "qapps", "data.qapps", "qapps")
CHIME_SDK_IDENTITY = Service("chime-sdk-identity", "chimesdkidentity", "identity-chime", "chime")
SERVICES = (QAPPS, CHIME_SDK_IDENTITY)


def services_with(operation: str) -> list[Service]:
    """The services that have an operation of this name: TagResource is one of both.

    Raises:
        ValueError: none has; the message names those that are spelled alike.
    """
    found = [service for service in SERVICES if operation in service.model.operation_names]
    if not found:
        names = sorted({name for service in SERVICES for name in service.model.operation_names})
        alike = get_close_matches(str(operation), names, n=3) or names
        raise ValueError(f"There is no operation {operation!r}. There is: {', '.join(alike)}")
    return found
