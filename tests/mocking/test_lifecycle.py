"""Fake credentials and the default session, as under moto."""

import os
from typing import Any

import boto3
import pytest
from moto import mock_aws

from qchime import mock_chimesdkidentity
from tests.mocking.clients import create


def test_credentials_are_fake_inside_and_restored_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "REAL")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY", raising=False)
    with mock_chimesdkidentity():
        assert os.environ["AWS_ACCESS_KEY_ID"] == "FOOBARKEY"
        create()
    assert os.environ["AWS_ACCESS_KEY_ID"] == "REAL"
    assert "AWS_SECRET_ACCESS_KEY" not in os.environ


@pytest.mark.parametrize("ours_outside", [True, False])
def test_nesting_with_mock_aws_leaves_nothing_behind(
    monkeypatch: pytest.MonkeyPatch, ours_outside: bool
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)
    outer, inner = (mock_chimesdkidentity, mock_aws) if ours_outside else (mock_aws, mock_chimesdkidentity)
    with outer():
        with inner():
            create()
        create()
    assert "AWS_ACCESS_KEY_ID" not in os.environ


@pytest.mark.parametrize("ours_first", [True, False])
def test_mocks_may_stop_in_the_order_of_their_start(
    monkeypatch: pytest.MonkeyPatch, ours_first: bool
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)
    mine = boto3.Session(region_name="eu-central-1", aws_access_key_id="a", aws_secret_access_key="b")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", mine)
    mocks: list[Any] = [mock_chimesdkidentity(), mock_aws()]
    first, second = mocks if ours_first else reversed(mocks)
    first.start()
    second.start()
    create()
    first.stop()
    create()
    second.stop()
    assert "AWS_ACCESS_KEY_ID" not in os.environ
    assert boto3.DEFAULT_SESSION is mine


def test_mock_credentials_can_be_turned_off_in_motos_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    from moto.core.config import default_user_config

    monkeypatch.setitem(default_user_config["core"], "mock_credentials", False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "MINE")
    with mock_chimesdkidentity():
        assert os.environ["AWS_ACCESS_KEY_ID"] == "MINE"


def test_the_default_session_is_set_aside_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    mine = boto3.Session(region_name="eu-central-1", aws_access_key_id="a", aws_secret_access_key="b")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", mine)
    with mock_chimesdkidentity():
        assert boto3.DEFAULT_SESSION is None
        create()
    assert boto3.DEFAULT_SESSION is mine
