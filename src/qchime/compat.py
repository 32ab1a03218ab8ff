"""The internals of moto, botocore and aiobotocore that we use, and clear errors where they are missing.

They are not public, so a new version may move them. Starting a mock then fails with a message that says what
is missing, in which version, and which versions have it. `make test-matrix` tests the oldest version, the
newest, and one in between. Nothing here imports any of the three.
"""

from __future__ import annotations

import base64
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Any

from qchime._version import installed_version

if TYPE_CHECKING:
    from qchime.world import Session

TESTED = {
    "aiobotocore": ("2.13.0", "3.10.0"),
    "botocore": ("1.35.74", "1.44.8"),
    "moto": ("5.0.12", "5.2.5"),
}
"""The oldest and the newest version of each that we have tested with."""

TOUCHED: dict[str, tuple[str, ...]] = {
    # The index of services, which mock_aws and moto's server read, and which we extend.
    "moto.backend_index": ("backend_url_patterns",),
    # moto's resets.
    "moto.core.base_backend": ("BackendDict._instances",),
    "moto.moto_api._internal.models": ("MotoAPIBackend.reset",),
    # Whether mock_aws is running, and how it intercepts requests.
    "moto.core.models": ("MockAWS.start", "botocore_stubber.enabled"),
    "moto.core.config": ("mock_credentials",),
    "moto.core.botocore_stubber": ("BotocoreStubber.__call__",),
    # Seeded ids, transitions between states, accounts of assumed roles.
    "moto.moto_api._internal": ("mock_random.seed",),
    "moto.moto_api": (
        "recorder._record_request",
        "recorder._user_enabled",
        "state_manager.get_transition",
        "state_manager.register_default_transition",
    ),
    "moto.iam.models": ("get_account_id_from", "iam_backends"),
    # Who a session of STS belongs to, and who is in IAM Identity Center.
    "moto.sts.responses": ("STSBackend.assume_role", "TokenResponse.assume_role"),
    "moto.identitystore.models": ("identitystore_backends",),
    # Streams of events, and the functions of channel flows.
    "moto.kinesis.models": ("Stream.put_record", "kinesis_backends"),
    "moto.awslambda.utils": ("get_backend",),
    # CloudFormation stacks.
    "moto.cloudformation.parsing": (
        "get_model_list",
        "get_model_map.cache_clear",
        "get_name_type_map.cache_clear",
    ),
    "moto.cloudformation.exceptions": ("UnformattedGetAttTemplateException", "ValidationError"),
    "moto.core.common_models": ("CloudFormationModel",),
    # `qchime serve --moto`.
    "moto.moto_server.werkzeug_app": (
        "DomainDispatcherApplication.infer_service_region_host",
        "create_backend_app",
    ),
    # The gates: where we intercept clients' requests.
    "botocore.endpoint": ("Endpoint._send",),
    "botocore.args": ("ClientArgsCreator._compute_configured_endpoint_url",),
    "botocore.configprovider": ("ConfiguredEndpointProvider.provide",),
    "aiobotocore.endpoint": ("AioEndpoint._send",),
    "botocore.signers": ("RequestSigner.sign",),
    "aiobotocore.signers": ("AioRequestSigner.sign",),
    "botocore.awsrequest": ("AWSPreparedRequest", "AWSRequest", "AWSResponse.content"),
    "botocore.exceptions": (
        "BotoCoreError",
        "ConnectionClosedError",
        "ReadTimeoutError",
        "UnknownServiceError",
    ),
    # The models of the services, and the loader whose cache we share between sessions.
    "botocore": ("xform_name",),
    "botocore.loaders": (
        "Loader.BUILTIN_DATA_PATH",
        "Loader.__init__",
        "Loader.load_service_model",
        "Loader.search_paths",
    ),
    "botocore.model": (
        "ListShape",
        "MapShape",
        "OperationModel",
        "ServiceModel",
        "Shape",
        "StructureShape",
    ),
    "botocore.utils": ("parse_timestamp",),
    # Signatures are verified with botocore's own signer.
    "botocore.auth": ("SIGV4_TIMESTAMP", "SigV4Auth"),
    "botocore.credentials": ("Credentials",),
    "aiobotocore.credentials": ("AioCredentials",),
}
"""The names that we use or replace, by module. A test compares this with our imports."""


def imported(name: str) -> ModuleType | None:
    """A module, None if it is not imported, or not completely: another thread may be importing it."""
    module = sys.modules.get(name)
    is_complete = not getattr(getattr(module, "__spec__", None), "_initializing", False)
    return module if is_complete else None


def moto_account_of(access_key_id: str) -> str | None:
    """The account of a key in moto's IAM, which knows assumed roles; None if moto's IAM is not imported."""
    iam = imported("moto.iam.models")
    return str(iam.get_account_id_from(access_key_id)) if iam is not None else None


MOTO_SESSION = "qchime_session"
"""The attribute of an access key in moto's IAM that `qchime.moto` keeps the session of STS in."""


class MotoIdentities:
    """moto's STS and IAM Identity Center. What is not imported knows nobody."""

    def session(self, access_key_id: str) -> Session | None:
        """The session with this access key, if STS has given it for a context assertion."""
        for backend in _moto_backends("moto.iam.models", "iam_backends"):
            if access_key_id in backend.access_keys:
                session: Session | None = getattr(backend.access_keys[access_key_id], MOTO_SESSION, None)
                return session
        return None

    def user_id(self, email: str, account_id: str) -> str | None:
        """The id of the user with this e-mail address in the account, or in any account if it is empty.

        Identity Center's user names are often addresses, so a user of this name is found too.
        """
        for backend in _moto_backends("moto.identitystore.models", "identitystore_backends", account_id):
            for store in list(backend.identity_stores.values()):
                for user in list(store.users.values()):
                    addresses = [address.get("Value") for address in user.Emails or ()]
                    if email in (*addresses, user.UserName):
                        return str(user.UserId)
        return None


def _moto_backends(module: str, name: str, account_id: str = "") -> list[Any]:
    """The existing backends in a module of moto, of one account or of all; none if it is not imported."""
    loaded = imported(module)
    if loaded is None:
        return []
    accounts = list(getattr(loaded, name).items())
    return [
        backend
        for owner, regions in accounts
        if account_id in ("", owner)
        for backend in list(regions.values())
    ]


def put_in_moto_stream(arn: str, partition_key: str, content: str) -> None:
    """Put a record into the Kinesis stream of this ARN in moto, if there is one."""
    stream = _moto_stream(arn)
    if stream is not None:
        stream.put_record(partition_key, None, base64.b64encode(content.encode()).decode())


def moto_lacks_stream(arn: str) -> bool:
    """Whether `mock_aws` is running without a Kinesis stream of this ARN."""
    return mock_aws_is_running() and _moto_stream(arn) is None


def _moto_stream(arn: str) -> Any:
    account_id, name = arn.split(":")[4], arn.rpartition("/")[2]
    for backend in _moto_backends("moto.kinesis.models", "kinesis_backends", account_id):
        if name in backend.streams and backend.streams[name].arn == arn:
            return backend.streams[name]
    return None


def invoke_moto_lambda(arn: str, event: str) -> str | None:
    """Invoke a function of Lambda in moto. Return why it cannot be invoked, None if it was.

    Functions are invoked asynchronously, so errors of the function itself remain unnoticed.
    """
    utils = imported("moto.awslambda.utils")
    if utils is None:
        return f"There is no function {arn}: Lambda of moto has not been used."
    region, account_id, name, qualifier = (*arn.split(":")[3:5], *arn.split(":")[6:], None)[:4]
    try:
        backend = utils.get_backend(account_id, region)
        backend.get_function(name, qualifier)
        backend.invoke(name, qualifier, event, {"x-amz-invocation-type": "Event"}, {})
    except Exception as error:
        return f"moto cannot invoke the function {arn}: {error}"
    return None


def mock_aws_is_running() -> bool:
    """Whether `mock_aws` intercepts requests in this process now."""
    models = imported("moto.core.models")
    return models is not None and bool(models.botocore_stubber.enabled)


def moto_mocks_credentials() -> bool:
    """Whether moto's configuration puts fake credentials into the environment, which is its default."""
    config = imported("moto.core.config")
    return config is None or bool(config.mock_credentials())


def moto_is_recording() -> bool:
    """Whether moto's recorder records requests now."""
    api = imported("moto.moto_api")
    return api is not None and bool(api.recorder._user_enabled)


def moto_transition(model: str) -> dict[str, Any]:
    """The transition of a model in moto's state manager: `progression`, and `times` or `seconds`.

    Without moto it is immediate.
    """
    api = imported("moto.moto_api")
    if api is None:
        return {"progression": "immediate"}
    transition: dict[str, Any] = api.state_manager.get_transition(model)
    return transition


class IncompatibleVersion(ImportError):
    """The installed moto, botocore or aiobotocore lacks something that this package uses."""


checked: dict[str, ModuleType | None] = {}
"""The modules that have been checked: every start of a mock asks, and a module does not change."""


def check() -> None:
    """Check that every imported module has what we use of it.

    Raises:
        IncompatibleVersion: something is missing.
    """
    for name in TOUCHED:
        module = sys.modules.get(name)
        if module is not checked.get(name) and imported(name) is not None:
            check_module(name)
            checked[name] = module


def check_module(name: str) -> None:
    """Check that a module, if it is loaded, has what we use of it.

    Raises:
        IncompatibleVersion: something is missing.
    """
    module = sys.modules.get(name)
    if module is None:
        return
    for path in TOUCHED[name]:
        if not _has(module, path):
            raise IncompatibleVersion(_advice(name, f"{name} has no {path}"), name=name)


@contextmanager
def explained() -> Iterator[None]:
    """Explain how to fix an ImportError that one of the three libraries causes inside the `with` block.

    Raises:
        IncompatibleVersion: a module of the library, or a name in it, is missing.
    """
    try:
        yield
    except ImportError as error:
        if isinstance(error, IncompatibleVersion) or _library(error.name) not in TESTED:
            raise
        raise IncompatibleVersion(_advice(str(error.name), str(error)), name=error.name) from error


def _has(owner: Any, path: str) -> bool:
    for name in path.split("."):
        # Inherited attributes do not count, such as the sync `_send`, or the `__call__` of every class.
        if not (name in vars(owner) if isinstance(owner, type) else hasattr(owner, name)):
            return False
        owner = getattr(owner, name)
    return True


def _library(module: str | None) -> str:
    return (module or "").partition(".")[0]


def _advice(module: str, problem: str) -> str:
    from importlib.metadata import PackageNotFoundError, version

    library = _library(module)
    try:
        installed = f"{library} {version(library)} is installed"
    except PackageNotFoundError:
        installed = f"{library} is not installed"
    oldest, newest = TESTED[library]
    return (
        f"{problem}, which qchime {installed_version()} uses. {installed}; qchime is tested with {oldest} to "
        f"{newest}. Install one of these versions (pip install '{library}>={oldest},<={newest}'), or a newer "
        "qchime."
    )
