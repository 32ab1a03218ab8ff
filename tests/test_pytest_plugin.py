"""The fixtures, as a user's own test files have them."""

import pytest

pytest_plugins = ["pytester"]

USE = """
import boto3
import pytest

def names(client):
    return [instance["Name"] for instance in client.list_app_instances()["AppInstances"]]
"""


@pytest.fixture
def user_tests(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    pytester.makeini("[pytest]\naddopts = -p no:randomly\n")
    return pytester


def run(pytester: pytest.Pytester, tests: str, *arguments: str) -> pytest.RunResult:
    pytester.makepyfile(USE + tests)
    return pytester.runpytest_subprocess(*arguments)


def test_each_test_starts_clean(user_tests: pytest.Pytester):
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


def test_client_handle_and_server_share_one_state(user_tests: pytest.Pytester):
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


def test_clients_take_the_region_of_the_environment(
    user_tests: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    result = run(
        user_tests,
        """
def test_region(chime_sdk_identity_client):
    assert chime_sdk_identity_client.meta.region_name == "eu-central-1"
""",
    )
    result.assert_outcomes(passed=1)


def test_works_under_xdist(user_tests: pytest.Pytester):
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


def test_mock_aws_covers_us_when_the_plugin_is_loaded(user_tests: pytest.Pytester):
    """The user imports moto alone, and only inside the test."""
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


def test_nothing_heavy_is_imported_by_tests_that_do_not_use_us(user_tests: pytest.Pytester):
    user_tests.makepyfile(
        """
        import sys

        def test_light():
            assert not {"moto", "boto3", "botocore", "werkzeug"} & set(sys.modules)
        """
    )
    user_tests.runpytest_subprocess().assert_outcomes(passed=1)


def test_fixtures_are_documented(user_tests: pytest.Pytester):
    result = user_tests.runpytest_subprocess("--fixtures")
    result.stdout.fnmatch_lines(["*chime_sdk_identity_client*", "*A boto3 client for Amazon Chime SDK*"])
