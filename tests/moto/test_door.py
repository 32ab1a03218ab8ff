"""moto as an entry point: it is imported only if it is used, and `mock_aws` alone answers all clients."""

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import backends, mock_aws
from moto.core import exceptions
from moto.core.base_backend import BackendDict
from moto.moto_api import recorder, state_manager
from moto.moto_api._internal import mock_random
from moto.moto_api._internal.models import moto_api_backend

from qchime import mock_qapps
from qchime.control.handle import CloudHandle
from qchime.core.cloud import cloud
from qchime.core.table import SERVICES
from tests.services.qapps.samples import HERE, definition, query, text

pytest_plugins = ["pytester"]

get_backend: Any = backends.get_backend
new_client: Any = boto3.client

ACCOUNT = "123456789012"
OTHER = "111122223333"

GUARD = """
import socket

look_up = socket.getaddrinfo

def refuse(host, *args, **kwargs):
    if host not in ("127.0.0.1", "localhost"):
        raise SystemExit(f"the program tried to reach {host}")
    return look_up(host, *args, **kwargs)

socket.getaddrinfo = refuse
"""
KEYS = 'aws_access_key_id="a", aws_secret_access_key="b"'
CLIENT = f'boto3.client("chime-sdk-identity", {KEYS})'
BOTH = [
    f'boto3.client("chime-sdk-identity", {KEYS}).list_app_instances()["AppInstances"]',
    f'boto3.client("qapps", {KEYS}).list_q_apps(instanceId="one")["apps"]',
]
WHITELIST = '{"core": {"service_whitelist": ["s3"]}}'
has_whitelist = pytest.mark.skipif(
    not hasattr(exceptions, "ServiceNotWhitelisted"), reason="this version of moto has no whitelist"
)
PASSTHROUGH = '{"core": {"passthrough": {"services": ["chimesdkidentity"]}}}'


def run(program: str) -> str:
    """Run a program in a new interpreter without access to the network."""
    process = subprocess.run(
        [sys.executable, "-c", GUARD + textwrap.dedent(program)],
        capture_output=True,
        text=True,
        timeout=120,
        env={"AWS_DEFAULT_REGION": "us-east-1", "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert process.returncode == 0, process.stderr
    return process.stdout.strip()


class TestWithoutMoto:
    @pytest.mark.parametrize(
        "use",
        [
            "with qchime.mock_qapps(), qchime.mock_chimesdkidentity(): " + "; ".join(BOTH),
            "with qchime.mock_qapps() as mock: mock.load(mock.dump())",
            "with qchime.Server(cloud=qchime.Cloud()): pass",
            "qchime.Client",
        ],
    )
    def test_it_is_not_imported(self, use: str) -> None:
        shown = run(
            f"""
            import sys
            import boto3
            import qchime
            {use}
            print([name for name in sys.modules if name.partition(".")[0] == "moto"])
            """
        )
        assert shown == "[]"

    def test_fixtures_do_not_import_it(self, pytester: pytest.Pytester) -> None:
        pytester.makepyfile(
            """
            import sys

            def test_of_fixtures(qchime, qchime_server, qapps_client, chime_sdk_identity_client) -> None:
                chime_sdk_identity_client.create_app_instance(Name="chat")
                qchime.account("111122223333").reset()
                assert [name for name in sys.modules if name.partition(".")[0] == "moto"] == []
            """
        )
        pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)


class TestBackends:
    @pytest.mark.parametrize(("name", "module"), [(s.name, s.module) for s in SERVICES])
    def test_are_found_by_both_names(self, name: str, module: str) -> None:
        with mock_aws():
            backend = get_backend(name)[ACCOUNT]["us-east-1"]
            assert get_backend(module)[ACCOUNT]["us-east-1"] is backend
            assert type(backend).__name__.lower().startswith(module[:4])

    def test_have_resources_created_with_boto3(self) -> None:
        with mock_aws():
            apps = new_client("qapps", region_name="us-east-1")
            made = apps.create_q_app(**HERE, title="App", appDefinition=definition(text()))
            chime = new_client("chime-sdk-identity", region_name="eu-west-1")
            arn = chime.create_app_instance(Name="chat")["AppInstanceArn"]

            kept: Any = get_backend("qapps")[ACCOUNT]["us-east-1"].state()
            assert made["appId"] in str(kept)
            assert arn in str(get_backend("chime-sdk-identity")[ACCOUNT]["eu-west-1"].state())
            assert list(get_backend("chime-sdk-identity")) == [ACCOUNT]
            assert list(get_backend("chime-sdk-identity")[ACCOUNT]) == ["eu-west-1"]
            assert len(get_backend("qapps")) == len(get_backend("qapps")[ACCOUNT]) == 1

    def test_have_urls_for_moto_under_global(self) -> None:
        with mock_aws():
            assert get_backend("qapps")["global"].urls.keys() == {".*"}
            assert "global" not in list(get_backend("qapps"))

    def test_kept_across_a_reset_are_current(self) -> None:
        with mock_aws():
            regions = get_backend("chime-sdk-identity")[ACCOUNT]
            for name in ("before", "after"):
                new_client("chime-sdk-identity", region_name="us-east-1").create_app_instance(Name=name)
                assert name in str(regions["us-east-1"].state())
                moto_api_backend.reset()
                assert list(regions) == []

    def test_can_be_reset_separately(self) -> None:
        with mock_aws():
            client = new_client("chime-sdk-identity", region_name="us-east-1")
            client.create_app_instance(Name="chat")
            get_backend("chime-sdk-identity")[ACCOUNT]["us-east-1"].reset()
            assert client.list_app_instances()["AppInstances"] == []


class TestMockAwsAlone:
    """For clients created at any time and in any way; nothing reaches the network."""

    IMPORTS = "import boto3\nimport qchime\nfrom moto import mock_aws\n"

    @pytest.mark.parametrize(
        "before",
        [
            f"import boto3\nclient = {CLIENT}\nimport qchime\nfrom moto import mock_aws",
            f"import boto3\nimport qchime\nclient = {CLIENT}\nfrom moto import mock_aws",
            f"import boto3\nfrom moto import mock_aws\nclient = {CLIENT}\nimport qchime",
            f"import boto3\nclient = {CLIENT}\nfrom moto import mock_aws\nimport qchime",
            f"import boto3\nimport qchime.mocking\nclient = {CLIENT}\nfrom moto import mock_aws",
            f"import boto3\nimport qchime\nfrom moto import mock_aws\nclient = {CLIENT}",
        ],
    )
    def test_answers_boto3(self, before: str) -> None:
        shown = run(
            f"{before}\n"
            "with mock_aws():\n"
            "    client.create_app_instance(Name='caught')\n"
            "    print([i['Name'] for i in client.list_app_instances()['AppInstances']])\n"
        )
        assert shown == "['caught']"

    @pytest.mark.parametrize("client", [CLIENT, "client"])
    def test_answers_boto3_when_qchime_is_imported_inside_it(self, client: str) -> None:
        shown = run(
            f"import boto3\nclient = {CLIENT}\nfrom moto import mock_aws\n"
            "with mock_aws():\n"
            "    import qchime\n"
            f"    print({client}.list_app_instances()['AppInstances'])\n"
        )
        assert shown == "[]"

    AIO = f'get_session().create_client("chime-sdk-identity", {KEYS})'

    @pytest.mark.parametrize(
        ("before", "inside"),
        [
            (f"made = {AIO}\n    client = await made.__aenter__()\n    import qchime", ""),
            (f"import qchime\n    made = {AIO}\n    client = await made.__aenter__()", ""),
            ("import qchime", f"made = {AIO}\n        client = await made.__aenter__()"),
        ],
        ids=["a client before the import", "a client after the import", "a client in the mock"],
    )
    @pytest.mark.parametrize("moto_first", [True, False])
    def test_answers_aiobotocore(self, before: str, inside: str, moto_first: bool) -> None:
        pytest.importorskip("aiobotocore")
        first, later = ("from moto import mock_aws", "") if moto_first else ("", "from moto import mock_aws")
        shown = run(
            f"""
import asyncio
from aiobotocore.session import get_session
{first}

async def main():
    {before}
    {later or "pass"}
    with mock_aws():
        {inside or "pass"}
        await client.create_app_instance(Name="caught")
        print([i["Name"] for i in (await client.list_app_instances())["AppInstances"]])
        await made.__aexit__(None, None, None)

asyncio.run(main())
"""
        )
        assert shown == "['caught']"

    def test_answers_aiobotocore_imported_inside_it(self) -> None:
        pytest.importorskip("aiobotocore")
        shown = run(
            f"""
{self.IMPORTS}
import asyncio

async def main():
    with mock_aws():
        from aiobotocore.session import get_session
        async with {self.AIO} as client:
            print((await client.list_app_instances())["AppInstances"])

asyncio.run(main())
"""
        )
        assert shown == "[]"

    @pytest.mark.parametrize("early", [True, False])
    @pytest.mark.parametrize(
        ("config", "error"),
        [
            pytest.param(WHITELIST, "ServiceNotWhitelisted", marks=has_whitelist),
            (PASSTHROUGH, "ConnectTimeoutError"),
        ],
    )
    def test_respects_motos_configuration(self, early: bool, config: str, error: str) -> None:
        """Only services that pass through go out."""
        made = f"client = {CLIENT[:-1]}, config=Config(retries={{'total_max_attempts': 1}}))"
        shown = run(
            f"""
import boto3
from botocore.config import Config
from botocore.exceptions import ConnectTimeoutError
from botocore.httpsession import URLLib3Session

def send(session, request):
    raise ConnectTimeoutError(endpoint_url=request.url)

URLLib3Session.send = send
{made if early else ""}
{self.IMPORTS}
{"" if early else made}
with mock_aws(config={config}):
    try:
        client.list_app_instances()
    except Exception as error:
        print(type(error).__name__)
"""
        )
        assert shown == error

    @has_whitelist
    @pytest.mark.parametrize("early", [True, False])
    def test_respects_motos_configuration_for_aiobotocore(self, early: bool) -> None:
        pytest.importorskip("aiobotocore")
        made = f"made = {self.AIO}\n    client = await made.__aenter__()"
        shown = run(
            f"""
import asyncio
from aiobotocore.session import get_session

async def main():
    {made if early else "pass"}
    import qchime
    from moto import mock_aws
    {"pass" if early else made}
    with mock_aws(config={WHITELIST}):
        try:
            await client.list_app_instances()
        except Exception as error:
            print(type(error).__name__)
    await made.__aexit__(None, None, None)

asyncio.run(main())
"""
        )
        assert shown == "ServiceNotWhitelisted"

    def test_answers_links_to_files(self) -> None:
        requests = pytest.importorskip("requests")
        with mock_aws():
            client = new_client("qapps", region_name="us-east-1")
            url = client.generate_presigned_url("list_q_apps", Params={"instanceId": "one"})
            assert requests.get(url, headers={"instance-id": "one"}).json() == {"apps": []}

    def test_patches_do_not_pile_up(self) -> None:
        import botocore.endpoint
        from moto.core.models import MockAWS, botocore_stubber

        def depth(function: Any) -> int:
            return 1 + depth(function.__wrapped__) if hasattr(function, "__wrapped__") else 0

        def depths() -> list[int]:
            owners: list[Any] = [
                (botocore.endpoint.Endpoint, "_send"),
                (botocore.loaders.Loader, "__init__"),
                (MockAWS, "start"),
                (type(botocore_stubber), "__call__"),
                (type(moto_api_backend), "reset"),
            ]
            return [depth(getattr(owner, name)) for owner, name in owners] + [
                len(botocore.handlers.BUILTIN_HANDLERS)
            ]

        with mock_aws():
            before = depths()
        for _ in range(3):
            with mock_aws(), mock_qapps(), mock_aws():
                taking_part: list[Any] = BackendDict._instances  # type: ignore[misc]
                assert sum(type(backend).__name__ == "Participant" for backend in taking_part) <= 1
        with mock_aws():
            assert depths() == before


def test_motos_seed_makes_our_ids_repeatable() -> None:
    """Even if moto was imported before qchime."""
    try:
        mock_random.seed(5)
        first = cloud.ids.uuid()
        mock_random.seed(5)
        assert cloud.ids.uuid() == first
    finally:
        cloud.ids.seed()


def test_the_recorder_records_our_calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder, "_location", str(tmp_path / "recording"))
    with mock_aws():
        recorder.start_recording()
        new_client("chime-sdk-identity", region_name="us-east-1").create_app_instance(Name="chat")
        recorder.stop_recording()
        (line,) = recorder.download_recording().splitlines()

    assert json.loads(line)["url"] == "https://identity-chime.us-east-1.amazonaws.com/app-instances"


def test_sessions_take_as_long_as_the_state_manager_says() -> None:
    with mock_aws():
        state_manager.set_transition("qapps::session", {"progression": "manual", "times": 2})
        try:
            qapps = new_client("qapps", region_name="us-east-1")
            app = qapps.create_q_app(**HERE, title="App", appDefinition=definition(query()))["appId"]
            session = qapps.start_q_app_session(**HERE, appId=app, appVersion=1)["sessionId"]
            told = [qapps.get_q_app_session(**HERE, sessionId=session)["status"] for _ in range(3)]
        finally:
            state_manager.unset_transition("qapps::session")

    assert told == ["IN_PROGRESS", "IN_PROGRESS", "COMPLETED"]


def assumed_role() -> dict[str, str]:
    """Credentials from moto's STS for a role in another account."""
    sts = new_client("sts", region_name="us-east-1")
    arn = f"arn:aws:iam::{OTHER}:role/chat"
    credentials: dict[str, str] = sts.assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
    return credentials


def test_accounts_of_assumed_roles_have_their_own_settings() -> None:
    with mock_aws():
        role = assumed_role()
        keys: Any = {
            "aws_access_key_id": role["AccessKeyId"],
            "aws_secret_access_key": role["SecretAccessKey"],
        }
        client = new_client("chime-sdk-identity", region_name="us-east-1", **keys)
        theirs = CloudHandle().account(OTHER)
        theirs.limits.app_instances_per_account = 1
        client.create_app_instance(Name="theirs")

        with pytest.raises(client.exceptions.ResourceLimitExceededException):
            client.create_app_instance(Name="one too many")
        assert theirs.calls() == ["CreateAppInstance"] * 2
        assert list(get_backend("chime-sdk-identity")) == [OTHER]


def test_a_key_from_sts_can_be_registered_for_a_user() -> None:
    """The key belongs to the user, in the account of the handle."""
    with mock_aws():
        role = assumed_role()
        given: Any = {
            "access_key_id": role["AccessKeyId"],
            "secret_access_key": role["SecretAccessKey"],
            "session_token": role["SessionToken"],
        }
        alice = CloudHandle().account(OTHER).users.add("alice@example.com", **given)
        assert alice.credentials["aws_session_token"] == role["SessionToken"]
        credentials: Any = alice.credentials
        new_client("qapps", region_name="us-east-1", **credentials).list_q_apps(**HERE)

        (call,) = CloudHandle().account(OTHER).calls()
        assert (call.user, call.account_id) == (alice, OTHER)
