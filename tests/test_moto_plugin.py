"""Both services as services of moto, and moto as it was when they are taken out again."""

import importlib
import sys
from collections.abc import Iterator

import boto3
import moto.backend_index
import pytest
from moto import mock_aws

import qchime
from qchime import mock_chimesdkidentity, moto_plugin
from qchime.service import SERVICES


@pytest.fixture
def registered() -> Iterator[None]:
    """The plugin as every other test expects it, whatever happens here."""
    yield
    moto_plugin.register()


def chime():
    return boto3.client("chime-sdk-identity", region_name="us-east-1")


def our_patterns() -> list[str]:
    ours = {service.module for service in SERVICES}
    return [name for name, _ in moto.backend_index.backend_url_patterns if name in ours]


def test_importing_qchime_registers():
    assert qchime.__version__
    assert set(our_patterns()) == {"qapps", "chimesdkidentity"}


def test_our_patterns_come_first_and_once(registered):
    before = our_patterns()
    moto_plugin.register()
    assert our_patterns() == before
    first = [name for name, _ in moto.backend_index.backend_url_patterns[: len(before)]]
    assert first == before


def test_taken_out_moto_is_as_it_was(registered):
    patterns = moto.backend_index.backend_url_patterns
    with mock_aws():
        chime().list_app_instances()
    moto_plugin.unregister()
    assert moto.backend_index.backend_url_patterns is patterns, "moto's server holds the same list"
    assert our_patterns() == []
    for service in SERVICES:
        assert f"moto.{service.module}" not in sys.modules
        assert not hasattr(moto, service.module)
        with pytest.raises(ModuleNotFoundError):
            importlib.import_module(f"moto.{service.module}")
    moto_plugin.unregister()


def test_taken_out_mock_aws_knows_us_no_longer(registered):
    moto_plugin.unregister()
    with mock_aws(), pytest.raises(Exception, match=r"Not yet implemented|404"):
        chime().list_app_instances()


def test_taken_out_our_own_decorators_still_work(registered):
    moto_plugin.unregister()
    with mock_chimesdkidentity():
        chime().create_app_instance(Name="chat")
        with mock_aws():
            assert len(chime().list_app_instances()["AppInstances"]) == 1


def test_put_in_again_mock_aws_knows_us_again(registered):
    moto_plugin.unregister()
    moto_plugin.register()
    with mock_aws():
        assert chime().list_app_instances()["AppInstances"] == []


def test_errors_come_through_moto_as_typed_exceptions():
    with mock_aws():
        client = chime()
        arn = client.create_app_instance(Name="chat")["AppInstanceArn"]
        with pytest.raises(client.exceptions.ForbiddenException) as caught:
            client.describe_app_instance_user(AppInstanceUserArn=f"{arn}/user/endpoints")
        assert caught.value.response["Code"] == "Forbidden"


def test_users_whose_ids_look_like_paths_are_found_through_moto_too():
    with mock_aws():
        client = chime()
        arn = client.create_app_instance(Name="chat")["AppInstanceArn"]
        user = client.create_app_instance_user(AppInstanceArn=arn, AppInstanceUserId="endpoints", Name="E")
        found = client.describe_app_instance_user(AppInstanceUserArn=user["AppInstanceUserArn"])
        assert found["AppInstanceUser"]["Name"] == "E"


def test_bad_input_is_refused_through_moto_too():
    with mock_aws():
        client = chime()
        with pytest.raises(client.exceptions.BadRequestException, match="1 validation error detected"):
            client.create_app_instance(Name="x" * 257)
        assert client.list_app_instances()["AppInstances"] == []


def test_passthrough_and_whitelist_are_motos():
    from moto.core.exceptions import ServiceNotWhitelisted

    with mock_aws(config={"core": {"service_whitelist": ["s3"]}}), pytest.raises(ServiceNotWhitelisted):
        chime().list_app_instances()


def test_motos_reset_reaches_us():
    from moto.moto_api._internal.models import moto_api_backend

    with mock_aws():
        chime().create_app_instance(Name="chat")
        moto_api_backend.reset()
        assert chime().list_app_instances()["AppInstances"] == []


def test_requests_that_moto_has_caught_from_other_libraries_are_answered():
    """moto answers `requests` too, for example from code that signs its requests itself."""
    requests = pytest.importorskip("requests")

    with mock_aws():
        url = "https://identity-chime.eu-central-1.amazonaws.com/app-instances"
        made = requests.post(url, json={"Name": "chat", "ClientRequestToken": "t1"})
        assert made.status_code == 201
        assert ":eu-central-1:" in made.json()["AppInstanceArn"]
