"""botocore's data is read once for all sessions that are created while a mock runs."""

import json
from pathlib import Path

import boto3
import pytest
from botocore.loaders import JSONFileLoader, Loader
from botocore.session import get_session

from qchime import mock_chimesdkidentity
from qchime.mocking.loading import SharedCache
from tests.mocking.clients import chime


@pytest.fixture
def files_read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Counts the data files that botocore reads."""
    read: list[str] = []
    load_file = JSONFileLoader.load_file

    def counted(self: JSONFileLoader, file_path: str) -> object:
        content = load_file(self, file_path)
        if content is not None:
            read.append(file_path)
        return content

    monkeypatch.setattr(JSONFileLoader, "load_file", counted)
    return read


def test_a_second_session_reads_no_files(files_read: list[str]) -> None:
    with mock_chimesdkidentity():
        chime()
    files_read.clear()
    with mock_chimesdkidentity():
        chime()
        boto3.Session().client("chime-sdk-identity", region_name="us-east-1")
    assert files_read == []


def test_sessions_created_outside_are_botocores_own(files_read: list[str]) -> None:
    with mock_chimesdkidentity():
        chime()
    files_read.clear()
    Loader().load_service_model("chime-sdk-identity", "service-2")
    assert len(files_read) >= 1


def test_loaders_share_data_only_while_a_mock_runs() -> None:
    with mock_chimesdkidentity():
        assert isinstance(vars(Loader())["_cache"], SharedCache)
    assert not isinstance(vars(Loader())["_cache"], SharedCache)


def test_loaders_with_other_search_paths_share_nothing(tmp_path: Path) -> None:
    def model_of(folder: Path, name: str) -> str:
        path = folder / "chime-sdk-identity" / "2021-04-20"
        path.mkdir(parents=True)
        (path / "service-2.json").write_text(json.dumps({"metadata": {"serviceFullName": name}}))
        loader = Loader(extra_search_paths=[str(folder)], include_default_search_paths=False)
        return loader.load_service_model("chime-sdk-identity", "service-2")["metadata"]["serviceFullName"]

    with mock_chimesdkidentity():
        chime()
        assert model_of(tmp_path / "mine", "Mine") == "Mine"
        assert model_of(tmp_path / "yours", "Yours") == "Yours"


def test_boto3_finds_its_resources_after_a_botocore_session() -> None:
    with mock_chimesdkidentity():
        get_session().create_client("chime-sdk-identity", region_name="us-east-1")
        assert "s3" in boto3.Session().get_available_resources()
        assert get_session().get_component("data_loader").list_available_services("resources-1") == []
