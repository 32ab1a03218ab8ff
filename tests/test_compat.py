"""The internals that we use of moto, botocore and aiobotocore exist, and errors for those that do not."""

import ast
import importlib
import inspect
import re
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.loaders import Loader
from moto import mock_aws
from moto.moto_api import state_manager

from qchime import compat, mock_chimesdkidentity
from qchime.compat import TESTED, TOUCHED, IncompatibleVersion, MotoIdentities

ROOT = Path(__file__).parents[1]
LIBRARIES = ("moto", "botocore", "aiobotocore")
ATTRIBUTES = [(module, path) for module, paths in TOUCHED.items() for path in paths]

CALLED_WITH: dict[tuple[str, str], list[str]] = {
    ("aiobotocore.endpoint", "AioEndpoint._send"): ["self", "request"],
    ("botocore.endpoint", "Endpoint._send"): ["self", "request"],
    ("botocore.utils", "parse_timestamp"): ["value"],
    ("moto.cloudformation.parsing", "get_model_list"): [],
    ("moto.core.botocore_stubber", "BotocoreStubber.__call__"): ["self", "event_name", "request", "kwargs"],
    ("moto.core.config", "mock_credentials"): [],
    ("moto.iam.models", "get_account_id_from"): ["access_key"],
    ("moto.moto_api._internal.models", "MotoAPIBackend.reset"): ["self"],
    ("moto.moto_server.werkzeug_app", "DomainDispatcherApplication.infer_service_region_host"): [
        "self",
        "environ",
        "path",
    ],
}
"""The parameters of the functions that we call or replace."""


def resolved(module: str, path: str) -> Any:
    found: Any = pytest.importorskip(module)
    for name in path.split(".") if path else ():
        found = getattr(found, name)
    return found


def remove(monkeypatch: pytest.MonkeyPatch, module: str, path: str) -> None:
    """Remove an attribute, as in a version that lacks it; if it belongs to an instance, replace that."""
    way, _, last = path.rpartition(".")
    owner = resolved(module, way)
    if inspect.ismodule(owner) or inspect.isclass(owner):
        monkeypatch.delattr(owner, last)
    else:
        rest = {name: getattr(owner, name) for name in dir(owner) if name not in (last, *dir(object))}
        outer, _, name = way.rpartition(".")
        monkeypatch.setattr(resolved(module, outer), name, SimpleNamespace(**rest))


@pytest.mark.parametrize(("module", "path"), ATTRIBUTES, ids=lambda part: part)
def test_every_part_exists(module: str, path: str) -> None:
    pytest.importorskip(module)
    compat.check_module(module)


@pytest.mark.parametrize(("module", "path"), CALLED_WITH, ids=lambda part: part)
def test_every_function_takes_our_arguments(module: str, path: str) -> None:
    """In order, because we pass them by position."""
    function = inspect.unwrap(resolved(module, path))

    assert len(inspect.signature(function).parameters) == len(CALLED_WITH[module, path])


class TestAMissingPart:
    @pytest.mark.parametrize(("module", "path"), ATTRIBUTES, ids=lambda part: part)
    def test_is_named(self, monkeypatch: pytest.MonkeyPatch, module: str, path: str) -> None:
        remove(monkeypatch, module, path)
        monkeypatch.setattr(compat, "checked", {})
        library = module.partition(".")[0]
        with pytest.raises(IncompatibleVersion, match=re.escape(f"{module} has no {path}")) as caught:
            compat.check()

        oldest, newest = TESTED[library]
        assert re.search(rf"{library} \d+\.\d+\.\d+\S* is installed", str(caught.value))
        assert f"pip install '{library}>={oldest},<={newest}'" in str(caught.value)

    def test_makes_starting_a_mock_fail_and_leaves_nothing_behind(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from moto.core.base_backend import BackendDict

        with mock_chimesdkidentity():
            pass  # the first start in a process replaces functions for good
        init = Loader.__init__
        with monkeypatch.context() as patched:
            patched.delattr(BackendDict, "_instances")
            patched.setattr(compat, "checked", {})
            with pytest.raises(IncompatibleVersion, match=r"BackendDict\._instances"):
                mock_chimesdkidentity().start()
            assert Loader.__init__ is init

        with mock_chimesdkidentity():
            assert chime().list_app_instances()["AppInstances"] == []

    @pytest.mark.parametrize(
        "statement",
        [
            "from qchime import mock_qapps; mock_qapps().start()",
            "from qchime import mock_qapps; mock_qapps(lambda: None)()",
            "import qchime.server",
        ],
    )
    @pytest.mark.parametrize(
        ("module", "name"),
        [("botocore.model", "OperationModel"), ("botocore.awsrequest", "AWSResponse")],
    )
    def test_makes_the_first_start_or_the_import_fail(self, statement: str, module: str, name: str) -> None:
        ended = run(f"""
            import {module}
            del {module}.{name}
            try:
                {statement}
            except ImportError as error:
                print(type(error).__name__, error)
        """)
        # The server uses less than the decorators.
        if statement == "import qchime.server" and not ended:
            return
        assert ended.startswith(f"IncompatibleVersion cannot import name '{name}' from '{module}'")
        assert f"{module.partition('.')[0]} >=" in ended.replace(">=", " >=")

    def test_only_warns_users_of_moto_alone(self) -> None:
        said = run("""
            import warnings
            import moto.backend_index
            del moto.backend_index.backend_url_patterns
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                import qchime
            print(*(warning.message for warning in caught))
            qchime.moto.registration.unregister()
        """)
        assert "mock_aws does not answer" in said
        assert "moto.backend_index has no backend_url_patterns" in said

    def test_of_another_library_is_not_explained(self) -> None:
        with pytest.raises(ModuleNotFoundError) as caught, compat.explained():
            importlib.import_module("no_such_module")

        assert type(caught.value) is ModuleNotFoundError

    def test_can_be_a_whole_module(self) -> None:
        with (
            pytest.raises(IncompatibleVersion, match=r"No module named 'moto.no_such_module'"),
            compat.explained(),
        ):
            importlib.import_module("moto.no_such_module")


class TestAModuleThatAnotherThreadIsImporting:
    @pytest.fixture(params=[name for name in TOUCHED if not name.startswith("botocore")])
    def name(self, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
        spec = ModuleSpec(request.param, None)
        spec._initializing = True  # type: ignore[attr-defined]  # as while its import runs
        monkeypatch.setitem(sys.modules, spec.name, module_from_spec(spec))
        return spec.name

    def test_is_not_incompatible(self, name: str) -> None:
        with mock_chimesdkidentity() as mock:
            mock.users.add("alice@example.com")
            assert chime().list_app_instances()["AppInstances"] == []

    def test_is_not_asked(self, name: str) -> None:
        assert compat.imported(name) is None
        assert compat.moto_account_of("AKIAIOSFODNN7EXAMPLE") in (None, "123456789012")
        assert MotoIdentities().session("AKIAIOSFODNN7EXAMPLE") is None
        assert MotoIdentities().user_id("alice@example.com", "") is None
        assert not compat.mock_aws_is_running()
        assert not compat.moto_is_recording()
        assert compat.moto_mocks_credentials()
        assert compat.moto_transition("any")["progression"] == "immediate"
        assert compat.moto_lacks_stream("arn:aws:kinesis:us-east-1:123456789012:stream/events") is False


class TestTheList:
    def test_has_everything_we_import(self) -> None:
        imported = {
            (node.module, alias.name)
            for file in (ROOT / "src").rglob("*.py")
            for node in at_run_time(ast.parse(file.read_text(encoding="utf-8")))
            if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] in LIBRARIES
            for alias in node.names
        }
        modules = {f"{module}.{name}" for module, name in imported} & {*TOUCHED, *SUBMODULES}
        listed = {(module, path.partition(".")[0]) for module, path in ATTRIBUTES}
        missing = {pair for pair in imported if ".".join(pair) not in modules} - listed

        assert not missing

    def test_has_everything_we_patch(self) -> None:
        from qchime.moto.patches import patches

        assert {patch.module for patch in patches(lambda: None)} <= TOUCHED.keys()

    def test_has_everything_we_replace(self) -> None:
        from qchime.mocking.replaced import GATES

        replaced = {(gate.module, f"{gate.owner}.{gate.name}") for gate in GATES}

        assert {pair for pair in replaced if pair[0].split(".")[0] in LIBRARIES} <= set(ATTRIBUTES)

    def test_has_the_tested_versions(self) -> None:
        """The newest are those of constraints.txt or the matrix, the oldest also those of pyproject.toml."""
        oldest = "".join(file.read_text() for file in (ROOT / "tests" / "matrix").glob("*.txt"))
        newest = (ROOT / "constraints.txt").read_text() + oldest
        project = (ROOT / "pyproject.toml").read_text()
        for library, (low, high) in TESTED.items():
            assert re.search(rf"^{library}=={re.escape(high)}$", newest, re.MULTILINE)
            assert re.search(rf"^{library}(\[\w+\])?=={re.escape(low)}$", oldest, re.MULTILINE)
            assert re.search(rf'"{library}>={re.escape(low.removesuffix(".0"))}"', project)


SUBMODULES = {"moto.moto_server.werkzeug_app", "botocore.exceptions"}
"""Names imported from a package that are modules."""


def at_run_time(tree: ast.AST) -> Iterator[ast.AST]:
    """All but what only the type checker sees."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        yield node
        yield from at_run_time(node)


class TestBehaviour:
    """Behaviour that names alone do not show."""

    def test_moto_forgets_its_backends_at_a_reset_and_ours_register_again(self) -> None:
        from moto.core.base_backend import BackendDict

        with mock_aws():
            chime().list_app_instances()
            enrolled: list[Any] = BackendDict._instances  # type: ignore[misc]
            assert "qchime" in [backends.service_name for backends in enrolled]

    def test_motos_stubber_shows_whether_mock_aws_runs(self) -> None:
        from moto.core.models import botocore_stubber

        assert botocore_stubber.enabled is False
        with mock_aws():
            assert botocore_stubber.enabled is True

    def test_motos_index_is_one_list_of_names_and_patterns(self) -> None:
        from moto import backend_index

        assert isinstance(backend_index.backend_url_patterns, list)
        assert all(
            isinstance(name, str) and isinstance(pattern, re.Pattern)
            for name, pattern in backend_index.backend_url_patterns
        )

    def test_motos_seed_makes_ids_repeat(self) -> None:
        from moto.moto_api._internal import mock_random

        def two() -> list[str]:
            mock_random.seed(7)
            return [str(mock_random.uuid4()) for _ in range(2)]

        assert two() == two()

    def test_motos_state_manager_knows_transitions_of_our_own_models(self) -> None:
        state_manager.register_default_transition("contract::model", {"progression": "immediate"})
        assert state_manager.get_transition("contract::model")["progression"] == "immediate"
        state_manager.set_transition("contract::model", {"progression": "manual", "times": 2})
        assert state_manager.get_transition("contract::model") == {"progression": "manual", "times": 2}
        state_manager.unset_transition("contract::model")

    def test_motos_iam_does_not_know_keys_from_elsewhere(self) -> None:
        from moto.core.models import DEFAULT_ACCOUNT_ID

        iam = pytest.importorskip("moto.iam.models")
        assert iam.get_account_id_from("AKIAIOSFODNN7EXAMPLE") == DEFAULT_ACCOUNT_ID

    def test_motos_lists_of_cloudformation_models_are_read_once(self) -> None:
        parsing = pytest.importorskip("moto.cloudformation.parsing")
        for function in (parsing.get_model_map, parsing.get_name_type_map):
            assert function() is function()
        assert "AWS::Chime::AppInstance" in parsing.get_model_map()

    def test_botocores_loaders_cache_what_they_read(self) -> None:
        loader = Loader()
        loader.load_service_model("chime-sdk-identity", "service-2")

        assert any("chime-sdk-identity" in str(key) for key in loader._cache)  # type: ignore[attr-defined]

    def test_botocores_parameters_of_a_presigned_url(self) -> None:
        """The names in the query, which `caller.py` reads."""
        client = boto3.client(
            "chime-sdk-identity", "us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
        )
        url = client.generate_presigned_url("list_app_instances", ExpiresIn=60)

        assert {"X-Amz-Credential=", "X-Amz-Date=", "X-Amz-Expires=60"} <= set(
            re.findall(r"X-Amz-(?:Credential|Date)=|X-Amz-Expires=\d+", url)
        )

    async def test_aiobotocore_accepts_a_response_from_a_foreign_handler(self) -> None:
        session = pytest.importorskip("aiobotocore.session")
        with mock_chimesdkidentity():
            async with session.get_session().create_client("chime-sdk-identity", "us-east-1") as client:
                assert (await client.list_app_instances())["AppInstances"] == []

    async def test_aiobotocore_sends_through_our_gate(self, monkeypatch: pytest.MonkeyPatch) -> None:
        session = pytest.importorskip("aiobotocore.session")
        endpoint = pytest.importorskip("aiobotocore.endpoint")
        sent: list[str] = []

        async def _send(self: Any, request: Any) -> None:
            sent.append(request.url)
            raise ConnectionError

        monkeypatch.setattr(endpoint.AioEndpoint, "_send", _send)
        keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
        async with session.get_session().create_client("chime-sdk-identity", "us-east-1", **keys) as client:
            with pytest.raises(ConnectionError):
                await client.list_app_instances()
        assert sent == ["https://identity-chime.us-east-1.amazonaws.com/app-instances"]


class ForeignRequest:
    """A request for another service."""

    url = "https://example.com"


def chime() -> Any:
    return boto3.client("chime-sdk-identity", region_name="us-east-1")


def run(program: str) -> str:
    """Run a program in a new interpreter; returns what it prints."""
    ended = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout
