"""The fixtures and the marker, in test files of a user."""

import pytest

from tests.pytest_plugin.user_tests import run

pytest_plugins = ["pytester"]


def test_each_test_starts_clean(user_tests: pytest.Pytester) -> None:
    result = run(
        user_tests,
        """
@pytest.mark.parametrize("name", ["a", "b", "c"])
def test_clean(chime_sdk_identity_client, name):
    chime_sdk_identity_client.create_app_instance(Name=name)
    assert names(chime_sdk_identity_client) == [name]
""",
    )
    result.assert_outcomes(passed=3)


def test_client_handle_and_server_share_one_state(user_tests: pytest.Pytester) -> None:
    result = run(
        user_tests,
        """
def test_shared(chime_sdk_identity_client, qchime, qchime_server):
    over_http = boto3.client(
        "chime-sdk-identity", region_name="us-east-1", endpoint_url=qchime_server.url
    )
    chime_sdk_identity_client.create_app_instance(Name="in the process")
    over_http.create_app_instance(Name="over HTTP")
    assert names(chime_sdk_identity_client) == names(over_http) == ["in the process", "over HTTP"]

    qchime_server.limits.app_instances_per_account = 2
    with pytest.raises(over_http.exceptions.ResourceLimitExceededException):
        over_http.create_app_instance(Name="one too many")
    assert qchime.limits.app_instances_per_account == 2
    qchime.reset()
    assert names(over_http) == []

def test_the_server_starts_clean_too(qchime_server):
    assert qchime_server.limits.app_instances_per_account == 100
""",
    )
    result.assert_outcomes(passed=2)


def test_clients_use_the_region_of_the_environment(
    user_tests: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    result = run(
        user_tests,
        """
def test_region(chime_sdk_identity_client):
    assert chime_sdk_identity_client.meta.region_name == "eu-central-1"
""",
    )
    result.assert_outcomes(passed=1)


def test_works_under_xdist(user_tests: pytest.Pytester) -> None:
    pytest.importorskip("xdist")
    result = run(
        user_tests,
        """
@pytest.mark.parametrize("number", range(8))
def test_clean(qchime_server, chime_sdk_identity_client, number):
    chime_sdk_identity_client.create_app_instance(Name=str(number))
    assert names(chime_sdk_identity_client) == [str(number)]
""",
        "-n",
        "2",
    )
    result.assert_outcomes(passed=8)


def test_mock_aws_covers_our_services_when_the_plugin_is_loaded(user_tests: pytest.Pytester) -> None:
    """The test imports only moto, and only inside the test function."""
    result = run(
        user_tests,
        """
def test_moto():
    from moto import mock_aws
    with mock_aws():
        assert names(boto3.client("chime-sdk-identity", region_name="us-east-1")) == []
""",
    )
    result.assert_outcomes(passed=1)


def test_tests_without_fixtures_import_nothing_heavy(user_tests: pytest.Pytester) -> None:
    user_tests.makepyfile(
        """
        import sys

        def test_light():
            assert not {"moto", "boto3", "botocore", "werkzeug"} & set(sys.modules)
        """
    )
    user_tests.runpytest_subprocess().assert_outcomes(passed=1)


def test_fixtures_are_documented(user_tests: pytest.Pytester) -> None:
    result = user_tests.runpytest_subprocess("--fixtures")
    result.stdout.fnmatch_lines(["*chime_sdk_identity_client*", "*A boto3 client for chime-sdk-identity*"])
    result.stdout.fnmatch_lines(["*qapps_client*", "*A boto3 client for qapps*"])


class TestTheMarker:
    def test_is_documented(self, user_tests: pytest.Pytester) -> None:
        result = user_tests.runpytest_subprocess("--markers", "--strict-markers")
        result.stdout.fnmatch_lines(["@pytest.mark.qchime(limits={}, rules={}, users_required=False, *"])

    def test_sets_limits_and_requires_users(self, user_tests: pytest.Pytester) -> None:
        result = run(
            user_tests,
            """
@pytest.mark.qchime(limits={"app_instances_per_account": 0})
def test_limits(chime_sdk_identity_client):
    with pytest.raises(chime_sdk_identity_client.exceptions.ResourceLimitExceededException):
        chime_sdk_identity_client.create_app_instance(Name="chat")

@pytest.mark.qchime(users_required=True)
def test_users(qapps_client):
    with pytest.raises(qapps_client.exceptions.UnauthorizedException):
        qapps_client.list_q_apps(instanceId="one")

def test_and_the_next_test_knows_nothing_of_it(chime_sdk_identity_client, qchime):
    assert chime_sdk_identity_client.create_app_instance(Name="chat")
    assert qchime.users.required is False
""",
            "--strict-markers",
        )
        result.assert_outcomes(passed=3)

    def test_closest_to_the_test_wins_and_limits_are_merged(self, user_tests: pytest.Pytester) -> None:
        result = run(
            user_tests,
            """
pytestmark = pytest.mark.qchime(limits={"file_bytes": 1, "tags_per_resource": 1}, users_required=True)

@pytest.mark.qchime(limits={"tags_per_resource": 2}, users_required=False)
class TestClass:
    @pytest.mark.qchime(limits={"apps_per_user": 3})
    def test_limits(self, qchime):
        limits = qchime.limits
        assert (limits.file_bytes, limits.tags_per_resource, limits.apps_per_user) == (1, 2, 3)
        assert qchime.users.required is False
""",
        )
        result.assert_outcomes(passed=1)

    def test_sets_the_account_of_clients(self, user_tests: pytest.Pytester) -> None:
        result = run(
            user_tests,
            """
@pytest.mark.qchime(account="111122223333", limits={"app_instances_per_account": 1})
def test_account(qchime, chime_sdk_identity_client):
    arn = chime_sdk_identity_client.create_app_instance(Name="chat")["AppInstanceArn"]
    assert ":111122223333:" in arn
    assert qchime.calls() == ["CreateAppInstance"]
    assert qchime.limits.app_instances_per_account == 1

    keys = {"aws_access_key_id": "444455556666", "aws_secret_access_key": "any"}
    theirs = boto3.client("chime-sdk-identity", region_name="us-east-1", **keys)
    assert names(theirs) == []
    assert qchime.calls() == ["CreateAppInstance"]

def test_others_are_in_the_default_account(chime_sdk_identity_client):
    assert ":123456789012:" in chime_sdk_identity_client.create_app_instance(Name="chat")["AppInstanceArn"]

@pytest.mark.qchime(account="1111")
def test_wrong(qchime):
    pass
""",
        )
        result.assert_outcomes(passed=2, errors=1)
        result.stdout.fnmatch_lines(["*An account id has 12 digits, such as '111122223333', not '1111'*"])

    def test_sets_the_account_despite_the_environment(
        self, user_tests: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        keys = {"AWS_ACCESS_KEY_ID": "444455556666", "AWS_SECRET_ACCESS_KEY": "b", "AWS_SESSION_TOKEN": "c"}
        for name, value in {**keys, "MOTO_ACCOUNT_ID": "444455556666"}.items():
            monkeypatch.setenv(name, value)
        result = run(
            user_tests,
            """
boto3.client("chime-sdk-identity", region_name="us-east-1")  # the default session reads its credentials

@pytest.mark.qchime(account="111122223333")
def test_account(chime_sdk_identity_client):
    for client in (chime_sdk_identity_client, boto3.client("chime-sdk-identity", region_name="us-east-1")):
        assert ":111122223333:" in client.create_app_instance(Name="chat")["AppInstanceArn"]

def test_others(chime_sdk_identity_client):
    assert ":444455556666:" in chime_sdk_identity_client.create_app_instance(Name="chat")["AppInstanceArn"]
""",
        )
        result.assert_outcomes(passed=2)

    def test_alone_runs_a_test_inside_the_mock(self, user_tests: pytest.Pytester) -> None:
        result = run(
            user_tests,
            """
import unittest

@pytest.mark.qchime
def test_mocked():
    assert names(boto3.client("chime-sdk-identity", region_name="us-east-1")) == []

@pytest.mark.qchime(limits={"app_instances_per_account": 0})
class TestCase(unittest.TestCase):
    def test_mocked(self):
        client = boto3.client("chime-sdk-identity", region_name="us-east-1")
        with self.assertRaises(client.exceptions.ResourceLimitExceededException):
            client.create_app_instance(Name="chat")

@pytest.mark.qchime(limits={"app_instances_per_account": 0})
async def test_coroutine():
    assert boto3.client("chime-sdk-identity", region_name="us-east-1").list_app_instances()
""",
            "-o",
            "asyncio_mode=auto",
        )
        result.assert_outcomes(passed=3)

    def test_turns_rules_for_one_test(self, user_tests: pytest.Pytester) -> None:
        result = run(
            user_tests,
            """
NAME = "qapps.default-output-source"

@pytest.mark.qchime(rules={NAME: "llm"})
class TestTurned:
    def test_turned(self, qchime):
        assert qchime.rules[NAME] == "llm"

    @pytest.mark.qchime(rules={NAME: "approved-sources"}, account="111122223333")
    def test_turned_back(self, qchime):
        assert qchime.rules[NAME] == "approved-sources"

def test_default(qchime):
    assert qchime.rules[NAME] == "approved-sources"
""",
        )
        result.assert_outcomes(passed=3)

    def test_starts_with_a_seed_next_to_the_test_file(self, user_tests: pytest.Pytester) -> None:
        user_tests.makepyfile(
            make_seed="""
from qchime import mock_chimesdkidentity
import boto3
with mock_chimesdkidentity() as mock:
    boto3.client("chime-sdk-identity", region_name="us-east-1").create_app_instance(Name="seeded")
    mock.save("seed.json")
"""
        )
        user_tests.runpython("make_seed.py")  # type: ignore[arg-type]
        result = run(
            user_tests,
            """
@pytest.mark.qchime(seed="seed.json")
@pytest.mark.parametrize("time", [1, 2])
def test_seeded(chime_sdk_identity_client, time, monkeypatch):
    assert names(chime_sdk_identity_client) == ["seeded"]
    chime_sdk_identity_client.create_app_instance(Name="another")

@pytest.mark.qchime(seed="nowhere.json")
def test_missing(qchime):
    pass
""",
        )
        result.assert_outcomes(passed=2, errors=1)
        result.stdout.fnmatch_lines(["*nowhere.json cannot be read: No such file*"])

    def test_passes_a_state_from_test_to_test(self, user_tests: pytest.Pytester) -> None:
        result = run(
            user_tests,
            """
@pytest.mark.qchime(state="state.json")
@pytest.mark.parametrize("number", [1, 2, 3])
def test_grows(chime_sdk_identity_client, number):
    chime_sdk_identity_client.create_app_instance(Name=str(number))
    assert len(names(chime_sdk_identity_client)) == number
""",
        )
        result.assert_outcomes(passed=3)

    def test_fails_a_test_with_unused_faults(self, user_tests: pytest.Pytester) -> None:
        result = run(
            user_tests,
            """
pytestmark = pytest.mark.qchime(assert_all_faults_used=True)

def test_used(qchime, qapps_client):
    qchime.faults.add("ListQApps", "ValidationException", times=1)
    with pytest.raises(qapps_client.exceptions.ValidationException):
        qapps_client.list_q_apps(instanceId="one")

def test_unused(qchime):
    qchime.faults.add("ListQApps", "ValidationException", times=1)
""",
        )
        result.assert_outcomes(passed=2, errors=1)
        result.stdout.fnmatch_lines(["*ListQApps: ValidationException, struck 0 of 1 times*"])

    @pytest.mark.parametrize(
        ("options", "named"),
        [
            (
                "colour='red'",
                "there is no option colour. Choose from: limits, rules, users_required, throttling,*",
            ),
            ("5", "pass options as keywords, not 5"),
            ("limits={'apps': 1}", "*There is no limit 'apps'*"),
            ("limits=5", "*limits takes quotas by their names, not 5*"),
            ("rules={'qapps.source': 'llm'}", "*There is no rule 'qapps.source' with a choice*"),
            ("rules={'qapps.default-output-source': 'x'}", "*takes 'approved-sources' or 'llm', not 'x'*"),
            ("rules=['llm']", "*rules takes choices by their names, not *"),
            ("throttling='no'", "*throttling takes True or False, not 'no'"),
            ("users_required=1", "*users_required takes True or False, not 1"),
            ("clean=None", "*clean takes True or False, not None"),
            ("assert_all_faults_used='yes'", "*assert_all_faults_used takes True or False, not 'yes'"),
        ],
    )
    def test_with_a_mistake_fails_the_test_and_names_it(
        self, user_tests: pytest.Pytester, options: str, named: str
    ) -> None:
        result = run(user_tests, f"@pytest.mark.qchime({options})\ndef test_wrong():\n    pass\n")
        result.assert_outcomes(errors=1)
        result.stdout.fnmatch_lines([f"*{named}"])


class TestWhenTheMarkerIsRead:
    @pytest.mark.parametrize("requested", ["", ", qchime"], ids=["not mocked", "mocked"])
    def test_a_marker_that_a_fixture_adds_is_too_late_and_the_test_fails(
        self, user_tests: pytest.Pytester, requested: str
    ) -> None:
        result = run(
            user_tests,
            f"""
@pytest.fixture(autouse=True)
def mark(request{requested}):
    request.node.add_marker(pytest.mark.qchime(users_required=True))

def test_marked():
    pass
""",
        )
        result.assert_outcomes(failed=1)
        result.stdout.fnmatch_lines(
            ["*@pytest.mark.qchime has no effect here*pytest_collection_modifyitems*"]
        )

    def test_a_marker_on_a_test_without_fixtures_fails_it(self, user_tests: pytest.Pytester) -> None:
        user_tests.makeconftest(
            """
import pytest

class Item(pytest.Item):
    def runtest(self):
        pass

class File(pytest.File):
    def collect(self):
        for name in ("plain", "marked"):
            item = Item.from_parent(self, name=name)
            if name == "marked":
                item.add_marker(pytest.mark.qchime)
            yield item

def pytest_collect_file(file_path, parent):
    return File.from_parent(parent, path=file_path) if file_path.suffix == ".yaml" else None
"""
        )
        user_tests.makefile(".yaml", test_steps="")
        user_tests.runpytest_subprocess().assert_outcomes(passed=1, failed=1)

    def test_it_can_be_added_during_collection(self, user_tests: pytest.Pytester) -> None:
        user_tests.makeconftest(
            """
import pytest

def pytest_collection_modifyitems(items):
    for item in items:
        item.add_marker(pytest.mark.qchime)
"""
        )
        result = run(
            user_tests,
            """
import unittest

def client():
    return boto3.client("chime-sdk-identity", region_name="us-east-1")

def test_function():
    assert names(client()) == []

class TestCase(unittest.TestCase):
    def setUp(self):
        client().create_app_instance(Name="set up")

    def test_method(self):
        assert names(client()) == ["set up"]
""",
        )
        result.assert_outcomes(passed=2)

    def test_on_one_parameter_it_mocks_only_that_one(self, user_tests: pytest.Pytester) -> None:
        result = run(
            user_tests,
            """
import os

@pytest.mark.parametrize("mocked", [pytest.param(True, marks=pytest.mark.qchime), False])
def test_environment(mocked):
    assert (os.environ.get("AWS_ACCESS_KEY_ID") == "FOOBARKEY") is mocked
""",
        )
        result.assert_outcomes(passed=2)

    def test_wider_fixtures_are_set_up_outside(self, user_tests: pytest.Pytester) -> None:
        result = run(
            user_tests,
            """
import os
import unittest

@pytest.fixture(scope="session")
def session_wide():
    assert "AWS_ACCESS_KEY_ID" not in os.environ
    os.environ["MINE"] = "kept"

@pytest.fixture(scope="module")
def module_wide(session_wide):
    assert "AWS_ACCESS_KEY_ID" not in os.environ

@pytest.mark.qchime
@pytest.mark.parametrize("number", [1, 2])
def test_marked(module_wide, number):
    assert os.environ["AWS_ACCESS_KEY_ID"] == "FOOBARKEY"
    assert os.environ["MINE"] == "kept"

@pytest.mark.qchime
class TestCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        assert "AWS_ACCESS_KEY_ID" not in os.environ

    def test_marked(self):
        assert os.environ["AWS_ACCESS_KEY_ID"] == "FOOBARKEY"
""",
        )
        result.assert_outcomes(passed=3)


class TestInsideAWiderMock:
    CONFTEST = """
import boto3
import pytest
from qchime import mock_chimesdkidentity

@pytest.fixture(scope="session", autouse=True)
def wider():
    with mock_chimesdkidentity() as mock:
        boto3.client("chime-sdk-identity", region_name="us-east-1").create_app_instance(Name="wider")
        mock.limits.app_instances_per_account = 7
        yield mock
"""

    def test_a_test_starts_clean_and_leaves_nothing_behind(self, user_tests: pytest.Pytester) -> None:
        user_tests.makeconftest(self.CONFTEST)
        result = run(
            user_tests,
            """
@pytest.mark.qchime(limits={"app_instances_per_account": 1}, users_required=True)
@pytest.mark.parametrize("number", [1, 2])
def test_clean(qchime, chime_sdk_identity_client, number):
    assert names(chime_sdk_identity_client) == []
    chime_sdk_identity_client.create_app_instance(Name="mine")
    assert qchime.limits.app_instances_per_account == 1

def test_with_a_fixture_alone(qchime, chime_sdk_identity_client):
    assert names(chime_sdk_identity_client) == []
    assert qchime.limits.app_instances_per_account == 100

def test_the_wider_mock_is_as_it_was(wider):
    client = boto3.client("chime-sdk-identity", region_name="us-east-1")
    assert names(client) == ["wider"]
    assert wider.limits.app_instances_per_account == 7
    assert wider.rules["qapps.default-output-source"] != "llm"
    assert wider.users.required is False
    assert wider.throttling is False
""",
        )
        result.assert_outcomes(passed=4)

    def test_a_test_can_continue_with_the_state_of_the_wider_mock(self, user_tests: pytest.Pytester) -> None:
        user_tests.makeconftest(self.CONFTEST)
        result = run(
            user_tests,
            """
@pytest.mark.qchime(clean=False)
def test_continues(qchime, chime_sdk_identity_client):
    assert names(chime_sdk_identity_client) == ["wider"]
    assert qchime.limits.app_instances_per_account == 7
    chime_sdk_identity_client.create_app_instance(Name="mine")

def test_the_wider_mock_has_what_it_made(wider):
    client = boto3.client("chime-sdk-identity", region_name="us-east-1")
    assert names(client) == ["wider", "mine"]
""",
        )
        result.assert_outcomes(passed=2)

    def test_which_takes_its_options_back(self, user_tests: pytest.Pytester) -> None:
        user_tests.makeconftest(self.CONFTEST)
        result = run(
            user_tests,
            """
limited = pytest.mark.qchime(
    clean=False,
    limits={"app_instances_per_account": 1},
    rules={"qapps.default-output-source": "llm"},
    users_required=True,
    throttling=True,
)

@limited
def test_limited(qchime):
    assert qchime.limits.app_instances_per_account == 1
    assert qchime.rules["qapps.default-output-source"] == "llm"
    assert qchime.users.required
    assert qchime.throttling

@limited
def test_resets_them_itself(qchime):
    qchime.reset()

@pytest.mark.qchime(clean=False, account="111122223333", limits={"app_instances_per_account": 1})
def test_of_one_account(qchime):
    assert qchime.limits.app_instances_per_account == 1

def test_the_wider_mock_has_its_own(wider):
    assert wider.limits.app_instances_per_account == 7
    assert wider.account("111122223333").limits.app_instances_per_account == 7
    assert wider.rules["qapps.default-output-source"] != "llm"
    assert wider.users.required is False
    assert wider.throttling is False
""",
        )
        result.assert_outcomes(passed=4)
