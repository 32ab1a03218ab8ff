"""`--qchime-page-on-failure`, in test files of a user."""

import pytest

from tests.pytest_plugin.test_elsewhere import serving
from tests.pytest_plugin.user_tests import run

pytest_plugins = ["pytester"]

OPTION = "--qchime-page-on-failure"


def pages(pytester: pytest.Pytester, folder: str = "qchime-failures") -> dict[str, str]:
    """The files that were written, by the name of the test."""
    files = (pytester.path / folder).glob("*.html")
    return {file.name.rpartition("test_")[2].partition("-")[0]: file.read_text("utf-8") for file in files}


FAILING = """
from qchime import mock_chimesdkidentity, mock_qapps
from moto import mock_aws

def create(name):
    boto3.client("chime-sdk-identity", region_name="us-east-1").create_app_instance(Name=name)

def test_passes(qchime):
    create("of a test that passes")

def test_fixture(qchime):
    create("under a fixture")
    assert qchime.calls() == []

@mock_chimesdkidentity
@mock_qapps
def test_decorated():
    create("under decorators")
    raise ValueError

def test_block():
    with mock_aws():
        create("under mock_aws")
        raise ValueError

class TestDecoratedClass:
    @pytest.fixture(autouse=True)
    def created(self, qchime):
        create("in a fixture that fails")
        raise ValueError

    def test_setup(self):
        pass

def test_without():
    raise ValueError
"""


def test_every_failed_test_has_a_file_with_what_its_mock_held(user_tests: pytest.Pytester) -> None:
    result = run(user_tests, FAILING, OPTION)
    result.assert_outcomes(passed=1, failed=4, errors=1)
    written = pages(user_tests)
    assert written.keys() == {"fixture", "decorated", "block", "setup", "without"}
    names = {
        "fixture": "under a fixture",
        "decorated": "under decorators",
        "block": "under mock_aws",
        "setup": "in a fixture that fails",
    }
    for test, name in names.items():
        assert f"<bdi>{name}</bdi>" in written[test]
        assert written[test].count("CreateAppInstance</b>") == 1
    assert "There are no resources." in written["without"]


def test_the_report_names_the_file(user_tests: pytest.Pytester) -> None:
    result = run(user_tests, FAILING, OPTION, "--qchime-page-folder=out", "-k", "fixture and not Class")
    result.stdout.re_match_lines([r".* qchime .*", r"The state of the mock: .*/out/.*test_fixture-\w+\.html"])
    assert pages(user_tests, "out").keys() == {"fixture"}


def test_the_option_may_stand_before_paths(user_tests: pytest.Pytester) -> None:
    file = user_tests.makepyfile("def test_alone(qchime):\n    raise ValueError")
    user_tests.runpytest_subprocess(OPTION, file).assert_outcomes(failed=1)
    assert pages(user_tests).keys() == {"alone"}


def test_without_the_option_nothing_is_written(user_tests: pytest.Pytester) -> None:
    run(user_tests, FAILING)
    assert not (user_tests.path / "qchime-failures").exists()


def test_a_file_that_cannot_be_written_does_not_hide_the_failure(user_tests: pytest.Pytester) -> None:
    (user_tests.path / "taken").write_text("")
    result = run(user_tests, FAILING, OPTION, "--qchime-page-folder=taken", "-k", "without")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*ValueError*", "*could not be written to*"])


def test_parameters_with_the_same_letters_have_files_of_their_own(user_tests: pytest.Pytester) -> None:
    result = run(
        user_tests,
        """
@pytest.mark.parametrize("name", ["/", "?", "x" * 300])
def test_names(qchime, name):
    raise ValueError
""",
        OPTION,
    )
    result.assert_outcomes(failed=3)
    assert len(list((user_tests.path / "qchime-failures").glob("*.html"))) == 3


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_a_server_elsewhere_is_asked_for_it(user_tests: pytest.Pytester, workers: tuple[str, ...]) -> None:
    with serving() as url:
        result = run(
            user_tests,
            """
def test_elsewhere(qchime, chime_sdk_identity_client):
    chime_sdk_identity_client.create_app_instance(Name="on a server elsewhere")
    raise ValueError
""",
            OPTION,
            f"--qchime-url={url}",
            *workers,
        )
    result.assert_outcomes(failed=1)
    assert "<bdi>on a server elsewhere</bdi>" in pages(user_tests)["elsewhere"]
