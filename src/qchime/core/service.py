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


USUAL_ERRORS = {
    "INVALID": ("ValidationException", "BadRequestException"),
    "MISSING": ("ResourceNotFoundException", "NotFoundException"),
    "FAILED": ("InternalServerException", "InternalServerErrorException", "InternalFailureException"),
}
"""What AWS's services mostly call their errors, for exceptions modules that do not name their own."""


class InvalidRow(LookupError):
    """A row of the table is wrong; the message says how to correct it."""


class UnknownToBotocore(InvalidRow):
    """The installed botocore does not have the service of a row."""


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
    nothing. The names are checked against botocore's model as soon as that is loaded.
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
    """The module of its errors: subclasses of `ServiceException`, named as in the model.

    It may have `INVALID`, `MISSING` and `FAILED` too: the errors for input that breaks the model, for a
    resource that is not there and for a failure of the service. Without them, those of `USUAL_ERRORS` that
    the model declares are taken. `injected_members(given)` makes the members of an error that a fault causes,
    from the operation's input; members that it leaves out get a placeholder.
    """
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
        return f"AWS_ENDPOINT_URL_{self.model.service_id.replace(' ', '_').upper()}"

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
        """botocore's model, the newest that is installed.

        Raises:
            InvalidRow: botocore has no such service, or it differs from what the row says.
        """
        from importlib.metadata import version

        from botocore.exceptions import UnknownServiceError
        from botocore.loaders import Loader
        from botocore.model import ServiceModel

        try:
            model = ServiceModel(Loader().load_service_model(self.name, "service-2"), self.name)
        except UnknownServiceError:
            raise UnknownToBotocore(
                f"botocore {version('botocore')} has no service {self.name!r}. Correct the name in the "
                "row, which is that of `boto3.client`, or install a newer botocore."
            ) from None
        self._check_against(model)
        return model

    def _check_against(self, model: ServiceModel) -> None:
        for name in ("endpoint_prefix", "signing_name"):
            ours, theirs = getattr(self, name), getattr(model, name)
            if ours != theirs:
                raise InvalidRow(
                    f"The row of {self.name} has {name}={ours!r}; botocore's model has {theirs!r}."
                )
        protocols = model.metadata.get("protocols", [model.metadata["protocol"]])
        if "rest-json" not in protocols:
            raise InvalidRow(f"{self.name} speaks {' and '.join(protocols)}; qchime speaks rest-json only.")

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
        backend: type[Backend] = self._imported("backend_class")
        return backend

    def supports(self, operation: str) -> bool:
        """Whether the backend has this operation of the model."""
        from qchime.restjson import python_name

        return hasattr(self.backend, python_name(operation))

    @cached_property
    def exceptions(self) -> Any:
        """The module of its errors."""
        return self._imported("exceptions_module")

    @cached_property
    def routes(self) -> Routes | None:
        """The addresses that it answers beside its operations."""
        return self._imported("routes_object") if self.routes_object is not None else None

    def _imported(self, field: str) -> Any:
        """What a field names.

        Raises:
            InvalidRow: it cannot be imported.
        """
        name = getattr(self, field)
        try:
            return resolve_name(name)
        except (ImportError, AttributeError, ValueError) as error:
            raise InvalidRow(
                f"The row of {self.name} has {field}={name!r}, which cannot be imported: {error}."
            ) from error

    def invalid(self, message: str) -> ServiceException:
        """The service's own answer to input that breaks its model."""
        return self._error_for("INVALID")(message)

    def failed(self, message: str) -> ServiceException:
        """The service's own answer when it fails itself."""
        return self._error_for("FAILED")(message)

    @property
    def missing(self) -> type[ServiceException]:
        """The service's own error for a resource that is not there."""
        return self._error_for("MISSING")

    def error(self, name: str) -> type[ServiceException]:
        """The class of an error that the model declares, made here if the exceptions module has none."""
        from qchime.restjson import ServiceException

        kind: type[ServiceException] = getattr(self.exceptions, name, type(name, (ServiceException,), {}))
        return kind

    def injected_members(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The members of an error that a fault causes, as far as the service makes them from the input."""
        make = getattr(self.exceptions, "injected_members", None)
        return make(given) if make is not None else {}

    def _error_for(self, role: str) -> type[ServiceException]:
        own: type[ServiceException] | None = getattr(self.exceptions, role, None)
        if own is not None:
            return own
        declared = {shape.name for shape in self.model.error_shapes}
        for name in USUAL_ERRORS[role]:
            if name in declared:
                return self.error(name)
        raise InvalidRow(
            f"{self.exceptions_module} has no {role}, and {self.name} declares none of "
            f"{', '.join(USUAL_ERRORS[role])}. Add `{role} = ...` to that module, with one of its errors: "
            f"{', '.join(sorted(declared))}."
        )
