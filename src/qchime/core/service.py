"""One service: its row in the table, and everything derived from it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any, Protocol

from qchime.core.group import moto_name
from qchime.core.rates import Rates
from qchime.core.stacks import StackResource
from qchime.lazy import cached_property
from qchime.rules import inferred

if TYPE_CHECKING:
    from botocore.model import ServiceModel

    from qchime.core.backend import Backend
    from qchime.core.cloud import Account, Cloud
    from qchime.core.showing import Looks
    from qchime.restjson import Operation, Request, Response, Router, ServiceException
    from qchime.rules import Rule


USUAL_ERRORS = {
    "INVALID": ("ValidationException", "BadRequestException"),
    "MISSING": ("ResourceNotFoundException", "NotFoundException"),
    "FAILED": ("InternalServerException", "InternalServerErrorException", "InternalFailureException"),
}
"""AWS's usual names for these errors, for exceptions modules that do not define the role."""


class InvalidRow(LookupError):
    """A row of the table is invalid."""


class UnknownToBotocore(InvalidRow):
    """The installed botocore does not have the service of a row."""


class Routes(Protocol):
    """URLs that a service answers besides those of its operations, such as links to files."""

    path: str
    """The path prefix on a server: `/_qchime/` and a name."""
    hosts: re.Pattern[str]
    """Matches the URLs that are intercepted in-process."""

    def respond(self, cloud: Cloud, request: Request) -> Response:
        """The response to a request, whose `path` is relative to the prefix or host."""


class Connection(Protocol):
    """The WebSocket of one client.

    All methods can be called from any thread, also under a lock: none of them waits for the client.
    """

    def send(self, text: str) -> None:
        """Send a text frame after all earlier ones, unless the connection is closed."""

    def close(self, code: int, reason: str = "") -> None:
        """Close the connection with this status code after all earlier frames have been sent."""


class Sockets(Protocol):
    """The WebSockets that a service offers."""

    path: str
    """The path that clients connect to on a server."""
    unauthorized: int
    """The status code that closes the connection of a client whose credentials are refused."""

    def connect(
        self, account: Account, region: str, request: Request, connection: Connection
    ) -> Callable[[], None]:
        """Serve a client that has connected. The returned function is called when the connection ends."""


@dataclass(frozen=True)
class Word:
    """An attribute that a service adds to the handle, such as `mock.answers` for Q Apps."""

    local: str
    """The class that holds its state. It takes one argument: the instance for all accounts, or None.

    Besides the methods for test authors it implements `qchime.world.Part`, `show()`, whose result a server
    returns for a GET, and perhaps `post(**given)`, which carries out a POST. `show` may take the parameters
    of the query, as strings.

    qchime sets two attributes. Every method that changes something calls `self.changes.note()`, so that a
    server saves it. `self.backends()` returns the service's backends: of the account, or of all accounts.
    """
    remote: str
    """The class that replaces it in a `Client`. It takes one argument: a function that sends requests."""
    example: str = "{}"
    """An example of a POST body, as JSON, with which the page's form begins."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Service:
    """The row of a service. A package registers it with an entry point in the group `qchime.services`.

    Strings of the form `package.module:Name` are imported on first use, so that a row costs little. The
    names are checked against botocore's model when the model is loaded.
    """

    name: str
    """botocore's name, as in `boto3.client(name)`."""
    title: str
    """AWS's display name, such as `Amazon Q Apps`."""
    endpoint_prefix: str
    """The first part of the service's hosts."""
    signing_name: str
    """The service in the credential scope of a signature."""
    backend_class: str
    """The `Backend` subclass whose methods are the operations."""
    exceptions_module: str
    """The module of its errors: subclasses of `ServiceException`, named as in the model.

    It may also define `INVALID`, `MISSING` and `FAILED`: the errors for input that violates the model, for a
    missing resource, and for an internal failure. They default to the first of `USUAL_ERRORS` that the model
    declares. `INVALID_RULE` is the rule that makes `INVALID` the error, if AWS does not document it.
    `injected_members(given)` returns members of an injected error, derived from the operation's
    input; the other members get placeholders.
    """
    arns: str = ""
    """A regular expression for its ARNs, which identify it where it shares a path with another service."""
    limits: Mapping[str, int] = field(default_factory=dict)
    """AWS's default quotas, by their names in `mock.limits`."""
    rates: Rates = field(default_factory=Rates)
    """AWS's request rates, which count while `mock.throttling` is true."""
    words: Mapping[str, Word] = field(default_factory=dict)
    """The attributes that it adds to the handle, by name."""
    file_operations: Sequence[str] = ()
    """The operations that take a file, whose bodies may have 100 MiB instead of 1 MiB."""
    routes_object: str | None = None
    """Its `Routes`, if it has any."""
    sockets_object: str | None = None
    """Its `Sockets`, if it has any."""
    looks_object: str | None = None
    """Its `Looks`: how the page shows the service's records. By default it shows their fields."""
    transitions: Sequence[str] = ()
    """The model names under which moto's state manager knows its asynchronous operations."""
    stack_resources: Mapping[str, StackResource] = field(default_factory=dict)
    """CloudFormation resource types, by their names in templates."""

    @property
    def module(self) -> str:
        """moto's spelling of the name, as in `mock_<module>`."""
        return moto_name(self.name)

    @property
    def endpoint_variable(self) -> str:
        """The environment variable that sets its endpoint URL in SDKs."""
        return f"AWS_ENDPOINT_URL_{self.model.service_id.replace(' ', '_').upper()}"

    @cached_property
    @inferred(
        "core.vpc-endpoints",
        "The host of a VPC endpoint contains the first part of the service's usual host, or botocore's name "
        "of the service.",
        sources=["https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html"],
    )
    def url_pattern(self) -> re.Pattern[str]:
        """Matches AWS's URLs of the service in every partition: also FIPS, dual-stack and VPC endpoints.

        https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html
        """
        from qchime.core.partitions import dns_suffixes

        suffixes = "|".join(map(re.escape, dns_suffixes()))
        prefix, name = re.escape(self.endpoint_prefix), re.escape(self.name)
        return re.compile(
            rf"https?://(?:{prefix}(?:-fips)?|vpce-[a-z0-9-]+\.(?:{prefix}|{name}))"
            rf"\.(?P<region>[a-z0-9-]+)(?:\.vpce)?\.(?:{suffixes})\.?(?=[:/?]|$)",
            re.IGNORECASE,
        )

    def owns(self, host: str) -> bool:
        """Whether this is one of AWS's hosts of the service, with or without a port."""
        return self.url_pattern.match(f"https://{host}") is not None

    def region_of(self, host: str) -> str | None:
        """The region of one of AWS's hosts of the service, None for another host."""
        found = self.url_pattern.match(f"https://{host}")
        return found["region"].lower() if found else None

    def owns_arn(self, arn: str) -> bool:
        """Whether an ARN belongs to a resource of the service."""
        return bool(self.arns) and re.match(self.arns, arn) is not None

    @cached_property
    def model(self) -> ServiceModel:
        """The newest installed botocore model of the service.

        Raises:
            InvalidRow: botocore does not have the service, or its model contradicts the row.
        """
        from importlib.metadata import version

        from botocore.exceptions import UnknownServiceError
        from botocore.loaders import Loader
        from botocore.model import ServiceModel

        try:
            model = ServiceModel(Loader().load_service_model(self.name, "service-2"), self.name)
        except UnknownServiceError:
            raise UnknownToBotocore(
                f"botocore {version('botocore')} has no service {self.name!r}. Correct the row's name to the "
                "one that `boto3.client` takes, or install a newer botocore."
            ) from None
        self._check_against(model)
        return model

    def _check_against(self, model: ServiceModel) -> None:
        for name in ("endpoint_prefix", "signing_name"):
            ours, theirs = getattr(self, name), getattr(model, name)
            if ours != theirs:
                raise InvalidRow(
                    f"The row of {self.name} has {name}={ours!r}; botocore's model has {theirs!r}. "
                    "Correct the row."
                )
        protocols = model.metadata.get("protocols", [model.metadata["protocol"]])
        if "rest-json" not in protocols:
            raise InvalidRow(
                f"{self.name} uses the protocol {' or '.join(protocols)}; qchime supports rest-json only."
            )

    @cached_property
    def router(self) -> Router:
        """The router for the operations of the model."""
        from qchime.restjson import Router

        return Router(self.model)

    @cached_property
    def _operations(self) -> dict[str, Operation]:
        return {}

    def operation(self, name: str) -> Operation:
        """The operation with AWS's name for it, compiled from the model on first use."""
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
        """Whether the backend implements this operation of the model."""
        from qchime.restjson import python_name

        return hasattr(self.backend, python_name(operation))

    @cached_property
    def exceptions(self) -> Any:
        """The module of its errors."""
        return self._imported("exceptions_module")

    @cached_property
    def routes(self) -> Routes | None:
        """The URLs that it answers besides its operations, None if there are none."""
        return self._imported("routes_object") if self.routes_object is not None else None

    @cached_property
    def sockets(self) -> Sockets | None:
        """The WebSockets that it offers, None if there are none."""
        return self._imported("sockets_object") if self.sockets_object is not None else None

    @cached_property
    def looks(self) -> Looks:
        """How the page shows the records of its state, by their classes."""
        looks: Looks = self._imported("looks_object") if self.looks_object is not None else {}
        return looks

    def _imported(self, field: str) -> Any:
        """The object that a field of the row names.

        Raises:
            InvalidRow: the object cannot be imported.
        """
        name = getattr(self, field)
        try:
            return resolve_name(name)
        except (ImportError, AttributeError, ValueError) as error:
            raise InvalidRow(
                f"The row of {self.name} has {field}={name!r}, which cannot be imported: {error}. "
                "Correct the row."
            ) from error

    def invalid(self, message: str, rule: Rule | None = None) -> ServiceException:
        """The service's error for input that breaks its model, by this rule or by its `INVALID_RULE`."""
        own: Rule | None = getattr(self.exceptions, "INVALID_RULE", None)
        return self._error_for("INVALID")(message).because(rule or own)

    def failed(self, message: str) -> ServiceException:
        """The service's error for an internal failure."""
        return self._error_for("FAILED")(message)

    @property
    def missing(self) -> type[ServiceException]:
        """The class of the service's error for a missing resource."""
        return self._error_for("MISSING")

    def error(self, name: str) -> type[ServiceException]:
        """The class of an error that the model declares; a new one if the exceptions module has none."""
        from qchime.restjson import ServiceException

        kind: type[ServiceException] = getattr(self.exceptions, name, type(name, (ServiceException,), {}))
        return kind

    def injected_members(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The members of an injected error that the service derives from the operation's input."""
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
            f"{', '.join(USUAL_ERRORS[role])}. Add `{role} = ...` to the module, with one of its errors: "
            f"{', '.join(sorted(declared))}."
        )
