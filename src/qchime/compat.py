"""What we touch inside moto, botocore and aiobotocore, and a clear word where it is gone.

None of them promises to keep it, so a new version may move it. Then whoever starts a mock reads what is
missing, in which version, and which versions have it. `make test-matrix` tries the oldest, the newest and
one between. Nothing here imports any of them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from qchime._version import __version__

TESTED = {
    "aiobotocore": ("2.13.0", "3.10.0"),
    "botocore": ("1.35.74", "1.43.117"),
    "moto": ("5.0.12", "5.2.5"),
}
"""The oldest and the newest version of each that the tests have run with."""

TOUCHED: dict[str, tuple[str, ...]] = {
    # mock_aws and moto's server find services here, and ours among them.
    "moto.backend_index": ("backend_url_patterns",),
    # State that moto's resets reach.
    "moto.core.base_backend": ("BackendDict._instances",),
    "moto.moto_api._internal.models": ("MotoAPIBackend.reset",),
    # Whether mock_aws runs, and what it does for whoever it mocks.
    "moto.core.models": ("MockAWS.start", "botocore_stubber.enabled"),
    "moto.core.config": ("mock_credentials",),
    "moto.core.botocore_stubber": ("BotocoreStubber.__call__",),
    # Ids that a seed repeats, sessions that take their time, accounts of assumed roles.
    "moto.moto_api._internal": ("mock_random.seed",),
    "moto.moto_api": ("state_manager.get_transition", "state_manager.register_default_transition"),
    "moto.iam.models": ("get_account_id_from",),
    # Resources of stacks.
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
    # The gates: where requests of clients are caught.
    "botocore.endpoint": ("Endpoint._send",),
    "aiobotocore.endpoint": ("AioEndpoint._send",),
    "botocore.signers": ("RequestSigner.sign",),
    "aiobotocore.signers": ("AioRequestSigner.sign",),
    "botocore.awsrequest": ("AWSPreparedRequest", "AWSRequest", "AWSResponse.content"),
    "botocore.exceptions": ("ConnectionClosedError", "ReadTimeoutError", "UnknownServiceError"),
    # The models of the services, and one copy of them for all sessions.
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
"""By module, what of it we use or replace. A test holds this against our imports."""


def moto_account_of(access_key_id: str) -> str | None:
    """The account of a key by moto's IAM, which knows the keys of assumed roles; None if nobody uses it."""
    iam = sys.modules.get("moto.iam.models")
    return str(iam.get_account_id_from(access_key_id)) if iam is not None else None


def mock_aws_is_running() -> bool:
    """Whether moto answers in this process now."""
    models = sys.modules.get("moto.core.models")
    return models is not None and bool(models.botocore_stubber.enabled)


def moto_mocks_credentials() -> bool:
    """Whether moto's configuration lets fake credentials into the environment, as it does by default."""
    config = sys.modules.get("moto.core.config")
    return config is None or bool(config.mock_credentials())


def moto_transition(model: str) -> dict[str, Any]:
    """How long something takes by moto's state manager: `progression`, and `times` or `seconds`."""
    api = sys.modules.get("moto.moto_api")
    if api is None:
        return {"progression": "immediate"}
    transition: dict[str, Any] = api.state_manager.get_transition(model)
    return transition


class IncompatibleVersion(ImportError):
    """An installed version of moto, botocore or aiobotocore lacks something that this package touches."""


def check() -> None:
    """See that all is there, as far as it is loaded.

    Raises:
        IncompatibleVersion: something is missing.
    """
    for module in TOUCHED:
        check_module(module)


def check_module(name: str) -> None:
    """The same for one module; what is not loaded is not missed.

    Raises:
        IncompatibleVersion: something of it is missing.
    """
    module = sys.modules.get(name)
    if module is None:
        return
    for path in TOUCHED[name]:
        if not _has(module, path):
            raise IncompatibleVersion(_advice(name, f"{name} has no {path}"), name=name)


@contextmanager
def explained() -> Iterator[None]:
    """Around imports of ours: one that fails for what a library lacks says what to do.

    Raises:
        IncompatibleVersion: a module, or something in it, is missing.
    """
    try:
        yield
    except ImportError as error:
        if isinstance(error, IncompatibleVersion) or _library(error.name) not in TESTED:
            raise
        raise IncompatibleVersion(_advice(str(error.name), str(error)), name=error.name) from error


def _has(owner: Any, path: str) -> bool:
    for name in path.split("."):
        # What a class merely inherits is another thing: the sync `_send`, or the `__call__` of every class.
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
        f"{problem}, which qchime {__version__} needs. {installed}; tested are {oldest} to {newest}. "
        f"Install one of these (pip install '{library}>={oldest},<={newest}'), or a newer qchime."
    )
