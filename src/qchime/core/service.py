"""One service: a row of the table, and what follows from it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any, Protocol

from qchime.core.group import moto_name
from qchime.core.partitions import dns_suffixes

if TYPE_CHECKING:
    from botocore.model import ServiceModel

    from qchime.core.backend import Backend
    from qchime.core.cloud import Cloud
    from qchime.restjson import Operation, Request, Response, Router, ServiceException


class Routes(Protocol):
    """Addresses that a service answers beside its operations, such as links to files."""

    path: str
    """Where a server answers them: `/_qchime/` and a word."""
    hosts: re.Pattern[str]
    """URLs that lead there in the process."""

    def respond(self, cloud: Cloud, request: Request) -> Response:
        """The answer to a request, whose `path` is what comes after the address."""


@dataclass(frozen=True)
class Word:
    """A further word of the handle, such as `mock.answers`."""

    local: str
    """The class that has its state. It is made with everybody's, or None where it is everybody's itself.

    Beside what a test author calls it has what a part of the world has, `show()`, which is what a server
    answers to a GET, and `post(**given)`, which does what a POST asks for.
    """
    remote: str
    """The class that stands for it in a client of a server. It is made with a function that sends."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Service:
    """One service, as a row of the table. The entry point of a package in `qchime.services` names it.

    The strings with a colon, `package.module:Name`, are imported with their first use, so that a row costs
    nothing. A test holds the names against botocore's model.
    """

    name: str
    """botocore's name, as in `boto3.client(name)`."""
    title: str
    """AWS's name of it, as people read it."""
    endpoint_prefix: str
    """The first part of its hosts."""
    signing_name: str
    """The service in the credential scope of a signature."""
    backend_class: str
    """The `Backend`: its methods are the operations."""
    exceptions_module: str
    """The module of its errors, with `INVALID`, `FAILED` and `injected_members`."""
    arns: str = ""
    """A pattern of its resources' ARNs, for paths that it shares with another service."""
    limits: Mapping[str, int] = field(default_factory=dict)
    """AWS's figures of its quotas, by their names in `mock.limits`."""
    words: Mapping[str, Word] = field(default_factory=dict)
    """Further words of the handle."""
    routes_object: str | None = None
    """Its `Routes`, if it has any."""
    transitions: Sequence[str] = ()
    """The names by which moto's state manager knows what of it takes time."""
    stack_resources: Mapping[str, str] = field(default_factory=dict)
    """CloudFormation's types, each with the noun of its operations: `Create…`, `Update…`, `Delete…`."""

    @property
    def module(self) -> str:
        """moto's spelling of the name, as in `mock_<module>`."""
        return moto_name(self.name)

    @property
    def endpoint_variable(self) -> str:
        """The environment variable by which SDKs take another address for it."""
        return f"AWS_ENDPOINT_URL_{self.name.upper().replace('-', '_')}"

    @cached_property
    def url_pattern(self) -> re.Pattern[str]:
        """AWS's own addresses of this service in every partition, FIPS and dual-stack ones too."""
        suffixes = "|".join(map(re.escape, dns_suffixes()))
        prefix = re.escape(self.endpoint_prefix)
        return re.compile(rf"https?://{prefix}(?:-fips)?\.(?P<region>[a-z0-9-]+)\.(?:{suffixes})(?=[:/?]|$)")

    def owns(self, host: str) -> bool:
        """Whether this is one of AWS's own hosts of the service, with or without a port."""
        return self.url_pattern.match(f"https://{host}") is not None

    def region_of(self, host: str) -> str | None:
        """The region that one of its hosts stands for."""
        found = self.url_pattern.match(f"https://{host}")
        return found["region"] if found else None

    def owns_arn(self, arn: str) -> bool:
        """Whether an ARN is that of a resource of the service."""
        return bool(self.arns) and re.match(self.arns, arn) is not None

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
    def backend(self) -> type[Backend]:
        """The class whose methods are the operations."""
        backend: type[Backend] = resolve_name(self.backend_class)
        return backend

    def supports(self, operation: str) -> bool:
        """Whether the backend has this operation of the model."""
        from qchime.restjson import python_name

        return hasattr(self.backend, python_name(operation))

    @cached_property
    def exceptions(self) -> Any:
        """The module of its errors."""
        return resolve_name(self.exceptions_module)

    @cached_property
    def routes(self) -> Routes | None:
        """The addresses that it answers beside its operations."""
        return resolve_name(self.routes_object) if self.routes_object is not None else None

    def invalid(self, message: str) -> ServiceException:
        """The service's own answer to input that breaks its model."""
        error: ServiceException = self.exceptions.INVALID(message)
        return error

    def failed(self, message: str) -> ServiceException:
        """The service's own answer when it fails itself."""
        error: ServiceException = self.exceptions.FAILED(message)
        return error
