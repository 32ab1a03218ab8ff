"""`--qchime-url`, as a user runs it: pytest in a process of its own, against a server in this one."""

import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import ClassVar

import pytest

from qchime import Client, Cloud, __version__
from qchime.server import Server
from tests.clients.examples import EXAMPLES
from tests.pytest_plugin.user_tests import USE, run

pytest_plugins = ["pytester"]
TIMEOUT = 120
VERSION = re.escape(__version__)
CREATE = """
def test_create(chime_sdk_identity_client):
    chime_sdk_identity_client.create_app_instance(Name="chat")
    assert names(chime_sdk_identity_client) == ["chat"]
"""


@contextmanager
def serving(*arguments: str) -> Iterator[str]:
    """The address of `qchime serve` in a process of its own."""
    command = [sys.executable, "-m", "qchime", "serve", "--port", "0", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout
            found = re.search(r"http://\S+", process.stdout.readline())
            assert found
            yield found[0]
        finally:
            process.kill()


def program(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT, check=False)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serving() as url:
        yield url


@pytest.fixture
def server(url: str, user_tests: pytest.Pytester) -> Client:
    """The handle of a server that has nothing in it."""
    client = Client(url)
    client.reset()
    return client


@pytest.fixture
def elsewhere(server: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    """The same server, with its address in the environment of the test files."""
    monkeypatch.setenv("QCHIME_URL", server.url)
    return server


def test_a_server_with_tls_needs_the_file_of_its_authority(
    user_tests: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Server(cloud=Cloud(), tls=True) as server:
        monkeypatch.setenv("QCHIME_URL", server.url)
        refused = run(user_tests, CREATE)
        monkeypatch.setenv("AWS_CA_BUNDLE", str(server.ca_file))
        accepted = run(user_tests, CREATE)

    assert "CERTIFICATE_VERIFY_FAILED" in refused.stderr.str()
    accepted.assert_outcomes(passed=1)


class TestTheFixtures:
    def test_use_the_server(self, elsewhere: Client, user_tests: pytest.Pytester) -> None:
        result = run(
            user_tests,
            """
import os
import subprocess
import sys
import requests
import qchime as package

def test_all_of_them(chime_sdk_identity_client, qapps_client, qchime, qchime_server):
    url, account = os.environ["QCHIME_URL"], os.environ["AWS_ACCESS_KEY_ID"]
    of_the_code = boto3.client("chime-sdk-identity", region_name="us-east-1")
    for client in (chime_sdk_identity_client, qapps_client, of_the_code):
        assert client.meta.endpoint_url == url
    assert f":{account}:" in of_the_code.create_app_instance(Name="chat")["AppInstanceArn"]
    assert names(chime_sdk_identity_client) == ["chat"]
    assert qapps_client.list_q_apps(instanceId="one")["apps"] == []

    assert qchime.calls() == qchime_server.calls() == ["CreateAppInstance", "ListAppInstances", "ListQApps"]
    assert requests.get(f"{url}/_qchime/accounts").json() == {"accounts": [account]}
    assert isinstance(qchime, package.Client)
    assert qchime_server.url == url

def test_programs_that_the_code_starts(qchime):
    list_apps = 'boto3.client("qapps", region_name="us-east-1").list_q_apps(instanceId="one")'
    subprocess.run([sys.executable, "-c", "import boto3; " + list_apps], check=True)
    assert qchime.calls() == ["ListQApps"]

def test_exceptions_are_those_of_the_code(qchime, chime_sdk_identity_client):
    qchime.limits.app_instances_per_account = 0
    with pytest.raises(chime_sdk_identity_client.exceptions.ResourceLimitExceededException):
        boto3.client("chime-sdk-identity", region_name="us-east-1").create_app_instance(Name="chat")
""",
        )
        result.assert_outcomes(passed=3)

    def test_start_clean_and_leave_nothing_behind(
        self, elsewhere: Client, user_tests: pytest.Pytester
    ) -> None:
        elsewhere.account("111122223333").limits.apps_per_user = 7
        result = run(
            user_tests,
            """
@pytest.mark.parametrize("name", ["a", "b"])
def test_clean(chime_sdk_identity_client, qchime, name):
    assert qchime.limits.apps_per_user == 100
    qchime.limits.apps_per_user = 1
    chime_sdk_identity_client.create_app_instance(Name=name)
    assert names(chime_sdk_identity_client) == [name]

@pytest.mark.qchime(clean=False)
@pytest.mark.parametrize("expected", [["a"], ["a", "a"]])
def test_goes_on(chime_sdk_identity_client, expected):
    chime_sdk_identity_client.create_app_instance(Name="a")
    assert names(chime_sdk_identity_client) == expected

def test_clean_again(chime_sdk_identity_client):
    assert names(chime_sdk_identity_client) == []

@pytest.mark.qchime(clean=False)
def test_last(chime_sdk_identity_client):
    chime_sdk_identity_client.create_app_instance(Name="left")
""",
        )
        result.assert_outcomes(passed=6)
        assert elsewhere.accounts == ["111122223333"]
        assert elsewhere.account("111122223333").limits.apps_per_user == 7

    def test_leave_other_services_and_other_tests_alone(
        self, elsewhere: Client, user_tests: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAMINE")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "mine")
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:1")
        result = run(
            user_tests,
            """
import os

def endpoint(service):
    return boto3.client(service, region_name="us-east-1").meta.endpoint_url

@pytest.fixture(scope="session", autouse=True)
def environment():
    return dict(os.environ)

def test_with_the_server(qchime_server):
    assert endpoint("qapps") == qchime_server.url
    assert endpoint("s3") == "http://127.0.0.1:1"
    assert endpoint("sts") == "https://sts.us-east-1.amazonaws.com"

def test_without(environment, monkeypatch):
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    environment.pop("PYTEST_CURRENT_TEST")
    assert os.environ == environment
    assert boto3.client("qapps", region_name="us-east-1")._get_credentials().access_key == "AKIAMINE"
""",
        )
        result.assert_outcomes(passed=2)

    @pytest.mark.parametrize(
        "surroundings",
        [
            {"HTTP_PROXY": "http://127.0.0.1:1", "http_proxy": "http://127.0.0.1:1"},
            {"HTTP_PROXY": "http://127.0.0.1:1", "NO_PROXY": "example.com"},
            {"HTTP_PROXY": "http://127.0.0.1:1", "no_proxy": "*"},
            {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true", "AWS_ENDPOINT_URL": "http://127.0.0.1:1"},
            {"AWS_ENDPOINT_URL_CHIME_SDK_IDENTITY": "http://127.0.0.1:1", "AWS_SESSION_TOKEN": "theirs"},
            {"MOTO_ACCOUNT_ID": "444455556666", "AWS_ACCESS_KEY_ID": "444455556666"},
        ],
        ids=" ".join,
    )
    def test_use_the_server_whatever_the_environment_has(
        self,
        elsewhere: Client,
        user_tests: pytest.Pytester,
        monkeypatch: pytest.MonkeyPatch,
        surroundings: dict[str, str],
    ) -> None:
        keys = {"AWS_ACCESS_KEY_ID": "AKIAMINE", "AWS_SECRET_ACCESS_KEY": "mine"}
        for name, value in {**keys, **surroundings}.items():
            monkeypatch.setenv(name, value)
        result = run(
            user_tests,
            """
from urllib.request import proxy_bypass
import requests

others_are_direct = proxy_bypass("example.com")
boto3.client("chime-sdk-identity", region_name="us-east-1")  # the default session reads its credentials

def test_server(qchime_server, chime_sdk_identity_client):
    of_the_code = boto3.client("chime-sdk-identity", region_name="us-east-1")
    for client in (chime_sdk_identity_client, of_the_code):
        client.create_app_instance(Name="chat")
    link = of_the_code.generate_presigned_url("list_app_instances")
    assert len(requests.get(link).json()["AppInstances"]) == 2
    assert qchime_server.calls() == ["CreateAppInstance", "CreateAppInstance", "ListAppInstances"]
    assert proxy_bypass("example.com") == others_are_direct
""",
        )
        result.assert_outcomes(passed=1)

    def test_use_the_server_under_mock_aws(self, elsewhere: Client, user_tests: pytest.Pytester) -> None:
        result = run(
            user_tests,
            """
import os
from moto import mock_aws

keep_credentials = {"core": {"mock_credentials": False}}

def check(qchime, client):
    of_the_code = boto3.client("chime-sdk-identity", region_name="us-east-1")
    of_the_code.create_app_instance(Name="chat")
    assert names(client) == ["chat"]
    assert qchime.calls() == ["CreateAppInstance", "ListAppInstances"]
    assert boto3.client("sqs", region_name="us-east-1").list_queues()

@pytest.fixture
def wider():
    with mock_aws():
        yield

def test_wider(wider, qchime, chime_sdk_identity_client):
    check(qchime, chime_sdk_identity_client)

@mock_aws(config=keep_credentials)
def test_decorated(qchime, chime_sdk_identity_client):
    check(qchime, chime_sdk_identity_client)
""",
        )
        result.assert_outcomes(passed=2)

    def test_leave_the_decorators_in_the_process(
        self, elsewhere: Client, user_tests: pytest.Pytester
    ) -> None:
        result = run(
            user_tests,
            """
from qchime import mock_chimesdkidentity

def test_block(qchime, chime_sdk_identity_client):
    chime_sdk_identity_client.create_app_instance(Name="elsewhere")
    with mock_chimesdkidentity() as mock:
        of_the_code = boto3.client("chime-sdk-identity", region_name="us-east-1")
        assert names(chime_sdk_identity_client) == names(of_the_code) == []
        assert mock.calls() == ["ListAppInstances"] * 2
    assert names(chime_sdk_identity_client) == ["elsewhere"]
    assert qchime.calls() == ["CreateAppInstance", "ListAppInstances"]

@mock_chimesdkidentity
def test_without_a_fixture():
    assert names(boto3.client("chime-sdk-identity", region_name="us-east-1")) == []
""",
        )
        result.assert_outcomes(passed=2)

    def test_let_no_client_reach_aws(self, elsewhere: Client, user_tests: pytest.Pytester) -> None:
        result = run(
            user_tests,
            """
keys = {"aws_access_key_id": "AKIAMINE", "aws_secret_access_key": "mine"}
early = boto3.client("chime-sdk-identity", region_name="us-east-1", **keys)

def test_early(qchime):
    with pytest.raises(RuntimeError, match="created before the test"):
        early.list_app_instances()

async def test_early_and_asynchronous(request):
    session = pytest.importorskip("aiobotocore.session").get_session()
    async with session.create_client("chime-sdk-identity", region_name="us-east-1", **keys) as client:
        request.getfixturevalue("qchime")
        with pytest.raises(RuntimeError, match="created before the test"):
            await client.list_app_instances()

def test_in_a_mock(qchime):
    from qchime import mock_chimesdkidentity
    with mock_chimesdkidentity():
        assert names(early) == []
    assert qchime.calls() == []
""",
            "-o",
            "asyncio_mode=auto",
        )
        result.assert_outcomes(passed=3)

    def test_have_the_users_that_a_server_with_verified_signatures_wants(
        self, user_tests: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"):  # of other credentials
            monkeypatch.setenv(name, "theirs")
        tests = """
import os

@pytest.fixture
def registered(qchime):
    key, secret = os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]
    qchime.users.add("tests@example.com", access_key_id=key, secret_access_key=secret)

def test_registered(registered, chime_sdk_identity_client):
    assert names(chime_sdk_identity_client) == []

def test_unregistered(chime_sdk_identity_client):
    with pytest.raises(chime_sdk_identity_client.exceptions.ClientError, match="UnrecognizedClient"):
        names(chime_sdk_identity_client)
"""
        with serving("--verify-signatures") as url:
            run(user_tests, tests, "--qchime-url", url).assert_outcomes(passed=2)


class TestTheMarker:
    def test_sets_its_options_in_the_account(self, elsewhere: Client, user_tests: pytest.Pytester) -> None:
        result = run(
            user_tests,
            """
import unittest

def create():
    boto3.client("chime-sdk-identity", region_name="us-east-1").create_app_instance(Name="chat")

@pytest.mark.qchime(limits={"app_instances_per_account": 1})
def test_alone():
    create()
    with pytest.raises(Exception, match="ResourceLimitExceeded"):
        create()

@pytest.mark.qchime(limits={"app_instances_per_account": 0})
class TestCase(unittest.TestCase):
    def test_method(self):
        with self.assertRaisesRegex(Exception, "ResourceLimitExceeded"):
            create()

@pytest.mark.qchime(users_required=True)
def test_users(qapps_client, qchime):
    with pytest.raises(qapps_client.exceptions.UnauthorizedException):
        qapps_client.list_q_apps(instanceId="one")
    credentials = qchime.users.add("alice@example.com").credentials
    alice = boto3.client("qapps", region_name="us-east-1", **credentials)
    assert alice.list_q_apps(instanceId="one")["apps"] == []
    assert [call.user.email for call in qchime.calls()][1:] == ["alice@example.com"]

@pytest.mark.qchime(assert_all_faults_used=True)
def test_unused(qchime):
    qchime.faults.add("ListQApps", "ValidationException", times=1)

@pytest.mark.qchime(limits={"apps": 1})
def test_mistaken(qchime):
    pass
""",
        )
        result.assert_outcomes(passed=4, errors=2)
        result.stdout.fnmatch_lines(
            ["*ListQApps: ValidationException, struck 0 of 1 times*", "*There is no limit 'apps'*"]
        )
        assert elsewhere.accounts == []

    def test_names_the_account(self, elsewhere: Client, user_tests: pytest.Pytester) -> None:
        elsewhere.account("444455556666").limits.apps_per_user = 7
        result = run(
            user_tests,
            """
@pytest.mark.qchime(account="111122223333", limits={"app_instances_per_account": 1})
def test_account(qchime, qchime_server, chime_sdk_identity_client):
    arn = chime_sdk_identity_client.create_app_instance(Name="chat")["AppInstanceArn"]
    assert ":111122223333:" in arn
    assert qchime.calls() == qchime_server.calls() == ["CreateAppInstance"]
    assert qchime.accounts == ["444455556666", "111122223333"]

@pytest.mark.qchime(account="444455556666", clean=False)
def test_shared(qchime):
    assert qchime.limits.apps_per_user == 7

@pytest.mark.qchime(account="1111")
def test_wrong(qchime):
    pass
""",
        )
        result.assert_outcomes(passed=2, errors=1)
        result.stdout.fnmatch_lines(["*An account id has 12 digits, such as '111122223333', not '1111'*"])
        assert elsewhere.accounts == ["444455556666"]

    def test_takes_files_with_the_state_of_an_account(
        self, elsewhere: Client, user_tests: pytest.Pytester
    ) -> None:
        result = run(
            user_tests,
            """
@pytest.mark.qchime(account="111122223333", state="state.json")
@pytest.mark.parametrize("number", [1, 2])
def test_grows(chime_sdk_identity_client, number):
    chime_sdk_identity_client.create_app_instance(Name=str(number))
    assert len(names(chime_sdk_identity_client)) == number

@pytest.mark.qchime(account="111122223333", seed="state.json")
def test_seeded(chime_sdk_identity_client):
    assert names(chime_sdk_identity_client) == ["1", "2"]

@pytest.mark.qchime(account="444455556666", seed="state.json")
def test_of_another_account(qchime):
    pass

@pytest.mark.qchime(seed="state.json")
def test_without_an_account(qchime):
    pass
""",
        )
        result.assert_outcomes(passed=3, errors=2)
        result.stdout.fnmatch_lines(
            [
                "*not the state of the account 444455556666 alone*",
                "*with --qchime-url, seed and state need an account:*Add account=…*",
            ]
        )
        assert elsewhere.accounts == []


TOGETHER = """
import os
import time
import requests

def wait(is_over):
    for _ in range(1200):
        if is_over():
            return
        time.sleep(0.05)
    pytest.fail("The others are not there.")

@pytest.mark.parametrize("number", [0, 1])
def test_together(chime_sdk_identity_client, qchime_server, number):
    mine = os.environ["AWS_ACCESS_KEY_ID"]
    chime_sdk_identity_client.create_app_instance(Name=mine)
    wait(lambda: len(qchime_server.accounts) == 4)
    assert names(chime_sdk_identity_client) == [mine]
    with open(os.environ["ACCOUNTS"], "a") as file:
        print(mine, file=file)
    wait(lambda: len(open(os.environ["ACCOUNTS"]).readlines()) == 4)
"""


class TestTheAccount:
    def test_is_another_one_for_each_worker_of_each_run(
        self, elsewhere: Client, user_tests: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Two runs of two workers each, which wait until they see the accounts of all four."""
        pytest.importorskip("xdist")
        accounts = user_tests.path / "accounts.txt"
        monkeypatch.setenv("ACCOUNTS", str(accounts))
        module = user_tests.makepyfile(USE + TOGETHER)
        command = [sys.executable, "-m", "pytest", str(module), "-n", "2", "-p", "no:cacheprovider"]
        with ThreadPoolExecutor() as threads:
            runs = list(threads.map(program, [command] * 2))

        shown = [run.stdout for run in runs]
        assert [run.returncode for run in runs] == [0, 0], shown
        used = accounts.read_text().split()
        assert len(set(used)) == 4
        for text in shown:
            header = rf"qchime: {elsewhere.url}, version {VERSION}, account (\d{{12}}) and those after it"
            found = re.search(header, text)
            assert found
            assert {found[1], str(int(found[1]) + 1)} < set(used)
        assert elsewhere.accounts == []

    def test_is_in_the_header(self, server: Client, user_tests: pytest.Pytester) -> None:
        """With the address, from which a slash at the end is dropped."""
        result = run(
            user_tests,
            """
import os

def test_account(qchime_server, chime_sdk_identity_client):
    print("account", os.environ["AWS_ACCESS_KEY_ID"])
    print("address", qchime_server.url, chime_sdk_identity_client.meta.endpoint_url)
    assert names(chime_sdk_identity_client) == []
""",
            "-s",
            "--qchime-url",
            f"{server.url}/",
        )
        result.assert_outcomes(passed=1)
        shown = result.stdout.str()
        header = re.search(rf"qchime: {server.url}, version {VERSION}, (account \d{{12}})\n", shown)
        assert header
        assert shown.count(header[1]) == 2
        assert f"address {server.url} {server.url}\n" in shown


WHERE = """
def test_where(chime_sdk_identity_client):
    print("endpoint", chime_sdk_identity_client.meta.endpoint_url)
"""


class TestTheAddress:
    @pytest.mark.parametrize(
        ("environment", "arguments", "expected"),
        [
            ("", [], "https://"),
            ("{url}", [], "{url}"),
            ("http://127.0.0.1:1", ["--qchime-url={url}"], "{url}"),
            ("http://127.0.0.1:1", ["--qchime-url="], "https://"),
        ],
        ids=["nowhere", "environment", "option", "empty option"],
    )
    def test_is_that_of_the_option_or_else_of_the_environment(
        self,
        server: Client,
        user_tests: pytest.Pytester,
        monkeypatch: pytest.MonkeyPatch,
        environment: str,
        arguments: list[str],
        expected: str,
    ) -> None:
        monkeypatch.setenv("QCHIME_URL", environment.format(url=server.url))
        result = run(user_tests, WHERE, "-s", *(argument.format(url=server.url) for argument in arguments))
        result.assert_outcomes(passed=1)
        result.stdout.fnmatch_lines([f"*endpoint {expected.format(url=server.url)}*"])

    def test_is_in_the_help(self, user_tests: pytest.Pytester) -> None:
        result = user_tests.runpytest_subprocess("--help", "--qchime-url", "http://127.0.0.1:1")
        result.stdout.fnmatch_lines(["*--qchime-url=URL*", "*QCHIME_URL*"])

    def test_costs_nothing_in_tests_that_do_not_use_it(
        self, elsewhere: Client, user_tests: pytest.Pytester
    ) -> None:
        user_tests.makepyfile(
            """
            import sys

            def test_light():
                assert not {"moto", "boto3", "botocore", "werkzeug", "cattrs"} & set(sys.modules)
            """
        )
        user_tests.runpytest_subprocess().assert_outcomes(passed=1)


class Foreign(BaseHTTPRequestHandler):
    """A server that is not ours; the first part of the path chooses how it answers."""

    ANSWERS: ClassVar = {
        "page": (200, b"<html>"),
        "json": (200, b"[]"),
        "missing": (404, b"<html>"),
        "old": (404, b'{"message": "There is no /_qchime/accounts. Choose from: health, reset."}'),
        "closed": (403, b'{"message": "This server does not accept the host name qchime."}'),
    }

    def do_GET(self) -> None:
        kind = self.path.split("/")[1]
        status, body = self.ANSWERS[kind]
        if kind == "old" and "/accounts" not in self.path:
            status, body = 200, b'{"status": "ok", "version": "0.0.1"}'
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def foreign() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Foreign) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class TestWithoutASuitableServer:
    """There is one error, before any test runs."""

    TESTS = "def test_one(qchime):\n    pass\n\ndef test_two(qapps_client):\n    pass\n"

    def check(
        self, user_tests: pytest.Pytester, url: str, *said: str, arguments: tuple[str, ...] = ()
    ) -> None:
        result = run(user_tests, self.TESTS, "--qchime-url", url, *arguments)
        assert result.ret == pytest.ExitCode.USAGE_ERROR
        [error] = [line for line in result.errlines if line.startswith("ERROR")]
        for text in said:
            assert text in error
        assert "test_one" not in result.stdout.str()

    @pytest.mark.parametrize("arguments", [(), ("-n", "2")], ids=["alone", "with workers"])
    def test_one_that_does_not_answer(self, user_tests: pytest.Pytester, arguments: tuple[str, ...]) -> None:
        said = ("No server answers at http://127.0.0.1:1: ", "refused", "--qchime-url", "`qchime serve`")
        self.check(user_tests, "http://127.0.0.1:1/", *said, arguments=arguments)

    @pytest.mark.parametrize(
        ("path", "said"),
        [
            ("page", "status 200."),
            ("json", "status 200."),
            ("missing", "status 404."),
            ("old", "status 404 (There is no /_qchime/accounts."),
            ("closed", "status 403 (This server does not accept the host name qchime.)"),
        ],
    )
    def test_one_that_is_not_ours(
        self, user_tests: pytest.Pytester, foreign: str, path: str, said: str
    ) -> None:
        self.check(user_tests, f"{foreign}/{path}", f"The server at {foreign}/{path} is not qchime,", said)

    def test_one_whose_name_is_invalid(self, user_tests: pytest.Pytester) -> None:
        self.check(user_tests, "http://a..b", "No server answers at http://a..b: ")

    @pytest.mark.parametrize("url", ["127.0.0.1:4590", "http://", "http://a:b"])
    def test_one_whose_address_is_malformed(self, user_tests: pytest.Pytester, url: str) -> None:
        self.check(user_tests, url, f"{url!r} is not the address of a server, such as http://127.0.0.1:4590")


def test_the_examples_pass(server: Client) -> None:
    options = ["-p", "no:cacheprovider", "--qchime-url", server.url]
    result = program([sys.executable, "-m", "pytest", *options, str(EXAMPLES)])

    assert result.returncode == 0, result.stdout
    assert f"qchime: {server.url}," in result.stdout
    assert server.accounts == []
